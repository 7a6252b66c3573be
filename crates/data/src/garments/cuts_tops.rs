//! The cuts of T-shirts, pullovers, dresses, coats and shirts, as measures.

use super::block::{Neck, NeckShape};
use super::pattern::Measure;
use super::tops::{Collar, Front, Sleeve, Top};
use super::trims::Trim;

const fn neck(half: f32, depth: f32, shape: NeckShape) -> Neck {
    Neck { half, depth, shape }
}

const CREW: Neck = neck(0.08, 0.062, NeckShape::Round);
const SCOOP: Neck = neck(0.115, 0.13, NeckShape::Round);
const BOAT: Neck = neck(0.15, 0.035, NeckShape::Round);
const VEE: Neck = neck(0.085, 0.17, NeckShape::Vee);
const SQUARE: Neck = neck(0.12, 0.12, NeckShape::Square);
/// Closed at the throat, for a collar.
const THROAT: Neck = neck(0.078, 0.05, NeckShape::Round);

const SHORT: Sleeve = Sleeve::Set { length: 0.21, cuff: 0.135, slant: 0.47 };
const LONG: Sleeve = Sleeve::Set { length: 0.61, cuff: 0.077, slant: 0.16 };
const CAP: Sleeve = Sleeve::Set { length: 0.08, cuff: 0.15, slant: 0.5 };
const ELBOW: Sleeve = Sleeve::Set { length: 0.36, cuff: 0.115, slant: 0.25 };

const TEE: Top = Top {
    length: Measure(0.68, 0.05),
    shoulder: Measure(0.185, 0.015),
    chest: Measure(0.178, 0.02),
    waist: Measure(0.95, 0.05),
    waist_at: 0.42,
    hem: Measure(1.0, 0.05),
    hem_dip: 0.004,
    neck: CREW,
    sleeve: SHORT,
    collar: Collar::Rib(0.018),
    front: Front::Closed,
    trims: &[],
    telling: true,
};

pub(super) const T_SHIRTS: &[Top] = &[
    TEE,
    Top { trims: &[Trim::Print], ..TEE },
    Top { neck: VEE, collar: Collar::None, ..TEE },
    Top { neck: VEE, waist: Measure(0.88, 0.03), chest: Measure(0.18, 0.015), shoulder: Measure(0.175, 0.01), ..TEE },
    // Boxy: wide, short, dropped shoulders.
    Top {
        length: Measure(0.6, 0.03),
        shoulder: Measure(0.24, 0.015),
        chest: Measure(0.25, 0.02),
        waist: Measure(1.0, 0.02),
        sleeve: Sleeve::Set { length: 0.17, cuff: 0.17, slant: 0.42 },
        trims: &[Trim::Print],
        ..TEE
    },
    Top { sleeve: Sleeve::Raglan { length: 0.2, cuff: 0.14, slant: 0.42, contrast: true }, ..TEE },
    Top { trims: &[Trim::ChestPocket], ..TEE },
    // Tank top.
    Top {
        sleeve: Sleeve::Straps(0.05),
        neck: neck(0.085, 0.13, NeckShape::Round),
        collar: Collar::None,
        shoulder: Measure(0.15, 0.01),
        chest: Measure(0.19, 0.02),
        ..TEE
    },
    // Sleeveless shell.
    Top {
        sleeve: Sleeve::None,
        neck: SCOOP,
        collar: Collar::None,
        shoulder: Measure(0.165, 0.01),
        hem: Measure(1.12, 0.08),
        ..TEE
    },
    // Cap sleeves and a wide scoop.
    Top {
        sleeve: CAP,
        neck: SCOOP,
        chest: Measure(0.185, 0.015),
        waist: Measure(0.87, 0.04),
        hem: Measure(1.08, 0.08),
        ..TEE
    },
    // Longer sleeves, as the real set has some.
    Top { sleeve: ELBOW, neck: BOAT, collar: Collar::None, telling: false, ..TEE },
    Top { sleeve: LONG, chest: Measure(0.16, 0.015), telling: false, ..TEE },
];

