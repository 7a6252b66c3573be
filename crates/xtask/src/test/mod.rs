//! `cargo xtask test`: every check there is. It goes on after a failure, and its last line counts.

mod browser;
mod counts;
mod rooms;
mod rust;
mod sizes;

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};

use crate::toolchain::{self, npm};
use crate::workspace::Workspace;
use crate::{dataset, page, sh, stages};
use counts::Outcome;

#[derive(Args)]
pub struct Options {
    /// Also run what takes minutes: Rust tests marked as ignored, browser tests marked as slow
    #[arg(long)]
    pub full: bool,
    /// Folder with the four Fashion-MNIST files, for the tests that train on them; the default is ATELIER_DATA
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Checks to run (fmt, clippy, rooms, build, rust, types, unit, browser, sizes), or parts of names of tests
    pub filter: Vec<String>,
}

/// What the runners of named tests are told.
struct Settings {
    full: bool,
    /// A verified folder, absolute: each runner has a working folder of its own.
    data: Option<PathBuf>,
    /// Parts of names; all tests where there are none.
    words: Vec<String>,
}

impl Settings {
    /// A runner's command, with the data in its environment.
    fn environment<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        match &self.data {
            Some(folder) => command.env("ATELIER_DATA", folder),
            None => command.env_remove("ATELIER_DATA"),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Check {
    /// rustfmt
    Fmt,
    /// clippy on all targets, warnings are errors
    Clippy,
    /// who depends on whom, and who must never know what
    Rooms,
    /// the wasm engine and the page
    Build,
    /// unit, integration and doc tests of all crates
    Rust,
    /// svelte-check
    Types,
    /// vitest
    Unit,
    /// a real Chromium
    Browser,
    /// bytes of files and of functions against budgets
    Sizes,
}

impl Check {
    /// Whether it looks at what the build makes.
    fn needs_build(self) -> bool {
        matches!(self, Self::Types | Self::Unit | Self::Browser | Self::Sizes)
    }
}

/// The checks that a filter leaves, and the words by which those that have named tests choose among them.
fn select(filter: &[String]) -> (Vec<Check>, Vec<String>) {
    let (checks, words): (Vec<_>, Vec<_>) = filter.iter().partition(|word| Check::from_str(word, false).is_ok());
    let mut checks: Vec<Check> = checks.into_iter().filter_map(|word| Check::from_str(word, false).ok()).collect();
    let words: Vec<String> = words.into_iter().cloned().collect();
    if checks.is_empty() {
        checks = match words.is_empty() {
            true => Check::value_variants().to_vec(),
            false => vec![Check::Rust, Check::Unit, Check::Browser],
        };
    }
    if checks.iter().any(|check| check.needs_build()) && !checks.contains(&Check::Build) {
        checks.push(Check::Build);
    }
    checks.sort_by_key(|check| *check as u8);
    (checks, words)
}

pub fn run(workspace: &Workspace, options: &Options) -> Result<ExitCode> {
    let (checks, words) = select(&options.filter);
    let settings = Settings { full: options.full, data: dataset::chosen(options.data.clone())?, words };
    let mut total = Outcome::default();
    let (mut built, mut nothing_ran) = (true, true);
    for check in &checks {
        let name = check.to_possible_value().context("every check has a name")?.get_name().to_owned();
        if check.needs_build() && !built {
            total.add(&name, Outcome::failure("not run, because the build failed".to_owned()));
            continue;
        }
        eprintln!("── {name}");
        let outcome = stages::timed(&name, || run_check(workspace, &settings, *check))
            .unwrap_or_else(|error| Outcome::failure(format!("{error:#}")));
        built &= *check != Check::Build || outcome.failed.is_empty();
        // A build that only the tests asked for is none.
        nothing_ran &= outcome == Outcome::default() || (*check == Check::Build && checks.len() > 1);
        total.add(&name, outcome);
    }
    println!();
    for skip in &total.skipped {
        println!("skipped  {skip}");
    }
    for failure in &total.failed {
        println!("FAILED   {failure}");
    }
    if nothing_ran {
        println!("nothing ran: no test has a name with {}", settings.words.join(" or "));
    }
    println!("{} passed, {} failed, {} skipped", total.passed, total.failed.len(), total.skipped.len());
    Ok(if nothing_ran || !total.failed.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn run_check(workspace: &Workspace, settings: &Settings, check: Check) -> Result<Outcome> {
    match check {
        Check::Fmt => cargo(workspace, &["fmt", "--all", "--check"]),
        Check::Clippy => {
            cargo(workspace, &["clippy", "--workspace", "--all-targets", "--locked", "--", "--deny", "warnings"])
        }
        Check::Rooms => rooms::run(workspace),
        Check::Build => page::build(workspace).map(|()| Outcome::pass()),
        Check::Rust => rust::run(workspace, settings),
        Check::Types => succeeds(npm("npm").args(["run", "--silent", "check"]).current_dir(workspace.www())),
        Check::Unit => unit(workspace, &settings.words),
        Check::Browser => browser::run(workspace, settings),
        Check::Sizes => sizes::run(workspace),
    }
}

fn cargo(workspace: &Workspace, arguments: &[&str]) -> Result<Outcome> {
    succeeds(workspace.cargo().args(arguments))
}

/// A check that is one program's success.
fn succeeds(command: &mut Command) -> Result<Outcome> {
    sh::run(command).map(|()| Outcome::pass())
}

/// What some tests need and others do not: with `CI` set it must be there, else the tests that miss it say that they did not
/// run.
fn wanted(found: Result<()>) -> Result<()> {
    match found {
        Err(error) if std::env::var_os("CI").is_none() => {
            eprintln!("{error:#}");
            Ok(())
        }
        found => found,
    }
}

/// The page's unit tests, counted from vitest's own report.
fn unit(workspace: &Workspace, words: &[String]) -> Result<Outcome> {
    wanted(toolchain::numpy())?;
    let report = workspace.report("vitest.json")?;
    let mut command = npm("npx");
    command.current_dir(workspace.www()).args([
        "--no-install",
        "vitest",
        "run",
        "--reporter=default",
        "--reporter=json",
    ]);
    command.arg(format!("--outputFile.json={}", report.display()));
    if !words.is_empty() {
        command.args(["--testNamePattern", &words.join("|"), "--passWithNoTests"]);
    }
    let status = command.status().context("could not start vitest")?;
    let mut outcome = counts::vitest(&std::fs::read_to_string(&report).context("vitest wrote no report")?)?;
    if !status.success() && outcome.failed.is_empty() {
        bail!("vitest failed ({status}): see above");
    }
    if !words.is_empty() {
        // What the pattern leaves out is reported as skipped.
        outcome.skipped.clear();
    }
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn a_filter_names_checks_or_tests() {
        assert_eq!(select(&[]).0, Check::value_variants());
        assert_eq!(select(&words("clippy fmt")), (vec![Check::Fmt, Check::Clippy], vec![]));
        assert_eq!(select(&words("sizes")).0, [Check::Build, Check::Sizes]);
        let (checks, names) = select(&words("conv2d"));
        assert_eq!(checks, [Check::Build, Check::Rust, Check::Unit, Check::Browser]);
        assert_eq!(names, ["conv2d"]);
        assert_eq!(select(&words("rust conv2d")), (vec![Check::Rust], words("conv2d")));
    }
}
