//! Where things lie in the repository.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The folders that every command works with.
pub struct Workspace {
    /// The repository's root.
    pub root: PathBuf,
    /// Cargo's target folder, wherever the user's settings put it.
    pub target: PathBuf,
}

impl Workspace {
    pub fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).context("xtask lies outside a workspace")?;
        // target/debug/xtask: this asks no more of Cargo's settings than that Cargo built this program.
        let program = std::env::current_exe()?;
        let target = program.ancestors().nth(2).context("xtask does not run from Cargo's target folder")?;
        Ok(Self { root: root.to_owned(), target: target.to_owned() })
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

    pub fn browser_tests(&self) -> PathBuf {
        self.root.join("tests/browser")
    }
}
