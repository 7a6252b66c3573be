//! Cuts as drawings and icons simplify them: spread sleeves, wide hems, a few lines that tell the class.

use super::super::block::{Neck, NeckShape};
use super::super::cuts_tops::{COATS, DRESSES, PULLOVERS, SHIRTS, T_SHIRTS};
use super::super::path::{at, line, polygon};
use super::super::pattern::{Cloth, Measure, Pattern};
use super::super::tops::{Collar, Front, Sleeve, Top};
use super::super::trims::Trim;
use crate::rng::Rng;

const fn neck(half: f32, depth: f32, shape: NeckShape) -> Neck {
    Neck { half, depth, shape }
}

const CREW: Neck = neck(0.085, 0.06, NeckShape::Round);
const WIDE: Neck = neck(0.12, 0.075, NeckShape::Round);
const VEE: Neck = neck(0.085, 0.14, NeckShape::Vee);
const THROAT: Neck = neck(0.078, 0.05, NeckShape::Round);

/// A T-shirt as signs show it: a square body and two short arms.
const SIGN_TEE: Top = Top {
    length: Measure(0.64, 0.08),
    shoulder: Measure(0.2, 0.03),
    chest: Measure(0.2, 0.03),
    waist: Measure(0.98, 0.05),
    waist_at: 0.4,
    hem: Measure(1.0, 0.08),
    hem_dip: 0.0,
    neck: CREW,
    sleeve: Sleeve::Set { length: 0.22, cuff: 0.15, slant: 0.6 },
    collar: Collar::None,
    front: Front::Closed,
    trims: &[],
    telling: true,
};

const DRAWN_T_SHIRTS: &[Top] = &[
    SIGN_TEE,
    SIGN_TEE,
    Top { neck: WIDE, ..SIGN_TEE },
    Top { neck: VEE, ..SIGN_TEE },
    Top { collar: Collar::Rib(0.03), ..SIGN_TEE },
    Top { sleeve: Sleeve::Set { length: 0.17, cuff: 0.17, slant: 0.75 }, trims: &[Trim::Print], ..SIGN_TEE },
    Top { sleeve: Sleeve::Set { length: 0.27, cuff: 0.14, slant: 0.5 }, trims: &[Trim::ChestPocket], ..SIGN_TEE },
    Top { waist: Measure(0.86, 0.04), hem: Measure(0.98, 0.06), neck: WIDE, ..SIGN_TEE },
    Top { sleeve: Sleeve::Raglan { length: 0.24, cuff: 0.15, slant: 0.55, contrast: true }, ..SIGN_TEE },
    // Vests.
    Top {
        sleeve: Sleeve::Straps(0.055),
        neck: neck(0.08, 0.16, NeckShape::Round),
        chest: Measure(0.19, 0.02),
        ..SIGN_TEE
    },
];

const SIGN_SWEATER: Top = Top {
    sleeve: Sleeve::Set { length: 0.56, cuff: 0.09, slant: 0.3 },
    length: Measure(0.62, 0.06),
    collar: Collar::Rib(0.035),
    trims: &[Trim::Ribs],
    ..SIGN_TEE
};

const DRAWN_PULLOVERS: &[Top] = &[
    SIGN_SWEATER,
    SIGN_SWEATER,
    Top { trims: &[Trim::Ribs, Trim::Print], ..SIGN_SWEATER },
    Top { neck: VEE, ..SIGN_SWEATER },
    Top { collar: Collar::None, trims: &[], ..SIGN_SWEATER },
    Top { collar: Collar::Turtle(0.1), neck: neck(0.09, 0.05, NeckShape::Round), ..SIGN_SWEATER },
    Top { collar: Collar::Hood, trims: &[Trim::Ribs, Trim::Kangaroo], ..SIGN_SWEATER },
    Top { collar: Collar::Hood, trims: &[Trim::Kangaroo, Trim::Cords], ..SIGN_SWEATER },
    Top { sleeve: Sleeve::Raglan { length: 0.56, cuff: 0.1, slant: 0.25, contrast: false }, ..SIGN_SWEATER },
];

const SIGN_DRESS: Top = Top {
    length: Measure(0.95, 0.12),
    shoulder: Measure(0.15, 0.02),
    chest: Measure(0.16, 0.02),
    waist: Measure(0.74, 0.1),
    waist_at: 0.36,
    hem: Measure(2.1, 0.5),
    neck: WIDE,
    sleeve: Sleeve::None,
    trims: &[Trim::WaistSeam],
    hem_dip: 0.02,
    ..SIGN_TEE
};

