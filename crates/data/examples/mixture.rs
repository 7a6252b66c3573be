//! Writes a contact sheet of what an epoch trains on: `mixture FILE.png [sketches|renderings|varied] [seed]`. A row for each
//! class, sixteen pictures a row, three times enlarged. The data set's pictures are those that ATELIER_DATA names, or drawn.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use anyhow::{Context, Result, bail};
use atelier_data::augment::Augmentation;
use atelier_data::mixture::Mixture;
use atelier_data::official::{CLASSES, FILES, SIDE};
use atelier_data::{Dataset, Split, garments};

const COLUMNS: usize = 16;
const ZOOM: usize = 3;
const CELL: usize = SIDE + 2;
/// Pictures of the epoch that is shown: enough that each row is filled.
const PICTURES: usize = 600;

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().context("give the name of the PNG file to write")?;
    let mixture = match arguments.next().as_deref() {
        None | Some("sketches") => Mixture { drawings: 1.0, ..Mixture::default() },
        Some("renderings") => Mixture { renderings: 1.0, ..Mixture::default() },
        Some("varied") => Mixture { augment: Augmentation::ALL.to_vec(), ..Mixture::default() },
        Some(other) => bail!("{other} is no kind of picture: give sketches, renderings or varied"),
    };
    let seed = arguments.next().map_or(Ok(7), |text| text.parse()).context("the seed must be a whole number")?;
    let epoch = mixture.epoch(&data()?, seed, 0);

    let (width, height) = (COLUMNS * CELL * ZOOM, CLASSES * CELL * ZOOM);
    let mut sheet = vec![60u8; width * height];
    let mut filled = [0; CLASSES];
    for (index, label) in epoch.train.labels().iter().enumerate() {
        let (row, column) = (usize::from(*label), filled[usize::from(*label)]);
        if column == COLUMNS {
            continue;
        }
        filled[row] += 1;
        let image = epoch.train.image(index);
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

/// The first pictures of the data set.
fn data() -> Result<Dataset> {
    let Some(folder) = std::env::var_os("ATELIER_DATA") else { return Ok(garments::generate(1, PICTURES, 10)) };
    let mut files = Vec::new();
    for file in &FILES {
        let path = Path::new(&folder).join(file.name);
        files.push((file.name, std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?));
    }
    let whole = Dataset::from_files(files)?;
    let mut train = Split::with_capacity(whole.image_len(), PICTURES);
    for index in 0..PICTURES {
        train.push(whole.train.labels()[index], whole.train.image(index));
    }
    Ok(Dataset { train, ..whole })
}
