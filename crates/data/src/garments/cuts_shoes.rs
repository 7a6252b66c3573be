//! Sandals, sneakers and ankle boots from the side, toe to the left as the real set has them.
//!
//! Measures are shares of the shoe's length: x from the toe (0) to the heel (1), y from the ground (0) upwards, negative.

use super::path::{Path, at, line, point, polygon};
use super::pattern::{Cloth, Pattern};
use crate::rng::Rng;

/// How a cut of a shoe is drawn.
pub(super) type Shoe = fn(&mut Rng) -> Pattern;

pub(super) const SANDALS: &[Shoe] = &[
    flip_flop,
    slide,
    strappy_flat,
    gladiator,
    |rng| heeled_sandal(rng, Heel::Stiletto),
    |rng| heeled_sandal(rng, Heel::Block),
    wedge,
    platform,
];

pub(super) const SNEAKERS: &[Shoe] = &[
    |rng| sneaker(rng, Sneaker { collar: 0.34, ..LOW }),
    |rng| sneaker(rng, Sneaker { stripes: 3, ..LOW }),
    |rng| sneaker(rng, Sneaker { swoosh: true, ..LOW }),
    |rng| sneaker(rng, Sneaker { toe_cap: true, sole: 0.1, ..LOW }),
    |rng| sneaker(rng, Sneaker { sole: 0.16, wave: true, stripes: 2, ..LOW }),
    |rng| sneaker(rng, Sneaker { sole: 0.15, wave: true, swoosh: true, ..LOW }),
    |rng| sneaker(rng, Sneaker { laces: 0, sole: 0.1, collar: 0.3, ..LOW }),
    |rng| sneaker(rng, Sneaker { collar: 0.52, toe_cap: true, sole: 0.1, laces: 5, ..LOW }),
];

pub(super) const BOOTS: &[Shoe] = &[
    |rng| boot(rng, Boot { gusset: true, ..ANKLE }),
    |rng| boot(rng, Boot { gusset: true, heel: 0.17, pointed: true, ..ANKLE }),
    |rng| boot(rng, Boot { laces: 5, ..ANKLE }),
    |rng| boot(rng, Boot { laces: 6, lug: true, fold: true, ..ANKLE }),
    |rng| boot(rng, Boot { heel: 0.26, pointed: true, zip: true, ..ANKLE }),
    |rng| boot(rng, Boot { heel: 0.3, slim: true, pointed: true, ..ANKLE }),
    |rng| boot(rng, Boot { strap: true, heel: 0.12, ..ANKLE }),
    |rng| boot(rng, Boot { fold: true, lug: true, heel: 0.07, ..ANKLE }),
];

/// A flat sole from toe to heel with its top at the given heights.
fn flat_sole(front: f32, back: f32) -> Path {
    at(0.0, -0.03)
        .bow(0.05, -front, 0.25)
        .bow(0.5, -0.5 * (front + back), -0.02)
        .bow(0.98, -back, 0.0)
        .bow(0.99, 0.0, 0.12)
        .to(0.08, 0.0)
        .bow(0.0, -0.03, 0.2)
        .close()
}

fn flip_flop(rng: &mut Rng) -> Pattern {
    let mut out = Pattern::default();
    let (peak, height) = (rng.range(0.36, 0.46), rng.range(0.2, 0.27));
    let width = rng.range(0.045, 0.075);
    out.band(at(0.14, -0.07).bow(peak, -height, 0.12).bow(0.68, -0.07, 0.08), width * 0.8, Cloth::Lining);
    out.piece(flat_sole(0.08, 0.09), Cloth::Sole);
    out.band(at(0.16, -0.07).bow(peak, -height, 0.16).bow(0.74, -0.07, 0.1), width, Cloth::Shell);
    if rng.chance(0.4) {
        out.dot(peak, -height, 0.09);
    }
    out
}

