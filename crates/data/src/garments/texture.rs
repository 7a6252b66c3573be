//! What the fabric looks like close to: stripes, checks, knits, prints.
//!
//! Coordinates are pixels of the picture along and across the garment, so that a pattern is never finer than can be seen.
//! Only exactly rounded operations are used, here and in all of the garments: the same seed draws the same bytes natively
//! and in WebAssembly.

use crate::rng::Rng;

/// A fabric, as a factor of the garment's shade at every place.
#[derive(Debug, Clone, Copy)]
pub(super) enum Texture {
    Plain,
    /// Stripes across the direction `(x, y)`, which includes the frequency; the share `duty` of each is dark.
    Stripes {
        x: f32,
        y: f32,
        phase: f32,
        duty: f32,
        depth: f32,
    },
    /// Two crossing stripes.
    Check {
        period: f32,
        duty: f32,
        depth: f32,
    },
    /// Fine irregular ribs with some fuzz.
    Knit {
        period: f32,
        depth: f32,
        seed: u32,
    },
    /// A fine twill that is worn pale along the middle.
    Denim {
        depth: f32,
        seed: u32,
    },
    /// Patches of random shape: flowers, leopard, camouflage.
    Print {
        size: f32,
        share: f32,
        depth: f32,
        seed: u32,
    },
    /// Dots on a grid.
    Dots {
        period: f32,
        radius: f32,
        depth: f32,
    },
    /// Another shade below a line.
    Block {
        edge: f32,
        depth: f32,
    },
    /// A mottled yarn.
    Heather {
        depth: f32,
        seed: u32,
    },
}

/// The kinds of fabric that a garment is made of, each with its share.
pub(super) type Wardrobe = &'static [(f32, fn(&mut Rng) -> Texture)];

pub(super) const LIGHT: Wardrobe = &[
    (0.54, |_| Texture::Plain),
    (0.12, stripes),
    (0.08, heather),
    (0.11, print),
    (0.04, dots),
    (0.06, block),
    (0.05, knit),
];
pub(super) const KNITWEAR: Wardrobe =
    &[(0.48, |_| Texture::Plain), (0.22, knit), (0.12, heather), (0.11, stripes), (0.07, block)];
pub(super) const SHIRTING: Wardrobe =
    &[(0.5, |_| Texture::Plain), (0.15, check), (0.12, pinstripes), (0.1, print), (0.07, denim), (0.06, dots)];
pub(super) const OUTER: Wardrobe =
    &[(0.62, |_| Texture::Plain), (0.14, heather), (0.08, denim), (0.05, check), (0.05, print), (0.06, knit)];
pub(super) const LEGS: Wardrobe =
    &[(0.5, |_| Texture::Plain), (0.28, denim), (0.06, pinstripes), (0.08, print), (0.04, check), (0.04, heather)];
pub(super) const LEATHER: Wardrobe = &[(0.78, |_| Texture::Plain), (0.14, heather), (0.04, print), (0.04, denim)];

impl Texture {
    pub fn of(wardrobe: Wardrobe, rng: &mut Rng) -> Self {
        let total: f32 = wardrobe.iter().map(|(share, _)| share).sum();
        let mut left = rng.unit() * total;
        for (share, make) in wardrobe {
            left -= share;
            if left < 0.0 {
                return make(rng);
            }
        }
        Self::Plain
    }

    /// The factor at `(u, v)`, 1 where the fabric has its own shade.
    pub fn at(self, u: f32, v: f32) -> f32 {
        match self {
            Self::Plain => 1.0,
            Self::Stripes { x, y, phase, duty, depth } => 1.0 - depth * stripe(u * x + v * y + phase, duty),
            Self::Check { period, duty, depth } => {
                1.0 - 0.5 * depth * (stripe(u / period + 0.5 * duty, duty) + stripe(v / period, duty))
            }
            Self::Knit { period, depth, seed } => {
                let rib = wave(v / period + 0.3 * noise(u * 0.7, v * 0.2, seed));
                1.0 - depth * (0.5 * rib + 0.5 * noise(u, v, seed))
            }
            Self::Denim { depth, seed } => {
                let worn = (u * 0.22).abs().min(1.0);
                1.0 - depth * (0.4 * noise(u * 1.5 + v, v * 1.5, seed) + 0.6 * worn)
            }
            Self::Print { size, share, depth, seed } => {
                let field = noise(u / size, v / size, seed) + 0.3 * noise(2.3 * u / size, 2.3 * v / size, seed ^ 1);
                1.0 - depth * ((field - 1.3 * (1.0 - share)) * 6.0).clamp(0.0, 1.0)
            }
            Self::Dots { period, radius, depth } => {
                let row = (v / period).floor();
                let shift = if (row * 0.5).floor() * 2.0 == row { 0.0 } else { 0.5 };
                let (x, y) = (fraction(u / period + shift) - 0.5, fraction(v / period) - 0.5);
                let distance = (x * x + y * y).sqrt() * period;
                1.0 - depth * (radius + 0.5 - distance).clamp(0.0, 1.0)
            }
            Self::Block { edge, depth } => 1.0 - depth * (v - edge).clamp(0.0, 1.0),
            Self::Heather { depth, seed } => 1.0 - depth * noise(u * 0.8, v * 0.8, seed),
        }
    }
}

