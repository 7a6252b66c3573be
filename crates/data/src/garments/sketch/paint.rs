//! The canvas of a sketch, painted from back to front.

use super::super::path::{Path, Point, point};
use super::super::pattern::{Cloth, Mark};
use super::super::raster::Mask;
use super::super::texture::noise;
use super::hand::{Hand, Manner};
use super::place::dense;
use crate::rng::Rng;

pub(super) struct Painter {
    side: usize,
    shades: Vec<f32>,
    /// What was painted on; the rest is bare paper.
    painted: Vec<f32>,
    mask: Mask,
}

impl Painter {
    pub fn new(side: usize) -> Self {
        Self { side, shades: vec![0.0; side * side], painted: vec![0.0; side * side], mask: Mask::new(side) }
    }

    /// Paints the marks, which are already placed on the canvas at `scale` pixels per unit.
    pub fn paint(&mut self, marks: &[Mark], hand: &Hand, scale: f32, rng: &mut Rng) {
        self.shades.fill(hand.paper);
        self.painted.fill(0.0);
        let stray = Stray { hand, slow: rng.next_u32(), side: self.side as f32 };
        let kept: Vec<&Mark> = marks.iter().filter(|mark| keeps(mark, hand, scale, self.side as f32, rng)).collect();
        if hand.joined && hand.outlined {
            for mark in &kept {
                if let Mark::Piece(path, cloth) = mark
                    && one_of_the_body(*cloth)
                {
                    self.stroke(path, 2.0 * hand.line, hand.ink, &stray, rng);
                }
            }
        }
        for mark in kept {
            match mark {
                Mark::Piece(path, cloth) => self.piece(path, *cloth, &stray, rng),
                Mark::Band(path, width, cloth) => self.band(path, width * scale, *cloth, &stray, rng),
                Mark::Seam(path) | Mark::Edge(path) => {
                    let shade = self.line_shade(hand);
                    self.stroke(path, hand.detail, shade, &stray, rng);
                }
                Mark::Dot(centre, diameter) => self.dot(*centre, diameter * scale, &stray, rng),
            }
        }
    }

    fn line_shade(&self, hand: &Hand) -> f32 {
        match hand.manner {
            Manner::Lines | Manner::Hatched => hand.ink,
            Manner::Coloured => hand.ink,
            Manner::Glyph => hand.paper,
            Manner::Flat | Manner::Modelled if hand.outlined => hand.ink,
            Manner::Flat | Manner::Modelled => hand.inner,
        }
    }

    fn piece(&mut self, path: &Path, cloth: Cloth, stray: &Stray, rng: &mut Rng) {
        let hand = stray.hand;
        let seed = rng.next_u32();
        let outline = stray.led(&dense(path, 4.0), seed, 0.0);
        if !hand.see_through {
            self.mask.fill(&outline);
            self.fill(if hand.fills() { hand.shade(cloth) } else { hand.paper }, hand);
            if hand.manner == Manner::Hatched && cloth != Cloth::Lining {
                self.hatch(hand);
            }
        }
        let joined = hand.joined && one_of_the_body(cloth);
        match hand.manner {
            Manner::Glyph if !joined => self.line(&outline, true, hand.detail, hand.paper),
            Manner::Flat | Manner::Modelled if !hand.outlined && !joined => {
                self.line(&outline, true, hand.detail, hand.inner);
            }
            _ if hand.outlined && !joined => self.stroke(path, hand.line, hand.ink, stray, rng),
            _ => {}
        }
    }