fn slide(rng: &mut Rng) -> Pattern {
    let mut out = Pattern::default();
    let sole = rng.range(0.09, 0.14);
    let height = rng.range(0.27, 0.34);
    out.piece(flat_sole(sole, sole), Cloth::Sole);
    let (start, end) = (rng.range(0.14, 0.2), rng.range(0.52, 0.62));
    let strap = at(start, -sole + 0.01)
        .bow(start + 0.16, -height + 0.03, 0.12)
        .bow(end - 0.06, -height, 0.08)
        .bow(end, -sole + 0.01, 0.05)
        .close();
    out.piece(strap, Cloth::Shell);
    if rng.chance(0.5) {
        let x = 0.5 * (start + end) + 0.02;
        out.edge(at(x, -height).bow(x - 0.02, -sole, 0.08));
    }
    if rng.chance(0.4) {
        out.dot(end - 0.08, -height + 0.1, 0.06);
    }
    out
}

fn strappy_flat(rng: &mut Rng) -> Pattern {
    let mut out = Pattern::default();
    let width = rng.range(0.045, 0.07);
    out.piece(flat_sole(0.07, 0.09), Cloth::Sole);
    out.band(at(0.16, -0.07).bow(0.3, -0.2, 0.15).bow(0.42, -0.07, 0.15), width, Cloth::Shell);
    out.band(at(0.3, -0.2).bow(0.62, -0.33, -0.06), width * 0.8, Cloth::Shell);
    ankle(&mut out, 0.6, 0.93, -0.36, -0.09, width);
    out
}

fn gladiator(rng: &mut Rng) -> Pattern {
    let mut out = Pattern::default();
    let width = rng.range(0.045, 0.06);
    out.piece(flat_sole(0.08, 0.1), Cloth::Sole);
    let straps = 3 + rng.below(2) as u16;
    for i in 0..straps {
        let t = f32::from(i) / f32::from(straps - 1);
        let (x, top) = (0.14 + 0.42 * t, 0.18 + 0.24 * t);
        out.band(at(x, -0.08).bow(x + 0.12, -top, 0.12).bow(x + 0.2, -0.08 - 0.1 * t, 0.12), width, Cloth::Shell);
    }
    out.band(at(0.22, -0.15).bow(0.68, -0.42, 0.03), width, Cloth::Shell);
    ankle(&mut out, 0.66, 0.94, -0.44, -0.1, width);
    out
}

/// A heel counter with its ankle strap.
fn ankle(out: &mut Pattern, front: f32, back: f32, height: f32, foot: f32, width: f32) {
    out.band(at(front, height + 0.03).bow(back, height, -0.08), width, Cloth::Shell);
    let counter =
        at(back - 0.13, foot).bow(back - 0.03, height, -0.1).to(back + 0.01, height).bow(back + 0.02, foot, 0.08);
    out.piece(counter.close(), Cloth::Shell);
    out.dot(front + 0.06, height + 0.03, width * 1.2);
}

#[derive(Clone, Copy)]
enum Heel {
    Stiletto,
    Block,
}

fn heeled_sandal(rng: &mut Rng, heel: Heel) -> Pattern {
    let mut out = Pattern::default();
    let rise = rng.range(0.42, 0.6);
    let width = rng.range(0.04, 0.07);
    let (top, tip) = match heel {
        Heel::Stiletto => (0.09, 0.022),
        Heel::Block => (0.13, 0.1),
    };
    let heel =
        at(0.97 - top, -rise + 0.02).bow(0.955 - tip, 0.0, 0.06).to(0.955, 0.0).bow(0.985, -rise + 0.01, -0.04).close();
    out.piece(heel, Cloth::Sole);
    let sole = at(0.0, -0.03)
        .bow(0.3, -0.06, 0.02)
        .curve((0.5, -0.08), (0.66, -rise - 0.02), (0.98, -rise - 0.02))
        .to(0.98, -rise + 0.035)
        .curve((0.7, -rise + 0.05), (0.52, -0.005), (0.3, 0.0))
        .bow(0.0, 0.0, 0.0)
        .close();
    out.piece(sole, Cloth::Shell);
    out.band(at(0.06, -0.04).bow(0.2, -0.19, 0.2).bow(0.32, -0.07, 0.15), width, Cloth::Shell);
    if rng.chance(0.6) {
        out.band(at(0.16, -0.1).bow(0.62, -rise - 0.2, -0.1), width, Cloth::Shell);
    }
    ankle(&mut out, 0.62, 0.96, -rise - rng.range(0.24, 0.34), -rise, width);
    out
}

