//! A garment before anybody has drawn it: its parts, from the back to the front, and what each is.

use super::path::{Path, Point};
use crate::Draw;

/// What a part is; each style decides how to show it, or not to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Role {
    /// The garment itself: a closed outline.
    Cloth,
    /// Of another material: a sole, a collar, a belt. Closed.
    Second,
    /// A strap or handle this wide, along an open line.
    Band(f32),
    /// What lies in shadow: the inside behind a neckline. Closed.
    Dark,
    /// A printed or sewn-on figure. Closed.
    Accent,
    /// A button, a buckle, an eyelet. Closed and small.
    Button,
    /// A line that says what it is: a seam, a placket, an opening.
    Line,
    /// A line that could be left out: a fold, a stitch, a pattern.
    Fine,
}

/// One part.
#[derive(Debug, Clone)]
pub struct Part {
    pub role: Role,
    pub path: Path,
}

/// A garment on a page of 100 by 100.
#[derive(Debug, Clone, Default)]
pub struct Garment {
    pub parts: Vec<Part>,
    /// Whether it looks to one side, and could as well to the other: shoes.
    pub sided: bool,
}

impl Garment {
    pub fn add(&mut self, role: Role, path: Path) {
        self.parts.push(Part { role, path });
    }

    /// On both sides of the axis.
    pub fn pair(&mut self, role: Role, path: Path) {
        self.add(role, path.reflected());
        self.add(role, path);
    }

    /// A straight line.
    pub fn stroke(&mut self, role: Role, from: Point, to: Point) {
        self.add(role, Path::through(&[from, to]));
    }

    /// A round button.
    pub fn button(&mut self, x: f32, y: f32, radius: f32) {
        self.add(Role::Button, Path::ellipse(x, y, radius, radius));
    }

    /// Every point moved, and every width with it.
    pub fn map(&self, scale: f32, to: impl Fn(Point) -> Point + Copy) -> Garment {
        let moved = |part: &Part| Part {
            role: if let Role::Band(width) = part.role { Role::Band(width * scale) } else { part.role },
            path: part.path.map(to),
        };
        Garment { parts: self.parts.iter().map(moved).collect(), sided: self.sided }
    }
}

impl Draw {
    /// Uniform in [low, high).
    pub(crate) fn within(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// Within `spread` of `middle`.
    pub(crate) fn about(&mut self, middle: f32, spread: f32) -> f32 {
        self.within(middle - spread, middle + spread)
    }
}