const DRAWN_DRESSES: &[Top] = &[
    SIGN_DRESS,
    Top { trims: &[], ..SIGN_DRESS },
    Top { trims: &[Trim::Belt], neck: VEE, ..SIGN_DRESS },
    Top { trims: &[Trim::WaistSeam, Trim::Pleats], ..SIGN_DRESS },
    Top {
        sleeve: Sleeve::Straps(0.02),
        neck: neck(0.08, 0.14, NeckShape::Round),
        trims: &[Trim::WaistSeam, Trim::Pleats],
        ..SIGN_DRESS
    },
    Top { sleeve: Sleeve::Straps(0.025), neck: neck(0.075, 0.12, NeckShape::Vee), ..SIGN_DRESS },
    Top { sleeve: Sleeve::Set { length: 0.16, cuff: 0.12, slant: 0.6 }, ..SIGN_DRESS },
    Top {
        sleeve: Sleeve::Set { length: 0.14, cuff: 0.13, slant: 0.7 },
        trims: &[Trim::Belt],
        neck: CREW,
        ..SIGN_DRESS
    },
    Top { sleeve: Sleeve::Set { length: 0.5, cuff: 0.075, slant: 0.3 }, ..SIGN_DRESS },
    // A child's triangle.
    Top { waist: Measure(1.35, 0.1), hem: Measure(2.1, 0.3), length: Measure(0.85, 0.1), trims: &[], ..SIGN_DRESS },
    Top {
        waist: Measure(1.2, 0.1),
        hem: Measure(1.8, 0.3),
        sleeve: Sleeve::Set { length: 0.15, cuff: 0.12, slant: 0.6 },
        trims: &[],
        ..SIGN_DRESS
    },
    // Long and close.
    Top { hem: Measure(1.15, 0.15), length: Measure(1.15, 0.1), waist: Measure(0.8, 0.05), ..SIGN_DRESS },
    Top { hem: Measure(1.1, 0.1), length: Measure(0.95, 0.1), neck: VEE, trims: &[Trim::Belt], ..SIGN_DRESS },
    // A gown.
    Top { hem: Measure(3.0, 0.5), length: Measure(1.2, 0.1), waist: Measure(0.72, 0.06), ..SIGN_DRESS },
];

const SIGN_COAT: Top = Top {
    length: Measure(0.88, 0.14),
    shoulder: Measure(0.2, 0.02),
    chest: Measure(0.195, 0.02),
    waist: Measure(0.95, 0.05),
    waist_at: 0.42,
    hem: Measure(1.2, 0.14),
    neck: THROAT,
    sleeve: Sleeve::Set { length: 0.6, cuff: 0.1, slant: 0.26 },
    collar: Collar::Lapels(0.24),
    front: Front::Buttons(3),
    trims: &[Trim::HipPockets],
    ..SIGN_TEE
};

const DRAWN_COATS: &[Top] = &[
    SIGN_COAT,
    Top { front: Front::DoubleBreasted, ..SIGN_COAT },
    Top { front: Front::DoubleBreasted, trims: &[Trim::Belt, Trim::HipPockets], ..SIGN_COAT },
    Top { trims: &[Trim::Belt], ..SIGN_COAT },
    Top { trims: &[Trim::Belt, Trim::HipPockets], front: Front::Buttons(4), ..SIGN_COAT },
    Top { front: Front::Open(0.07), ..SIGN_COAT },
    Top { front: Front::Open(0.05), collar: Collar::Lapels(0.4), ..SIGN_COAT },
    Top { collar: Collar::Lapels(0.34), front: Front::Buttons(2), ..SIGN_COAT },
    Top { collar: Collar::Hood, front: Front::Buttons(4), ..SIGN_COAT },
    Top { collar: Collar::Hood, front: Front::Zip, length: Measure(0.75, 0.08), ..SIGN_COAT },
    Top {
        collar: Collar::Stand,
        front: Front::Zip,
        length: Measure(0.66, 0.05),
        hem: Measure(0.98, 0.05),
        ..SIGN_COAT
    },
    Top {
        collar: Collar::Stand,
        front: Front::Zip,
        length: Measure(0.66, 0.06),
        hem: Measure(0.98, 0.05),
        trims: &[Trim::Quilting],
        ..SIGN_COAT
    },
];

