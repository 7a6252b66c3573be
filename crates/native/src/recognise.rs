//! What a published network makes of photographs in files.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use atelier_data::Picture;
use atelier_gpu::{Gpu, Wanted};
use atelier_native::decode::{self, Content};
use atelier_native::weights;
use atelier_session::Host;
use atelier_session::recognition::Recogniser;
use atelier_zoo::{Classes, Framing, Model, Rgb};
use clap::Args;
use pollster::block_on;
use serde::Serialize;

use crate::input::Device;
use crate::train::Terminal;

#[derive(Args)]
pub struct Options {
    /// vgg16, vgg19, inception_v3, resnet18, resnet34, resnet50, resnet101, resnet152 or mobilenet_v2
    #[arg(value_name = "MODEL", value_parser = |name: &str| Model::of(name))]
    model: Model,
    /// Its weights; a safetensors file or one of Keras's (.h5, .weights.h5); the default is that of the model's name in the folder
    /// that ATELIER_WEIGHTS names
    #[arg(long, value_name = "FILE")]
    weights: Option<PathBuf>,
    /// The names of the classes, as Keras's imagenet_class_index.json; the default is that file beside the weights or in a
    /// folder `classes` beside theirs, and without it answers are numbers alone
    #[arg(long, value_name = "FILE")]
    classes: Option<PathBuf>,
    /// Bring the shorter side to 256 pixels (of a network of 299: 342) and take the centre; without it a picture is drawn out to
    /// the network's square. One that has its size already is taken as it is
    #[arg(long)]
    crop: bool,
    /// What computes
    #[arg(long, value_enum, default_value_t = Device::Cpu)]
    device: Device,
    /// PNG, JPEG, GIF, WebP, BMP or SVG files
    #[arg(value_name = "PICTURE", required = true)]
    files: Vec<PathBuf>,
}

/// Likeliest classes that are told.
const TOP: usize = 5;
/// Of files of weights.
const ENDINGS: [&str; 3] = ["safetensors", "h5", "weights.h5"];
const CLASSES: &str = "imagenet_class_index.json";

/// One line of the output.
#[derive(Serialize)]
struct Answer<'a> {
    file: &'a str,
    top: Vec<Likely<'a>>,
    /// Of the network alone.
    milliseconds: f64,
}

#[derive(Serialize)]
struct Likely<'a> {
    index: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    synset: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    probability: f32,
}

/// Prints a line of JSON for each picture. A file that can't be read is told of, and the others go on.
///
/// # Errors
/// If the weights or the names can't be used; at the end, if any file couldn't be read.
pub fn run(options: &Options) -> Result<()> {
    let model = options.model;
    let file = weights_file(options)?;
    let classes = classes(options, &file)?;
    let network = model.trained()?;
    let mut recogniser = match options.device {
        Device::Cpu => Recogniser::new(&network, Terminal::default().room())?,
        Device::Gpu => block_on(Recogniser::on_gpu(&block_on(Gpu::request(&Wanted::default()))?, &network))?,
    };
    weights::write(&file, &mut recogniser)?;
    let framing = if options.crop { Framing::Cropped } else { Framing::Stretched };
    let mut failed = 0;
    for file in &options.files {
        if let Err(error) = recognise(file, model, framing, classes.as_ref(), &mut recogniser) {
            eprintln!("{}: {error:#}", file.display());
            failed += 1;
        }
    }
    ensure!(failed == 0, "{failed} of {} files could not be read", options.files.len());
    Ok(())
}

fn weights_file(options: &Options) -> Result<PathBuf> {
    if let Some(file) = &options.weights {
        return Ok(file.clone());
    }
    let name = options.model.name();
    let advice = "name a file by --weights, or a folder by ATELIER_WEIGHTS";
    let folder = std::env::var_os("ATELIER_WEIGHTS").filter(|folder| !folder.is_empty());
    let folder = folder.with_context(|| format!("{} needs weights: {advice}", options.model))?;
    let mut files = ENDINGS.iter().map(|ending| Path::new(&folder).join(format!("{name}.{ending}")));
    files.find(|file| file.is_file()).with_context(|| {
        format!("there is no {name}.{} in {}: {advice}", ENDINGS.join(" nor "), Path::new(&folder).display())
    })
}

/// None where nobody named a file and none lies where one is looked for.
fn classes(options: &Options, weights: &Path) -> Result<Option<Classes>> {
    let folder = weights.parent().unwrap_or(Path::new(""));
    let near = [folder.join(CLASSES), folder.join("../classes").join(CLASSES)];
    let found = options.classes.clone().or_else(|| near.into_iter().find(|file| file.is_file()));
    let Some(file) = found else {
        eprintln!(
            "{CLASSES} is not beside the weights: classes are told by their numbers (--classes names another file)"
        );
        return Ok(None);
    };
    let bytes = fs::read(&file).with_context(|| format!("could not read {}", file.display()))?;
    Ok(Some(Classes::read(&bytes).with_context(|| file.display().to_string())?))
}

fn recognise(
    file: &Path,
    model: Model,
    framing: Framing,
    classes: Option<&Classes>,
    recogniser: &mut Recogniser,
) -> Result<()> {
    let Content::Picture(picture) = decode::content(&fs::read(file)?)? else {
        bail!("it is a drawing, and photographs are recognised. `cargo xtask classify` reads drawings");
    };
    let prepared = model.preparation().apply(&opaque(picture)?.framed(model.side(), framing).pixels);
    let begun = Instant::now();
    let probabilities = block_on(recogniser.answer(&prepared))?;
    let milliseconds = begun.elapsed().as_secs_f64() * 1e3;
    if probabilities.iter().any(|value| value.is_nan()) {
        bail!("the network's answer is not a number: its weights are spoilt");
    }
    let mut order: Vec<usize> = (0..probabilities.len()).collect();
    order.sort_by(|a, b| probabilities[*b].total_cmp(&probabilities[*a]));
    let likely = |index: usize| {
        let class = classes.and_then(|classes| classes.get(index));
        let (synset, name) = (class.map(|c| c.synset.as_str()), class.map(|c| c.name.as_str()));
        Likely { index, synset, name, probability: probabilities[index] }
    };
    let top = order.into_iter().take(TOP).map(likely).collect();
    println!("{}", serde_json::to_string(&Answer { file: &file.to_string_lossy(), top, milliseconds })?);
    Ok(())
}

/// What is transparent lies on white.
fn opaque(picture: Picture) -> Result<Rgb> {
    let over = |value: u8, alpha: u8| {
        let alpha = u32::from(alpha);
        ((u32::from(value) * alpha + 255 * (255 - alpha) + 127) / 255) as u8
    };
    let pixels = picture.rgba.chunks_exact(4).flat_map(|p| [over(p[0], p[3]), over(p[1], p[3]), over(p[2], p[3])]);
    Ok(Rgb::new(picture.width, picture.height, pixels.collect())?)
}
