//! Writes a contact sheet of the sketches: `sketches FILE.png [seed]`. A row for each class, fourteen sketches a row.

use std::fs::File;
use std::io::BufWriter;

use anyhow::{Context, Result};
use atelier_data::garments::{SKETCH_SIDE, Sketcher};
use atelier_data::official::CLASSES;

const COLUMNS: usize = 14;
const CELL: usize = SKETCH_SIDE + 4;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().context("give the name of the PNG file to write")?;
    let seed = arguments.next().map_or(Ok(7), |text| text.parse()).context("the seed must be a whole number")?;
    let (width, height) = (COLUMNS * CELL, CLASSES * CELL);
    let mut sheet = vec![120u8; width * height];
    let mut sketcher = Sketcher::new(seed);
    let mut filled = [0; CLASSES];
    for index in 0..(CLASSES * COLUMNS) as u64 {
        let sketch = sketcher.sketch(index);
        let row = usize::from(sketch.label);
        let column = filled[row];
        filled[row] += 1;
        for (i, (grey, alpha)) in sketch.grey.iter().zip(&sketch.alpha).enumerate() {
            let (x, y) = (column * CELL + 2 + i % SKETCH_SIDE, row * CELL + 2 + i / SKETCH_SIDE);
            let over = u16::from(sheet[y * width + x]) * (255 - u16::from(*alpha));
            sheet[y * width + x] = ((u16::from(*grey) * u16::from(*alpha) + over) / 255) as u8;
        }
    }
    let file = File::create(&path).with_context(|| format!("cannot write {path}"))?;
    let mut encoder = png::Encoder::new(BufWriter::new(file), width as u32, height as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.write_header()?.write_image_data(&sheet)?;
    Ok(())
}
