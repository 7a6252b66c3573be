//! Size budgets. Files are counted as a static host sends them: compressed by Brotli where that helps; WebAssembly's functions
//! as they are, since compilers have limits of their own.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;
use wasmparser::{Parser, Payload};

use super::counts::Outcome;
use crate::serve;
use crate::workspace::Workspace;

pub fn run(workspace: &Workspace) -> Result<Outcome> {
    let path = workspace.root.join("tests/budgets.json");
    let budgets: Value = serde_json::from_str(&fs::read_to_string(&path).context("tests/budgets.json")?)?;
    let budget = |label: &'static str| {
        let bytes = budgets[label].as_u64().with_context(|| format!("tests/budgets.json has no number `{label}`"))?;
        anyhow::Ok(Budget { label, bytes })
    };
    let function = budget("wasm_function")?;
    let mut outcome = Outcome::default();
    for (extension, label) in [("wasm", "wasm_module"), ("js", "script"), ("css", "style")] {
        let budget = budget(label)?;
        let files = files(&workspace.dist().join("assets"), extension)?;
        // A budget that nothing is held against would hold nothing.
        if files.is_empty() {
            outcome.failed.push(format!("{label}: the page has no file *.{extension}"));
        }
        for file in files {
            let content = fs::read(&file)?;
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            budget.hold(&name, serve::brotli(&content).len() as u64, &mut outcome);
            if extension == "wasm" {
                let (index, bytes) = largest_function(&content).with_context(|| name.clone())?;
                function.hold(&format!("{name}, function {index}"), bytes, &mut outcome);
            }
        }
    }
    Ok(outcome)
}

struct Budget {
    label: &'static str,
    bytes: u64,
}

impl Budget {
    fn hold(&self, what: &str, bytes: u64, outcome: &mut Outcome) {
        let line = format!("{what}: {bytes} bytes of {}", self.bytes);
        eprintln!("  {line}");
        if bytes > self.bytes {
            outcome.failed.push(format!("{line}: over the budget `{}` in tests/budgets.json", self.label));
        } else {
            outcome.passed += 1;
        }
    }
}

/// Index, counted from the first that the module does not import, and bytes of the largest function of a WebAssembly module.
fn largest_function(module: &[u8]) -> Result<(usize, u64)> {
    let mut bodies = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        if let Payload::CodeSectionEntry(body) = payload? {
            bodies.push(body.range().len() as u64);
        }
    }
    bodies.into_iter().enumerate().max_by_key(|(_, bytes)| *bytes).context("the module has no function")
}

fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("could not read {}", folder.display()))?;
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.map(|e| e.path())).collect::<std::io::Result<_>>()?;
    files.retain(|file| file.extension().is_some_and(|found| found == extension));
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module of functions of these many bytes: no locals, `nop` after `nop`, and `end`.
    fn module(functions: &[usize]) -> Vec<u8> {
        let count = number(functions.len());
        let mut bodies = count.clone();
        for bytes in functions {
            bodies.extend(number(*bytes));
            bodies.push(0);
            bodies.resize(bodies.len() + bytes - 2, 0x01);
            bodies.push(0x0b);
        }
        let types = [count, vec![0; functions.len()]].concat();
        let section = |id: u8, content: &[u8]| [vec![id], number(content.len()), content.to_vec()].concat();
        [b"\0asm\x01\0\0\0".to_vec(), section(1, &[1, 0x60, 0, 0]), section(3, &types), section(10, &bodies)].concat()
    }

    /// LEB128, as WebAssembly writes numbers.
    fn number(mut value: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        while value >= 0x80 {
            bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        bytes.push(value as u8);
        bytes
    }

    #[test]
    fn a_function_that_is_too_large_fails() {
        let budget = Budget { label: "wasm_function", bytes: 100_000 };
        let judge = |functions: &[usize]| {
            let (index, bytes) = largest_function(&module(functions)).unwrap();
            let mut outcome = Outcome::default();
            budget.hold(&format!("engine.wasm, function {index}"), bytes, &mut outcome);
            outcome
        };
        assert_eq!(judge(&[2, 100_000, 99_999]), Outcome::pass());
        let failure =
            "engine.wasm, function 2: 100001 bytes of 100000: over the budget `wasm_function` in tests/budgets.json";
        assert_eq!(judge(&[2, 100_000, 100_001]), Outcome::failure(failure.to_owned()));
    }

    #[test]
    fn what_is_no_module_is_told() {
        assert!(largest_function(b"\0asm\x01\0\0\0").is_err());
        assert!(largest_function(&module(&[2, 9])[..30]).is_err());
    }
}
