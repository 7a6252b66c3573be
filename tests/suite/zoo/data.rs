//! Real weights, photographs and what Keras made of them: data of others, in the folder that `ATELIER_ZOO` names.

use std::fs;
use std::path::{Path, PathBuf};

use atelier_native::decode::{self, Content};

/// The folder; a machine that is asked for every check has to have it.
pub fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("ATELIER_ZOO").map(PathBuf::from);
    if folder.is_none() {
        assert!(std::env::var_os("CI").is_none(), "ATELIER_ZOO names no folder with the zoo's weights and pictures");
        println!("skipped: ATELIER_ZOO names no folder with the zoo's weights and pictures");
    }
    folder
}

/// The numbers of a NumPy file of f32.
pub fn numbers(file: &Path) -> Vec<f32> {
    let bytes = fs::read(file).expect("a file in the folder that ATELIER_ZOO names");
    let header = usize::from(u16::from_le_bytes([bytes[8], bytes[9]]));
    let text = String::from_utf8_lossy(&bytes[10..10 + header]).into_owned();
    assert!(text.contains("'<f4'") && text.contains("'fortran_order': False"), "{text}");
    bytes[10 + header..].chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}

/// Red, green and blue of a picture that is opaque.
pub fn rgb(file: &Path) -> Vec<u8> {
    let bytes = fs::read(file).expect("a file in the folder that ATELIER_ZOO names");
    let Ok(Content::Picture(picture)) = decode::content(&bytes) else { panic!("{} is no picture", file.display()) };
    picture.rgba.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect()
}
