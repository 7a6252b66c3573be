//! Trousers, shoes and bags as drawings and icons simplify them.

use super::super::cuts_bags::BAGS;
use super::super::cuts_boots::{BOOTS, DRAWN_BOOTS};
use super::super::cuts_sandals::SANDALS;
use super::super::cuts_sneakers::SNEAKERS;
use super::super::cuts_trousers::{DRAWN_TROUSERS, TROUSERS};
use super::super::path::{Path, at, line, polygon, rectangle};
use super::super::pattern::{Cloth, Pattern};
use crate::rng::Rng;

/// Anything but a top.
pub(super) fn draft(label: u8, rng: &mut Rng) -> Pattern {
    match label {
        1 => {
            let cuts = if rng.chance(0.6) { TROUSERS } else { DRAWN_TROUSERS };
            let apart = rng.range(0.0, 0.34);
            rng.pick(cuts).draft(apart, rng)
        }
        5 => match rng.below(10) {
            0 => flip_flop(rng),
            1 => pump(rng),
            2 => strapped_heel(rng),
            _ => rng.pick(SANDALS).draft(rng),
        },
        7 => match rng.below(8) {
            0 => simple_shoe(rng),
            1 => lace_up(rng),
            _ => rng.pick(SNEAKERS).draft(rng),
        },
        8 => {
            if rng.chance(0.55) {
                rng.pick(BAGS)(rng)
            } else {
                rng.pick(DRAWN_BAGS)(rng)
            }
        }
        _ => {
            let cuts = if rng.chance(0.5) { BOOTS } else { DRAWN_BOOTS };
            rng.pick(cuts).draft(rng)
        }
    }
}

/// A flip-flop from above, or a pair of them.
fn flip_flop(rng: &mut Rng) -> Pattern {
    let mut out = Pattern::default();
    let (toe, waist, heel) = (rng.range(0.17, 0.21), rng.range(0.11, 0.15), rng.range(0.13, 0.16));
    let pair = rng.chance(0.4);
    let sole = || {
        at(0.0, 0.0)
            .curve((toe, 0.0), (toe + 0.02, 0.18), (toe * 0.98, 0.3))
            .curve((toe * 0.9, 0.42), (waist, 0.5), (waist + 0.005, 0.65))
            .curve((heel + 0.02, 0.85), (heel, 0.98), (0.0, 1.0))
            .on_the_fold()
    };
    let (fork, side, width) = (rng.range(0.17, 0.26), rng.range(0.46, 0.58), rng.range(0.025, 0.06));
    let shift = if pair { toe + 0.03 } else { 0.0 };
    for x in if pair { &[-1.0f32, 1.0][..] } else { &[0.0] } {
        let moved = |path: Path| Path {
            points: path.points.iter().map(|p| super::super::path::point(p.x + x * shift, p.y)).collect(),
            closed: path.closed,
        };
        out.piece(moved(sole()), Cloth::Shell);
        for s in [-1.0, 1.0] {
            let strap = at(0.0, fork).curve((s * 0.1, fork + 0.02), (s * 0.15, side - 0.15), (s * 0.15, side));
            out.band(moved(strap), width, Cloth::Second);
        }
        out.band(moved(line(&[(0.0, fork), (0.0, fork - 0.03)])), width, Cloth::Second);
    }
    out
}

/// The foot bed of a high heel, from the toe on the ground up to the heel.
fn heeled_sole(rise: f32, tip: f32, out: &mut Pattern) {
    let heel = at(0.88, -rise).bow(0.95 - tip, 0.0, 0.05).to(0.95, 0.0).bow(0.99, -rise, -0.04);
    out.piece(heel.close(), Cloth::Sole);
    let bed = at(0.0, -0.03)
        .to(0.28, -0.03)
        .curve((0.5, -0.05), (0.7, -rise), (0.99, -rise - 0.01))
        .to(0.985, -rise + 0.035)
        .curve((0.72, -rise + 0.06), (0.52, 0.0), (0.3, 0.0))
        .to(0.02, 0.0);
    out.piece(bed.close(), Cloth::Shell);
}