    /// A strip: two lines where they can be told apart, one where not.
    fn band(&mut self, path: &Path, width: f32, cloth: Cloth, stray: &Stray, rng: &mut Rng) {
        let hand = stray.hand;
        let seed = rng.next_u32();
        let points = stray.led(&dense(path, 4.0), seed, 0.0);
        if hand.outlined && width < 1.6 * hand.line {
            self.line(&points, path.closed, width.max(0.8 * hand.line), hand.ink);
        } else if hand.outlined {
            self.line(&points, path.closed, width + hand.line, hand.ink);
            let inside = if hand.fills() { hand.shade(cloth) } else { hand.paper };
            self.line(&points, path.closed, (width - hand.line).max(0.5), inside);
        } else {
            let shade = hand.shade(cloth);
            let around = if hand.manner == Manner::Glyph { hand.paper } else { hand.inner };
            if cloth != Cloth::Shell || hand.manner != Manner::Glyph {
                self.line(&points, path.closed, width + 1.4 * hand.detail, around);
            }
            self.line(&points, path.closed, width.max(hand.detail), shade);
        }
    }

    fn dot(&mut self, centre: Point, diameter: f32, stray: &Stray, rng: &mut Rng) {
        let hand = stray.hand;
        let diameter = diameter.max(hand.detail * rng.range(1.0, 1.6));
        let at = stray.led(&[centre], rng.next_u32(), 0.0);
        if hand.outlined && diameter > 3.0 * hand.detail {
            self.line(&at, false, diameter, hand.ink);
            let inside = if hand.fills() { hand.shade(Cloth::Metal) } else { hand.paper };
            self.line(&at, false, diameter - 2.0 * hand.detail, inside);
        } else {
            let shade = self.line_shade(hand);
            self.line(&at, false, diameter, shade);
        }
    }

    /// A line as the hand draws it: in passes, straying, not quite whole.
    fn stroke(&mut self, path: &Path, width: f32, shade: f32, stray: &Stray, rng: &mut Rng) {
        let hand = stray.hand;
        let points = dense(path, 4.0);
        let width = if hand.passes > 1 { (0.6 * width).max(1.2) } else { width };
        for _ in 0..hand.passes {
            let apart = if hand.passes > 1 { 0.9 } else { 0.0 };
            let drawn = stray.led(&points, rng.next_u32(), apart);
            let whole = hand.gap == 0.0 || drawn.len() < 6;
            if whole {
                self.line(&drawn, path.closed, width, shade);
                continue;
            }
            // Begins anywhere and stops before it is around.
            let start = if path.closed { rng.below(drawn.len() as u32) as usize } else { 0 };
            let left_out = (drawn.len() as f32 * hand.gap * rng.unit()) as usize;
            let some: Vec<Point> = (0..drawn.len() - left_out).map(|i| drawn[(start + i) % drawn.len()]).collect();
            self.line(&some, false, width, shade);
        }
    }

    fn line(&mut self, points: &[Point], closed: bool, width: f32, shade: f32) {
        self.mask.stroke(points, closed, width.max(0.6));
        self.blend(|_, _| shade);
    }

    fn fill(&mut self, shade: f32, hand: &Hand) {
        let [x, y, strength] = hand.light;
        let middle = 0.5 * self.side as f32;
        let shine = hand.shine;
        let rows = self.mask.rows();
        let (top, height) = (rows.start as f32, (rows.end - rows.start).max(1) as f32);
        self.blend(|px, py| {
            if strength == 0.0 {
                return shade;
            }
            let slope = ((px - middle) * x + (py - middle) * y) / middle;
            let mut value = shade + strength * 0.5 * slope;
            if shine {
                // A patch of light high on the piece.
                let (dx, dy) = ((px - middle * (1.0 + 0.3 * x)) / middle, (py - top - 0.25 * height) / height);
                value += 0.5 * strength * (1.0 - 6.0 * (dx * dx + dy * dy)).max(0.0);
            }
            value.clamp(0.0, 1.0)
        });
    }

