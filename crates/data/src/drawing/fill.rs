//! What lines close in around a point.

use ndarray::{Array2, s};

/// How far a shade may be from that of the point to be of the same area.
const TOLERANCE: u8 = 40;

/// The sheet with the area around `(row, column)` filled: `shade(row, column)` is what it is filled with. The smoothed edge
/// of the lines around it is mixed with the new shade as it was with the old one, so that no pale rim stays, and nothing
/// leaks through it.
pub(super) fn fill(ink: &mut Array2<u8>, at: (usize, usize), shade: impl Fn(usize, usize) -> f32) {
    let old = ink[at];
    let area = area(ink, at);
    let before = ink.clone();
    let (height, width) = ink.dim();
    let around = |(y, x): (usize, usize), by: usize| {
        s![y.saturating_sub(by)..(y + by + 1).min(height), x.saturating_sub(by)..(x + by + 1).min(width)]
    };
    for ((y, x), value) in ink.indexed_iter_mut() {
        let share = if area[[y, x]] {
            1.0
        } else if area.slice(around((y, x), 1)).iter().any(|&inside| inside) {
            // How much of the old shade is in this pixel, between that and the line beyond it.
            let furthest = before.slice(around((y, x), 2)).iter().copied().max_by_key(|value| value.abs_diff(old));
            let line = furthest.unwrap_or(old);
            f32::from(before[[y, x]].abs_diff(line)) / f32::from(old.abs_diff(line)).max(1.0)
        } else {
            continue;
        };
        let mixed = f32::from(*value) + share.min(1.0) * (shade(y, x) - f32::from(old));
        *value = if share == 1.0 { shade(y, x) } else { mixed }.clamp(0.0, 255.0).round() as u8;
    }
}

/// What hangs together with a pixel, by sides, and is nearly of its shade.
fn area(ink: &Array2<u8>, at: (usize, usize)) -> Array2<bool> {
    let (height, width) = ink.dim();
    let old = ink[at];
    let mut area = Array2::from_elem(ink.dim(), false);
    area[at] = true;
    let mut front = vec![at];
    while let Some((y, x)) = front.pop() {
        for (y, x) in [(y.wrapping_sub(1), x), (y + 1, x), (y, x.wrapping_sub(1)), (y, x + 1)] {
            if y < height && x < width && !area[[y, x]] && ink[[y, x]].abs_diff(old) <= TOLERANCE {
                area[[y, x]] = true;
                front.push((y, x));
            }
        }
    }
    area
}
