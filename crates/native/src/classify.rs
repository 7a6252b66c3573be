//! What a saved network makes of pictures and drawings in files: the Draw view's answer, in a terminal.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use atelier_data::drawing::SIDE as SHEET;
use atelier_data::official::{CLASS_NAMES, SIDE};
use atelier_data::{Picture, Wishes, input_of, prepare};
use atelier_gpu::{Gpu, Wanted};
use atelier_native::decode::{self, Content};
use atelier_session::reading::Reader;
use atelier_session::{Checkpoint, Host};
use clap::Args;
use pollster::block_on;
use serde::Serialize;

use crate::input::Device;
use crate::train::{Terminal, load};

#[derive(Args)]
pub struct Options {
    /// A checkpoint, as `train` writes it or the page saves it; the default is the one that the page opens with
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
    /// What computes: a few pictures are answered before a GPU is made ready
    #[arg(long, value_enum, default_value_t = Device::Cpu)]
    device: Device,
    /// PNG, JPEG, GIF, WebP, BMP or SVG files, drawings as the page saves them, or lines of "Quick, Draw!"
    #[arg(value_name = "PICTURE", required = true)]
    files: Vec<PathBuf>,
}

/// The weights that the page opens with.
const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../www/public/weights/garments.safetensors");

/// One line of the output.
#[derive(Serialize)]
struct Answer<'a> {
    file: &'a str,
    /// Counted from 1, where the file holds several drawings.
    #[serde(skip_serializing_if = "Option::is_none")]
    drawing: Option<usize>,
    index: usize,
    class: String,
    probabilities: Vec<f32>,
}

/// Prints a line of JSON for each picture. A file that can't be read is told of, and the others go on.
///
/// # Errors
/// If the weights can't be used; at the end, if any file couldn't be read.
pub fn run(options: &Options) -> Result<()> {
    let file = options.weights.as_deref().unwrap_or(Path::new(SHIPPED));
    let checkpoint = load(file)?;
    takes_garments(&checkpoint).with_context(|| file.display().to_string())?;
    let mut reader = match options.device {
        Device::Cpu => Reader::new(&checkpoint, Terminal::default().room())?,
        Device::Gpu => block_on(Reader::on_gpu(&block_on(Gpu::request(&Wanted::default()))?, &checkpoint))?,
    };
    let mut failed = 0;
    for file in &options.files {
        if let Err(error) = classify(file, &mut reader) {
            eprintln!("{}: {error:#}", file.display());
            failed += 1;
        }
    }
    ensure!(failed == 0, "{failed} of {} files could not be read", options.files.len());
    Ok(())
}

/// What is prepared has Fashion-MNIST's size.
fn takes_garments(checkpoint: &Checkpoint) -> Result<()> {
    let layers = checkpoint.network.check()?;
    let takes = &layers[0].output_shape;
    ensure!(*takes == [SIDE, SIDE, 1], "its network takes {takes:?}, and pictures are made {:?}", [SIDE, SIDE, 1]);
    Ok(())
}

fn classify(file: &Path, reader: &mut Reader) -> Result<()> {
    let content = decode::content(&fs::read(file)?)?;
    let name = file.to_string_lossy();
    match content {
        Content::Picture(picture) => answer(&name, None, &picture, reader),
        Content::Drawings(drawings) => {
            let several = drawings.len() > 1;
            drawings.iter().enumerate().try_for_each(|(i, drawing)| {
                let number = several.then_some(i + 1);
                let answered =
                    drawing.render(SHEET).map_err(Into::into).and_then(|sheet| answer(&name, number, &sheet, reader));
                answered.with_context(|| format!("drawing {}", i + 1))
            })
        }
    }
}

/// Prints what a picture is.
fn answer(file: &str, drawing: Option<usize>, picture: &Picture, reader: &mut Reader) -> Result<()> {
    let probabilities = probabilities(picture, reader)?;
    let best = probabilities.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    let index = best.map_or(0, |(index, _)| index);
    let class = CLASS_NAMES.get(index).map_or_else(|| index.to_string(), |&name| name.to_owned());
    println!("{}", serde_json::to_string(&Answer { file, drawing, index, class, probabilities })?);
    Ok(())
}

/// The mean of the network's answers to the readings of a picture.
fn probabilities(picture: &Picture, reader: &mut Reader) -> Result<Vec<f32>> {
    let prepared = prepare(picture, &Wishes::default())?;
    let readings: Vec<f32> = prepared.readings.iter().flatten().map(|&byte| input_of(byte)).collect();
    let probabilities = block_on(reader.read(&readings))?;
    if probabilities.iter().any(|value| value.is_nan()) {
        bail!("the network's answer is not a number: its weights are spoilt");
    }
    Ok(probabilities)
}
