//! Unit, integration and doc tests of all crates.

use anyhow::{Result, bail};

use super::Settings;
use super::counts::{self, Outcome};
use crate::workspace::Workspace;
use crate::{sh, toolchain};

/// Cargo's own runner rather than nextest: it is on every machine, runs doc tests too, and prints the reason of an
/// ignored test.
pub fn run(workspace: &Workspace, settings: &Settings) -> Result<Outcome> {
    super::wanted(toolchain::vulkan())?;
    let mut command = workspace.cargo();
    // Mesa's layer that puts the GPU of the screen first complains on machines without a screen.
    command.env("NODEVICE_SELECT", "1");
    command.args(["test", "--workspace", "--no-fail-fast", sh::cargo_colour()]);
    command.args(["--", "--show-output", "--color=never"]).args(&settings.words);
    if settings.full {
        command.arg("--include-ignored");
    }
    let mut hidden = Hidden::default();
    let captured = sh::tee_if(settings.environment(&mut command), |line| hidden.shows(line))?;
    let outcome = counts::libtest(&captured.text);
    if !captured.status.success() && outcome.failed.is_empty() {
        bail!("the tests do not compile, or a test program ended early: see above");
    }
    Ok(outcome)
}

/// What needn't be seen: tests that passed, their names once more, and what they printed unless it says why they did
/// not run.
#[derive(Default)]
struct Hidden {
    successes: bool,
}

impl Hidden {
    fn shows(&mut self, line: &str) -> bool {
        if line == "successes:" {
            self.successes = true;
        } else if line == "failures:" || line.starts_with("test result: ") {
            self.successes = false;
        }
        let passed = line.starts_with("test ") && line.ends_with(" ... ok");
        !self.successes && !passed && !line.is_empty() && !line.starts_with("running ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_shown_and_successes_are_not() {
        let lines = [
            ("running 2 tests", false),
            ("test adds ... ok", false),
            ("test broken ... FAILED", true),
            ("successes:", false),
            ("---- adds stdout ----", false),
            ("a number", false),
            ("failures:", true),
            ("---- broken stdout ----", true),
            ("thread 'broken' panicked", true),
            ("test result: FAILED. 1 passed; 1 failed", true),
        ];
        let mut hidden = Hidden::default();
        for (line, shown) in lines {
            assert_eq!(hidden.shows(line), shown, "{line}");
        }
    }
}