const SWEATER: Top = Top {
    length: Measure(0.66, 0.035),
    shoulder: Measure(0.182, 0.012),
    chest: Measure(0.162, 0.018),
    waist: Measure(0.92, 0.05),
    waist_at: 0.42,
    hem: Measure(0.93, 0.06),
    hem_dip: 0.0,
    neck: CREW,
    sleeve: LONG,
    collar: Collar::Rib(0.03),
    front: Front::Closed,
    trims: &[Trim::Ribs],
    telling: true,
};

pub(super) const PULLOVERS: &[Top] = &[
    SWEATER,
    Top { trims: &[Trim::Ribs, Trim::Print], ..SWEATER },
    Top { neck: VEE, ..SWEATER },
    Top { neck: neck(0.085, 0.06, NeckShape::Round), collar: Collar::Turtle(0.085), ..SWEATER },
    Top { collar: Collar::Hood, trims: &[Trim::Ribs, Trim::Kangaroo, Trim::Cords], ..SWEATER },
    Top { collar: Collar::Hood, trims: &[Trim::Ribs, Trim::Print], ..SWEATER },
    Top { sleeve: Sleeve::Raglan { length: 0.61, cuff: 0.082, slant: 0.15, contrast: true }, ..SWEATER },
    Top { sleeve: Sleeve::Raglan { length: 0.61, cuff: 0.085, slant: 0.16, contrast: false }, ..SWEATER },
    // Fine, close and wide at the neck.
    Top {
        neck: BOAT,
        chest: Measure(0.15, 0.012),
        shoulder: Measure(0.165, 0.01),
        waist: Measure(0.9, 0.04),
        collar: Collar::None,
        trims: &[],
        ..SWEATER
    },
    // Oversized, with deep sleeves.
    Top {
        shoulder: Measure(0.225, 0.015),
        chest: Measure(0.215, 0.02),
        sleeve: Sleeve::Set { length: 0.56, cuff: 0.095, slant: 0.16 },
        length: Measure(0.68, 0.03),
        ..SWEATER
    },
    // Half-buttoned.
    Top { collar: Collar::Stand, neck: THROAT, front: Front::Placket(0.14), telling: false, ..SWEATER },
];

const SHEATH: Top = Top {
    length: Measure(0.98, 0.07),
    shoulder: Measure(0.165, 0.012),
    chest: Measure(0.175, 0.012),
    waist: Measure(0.84, 0.04),
    waist_at: 0.38,
    hem: Measure(1.08, 0.08),
    hem_dip: 0.0,
    neck: SCOOP,
    sleeve: Sleeve::None,
    collar: Collar::None,
    front: Front::Closed,
    trims: &[Trim::Darts],
    telling: true,
};

