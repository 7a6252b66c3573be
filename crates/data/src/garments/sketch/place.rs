//! Where a sketch lies on its canvas: turned, stretched, slanted, mirrored, with more or less room around it.

use super::super::path::{Path, Point, point};
use super::super::pattern::Mark;
use super::super::pose::{bounds, each_point};
use super::hand::Hand;
use crate::rng::Rng;

/// Moves the marks onto a canvas of `side` pixels; pixels per unit of the pattern.
pub(super) fn place(marks: &mut [Mark], side: f32, hand: &Hand, rng: &mut Rng) -> f32 {
    let mirrored = rng.chance(0.5);
    let loose = if rng.chance(0.25) { 1.0 } else { 0.35 };
    // The rotation from the tangent of half its angle, which needs no sine.
    let half = 0.09 * loose * rng.bell();
    let (cosine, sine) = ((1.0 - half * half) / (1.0 + half * half), 2.0 * half / (1.0 + half * half));
    let slant = 0.06 * loose * rng.bell();
    let stretch = 1.0 + rng.range(-0.2, 0.2);
    // A taper, as from looking up or down at it.
    let taper = 0.1 * loose * rng.range(-1.0, 1.0);
    let (low, high) = bounds(marks);
    let (middle, height) = (low.towards(high, 0.5), (high.y - low.y).max(1e-3));
    for mark in &mut *marks {
        each_point(mark, |p| {
            let p = p - middle;
            let x = (if mirrored { -p.x } else { p.x } * stretch + slant * p.y) * (1.0 + taper * p.y / height);
            point(x * cosine - p.y * sine, x * sine + p.y * cosine)
        });
    }
    let (low, high) = bounds(marks);
    let (width, height) = (high.x - low.x, high.y - low.y);
    let margin = hand.line * 0.5 + side * 0.02;
    let fill = 1.0 - rng.range(0.0, 0.35);
    let scale = (side - 2.0 * margin) * fill / width.max(height);
    let slack = |extent: f32, rng: &mut Rng| margin + (side - 2.0 * margin - extent * scale) * rng.range(0.3, 0.7);
    let corner = point(slack(width, rng), slack(height, rng));
    for mark in &mut *marks {
        each_point(mark, |p| (p - low) * scale + corner);
    }
    scale
}

/// A line with so many points that it can bend everywhere: pieces at most `step` long.
pub(super) fn dense(path: &Path, step: f32) -> Vec<Point> {
    let count = path.points.len();
    let pieces = if path.closed { count } else { count.saturating_sub(1) };
    let mut out = Vec::with_capacity(4 * count);
    out.extend(path.points.first());
    for i in 0..pieces {
        let (a, b) = (path.points[i], path.points[(i + 1) % count]);
        let (dx, dy) = (b.x - a.x, b.y - a.y);
        let parts = ((dx * dx + dy * dy).sqrt() / step).ceil().clamp(1.0, 64.0) as u16;
        for k in 1..=parts {
            out.push(a.towards(b, f32::from(k) / f32::from(parts)));
        }
    }
    out
}
