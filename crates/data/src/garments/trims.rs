//! What is sewn onto a body: pockets, belts, ribs, prints.

use super::block::Block;
use super::path::{Path, Point, at, line, polygon, rectangle};
use super::pattern::{Cloth, Pattern, Tube};
use crate::rng::Rng;

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Trim {
    /// Knitted hem and cuffs.
    Ribs,
    /// Cuffs set on.
    Cuffs,
    /// One pocket on the chest.
    ChestPocket,
    /// Two pockets on the chest.
    ChestPockets,
    /// Two pockets on the hips.
    HipPockets,
    /// The pocket of a hooded pullover.
    Kangaroo,
    /// A belt around the waist.
    Belt,
    /// A seam at the waist.
    WaistSeam,
    /// Seams that shape the body from the chest to the hem.
    Darts,
    /// A seam across the shoulders.
    Yoke,
    /// Horizontal quilting.
    Quilting,
    /// Pleats from the waist to the hem.
    Pleats,
    /// A picture on the chest.
    Print,
    /// Two cords at the neck.
    Cords,
}

impl Block {
    /// Half the width at height `y`, between armpit, waist and hem.
    fn half_at(&self, y: f32) -> f32 {
        let (from, to) = if y < self.waist.y { (self.armpit, self.waist) } else { (self.waist, self.hem) };
        from.towards(to, ((y - from.y) / (to.y - from.y)).clamp(0.0, 1.0)).x
    }

    /// Sews a trim on; cuffs go on the sleeve.
    pub fn trim(&self, trim: Trim, tube: Option<&Tube>, rng: &mut Rng, out: &mut Pattern) {
        let bottom = self.hem.y;
        match trim {
            Trim::Ribs => {
                let top = bottom - 0.055;
                let half = self.half_at(top);
                let rib = at(0.0, top + self.dip).to(half, top).line_to(self.hem).bow(0.0, bottom + self.dip, 0.04);
                out.piece(rib.on_the_fold(), Cloth::Second);
                if let Some(tube) = tube {
                    out.pieces(tube.end(0.11), Cloth::Second);
                }
            }
            Trim::Cuffs => {
                if let Some(tube) = tube {
                    out.edges(tube.across(0.1));
                }
            }
            Trim::ChestPocket => out.edge(pocket(0.035, 0.2, 0.085)),
            Trim::ChestPockets => out.edges(pocket(0.05, 0.2, 0.085)),
            Trim::HipPockets => {
                let y = self.waist.y + 0.08;
                let x = self.half_at(y) * 0.45;
                out.edges(line(&[(x, y), (x + 0.09, y - rng.range(0.0, 0.04))]));
            }
            Trim::Kangaroo => {
                let (low, high) = (bottom - 0.07, bottom - 0.22);
                out.edge(line(&[(-0.13, low), (-0.12, low - 0.06), (-0.07, high)]));
                out.edge(line(&[(0.13, low), (0.12, low - 0.06), (0.07, high), (-0.07, high)]));
            }
            Trim::Belt => {
                let y = self.waist.y;
                let half = self.waist.x + 0.004;
                out.piece(rectangle(-half, y - 0.02, half, y + 0.02), Cloth::Second);
                out.dot(rng.range(-0.02, 0.02), y, 0.04);
            }
            Trim::WaistSeam => out.edge(line(&[(-self.waist.x, self.waist.y), (self.waist.x, self.waist.y)])),
            Trim::Darts => {
                out.seams(
                    at(self.armpit.x * 0.55, self.armpit.y - 0.02)
                        .to(self.waist.x * 0.5, self.waist.y)
                        .to(self.hem.x * 0.55, bottom),
                );
            }
            Trim::Yoke => out.edges(at(self.armpit.x * 0.9, 0.14).bow(0.02, 0.16, 0.02)),
            Trim::Quilting => {
                let mut y = 0.14;
                while y < bottom - 0.04 {
                    let half = self.half_at(y);
                    out.edge(at(-half, y).bow(half, y, -0.02));
                    y += 0.085;
                }
            }
            Trim::Pleats => {
                for i in 1..=3u8 {
                    let t = f32::from(i) / 4.0;
                    out.seams(line(&[(self.waist.x * t, self.waist.y), (self.hem.x * t, bottom)]));
                }
                out.seam(line(&[(0.0, self.waist.y), (0.0, bottom + self.dip)]));
            }
            Trim::Print => print(self.armpit, rng, out),
            Trim::Cords => {
                let y = self.neck.depth + 0.07;
                out.bands(at(0.03, y).bow(0.045, y + rng.range(0.1, 0.18), 0.1), 0.008, Cloth::Metal);
            }
        }
    }
}

fn pocket(x: f32, y: f32, size: f32) -> Path {
    polygon(&[(x, y), (x + size, y), (x + size, y + size), (x + size / 2.0, y + size * 1.2), (x, y + size)])
}

/// A picture or a word on the chest.
fn print(armpit: Point, rng: &mut Rng, out: &mut Pattern) {
    let y = armpit.y + rng.range(-0.02, 0.06);
    let half = armpit.x * rng.range(0.3, 0.62);
    match rng.below(4) {
        0 => out.piece(rectangle(-half, y, half, y + half * rng.range(0.9, 1.6)), Cloth::Second),
        1 => {
            let letters = 3 + rng.below(3);
            let step = 2.0 * half / letters as f32;
            for i in 0..letters {
                let x = -half + step * i as f32;
                out.piece(rectangle(x, y, x + step * rng.range(0.45, 0.75), y + rng.range(0.05, 0.09)), Cloth::Second);
            }
        }
        2 => out.dot(0.0, y + half, 1.7 * half),
        _ => out.band(line(&[(-half, y), (half, y)]), rng.range(0.03, 0.06), Cloth::Second),
    }
}
