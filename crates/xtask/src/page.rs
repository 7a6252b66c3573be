//! The page: npm packages, then Vite.

use std::path::Path;

use anyhow::{Result, bail};

use crate::toolchain::{self, npm};
use crate::workspace::Workspace;
use crate::{advice, sh, stages, wasm};

/// Everything from sources to `www/dist`.
pub fn build(workspace: &Workspace) -> Result<()> {
    packages(workspace, &workspace.www(), "npm www")?;
    wasm::build(workspace)?;
    types(workspace)?;
    let inputs = stages::Inputs::default().path(&workspace.www())?;
    stages::incremental(workspace, "page", inputs, &[workspace.dist().join("index.html")], || {
        run(npm("npm").args(["run", "--silent", "build"]).current_dir(workspace.www()))
    })
}

/// The TypeScript declarations of what crosses between the engine and the page, from the Rust types themselves.
fn types(workspace: &Workspace) -> Result<()> {
    let crates = workspace.root.join("crates");
    let inputs =
        stages::Inputs::default().path(&crates.join("nn").join("src"))?.path(&crates.join("session").join("src"))?;
    let folder = workspace.generated().join("types");
    stages::incremental(workspace, "types", inputs, &[folder.join("Event.ts")], || {
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        let mut cargo = std::process::Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["run", "--quiet", "--locked", "--package", "atelier-session", "--features", "ts"]);
        cargo.args(["--bin", "bindings", "--"]).arg(&folder).current_dir(&workspace.root);
        run(&mut cargo)
    })
}

/// The npm packages of a folder, exactly as its lock file says.
pub fn packages(workspace: &Workspace, folder: &Path, stage: &str) -> Result<()> {
    toolchain::check_node()?;
    let inputs =
        stages::Inputs::default().path(&folder.join("package.json"))?.path(&folder.join("package-lock.json"))?;
    stages::incremental(workspace, stage, inputs, &[folder.join("node_modules")], || {
        run(npm("npm").args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(folder))
    })
}

fn run(command: &mut std::process::Command) -> Result<()> {
    let captured = sh::tee(command)?;
    if captured.status.success() {
        return Ok(());
    }
    match advice::for_output(&captured.text) {
        Some(advice) => bail!("`{}` failed: {advice}", sh::describe(command)),
        None => bail!("`{}` failed ({}): see above", sh::describe(command), captured.status),
    }
}
