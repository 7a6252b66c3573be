//! Trousers: one block of two legs from waist, crotch, knee and hem.

use super::path::{at, from, line, point, rectangle};
use super::pattern::{Cloth, Measure, Pattern};
use crate::rng::Rng;

/// A cut, as data; metres, widths of one leg or half the body.
pub(super) struct Trousers {
    pub length: Measure,
    pub waist: Measure,
    pub hip: Measure,
    /// Width of a leg at the knee.
    pub knee: Measure,
    /// Width of a leg at the hem.
    pub hem: Measure,
    /// How far the legs stand apart at the hem, from the middle to the inner edge.
    pub stance: Measure,
    pub cuffs: bool,
    pub details: &'static [Detail],
}

pub(super) enum Detail {
    Fly,
    Pockets,
    /// Ironed creases down the legs.
    Creases,
    /// An elastic waist with its cord.
    Drawstring,
    /// Patch pockets on the thighs.
    Cargo,
    /// A torn or worn patch on the thighs.
    Worn,
}

const STRAIGHT: Trousers = Trousers {
    length: Measure(1.03, 0.04),
    waist: Measure(0.175, 0.015),
    hip: Measure(0.205, 0.015),
    knee: Measure(0.15, 0.012),
    hem: Measure(0.14, 0.012),
    stance: Measure(0.045, 0.03),
    cuffs: false,
    details: &[Detail::Fly, Detail::Pockets],
};

pub(super) const TROUSERS: &[Trousers] = &[
    STRAIGHT,
    // Slim and skinny.
    Trousers { knee: Measure(0.125, 0.01), hem: Measure(0.1, 0.01), ..STRAIGHT },
    Trousers {
        knee: Measure(0.11, 0.008),
        hem: Measure(0.085, 0.008),
        hip: Measure(0.185, 0.01),
        details: &[Detail::Fly, Detail::Worn],
        ..STRAIGHT
    },
    // Pressed.
    Trousers { details: &[Detail::Fly, Detail::Creases], ..STRAIGHT },
    // Flared.
    Trousers { knee: Measure(0.125, 0.01), hem: Measure(0.2, 0.02), stance: Measure(0.012, 0.01), ..STRAIGHT },
    // Wide.
    Trousers {
        knee: Measure(0.19, 0.012),
        hem: Measure(0.2, 0.015),
        stance: Measure(0.012, 0.01),
        details: &[Detail::Creases],
        ..STRAIGHT
    },
    // Cropped.
    Trousers { length: Measure(0.85, 0.04), hem: Measure(0.125, 0.012), ..STRAIGHT },
    // Joggers.
    Trousers {
        knee: Measure(0.15, 0.012),
        hem: Measure(0.1, 0.01),
        hip: Measure(0.215, 0.012),
        cuffs: true,
        details: &[Detail::Drawstring, Detail::Pockets],
        ..STRAIGHT
    },
    // Cargo.
    Trousers {
        knee: Measure(0.165, 0.01),
        hem: Measure(0.15, 0.01),
        details: &[Detail::Fly, Detail::Cargo],
        ..STRAIGHT
    },
    // Bermuda.
    Trousers {
        length: Measure(0.62, 0.03),
        knee: Measure(0.18, 0.01),
        hem: Measure(0.17, 0.01),
        stance: Measure(0.02, 0.01),
        ..STRAIGHT
    },
];

/// Trousers as drawings show them.
pub(super) const DRAWN_TROUSERS: &[Trousers] = &[
    // Straight legs, short and long, hardly a detail.
    Trousers { knee: Measure(0.17, 0.02), hem: Measure(0.17, 0.02), details: &[], ..STRAIGHT },
    Trousers { length: Measure(0.85, 0.1), waist: Measure(0.2, 0.02), details: &[Detail::Fly], ..STRAIGHT },
    Trousers { details: &[Detail::Pockets], hem: Measure(0.12, 0.02), ..STRAIGHT },
    Trousers { cuffs: true, details: &[Detail::Fly, Detail::Pockets], ..STRAIGHT },
    // Shorts.
    Trousers {
        length: Measure(0.5, 0.08),
        knee: Measure(0.18, 0.015),
        hem: Measure(0.18, 0.02),
        stance: Measure(0.02, 0.01),
        ..STRAIGHT
    },
    // Flared.
    Trousers { knee: Measure(0.13, 0.01), hem: Measure(0.24, 0.03), stance: Measure(0.01, 0.01), ..STRAIGHT },
];

