//! The commands of the native twin, which is built for speed where it computes.

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::dataset;
use crate::workspace::Workspace;

/// Passes the command and its arguments on to `atelier-native`, with the data folder in its environment.
pub fn run(workspace: &Workspace, command: &str, arguments: &[OsString]) -> Result<ExitCode> {
    let mut cargo = workspace.cargo();
    // Paths in the arguments are relative to where the user is.
    cargo.current_dir(std::env::current_dir()?);
    cargo.args(["run", "--quiet", "--manifest-path"]).arg(workspace.root.join("Cargo.toml"));
    // A table needs no optimised build, which takes minutes at first.
    cargo.args(if command == "summary" { &[][..] } else { &["--release"] });
    cargo.args(["--package", "atelier-native", "--", command]).args(arguments);
    // A folder that the user named may hold any set; only what is fetched must be Fashion-MNIST.
    let named = std::env::var_os("ATELIER_DATA").is_some_and(|folder| !folder.is_empty());
    if needs_data(command, arguments)
        && !named
        && let Some(folder) = dataset::find(None)?
    {
        cargo.env("ATELIER_DATA", folder);
    }
    let status = cargo.status().context("could not start cargo")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The drawings test set, written or judged by a saved network.
pub fn drawings(workspace: &Workspace, arguments: &[OsString]) -> Result<ExitCode> {
    let mut cargo = workspace.cargo();
    cargo.current_dir(std::env::current_dir()?);
    cargo.args(["run", "--quiet", "--manifest-path"]).arg(workspace.root.join("Cargo.toml"));
    cargo.args(["--package", "atelier-tests", "--example", "drawings", "--"]).args(arguments);
    let status = cargo.status().context("could not start cargo")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Whether the command reads pictures whose folder the arguments do not name.
fn needs_data(command: &str, arguments: &[OsString]) -> bool {
    let has = |option: &str| {
        arguments
            .iter()
            .filter_map(|word| word.to_str())
            .any(|word| word == option || word.strip_prefix(option).is_some_and(|rest| rest.starts_with('=')))
    };
    !["summary", "classify", "recognise"].contains(&command)
        && !["--data", "--garments", "--help", "-h"].iter().any(|option| has(option))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_is_looked_for_only_where_it_is_needed() {
        let words = |text: &str| text.split_whitespace().map(OsString::from).collect::<Vec<_>>();
        assert!(needs_data("train", &words("--epochs 10")));
        assert!(needs_data("evaluate", &words("epoch-001.safetensors")));
        assert!(!needs_data("train", &words("--data folder")));
        assert!(!needs_data("train", &words("--data=folder")));
        assert!(!needs_data("train", &words("--garments 600")));
        assert!(!needs_data("train", &words("--help")));
        assert!(!needs_data("summary", &[]));
        assert!(!needs_data("classify", &words("boot.png")));
        assert!(!needs_data("recognise", &words("mobilenet_v2 cat.png")));
    }
}
