//! Writes a contact sheet of the procedural garments: `contact_sheet FILE.png [photo|flat|outline|thick|mixed] [seed]`.
//! A row for each class, sixteen garments a row, four times enlarged.

use std::fs::File;
use std::io::BufWriter;

use anyhow::{Context, Result, bail};
use atelier_data::garments::{GarmentOptions, Style, Tailor};
use atelier_data::official::{CLASSES, SIDE};

const COLUMNS: usize = 16;
const ZOOM: usize = 4;
const CELL: usize = SIDE + 2;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().context("give the name of the PNG file to write")?;
    let options = match arguments.next().as_deref() {
        None | Some("mixed") => GarmentOptions::default(),
        Some("photo") => GarmentOptions::only(Style::Photo),
        Some("flat") => GarmentOptions::only(Style::Flat),
        Some("outline") => GarmentOptions::only(Style::Outline),
        Some("thick") => GarmentOptions::only(Style::Thick),
        Some(other) => bail!("{other} is no style: give photo, flat, outline, thick or mixed"),
    };
    let seed = arguments.next().map_or(Ok(7), |text| text.parse()).context("the seed must be a whole number")?;

    let (width, height) = (COLUMNS * CELL * ZOOM, CLASSES * CELL * ZOOM);
    let mut sheet = vec![40u8; width * height];
    let mut tailor = Tailor::new(seed, options);
    let mut filled = [0; CLASSES];
    for index in 0..(CLASSES * COLUMNS) as u64 {
        let (label, image) = tailor.garment(index);
        let (row, column) = (usize::from(label), filled[usize::from(label)]);
        filled[row] += 1;
        for y in 0..SIDE * ZOOM {
            let start = ((row * CELL + 1) * ZOOM + y) * width + (column * CELL + 1) * ZOOM;
            for (x, out) in sheet[start..start + SIDE * ZOOM].iter_mut().enumerate() {
                *out = image[y / ZOOM * SIDE + x / ZOOM];
            }
        }
    }

    let file = File::create(&path).with_context(|| format!("cannot write {path}"))?;
    let mut encoder = png::Encoder::new(BufWriter::new(file), width as u32, height as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header()?.write_image_data(&sheet)?;
    Ok(())
}
