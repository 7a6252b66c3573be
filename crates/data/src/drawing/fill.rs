//! What lines close in around a point.

use ndarray::{Array2, s};

/// How far a shade may be from that of the point to be of the same area.
const TOLERANCE: u8 = 40;

/// What a pixel is to an area.
#[derive(Clone, Copy, PartialEq)]
enum Belongs {
    No,
    Inside,
    /// Beside it, by a side or a corner, and of another shade.
    Rim,
}

/// The sheet with the area around `(row, column)` filled: `shade(row, column)` is what it is filled with. The smoothed edge
/// of the lines around it is mixed with the new shade as it was with the old one, so that no pale rim stays, and nothing
/// leaks through it.
pub(super) fn fill(ink: &mut Array2<u8>, at: (usize, usize), shade: impl Fn(usize, usize) -> f32) {
    let old = ink[at];
    let belongs = area(ink, at);
    let before = ink.clone();
    for ((y, x), value) in ink.indexed_iter_mut() {
        let belongs = belongs[[y, x]];
        if belongs == Belongs::No {
            continue;
        }
        let mixed = match beyond(&before, (y, x), old) {
            // How much of the old shade is in this pixel, between that and the line beyond it.
            Some(line) => {
                let share = f32::from(value.abs_diff(line)) / f32::from(old.abs_diff(line));
                f32::from(*value) + share * (shade(y, x) - f32::from(old))
            }
            None if belongs == Belongs::Inside => shade(y, x),
            None => continue,
        };
        *value = (mixed.clamp(0.0, 255.0) + 0.5) as u8;
    }
}

/// The line beside a pixel, if there is one: what differs most from the area's shade.
fn beyond(ink: &Array2<u8>, (y, x): (usize, usize), old: u8) -> Option<u8> {
    if ink[[y, x]] == old {
        return None;
    }
    let (height, width) = ink.dim();
    let around = ink.slice(s![y.saturating_sub(2)..(y + 3).min(height), x.saturating_sub(2)..(x + 3).min(width)]);
    let furthest = around.iter().copied().max_by_key(|value| value.abs_diff(old));
    furthest.filter(|line| line.abs_diff(old) > TOLERANCE)
}

/// What hangs together with a pixel, by sides, and is nearly of its shade.
fn area(ink: &Array2<u8>, at: (usize, usize)) -> Array2<Belongs> {
    let (height, width) = ink.dim();
    let old = ink[at];
    let mut belongs = Array2::from_elem(ink.dim(), Belongs::No);
    belongs[at] = Belongs::Inside;
    let mut front = vec![at];
    while let Some((y, x)) = front.pop() {
        for row in y.saturating_sub(1)..(y + 2).min(height) {
            for column in x.saturating_sub(1)..(x + 2).min(width) {
                let here = &mut belongs[[row, column]];
                if *here != Belongs::No {
                    continue;
                }
                if ink[[row, column]].abs_diff(old) > TOLERANCE {
                    *here = Belongs::Rim;
                } else if row == y || column == x {
                    *here = Belongs::Inside;
                    front.push((row, column));
                }
            }
        }
    }
    belongs
}
