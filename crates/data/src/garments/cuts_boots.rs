//! Ankle boots from the side, toe to the left as the real set has them.
//!
//! Measures are shares of the boot's length: x from the toe (0) to the heel (1), y from the ground (0) upwards, negative.

use super::path::{Path, Point, at, line, point, polygon};
use super::pattern::{Cloth, Measure, Pattern};
use crate::rng::Rng;

/// A cut, as data.
pub(super) struct Boot {
    /// Height of the heel.
    heel: Measure,
    /// Width of the heel.
    heel_width: f32,
    /// Height of the shaft above the heel.
    shaft: Measure,
    /// Thickness of the sole.
    sole: f32,
    pointed: bool,
    closing: Closing,
    /// A padded or folded top.
    fold: bool,
    /// A sole with a tread.
    tread: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Closing {
    /// Nothing to be seen.
    None,
    /// Elastic at the ankle.
    Gusset,
    /// How many holes.
    Laces(u16),
    Zip,
    /// A strap with a buckle.
    Strap,
}

const CHELSEA: Boot = Boot {
    heel: Measure(0.09, 0.02),
    heel_width: 0.27,
    shaft: Measure(0.52, 0.06),
    sole: 0.04,
    pointed: false,
    closing: Closing::Gusset,
    fold: false,
    tread: false,
};
const HEELED: Boot = Boot {
    heel: Measure(0.24, 0.06),
    heel_width: 0.2,
    shaft: Measure(0.56, 0.1),
    sole: 0.035,
    pointed: true,
    closing: Closing::Zip,
    ..CHELSEA
};
const WORK: Boot = Boot { sole: 0.075, closing: Closing::Laces(5), tread: true, ..CHELSEA };

pub(super) const BOOTS: &[Boot] = &[
    CHELSEA,
    Boot { heel: Measure(0.14, 0.03), pointed: true, ..CHELSEA },
    Boot { closing: Closing::None, shaft: Measure(0.46, 0.05), ..CHELSEA },
    Boot { closing: Closing::Laces(5), ..CHELSEA },
    Boot { closing: Closing::Strap, heel: Measure(0.12, 0.03), ..CHELSEA },
    WORK,
    Boot { fold: true, shaft: Measure(0.56, 0.05), ..WORK },
    Boot { closing: Closing::None, fold: true, heel: Measure(0.07, 0.01), ..WORK },
    HEELED,
    Boot { closing: Closing::None, ..HEELED },
    Boot { heel_width: 0.07, heel: Measure(0.3, 0.05), ..HEELED },
    Boot { closing: Closing::Gusset, heel: Measure(0.17, 0.03), heel_width: 0.24, ..HEELED },
];

/// Boots as drawings show them, most of them higher than those of the real set.
pub(super) const DRAWN_BOOTS: &[Boot] = &[
    // A lady's boot.
    Boot { heel: Measure(0.28, 0.08), shaft: Measure(1.0, 0.25), closing: Closing::None, heel_width: 0.14, ..HEELED },
    Boot { heel: Measure(0.18, 0.06), shaft: Measure(0.85, 0.2), closing: Closing::Zip, ..HEELED },
    Boot { heel: Measure(0.36, 0.06), shaft: Measure(0.8, 0.2), closing: Closing::None, heel_width: 0.07, ..HEELED },
    // Rubber boots.
    Boot { shaft: Measure(0.85, 0.2), closing: Closing::None, ..CHELSEA },
    Boot { shaft: Measure(0.9, 0.15), closing: Closing::None, fold: true, tread: true, ..CHELSEA },
    // For riding, with a strap.
    Boot { shaft: Measure(0.9, 0.15), heel: Measure(0.16, 0.03), closing: Closing::Strap, pointed: true, ..CHELSEA },
    // For the mountains.
    Boot { shaft: Measure(0.6, 0.08), sole: 0.1, ..WORK },
    Boot { shaft: Measure(0.72, 0.08), closing: Closing::Laces(6), sole: 0.09, ..WORK },
    // Plain and soft.
    Boot { shaft: Measure(0.58, 0.1), closing: Closing::None, heel: Measure(0.05, 0.01), ..CHELSEA },
    Boot { shaft: Measure(0.5, 0.08), closing: Closing::Gusset, heel: Measure(0.12, 0.05), ..CHELSEA },
];

/// The back of the shaft.
const BACK: f32 = 0.94;

/// The boot's measures as taken.
struct Shape {
    heel: f32,
    /// Height of the top.
    top: f32,
    /// Where the front of the shaft stands.
    front: f32,
    sole: f32,
    /// Height of the seat of the heel.
    seat: f32,
    /// Where the instep meets the shaft.
    throat: Point,
}

impl Boot {
    pub fn draft(&self, rng: &mut Rng) -> Pattern {
        let heel = self.heel.take(rng);
        let front = rng.range(0.43, 0.52);
        let sole = self.sole * rng.range(0.85, 1.2);
        let shape = Shape {
            heel,
            top: heel + self.shaft.take(rng),
            front,
            sole,
            seat: heel.max(sole),
            throat: point(front - 0.02, -sole - heel * 0.6 - rng.range(0.28, 0.34)),
        };
        let mut out = Pattern::default();
        self.leather(&shape, rng, &mut out);
        self.close(&shape, &mut out);
        if self.fold {
            let (front, top) = (shape.front, shape.top);
            let fold =
                [(front - 0.02, -top), (BACK + 0.02, -top + 0.01), (BACK, -top + 0.11), (front - 0.02, -top + 0.1)];
            out.piece(polygon(&fold), Cloth::Second);
        } else if rng.chance(0.35) {
            out.band(line(&[(BACK - 0.01, -shape.top + 0.06), (BACK + 0.03, -shape.top - 0.03)]), 0.035, Cloth::Plain);
        }
        out
    }

