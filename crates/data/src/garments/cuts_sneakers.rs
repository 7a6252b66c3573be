//! Sneakers from the side, toe to the left as the real set has them.
//!
//! Measures are shares of the shoe's length: x from the toe (0) to the heel (1), y from the ground (0) upwards, negative.

use super::path::{Path, at, line, point};
use super::pattern::{Cloth, Measure, Pattern};
use crate::rng::Rng;

/// A cut, as data.
pub(super) struct Sneaker {
    /// Thickness of the sole.
    sole: Measure,
    /// Height of the collar at the heel.
    collar: Measure,
    laces: u16,
    side: Side,
    toe_cap: bool,
    /// A sole that rises at the heel, as for running.
    wave: bool,
}

#[derive(Clone, Copy)]
enum Side {
    Plain,
    Stripes(u16),
    /// A sickle along the side.
    Sickle,
    /// A panel of the second fabric under the laces.
    Panel,
}

const LOW: Sneaker = Sneaker {
    sole: Measure(0.085, 0.015),
    collar: Measure(0.31, 0.035),
    laces: 4,
    side: Side::Plain,
    toe_cap: false,
    wave: false,
};
const RUNNING: Sneaker = Sneaker { sole: Measure(0.115, 0.02), wave: true, side: Side::Sickle, ..LOW };

pub(super) const SNEAKERS: &[Sneaker] = &[
    LOW,
    Sneaker { laces: 0, collar: Measure(0.27, 0.03), ..LOW },
    Sneaker { side: Side::Stripes(3), ..LOW },
    Sneaker { side: Side::Panel, ..LOW },
    Sneaker { side: Side::Sickle, ..LOW },
    Sneaker { toe_cap: true, ..LOW },
    RUNNING,
    Sneaker { side: Side::Stripes(2), ..RUNNING },
    Sneaker { side: Side::Panel, ..RUNNING },
    Sneaker { side: Side::Plain, laces: 5, ..RUNNING },
    // High tops.
    Sneaker { collar: Measure(0.52, 0.05), laces: 6, toe_cap: true, ..LOW },
    Sneaker { collar: Measure(0.47, 0.05), laces: 5, side: Side::Sickle, sole: Measure(0.1, 0.015), ..LOW },
];

impl Sneaker {
    pub fn draft(&self, rng: &mut Rng) -> Pattern {
        let sole = self.sole.take(rng);
        let collar = self.collar.take(rng);
        let high = collar > 0.42;
        let tongue = collar + rng.range(0.03, 0.08);
        let tongue_x = if high { 0.58 } else { rng.range(0.52, 0.6) };
        let toe = rng.range(0.07, 0.115);
        let dip = collar - if high { 0.05 } else { rng.range(0.05, 0.11) };
        let base = sole - 0.015;
        let mut out = Pattern::default();

        let upper = at(0.01, -base)
            .bow(0.09, -sole - toe, 0.2)
            .curve((0.24, -sole - toe - 0.06), (tongue_x - 0.22, -tongue + 0.13), (tongue_x - 0.03, -tongue))
            .to(tongue_x + 0.03, -tongue + 0.01)
            .bow(0.8, -dip, -0.1)
            .bow(0.945, -collar, -0.12)
            .bow(0.975, -collar + 0.04, 0.2)
            .bow(0.985, -base, 0.05);
        out.piece(upper.close(), Cloth::Shell);
        let mouth = at(tongue_x + 0.05, -tongue + 0.05).bow(0.8, -dip + 0.035, -0.08).bow(0.94, -collar + 0.05, -0.1);
        out.seam(mouth);
        match rng.below(3) {
            0 => {}
            1 => out.seam(at(0.8, -base).bow(0.84, -dip + 0.04, -0.1)),
            _ => {
                let counter =
                    at(0.82, -base).bow(0.86, -dip + 0.05, -0.1).to(0.955, -collar + 0.03).bow(0.985, -base, 0.05);
                out.piece(counter.close(), Cloth::Second);
            }
        }
        if self.toe_cap {
            let cap = at(0.01, -base).bow(0.09, -sole - toe, 0.2).to(0.15, -sole - toe - 0.02).bow(0.22, -base, 0.2);
            out.piece(cap.close(), Cloth::Second);
        } else if rng.chance(0.6) {
            out.seam(at(0.13, -sole - toe - 0.01).bow(0.3, -base, 0.12));
        }
        match self.side {
            Side::Plain => {}
            Side::Stripes(count) => {
                for i in 0..count {
                    let x = 0.44 + 0.095 * f32::from(i);
                    out.band(line(&[(x, -base - 0.01), (x + 0.08, -dip + 0.02)]), 0.035, Cloth::Second);
                }
            }
            Side::Sickle => {
                let sickle = at(0.38, -sole - 0.06).bow(0.84, -dip + 0.07, -0.18).bow(0.46, -sole - 0.01, 0.12);
                out.piece(sickle.bow(0.38, -sole - 0.06, 0.3).close(), Cloth::Second);
            }
            Side::Panel => {
                let panel =
                    at(0.3, -base).bow(0.42, -sole - 0.6 * (tongue - sole), -0.05).to(tongue_x + 0.04, -tongue + 0.06);
                out.piece(panel.bow(0.66, -base, -0.08).close(), Cloth::Second);
            }
        }
        for i in 0..self.laces {
            let t = (f32::from(i) + 0.6) / f32::from(self.laces);
            let eye = point(0.26, -sole - toe - 0.03).towards(point(tongue_x + 0.01, -tongue + 0.05), t);
            out.band(line(&[(eye.x - 0.01, eye.y - 0.005), (eye.x + 0.06, eye.y + 0.05)]), 0.02, Cloth::Metal);
        }
        out.piece(self.sole(sole), Cloth::Sole);
        if rng.chance(0.35) {
            out.edge(at(0.02, -sole * 0.5).to(0.97, -sole * 0.5));
        }
        out
    }

    fn sole(&self, sole: f32) -> Path {
        let lift = if self.wave { 0.06 } else { 0.0 };
        at(0.0, -0.05)
            .bow(0.03, -sole, 0.1)
            .bow(0.4, -sole + 0.01 + lift * 0.3, -0.03)
            .bow(0.72, -sole - lift * 0.2, 0.03)
            .bow(0.99, -sole - lift, -0.04)
            .bow(0.985, -0.02, 0.06)
            .to(0.93, 0.0)
            .to(0.16, 0.0)
            .bow(0.0, -0.05, 0.12)
            .close()
    }
}