fn wedge(rng: &mut Rng) -> Pattern {
    let mut out = Pattern::default();
    let rise = rng.range(0.22, 0.36);
    let width = rng.range(0.05, 0.08);
    let sole = at(0.0, -0.04)
        .bow(0.3, -0.1, 0.04)
        .curve((0.5, -0.12), (0.65, -rise), (0.97, -rise))
        .bow(0.94, 0.0, -0.04)
        .bow(0.3, 0.0, -0.03)
        .to(0.03, 0.0)
        .close();
    out.piece(sole, Cloth::Sole);
    out.seam(at(0.1, -0.04).bow(0.94, -rise * 0.5, -0.06));
    let toe = at(0.08, -0.06).bow(0.24, -0.24, 0.14).to(0.36, -0.26).bow(0.44, -0.12, 0.1).close();
    out.piece(toe, Cloth::Shell);
    ankle(&mut out, 0.58, 0.95, -rise - rng.range(0.2, 0.27), -rise + 0.02, width);
    out
}

fn platform(rng: &mut Rng) -> Pattern {
    let mut out = Pattern::default();
    let sole = rng.range(0.13, 0.18);
    out.piece(flat_sole(sole, sole + 0.03), Cloth::Sole);
    out.seam(line(&[(0.04, -sole * 0.5), (0.97, -sole * 0.5)]));
    for x in [0.16, 0.4] {
        let strap =
            at(x, -sole + 0.01).bow(x + 0.07, -sole - 0.2, 0.15).to(x + 0.18, -sole - 0.21).bow(x + 0.2, -sole, 0.1);
        out.piece(strap.close(), Cloth::Shell);
        out.dot(x + 0.12, -sole - 0.13, 0.05);
    }
    if rng.chance(0.5) {
        ankle(&mut out, 0.66, 0.95, -sole - 0.27, -sole, 0.06);
    }
    out
}

#[derive(Clone, Copy)]
struct Sneaker {
    /// Thickness of the sole.
    sole: f32,
    /// Height of the collar at the heel.
    collar: f32,
    laces: u16,
    stripes: u16,
    swoosh: bool,
    toe_cap: bool,
    /// A sole that waves and rises at the heel, as for running.
    wave: bool,
}

const LOW: Sneaker =
    Sneaker { sole: 0.12, collar: 0.37, laces: 4, stripes: 0, swoosh: false, toe_cap: false, wave: false };

