//! From a pattern to a picture: a photograph, a flat drawing, or lines.

use super::path::Point;
use super::pattern::{Cloth, Mark};
use super::pose::Placement;
use super::raster::{CANVAS, Mask};
use super::texture::{Texture, Wardrobe, noise};
use crate::official::{PIXELS, SIDE};
use crate::rng::Rng;

/// How a garment is rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Like the real set: fabric, light and folds, noise.
    Photo,
    /// Even shades with clear seams, as in a catalogue's drawing.
    Flat,
    /// Thin bright lines on black, some parts filled.
    Outline,
    /// Thick lines without details, as a finger draws.
    Thick,
}

impl Style {
    /// All styles, in the order of [`super::GarmentOptions::styles`].
    pub const ALL: [Self; 4] = [Self::Photo, Self::Flat, Self::Outline, Self::Thick];

    /// Width of the lines that outline pieces, on the canvas.
    fn line_width(self, rng: &mut Rng) -> f32 {
        match self {
            Self::Photo | Self::Flat => 0.0,
            Self::Outline => rng.range(1.9, 2.7),
            Self::Thick => rng.range(3.2, 4.6),
        }
    }
}

/// The shades of one garment, and how it is lit.
pub(super) struct Look {
    style: Style,
    texture: Texture,
    shell: f32,
    second: f32,
    lining: f32,
    sole: f32,
    metal: f32,
    /// Shade of seams and edges.
    ink: f32,
    pub line: f32,
    /// Shade inside of outlines.
    paper: f32,
    /// Whether contrasting pieces are filled in an outline.
    filled: bool,
    /// How much brighter a piece is at its sides: the set shows dark as bright, and cloth darkens as it turns away.
    relief: f32,
    noise: f32,
}

impl Look {
    pub fn new(style: Style, wardrobe: Wardrobe, noise: f32, rng: &mut Rng) -> Self {
        let texture = Texture::of(wardrobe, rng);
        let shell = if rng.chance(0.76) { rng.range(0.68, 1.04) } else { rng.range(0.28, 0.66) };
        let apart = if rng.chance(0.4) { rng.range(0.05, 0.14) } else { rng.range(0.22, 0.5) };
        let second =
            if (rng.chance(0.5) && shell > 0.45) || shell + apart > 1.0 { shell - apart } else { shell + apart };
        let sole = match rng.below(3) {
            0 => rng.range(0.2, 0.36),
            1 => rng.range(0.8, 1.0),
            _ => shell * 0.8,
        };
        let metal = if shell > 0.55 { rng.range(0.15, 0.4) } else { rng.range(0.75, 1.0) };
        let ink = if shell > 0.42 { shell * rng.range(0.35, 0.6) } else { shell + rng.range(0.2, 0.4) };
        let lining = shell * rng.range(0.5, 0.95);
        let line = style.line_width(rng);
        let paper = if style == Style::Outline && rng.chance(0.35) { rng.range(0.1, 0.35) } else { 0.0 };
        Self {
            style,
            texture,
            shell,
            second: second.clamp(0.12, 1.0),
            lining,
            sole,
            metal,
            ink,
            line,
            paper,
            filled: rng.chance(0.4),
            relief: rng.range(0.05, 0.4),
            noise: noise * rng.range(0.3, 1.0),
        }
    }

    fn shade(&self, cloth: Cloth) -> f32 {
        match cloth {
            Cloth::Shell | Cloth::Plain => self.shell,
            Cloth::Second => self.second,
            Cloth::Lining => self.lining,
            Cloth::Sole => self.sole,
            Cloth::Metal => self.metal,
        }
    }

    fn drawn(&self) -> bool {
        matches!(self.style, Style::Outline | Style::Thick)
    }
}

/// The canvas, painted from back to front.
pub(super) struct Painter {
    shades: Vec<f32>,
    mask: Mask,
}

impl Painter {
    pub fn new() -> Self {
        Self { shades: vec![0.0; CANVAS * CANVAS], mask: Mask::new(CANVAS) }
    }

    /// Paints the marks, which are already placed on the canvas.
    pub fn paint(&mut self, marks: &[Mark], look: &Look, placement: &Placement) {
        self.shades.fill(0.0);
        for mark in marks {
            if look.drawn() {
                self.draw(mark, look, placement.scale);
            } else {
                self.lay(mark, look, placement);
            }
        }
    }

