//! Garments drawn large by many hands: lines, fills, signs, shaded icons, as people and icon sets make them.
//!
//! Unlike [`super::Tailor`]'s, which look like the data set already, these are pictures as a person would bring them, dark
//! on light or light on dark, with room around them; the preparation of pictures brings them to what a network sees.

mod cuts_rest;
mod cuts_tops;
mod hand;
mod paint;
mod place;

use crate::rng::Rng;
use hand::Hand;
use paint::Painter;

/// Keep the streams of sketches apart from every other use of the same seed, and judging ones from training ones.
const TRAIN_STREAM: u64 = 0x736b_6574_6368_6531;
const TEST_STREAM: u64 = 0x736b_6574_6368_6532;

/// Pixels of a side.
pub const SKETCH_SIDE: usize = 96;

/// A drawing of a garment: grey pixels from 0 (black) to 255, row by row, and what of them is opaque.
pub struct Sketch {
    /// Its class.
    pub label: u8,
    /// [`SKETCH_SIDE`] squared.
    pub grey: Vec<u8>,
    /// As many: 255 is opaque.
    pub alpha: Vec<u8>,
}

/// Draws sketches one at a time, reusing its canvas.
pub struct Sketcher {
    seed: u64,
    painter: Painter,
}

impl Sketcher {
    /// A sketcher whose drawings follow from `seed`.
    pub fn new(seed: u64) -> Self {
        Self { seed, painter: Painter::new(SKETCH_SIDE) }
    }

    /// Sketch number `index`: ten in a row from a multiple of ten hold each class once, in random order.
    pub fn sketch(&mut self, index: u64) -> Sketch {
        self.draw(TRAIN_STREAM, index)
    }

    /// Sketch number `index` of another stream, to judge by.
    pub fn test_sketch(&mut self, index: u64) -> Sketch {
        self.draw(TEST_STREAM, index)
    }

    fn draw(&mut self, stream: u64, index: u64) -> Sketch {
        let label = super::label(self.seed, stream, index);
        let mut rng = Rng::keyed([self.seed, stream, index]);
        let mut pattern = match label {
            0 | 2 | 3 | 4 | 6 => cuts_tops::draft(label, &mut rng),
            _ => cuts_rest::draft(label, &mut rng),
        };
        let hand = Hand::new(SKETCH_SIDE as f32, &mut rng);
        let scale = place::place(&mut pattern.marks, SKETCH_SIDE as f32, &hand, &mut rng);
        self.painter.paint(&pattern.marks, &hand, scale, &mut rng);
        let (grey, alpha) = self.painter.finish(&hand, &mut rng);
        Sketch { label, grey, alpha }
    }
}
