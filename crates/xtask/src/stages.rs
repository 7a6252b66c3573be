//! Stages of a build: each prints its name and its time, and does nothing while what it reads and writes is unchanged.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use md5::{Digest, Md5};

use crate::workspace::Workspace;

/// Runs `work` and prints its name and how long it took.
pub fn timed<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let start = Instant::now();
    let result = work();
    let ending = if result.is_ok() { "" } else { "  failed" };
    print_line(name, &format!("{:.1} s{ending}", start.elapsed().as_secs_f64()));
    result
}

fn print_line(name: &str, ending: &str) {
    eprintln!("  {name:<24} {ending:>8}");
}

/// What a stage reads: the content of files and folders, and words (flags, versions) that shape the result.
#[derive(Default)]
pub struct Inputs {
    hash: Md5,
}

/// Folders that hold what tools produce, never what a person wrote.
const PRODUCED: [&str; 3] = ["node_modules", "dist", "target"];

impl Inputs {
    pub fn word(mut self, word: &str) -> Self {
        self.hash.update(word.len().to_le_bytes());
        self.hash.update(word);
        self
    }

    /// Adds a file, or all files of a folder (without what tools produced in it), by name and content.
    pub fn path(mut self, path: &Path) -> Result<Self> {
        if !path.is_dir() {
            let content = fs::read(path).with_context(|| format!("could not read {}", path.display()))?;
            self = self.word(&path.to_string_lossy());
            self.hash.update(content.len().to_le_bytes());
            self.hash.update(content);
            return Ok(self);
        }
        let entries = fs::read_dir(path).with_context(|| format!("could not read {}", path.display()))?;
        let mut children: Vec<PathBuf> =
            entries.map(|entry| entry.map(|e| e.path())).collect::<std::io::Result<_>>()?;
        children.sort();
        for child in children {
            let produced = child.file_name().is_some_and(|name| PRODUCED.iter().any(|p| name == *p));
            if !produced {
                self = self.path(&child)?;
            }
        }
        Ok(self)
    }

    fn stamp(self) -> String {
        hex(&self.hash.finalize())
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Runs `work` unless it succeeded before with the same inputs and all its `outputs` still stand.
/// Prints the stage's name and time, or that it is fresh.
pub fn incremental(
    workspace: &Workspace,
    name: &str,
    inputs: Inputs,
    outputs: &[PathBuf],
    work: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let record = workspace.target.join("stages").join(name.replace(' ', "-"));
    let stamp = inputs.stamp();
    let unchanged = fs::read_to_string(&record).is_ok_and(|before| before == stamp);
    if unchanged && outputs.iter().all(|output| output.exists()) {
        print_line(name, "fresh");
        return Ok(());
    }
    // Without the record, a stage cut short runs again.
    if record.exists() {
        fs::remove_file(&record)?;
    }
    timed(name, work)?;
    for output in outputs {
        output.metadata().with_context(|| format!("the stage `{name}` made no {}", output.display()))?;
    }
    fs::create_dir_all(record.parent().context("a record has a folder")?)?;
    fs::write(&record, stamp)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use anyhow::bail;

    use super::*;

    struct Fixture {
        workspace: Workspace,
        source: PathBuf,
        output: PathBuf,
        runs: Cell<u32>,
        _folder: tempfile::TempDir,
    }

    fn fixture() -> Fixture {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_owned();
        let source = root.join("src");
        fs::create_dir_all(source.join("node_modules")).unwrap();
        fs::write(source.join("a.ts"), "one").unwrap();
        let workspace = Workspace::at(root.clone());
        Fixture { workspace, source, output: root.join("out"), runs: Cell::new(0), _folder: folder }
    }

    impl Fixture {
        fn build(&self, word: &str) -> Result<()> {
            let inputs = Inputs::default().word(word).path(&self.source)?;
            incremental(&self.workspace, "a stage", inputs, std::slice::from_ref(&self.output), || {
                self.runs.set(self.runs.get() + 1);
                Ok(fs::write(&self.output, "made")?)
            })
        }
    }

    #[test]
    fn a_stage_runs_again_only_when_something_changed() {
        let f = fixture();
        f.build("-O3").unwrap();
        f.build("-O3").unwrap();
        assert_eq!(f.runs.get(), 1, "unchanged");
        fs::write(f.source.join("node_modules/x.js"), "a dependency").unwrap();
        f.build("-O3").unwrap();
        assert_eq!(f.runs.get(), 1, "what tools produce is no input");
        fs::write(f.source.join("a.ts"), "two").unwrap();
        f.build("-O3").unwrap();
        assert_eq!(f.runs.get(), 2, "changed content");
        fs::rename(f.source.join("a.ts"), f.source.join("b.ts")).unwrap();
        f.build("-O3").unwrap();
        assert_eq!(f.runs.get(), 3, "renamed file");
        f.build("-O2").unwrap();
        assert_eq!(f.runs.get(), 4, "other flags");
        fs::remove_file(&f.output).unwrap();
        f.build("-O2").unwrap();
        assert_eq!(f.runs.get(), 5, "the output is gone");
    }

    #[test]
    fn a_failed_stage_is_not_fresh() {
        let f = fixture();
        f.build("").unwrap();
        let changed = || Inputs::default().word("changed");
        let outputs = std::slice::from_ref(&f.output);
        let failed = incremental(&f.workspace, "a stage", changed(), outputs, || bail!("broken"));
        assert!(failed.is_err());
        f.build("").unwrap();
        assert_eq!(f.runs.get(), 2, "what a failed run left behind is not trusted");
    }

    #[test]
    fn a_stage_that_makes_nothing_fails() {
        let f = fixture();
        let outputs = std::slice::from_ref(&f.output);
        let error = incremental(&f.workspace, "idle", Inputs::default(), outputs, || Ok(())).unwrap_err();
        assert!(error.to_string().contains("idle"), "{error}");
    }
}
