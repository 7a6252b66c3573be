//! Kept drawings: what a person corrected or added, with its label, as one file.

use atelier_data::Drawing;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What the file's `format` says.
const FORMAT: &str = "atelier.kept.1";
/// More than anybody draws.
const MOST_DRAWINGS: usize = 10_000;
/// As many as a picture's labels can name, and a softmax of that size still trains.
const MOST_CLASSES: usize = 1_000;
/// Numbers of one picture: four times what the largest network here takes.
const MOST_PIXELS: usize = 1 << 18;
/// Characters of a class's name.
const LONGEST_NAME: usize = 80;

/// Drawings with their labels, and what all classes are called.
#[derive(Clone, Debug, PartialEq)]
pub struct Kept {
    /// Height, width and channels of every picture.
    pub shape: [usize; 3],
    /// The network's classes in their order, new ones behind.
    pub classes: Vec<String>,
    pub drawings: Vec<KeptDrawing>,
}

/// One drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptDrawing {
    /// Place of its class in [`Kept::classes`].
    pub label: u16,
    /// What the network sees of it.
    pub pixels: Vec<u8>,
    /// The marks that it was drawn with, where it was drawn here.
    pub drawing: Option<Drawing>,
}

/// Why kept drawings cannot be read or used.
#[derive(Clone, Debug, Error, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum KeptError {
    #[error("this is not a file of kept drawings: {reason}. Choose one that the Draw view saved")]
    NotKept { reason: String },
    #[error("no drawing is kept; keep one with its label first")]
    Empty,
    #[error(
        "class {index} is `{kept}` in the kept drawings and `{network}` in the network; choose those of this network"
    )]
    OtherClasses { index: usize, kept: String, network: String },
    #[error("the file has {count} {what}; at most {most} can be read. Keep fewer")]
    TooMany { what: &'static str, count: usize, most: usize },
    #[error(
        "class {index} is called `{name}`; every class needs a name of its own of at most {LONGEST_NAME} characters"
    )]
    Name { index: usize, name: String },
    #[error("its pictures are {shape:?} (height, width, channels), which no network takes")]
    Shape { shape: [usize; 3] },
    #[error("drawing {index} has {got} pixels where {expected} belong; leave it out")]
    Pixels { index: usize, expected: usize, got: usize },
    #[error("drawing {index} is of class {label}, and there are {classes}; leave it out or add the class")]
    Label { index: usize, label: u16, classes: usize },
    #[error("drawing {index} cannot be drawn: {reason}; leave it out")]
    Marks { index: usize, reason: String },
}

/// The file: JSON, pixels as base64.
#[derive(Serialize, Deserialize)]
struct File {
    format: String,
    shape: [usize; 3],
    classes: Vec<String>,
    drawings: Vec<FileDrawing>,
}

#[derive(Serialize, Deserialize)]
struct FileDrawing {
    label: u16,
    pixels: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    drawing: Option<Drawing>,
}

impl Kept {
    /// Refuses what cannot be taught: names that are missing or twice there, pictures of another size, labels without a class.
    ///
    /// # Errors
    /// As said, with the first drawing or class that is wrong.
    pub fn check(&self) -> Result<(), KeptError> {
        for (what, count, most) in
            [("classes", self.classes.len(), MOST_CLASSES), ("drawings", self.drawings.len(), MOST_DRAWINGS)]
        {
            if count > most {
                return Err(KeptError::TooMany { what, count, most });
            }
        }
        for (index, name) in self.classes.iter().enumerate() {
            let long = name.chars().count();
            if name.trim().is_empty() || long > LONGEST_NAME || self.classes[..index].contains(name) {
                return Err(KeptError::Name { index, name: name.chars().take(LONGEST_NAME).collect() });
            }
        }
        let product = self.shape.iter().try_fold(1usize, |product, side| product.checked_mul(*side));
        let Some(expected) = product.filter(|pixels| (1..=MOST_PIXELS).contains(pixels)) else {
            return Err(KeptError::Shape { shape: self.shape });
        };
        for (index, KeptDrawing { label, pixels, drawing }) in self.drawings.iter().enumerate() {
            if pixels.len() != expected {
                return Err(KeptError::Pixels { index, expected, got: pixels.len() });
            }
            if usize::from(*label) >= self.classes.len() {
                return Err(KeptError::Label { index, label: *label, classes: self.classes.len() });
            }
            if let Some(Err(error)) = drawing.as_ref().map(Drawing::check) {
                return Err(KeptError::Marks { index, reason: error.to_string() });
            }
        }
        Ok(())
    }