    /// Heel, upper and sole.
    fn leather(&self, shape: &Shape, rng: &mut Rng, out: &mut Pattern) {
        let &Shape { heel, top, front, sole, seat, throat } = shape;
        let toe = if self.pointed { rng.range(0.07, 0.1) } else { rng.range(0.11, 0.16) };
        let heel_piece = at(BACK + 0.045 - self.heel_width * 1.1, -seat - 0.02)
            .bow(BACK + 0.03 - self.heel_width, 0.0, -0.03)
            .to(BACK + 0.03, 0.0)
            .bow(BACK + 0.045, -seat - 0.03, -0.03)
            .close();
        out.piece(heel_piece, if heel > 0.15 { Cloth::Plain } else { Cloth::Sole });
        let upper = at(0.01, -sole)
            .bow(0.08, -sole - toe, if self.pointed { 0.12 } else { 0.24 })
            .curve((0.22, -sole - toe - 0.07), (front - 0.14, throat.y + 0.13), (throat.x, throat.y))
            .bow(front + 0.01, -top, -0.04)
            .bow(BACK, -top + 0.012, -0.05)
            .bow(BACK - 0.01, -seat - 0.22, -0.05)
            .bow(0.985, -seat, 0.12)
            .curve((0.75, -seat + 0.02), (0.5, -sole), (0.34, -sole + 0.01));
        out.piece(upper.close(), Cloth::Shell);
        out.piece(sole_outline(sole, seat), Cloth::Sole);
        if self.tread {
            for i in 0..6u8 {
                let x = 0.12 + 0.13 * f32::from(i);
                out.edge(line(&[(x, 0.0), (x, -0.035)]));
            }
        }
        if !self.pointed && rng.chance(0.5) {
            out.seam(at(0.2, -sole - toe - 0.05).bow(0.26, -sole, 0.15));
        }
    }

    fn close(&self, shape: &Shape, out: &mut Pattern) {
        let &Shape { top, front, seat, throat, sole, heel } = shape;
        if self.closing != Closing::Gusset {
            out.seam(at(front + 0.06, -sole - 0.2).bow(0.76, -sole - heel * 0.7 - 0.1, -0.2));
        }
        match self.closing {
            Closing::None => {}
            Closing::Gusset => {
                let gusset =
                    at(0.62, -top).bow(0.67, -seat - 0.2, 0.05).to(0.75, -seat - 0.2).bow(0.8, -top + 0.005, 0.05);
                out.piece(gusset.close(), Cloth::Second);
            }
            Closing::Laces(count) => {
                for i in 0..count {
                    let t = (f32::from(i) + 0.4) / f32::from(count);
                    let eye = point(throat.x - 0.13, throat.y + 0.12).towards(point(front + 0.01, -top + 0.03), t);
                    out.band(line(&[(eye.x, eye.y), (eye.x + 0.09, eye.y + 0.035)]), 0.022, Cloth::Metal);
                }
            }
            Closing::Zip => out.edge(at(0.72, -top).bow(0.7, -seat - 0.06, 0.03)),
            Closing::Strap => {
                out.band(at(front - 0.01, throat.y + 0.03).bow(BACK - 0.01, -seat - 0.22, -0.06), 0.06, Cloth::Second);
                out.dot(0.68, -seat - 0.24, 0.08);
            }
        }
    }
}

fn sole_outline(sole: f32, seat: f32) -> Path {
    at(0.0, -sole)
        .to(0.34, -sole)
        .curve((0.5, -sole), (0.7, -seat), (0.985, -seat))
        .to(0.985, -seat + sole)
        .curve((0.72, -seat + sole + 0.02), (0.52, 0.0), (0.36, 0.0))
        .to(0.06, 0.0)
        .bow(0.0, -sole, 0.2)
        .close()
}