pub(super) const DRESSES: &[Top] = &[
    Top { telling: false, ..SHEATH },
    Top { sleeve: CAP, telling: false, ..SHEATH },
    Top {
        sleeve: Sleeve::Set { length: 0.2, cuff: 0.13, slant: 0.42 },
        neck: CREW,
        trims: &[],
        telling: false,
        ..SHEATH
    },
    // A-line.
    Top { hem: Measure(1.75, 0.2), trims: &[Trim::WaistSeam], ..SHEATH },
    Top {
        hem: Measure(2.0, 0.2),
        neck: VEE,
        sleeve: Sleeve::None,
        waist: Measure(0.78, 0.03),
        trims: &[Trim::Belt, Trim::Pleats],
        hem_dip: 0.012,
        ..SHEATH
    },
    // On straps.
    Top {
        sleeve: Sleeve::Straps(0.022),
        neck: neck(0.085, 0.14, NeckShape::Round),
        hem: Measure(1.5, 0.2),
        trims: &[Trim::WaistSeam, Trim::Pleats],
        hem_dip: 0.01,
        ..SHEATH
    },
    Top {
        sleeve: Sleeve::Straps(0.025),
        neck: neck(0.075, 0.13, NeckShape::Round),
        length: Measure(1.15, 0.06),
        hem: Measure(1.15, 0.1),
        trims: &[],
        telling: false,
        ..SHEATH
    },
    // Long sleeves.
    Top {
        sleeve: Sleeve::Set { length: 0.57, cuff: 0.08, slant: 0.16 },
        neck: CREW,
        hem: Measure(1.2, 0.12),
        ..SHEATH
    },
    Top {
        sleeve: Sleeve::Set { length: 0.56, cuff: 0.1, slant: 0.2 },
        neck: VEE,
        hem: Measure(1.5, 0.15),
        trims: &[Trim::Belt],
        hem_dip: 0.01,
        ..SHEATH
    },
    // Shift, with elbow sleeves.
    Top {
        sleeve: ELBOW,
        neck: BOAT,
        waist: Measure(1.0, 0.03),
        hem: Measure(1.25, 0.1),
        trims: &[],
        telling: false,
        ..SHEATH
    },
    // Shirt dress.
    Top {
        sleeve: SHORT,
        neck: THROAT,
        collar: Collar::Shirt,
        front: Front::Buttons(7),
        hem: Measure(1.35, 0.12),
        trims: &[Trim::Belt],
        ..SHEATH
    },
    Top { neck: SQUARE, sleeve: CAP, hem: Measure(1.6, 0.15), trims: &[Trim::WaistSeam, Trim::Pleats], ..SHEATH },
];

const OVERCOAT: Top = Top {
    length: Measure(0.8, 0.09),
    shoulder: Measure(0.192, 0.012),
    chest: Measure(0.185, 0.016),
    waist: Measure(0.94, 0.03),
    waist_at: 0.44,
    hem: Measure(1.08, 0.06),
    hem_dip: 0.0,
    neck: THROAT,
    sleeve: Sleeve::Set { length: 0.62, cuff: 0.088, slant: 0.19 },
    collar: Collar::Lapels(0.3),
    front: Front::Buttons(3),
    trims: &[Trim::HipPockets],
    telling: true,
};

pub(super) const COATS: &[Top] = &[
    OVERCOAT,
    Top { front: Front::DoubleBreasted, collar: Collar::Lapels(0.22), ..OVERCOAT },
    // Trench.
    Top {
        front: Front::DoubleBreasted,
        collar: Collar::Lapels(0.2),
        hem: Measure(1.2, 0.06),
        trims: &[Trim::Yoke, Trim::Belt, Trim::HipPockets],
        ..OVERCOAT
    },
    // Worn open.
    Top { front: Front::Open(0.06), collar: Collar::Lapels(0.26), ..OVERCOAT },
    Top { front: Front::Open(0.07), collar: Collar::None, neck: VEE, length: Measure(0.74, 0.06), ..OVERCOAT },
    // Zipped jacket.
    Top {
        front: Front::Zip,
        collar: Collar::Stand,
        length: Measure(0.7, 0.04),
        hem: Measure(0.96, 0.03),
        trims: &[Trim::HipPockets],
        ..OVERCOAT
    },
    Top {
        front: Front::Buttons(5),
        collar: Collar::Shirt,
        length: Measure(0.7, 0.05),
        hem: Measure(0.97, 0.03),
        trims: &[Trim::HipPockets, Trim::Cuffs],
        ..OVERCOAT
    },
    Top {
        front: Front::Zip,
        collar: Collar::Stand,
        length: Measure(0.68, 0.04),
        hem: Measure(0.96, 0.03),
        trims: &[Trim::Quilting],
        ..OVERCOAT
    },
    // Parka.
    Top { front: Front::Zip, collar: Collar::Hood, length: Measure(0.8, 0.06), trims: &[Trim::HipPockets], ..OVERCOAT },
    // Denim jacket.
    Top {
        front: Front::Buttons(5),
        collar: Collar::Shirt,
        neck: neck(0.085, 0.06, NeckShape::Round),
        length: Measure(0.62, 0.03),
        hem: Measure(0.92, 0.03),
        trims: &[Trim::Yoke, Trim::ChestPockets, Trim::Cuffs],
        ..OVERCOAT
    },
    // Duffle coat.
    Top { front: Front::Buttons(4), collar: Collar::Hood, trims: &[Trim::HipPockets, Trim::Yoke], ..OVERCOAT },
    // Collarless, closed.
    Top { front: Front::Buttons(5), collar: Collar::None, neck: CREW, ..OVERCOAT },
    // Hidden buttons.
    Top {
        front: Front::Closed,
        collar: Collar::Stand,
        length: Measure(0.72, 0.05),
        trims: &[Trim::Darts],
        telling: false,
        ..OVERCOAT
    },
    // Blouson.
    Top {
        front: Front::Zip,
        collar: Collar::Rib(0.03),
        neck: CREW,
        length: Measure(0.64, 0.03),
        trims: &[Trim::Ribs],
        ..OVERCOAT
    },
];

