//! How a hand draws: what its lines are like, what it fills and with what, what it leaves out.

use super::super::pattern::Cloth;
use crate::rng::Rng;

/// What is inside of the outlines.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// Lines on paper.
    Lines,
    /// Lines, and even shades between them.
    Coloured,
    /// Even shades that touch, their inner lines darker or lighter.
    Flat,
    /// One shade, cut by gaps of paper.
    Glyph,
    /// Shades with light and shadow, as emoji are painted.
    Modelled,
    /// Lines, and strokes across what they enclose.
    Hatched,
}

const MANNERS: [(Manner, f32); 6] = [
    (Manner::Lines, 0.34),
    (Manner::Coloured, 0.18),
    (Manner::Flat, 0.13),
    (Manner::Glyph, 0.12),
    (Manner::Modelled, 0.15),
    (Manner::Hatched, 0.08),
];

/// One hand with its pen. Lengths are pixels of the canvas, shades from 0 (black) to 1.
pub(super) struct Hand {
    pub manner: Manner,
    /// Shade of the paper and of lines.
    pub paper: f32,
    pub ink: f32,
    /// Width of outlines and of what is inside of them; outlines may be none.
    pub line: f32,
    pub detail: f32,
    pub outlined: bool,
    /// Pieces of the garment's own cloth have one outline around them all.
    pub joined: bool,
    /// Later pieces don't hide the lines of earlier ones.
    pub see_through: bool,
    /// How far lines stray: slowly, and from point to point.
    pub wobble: f32,
    pub tremble: f32,
    /// Times that each line is drawn.
    pub passes: u32,
    /// The most of a line that stays undrawn, as a share.
    pub gap: f32,
    /// Chance that a seam, an edge, a button and a small piece are drawn.
    pub keeps: [f32; 4],
    shell: f32,
    second: f32,
    lining: f32,
    sole: f32,
    metal: f32,
    /// Shade of inner lines over filled pieces.
    pub inner: f32,
    /// Brighter towards one side: direction and strength.
    pub light: [f32; 3],
    pub shine: bool,
    /// Hatching: distance of its strokes, their slope and width.
    pub hatch: [f32; 3],
}

impl Hand {
    /// On a canvas of `side` pixels.
    pub fn new(side: f32, rng: &mut Rng) -> Self {
        let manner = manner(rng);
        let (paper, ink) = paper_and_ink(manner, rng);
        // From a fineliner to a finger: each doubling is as likely as the next.
        let breadth = 1.0 / (1 << rng.below(3)) as f32 * rng.range(1.0, 2.0);
        let line = side * 0.029 * breadth;
        let apart = |other: f32, rng: &mut Rng| {
            let step = rng.range(0.12, 0.5);
            if other - step < 0.06 || (other + step < 0.95 && rng.chance(0.5)) { other + step } else { other - step }
        };
        // Fills differ from the paper, or nothing would be seen of them.
        let contrast = match manner {
            Manner::Coloured | Manner::Hatched => rng.range(0.04, 0.85),
            _ => rng.range(0.25, 0.95),
        };
        let shell = if manner == Manner::Glyph { ink } else { paper + (ink - paper) * contrast };
        let shell = shell.clamp(0.0, 1.0);
        let second = if rng.chance(0.3) { shell } else { apart(shell, rng) };
        let inner = if rng.chance(0.7) { apart(shell, rng).min(shell) } else { apart(shell, rng) };
        let careful = rng.unit();
        let childlike = rng.chance(0.2);
        let tidy = matches!(manner, Manner::Glyph | Manner::Modelled | Manner::Flat) && rng.chance(0.7);
        let (wobble, tremble) = match (tidy, childlike) {
            (true, _) => (0.004, 0.0),
            (false, true) => (rng.range(0.02, 0.05), rng.range(0.0, 0.012)),
            (false, false) => (rng.range(0.0, 0.028), rng.range(0.0, 0.006)),
        };
        Self {
            manner,
            paper,
            ink,
            line,
            detail: (line * rng.range(0.45, 1.0)).max(side * 0.012),
            outlined: match manner {
                Manner::Lines | Manner::Coloured | Manner::Hatched => true,
                Manner::Flat | Manner::Glyph => false,
                Manner::Modelled => rng.chance(0.3),
            },
            joined: rng.chance(0.5),
            see_through: manner == Manner::Lines && rng.chance(0.08),
            wobble: wobble * side,
            tremble: tremble * side,
            passes: if !tidy && rng.chance(0.16) { 2 + rng.below(2) } else { 1 },
            gap: if !tidy && rng.chance(0.3) { rng.range(0.02, 0.16) } else { 0.0 },
            keeps: [
                rng.range(0.0, 0.9),
                0.72 + 0.28 * careful,
                0.7 + 0.3 * careful,
                if childlike { 0.6 } else { 0.75 + 0.25 * careful },
            ],
            shell,
            second: second.clamp(0.0, 1.0),
            lining: (shell * rng.range(0.45, 0.9)).clamp(0.0, 1.0),
            sole: if rng.chance(0.5) { apart(shell, rng).clamp(0.0, 1.0) } else { shell },
            metal: apart(shell, rng).clamp(0.0, 1.0),
            inner: inner.clamp(0.0, 1.0),
            light: {
                let strength = if manner == Manner::Modelled { rng.range(0.1, 0.5) } else { 0.0 };
                [rng.range(-1.0, 1.0), rng.range(-1.0, 0.6), strength]
            },
            shine: manner == Manner::Modelled && rng.chance(0.6),
            hatch: [side * rng.range(0.035, 0.09), rng.range(-1.2, 1.2), side * rng.range(0.01, 0.03)],
        }
    }

    /// Whether pieces are filled with their shade.
    pub fn fills(&self) -> bool {
        matches!(self.manner, Manner::Coloured | Manner::Flat | Manner::Glyph | Manner::Modelled)
    }

    pub fn shade(&self, cloth: Cloth) -> f32 {
        match (self.manner, cloth) {
            (Manner::Glyph, Cloth::Metal | Cloth::Lining) => self.paper,
            (Manner::Glyph, _) | (_, Cloth::Shell | Cloth::Plain) => self.shell,
            (_, Cloth::Second) => self.second,
            (_, Cloth::Lining) => self.lining,
            (_, Cloth::Sole) => self.sole,
            (_, Cloth::Metal) => self.metal,
        }
    }
}

fn manner(rng: &mut Rng) -> Manner {
    let mut left = rng.unit();
    for (manner, share) in MANNERS {
        left -= share;
        if left < 0.0 {
            return manner;
        }
    }
    Manner::Lines
}

/// Mostly dark on white; chalk on a board at times.
fn paper_and_ink(manner: Manner, rng: &mut Rng) -> (f32, f32) {
    let (paper, ink) = match rng.below(10) {
        0 => (rng.range(0.82, 1.0), rng.range(0.2, 0.5)),
        1 => (rng.range(0.9, 1.0), rng.range(0.0, 0.3)),
        _ => (1.0, rng.range(0.0, 0.18)),
    };
    let board = if matches!(manner, Manner::Lines | Manner::Glyph) { 0.2 } else { 0.1 };
    if rng.chance(board) { (1.0 - paper, 1.0 - ink) } else { (paper, ink) }
}
