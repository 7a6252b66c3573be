//! A picture of the data set as somebody might draw the same garment: its outline and inner lines, thin or thick, a flat
//! shape with seams, another shade.

use crate::official::{PIXELS, SIDE};
use crate::rng::Rng;

/// Brighter than this is garment.
const GARMENT: u8 = 22;

/// Renders a picture of the data set as a drawing.
///
/// # Panics
/// If the picture has not 28x28 pixels.
pub fn rendering(picture: &[u8], rng: &mut Rng) -> Vec<u8> {
    assert_eq!(picture.len(), PIXELS, "a rendering is of {SIDE}x{SIDE} pixels");
    let values: Vec<f32> = picture.iter().map(|pixel| f32::from(*pixel) / 255.0).collect();
    let inside = closed(&picture.iter().map(|pixel| *pixel > GARMENT).collect::<Vec<bool>>());
    let soft = if rng.chance(0.6) { blurred(&values) } else { values.clone() };
    let border = border(&inside);
    let inner = edges(&soft, &inside, rng.range(0.05, 0.12));
    let (near, far) = (rng.range(0.7, 1.0), rng.range(0.35, 1.0));
    let lines = |thick: bool, strength: f32| -> Vec<f32> {
        let lines: Vec<f32> = border.iter().zip(&inner).map(|(b, i)| (b * near).max(i * strength)).collect();
        if thick { broader(&lines) } else { lines }
    };
    let shade = rng.range(0.25, 1.0);
    let depth = rng.range(0.3, 0.8);
    let drawn: Vec<f32> = match rng.below(7) {
        0 | 1 => lines(false, far),
        2 => lines(true, 0.7 * far),
        // Lines around a grey inside.
        3 => {
            let grey = rng.range(0.1, 0.6);
            lines(false, far)
                .iter()
                .zip(&inside)
                .map(|(line, inside)| if *inside { line.max(grey) } else { *line })
                .collect()
        }
        // A flat shape with seams.
        4 | 5 => {
            let seamed = inner.iter().zip(&inside);
            seamed.map(|(seam, inside)| if *inside { shade * (1.0 - depth * seam) } else { 0.0 }).collect()
        }
        // Dark for bright.
        _ => {
            let turned = values.iter().zip(&inside);
            turned.map(|(value, inside)| if *inside { (1.1 - value).clamp(0.08, 1.0) } else { 0.0 }).collect()
        }
    };
    drawn.iter().map(|value| (value.clamp(0.0, 1.0) * 255.0 + 0.5) as u8).collect()
}

fn around(i: usize) -> impl Iterator<Item = usize> {
    let (x, y) = ((i % SIDE) as i32, (i / SIDE) as i32);
    let side = 0..SIDE as i32;
    (-1..=1)
        .flat_map(move |dy| (-1..=1).map(move |dx| (x + dx, y + dy)))
        .filter(move |(x, y)| side.contains(x) && side.contains(y))
        .map(|(x, y)| y as usize * SIDE + x as usize)
}

/// Holes and cracks of a pixel closed.
fn closed(mask: &[bool]) -> Vec<bool> {
    let grown: Vec<bool> = (0..PIXELS).map(|i| around(i).any(|j| mask[j])).collect();
    (0..PIXELS).map(|i| mask[i] || around(i).all(|j| grown[j]) && around(i).filter(|j| mask[*j]).count() > 4).collect()
}

/// The outermost pixels of the inside.
fn border(inside: &[bool]) -> Vec<f32> {
    let at_edge = |i: usize| {
        let (x, y) = (i % SIDE, i / SIDE);
        let frame = x == 0 || y == 0 || x + 1 == SIDE || y + 1 == SIDE;
        let beside = [i.wrapping_sub(1), i + 1, i.wrapping_sub(SIDE), i + SIDE];
        frame || beside.iter().any(|j| !inside.get(*j).copied().unwrap_or(false))
    };
    (0..PIXELS).map(|i| if inside[i] && at_edge(i) { 1.0 } else { 0.0 }).collect()
}

/// How steeply the shade changes inside of the garment, from 0 below `least` to 1.
fn edges(values: &[f32], inside: &[bool], least: f32) -> Vec<f32> {
    let mut out = vec![0.0f32; PIXELS];
    for y in 1..SIDE - 1 {
        for x in 1..SIDE - 1 {
            let i = y * SIDE + x;
            if !inside[i] || around(i).any(|j| !inside[j]) {
                continue;
            }
            let (dx, dy) = (values[i + 1] - values[i - 1], values[i + SIDE] - values[i - SIDE]);
            out[i] = (((dx * dx + dy * dy).sqrt() - least) / 0.2).clamp(0.0, 1.0);
        }
    }
    out
}

fn blurred(values: &[f32]) -> Vec<f32> {
    let mean = |i: usize| {
        let (sum, count) = around(i).fold((0.0, 0.0), |(sum, count), j| (sum + values[j], count + 1.0));
        0.5 * values[i] + 0.5 * sum / count
    };
    (0..PIXELS).map(mean).collect()
}

/// Lines broader by a pixel, half of it to every side.
fn broader(values: &[f32]) -> Vec<f32> {
    (0..PIXELS).map(|i| values[i].max(0.5 * around(i).map(|j| values[j]).fold(0.0, f32::max))).collect()
}
