//! The body block of a top: the measures that its pieces and what is sewn onto them are drafted from.

use super::path::{Path, Point, at};

/// The neckline: half its width, its depth, and its shape.
#[derive(Clone, Copy)]
pub(super) struct Neck {
    pub half: f32,
    pub depth: f32,
    pub shape: NeckShape,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum NeckShape {
    Round,
    Vee,
    Square,
}

/// A cut with its measures taken: the corners of its right half.
pub(super) struct Block {
    pub neck: Neck,
    pub shoulder: Point,
    pub armpit: Point,
    pub waist: Point,
    pub hem: Point,
    /// How far the middle of the hem hangs below its corners.
    pub dip: f32,
}

impl Neck {
    /// The right half of the neckline, from the middle of the front to the shoulder.
    pub fn line(self) -> Path {
        let Self { half, depth, shape } = self;
        match shape {
            NeckShape::Round => at(0.0, depth).curve((half * 0.6, depth), (half * 0.95, depth * 0.55), (half, 0.0)),
            NeckShape::Vee => at(0.0, depth).bow(half, 0.0, -0.04),
            NeckShape::Square => at(0.0, depth).to(half * 0.9, depth).to(half, 0.0),
        }
    }
}
