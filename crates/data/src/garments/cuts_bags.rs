//! Bags from the front: a body, what closes it and what it hangs from. Measures are shares of the body's width.

use super::path::{Path, at, line, polygon, rectangle};
use super::pattern::{Cloth, Pattern};
use crate::rng::Rng;

/// How a cut of a bag is drawn.
pub(super) type Bag = fn(&mut Rng) -> Pattern;

pub(super) const BAGS: &[Bag] =
    &[handbag, handbag, tote, clutch, shoulder_bag, messenger, bowling, bucket, envelope, backpack];

/// A body from `top` to `bottom` with half widths at both, corners rounded by `round`.
fn body(top: f32, bottom: f32, upper: f32, lower: f32, round: f32) -> Path {
    at(0.0, top)
        .to(upper - round, top)
        .bow(upper, top + round, 0.2)
        .bow(lower, bottom - round, 0.02)
        .bow(lower - round, bottom, 0.2)
        .to(0.0, bottom)
        .on_the_fold()
}

/// A handle that rises from both sides of the middle.
fn handle(half: f32, foot: f32, height: f32) -> Path {
    at(-half, foot).curve((-half, foot - height * 1.33), (half, foot - height * 1.33), (half, foot))
}

fn handbag(rng: &mut Rng) -> Pattern {
    let mut out = Pattern::default();
    let height = rng.range(0.6, 0.78);
    let upper = rng.range(0.36, 0.5);
    let (half, rise) = (rng.range(0.15, 0.24), rng.range(0.26, 0.42));
    let width = rng.range(0.035, 0.055);
    if rng.chance(0.5) {
        out.band(handle(half * 0.9, 0.02, rise * 0.85), width, Cloth::Lining);
    }
    out.piece(body(0.0, height, upper, 0.5, 0.05), Cloth::Shell);
    match rng.below(4) {
        0 => {
            let flap = at(0.0, 0.0).to(upper, 0.0).to(upper + 0.01, 0.16).bow(0.0, height * 0.52, 0.06);
            out.piece(flap.clone().on_the_fold(), Cloth::Second);
            out.edge(flap.on_the_fold());
        }
        1 => {
            for x in [half, half + 0.07] {
                out.edges(line(&[(x, 0.0), (x + 0.015, height)]));
            }
        }
        2 => out.edge(line(&[(-0.49, height * 0.3), (0.49, height * 0.3)])),
        _ => out.pieces(polygon(&[(upper, 0.0), (0.5, height), (0.33, height), (upper - 0.12, 0.0)]), Cloth::Second),
    }
    out.band(handle(half, 0.09, rise + 0.07), width, Cloth::Plain);
    out.dot(-half, 0.09, width * 1.5);
    out.dot(half, 0.09, width * 1.5);
    if rng.chance(0.6) {
        out.dot(0.0, height * rng.range(0.25, 0.5), 0.08);
    }
    out
}

fn tote(rng: &mut Rng) -> Pattern {
    let mut out = Pattern::default();
    let height = rng.range(0.85, 1.05);
    let (half, rise) = (rng.range(0.16, 0.22), rng.range(0.38, 0.55));
    let width = rng.range(0.04, 0.06);
    let lower = rng.range(0.4, 0.5);
    out.band(handle(half * 0.85, 0.02, rise * 0.9), width, Cloth::Lining);
    out.piece(body(0.0, height, 0.5, lower, 0.03), Cloth::Shell);
    out.band(handle(half, 0.1, rise + 0.1), width, Cloth::Plain);
    match rng.below(3) {
        0 => out.edge(line(&[(-0.5, 0.1), (0.5, 0.1)])),
        1 => out.piece(rectangle(-lower, height * 0.72, lower, height), Cloth::Second),
        _ => out.piece(rectangle(-0.18, height * 0.4, 0.18, height * 0.65), Cloth::Second),
    }
    out
}

fn clutch(rng: &mut Rng) -> Pattern {
    let mut out = Pattern::default();
    let height = rng.range(0.48, 0.64);
    out.piece(body(0.0, height, 0.49, 0.5, 0.03), Cloth::Shell);
    if rng.chance(0.6) {
        let depth = height * rng.range(0.4, 0.65);
        let flap = at(0.0, 0.0).to(0.49, 0.0).to(0.49, depth * 0.9).bow(0.0, depth, 0.02);
        out.piece(flap.clone().on_the_fold(), Cloth::Plain);
        out.edge(flap.on_the_fold());
        out.dot(0.0, depth, 0.08);
    } else {
        out.edge(line(&[(-0.47, 0.06), (0.47, 0.06)]));
        out.dot(0.42, 0.06, 0.05);
    }
    if rng.chance(0.45) {
        out.band(at(-0.5, 0.08).bow(-0.62, height * 0.9, -0.25).bow(-0.5, 0.1, -0.3), 0.03, Cloth::Plain);
    }
    out
}

