//! The page: npm packages, then Vite.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::toolchain::{self, npm};
use crate::workspace::Workspace;
use crate::{advice, sh, stages, wasm};

/// Everything from sources to `www/dist`.
pub fn build(workspace: &Workspace) -> Result<()> {
    packages(workspace, &workspace.www(), "npm www")?;
    types(workspace)?;
    wasm::engine(workspace)?;
    let inputs = stages::Inputs::default().path(&workspace.www())?;
    stages::incremental(workspace, "page", inputs, &[workspace.dist().join("index.html")], || {
        run(npm("npm").args(["run", "--silent", "build"]).current_dir(workspace.www()))
    })
}

/// TypeScript declarations of what crosses to the page, as the Rust types have it.
fn types(workspace: &Workspace) -> Result<()> {
    let mut inputs = stages::Inputs::default();
    for package in ["nn", "session", "native"] {
        inputs = inputs.path(&workspace.root.join("crates").join(package))?;
    }
    let folder = workspace.generated().join("types");
    stages::incremental(workspace, "types", inputs, std::slice::from_ref(&folder), || {
        // What an earlier version declared must not outlive it.
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        let mut cargo = workspace.cargo();
        cargo.args(["run", "--quiet", "--package", "atelier-native", "--", "types"]);
        run(cargo.arg(&folder))
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

fn run(command: &mut Command) -> Result<()> {
    let captured = sh::tee(command)?;
    if captured.status.success() {
        return Ok(());
    }
    match advice::for_output(&captured.text) {
        Some(advice) => bail!("`{}` failed: {advice}", sh::describe(command)),
        None => bail!("`{}` failed ({}): see above", sh::describe(command), captured.status),
    }
}
