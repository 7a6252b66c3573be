//! Figures that are printed on garments.

use crate::Draw;
use crate::drawings::garment::{Garment, Role};
use crate::drawings::path::{Path, Point};

/// Points of a star of five rays and radius 1: the outer and the inner ones in turn, from the top.
const STAR: [Point; 10] = [
    [0.0, -1.0],
    [0.225, -0.309],
    [0.951, -0.309],
    [0.363, 0.118],
    [0.588, 0.809],
    [0.0, 0.382],
    [-0.588, 0.809],
    [-0.363, 0.118],
    [-0.951, -0.309],
    [-0.225, -0.309],
];

/// A figure of this radius.
pub fn figure(garment: &mut Garment, [x, y]: Point, r: f32, draw: &mut Draw) {
    match draw.between(0, 4) {
        0 => garment.add(Role::Accent, star(x, y, r)),
        1 => garment.add(Role::Accent, Path::ellipse(x, y, r * 0.9, r * 0.9)),
        2 => {
            let heart = Path::at(x, y - 0.3 * r)
                .bend(x + 0.2 * r, y - 0.9 * r, x + 0.6 * r, y - 0.8 * r)
                .bend(x + 1.2 * r, y - 0.6 * r, x + 0.9 * r, y)
                .line(x, y + r);
            let heart = heart.line(x - 0.9 * r, y).bend(x - 1.2 * r, y - 0.6 * r, x - 0.6 * r, y - 0.8 * r).bend(
                x - 0.2 * r,
                y - 0.9 * r,
                x,
                y - 0.3 * r,
            );
            garment.add(Role::Accent, heart.close());
        }
        3 => garment.add(Role::Accent, Path::polygon(&[[x, y - r], [x + r, y + 0.7 * r], [x - r, y + 0.7 * r]])),
        _ => {
            for (row, long) in [(-0.5, 1.4), (0.2, 1.0), (0.9, 1.2)] {
                garment.stroke(Role::Line, [x - long * r, y + row * r], [x + long * r, y + row * r]);
            }
        }
    }
}

pub fn star(x: f32, y: f32, r: f32) -> Path {
    Path::polygon(&STAR.map(|[u, v]| [x + u * r, y + v * r]))
}
