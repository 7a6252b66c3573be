//! Writes a contact sheet of what a mixture makes of garments: `mixture FILE.png [renderings share] [garments share]`.
use anyhow::{Context, Result};
use atelier_data::Dataset;
use atelier_data::augment::Augmentation;
use atelier_data::garments;
use atelier_data::mixture::Mixture;
use atelier_data::official::{CLASSES, SIDE};
use std::fs::File;
use std::io::BufWriter;
use std::time::Instant;

const COLUMNS: usize = 16;
const ZOOM: usize = 3;
const CELL: usize = SIDE + 2;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().context("name")?;
    let renderings: f32 = arguments.next().map_or(Ok(0.0), |t| t.parse())?;
    let garments_share: f32 = arguments.next().map_or(Ok(1.0), |t| t.parse())?;
    let data = match std::env::var("ATELIER_DATA") {
        Ok(folder) => {
            let mut files = Vec::new();
            for entry in std::fs::read_dir(folder)? {
                let p = entry?.path();
                files.push((p.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&p)?));
            }
            files.retain(|(n, _)| n.ends_with("gz"));
            Dataset::from_files(files.iter().map(|(n, b)| (n.clone(), b.clone())))?
        }
        _ => garments::generate(1, 600, 10),
    };
    let augment = if std::env::var("PLAIN").is_ok() { vec![] } else { Augmentation::ALL.to_vec() };
    let mixture = Mixture { augment, renderings, drawings: garments_share };
    let mut small = data.clone();
    small.train = atelier_data::Split::with_capacity(784, 4000);
    for i in 0..4000.min(data.train.len()) {
        small.train.push(data.train.labels()[i], data.train.image(i));
    }
    let begun = Instant::now();
    let epoch = mixture.epoch(&small, 7, 3);
    println!("{} pictures in {:?}", epoch.train.len(), begun.elapsed());
    let (width, height) = (COLUMNS * CELL * ZOOM, CLASSES * CELL * ZOOM);
    let mut sheet = vec![60u8; width * height];
    let mut filled = [0; CLASSES];
    for i in 0..epoch.train.len() {
        let row = usize::from(epoch.train.labels()[i]);
        let column = filled[row];
        if column >= COLUMNS {
            continue;
        }
        filled[row] += 1;
        let image = epoch.train.image(i);
        for y in 0..SIDE * ZOOM {
            let start = ((row * CELL + 1) * ZOOM + y) * width + (column * CELL + 1) * ZOOM;
            for (x, out) in sheet[start..start + SIDE * ZOOM].iter_mut().enumerate() {
                *out = image[y / ZOOM * SIDE + x / ZOOM];
            }
        }
    }
    let file = File::create(&path)?;
    let mut encoder = png::Encoder::new(BufWriter::new(file), width as u32, height as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header()?.write_image_data(&sheet)?;
    Ok(())
}