    /// A mark as cloth.
    fn lay(&mut self, mark: &Mark, look: &Look, placement: &Placement) {
        let photo = look.style == Style::Photo;
        match mark {
            Mark::Piece(path, cloth) => {
                self.mask.fill(&path.points);
                self.cloth(*cloth, look, placement);
            }
            Mark::Band(path, width, cloth) => {
                self.mask.stroke(&path.points, path.closed, (width * placement.scale).max(1.2));
                self.cloth(*cloth, look, placement);
            }
            Mark::Seam(path) => self.line(&path.points, path.closed, 1.2, look.ink, if photo { 0.3 } else { 0.5 }),
            Mark::Edge(path) => self.line(&path.points, path.closed, 1.5, look.ink, if photo { 0.6 } else { 0.85 }),
            Mark::Dot(centre, diameter) => {
                let width = (diameter * placement.scale).max(1.6);
                self.line(&[*centre], false, width, look.metal, 0.9);
            }
        }
    }

    /// Fills the mask with cloth: its shade, its texture and, in a photograph, its relief.
    fn cloth(&mut self, cloth: Cloth, look: &Look, placement: &Placement) {
        let shade = look.shade(cloth);
        let textured = cloth == Cloth::Shell;
        let relief = if look.style == Style::Photo { look.relief } else { 0.0 };
        for y in self.mask.rows() {
            let (start, coverage) = self.mask.row(y);
            let Some(first) = coverage.iter().position(|&c| c > 0.0) else { continue };
            let last = coverage.iter().rposition(|&c| c > 0.0).unwrap_or(first);
            let middle = 0.5 * (first + last) as f32;
            let inverse_half = 2.0 / (last - first + 1) as f32;
            for (x, &covered) in coverage.iter().enumerate().take(last + 1).skip(first) {
                if covered <= 0.0 {
                    continue;
                }
                let mut value = shade;
                if textured {
                    let (u, v) = placement.fabric(start + x, y);
                    value *= look.texture.at(u, v);
                }
                let aside = (x as f32 - middle) * inverse_half;
                value += relief * (aside * aside - 0.5) * value.max(0.4);
                let out = &mut self.shades[y * CANVAS + start + x];
                *out += (value - *out) * covered;
            }
        }
    }

    /// A mark as lines.
    fn draw(&mut self, mark: &Mark, look: &Look, scale: f32) {
        let thick = look.style == Style::Thick;
        let width = look.line;
        match mark {
            Mark::Piece(path, cloth) => {
                let inside = match cloth {
                    Cloth::Second | Cloth::Sole | Cloth::Metal if look.filled => look.shade(*cloth) * 0.7,
                    _ => look.paper,
                };
                self.mask.fill(&path.points);
                // A thick line around something hardly wider than itself would be a blob: details are left out, the
                // rest is solid.
                if thick && thickness(&path.points) < 1.7 * width {
                    if matches!(cloth, Cloth::Shell | Cloth::Sole) {
                        self.blend(1.0, 1.0);
                    }
                    return;
                }
                self.blend(inside, 1.0);
                if *cloth != Cloth::Lining || !thick {
                    self.line(&path.points, path.closed, width, 1.0, 1.0);
                }
            }
            Mark::Band(_, _, Cloth::Metal) if thick => {}
            Mark::Band(path, band, _) => {
                let band = band * scale;
                self.line(&path.points, path.closed, band.max(width), 1.0, 1.0);
                if band > 2.4 * width {
                    self.line(&path.points, path.closed, band - 2.0 * width, look.paper, 1.0);
                }
            }
            Mark::Seam(path) if !thick => self.line(&path.points, path.closed, width * 0.7, 1.0, 0.4),
            Mark::Seam(_) => {}
            Mark::Edge(path) if thick && path.closed && thickness(&path.points) < 4.0 * width => {}
            Mark::Edge(path) => self.line(&path.points, path.closed, width * 0.75, 1.0, 0.9),
            Mark::Dot(centre, diameter) => {
                self.line(&[*centre], false, (diameter * scale).max(0.9 * width), 1.0, 1.0);
            }
        }
    }

    fn line(&mut self, points: &[Point], closed: bool, width: f32, shade: f32, strength: f32) {
        self.mask.stroke(points, closed, width);
        self.blend(shade, strength);
    }

