//! Drafting what hangs from the shoulders: one body block, from whose measures, neck, sleeve and front the cuts of
//! T-shirts, pullovers, shirts, coats and dresses follow.

use super::block::{Block, Neck};
use super::path::{Path, at, from, line, point, polygon};
use super::pattern::{Cloth, Measure, Pattern, Tube};
use super::trims::Trim;
use crate::rng::Rng;

/// A cut, as data.
pub(super) struct Top {
    /// Shoulder to hem.
    pub length: Measure,
    /// Half the width across the shoulders.
    pub shoulder: Measure,
    /// Half the width at the armpits.
    pub chest: Measure,
    /// Waist as a share of the chest.
    pub waist: Measure,
    /// Height of the waist below the shoulder.
    pub waist_at: f32,
    /// Hem as a share of the chest.
    pub hem: Measure,
    /// How far the middle of the hem hangs below its corners.
    pub hem_dip: f32,
    pub neck: Neck,
    pub sleeve: Sleeve,
    pub collar: Collar,
    pub front: Front,
    pub trims: &'static [Trim],
    /// Whether its lines alone tell its class, as a drawing without fabric must.
    pub telling: bool,
}

#[derive(Clone, Copy)]
pub(super) enum Sleeve {
    None,
    /// Only straps hold the body, as wide as given.
    Straps(f32),
    /// Length, width of the opening, and the sine of the angle from the vertical at which it lies.
    Set {
        length: f32,
        cuff: f32,
        slant: f32,
    },
    /// The same, cut on to the neck, in the second fabric if told so.
    Raglan {
        length: f32,
        cuff: f32,
        slant: f32,
        contrast: bool,
    },
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Collar {
    None,
    /// A knitted band around the neck, as wide as given.
    Rib(f32),
    /// A tube up the neck, as high as given.
    Turtle(f32),
    Hood,
    /// Two pointed leaves that meet at the throat.
    Shirt,
    /// A short upright band.
    Stand,
    /// Turned-down lapels along an open neck down to the given depth.
    Lapels(f32),
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Front {
    Closed,
    /// Buttons down the middle: how many.
    Buttons(u16),
    /// A short placket from the neck down: its length.
    Placket(f32),
    Zip,
    /// Two rows of buttons.
    DoubleBreasted,
    /// Hanging open, so that the inside shows: half the gap at the hem.
    Open(f32),
}

impl Top {
    /// Takes the measures and cuts the pieces; `apart` is how far the sleeves are spread beyond where they hang.
    pub fn draft(&self, apart: f32, rng: &mut Rng) -> Pattern {
        let block = self.measure(rng);
        let mut out = Pattern::default();
        self.behind(&block, &mut out);
        let tube = self.sleeve_tube(&block, apart, rng);
        if let Some(tube) = &tube {
            self.sleeves(&block, tube, &mut out);
        }
        out.piece(block.body(self.sleeve), Cloth::Shell);
        if let (Some(tube), Sleeve::Raglan { contrast, .. }) = (&tube, self.sleeve) {
            block.raglan(tube, contrast, &mut out);
        } else if tube.is_some() {
            out.seams(from(block.shoulder).bow_to(block.armpit, -0.12));
        }
        for trim in self.trims {
            block.trim(*trim, tube.as_ref(), rng, &mut out);
        }
        self.front(&block, &mut out);
        self.collar(&block, &mut out);
        out
    }

    fn measure(&self, rng: &mut Rng) -> Block {
        let chest = self.chest.take(rng);
        let length = self.length.take(rng);
        let shoulder = self.shoulder.take(rng);
        let armhole = 0.2 + 0.12 * chest;
        let neck = Neck {
            half: (self.neck.half * rng.range(0.9, 1.12)).min(shoulder - 0.02),
            depth: self.neck.depth * rng.range(0.85, 1.2),
            ..self.neck
        };
        Block {
            neck,
            shoulder: point(shoulder, 0.03 + 0.1 * (shoulder - neck.half)),
            armpit: point(chest, armhole),
            waist: point(chest * self.waist.take(rng), self.waist_at),
            hem: point(chest * self.hem.take(rng), length),
            dip: self.hem_dip,
        }
    }

    /// What is seen behind the front piece.
    fn behind(&self, block: &Block, out: &mut Pattern) {
        let Neck { half, depth, .. } = block.neck;
        if self.collar == Collar::Hood {
            let hood = at(0.0, -0.13).curve((0.08, -0.13), (half + 0.05, -0.1), (half + 0.05, 0.03)).to(0.0, 0.09);
            out.piece(hood.on_the_fold(), Cloth::Plain);
            let inside = at(0.0, -0.09).curve((0.05, -0.09), (half - 0.005, -0.06), (half - 0.015, 0.02)).to(0.0, 0.07);
            out.piece(inside.on_the_fold(), Cloth::Lining);
        }
        let nape = if matches!(self.collar, Collar::Shirt | Collar::Stand | Collar::Lapels(_)) { -0.025 } else { 0.0 };
        if !matches!(self.sleeve, Sleeve::Straps(_)) {
            let bottom = if let Collar::Lapels(end) = self.collar { end } else { depth };
            let back = at(0.0, nape + 0.01).bow(half, nape, -0.05).to(half, 0.0).to(0.0, bottom + 0.01);
            out.piece(back.on_the_fold(), Cloth::Lining);
        }
        if let Front::Open(_) = self.front {
            let back =
                at(0.0, 0.0).to(block.waist.x * 0.8, 0.02).to(block.hem.x * 0.8, block.hem.y).to(0.0, block.hem.y);
            out.piece(back.on_the_fold(), Cloth::Lining);
        }
    }

    fn sleeve_tube(&self, block: &Block, apart: f32, rng: &mut Rng) -> Option<Tube> {
        let (Sleeve::Set { length, cuff, slant } | Sleeve::Raglan { length, cuff, slant, .. }) = self.sleeve else {
            return None;
        };
        let slant = (slant + apart + rng.range(-0.05, 0.05)).clamp(0.02, 0.95);
        let way = point(slant, (1.0 - slant * slant).sqrt());
        let inner = block.armpit - point(0.015, 0.0);
        let mut tube =
            Tube::new(block.shoulder, inner, way, length * rng.range(0.92, 1.06), cuff * rng.range(0.9, 1.1));
        if length > 0.35 {
            tube.outer_bow = rng.range(0.01, 0.07);
            tube.inner_bow = -rng.range(0.0, 0.06);
        } else {
            tube.outer_bow = rng.range(0.0, 0.08);
            tube.inner_bow = 0.0;
        }
        Some(tube)
    }

    fn sleeves(&self, block: &Block, tube: &Tube, out: &mut Pattern) {
        let contrast = matches!(self.sleeve, Sleeve::Raglan { contrast: true, .. });
        let cloth = if contrast { Cloth::Second } else { Cloth::Shell };
        let outline = from(block.shoulder - point(0.04, 0.004))
            .line_to(block.shoulder)
            .bow_to(tube.outer_cuff, tube.outer_bow)
            .line_to(tube.inner_cuff)
            .bow_to(tube.inner, tube.inner_bow)
            .close();
        out.pieces(outline, cloth);
    }

    fn front(&self, block: &Block, out: &mut Pattern) {
        let top = block.neck.depth.max(match self.collar {
            Collar::Lapels(depth) => depth,
            _ => 0.0,
        });
        let bottom = block.hem.y + block.dip;
        match self.front {
            Front::Closed => {}
            Front::Buttons(count) => {
                out.edge(line(&[(0.018, top), (0.018, bottom)]));
                out.seam(line(&[(-0.018, top), (-0.018, bottom)]));
                out.buttons(count, point(0.0, top + 0.04), point(0.0, bottom - 0.09), 0.016);
            }
            Front::Placket(length) => {
                let end = top + length;
                out.edge(line(&[(0.016, top), (0.016, end), (-0.016, end), (-0.016, top)]));
                out.buttons(3, point(0.0, top + 0.03), point(0.0, end - 0.03), 0.014);
            }
            Front::Zip => {
                out.band(line(&[(0.0, top), (0.0, bottom)]), 0.012, Cloth::Metal);
                out.edges(line(&[(0.014, top), (0.014, bottom)]));
            }
            Front::DoubleBreasted => {
                out.edge(at(0.0, top).bow(0.07, top + 0.06, -0.1).to(0.07, bottom));
                for x in [-0.065, 0.045] {
                    out.buttons(3, point(x, top + 0.05), point(x, top + 0.3), 0.024);
                }
            }
            Front::Open(gap) => {
                let opening = at(0.012, top).bow(gap, block.hem.y + block.dip + 0.01, 0.02);
                out.piece(opening.clone().on_the_fold(), Cloth::Lining);
                out.edges(opening);
            }
        }
    }

    fn collar(&self, block: &Block, out: &mut Pattern) {
        let Neck { half, depth, .. } = block.neck;
        match self.collar {
            Collar::None => {}
            Collar::Rib(width) => out.band(block.neck.line().whole(), width, Cloth::Second),
            Collar::Turtle(height) => {
                let tube = at(0.0, -height)
                    .bow(half * 0.85, -height + 0.008, 0.02)
                    .bow(half, 0.012, -0.06)
                    .bow(0.0, depth, 0.15);
                out.piece(tube.on_the_fold(), Cloth::Plain);
                out.seam(at(-half * 0.85, -height + 0.012).bow(half * 0.85, -height + 0.012, -0.08));
            }
            Collar::Hood => {
                let leaf = at(half + 0.05, 0.0).bow(0.004, depth + 0.09, 0.08).to(0.0, depth).bow(half, -0.01, -0.2);
                out.pieces(leaf.close(), Cloth::Plain);
            }
            Collar::Shirt => {
                let leaf = polygon(&[
                    (half * 0.92, -0.03),
                    (half + 0.014, 0.006),
                    (half * 0.72, depth + 0.055),
                    (0.004, depth * 0.8),
                ]);
                out.pieces(leaf.clone(), Cloth::Plain);
                out.edges(Path { closed: false, points: leaf.points[1..].to_vec() });
            }
            Collar::Stand => {
                let band =
                    at(0.006, depth - 0.03).bow(half * 0.95, -0.035, -0.15).to(half, 0.006).bow(0.006, depth, 0.15);
                out.pieces(band.close(), Cloth::Plain);
            }
            Collar::Lapels(end) => {
                let (notch, low) = (point(half + 0.045, 0.36 * end), point(0.006, end + 0.01));
                let collar = from(point(half * 0.8, -0.03))
                    .bow_to(point(half + 0.03, 0.0), 0.1)
                    .line_to(notch + point(0.005, -0.012))
                    .line_to(notch - point(0.045, 0.012))
                    .close();
                let lapel = from(point(half * 0.85, 0.0))
                    .line_to(notch - point(0.045, 0.0))
                    .line_to(notch + point(0.02, 0.005))
                    .bow_to(low, 0.06)
                    .bow_to(point(half * 0.85, -0.01), 0.03)
                    .close();
                for leaf in [lapel, collar] {
                    out.pieces(leaf.clone(), Cloth::Plain);
                    out.edges(leaf);
                }
            }
        }
    }
}

impl Block {
    /// The front, cut on the fold.
    fn body(&self, sleeve: Sleeve) -> Path {
        let side = |path: Path| {
            path.bow_to(self.waist, -0.02).bow_to(self.hem, 0.02).bow(0.0, self.hem.y + self.dip, 0.04).on_the_fold()
        };
        match sleeve {
            Sleeve::Straps(width) => {
                let top = self.neck.depth;
                let inner = self.neck.half;
                let neck = at(0.0, top + 0.02).bow(inner, top - 0.02, -0.06);
                side(neck.to(inner, 0.0).to(inner + width, 0.0).to(inner + width, top).bow_to(self.armpit, -0.12))
            }
            _ => side(self.neck.line().line_to(self.shoulder).bow_to(self.armpit, -0.12)),
        }
    }

    /// The upper part of a raglan sleeve, which runs to the neck.
    fn raglan(&self, tube: &Tube, contrast: bool, out: &mut Pattern) {
        let seam = at(self.neck.half * 0.98, 0.035).bow_to(tube.inner, -0.06);
        if contrast {
            let cap = from(point(self.neck.half, 0.0))
                .line_to(self.shoulder)
                .line_to(self.shoulder.towards(tube.outer_cuff, 0.1))
                .line_to(tube.inner)
                .bow(self.neck.half * 0.98, 0.035, 0.06)
                .close();
            out.pieces(cap, Cloth::Second);
        }
        out.seams(seam);
    }
}
