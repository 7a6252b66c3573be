//! One drawing read in several ways.
//!
//! A drawing of lines can be meant as lines, as a grey shape with a dark edge, or as a bright shape with dark seams: to a
//! network that learnt from photographs these are three pictures. And a garment drawn from memory may look to the other side.

use ndarray::{Array2, ArrayView2, Zip, s};

use crate::official::{PIXELS, SIDE};

/// Room around the picture, through which the outside hangs together.
const ROOM: usize = 2;
/// Darker than this share of the brightest is no line.
const LINE: f32 = 0.25;
/// Where more of the inside than this is dark, lines were drawn, not shapes.
const HOLLOW: f32 = 0.45;
/// What hollow shapes are filled with.
const GREY: f32 = 0.55;
/// A bright shape, as bright as most garments of Fashion-MNIST, and the darkest seam on it.
const BRIGHT: f32 = 0.8;
const SEAM: f32 = 0.25;

/// How many times a picture is read: `seen` as it is first, each way followed by its mirror image. Filled drawings are read
/// as they are; of drawings of lines, the inside is filled too.
///
/// # Panics
/// If `seen` has not 28x28 pixels.
pub fn readings(seen: &[u8]) -> Vec<Vec<u8>> {
    assert_eq!(seen.len(), PIXELS, "a reading is of {SIDE}x{SIDE} pixels");
    let values = Array2::from_shape_fn((SIDE, SIDE), |(y, x)| f32::from(seen[y * SIDE + x]) / 255.0);
    let mut ways = vec![values];
    if is_outline(&ways[0]) {
        let inside = inside(&ways[0]);
        ways.push(filled(&ways[0], &inside));
        ways.push(seamed(&ways[0], &inside));
    }
    let bytes = |values: ArrayView2<f32>| values.iter().map(|value| (value * 255.0 + 0.5) as u8).collect();
    ways.iter().flat_map(|way| [bytes(way.view()), bytes(way.slice(s![.., ..;-1]))]).collect()
}

/// Whether most of what lines close in is empty.
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

/// What cannot be reached from the outside without crossing a line, gaps of a pixel or two closed; lines too.
fn inside(values: &Array2<f32>) -> Array2<bool> {
    let most = values.iter().copied().fold(0.0, f32::max);
    let mut lines = Array2::from_elem((SIDE + 2 * ROOM, SIDE + 2 * ROOM), false);
    let room = s![ROOM..ROOM + SIDE, ROOM..ROOM + SIDE];
    lines.slice_mut(room).zip_mut_with(values, |line, value| *line = *value >= LINE * most);
    // Thicker lines close gaps; what they hide of the outside is given back.
    let outside = reached(&grown(&lines));
    let outside = grown(&outside);
    let mut inside = Zip::from(&outside).and(&lines).map_collect(|&outside, &line| line || !outside);
    inside.slice_collapse(room);
    inside
}

/// Each pixel and its eight neighbours.
fn grown(mask: &Array2<bool>) -> Array2<bool> {
    let mut grown = mask.clone();
    let (height, width) = mask.dim();
    for ((y, x), _) in mask.indexed_iter().filter(|(_, set)| **set) {
        grown
            .slice_mut(s![y.saturating_sub(1)..(y + 2).min(height), x.saturating_sub(1)..(x + 2).min(width)])
            .fill(true);
    }
    grown
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
    let mut outside = Array2::from_elem((SIDE + 2 * ROOM, SIDE + 2 * ROOM), true);
    outside.slice_mut(s![ROOM..ROOM + SIDE, ROOM..ROOM + SIDE]).zip_mut_with(inside, |out, inside| *out = !inside);
    let mut edge = grown(&grown(&outside));
    edge.slice_collapse(s![ROOM..ROOM + SIDE, ROOM..ROOM + SIDE]);
    Zip::from(values).and(inside).and(&edge).map_collect(|&value, &inside, &edge| match (inside, edge) {
        (false, _) => value,
        (true, true) => BRIGHT,
        (true, false) => BRIGHT - (BRIGHT - SEAM) * value,
    })
}