fn stripes(rng: &mut Rng) -> Texture {
    let frequency = 1.0 / rng.range(2.4, 6.0);
    let (phase, duty, depth) = (rng.unit(), rng.range(0.3, 0.6), rng.range(0.25, 0.75));
    Texture::Stripes { x: 0.0, y: frequency, phase, duty, depth }
}

fn pinstripes(rng: &mut Rng) -> Texture {
    let frequency = 1.0 / rng.range(2.2, 3.6);
    Texture::Stripes { x: frequency, y: 0.0, phase: rng.unit(), duty: rng.range(0.3, 0.5), depth: rng.range(0.2, 0.5) }
}

fn check(rng: &mut Rng) -> Texture {
    Texture::Check { period: rng.range(2.6, 6.0), duty: rng.range(0.35, 0.55), depth: rng.range(0.35, 0.8) }
}

fn knit(rng: &mut Rng) -> Texture {
    Texture::Knit { period: rng.range(1.8, 3.2), depth: rng.range(0.18, 0.45), seed: rng.next_u32() }
}

fn denim(rng: &mut Rng) -> Texture {
    Texture::Denim { depth: rng.range(0.2, 0.5), seed: rng.next_u32() }
}

fn print(rng: &mut Rng) -> Texture {
    let (size, share) = (rng.range(1.0, 2.8), rng.range(0.35, 0.6));
    Texture::Print { size, share, depth: rng.range(0.25, 0.75), seed: rng.next_u32() }
}

fn dots(rng: &mut Rng) -> Texture {
    Texture::Dots { period: rng.range(3.0, 5.0), radius: rng.range(0.5, 1.0), depth: rng.range(0.4, 0.8) }
}

fn block(rng: &mut Rng) -> Texture {
    Texture::Block { edge: rng.range(-6.0, 8.0), depth: rng.range(-0.3, 0.6) }
}

fn heather(rng: &mut Rng) -> Texture {
    Texture::Heather { depth: rng.range(0.1, 0.34), seed: rng.next_u32() }
}

fn fraction(x: f32) -> f32 {
    x - x.floor()
}

/// A smooth wave between 0 and 1 of period 1.
fn wave(x: f32) -> f32 {
    let t = (2.0 * fraction(x) - 1.0).abs();
    t * t * (3.0 - 2.0 * t)
}

/// 1 in the share `duty` of each period of 1, 0 in the rest, with soft edges.
fn stripe(x: f32, duty: f32) -> f32 {
    let from_middle = (fraction(x) - 0.5).abs();
    ((0.5 * duty - from_middle) * 8.0 + 0.5).clamp(0.0, 1.0)
}

/// Value noise: smooth, between 0 and 1, about one bump a unit.
pub(super) fn noise(x: f32, y: f32, seed: u32) -> f32 {
    let (left, top) = (x.floor(), y.floor());
    let corner = |dx: i32, dy: i32| lattice(left as i32 + dx, top as i32 + dy, seed);
    let ease = |t: f32| t * t * (3.0 - 2.0 * t);
    let (s, t) = (ease(x - left), ease(y - top));
    let above = corner(0, 0) + (corner(1, 0) - corner(0, 0)) * s;
    let below = corner(0, 1) + (corner(1, 1) - corner(0, 1)) * s;
    above + (below - above) * t
}

fn lattice(x: i32, y: i32, seed: u32) -> f32 {
    let mut h = (x as u32).wrapping_mul(0x9e37_79b1) ^ (y as u32).wrapping_mul(0x85eb_ca77) ^ seed;
    h = (h ^ (h >> 15)).wrapping_mul(0x2c1b_3c6d);
    h = (h ^ (h >> 12)).wrapping_mul(0x297a_2d39);
    h ^= h >> 15;
    (h >> 8) as f32 * (1.0 / (1 << 24) as f32)
}