fn sneaker(rng: &mut Rng, cut: Sneaker) -> Pattern {
    let mut out = Pattern::default();
    let sole = cut.sole * rng.range(0.9, 1.15);
    let collar = cut.collar * rng.range(0.94, 1.08);
    let tongue = collar + rng.range(0.03, 0.08);
    let high = collar > 0.45;
    let tongue_x = if high { 0.58 } else { rng.range(0.5, 0.56) };
    let toe = rng.range(0.1, 0.14);
    let dip = if high { collar - 0.03 } else { collar - 0.07 };
    let base = sole - 0.015;
    let upper_edge = |path: Path| {
        path.bow(0.1, -sole - toe, 0.22).curve(
            (0.24, -sole - toe - 0.05),
            (tongue_x - 0.2, -tongue + 0.12),
            (tongue_x - 0.05, -tongue + 0.02),
        )
    };

    // The tongue and the far side of the collar, seen through the opening.
    let inside = polygon(&[
        (tongue_x - 0.06, -tongue),
        (tongue_x + 0.04, -tongue - 0.01),
        (0.92, -collar),
        (0.9, -dip + 0.04),
        (tongue_x, -dip + 0.06),
    ]);
    out.piece(inside, Cloth::Lining);
    let upper = upper_edge(at(0.015, -base))
        .to(tongue_x + 0.03, -tongue + 0.01)
        .bow(0.78, -dip, -0.12)
        .bow(0.95, -collar, -0.12)
        .bow(0.975, -collar + 0.05, 0.2)
        .bow(0.985, -base, 0.05)
        .close();
    out.piece(upper, Cloth::Shell);
    let counter = at(0.8, -base).bow(0.84, -dip + 0.04, -0.1).to(0.955, -collar + 0.03).bow(0.985, -base, 0.05).close();
    if rng.chance(0.6) {
        out.piece(counter, Cloth::Second);
    } else {
        out.seam(counter);
    }
    if cut.toe_cap {
        out.piece(
            at(0.015, -base).bow(0.1, -sole - toe, 0.22).to(0.16, -sole - toe - 0.02).bow(0.23, -base, 0.2).close(),
            Cloth::Second,
        );
    } else {
        out.seam(at(0.12, -sole - toe).bow(0.3, -base, 0.12));
    }
    for i in 0..cut.stripes {
        let x = 0.46 + 0.085 * f32::from(i);
        out.band(line(&[(x, -base), (x + 0.09, -dip + 0.02)]), 0.035, Cloth::Second);
    }
    if cut.swoosh {
        let swoosh = at(0.38, -sole - 0.07).bow(0.82, -dip + 0.06, -0.2).bow(0.46, -sole - 0.0, 0.14).bow(
            0.38,
            -sole - 0.07,
            0.3,
        );
        out.piece(swoosh.close(), Cloth::Second);
    }
    for i in 0..cut.laces {
        let t = (f32::from(i) + 0.6) / f32::from(cut.laces);
        let eye = point(0.24, -sole - toe - 0.02).towards(point(tongue_x, -tongue + 0.07), t);
        out.band(line(&[(eye.x - 0.015, eye.y - 0.01), (eye.x + 0.06, eye.y + 0.06)]), 0.022, Cloth::Metal);
    }
    let lift = if cut.wave { 0.07 } else { 0.0 };
    let top = at(0.0, -0.05).bow(0.03, -sole, 0.1).bow(0.4, -sole + 0.01 + lift * 0.3, -0.03).bow(
        0.72,
        -sole - lift * 0.2,
        0.04,
    );
    let sole_piece = top
        .bow(0.995, -sole - lift, -0.04)
        .bow(0.99, -0.02, 0.06)
        .to(0.93, 0.0)
        .to(0.16, 0.0)
        .bow(0.0, -0.05, 0.12)
        .close();
    out.piece(sole_piece, Cloth::Sole);
    if rng.chance(0.5) {
        out.edge(at(0.02, -sole * 0.5).to(0.97, -sole * 0.5));
    }
    out
}

#[derive(Clone, Copy)]
struct Boot {
    /// Height of the heel.
    heel: f32,
    /// A narrow heel.
    slim: bool,
    pointed: bool,
    /// Elastic at the ankle.
    gusset: bool,
    laces: u16,
    zip: bool,
    /// A strap with a buckle.
    strap: bool,
    /// A padded or folded top.
    fold: bool,
    /// A thick sole with a tread.
    lug: bool,
}

const ANKLE: Boot = Boot {
    heel: 0.1,
    slim: false,
    pointed: false,
    gusset: false,
    laces: 0,
    zip: false,
    strap: false,
    fold: false,
    lug: false,
};

