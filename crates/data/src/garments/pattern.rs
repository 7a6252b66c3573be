//! A garment before it is rendered: pieces of cloth, bands and seams, from the farthest to the nearest.
//!
//! Measures are metres on the garment laid flat; x = 0 is its middle, y runs from the shoulder (or the waist, or the top
//! of the shoe) downwards.

use super::path::{Path, Point, from, point};
use crate::rng::Rng;

/// What a piece is made of. The style decides how each looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cloth {
    /// The garment's own fabric, with its texture.
    Shell,
    /// The same fabric without print or stripe: collars, waistbands.
    Plain,
    /// A second fabric: contrast sleeves, ribs, toe caps.
    Second,
    /// The inside, seen through a neck or an open front.
    Lining,
    /// The sole of a shoe.
    Sole,
    /// Buttons, buckles, clasps.
    Metal,
}

/// One thing to draw.
#[derive(Debug, Clone)]
pub(super) enum Mark {
    /// A piece of cloth.
    Piece(Path, Cloth),
    /// A strip along a line, as wide as given: straps, handles, ribs.
    Band(Path, f32, Cloth),
    /// A seam or fold that shows faintly.
    Seam(Path),
    /// An edge that shows clearly: an opening, a placket, a flap.
    Edge(Path),
    /// A button, by its centre and diameter.
    Dot(Point, f32),
}

/// A garment's marks in the order of painting.
#[derive(Debug, Clone, Default)]
pub(super) struct Pattern {
    pub marks: Vec<Mark>,
}

impl Pattern {
    pub fn piece(&mut self, outline: Path, cloth: Cloth) {
        self.marks.push(Mark::Piece(outline, cloth));
    }

    pub fn band(&mut self, line: Path, width: f32, cloth: Cloth) {
        self.marks.push(Mark::Band(line, width, cloth));
    }

    pub fn seam(&mut self, line: Path) {
        self.marks.push(Mark::Seam(line));
    }

    pub fn edge(&mut self, line: Path) {
        self.marks.push(Mark::Edge(line));
    }

    pub fn dot(&mut self, x: f32, y: f32, diameter: f32) {
        self.marks.push(Mark::Dot(point(x, y), diameter));
    }

    /// The piece and its mirror image across the middle.
    pub fn pieces(&mut self, outline: Path, cloth: Cloth) {
        self.piece(outline.mirrored(), cloth);
        self.piece(outline, cloth);
    }

    /// The band and its mirror image.
    pub fn bands(&mut self, line: Path, width: f32, cloth: Cloth) {
        self.band(line.mirrored(), width, cloth);
        self.band(line, width, cloth);
    }

    /// The seam and its mirror image.
    pub fn seams(&mut self, line: Path) {
        self.seam(line.mirrored());
        self.seam(line);
    }

    /// The edge and its mirror image.
    pub fn edges(&mut self, line: Path) {
        self.edge(line.mirrored());
        self.edge(line);
    }

    /// Evenly spaced buttons from `start` to `end`.
    pub fn buttons(&mut self, count: u16, start: Point, end: Point, diameter: f32) {
        for i in 0..count {
            let t = f32::from(i) / f32::from(count.max(2) - 1);
            self.marks.push(Mark::Dot(start.towards(end, t), diameter));
        }
    }
}

/// A measure with its play: the middle and how far to either side.
#[derive(Debug, Clone, Copy)]
pub(super) struct Measure(pub f32, pub f32);

impl Measure {
    pub fn take(self, rng: &mut Rng) -> f32 {
        self.0 + self.1 * rng.range(-1.0, 1.0)
    }
}

/// A sleeve: from the shoulder (`root`) to the cuff and back to the armpit (`inner`).
pub(super) struct Tube {
    pub root: Point,
    pub inner: Point,
    pub outer_cuff: Point,
    pub inner_cuff: Point,
    /// Bulge of the outer edge.
    pub outer_bow: f32,
    /// Bulge of the inner edge.
    pub inner_bow: f32,
}

impl Tube {
    /// A sleeve along the unit vector `way`.
    pub fn new(root: Point, inner: Point, way: Point, length: f32, cuff: f32) -> Self {
        let outer_cuff = root + way * length;
        let inner_cuff = outer_cuff - way.left() * cuff;
        Self { root, inner, outer_cuff, inner_cuff, outer_bow: 0.04, inner_bow: -0.03 }
    }

    /// A line across the tube, `t` of the way from the cuff up.
    pub fn across(&self, t: f32) -> Path {
        from(self.outer_cuff.towards(self.root, t)).line_to(self.inner_cuff.towards(self.inner, t))
    }

    /// The end of the tube up to `t`, as a piece.
    pub fn end(&self, t: f32) -> Path {
        from(self.outer_cuff.towards(self.root, t))
            .line_to(self.outer_cuff)
            .line_to(self.inner_cuff)
            .line_to(self.inner_cuff.towards(self.inner, t))
            .close()
    }
}
