//! Size budgets. Bytes are counted as a static host sends them: compressed by Brotli where that helps.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use super::counts::Outcome;
use crate::serve;
use crate::workspace::Workspace;

pub fn run(workspace: &Workspace) -> Result<Outcome> {
    let path = workspace.root.join("tests/budgets.json");
    let budgets: Value = serde_json::from_str(&fs::read_to_string(&path).context("tests/budgets.json")?)?;
    let mut outcome = Outcome::default();
    for (extension, label) in [("wasm", "wasm_module"), ("js", "script"), ("css", "style")] {
        let budget = budgets[label].as_u64().with_context(|| format!("tests/budgets.json has no number `{label}`"))?;
        let files = files(&workspace.dist().join("assets"), extension)?;
        // A budget that nothing is held against would hold nothing.
        if files.is_empty() {
            outcome.failed.push(format!("{label}: the page has no file *.{extension}"));
        }
        for file in files {
            let bytes = serve::brotli(&fs::read(&file)?).len() as u64;
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let line = format!("{name}: {bytes} bytes of {budget}");
            eprintln!("  {line}");
            if bytes > budget {
                outcome.failed.push(format!("{line}: over the budget `{label}` in tests/budgets.json"));
            } else {
                outcome.passed += 1;
            }
        }
    }
    Ok(outcome)
}

fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("could not read {}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.map(|e| e.path())).collect::<std::io::Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|found| found == extension));
    files.sort();
    Ok(files)
}
