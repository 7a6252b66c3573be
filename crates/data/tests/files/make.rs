//! Files in the IDX form, made for the tests.

use std::io::Write;

use atelier_data::{Dataset, FilesError};
use flate2::Compression;
use flate2::write::GzEncoder;

pub const UNSIGNED_BYTE: u8 = 0x08;
pub const INT16: u8 = 0x0b;
pub const INT32: u8 = 0x0c;
pub const FLOAT: u8 = 0x0d;

/// A file of these axes and element bytes.
pub fn idx(element: u8, axes: &[u32], values: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, element, axes.len() as u8];
    bytes.extend(axes.iter().flat_map(|axis| axis.to_be_bytes()));
    bytes.extend(values);
    bytes
}

/// Pictures of varied pixels; the axes' first length is their number.
pub fn pictures(axes: &[u32]) -> Vec<u8> {
    let values: Vec<u8> = (0..axes.iter().product()).map(|i: u32| (i * 31 % 251) as u8).collect();
    idx(UNSIGNED_BYTE, axes, &values)
}

/// `n` pictures in the shape of Fashion-MNIST's.
pub fn images(n: u32) -> Vec<u8> {
    pictures(&[n, 28, 28])
}

/// Labels as bytes.
pub fn labels_of(values: &[u8]) -> Vec<u8> {
    idx(UNSIGNED_BYTE, &[values.len() as u32], values)
}

/// `n` labels that go round ten classes.
pub fn labels(n: u32) -> Vec<u8> {
    labels_of(&(0..n).map(|i| (i % 10) as u8).collect::<Vec<u8>>())
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("writing to memory");
    encoder.finish().expect("writing to memory")
}

pub type Files = Vec<(&'static str, Vec<u8>)>;

/// Four files of these pictures' shape, with these labels.
pub fn set(shape: &[u32], train: &[u8], test: &[u8]) -> Files {
    let pictures = |n: usize| pictures(&[&[n as u32], shape].concat());
    vec![
        ("train-images-idx3-ubyte.gz", gzip(&pictures(train.len()))),
        ("train-labels-idx1-ubyte.gz", gzip(&labels_of(train))),
        ("t10k-images-idx3-ubyte.gz", gzip(&pictures(test.len()))),
        ("t10k-labels-idx1-ubyte.gz", gzip(&labels_of(test))),
    ]
}

pub fn assemble(files: &Files) -> Result<Dataset, FilesError> {
    Dataset::from_files(files.iter().map(|(name, bytes)| (*name, bytes)))
}