/// A pump, which has no class of its own; its heel makes it the sandal's kin.
fn pump(rng: &mut Rng) -> Pattern {
    let mut out = Pattern::default();
    let (rise, tip) = (rng.range(0.35, 0.55), rng.range(0.025, 0.07));
    let (back, dip) = (rng.range(0.16, 0.24), rng.range(0.0, 0.06));
    heeled_sole(rise, tip, &mut out);
    let upper = at(0.0, -0.02)
        .bow(0.16, -0.16, 0.12)
        .curve((0.24, -0.2), (0.3, -0.17), (0.36, -0.14 - dip))
        .curve((0.5, -0.12), (0.66, -rise - 0.02), (0.95, -rise - back))
        .bow(0.99, -rise, 0.1)
        .curve((0.72, -rise + 0.05), (0.52, -0.01), (0.3, -0.01));
    out.piece(upper.close(), Cloth::Shell);
    if rng.chance(0.4) {
        out.band(at(0.62, -rise - 0.1).bow(0.95, -rise - back + 0.02, 0.08), 0.035, Cloth::Shell);
    }
    out
}

/// A high heel of straps, open at toe and side.
fn strapped_heel(rng: &mut Rng) -> Pattern {
    let mut out = Pattern::default();
    let (rise, tip, width) = (rng.range(0.32, 0.6), rng.range(0.025, 0.08), rng.range(0.035, 0.08));
    heeled_sole(rise, tip, &mut out);
    for x in if rng.chance(0.5) { &[0.08f32, 0.2][..] } else { &[0.12] } {
        out.band(at(*x, -0.03).bow(x + 0.1, -0.17, 0.2).bow(x + 0.2, -0.05, 0.2), width, Cloth::Shell);
    }
    let high = -rise - rng.range(0.2, 0.32);
    out.band(at(0.97, -rise).bow(0.95, high, -0.05), width, Cloth::Shell);
    out.band(at(0.95, high).bow(0.6, high + 0.06, 0.12).bow(0.95, high + 0.05, 0.08), width * 0.8, Cloth::Shell);
    out
}

/// A shoe of three lines: sole, upper, tongue.
fn simple_shoe(rng: &mut Rng) -> Pattern {
    let mut out = Pattern::default();
    let (sole, top, ankle) = (rng.range(0.07, 0.13), rng.range(0.34, 0.5), rng.range(0.5, 0.62));
    let upper = at(0.01, -sole)
        .bow(0.1, -sole - rng.range(0.1, 0.16), 0.25)
        .curve((0.26, -sole - 0.17), (ankle - 0.14, -top + 0.1), (ankle, -top))
        .bow(0.95, -top + rng.range(-0.02, 0.04), rng.range(-0.16, -0.03))
        .bow(0.99, -sole, 0.06);
    out.piece(upper.close(), Cloth::Shell);
    let laces = rng.below(5);
    for i in 0..laces {
        let t = (i as f32 + 0.5) / laces as f32;
        let (x, y) = (0.28 + (ankle - 0.3) * t, -sole - 0.17 - (top - sole - 0.18) * t);
        out.band(line(&[(x - 0.02, y + 0.01), (x + 0.07, y + 0.07)]), 0.022, Cloth::Metal);
    }
    out.piece(polygon(&[(0.0, -sole), (1.0, -sole), (0.99, 0.0), (0.02, 0.0)]), Cloth::Sole);
    match rng.below(3) {
        0 => out.edge(at(0.36, -sole - 0.03).bow(0.85, -top + 0.1, -0.16)),
        1 => out.dot(rng.range(0.6, 0.8), -sole - 0.14, 0.13),
        _ => {}
    }
    out
}

