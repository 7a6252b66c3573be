//! The garment's box, and the garment fitted into the network's 28x28.

use ndarray::{Array1, Array2, ArrayView2, Axis, s};

use super::readings::is_outline;
use crate::official::SIDE;

/// A box of pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Area {
    pub left: usize,
    pub top: usize,
    pub width: usize,
    pub height: usize,
}

/// Less ink than this, of the most there is, belongs to no garment.
const TRACE: f32 = 0.04;
/// Pictures with less are of one colour.
const FAINTEST: f32 = 0.015;
/// A speck has less than this share of the ink of the largest piece.
const SPECK: f32 = 0.01;

/// The box around all that is drawn, specks left out; `None` where nothing is.
pub(super) fn area(ink: &Array2<f32>) -> Option<Area> {
    let most = ink.iter().copied().fold(0.0, f32::max);
    if most < FAINTEST {
        return None;
    }
    let pieces = pieces(ink.view(), TRACE * most);
    let largest = pieces.iter().map(|piece| piece.ink).fold(0.0, f32::max);
    let kept = pieces.iter().filter(|piece| piece.ink >= SPECK * largest);
    let ends =
        kept.map(|piece| piece.ends).reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]);
    ends.map(|[left, top, right, bottom]| Area { left, top, width: right + 1 - left, height: bottom + 1 - top })
}

/// Pixels that hang together, corners too.
struct Piece {
    ink: f32,
    /// First column and row, last column and row.
    ends: [usize; 4],
}

fn pieces(ink: ArrayView2<f32>, least: f32) -> Vec<Piece> {
    let (height, width) = ink.dim();
    let mut seen = Array2::from_elem(ink.dim(), false);
    let mut pieces = Vec::new();
    let mut front = Vec::new();
    for start in ndarray::indices(ink.dim()) {
        if seen[start] || ink[start] <= least {
            continue;
        }
        let mut piece = Piece { ink: 0.0, ends: [start.1, start.0, start.1, start.0] };
        seen[start] = true;
        front.push(start);
        while let Some((y, x)) = front.pop() {
            piece.ink += ink[[y, x]];
            let [left, top, right, bottom] = piece.ends;
            piece.ends = [left.min(x), top.min(y), right.max(x), bottom.max(y)];
            for next in y.saturating_sub(1)..(y + 2).min(height) {
                for beside in x.saturating_sub(1)..(x + 2).min(width) {
                    if !seen[[next, beside]] && ink[[next, beside]] > least {
                        seen[[next, beside]] = true;
                        front.push((next, beside));
                    }
                }
            }
        }
        pieces.push(piece);
    }
    pieces
}

/// The area with its longer side 28 pixels long, the shorter one centred, as bright as can be; and whether it is a drawing of
/// lines.
pub(super) fn fit(ink: &Array2<f32>, area: Area) -> (Vec<u8>, bool) {
    // Fine enough that close lines stay apart.
    const FINE: usize = 4 * SIDE;
    let garment = ink.slice(s![area.top..area.top + area.height, area.left..area.left + area.width]);
    // Areas are averaged as squares, which keeps thin lines alive: at an eighth of a pixel, a third of their brightness
    // stays and not an eighth. Fashion-MNIST's own lines stayed by sharpening.
    let squares = garment.mapv(|value| value * value);
    let outlined = is_outline(&square(squares.view(), FINE));
    let values = square(squares.view(), SIDE);
    let full = if outlined { of_lines(&values) } else { values.iter().copied().fold(0.0, f32::max) };
    let seen = values.iter().map(|value| ((value / full).min(1.0) * 255.0 + 0.5) as u8).collect();
    (seen, outlined)
}

/// The square root of what has been resized to a square of `side` pixels.
fn square(squares: ArrayView2<f32>, side: usize) -> Array2<f32> {
    let scale = squares.nrows().max(squares.ncols()) as f32 / side as f32;
    let rows = resized(squares, scale, Axis(0), side);
    resized(rows.view(), scale, Axis(1), side).mapv(f32::sqrt)
}

/// How bright the lines are: most of what is brighter than a fifth of the brightest is at most so bright.
fn of_lines(values: &Array2<f32>) -> f32 {
    let most = values.iter().copied().fold(0.0, f32::max);
    let mut lines: Vec<f32> = values.iter().copied().filter(|value| *value > 0.2 * most).collect();
    lines.sort_by(f32::total_cmp);
    lines[lines.len() * 3 / 4]
}

/// One axis resized to `side` pixels of `scale` each, with what was there in the middle.
fn resized(values: ArrayView2<f32>, scale: f32, axis: Axis, side: usize) -> Array2<f32> {
    let length = values.len_of(axis);
    let mut shape = values.raw_dim();
    shape[axis.0] = side;
    let mut out = Array2::zeros(shape);
    // Whole pixels, as in Fashion-MNIST: what has its size already comes out as it is.
    let margin = ((side as f32 - length as f32 / scale) * 0.5 + 0.5).floor();
    for (i, mut lane) in out.axis_iter_mut(axis).enumerate() {
        let mut sum = Array1::<f32>::zeros(lane.len());
        for (j, weight) in weights((i as f32 - margin) * scale, scale, length) {
            sum.scaled_add(weight, &values.index_axis(axis, j));
        }
        lane.assign(&sum);
    }
    out
}

/// What makes one pixel that reaches from `from` over `scale`, with its weights: the shares of those that it covers, or, where
/// it is smaller than they are, the two nearest. What lies beyond the first and the last is nothing.
fn weights(from: f32, scale: f32, length: usize) -> Vec<(usize, f32)> {
    let (to, end) = (from + scale, length as f32);
    if scale >= 1.0 {
        let covered = from.max(0.0) as usize..(to.ceil().max(0.0) as usize).min(length);
        return covered.map(|j| (j, ((j as f32 + 1.0).min(to) - (j as f32).max(from)) / scale)).collect();
    }
    let middle = from + scale * 0.5;
    if !(0.0..end).contains(&middle) {
        return Vec::new();
    }
    let at = (middle - 0.5).clamp(0.0, end - 1.0);
    let first = at as usize;
    let along = at - first as f32;
    vec![(first, 1.0 - along), ((first + 1).min(length - 1), along)]
}