    /// As a file.
    ///
    /// # Errors
    /// As [`Kept::check`].
    pub fn to_bytes(&self) -> Result<Vec<u8>, KeptError> {
        self.check()?;
        let drawing = |kept: &KeptDrawing| FileDrawing {
            label: kept.label,
            pixels: STANDARD.encode(&kept.pixels),
            drawing: kept.drawing.clone(),
        };
        let file = File {
            format: FORMAT.to_owned(),
            shape: self.shape,
            classes: self.classes.clone(),
            drawings: self.drawings.iter().map(drawing).collect(),
        };
        serde_json::to_vec(&file).map_err(|error| KeptError::NotKept { reason: error.to_string() })
    }

    /// What [`Kept::to_bytes`] wrote.
    ///
    /// # Errors
    /// Where it is something else, and as [`Kept::check`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeptError> {
        let not_kept = |reason: String| KeptError::NotKept { reason };
        let file: File = serde_json::from_slice(bytes).map_err(|error| not_kept(error.to_string()))?;
        if file.format != FORMAT {
            return Err(not_kept(format!("its format is `{}`, not `{FORMAT}`", file.format)));
        }
        let drawing = |(index, drawing): (usize, FileDrawing)| {
            let pixels = STANDARD.decode(&drawing.pixels);
            let pixels =
                pixels.map_err(|error| not_kept(format!("the pixels of drawing {index} are spoilt ({error})")))?;
            Ok(KeptDrawing { label: drawing.label, pixels, drawing: drawing.drawing })
        };
        let drawings = file.drawings.into_iter().enumerate().map(drawing).collect::<Result<_, _>>()?;
        let kept = Kept { shape: file.shape, classes: file.classes, drawings };
        kept.check()?;
        Ok(kept)
    }
}

#[cfg(test)]
mod tests {
    use atelier_data::drawing::Mark;

    use super::*;

    fn kept() -> Kept {
        let drawing = |label: u16| KeptDrawing { label, pixels: vec![label as u8; 6], drawing: None };
        let classes = ["Bag", "hat", "帽子"].map(str::to_owned).to_vec();
        Kept { shape: [2, 3, 1], classes, drawings: vec![drawing(0), drawing(2)] }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let mut kept = kept();
        kept.drawings[1].drawing = Some(Drawing::new(vec![Mark::Clear]));
        assert_eq!(Kept::from_bytes(&kept.to_bytes().unwrap()).unwrap(), kept);
        kept.drawings.clear();
        assert_eq!(Kept::from_bytes(&kept.to_bytes().unwrap()).unwrap(), kept);
    }

    #[test]
    fn what_cannot_be_taught_is_refused_by_name() {
        let wrong = |change: &dyn Fn(&mut Kept)| {
            let mut kept = kept();
            change(&mut kept);
            kept.to_bytes().unwrap_err()
        };
        let error = wrong(&|kept| kept.drawings[1].label = 3);
        assert_eq!(error, KeptError::Label { index: 1, label: 3, classes: 3 });
        let error = wrong(&|kept| kept.drawings[0].pixels.truncate(5));
        assert_eq!(error, KeptError::Pixels { index: 0, expected: 6, got: 5 });
        for name in ["", "  ", "Bag", &"x".repeat(81)] {
            let error = wrong(&|kept| kept.classes[1] = name.to_owned());
            assert!(matches!(error, KeptError::Name { index: 1, .. }), "{name}: {error}");
        }
        for shape in [[0, 3, 1], [usize::MAX, 3, 2], [1 << 10, 1 << 10, 1]] {
            assert_eq!(wrong(&|kept| kept.shape = shape), KeptError::Shape { shape });
        }
        let error = wrong(&|kept| kept.classes = (0..1001).map(|i| i.to_string()).collect());
        assert_eq!(error, KeptError::TooMany { what: "classes", count: 1001, most: 1000 });
        let mark = Mark::Fill { at: [f32::NAN, 0.0], shade: 1.0, texture: Default::default(), mirrored: false };
        let error = wrong(&|kept| kept.drawings[0].drawing = Some(Drawing::new(vec![mark.clone()])));
        assert!(matches!(error, KeptError::Marks { index: 0, .. }), "{error}");
    }

    #[test]
    fn other_files_are_told_apart() {
        let text = String::from_utf8(kept().to_bytes().unwrap()).unwrap();
        for spoilt in [
            String::new(),
            "not JSON".to_owned(),
            text[..text.len() / 2].to_owned(),
            text.replace("atelier.kept.1", "atelier.kept.2"),
            text.replace("AAAAAAAA", "AA*AAAAA"),
            text.replace("\"label\":2", "\"label\":-2"),
        ] {
            let error = Kept::from_bytes(spoilt.as_bytes()).unwrap_err();
            assert!(matches!(error, KeptError::NotKept { .. }), "{spoilt}: {error}");
        }
        // Fewer pixels than the shape says.
        let error = Kept::from_bytes(text.replace("AAAAAAAA", "AAAA").as_bytes()).unwrap_err();
        assert_eq!(error, KeptError::Pixels { index: 0, expected: 6, got: 3 });
    }
}
