//! How a garment lies in the frame: turned, stretched, bent a little by hand, and scaled until its longer side fills 28
//! pixels, as the real set's pictures are made.

use super::path::{Path, Point, point};
use super::pattern::Mark;
use super::raster::CANVAS;
use crate::rng::Rng;

/// A garment's attitude before it is fitted to the frame.
pub(super) struct Pose {
    mirrored: bool,
    /// Cosine and sine of the rotation.
    turn: Point,
    stretch: f32,
    /// A bend of the outline: amplitude as a share of the garment, and its waves.
    bend: f32,
    waves: [f32; 4],
    /// Share of the frame that the longer side fills.
    fill: f32,
    /// Where the garment lies in the frame, from -0.5 to 0.5; 0 is the middle.
    shift: Point,
}

impl Pose {
    /// `freedom` scales everything that varies; at 0 the garment lies straight, centred and fills the frame.
    pub fn new(freedom: f32, may_mirror: bool, hand_drawn: bool, rng: &mut Rng) -> Self {
        // A photographer lays garments straighter than a hand draws them.
        let (turn, play) = if hand_drawn { (0.035, freedom) } else { (0.009, 0.4 * freedom) };
        // The rotation from the tangent of half its angle, which needs no sine.
        let half = freedom * turn * rng.bell();
        let scale = 1.0 / (1.0 + half * half);
        let loose = rng.unit();
        Self {
            mirrored: rng.chance(0.5) && may_mirror,
            turn: point((1.0 - half * half) * scale, 2.0 * half * scale),
            stretch: 1.0 + 0.08 * freedom * rng.range(-1.0, 1.0),
            bend: play * rng.range(0.0, 0.02),
            waves: [rng.range(0.7, 2.2), rng.unit(), rng.range(0.7, 2.2), rng.unit()],
            fill: 1.0 - 0.14 * play.min(1.0) * loose * loose,
            shift: point(play.min(1.0) * rng.range(-0.5, 0.5), play.min(1.0) * rng.range(-0.5, 0.5)),
        }
    }

    /// Moves the marks onto the canvas, leaving room at the edges for lines of the given width.
    pub fn place(&self, marks: &mut [Mark], line: f32) -> Placement {
        let (low, high) = bounds(marks);
        let centre = low.towards(high, 0.5);
        let size = (high.x - low.x).max(high.y - low.y);
        for mark in &mut *marks {
            each_point(mark, |p| self.bent(self.turned(p - centre), size));
        }
        let (low, high) = bounds(marks);
        let (width, height) = (high.x - low.x, high.y - low.y);
        let room = CANVAS as f32 - line;
        let scale = room * self.fill / width.max(height);
        // The shorter side stays near the middle: little of its slack is used.
        let slack = |extent: f32, shift: f32| {
            let slack = room - extent * scale;
            line * 0.5 + slack * 0.5 + slack.min(CANVAS as f32 * 0.14) * shift
        };
        let offset = point(slack(width, self.shift.x), slack(height, self.shift.y));
        for mark in &mut *marks {
            each_point(mark, |p| (p - low) * scale + offset);
        }
        Placement { scale, turn: self.turn, mirrored: self.mirrored }
    }

    fn turned(&self, p: Point) -> Point {
        let x = if self.mirrored { -p.x } else { p.x } * self.stretch;
        point(x * self.turn.x - p.y * self.turn.y, x * self.turn.y + p.y * self.turn.x)
    }

    fn bent(&self, p: Point, size: f32) -> Point {
        let [fx, px, fy, py] = self.waves;
        let amplitude = self.bend * size;
        point(p.x + amplitude * swing(fx * p.y / size + px), p.y + amplitude * swing(fy * p.x / size + py))
    }
}

/// A wave between -1 and 1 of period 1, of parabolas.
fn swing(x: f32) -> f32 {
    let t = 2.0 * (x - x.floor()) - 1.0;
    4.0 * t * (1.0 - t.abs())
}

/// Where a placed garment lies.
pub(super) struct Placement {
    /// Canvas pixels per unit of the pattern.
    pub scale: f32,
    turn: Point,
    mirrored: bool,
}

impl Placement {
    /// The place on the fabric, in pixels of the picture from the frame's middle, that lies on a pixel of the canvas.
    pub fn fabric(&self, x: usize, y: usize) -> (f32, f32) {
        let middle = CANVAS as f32 * 0.5 - 0.5;
        let (x, y) = ((x as f32 - middle) * 0.5, (y as f32 - middle) * 0.5);
        let u = x * self.turn.x + y * self.turn.y;
        (if self.mirrored { -u } else { u }, y * self.turn.x - x * self.turn.y)
    }
}

pub(super) fn each_point(mark: &mut Mark, map: impl Fn(Point) -> Point) {
    match mark {
        Mark::Piece(Path { points, .. }, _)
        | Mark::Band(Path { points, .. }, ..)
        | Mark::Seam(Path { points, .. })
        | Mark::Edge(Path { points, .. }) => points.iter_mut().for_each(|p| *p = map(*p)),
        Mark::Dot(p, _) => *p = map(*p),
    }
}

/// The corners of what is seen of the marks.
pub(super) fn bounds(marks: &[Mark]) -> (Point, Point) {
    let mut low = point(f32::MAX, f32::MAX);
    let mut high = point(f32::MIN, f32::MIN);
    for mark in marks {
        let (points, margin) = match mark {
            Mark::Piece(path, _) => (&path.points, 0.0),
            Mark::Band(path, width, _) => (&path.points, width * 0.5),
            Mark::Seam(_) | Mark::Edge(_) | Mark::Dot(..) => continue,
        };
        for p in points {
            low = point(low.x.min(p.x - margin), low.y.min(p.y - margin));
            high = point(high.x.max(p.x + margin), high.y.max(p.y + margin));
        }
    }
    (low, high)
}
