//! Where things lie in the repository.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

/// The folders that every command works with.
pub struct Workspace {
    /// The repository's root.
    pub root: PathBuf,
    /// Cargo's target folder, wherever the user's settings put it.
    pub target: PathBuf,
    /// This program, by the name that it had when it started: Cargo may put a newer one there.
    pub program: PathBuf,
}

impl Workspace {
    pub fn find() -> Result<Self> {
        let root =
            Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).context("xtask lies outside a workspace")?;
        // target/debug/xtask: this asks no more of Cargo's settings than that Cargo built this program.
        let program = std::env::current_exe()?;
        let target = program.ancestors().nth(2).context("xtask does not run from Cargo's target folder")?.to_owned();
        Ok(Self { root: root.to_owned(), target, program })
    }

    /// One for tests, with a target folder of its own.
    #[cfg(test)]
    pub fn at(root: PathBuf) -> Self {
        Self { target: root.join("target"), program: PathBuf::new(), root }
    }

    /// The Cargo that runs this program, at the root.
    pub fn cargo(&self) -> Command {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(&self.root);
        command
    }

    pub fn www(&self) -> PathBuf {
        self.root.join("www")
    }

    /// Where Vite writes the page.
    pub fn dist(&self) -> PathBuf {
        self.www().join("dist")
    }

    /// Generated modules that the page imports: the wasm flavours and the types of the protocol.
    pub fn generated(&self) -> PathBuf {
        self.www().join("src/engine/generated")
    }

    /// Where a test runner is to write its report; an earlier one is gone.
    pub fn report(&self, name: &str) -> Result<PathBuf> {
        let folder = self.target.join("reports");
        std::fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
        let report = folder.join(name);
        if report.exists() {
            std::fs::remove_file(&report)?;
        }
        Ok(report)
    }

    pub fn browser_tests(&self) -> PathBuf {
        self.root.join("tests/browser")
    }
}
