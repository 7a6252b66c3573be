//! The rooms of ARCHITECTURE.md: that dependencies run one way, that no room knows what it must never know, and that no
//! two files need each other. What is allowed stands here, in one table.

mod circles;
mod crates;
mod page;
mod source;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::counts::Outcome;
use crate::sh;
use crate::workspace::Workspace;

/// A source file by its path from the repository's root, with `/` between folders.
struct File {
    path: String,
    text: String,
}

pub fn run(workspace: &Workspace) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let metadata = sh::probe(workspace.cargo().args(["metadata", "--no-deps", "--format-version=1"]));
    let metadata = metadata.context("`cargo metadata` failed; run it to see why")?;
    let metadata: Value = serde_json::from_str(&metadata).context("cargo metadata printed no JSON")?;
    let packages = crates::packages(&metadata, &workspace.root)?;
    outcome.add("dependencies", verdict(crates::wrong_dependencies(&packages)));

    let rust = files(&workspace.root, "crates", &["rs"])?;
    outcome.add("words", verdict(crates::forbidden_words(&rust)));
    outcome.add("circles of files", verdict(circles::in_crates(&rust)));

    let page = files(&workspace.root, "www/src", &["ts", "svelte"])?;
    outcome.add("page", verdict(page::wrong_imports(&page)));
    outcome.add("circles of modules", verdict(circles::in_page(&page)));

    let architecture = fs::read_to_string(workspace.root.join("ARCHITECTURE.md")).context("ARCHITECTURE.md")?;
    outcome.add("ARCHITECTURE.md", verdict(crates::rooms_without_a_line(&packages, &architecture)));
    Ok(outcome)
}

/// One check: passed where nothing is wrong, which needs something to have been looked at.
fn verdict(wrong: Vec<String>) -> Outcome {
    if wrong.is_empty() { Outcome::pass() } else { Outcome { failed: wrong, ..Outcome::default() } }
}

/// The files below a folder with one of these extensions, in the order of their paths. What builds generate is no source.
fn files(root: &Path, folder: &str, extensions: &[&str]) -> Result<Vec<File>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(root.join(&folder)).with_context(|| format!("could not read {folder}"))?;
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{folder}/{name}");
            if entry.file_type()?.is_dir() {
                if !["generated", "node_modules", "target"].contains(&name.as_str()) {
                    folders.push(path);
                }
            } else if name.rsplit_once('.').is_some_and(|(_, extension)| extensions.contains(&extension)) {
                let text = fs::read_to_string(entry.path()).with_context(|| format!("could not read {path}"))?;
                found.push(File { path, text });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    anyhow::ensure!(!found.is_empty(), "{folder} holds no source");
    Ok(found)
}

/// Files for the checkers' own tests.
#[cfg(test)]
fn written(files: &[(&str, &str)]) -> Vec<File> {
    files.iter().map(|(path, text)| File { path: (*path).to_owned(), text: (*text).to_owned() }).collect()
}
