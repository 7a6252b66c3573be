//! How much of each pixel a line covers.

use ndarray::Array2;

/// Coverage of a part of the sheet, from 0 to 1.
pub(super) struct Cover {
    pub left: usize,
    pub top: usize,
    pub values: Array2<f32>,
}

/// A place of a line in pixels, and half of its width there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dab {
    pub x: f32,
    pub y: f32,
    pub radius: f32,
}

/// Straight pieces of a curve: at 448 pixels each is a few pixels long.
const PIECES: u8 = 48;

/// A quadratic Bézier curve as points.
pub(super) fn curve([a, b, c]: [[f32; 2]; 3]) -> Vec<[f32; 2]> {
    let between = |a: f32, b: f32, t: f32| a + (b - a) * t;
    let at =
        |t: f32| std::array::from_fn(|axis| between(between(a[axis], b[axis], t), between(b[axis], c[axis], t), t));
    (0..=PIECES).map(|i| at(f32::from(i) / f32::from(PIECES))).collect()
}

/// What a round brush covers that is led along a line over a sheet of `side` pixels; `None` where it misses the sheet.
pub(super) fn line(dabs: &[Dab], side: usize) -> Option<Cover> {
    let clip = |value: f32| value.clamp(0.0, side as f32) as usize;
    let ends = |low: fn(&Dab) -> f32, high: fn(&Dab) -> f32| {
        let first = dabs.iter().map(low).fold(f32::INFINITY, f32::min) - 1.0;
        let last = dabs.iter().map(high).fold(f32::NEG_INFINITY, f32::max) + 1.0;
        (clip(first.floor()), clip(last.ceil()))
    };
    let (left, right) = ends(|dab| dab.x - dab.radius, |dab| dab.x + dab.radius);
    let (top, bottom) = ends(|dab| dab.y - dab.radius, |dab| dab.y + dab.radius);
    if right <= left || bottom <= top {
        return None;
    }
    let mut cover = Cover { left, top, values: Array2::zeros((bottom - top, right - left)) };
    match dabs {
        [dab] => cover.piece(*dab, *dab),
        _ => dabs.windows(2).for_each(|pair| cover.piece(pair[0], pair[1])),
    }
    Some(cover)
}

impl Cover {
    /// A straight piece whose width changes evenly, with round ends; it fades over the last pixel.
    fn piece(&mut self, a: Dab, b: Dab) {
        let reach = a.radius.max(b.radius) + 1.0;
        let (dx, dy) = (b.x - a.x, b.y - a.y);
        let squared = dx * dx + dy * dy;
        let inverse = if squared > 0.0 { 1.0 / squared } else { 0.0 };
        let (height, width) = self.values.dim();
        let clip = |value: f32, first: usize, length: usize| (value - first as f32).clamp(0.0, length as f32) as usize;
        let rows = clip((a.y.min(b.y) - reach).floor(), self.top, height)
            ..clip((a.y.max(b.y) + reach).ceil(), self.top, height);
        for row in rows {
            let y = (self.top + row) as f32 + 0.5;
            // The part of the piece that this row can feel.
            let [t0, t1] = if dy == 0.0 {
                [0.0, 1.0]
            } else {
                [(y - reach - a.y) / dy, (y + reach - a.y) / dy].map(|t| t.clamp(0.0, 1.0))
            };
            let (x0, x1) = (a.x + dx * t0, a.x + dx * t1);
            let columns = clip((x0.min(x1) - reach).floor(), self.left, width)
                ..clip((x0.max(x1) + reach).ceil(), self.left, width);
            for column in columns {
                let x = (self.left + column) as f32 + 0.5;
                let t = (((x - a.x) * dx + (y - a.y) * dy) * inverse).clamp(0.0, 1.0);
                let (ex, ey) = (x - a.x - dx * t, y - a.y - dy * t);
                let reach = a.radius + (b.radius - a.radius) * t + 0.5;
                let distance = ex * ex + ey * ey;
                if distance < reach * reach {
                    let value = &mut self.values[[row, column]];
                    *value = value.max((reach - distance.sqrt()).min(1.0));
                }
            }
        }
    }
}
