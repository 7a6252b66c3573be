//! A published network's weights from a file of any format that is read here.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};
use atelier_formats::{ReadAt, WeightsFile};
use atelier_session::recognition::Recogniser;

/// A file that is read where it is asked.
struct OnDisk {
    file: Mutex<File>,
    len: u64,
}

impl ReadAt for OnDisk {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<()> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(into)
    }
}

/// Opens a file of weights.
///
/// # Errors
/// If it cannot be read, or is none.
pub fn open(path: &Path) -> Result<WeightsFile> {
    let named = || path.display().to_string();
    let file = File::open(path).with_context(named)?;
    let len = file.metadata().with_context(named)?.len();
    WeightsFile::open(OnDisk { file: Mutex::new(file), len }).with_context(named)
}

/// Writes every parameter of the network from the file.
///
/// # Errors
/// If the file does not fit the network, or is damaged.
pub fn write(path: &Path, recogniser: &mut Recogniser) -> Result<()> {
    recogniser.take(&open(path)?).with_context(|| path.display().to_string())
}
