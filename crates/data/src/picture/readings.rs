//! One drawing read in several ways.
//!
//! A drawing of lines can be meant as lines, as a grey shape with a dark edge, or as a bright shape with dark seams: to a
//! network that learnt from photographs these are three pictures. And a garment drawn from memory may look to the other side.

use ndarray::{Array2, ArrayView2, Axis, Zip, s};

use crate::official::{PIXELS, SIDE};

/// Darker than this share of the brightest is no line.
const LINE: f32 = 0.25;
/// Where more of the inside than this is dark, lines were drawn, not shapes.
const HOLLOW: f32 = 0.45;
/// What hollow shapes are filled with.
const GREY: f32 = 0.55;
/// A bright shape, as bright as most garments of Fashion-MNIST, and the darkest seam on it.
const BRIGHT: f32 = 0.8;
const SEAM: f32 = 0.25;

/// A 28x28 picture read in several ways: as it is first, each way followed by its mirror image. Filled drawings are read as they
/// are; of drawings of lines, the inside is filled too.
///
/// # Panics
/// If `seen` has not 28x28 pixels.
pub fn readings(seen: &[u8]) -> Vec<Vec<u8>> {
    let values = values(seen);
    read(seen, is_outline(&values))
}

/// As [`readings`], of what is known to be a drawing of lines or not.
pub(super) fn read(seen: &[u8], outlined: bool) -> Vec<Vec<u8>> {
    let mut ways = vec![values(seen)];
    if outlined {
        let inside = inside(&ways[0]);
        ways.push(filled(&ways[0], &inside));
        ways.push(seamed(&ways[0], &inside));
    }
    let bytes = |values: ArrayView2<f32>| values.iter().map(|value| (value * 255.0 + 0.5) as u8).collect();
    ways.iter().flat_map(|way| [bytes(way.view()), bytes(way.slice(s![.., ..;-1]))]).collect()
}

fn values(seen: &[u8]) -> Array2<f32> {
    assert_eq!(seen.len(), PIXELS, "a reading is of {SIDE}x{SIDE} pixels");
    Array2::from_shape_fn((SIDE, SIDE), |(y, x)| f32::from(seen[y * SIDE + x]) / 255.0)
}

/// Whether most of what lines close in is empty. The finer the picture, the surer: close lines run together in a coarse one.
pub(super) fn is_outline(values: &Array2<f32>) -> bool {
    let most = values.iter().copied().fold(0.0, f32::max);
    let inside = inside(values);
    let (mut all, mut dark) = (0, 0);
    Zip::from(values).and(&inside).for_each(|&value, &inside| {
        all += usize::from(inside);
        dark += usize::from(inside && value < LINE * most);
    });
    dark as f32 > HOLLOW * all as f32
}

/// What cannot be reached from the outside of a square picture without crossing a line, gaps of up to a fourteenth of its side
/// closed; lines too.
fn inside(values: &Array2<f32>) -> Array2<bool> {
    let most = values.iter().copied().fold(0.0, f32::max);
    let side = values.nrows();
    let reach = side / SIDE;
    // Room around it, through which the outside hangs together.
    let room = s![2 * reach..2 * reach + side, 2 * reach..2 * reach + side];
    let mut lines = Array2::from_elem((side + 4 * reach, side + 4 * reach), false);
    lines.slice_mut(room).zip_mut_with(values, |line, value| *line = *value >= LINE * most);
    // Thicker lines close gaps; what they hide of the outside is given back.
    let outside = grown(reached(&grown(lines.clone(), reach)), reach);
    let mut inside = Zip::from(&outside).and(&lines).map_collect(|&outside, &line| line || !outside);
    inside.slice_collapse(room);
    inside
}

/// Each pixel and those beside it, so many times.
fn grown(mut mask: Array2<bool>, times: usize) -> Array2<bool> {
    for axis in [Axis(0), Axis(1)] {
        for _ in 0..times {
            let before = mask.clone();
            let last = mask.len_of(axis) - 1;
            for i in 0..last {
                let mut lane = mask.index_axis_mut(axis, i);
                lane.zip_mut_with(&before.index_axis(axis, i + 1), |here, beside| *here |= beside);
                let mut lane = mask.index_axis_mut(axis, i + 1);
                lane.zip_mut_with(&before.index_axis(axis, i), |here, beside| *here |= beside);
            }
        }
    }
    mask
}

/// What hangs together with the first corner without crossing a wall.
fn reached(walls: &Array2<bool>) -> Array2<bool> {
    let (height, width) = walls.dim();
    let mut reached = Array2::from_elem(walls.dim(), false);
    let mut front = vec![(0, 0)];
    while let Some((y, x)) = front.pop() {
        if walls[[y, x]] || reached[[y, x]] {
            continue;
        }
        reached[[y, x]] = true;
        let beside = [(y.wrapping_sub(1), x), (y + 1, x), (y, x.wrapping_sub(1)), (y, x + 1)];
        front.extend(beside.into_iter().filter(|&(y, x)| y < height && x < width));
    }
    reached
}

/// The inside grey where it is darker.
fn filled(values: &Array2<f32>, inside: &Array2<bool>) -> Array2<f32> {
    Zip::from(values).and(inside).map_collect(|&value, &inside| if inside { value.max(GREY) } else { value })
}

/// The inside bright, its lines dark; the lines that bound it belong to it.
fn seamed(values: &Array2<f32>, inside: &Array2<bool>) -> Array2<f32> {
    // Two pixels from the outside, which goes on around the picture.
    let mut outside = Array2::from_elem((SIDE + 2, SIDE + 2), true);
    let room = s![1..=SIDE, 1..=SIDE];
    outside.slice_mut(room).zip_mut_with(inside, |out, inside| *out = !inside);
    let mut edge = grown(outside, 2);
    edge.slice_collapse(room);
    Zip::from(values).and(inside).and(&edge).map_collect(|&value, &inside, &edge| match (inside, edge) {
        (false, _) => value,
        (true, true) => BRIGHT,
        (true, false) => BRIGHT - (BRIGHT - SEAM) * value,
    })
}