fn shoulder_bag(rng: &mut Rng) -> Pattern {
    let mut out = Pattern::default();
    let height = rng.range(0.52, 0.75);
    let rise = rng.range(0.6, 1.0);
    let width = rng.range(0.028, 0.045);
    let peak = rng.range(0.02, 0.1);
    let strap = at(-0.44, 0.06).bow(-peak, -rise, 0.04).bow(peak, -rise, 0.3).bow(0.44, 0.06, 0.04);
    out.band(strap, width, Cloth::Plain);
    out.piece(body(0.0, height, 0.46, 0.5, 0.08), Cloth::Shell);
    let depth = height * rng.range(0.5, 0.72);
    let flap = at(0.0, 0.0).to(0.46, 0.0).bow(0.38, depth * 0.75, 0.08).bow(0.0, depth, 0.1);
    out.piece(flap.clone().on_the_fold(), if rng.chance(0.4) { Cloth::Second } else { Cloth::Shell });
    out.edge(flap.on_the_fold());
    out.dot(0.0, depth - 0.03, 0.09);
    out
}

fn messenger(rng: &mut Rng) -> Pattern {
    let mut out = Pattern::default();
    let height = rng.range(0.72, 0.9);
    out.band(at(-0.46, 0.05).bow(0.1, -0.22, 0.12).bow(0.46, 0.05, 0.12), 0.05, Cloth::Plain);
    out.piece(body(0.0, height, 0.48, 0.5, 0.05), Cloth::Shell);
    let depth = height * rng.range(0.6, 0.75);
    out.edge(at(-0.48, 0.0).to(-0.48, depth).to(0.48, depth).to(0.48, 0.0));
    for x in [-0.26, 0.26] {
        out.band(line(&[(x, depth - 0.22), (x, depth + 0.06)]), 0.06, Cloth::Second);
        out.dot(x, depth, 0.06);
    }
    out
}

fn bowling(rng: &mut Rng) -> Pattern {
    let mut out = Pattern::default();
    let height = rng.range(0.5, 0.62);
    let half = rng.range(0.14, 0.2);
    let rise = rng.range(0.24, 0.36);
    out.band(handle(half * 0.85, 0.05, rise), 0.04, Cloth::Lining);
    let shape = at(0.0, 0.0).bow(0.34, 0.04, 0.03).bow(0.5, height * 0.7, 0.16).bow(0.46, height, 0.15).to(0.0, height);
    out.piece(shape.on_the_fold(), Cloth::Shell);
    out.edge(at(-0.36, 0.09).bow(0.36, 0.09, 0.08));
    if rng.chance(0.6) {
        out.pieces(
            polygon(&[(0.49, height * 0.62), (0.46, height), (0.3, height), (0.38, height * 0.68)]),
            Cloth::Second,
        );
    }
    out.band(handle(half, 0.2, rise + 0.14), 0.045, Cloth::Plain);
    out
}

fn bucket(rng: &mut Rng) -> Pattern {
    let mut out = Pattern::default();
    let height = rng.range(0.85, 1.0);
    let rise = rng.range(0.35, 0.6);
    out.band(handle(0.34, 0.08, rise), 0.045, Cloth::Plain);
    out.piece(at(0.0, 0.0).bow(0.36, 0.0, 0.02).to(0.36, 0.04).bow(0.0, 0.1, 0.05).on_the_fold(), Cloth::Lining);
    let shape =
        at(0.0, 0.09).bow(0.37, 0.02, -0.06).bow(0.47, height * 0.9, 0.05).bow(0.4, height, 0.2).to(0.0, height);
    out.piece(shape.on_the_fold(), Cloth::Shell);
    out.edge(at(-0.39, 0.2).bow(0.39, 0.2, -0.06));
    out.bands(at(0.05, 0.22).bow(0.1, 0.5, 0.1), 0.025, Cloth::Second);
    out
}

fn envelope(rng: &mut Rng) -> Pattern {
    let mut out = Pattern::default();
    let height = rng.range(0.55, 0.7);
    if rng.chance(0.5) {
        out.band(at(-0.46, 0.03).bow(0.0, -0.32, 0.18).bow(0.46, 0.03, 0.18), 0.026, Cloth::Metal);
    }
    out.piece(body(0.0, height, 0.5, 0.5, 0.02), Cloth::Shell);
    let flap = at(0.0, 0.0).to(0.5, 0.0).to(0.03, height * 0.62);
    out.piece(flap.clone().on_the_fold(), Cloth::Plain);
    out.edge(flap.on_the_fold());
    out.dot(0.0, height * 0.58, 0.07);
    out
}

fn backpack(rng: &mut Rng) -> Pattern {
    let mut out = Pattern::default();
    let height = rng.range(1.15, 1.35);
    out.band(handle(0.1, 0.03, 0.14), 0.045, Cloth::Plain);
    out.bands(at(0.4, 0.3).bow(0.52, height - 0.15, 0.08), 0.07, Cloth::Second);
    let shape =
        at(0.0, 0.0).bow(0.44, 0.26, 0.22).bow(0.46, height - 0.08, 0.02).bow(0.38, height, 0.2).to(0.0, height);
    out.piece(shape.on_the_fold(), Cloth::Shell);
    let top = height * rng.range(0.5, 0.58);
    out.edge(body(top, height - 0.06, 0.33, 0.34, 0.06));
    out.edge(at(-0.4, 0.34).bow(0.4, 0.34, 0.18));
    out
}
