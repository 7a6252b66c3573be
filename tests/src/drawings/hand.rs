//! How steadily somebody draws.

use super::path::{Path, Point, between, distance};
use crate::Draw;

/// A hand. Lengths are in hundredths of the page.
#[derive(Debug, Clone, Copy)]
pub struct Hand {
    /// How far a line strays from where it was meant.
    pub tremble: f32,
    /// How far it goes before it strays elsewhere.
    pub reach: f32,
    /// How far a whole stroke lies off.
    pub drift: f32,
    /// How far a stroke may end beyond or before its corner.
    pub overshoot: f32,
}

impl Hand {
    pub const STEADY: Hand = Hand { tremble: 0.0, reach: 10.0, drift: 0.0, overshoot: 0.0 };

    /// The whole path in one go; a closed one ends where it began.
    pub fn outline(&self, path: &Path, draw: &mut Draw) -> Vec<Point> {
        let mut points = path.points(2.5);
        self.stray(&mut points, path.closed, draw);
        points
    }

    /// Stroke by stroke from corner to corner: they need not meet.
    pub fn strokes(&self, path: &Path, draw: &mut Draw) -> Vec<Vec<Point>> {
        let mut strokes = path.strokes(2.5);
        for stroke in &mut strokes {
            let closed = distance(stroke[0], stroke[stroke.len() - 1]) < 1e-3;
            self.stray(stroke, closed && self.overshoot == 0.0, draw);
            let off = [self.drift * (2.0 * draw.unit() - 1.0), self.drift * (2.0 * draw.unit() - 1.0)];
            for point in stroke.iter_mut() {
                *point = [point[0] + off[0], point[1] + off[1]];
            }
            let long = stroke.windows(2).map(|pair| distance(pair[0], pair[1])).sum::<f32>();
            let (first, last) = (stroke[0], stroke[stroke.len() - 1]);
            let reach = self.overshoot.min(long / 5.0);
            let (before, after) = (beyond(stroke[1], first), beyond(stroke[stroke.len() - 2], last));
            stroke.insert(0, step(first, before, reach * draw.within(-0.3, 1.0)));
            stroke.push(step(last, after, reach * draw.within(-0.3, 1.0)));
        }
        strokes
    }

    /// Shifts each point by noise that is smooth along the line.
    fn stray(&self, points: &mut [Point], closed: bool, draw: &mut Draw) {
        if self.tremble == 0.0 {
            return;
        }
        let long: f32 = points.windows(2).map(|pair| distance(pair[0], pair[1])).sum();
        let knots = (long / self.reach).ceil().max(2.0) as usize;
        let mut offsets: Vec<Point> = (0..=knots).map(|_| [draw.about(0.0, 1.0), draw.about(0.0, 1.0)]).collect();
        if closed {
            offsets[knots] = offsets[0];
        }
        let (mut gone, mut before) = (0.0, points[0]);
        for point in points {
            gone += distance(before, *point);
            before = *point;
            let place = gone / long.max(1e-3) * knots as f32;
            let knot = (place as usize).min(knots - 1);
            let t = place - knot as f32;
            // Without a kink at the knots.
            let offset = between(offsets[knot], offsets[knot + 1], t * t * (3.0 - 2.0 * t));
            *point = [point[0] + self.tremble * offset[0], point[1] + self.tremble * offset[1]];
        }
    }
}

/// The direction from `a` to `b`, of length 1.
fn beyond(a: Point, b: Point) -> Point {
    let length = distance(a, b).max(1e-3);
    [(b[0] - a[0]) / length, (b[1] - a[1]) / length]
}

fn step(from: Point, direction: Point, length: f32) -> Point {
    [from[0] + direction[0] * length, from[1] + direction[1] * length]
}