    fn blend(&mut self, shade: f32, strength: f32) {
        for y in self.mask.rows() {
            let (start, coverage) = self.mask.row(y);
            let row = &mut self.shades[y * CANVAS + start..];
            for (out, &covered) in row.iter_mut().zip(coverage) {
                *out += (shade - *out) * covered * strength;
            }
        }
    }

    /// The picture: light, folds and noise as the style has them, and each pixel the mean of four of the canvas.
    pub fn finish(&self, look: &Look, rng: &mut Rng) -> [u8; PIXELS] {
        let mut pixels = [0.0f32; PIXELS];
        for (i, out) in pixels.iter_mut().enumerate() {
            let corner = 2 * (i / SIDE) * CANVAS + 2 * (i % SIDE);
            let (upper, lower) = (&self.shades[corner..corner + 2], &self.shades[corner + CANVAS..corner + CANVAS + 2]);
            *out = 0.25 * (upper[0] + upper[1] + lower[0] + lower[1]);
        }
        if look.style == Style::Photo {
            light(&mut pixels, rng);
            pixels = sharpened(&pixels);
        }
        let grain = if look.style == Style::Photo { look.noise } else { 0.3 * look.noise };
        pixels.map(|value| {
            let noisy = if value > 0.02 { value + grain * rng.bell() } else { value };
            (noisy.clamp(0.0, 1.0) * 255.0 + 0.5) as u8
        })
    }
}

/// The shorter side of the box around the points.
fn thickness(points: &[Point]) -> f32 {
    let extent = |coordinate: fn(&Point) -> f32| {
        let values = points.iter().map(coordinate);
        values.clone().fold(f32::MIN, f32::max) - values.fold(f32::MAX, f32::min)
    };
    extent(|p| p.x).min(extent(|p| p.y))
}

/// Light from one side, blotches and folds.
fn light(pixels: &mut [f32; PIXELS], rng: &mut Rng) {
    let side = rng.range(-0.1, 0.1);
    let down = rng.range(-0.06, 0.1);
    let blotches = rng.range(0.0, 0.2);
    let seed = rng.next_u32();
    let folds: Vec<Fold> = (0..rng.below(5)).map(|_| Fold::new(rng)).collect();
    for (i, pixel) in pixels.iter_mut().enumerate().filter(|(_, pixel)| **pixel > 0.0) {
        let (x, y) = ((i % SIDE) as f32, (i / SIDE) as f32);
        let mut factor = 1.0 + side * (x / 14.0 - 1.0) + down * (y / 14.0 - 1.0);
        factor += blotches * (noise(x * 0.22, y * 0.22, seed) - 0.5);
        factor += folds.iter().map(|fold| fold.at(x, y)).sum::<f32>();
        *pixel *= factor;
    }
}

/// A crease: a light ridge beside a dark valley along a line, fading towards its ends.
struct Fold {
    middle: Point,
    way: Point,
    inverse_width: f32,
    inverse_length: f32,
    depth: f32,
}

impl Fold {
    fn new(rng: &mut Rng) -> Self {
        let slant = rng.range(-0.5, 0.5);
        Self {
            middle: super::path::point(rng.range(6.0, 22.0), rng.range(6.0, 24.0)),
            way: super::path::point(slant, (1.0 - slant * slant).sqrt()),
            inverse_width: 1.0 / rng.range(1.0, 3.0),
            inverse_length: 1.0 / rng.range(2.5, 7.0),
            depth: rng.range(0.06, 0.36),
        }
    }

    fn at(&self, x: f32, y: f32) -> f32 {
        let (dx, dy) = (x - self.middle.x, y - self.middle.y);
        let across = (dx * self.way.y - dy * self.way.x) * self.inverse_width;
        let along = (dx * self.way.x + dy * self.way.y) * self.inverse_length;
        let (across2, along2) = (1.0 + across * across, along * along);
        self.depth * across / (across2 * across2 * (1.0 + along2 * along2))
    }
}

/// The slight sharpening that photographs get when they are made small.
fn sharpened(pixels: &[f32; PIXELS]) -> [f32; PIXELS] {
    const AMOUNT: f32 = 0.14;
    let mut out = *pixels;
    for y in 1..SIDE - 1 {
        for x in 1..SIDE - 1 {
            let i = y * SIDE + x;
            if pixels[i] > 0.0 {
                let around = pixels[i - 1] + pixels[i + 1] + pixels[i - SIDE] + pixels[i + SIDE];
                out[i] += AMOUNT * (4.0 * pixels[i] - around);
            }
        }
    }
    out
}
