//! `cargo xtask drawings`: the drawings test set as SVG files, and what a saved network makes of it.

#[path = "../suite/drawings/judge.rs"]
mod judge;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use atelier_session::Checkpoint;
use atelier_tests::drawings::{Table, drawings};
use clap::Parser;

/// The weights that the page opens with.
const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../www/public/weights/garments.safetensors");

/// Print how a network does on the drawings test set, by class and by style.
#[derive(Parser)]
#[command(bin_name = "cargo xtask drawings")]
struct Options {
    /// A checkpoint, as `train` writes it or the page saves it; the default is the one that the page opens with
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
    /// Write the set to this folder as SVG files, and ask no network
    #[arg(long, value_name = "DIR", conflicts_with = "weights")]
    out: Option<PathBuf>,
}

fn main() -> Result<()> {
    let options = Options::parse();
    let set = drawings();
    if let Some(folder) = options.out {
        fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
        for drawing in &set {
            let file = folder.join(&drawing.name).with_extension("svg");
            fs::write(&file, &drawing.svg).with_context(|| format!("could not write {}", file.display()))?;
        }
        println!("{} drawings are in {}", set.len(), folder.display());
        return Ok(());
    }
    let file = options.weights.unwrap_or_else(|| PathBuf::from(SHIPPED));
    let bytes = fs::read(&file).with_context(|| format!("could not read {}", file.display()))?;
    let checkpoint = Checkpoint::from_bytes(&bytes).with_context(|| file.display().to_string())?;
    let [seen, readings] = judge::judge(&checkpoint, &set);
    println!("{}", Table { names: ["seen", "readings"], scores: [&seen, &readings] });
    Ok(())
}