fn boot(rng: &mut Rng, cut: Boot) -> Pattern {
    let mut out = Pattern::default();
    let heel = cut.heel * rng.range(0.88, 1.12);
    let height = heel + rng.range(0.56, 0.72);
    let front = rng.range(0.5, 0.56);
    let sole = if cut.lug { 0.1 } else { 0.045 };
    let toe = if cut.pointed { 0.1 } else { 0.17 };
    let back = 0.93;
    let arch = heel.max(sole);

    out.piece(
        polygon(&[
            (front, -height),
            (back, -height + 0.01),
            (back - 0.02, -height + 0.07),
            (front + 0.03, -height + 0.07),
        ]),
        Cloth::Lining,
    );
    let width = if cut.slim { 0.06 } else { 0.23 };
    let heel_piece = at(back + 0.05 - width * 1.2, -arch - 0.02)
        .bow(back + 0.03 - width, 0.0, -0.03)
        .to(back + 0.03, 0.0)
        .bow(back + 0.05, -arch - 0.03, -0.03)
        .close();
    out.piece(heel_piece, Cloth::Sole);
    let upper = at(0.01, -sole)
        .bow(0.08, -sole - toe, if cut.pointed { 0.12 } else { 0.26 })
        .curve((0.25, -sole - toe - 0.08), (front - 0.1, -sole - 0.26), (front - 0.02, -sole - heel * 0.6 - 0.36))
        .bow(front, -height, -0.04)
        .bow(back, -height + 0.012, -0.05)
        .bow(back - 0.02, -arch - 0.24, -0.05)
        .bow(0.98, -arch, 0.12)
        .curve((0.75, -arch + 0.02), (0.5, -sole), (0.34, -sole + 0.01))
        .close();
    out.piece(upper, Cloth::Shell);
    let sole_piece = at(0.0, -sole)
        .bow(0.34, -sole, 0.0)
        .curve((0.5, -sole), (0.7, -arch), (0.985, -arch))
        .to(0.985, -arch + sole)
        .curve((0.72, -arch + sole + 0.02), (0.52, 0.0), (0.36, 0.0))
        .to(0.06, 0.0)
        .bow(0.0, -sole, 0.2)
        .close();
    out.piece(sole_piece, Cloth::Sole);
    if cut.lug {
        for i in 0..6u8 {
            let x = 0.12 + 0.13 * f32::from(i);
            out.edge(line(&[(x, 0.0), (x, -0.04)]));
        }
    }

    let throat = point(front - 0.02, -sole - heel * 0.6 - 0.36);
    if cut.gusset {
        let gusset = at(0.64, -height)
            .bow(0.68, -arch - 0.22, 0.05)
            .to(0.76, -arch - 0.22)
            .bow(0.83, -height + 0.005, 0.05)
            .close();
        out.piece(gusset, Cloth::Second);
    } else {
        out.seam(at(front + 0.06, -sole - 0.22).bow(0.76, -sole - heel * 0.7 - 0.1, -0.2));
    }
    for i in 0..cut.laces {
        let t = f32::from(i) / f32::from(cut.laces);
        let eye = point(throat.x - 0.12, throat.y + 0.14).towards(point(front + 0.01, -height + 0.06), t);
        out.band(line(&[(eye.x, eye.y), (eye.x + 0.11, eye.y + 0.04)]), 0.022, Cloth::Metal);
    }
    if cut.zip {
        out.edge(at(0.72, -height).bow(0.7, -arch - 0.08, 0.03));
    }
    if cut.strap {
        out.band(at(front - 0.01, throat.y + 0.03).bow(0.92, -arch - 0.24, -0.06), 0.06, Cloth::Second);
        out.dot(0.68, -arch - 0.26, 0.08);
    }
    if cut.fold {
        let fold = polygon(&[
            (front - 0.02, -height),
            (back + 0.02, -height + 0.01),
            (back, -height + 0.12),
            (front - 0.02, -height + 0.11),
        ]);
        out.piece(fold, Cloth::Second);
    }
    if !cut.pointed && rng.chance(0.5) {
        out.seam(at(0.2, -sole - toe - 0.06).bow(0.26, -sole, 0.15));
    }
    out
}