/// A low leather shoe with laces and a small heel.
fn lace_up(rng: &mut Rng) -> Pattern {
    let mut out = Pattern::default();
    let (heel, top) = (rng.range(0.06, 0.11), rng.range(0.32, 0.42));
    out.piece(rectangle(0.7, -heel, 0.99, 0.0), Cloth::Sole);
    out.piece(polygon(&[(0.0, -heel + 0.01), (1.0, -heel), (0.99, -heel + 0.04), (0.02, -heel + 0.05)]), Cloth::Sole);
    let upper = at(0.0, -heel)
        .bow(0.1, -heel - 0.12, 0.22)
        .curve((0.24, -heel - 0.16), (0.4, -top + 0.1), (0.55, -top))
        .bow(0.96, -top + 0.02, -0.12)
        .bow(0.99, -heel, 0.05);
    out.piece(upper.close(), Cloth::Shell);
    out.edge(at(0.2, -heel - 0.15).bow(0.28, -heel, 0.1));
    out.edge(at(0.36, -heel - 0.2).bow(0.62, -heel, 0.12));
    for i in 0..3u8 {
        let t = f32::from(i) / 3.0;
        let (x, y) = (0.4 + 0.12 * t, -heel - 0.19 - 0.1 * t);
        out.band(line(&[(x - 0.02, y), (x + 0.06, y + 0.05)]), 0.02, Cloth::Metal);
    }
    out
}

/// How a cut of a bag is drawn.
type Bag = fn(&mut Rng) -> Pattern;

const DRAWN_BAGS: &[Bag] = &[shopping, briefcase, pouch, duffel, trolley, half_moon, satchel, school, school];

fn arch(half: f32, foot: f32, height: f32) -> Path {
    at(-half, foot).curve((-half, foot - height * 1.33), (half, foot - height * 1.33), (half, foot))
}

/// A paper bag.
fn shopping(rng: &mut Rng) -> Pattern {
    let mut out = Pattern::default();
    let (height, half) = (rng.range(0.95, 1.25), rng.range(0.14, 0.24));
    let rise = rng.range(0.22, 0.4);
    out.piece(polygon(&[(-0.5, 0.0), (0.5, 0.0), (0.46, height), (-0.46, height)]), Cloth::Shell);
    out.band(arch(half, rng.range(-0.01, 0.14), rise + 0.1), rng.range(0.025, 0.05), Cloth::Second);
    match rng.below(3) {
        0 => out.edge(line(&[(0.3, 0.0), (0.28, height)])),
        1 => out.dot(0.0, height * 0.55, 0.24),
        _ => {}
    }
    out
}

fn briefcase(rng: &mut Rng) -> Pattern {
    let mut out = Pattern::default();
    let height = rng.range(0.6, 0.78);
    out.band(at(-0.14, 0.0).to(-0.14, -0.13).to(0.14, -0.13).to(0.14, 0.0), rng.range(0.035, 0.06), Cloth::Second);
    let body = at(0.0, 0.0).to(0.44, 0.0).bow(0.5, 0.06, 0.2).to(0.5, height - 0.06).bow(0.44, height, 0.2);
    out.piece(body.to(0.0, height).on_the_fold(), Cloth::Shell);
    let y = height * rng.range(0.4, 0.6);
    out.edge(at(-0.5, y).bow(0.5, y, rng.range(-0.08, 0.0)));
    out.piece(rectangle(-0.05, y - 0.05, 0.05, y + 0.06), Cloth::Metal);
    out
}

/// A purse with a clasp.
fn pouch(rng: &mut Rng) -> Pattern {
    let mut out = Pattern::default();
    let height = rng.range(0.65, 0.85);
    let body = at(0.0, 0.0).to(0.3, 0.0).curve((0.5, 0.2), (0.56, height * 0.7), (0.36, height)).to(0.0, height);
    if rng.chance(0.5) {
        out.band(at(-0.3, 0.02).bow(0.3, 0.02, rng.range(0.4, 0.8)), 0.03, Cloth::Metal);
    }
    out.piece(body.on_the_fold(), Cloth::Shell);
    out.band(line(&[(-0.31, 0.02), (0.31, 0.02)]), 0.05, Cloth::Second);
    out.dot(-0.025, -0.03, 0.07);
    out.dot(0.03, -0.03, 0.07);
    out
}

fn duffel(rng: &mut Rng) -> Pattern {
    let mut out = Pattern::default();
    let height = rng.range(0.4, 0.52);
    let body = at(0.0, 0.0).to(0.4, 0.0).bow(0.5, height * 0.5, 0.2).bow(0.44, height, 0.2).to(0.0, height);
    out.piece(body.on_the_fold(), Cloth::Shell);
    for x in [-0.22f32, 0.22] {
        out.band(line(&[(x, 0.0), (x, height)]), 0.05, Cloth::Second);
    }
    out.band(arch(0.22, 0.02, rng.range(0.2, 0.34)), 0.04, Cloth::Second);
    out.edge(line(&[(-0.4, 0.06), (0.4, 0.06)]));
    out
}

