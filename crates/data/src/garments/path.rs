//! Outlines: the few strokes that a pattern maker's pen knows, flattened as they are drawn.

use std::ops::{Add, Mul, Sub};

/// Straight pieces a curve is drawn with: at 28 pixels a piece is about a pixel long.
const PIECES: u16 = 7;

/// A point or a vector; x to the right, y downwards.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub x: f32,
    pub y: f32,
}

pub(super) const fn point(x: f32, y: f32) -> Point {
    Point { x, y }
}

impl Add for Point {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        point(self.x + other.x, self.y + other.y)
    }
}

impl Sub for Point {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        point(self.x - other.x, self.y - other.y)
    }
}

impl Mul<f32> for Point {
    type Output = Self;
    fn mul(self, factor: f32) -> Self {
        point(self.x * factor, self.y * factor)
    }
}

impl Point {
    /// The same vector turned a quarter to its left, as seen with y downwards.
    pub fn left(self) -> Self {
        point(self.y, -self.x)
    }

    pub fn mirrored(self) -> Self {
        point(-self.x, self.y)
    }

    /// From here to `other` by `t` in 0 to 1.
    pub fn towards(self, other: Self, t: f32) -> Self {
        self + (other - self) * t
    }
}

/// A line of straight pieces, open or closed.
#[derive(Debug, Clone)]
pub(super) struct Path {
    pub points: Vec<Point>,
    pub closed: bool,
}

/// Sets the pen down.
pub(super) fn at(x: f32, y: f32) -> Path {
    from(point(x, y))
}

/// Sets the pen down.
pub(super) fn from(start: Point) -> Path {
    let mut points = Vec::with_capacity(48);
    points.push(start);
    Path { points, closed: false }
}

impl Path {
    fn end(&self) -> Point {
        self.points[self.points.len() - 1]
    }

    /// A straight line.
    pub fn to(self, x: f32, y: f32) -> Self {
        self.line_to(point(x, y))
    }

    /// A straight line.
    pub fn line_to(mut self, end: Point) -> Self {
        self.points.push(end);
        self
    }

    /// A line that bulges to the left of its way by `bulge` times its length; drawn clockwise, that is outwards.
    pub fn bow(self, x: f32, y: f32, bulge: f32) -> Self {
        self.bow_to(point(x, y), bulge)
    }

    /// As [`Self::bow`].
    pub fn bow_to(mut self, end: Point, bulge: f32) -> Self {
        let start = self.end();
        let control = start.towards(end, 0.5) + (end - start).left() * (2.0 * bulge);
        for i in 1..=PIECES {
            let t = f32::from(i) / f32::from(PIECES);
            self.points.push(start.towards(control, t).towards(control.towards(end, t), t));
        }
        self
    }

    /// A cubic Bézier curve with two control points.
    pub fn curve(mut self, first: (f32, f32), second: (f32, f32), end: (f32, f32)) -> Self {
        let start = self.end();
        let [a, b, end] = [first, second, end].map(|(x, y)| point(x, y));
        for i in 1..=PIECES {
            let t = f32::from(i) / f32::from(PIECES);
            let (ab, bc) =
                (start.towards(a, t).towards(a.towards(b, t), t), a.towards(b, t).towards(b.towards(end, t), t));
            self.points.push(ab.towards(bc, t));
        }
        self
    }

    /// Back to the start.
    pub fn close(mut self) -> Self {
        self.closed = true;
        self
    }

    /// Adds the mirror image across x = 0, back to the start: half a garment becomes a whole one, cut on the fold.
    pub fn on_the_fold(mut self) -> Self {
        for i in (0..self.points.len()).rev() {
            self.points.push(self.points[i].mirrored());
        }
        self.close()
    }

    /// The mirror image of a line to the right of x = 0, then the line.
    pub fn whole(&self) -> Self {
        let left = self.points.iter().rev().map(|p| p.mirrored());
        Self { points: left.chain(self.points.iter().copied()).collect(), closed: false }
    }

    /// The mirror image across x = 0.
    pub fn mirrored(&self) -> Self {
        Self { points: self.points.iter().map(|p| p.mirrored()).collect(), closed: self.closed }
    }
}

/// A closed polygon of straight lines.
pub(super) fn polygon(points: &[(f32, f32)]) -> Path {
    Path { points: points.iter().map(|&(x, y)| point(x, y)).collect(), closed: true }
}

/// An upright rectangle.
pub(super) fn rectangle(left: f32, top: f32, right: f32, bottom: f32) -> Path {
    polygon(&[(left, top), (right, top), (right, bottom), (left, bottom)])
}

/// An open line of straight pieces.
pub(super) fn line(points: &[(f32, f32)]) -> Path {
    Path { closed: false, ..polygon(points) }
}
