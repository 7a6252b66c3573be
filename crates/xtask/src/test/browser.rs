//! The tests in real browsers: `tests/browser`, on Node's own test runner. Chromium has nearly all of them; Firefox and WebKit
//! those of what engines do differently.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::Settings;
use super::counts::{self, Outcome};
use crate::workspace::Workspace;
use crate::{page, sh, site, stages, toolchain, wasm};

pub fn run(workspace: &Workspace, settings: &Settings) -> Result<Outcome> {
    let chromium = match toolchain::chromium() {
        Ok(chromium) => chromium,
        // A machine that is asked for every check has to have what they need.
        Err(error) if std::env::var_os("CI").is_some() => return Err(error),
        Err(error) => return Ok(Outcome::skip(format!("all browser tests: {error:#}"))),
    };
    let folder = workspace.browser_tests();
    page::packages(workspace, &folder, "npm tests/browser")?;
    // What is tested is what would be published, whatever is built meanwhile.
    let published = workspace.target.join("site");
    site::write(workspace, &published, None)?;
    let report = workspace.report("browser.jsonl")?;
    let mut command = Command::new("node");
    // Two files at a time: much of a test is waiting. What a page measures of itself is nowhere asserted.
    command.current_dir(&folder).args(["--test", "--test-concurrency=2"]);
    command.args(["--test-reporter=spec", "--test-reporter-destination=stdout", "--test-reporter=./reporter.mjs"]);
    command.arg(format!("--test-reporter-destination={}", report.display()));
    for word in &settings.words {
        command.args(["--test-name-pattern", word]);
    }
    command.env("ATELIER_CHROMIUM", chromium).env("ATELIER_XTASK", &workspace.program);
    command.env("ATELIER_SITE", published);
    engines(&mut command)?;
    if let Some(operations) = operations(workspace, settings)? {
        command.env("ATELIER_OPERATIONS", operations);
    }
    if may_run(workspace, settings, &["walk.test.mjs"])? {
        command.env("ATELIER_WALKED", walked(workspace)?);
    }
    command.env("ATELIER_SCREENSHOTS", workspace.target.join("screenshots"));
    if settings.full {
        command.env("ATELIER_FULL", "1");
    }
    let status = settings.environment(&mut command).status().context("could not start node")?;
    let outcome = counts::browser(&fs::read_to_string(&report).context("the browser tests wrote no report")?)?;
    if !status.success() && outcome.failed.is_empty() {
        bail!("the browser tests failed ({status}): see above");
    }
    Ok(outcome)
}

/// Where Firefox and WebKit are. The tests that miss one say so by their names, but a machine that is asked for every check has to
/// have what they need.
fn engines(command: &mut Command) -> Result<()> {
    match toolchain::firefox() {
        Ok(firefox) => {
            command.env("ATELIER_FIREFOX", firefox);
        }
        Err(error) => super::wanted(Err(error))?,
    }
    match toolchain::webkit() {
        Ok(webkit) => {
            command.env("ATELIER_WEBKIT", webkit.driver).env("ATELIER_MINIBROWSER", webkit.mini_browser);
        }
        Err(error) => super::wanted(Err(error))?,
    }
    Ok(())
}

/// Whether one of the tests in these files may run: where a word stands in them, which spell the tests' names out.
fn may_run(workspace: &Workspace, settings: &Settings, files: &[&str]) -> Result<bool> {
    let mut text = String::new();
    for file in files {
        let tests = workspace.browser_tests().join(file);
        text += &fs::read_to_string(&tests).with_context(|| format!("could not read {}", tests.display()))?;
    }
    Ok(settings.words.is_empty() || settings.words.iter().any(|word| text.contains(word.as_str())))
}

/// The folder of the updates that the f64 reference walked.
fn walked(workspace: &Workspace) -> Result<PathBuf> {
    let folder = workspace.target.join("walked");
    let mut command = workspace.cargo();
    command.args(["run", "--quiet", "--package", "atelier-tests", "--example", "walked", "--"]).arg(&folder);
    stages::timed("walked by the reference", || sh::run(&mut command))?;
    Ok(folder)
}

/// The folder of the operation cases for the web, built where one of their tests may run.
fn operations(workspace: &Workspace, settings: &Settings) -> Result<Option<PathBuf>> {
    if !may_run(workspace, settings, &["operations.test.mjs", "engines.test.mjs"])? {
        return Ok(None);
    }
    let folder = workspace.target.join("operations");
    wasm::operations(workspace, &folder)?;
    for file in ["index.html", "worker.mjs"] {
        fs::copy(workspace.browser_tests().join("operations").join(file), folder.join(file)).context(file)?;
    }
    Ok(Some(folder))
}