/// A suitcase on wheels.
fn trolley(rng: &mut Rng) -> Pattern {
    let mut out = Pattern::default();
    let height = rng.range(1.05, 1.4);
    let pull = rng.range(0.12, 0.4);
    out.band(at(-0.16, 0.0).to(-0.16, -pull).to(0.16, -pull).to(0.16, 0.0), 0.045, Cloth::Metal);
    let body = at(0.0, 0.0).to(0.38, 0.0).bow(0.46, 0.08, 0.2).to(0.46, height - 0.08).bow(0.38, height, 0.2);
    out.piece(body.to(0.0, height).on_the_fold(), Cloth::Shell);
    for x in [-0.2f32, 0.0, 0.2] {
        out.edge(line(&[(x, 0.12), (x, height - 0.12)]));
    }
    out.dot(-0.32, height + 0.05, 0.1);
    out.dot(0.32, height + 0.05, 0.1);
    out
}

fn half_moon(rng: &mut Rng) -> Pattern {
    let mut out = Pattern::default();
    let depth = rng.range(0.5, 0.7);
    let high = rng.range(0.45, 0.9);
    out.band(at(-0.46, 0.02).bow(0.46, 0.02, high * 0.6), rng.range(0.03, 0.06), Cloth::Second);
    out.piece(at(-0.5, 0.0).bow(0.5, 0.0, -0.02).bow(0.0, depth, 0.22).bow(-0.5, 0.0, 0.22).close(), Cloth::Shell);
    out.edge(at(-0.42, 0.08).bow(0.42, 0.08, -0.05));
    out
}

/// A flap over the front, with two straps to buckle.
fn satchel(rng: &mut Rng) -> Pattern {
    let mut out = Pattern::default();
    let height = rng.range(0.66, 0.85);
    let depth = height * rng.range(0.45, 0.62);
    out.band(arch(0.16, 0.02, rng.range(0.14, 0.3)), 0.045, Cloth::Second);
    out.piece(rectangle(-0.48, 0.0, 0.48, height), Cloth::Shell);
    let flap = at(0.0, 0.0).to(0.5, 0.0).to(0.5, depth - 0.08).bow(0.42, depth, 0.2).to(0.0, depth);
    out.piece(flap.on_the_fold(), Cloth::Plain);
    for x in [-0.26f32, 0.26] {
        out.band(line(&[(x, depth - 0.16), (x, depth + 0.1)]), 0.06, Cloth::Second);
    }
    out
}

/// A school bag: round shoulders, a pocket in front, straps at the sides.
fn school(rng: &mut Rng) -> Pattern {
    let mut out = Pattern::default();
    let height = rng.range(0.95, 1.3);
    out.band(arch(rng.range(0.08, 0.14), 0.05, rng.range(0.12, 0.2)), 0.05, Cloth::Second);
    if rng.chance(0.6) {
        out.bands(at(0.42, 0.28).bow(0.5, height - 0.12, rng.range(0.02, 0.14)), 0.08, Cloth::Second);
    }
    let body = at(0.0, 0.0).curve((0.34, 0.0), (0.44, 0.14), (0.45, 0.4)).to(0.46, height - 0.08);
    out.piece(body.bow(0.38, height, 0.2).to(0.0, height).on_the_fold(), Cloth::Shell);
    let top = height * rng.range(0.5, 0.62);
    let pocket = at(0.0, top).to(0.27, top).bow(0.32, top + 0.06, 0.2).to(0.32, height - 0.12);
    out.piece(pocket.bow(0.27, height - 0.06, 0.2).to(0.0, height - 0.06).on_the_fold(), Cloth::Second);
    if rng.chance(0.5) {
        out.edge(line(&[(-0.3, top + 0.1), (0.3, top + 0.1)]));
    }
    if rng.chance(0.5) {
        out.edge(at(-0.44, 0.34).bow(0.44, 0.34, rng.range(-0.12, 0.16)));
    }
    if rng.chance(0.4) {
        out.band(line(&[(0.0, top), (0.0, top + 0.14)]), 0.05, Cloth::Metal);
    }
    out
}
