use atelier_data::{Drawing, Split};
use atelier_session::teach::{self, KeptDrawing, KeptError, Teaching};
use atelier_session::{Checkpoint, SessionError};
use wasm_bindgen::prelude::*;

use crate::host::room;
use crate::session::Saved;
use crate::{Failure, from_js, to_js};

/// Drawings that were kept with their labels, and what all classes are called.
#[wasm_bindgen]
pub struct Kept(teach::Kept);

#[wasm_bindgen]
impl Kept {
    /// None yet. `shape` is a picture's height, width and channels.
    #[wasm_bindgen(constructor)]
    pub fn new(classes: Vec<String>, shape: &[usize]) -> Result<Kept, Failure> {
        let shape = <[usize; 3]>::try_from(shape).map_err(|_| JsError::new("a shape is height, width and channels"))?;
        checked(teach::Kept { shape, classes, drawings: Vec::new() })
    }

    /// Those of a file.
    pub fn read(bytes: &[u8]) -> Result<Kept, Failure> {
        Ok(Kept(teach::Kept::from_bytes(bytes).map_err(SessionError::from)?))
    }

    /// As a file.
    pub fn bytes(&self) -> Result<Vec<u8>, Failure> {
        Ok(self.0.to_bytes().map_err(SessionError::from)?)
    }

    /// The same classes and drawings and one drawing more: its class's place, what the network sees of it and, where it was
    /// drawn here, its `Drawing`.
    pub fn with(&self, label: u16, pixels: Vec<u8>, drawing: JsValue) -> Result<Kept, Failure> {
        let drawing: Option<Drawing> = from_js(drawing, "drawing")?;
        let mut kept = self.0.clone();
        kept.drawings.push(KeptDrawing { label, pixels, drawing });
        checked(kept)
    }

    /// The same with one class more.
    pub fn with_class(&self, name: String) -> Result<Kept, Failure> {
        let mut kept = self.0.clone();
        kept.classes.push(name);
        checked(kept)
    }

    /// The same without this drawing.
    pub fn without(&self, index: usize) -> Kept {
        let mut kept = self.0.clone();
        if index < kept.drawings.len() {
            kept.drawings.remove(index);
        }
        Kept(kept)
    }

    /// What the classes are called.
    pub fn classes(&self) -> Vec<String> {
        self.0.classes.clone()
    }

    /// Of each drawing the place of its class.
    pub fn labels(&self) -> Vec<u16> {
        self.0.drawings.iter().map(|drawing| drawing.label).collect()
    }

    /// What the network sees of each drawing, one after another.
    pub fn pixels(&self) -> Vec<u8> {
        self.0.drawings.iter().flat_map(|drawing| &drawing.pixels).copied().collect()
    }

    /// The `Drawing` of one, or null where it was not drawn here.
    pub fn drawing(&self, index: usize) -> Result<JsValue, JsError> {
        to_js(&self.0.drawings.get(index).and_then(|drawing| drawing.drawing.as_ref()))
    }
}

fn checked(kept: teach::Kept) -> Result<Kept, Failure> {
    kept.check().map_err(|error: KeptError| SessionError::from(error))?;
    Ok(Kept(kept))
}

/// A saved network that is being taught. One call at a time: its promise must have settled before the next.
#[wasm_bindgen]
pub struct Teacher(teach::Teacher);

#[wasm_bindgen]
impl Teacher {
    /// Teaches what was kept by a `Teaching`. `rehearsed` and `validated` are pixels and labels of samples of what the network
    /// was trained on and is validated by; either may be empty.
    pub fn make(
        saved: &Saved,
        kept: &Kept,
        rehearsed: Vec<u8>,
        rehearsed_labels: Vec<u16>,
        validated: Vec<u8>,
        validated_labels: Vec<u16>,
        teaching: JsValue,
    ) -> Result<Teacher, Failure> {
        let teaching: Teaching = from_js(teaching, "teaching")?;
        let one = kept.0.shape.iter().product();
        let samples = [sample(one, &rehearsed, rehearsed_labels)?, sample(one, &validated, validated_labels)?];
        Ok(Teacher(teach::Teacher::new(&saved.0, &kept.0, samples, teaching, room())?))
    }

    /// Does the next piece of work, a few milliseconds of it: a `Lesson`.
    pub async fn step(&mut self) -> Result<JsValue, Failure> {
        Ok(to_js(&self.0.step().await?)?)
    }

    /// What was found: an `Outcome`, or null before all is done.
    pub fn outcome(&self) -> Result<JsValue, JsError> {
        to_js(&self.0.outcome())
    }

    /// The network as it is now.
    pub async fn saved(&self) -> Result<Saved, Failure> {
        let checkpoint: Checkpoint = self.0.checkpoint().await?;
        Ok(Saved(checkpoint))
    }
}

/// Pictures of `one` pixels each.
fn sample(one: usize, pixels: &[u8], labels: Vec<u16>) -> Result<Split, SessionError> {
    if pixels.len() != labels.len() * one {
        return Err(SessionError::PictureLength { expected: labels.len() * one, got: pixels.len() });
    }
    let mut split = Split::with_capacity(one, labels.len());
    for (label, picture) in labels.into_iter().zip(pixels.chunks_exact(one)) {
        split.push(label, picture);
    }
    Ok(split)
}
