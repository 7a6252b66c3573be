//! What the test runners underneath say, read into one form.

use anyhow::{Context, Result};
use serde_json::Value;

/// What became of a number of tests.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    pub passed: usize,
    /// Names of failed tests, or what else went wrong.
    pub failed: Vec<String>,
    /// Names of tests that did not run, each with its reason.
    pub skipped: Vec<String>,
}

impl Outcome {
    pub fn pass() -> Self {
        Self { passed: 1, ..Self::default() }
    }

    pub fn failure(what: String) -> Self {
        Self { failed: vec![what], ..Self::default() }
    }

    pub fn skip(why: String) -> Self {
        Self { skipped: vec![why], ..Self::default() }
    }

    /// Adds the outcome of a check, whose name then precedes those of its tests.
    pub fn add(&mut self, check: &str, other: Self) {
        self.passed += other.passed;
        self.failed.extend(other.failed.into_iter().map(|name| format!("{check}: {name}")));
        self.skipped.extend(other.skipped.into_iter().map(|name| format!("{check}: {name}")));
    }
}

/// How a Rust test says that it could not run here: it passes, and prints a line that starts with this.
const SKIPPED: &str = "skipped: ";

/// Reads the output of `cargo test -- --show-output`, of all test programs and of doc tests.
pub fn libtest(text: &str) -> Outcome {
    let mut outcome = Outcome::default();
    // Whose output follows, while it is that of the tests that passed.
    let mut speaking = None;
    let mut successes = false;
    let mut passed_by_skipping = 0;
    for line in text.lines() {
        if line == "successes:" || line == "failures:" {
            successes = line == "successes:";
            speaking = None;
        } else if let Some(name) = line.strip_prefix("---- ").and_then(|line| line.strip_suffix(" stdout ----")) {
            speaking = Some(name).filter(|_| successes);
        } else if let Some(result) = line.strip_prefix("test result: ") {
            speaking = None;
            outcome.passed += number_before(result, " passed").unwrap_or(0);
        } else if let Some((name, result)) = line.strip_prefix("test ").and_then(|line| line.rsplit_once(" ... ")) {
            if result == "FAILED" {
                outcome.failed.push(name.to_owned());
            } else if let Some(reason) = result.strip_prefix("ignored") {
                let reason = reason.strip_prefix(", ").unwrap_or("ignored without a reason");
                outcome.skipped.push(format!("{name}: {reason}"));
            }
        } else if let (Some(name), Some(reason)) = (speaking, line.strip_prefix(SKIPPED)) {
            outcome.skipped.push(format!("{name}: {reason}"));
            passed_by_skipping += 1;
            // A test says so once.
            speaking = None;
        }
    }
    outcome.passed = outcome.passed.saturating_sub(passed_by_skipping);
    outcome
}

/// The number in front of `word`: 12 in "ok. 12 passed; 0 failed".
fn number_before(text: &str, word: &str) -> Option<usize> {
    text[..text.find(word)?].rsplit(' ').next()?.parse().ok()
}

/// Reads the report of vitest's JSON reporter.
pub fn vitest(json: &str) -> Result<Outcome> {
    let report: Value = serde_json::from_str(json).context("vitest's report is no JSON")?;
    let mut outcome = Outcome::default();
    for file in report["testResults"].as_array().context("vitest's report has no `testResults`")? {
        let tests = file["assertionResults"].as_array().map(Vec::as_slice).unwrap_or_default();
        // A file that can't be loaded has no tests, only a message.
        if tests.is_empty() && file["status"] == "failed" {
            let text = |key: &str| file[key].as_str().unwrap_or_default();
            outcome.failed.push(format!("{}: {}", text("name"), text("message")));
        }
        for test in tests {
            let name = test["fullName"].as_str().unwrap_or("a test without a name").to_owned();
            match test["status"].as_str() {
                Some("passed") => outcome.passed += 1,
                Some("failed") => outcome.failed.push(name),
                Some("todo") => outcome.skipped.push(format!("{name}: to be written")),
                _ => outcome.skipped.push(format!("{name}: skipped in its source")),
            }
        }
    }
    Ok(outcome)
}

