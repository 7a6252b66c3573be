//! `drawings FOLDER`: writes the drawings test set as SVG files.
use std::{env, fs, path::Path};

fn main() -> std::io::Result<()> {
    let folder = env::args().nth(1).unwrap_or_else(|| "drawings".to_owned());
    fs::create_dir_all(&folder)?;
    for drawing in atelier_tests::drawings::drawings() {
        fs::write(Path::new(&folder).join(drawing.name).with_extension("svg"), drawing.svg)?;
    }
    Ok(())
}
