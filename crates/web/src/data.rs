use std::io::{self, BufRead, Read};
use std::sync::Arc;

use atelier_data::garments::{GarmentOptions, Generator};
use atelier_data::idx::Bytes;
use atelier_data::official::CLASS_NAMES;
use atelier_data::{Dataset, Part, Source};
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;

use crate::Failure;

/// A data set in the worker's memory.
#[wasm_bindgen]
pub struct Data(pub(crate) Arc<Dataset>);

#[wasm_bindgen]
impl Data {
    /// From the four IDX files, in any order; others among them are left alone.
    pub fn files(names: Vec<String>, bytes: Vec<Uint8Array>) -> Result<Data, Failure> {
        let files = names.into_iter().zip(bytes.into_iter().map(File));
        Ok(Data(Arc::new(Dataset::from_files(files).map_err(Failure::of)?)))
    }

    /// Another handle on the same pictures.
    pub fn share(&self) -> Data {
        Data(Arc::clone(&self.0))
    }

    /// `official`, `files` or `procedural`.
    pub fn source(&self) -> String {
        match self.0.source {
            Source::Official => "official",
            Source::Files => "files",
            Source::Procedural { .. } => "procedural",
        }
        .to_owned()
    }

    /// Pictures to train on.
    pub fn train(&self) -> usize {
        self.0.train.len()
    }

    /// Pictures to judge by.
    pub fn test(&self) -> usize {
        self.0.test.len()
    }

    /// Rows of a picture.
    pub fn height(&self) -> usize {
        self.0.height
    }

    /// Columns of a picture.
    pub fn width(&self) -> usize {
        self.0.width
    }

    /// Numbers of a pixel: 1 is grey, 3 red, green and blue.
    pub fn channels(&self) -> usize {
        self.0.channels
    }

    /// As many as there are classes.
    pub fn class_names(&self) -> Vec<String> {
        self.0.class_names.clone()
    }

    /// Whether its classes are Fashion-MNIST's garments.
    pub fn of_garments(&self) -> bool {
        self.0.class_names == CLASS_NAMES
    }

    /// Equal for equal sets, in every session.
    pub fn identity(&self) -> String {
        self.0.identity.clone()
    }

    /// Bytes of pictures, each row by row, the channels of a pixel together.
    pub fn pixels(&self, split: &str, indices: &[u32]) -> Result<Vec<u8>, JsError> {
        let split = self.0.split(part(split)?);
        let known = |i: u32| (i as usize) < split.len();
        Ok(indices.iter().filter(|i| known(**i)).flat_map(|i| split.image(*i as usize)).copied().collect())
    }

    /// The classes of the same pictures.
    pub fn labels(&self, split: &str, indices: &[u32]) -> Result<Vec<u16>, JsError> {
        let labels = self.0.split(part(split)?).labels();
        Ok(indices.iter().filter_map(|i| labels.get(*i as usize)).copied().collect())
    }
}

/// A file in JavaScript's memory, read from there piece by piece: a module's own memory never shrinks again.
struct File(Uint8Array);

/// Bytes of a piece.
const PIECE: u32 = 64 << 10;

impl Bytes for File {
    fn count(&self) -> usize {
        self.0.length() as usize
    }

    fn open(&self) -> impl BufRead {
        Pieces { file: &self.0, next: 0, piece: Vec::new(), read: 0 }
    }
}

struct Pieces<'a> {
    file: &'a Uint8Array,
    /// Where the next piece begins.
    next: u32,
    piece: Vec<u8>,
    /// Bytes of the piece that are done with.
    read: usize,
}

impl BufRead for Pieces<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.read == self.piece.len() {
            let end = self.file.length().min(self.next.saturating_add(PIECE));
            self.piece = self.file.subarray(self.next, end).to_vec();
            (self.next, self.read) = (end, 0);
        }
        Ok(&self.piece[self.read..])
    }

    fn consume(&mut self, amount: usize) {
        self.read = self.piece.len().min(self.read + amount);
    }
}

impl Read for Pieces<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(buf)?;
        self.consume(read);
        Ok(read)
    }
}

/// Garments drawn from a seed, some at a time so that the worker can breathe in between.
#[wasm_bindgen]
pub struct Garments(Generator);

#[wasm_bindgen]
impl Garments {
    #[wasm_bindgen(constructor)]
    pub fn new(seed: u32, train: usize, test: usize) -> Garments {
        Garments(Generator::new(u64::from(seed), train, test, GarmentOptions::default()))
    }

    /// Draws at most `count` more; false when all are drawn.
    pub fn advance(&mut self, count: usize) -> bool {
        self.0.advance(count)
    }

    /// What was drawn.
    pub fn finish(self) -> Data {
        Data(Arc::new(self.0.finish()))
    }
}

pub(crate) fn part(split: &str) -> Result<Part, JsError> {
    match split {
        "train" => Ok(Part::Train),
        "test" => Ok(Part::Test),
        other => Err(JsError::new(&format!("there is no split `{other}`: say train or test"))),
    }
}
