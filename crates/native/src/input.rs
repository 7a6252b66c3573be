//! Networks and pictures from the files that the user names.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use atelier_data::{Dataset, Source, garments};
use atelier_nn::Network;
use atelier_zoo::Model;
use clap::{Args, ValueEnum};

/// What computes, where nothing is timed to choose it.
#[derive(Clone, Copy, ValueEnum)]
pub enum Device {
    Cpu,
    Gpu,
}

/// Which pictures.
#[derive(Args)]
pub struct Pictures {
    /// Folder with the four files of Fashion-MNIST or another set in the same form; the default is ATELIER_DATA
    #[arg(long, value_name = "DIR", env = "ATELIER_DATA")]
    data: Option<PathBuf>,
    /// Draw this many garments for training, and a sixth of it for testing, instead of reading files
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(6..=1_000_000))]
    garments: Option<u32>,
}

/// Garments drawn where there are no files.
const GARMENTS: u32 = 60_000;
/// Of the garments: the same pictures whatever the run's own seed.
const GARMENTS_SEED: u64 = 1;

impl Pictures {
    pub fn load(&self) -> Result<Arc<Dataset>> {
        let data = match (self.garments, &self.data) {
            (None, Some(folder)) => read(folder)?,
            (count, _) => {
                let count = count.unwrap_or(GARMENTS) as usize;
                garments::generate(GARMENTS_SEED, count, count / 6)
            }
        };
        let source = match data.source {
            Source::Official => "Fashion-MNIST",
            Source::Files => "files that are not the published Fashion-MNIST",
            Source::Procedural { .. } => "procedural garments",
        };
        let [height, width, channels] = data.shape();
        println!("{} training and {} test pictures: {source}", data.train.len(), data.test.len());
        println!("each {height}x{width}x{channels}, of {} classes", data.classes());
        Ok(Arc::new(data))
    }
}

/// The files of a folder, as the page takes those that are dropped onto it: what each is decides `Dataset::from_files`.
fn read(folder: &Path) -> Result<Dataset> {
    let unreadable = || format!("could not read {}", folder.display());
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).with_context(unreadable)? {
        let path = entry.with_context(unreadable)?.path();
        if path.is_file() {
            paths.push(path);
        }
    }
    // The order in which a folder lists its files differs between machines, and errors name the first of two.
    paths.sort();
    // One after another: each file's bytes are let go before the next one's are read.
    let mut failed = None;
    let files = paths.iter().map_while(|path| match fs::read(path) {
        Ok(bytes) => Some((path.file_name().unwrap_or_default().to_string_lossy(), bytes)),
        Err(error) => {
            failed = Some(anyhow::Error::from(error).context(format!("could not read {}", path.display())));
            None
        }
    });
    let data = Dataset::from_files(files);
    failed.map_or(Ok(()), Err)?;
    data.with_context(|| folder.display().to_string())
}

/// The network that Atelier opens with, or where the pictures are too small for it the first that fits them.
pub fn opening_network(data: &Dataset) -> Result<Network> {
    let presets = Network::presets(&data.shape(), data.classes());
    presets.into_iter().next().with_context(|| {
        format!(
            "pictures of {}x{} are too small for every preset; describe a network by --network",
            data.height, data.width
        )
    })
}

/// The network of a JSON file.
pub fn network(file: &Path) -> Result<Network> {
    let text = fs::read_to_string(file).with_context(|| format!("could not read {}", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} describes no network", file.display()))
}

/// A published model as it was trained, or the network of a JSON file.
pub fn named_or_described(name: &Path) -> Result<Network> {
    match name.to_str().map(Model::of) {
        Some(Ok(model)) => Ok(model.trained()?),
        Some(Err(unknown)) if name.extension().is_none() && !name.exists() => Err(unknown.into()),
        _ => network(name),
    }
}