impl Trousers {
    /// Takes the measures and cuts the pieces; `apart` is how far the legs are spread beyond how they hang.
    pub fn draft(&self, apart: f32, rng: &mut Rng) -> Pattern {
        let length = self.length.take(rng);
        let waist = self.waist.take(rng);
        let hip = self.hip.take(rng).max(waist + 0.01);
        let stance = self.stance.take(rng) + 0.3 * apart;
        let (knee, hem) = (self.knee.take(rng) + 0.12 * apart, self.hem.take(rng) + 0.12 * apart);
        let crotch = 0.27 + rng.range(-0.01, 0.02);
        let knee_y = crotch + 0.45 * (length - crotch);
        let inner_knee = 0.008 + stance * 0.45;
        let mut out = Pattern::default();

        out.piece(at(0.0, 0.0).bow(waist * 0.95, -0.006, -0.02).to(0.0, 0.03).on_the_fold(), Cloth::Lining);
        let leg = at(0.0, 0.012)
            .bow(waist, 0.0, -0.02)
            .bow(hip, 0.2, 0.06)
            .bow(inner_knee + knee, knee_y, 0.01)
            .bow(stance + hem, length, -0.01)
            .to(stance, length - 0.004)
            .bow(inner_knee, knee_y, 0.0)
            .bow(0.0, crotch, -0.02);
        out.piece(leg.on_the_fold(), Cloth::Shell);
        out.edge(line(&[(0.0, crotch + 0.05), (0.0, crotch)]));
        out.edge(at(-waist - 0.004, 0.042).bow(waist + 0.004, 0.042, -0.02));
        if self.cuffs {
            let t = 0.05 / (length - knee_y);
            let up = |a: f32, b: f32| a + (b - a) * t;
            let cuff = from(point(up(stance, inner_knee), length - 0.05))
                .to(up(stance + hem, inner_knee + knee), length - 0.05)
                .to(stance + hem, length)
                .to(stance, length)
                .close();
            out.pieces(cuff, Cloth::Second);
        }
        for detail in self.details {
            match detail {
                Detail::Fly => {
                    out.seam(at(0.0, 0.05).to(0.0, crotch));
                    out.seam(at(0.03, 0.05).to(0.03, crotch - 0.1).bow(0.0, crotch - 0.03, 0.2));
                    out.dot(0.0, 0.028, 0.02);
                }
                Detail::Pockets => out.seams(at(waist * 0.62, 0.05).bow(hip * 0.98, 0.15, -0.15)),
                Detail::Creases => {
                    out.seams(line(&[
                        (hip * 0.5, 0.12),
                        (inner_knee + knee / 2.0, knee_y),
                        (stance + hem / 2.0, length),
                    ]));
                }
                Detail::Drawstring => {
                    out.bands(at(0.006, 0.04).bow(0.025, 0.16, 0.1), 0.01, Cloth::Metal);
                }
                Detail::Cargo => {
                    let (x, y) = (inner_knee + knee * 0.45, crotch + 0.1);
                    out.edges(rectangle(x, y, x + knee * 0.55, y + 0.17));
                    out.edges(line(&[(x, y + 0.05), (x + knee * 0.55, y + 0.05)]));
                }
                Detail::Worn => {
                    let x = inner_knee + knee * 0.5;
                    let patch = at(x - 0.03, crotch + 0.05).bow(x - 0.02, knee_y, 0.1).bow(x + 0.03, knee_y, 0.1);
                    out.pieces(patch.bow(x + 0.03, crotch + 0.05, 0.1).close(), Cloth::Second);
                }
            }
        }
        out
    }
}