    fn hatch(&mut self, hand: &Hand) {
        let [period, slope, width] = hand.hatch;
        let (ink, shade) = (hand.ink, hand.shade(Cloth::Shell));
        let shade = ink + (shade - ink) * 0.5;
        let side = self.side;
        for y in self.mask.rows() {
            let (start, coverage) = self.mask.row(y);
            let row = &mut self.shades[y * side + start..];
            for (i, (out, &covered)) in row.iter_mut().zip(coverage).enumerate() {
                let along = ((start + i) as f32 + slope * y as f32) / period;
                let from_line = (along - along.floor() - 0.5).abs() * period;
                let strength = (0.5 * width + 0.5 - from_line).clamp(0.0, 1.0);
                *out += (shade - *out) * covered * strength;
            }
        }
    }

    fn blend(&mut self, shade: impl Fn(f32, f32) -> f32) {
        let side = self.side;
        for y in self.mask.rows() {
            let (start, coverage) = self.mask.row(y);
            let at = y * side + start;
            let rows = self.shades[at..].iter_mut().zip(&mut self.painted[at..]);
            for (i, ((out, painted), &covered)) in rows.zip(coverage).enumerate() {
                if covered > 0.0 {
                    *out += (shade((start + i) as f32, y as f32) - *out) * covered;
                    *painted = painted.max(covered);
                }
            }
        }
    }

    /// The picture: bare paper is transparent at times.
    pub fn finish(&self, hand: &Hand, rng: &mut Rng) -> (Vec<u8>, Vec<u8>) {
        let byte = |value: f32| (value.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
        let grain = if rng.chance(0.15) { rng.range(0.0, 0.05) } else { 0.0 };
        let grey = self.shades.iter().map(|shade| byte(shade + grain * rng.bell())).collect();
        let bare = matches!(hand.manner, Manner::Flat | Manner::Glyph | Manner::Modelled) && rng.chance(0.4);
        let alpha = if bare { self.painted.iter().map(|p| byte(*p)).collect() } else { vec![255; self.shades.len()] };
        (grey, alpha)
    }
}

/// Where lines stray to from where they should be.
struct Stray<'a> {
    hand: &'a Hand,
    slow: u32,
    side: f32,
}

impl Stray<'_> {
    /// The points as the hand puts them; `apart` adds to what is this line's own.
    fn led(&self, points: &[Point], seed: u32, apart: f32) -> Vec<Point> {
        let Hand { wobble, tremble, line, .. } = *self.hand;
        let own = 0.35 * wobble + apart * line;
        if wobble == 0.0 && own == 0.0 {
            return points.to_vec();
        }
        let at = |p: Point, frequency: f32, seed: u32| noise(p.x * frequency, p.y * frequency, seed) - 0.5;
        let (slow, fast) = (3.0 / self.side, 12.0 / self.side);
        let lead = |p: &Point| {
            let dx = wobble * at(*p, slow, self.slow) + own * at(*p, slow, seed) + tremble * at(*p, fast, seed);
            let dy = wobble * at(*p, slow, !self.slow) + own * at(*p, slow, !seed) + tremble * at(*p, fast, !seed);
            point(p.x + 2.0 * dx, p.y + 2.0 * dy)
        };
        points.iter().map(lead).collect()
    }
}

/// Cloth whose pieces share an outline.
fn one_of_the_body(cloth: Cloth) -> bool {
    matches!(cloth, Cloth::Shell)
}

/// Whether the hand draws this mark at all.
fn keeps(mark: &Mark, hand: &Hand, scale: f32, side: f32, rng: &mut Rng) -> bool {
    let [seams, edges, dots, pieces] = hand.keeps;
    let chance = match mark {
        Mark::Seam(_) => seams,
        Mark::Edge(_) => edges,
        Mark::Dot(_, diameter) if diameter * scale > 0.1 * side => 1.0,
        Mark::Dot(..) => dots,
        Mark::Band(_, _, Cloth::Metal) | Mark::Piece(_, Cloth::Metal) => pieces,
        Mark::Piece(..) | Mark::Band(..) => 1.0,
    };
    rng.chance(chance)
}