/// Reads what `tests/browser/reporter.mjs` writes: one JSON object a line, `{"name", "status", "reason"}`.
pub fn browser(lines: &str) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    for line in lines.lines() {
        let test: Value = serde_json::from_str(line).context("the browser tests' report is no JSON")?;
        let text = |key: &str| test[key].as_str().unwrap_or_default().to_owned();
        match test["status"].as_str() {
            Some("passed") => outcome.passed += 1,
            Some("skipped") => outcome.skipped.push(format!("{}: {}", text("name"), text("reason"))),
            _ => outcome.failed.push(text("name")),
        }
    }
    Ok(outcome)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn libtest_output_is_read_over_several_programs() {
        let text = "
running 4 tests
test adds ... ok
test needs_data ... ok
test slow ... ignored, takes ten minutes
test broken ... FAILED

successes:

---- needs_data stdout ----
skipped: ATELIER_DATA names no folder

successes:
    adds
    needs_data

failures:

---- broken stdout ----
skipped: a part, before it broke
thread 'broken' panicked at src/lib.rs:1:1

failures:
    broken

test result: FAILED. 2 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s

   Doc-tests atelier_nn

running 2 tests
test crates/nn/src/lib.rs - network::Network (line 12) ... ok
test crates/nn/src/lib.rs - (line 3) ... ignored

test result: ok. 1 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.10s
";
        let outcome = libtest(text);
        assert_eq!(outcome.passed, 2, "adds and one doc test; the skipped test is not counted as passed");
        assert_eq!(outcome.failed, strings(&["broken"]));
        let reasons = [
            "slow: takes ten minutes",
            "needs_data: ATELIER_DATA names no folder",
            "crates/nn/src/lib.rs - (line 3): ignored without a reason",
        ];
        assert_eq!(outcome.skipped, strings(&reasons));
    }

    #[test]
    fn libtest_output_of_nothing_is_nothing() {
        assert_eq!(libtest("error: could not compile `atelier-nn`"), Outcome::default());
        let empty = "running 0 tests\n\ntest result: ok. 0 passed; 0 failed; 0 ignored; 0 measured; 9 filtered out\n";
        assert_eq!(libtest(empty), Outcome::default());
    }

    #[test]
    fn vitest_reports_tests_and_files_that_cannot_be_loaded() {
        let json = r#"{"testResults": [
            {"name": "a.test.ts", "status": "failed", "message": "", "assertionResults": [
                {"fullName": "paint fills", "status": "passed"},
                {"fullName": "paint clears", "status": "failed"},
                {"fullName": "paint blinks", "status": "skipped"},
                {"fullName": "paint fades", "status": "todo"}]},
            {"name": "b.test.ts", "status": "failed", "message": "Cannot find module", "assertionResults": []}]}"#;
        let outcome = vitest(json).unwrap();
        assert_eq!(outcome.passed, 1);
        assert_eq!(outcome.failed, strings(&["paint clears", "b.test.ts: Cannot find module"]));
        assert_eq!(outcome.skipped, strings(&["paint blinks: skipped in its source", "paint fades: to be written"]));
        assert!(vitest("{}").is_err());
    }

    #[test]
    fn browser_report_lines_are_counted() {
        let lines = r#"{"name":"opens","status":"passed"}
{"name":"trains","status":"skipped","reason":"no data"}
{"name":"stops","status":"failed"}
"#;
        let outcome = browser(lines).unwrap();
        let expected = Outcome { passed: 1, failed: strings(&["stops"]), skipped: strings(&["trains: no data"]) };
        assert_eq!(outcome, expected);
        assert!(browser("not JSON").is_err());
    }
}