const SIGN_SHIRT: Top = Top {
    length: Measure(0.68, 0.06),
    sleeve: Sleeve::Set { length: 0.57, cuff: 0.085, slant: 0.28 },
    neck: THROAT,
    collar: Collar::Shirt,
    front: Front::Buttons(5),
    trims: &[Trim::Cuffs],
    hem_dip: 0.02,
    ..SIGN_TEE
};
const SHORT_SHIRT: Top =
    Top { sleeve: Sleeve::Set { length: 0.23, cuff: 0.15, slant: 0.58 }, trims: &[Trim::ChestPocket], ..SIGN_SHIRT };

const DRAWN_SHIRTS: &[Top] = &[
    SIGN_SHIRT,
    Top { trims: &[Trim::Cuffs, Trim::ChestPocket], ..SIGN_SHIRT },
    Top { trims: &[Trim::Cuffs, Trim::ChestPockets], ..SIGN_SHIRT },
    Top { front: Front::Buttons(4), trims: &[], ..SIGN_SHIRT },
    SHORT_SHIRT,
    Top { trims: &[], ..SHORT_SHIRT },
    Top { trims: &[Trim::ChestPockets], front: Front::Buttons(4), ..SHORT_SHIRT },
    Top { front: Front::Placket(0.16), trims: &[], ..SHORT_SHIRT },
    Top { waist: Measure(0.86, 0.04), trims: &[Trim::Cuffs], ..SIGN_SHIRT },
    Top { collar: Collar::Stand, ..SIGN_SHIRT },
];

/// A top of the class: half of them cut as for the photographs, as far as lines tell the class, half as signs are.
pub(super) fn draft(label: u8, rng: &mut Rng) -> Pattern {
    let (sewn, drawn) = match label {
        0 => (T_SHIRTS, DRAWN_T_SHIRTS),
        2 => (PULLOVERS, DRAWN_PULLOVERS),
        3 => (DRESSES, DRAWN_DRESSES),
        4 => (COATS, DRAWN_COATS),
        _ => (SHIRTS, DRAWN_SHIRTS),
    };
    let cuts = if rng.chance(0.4) { sewn } else { drawn };
    let cut = loop {
        let cut = rng.pick(cuts);
        // A denim jacket in a few lines is a shirt: nobody could tell it by its name.
        let shirt = label == 4 && cut.collar == Collar::Shirt;
        if cut.telling && !shirt {
            break cut;
        }
    };
    let long = matches!(cut.sleeve, Sleeve::Set { length, .. } | Sleeve::Raglan { length, .. } if length > 0.4);
    let apart = if long { rng.range(0.0, 0.45) } else { rng.range(-0.1, 0.3) };
    let mut out = cut.draft(apart, rng);
    match label {
        6 if cut.collar == Collar::Shirt && rng.chance(0.12) => tie(rng, &mut out),
        2 if rng.chance(0.25) => zigzag(rng, &mut out),
        _ => {}
    }
    out
}

/// A tie over the buttons.
fn tie(rng: &mut Rng, out: &mut Pattern) {
    let (length, half) = (rng.range(0.3, 0.5), rng.range(0.03, 0.05));
    out.piece(polygon(&[(-0.025, 0.05), (0.025, 0.05), (0.016, 0.095), (-0.016, 0.095)]), Cloth::Second);
    out.piece(
        polygon(&[(-0.014, 0.095), (0.014, 0.095), (half, length), (0.0, length + 0.05), (-half, length)]),
        Cloth::Second,
    );
}

/// Lines across the chest, as knitted patterns are drawn.
fn zigzag(rng: &mut Rng, out: &mut Pattern) {
    let (y, half) = (rng.range(0.22, 0.4), rng.range(0.11, 0.15));
    for row in 0..1 + rng.below(2) {
        let y = y + 0.1 * row as f32;
        if rng.chance(0.4) {
            out.edge(line(&[(-half, y), (half, y)]));
            continue;
        }
        let mut path = at(-half, y);
        for i in 1..=6u8 {
            let up = if i % 2 == 1 { 0.045 } else { 0.0 };
            path = path.to(-half + 2.0 * half * f32::from(i) / 6.0, y - up);
        }
        out.edge(path);
    }
}