const BUSINESS: Top = Top {
    length: Measure(0.72, 0.04),
    shoulder: Measure(0.183, 0.012),
    chest: Measure(0.165, 0.016),
    waist: Measure(0.94, 0.04),
    waist_at: 0.42,
    hem: Measure(0.99, 0.04),
    hem_dip: 0.03,
    neck: THROAT,
    sleeve: Sleeve::Set { length: 0.61, cuff: 0.075, slant: 0.18 },
    collar: Collar::Shirt,
    front: Front::Buttons(6),
    trims: &[Trim::Cuffs],
    telling: true,
};

pub(super) const SHIRTS: &[Top] = &[
    BUSINESS,
    Top { trims: &[Trim::Cuffs, Trim::ChestPocket], ..BUSINESS },
    Top { trims: &[Trim::Cuffs, Trim::ChestPockets, Trim::Yoke], ..BUSINESS },
    // Short sleeves.
    Top { sleeve: SHORT, trims: &[Trim::ChestPocket], ..BUSINESS },
    Top { sleeve: SHORT, trims: &[], hem_dip: 0.0, chest: Measure(0.2, 0.015), ..BUSINESS },
    // Grandfather collar.
    Top { collar: Collar::Stand, ..BUSINESS },
    // Polo.
    Top { sleeve: SHORT, front: Front::Placket(0.13), trims: &[], hem_dip: 0.0, telling: false, ..BUSINESS },
    // Blouses.
    Top {
        collar: Collar::None,
        neck: neck(0.09, 0.15, NeckShape::Vee),
        sleeve: Sleeve::Set { length: 0.5, cuff: 0.13, slant: 0.24 },
        front: Front::Closed,
        hem: Measure(1.15, 0.08),
        trims: &[Trim::Darts],
        telling: false,
        ..BUSINESS
    },
    Top {
        collar: Collar::Stand,
        neck: neck(0.085, 0.06, NeckShape::Round),
        sleeve: Sleeve::Set { length: 0.42, cuff: 0.12, slant: 0.24 },
        front: Front::Placket(0.2),
        hem: Measure(1.1, 0.06),
        waist: Measure(0.92, 0.04),
        trims: &[Trim::Yoke],
        ..BUSINESS
    },
    Top {
        chest: Measure(0.158, 0.012),
        shoulder: Measure(0.165, 0.01),
        waist: Measure(0.88, 0.03),
        hem: Measure(1.05, 0.05),
        trims: &[Trim::Cuffs, Trim::Darts],
        ..BUSINESS
    },
    // Tunics and tops without a collar, which the real set counts as shirts too.
    Top {
        collar: Collar::None,
        neck: BOAT,
        sleeve: ELBOW,
        front: Front::Closed,
        trims: &[Trim::Darts],
        telling: false,
        ..BUSINESS
    },
    Top {
        collar: Collar::None,
        neck: SCOOP,
        sleeve: Sleeve::None,
        front: Front::Placket(0.12),
        hem: Measure(1.15, 0.08),
        trims: &[],
        telling: false,
        ..BUSINESS
    },
    Top { collar: Collar::None, neck: CREW, front: Front::Buttons(6), trims: &[Trim::Darts], ..BUSINESS },
];
