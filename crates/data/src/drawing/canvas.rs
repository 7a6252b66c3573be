use ndarray::{Array2, s};

use super::brush::{self, Cover, Dab};
use super::fill;
use super::{Drawing, DrawingError, Mark, Texture};
use crate::Picture;

/// A square sheet that marks are drawn on.
#[derive(Debug, Clone)]
pub struct Canvas {
    /// Rows of shades from 0, paper, to 255, ink.
    ink: Array2<u8>,
    /// What a mark that is still being drawn covers.
    under: Option<Under>,
}

/// A part of the sheet as it was.
#[derive(Debug, Clone)]
struct Under {
    left: usize,
    top: usize,
    ink: Array2<u8>,
}

/// What a line is drawn with.
#[derive(Clone, Copy)]
struct Pen {
    shade: f32,
    texture: Texture,
    mirrored: bool,
}

impl Canvas {
    /// An empty sheet of `side` by `side` pixels, one at least.
    pub fn new(side: usize) -> Self {
        Self { ink: Array2::zeros((side.max(1), side.max(1))), under: None }
    }

    /// Pixels a side.
    pub fn side(&self) -> usize {
        self.ink.nrows()
    }

    /// Empties the sheet and draws a whole drawing.
    ///
    /// # Errors
    /// As [`Drawing::check`]; the sheet is then as it was.
    pub fn begin(&mut self, drawing: &Drawing) -> Result<(), DrawingError> {
        drawing.check()?;
        self.clear();
        drawing.marks.iter().for_each(|mark| self.put(mark));
        Ok(())
    }

    /// Draws a mark.
    ///
    /// # Errors
    /// As [`Mark::check`]; the sheet is then as it was.
    pub fn draw(&mut self, mark: &Mark) -> Result<(), DrawingError> {
        mark.check(0)?;
        self.lift();
        self.put(mark);
        Ok(())
    }

    /// Draws a mark that is still growing: the next one, drawn or sketched, takes its place.
    ///
    /// # Errors
    /// As [`Mark::check`]; the sheet is then as it was.
    pub fn sketch(&mut self, mark: &Mark) -> Result<(), DrawingError> {
        mark.check(0)?;
        self.lift();
        match mark {
            Mark::Fill { .. } | Mark::Garment { .. } | Mark::Clear => {
                self.under = Some(Under { left: 0, top: 0, ink: self.ink.clone() });
                self.put(mark);
            }
            _ => {
                let covers = self.covers(mark);
                let left = covers.iter().map(|(cover, _)| cover.left).min().unwrap_or(0);
                let top = covers.iter().map(|(cover, _)| cover.top).min().unwrap_or(0);
                let right = covers.iter().map(|(cover, _)| cover.left + cover.values.ncols()).max().unwrap_or(0);
                let bottom = covers.iter().map(|(cover, _)| cover.top + cover.values.nrows()).max().unwrap_or(0);
                let ink = self.ink.slice(s![top..bottom, left..right]).to_owned();
                self.under = Some(Under { left, top, ink });
                covers.iter().for_each(|(cover, pen)| self.paint(cover, *pen));
            }
        }
        Ok(())
    }

    /// Takes a sketch off again.
    pub fn lift(&mut self) {
        if let Some(Under { left, top, ink }) = self.under.take() {
            self.ink.slice_mut(s![top..top + ink.nrows(), left..left + ink.ncols()]).assign(&ink);
        }
    }

    /// The sheet as a picture, ink black on white paper.
    pub fn picture(&self) -> Picture {
        let rgba = self.ink.iter().flat_map(|&ink| [255 - ink, 255 - ink, 255 - ink, 255]).collect();
        Picture { width: self.side(), height: self.side(), rgba }
    }

    fn clear(&mut self) {
        self.under = None;
        self.ink.fill(0);
    }

    /// A mark that has been checked.
    fn put(&mut self, mark: &Mark) {
        match mark {
            Mark::Stroke { .. } | Mark::Line { .. } | Mark::Curve { .. } => {
                for (cover, pen) in self.covers(mark) {
                    self.paint(&cover, pen);
                }
            }
            &Mark::Fill { at, shade, texture, mirrored } => {
                self.fill(at, shade, texture);
                if mirrored {
                    self.fill([1.0 - at[0], at[1]], shade, texture);
                }
            }
            Mark::Garment { side, ink } => self.lay(*side, ink),
            Mark::Clear => self.clear(),
        }
    }

    /// What a line covers, and where it is mirrored its mirror image.
    fn covers(&self, mark: &Mark) -> Vec<(Cover, Pen)> {
        let even = |points: &[[f32; 2]]| points.iter().map(|&[x, y]| [x, y, 0.5]).collect::<Vec<_>>();
        let (points, width, pen) = match mark {
            &Mark::Stroke { ref points, width, shade, texture, mirrored, erases } => {
                let shade = if erases { 0.0 } else { shade };
                (points.clone(), width, Pen { shade, texture, mirrored })
            }
            &Mark::Line { ref points, width, shade, texture, mirrored } => {
                (even(points), width, Pen { shade, texture, mirrored })
            }
            &Mark::Curve { points, width, shade, texture, mirrored } => {
                (even(&brush::curve(points)), width, Pen { shade, texture, mirrored })
            }
            Mark::Fill { .. } | Mark::Garment { .. } | Mark::Clear => return Vec::new(),
        };
        let side = self.side() as f32;
        let dabs = |mirrored: bool| -> Vec<Dab> {
            let dab = |&[x, y, pressure]: &[f32; 3]| Dab {
                x: if mirrored { 1.0 - x } else { x } * side,
                y: y * side,
                radius: 0.5 * width * side * (0.4 + 1.2 * pressure),
            };
            points.iter().map(dab).collect()
        };
        let both = [false, true].into_iter().filter(|&second| pen.mirrored || !second);
        both.filter_map(|second| Some((brush::line(&dabs(second), self.side())?, pen))).collect()
    }

    fn paint(&mut self, cover: &Cover, pen: Pen) {
        let pixel = 1.0 / self.side() as f32;
        for ((row, column), &share) in cover.values.indexed_iter().filter(|(_, share)| **share > 0.0) {
            let (y, x) = (cover.top + row, cover.left + column);
            let ink = &mut self.ink[[y, x]];
            let shade = shade_at(pen.shade, pen.texture, y, x, pixel);
            *ink = (f32::from(*ink) + (shade - f32::from(*ink)) * share + 0.5) as u8;
        }
    }

    fn fill(&mut self, [x, y]: [f32; 2], shade: f32, texture: Texture) {
        let side = self.side();
        let [column, row] = [x, y].map(|share| (share * side as f32).floor());
        let on = |value: f32| (0.0..side as f32).contains(&value);
        if on(column) && on(row) {
            let pixel = 1.0 / side as f32;
            fill::fill(&mut self.ink, (row as usize, column as usize), |y, x| shade_at(shade, texture, y, x, pixel));
        }
    }

    /// A picture over the whole sheet, its pixels' middles joined by straight ways.
    fn lay(&mut self, side: usize, picture: &[u8]) {
        let scale = side as f32 / self.side() as f32;
        let beside = |i: usize| {
            let at = ((i as f32 + 0.5) * scale - 0.5).clamp(0.0, (side - 1) as f32);
            let first = at as usize;
            (first, (first + 1).min(side - 1), at - first as f32)
        };
        let value = |y: usize, x: usize| f32::from(picture[y * side + x]);
        for ((y, x), ink) in self.ink.indexed_iter_mut() {
            let ((top, bottom, down), (left, right, along)) = (beside(y), beside(x));
            let above = value(top, left) + (value(top, right) - value(top, left)) * along;
            let below = value(bottom, left) + (value(bottom, right) - value(bottom, left)) * along;
            *ink = (above + (below - above) * down + 0.5) as u8;
        }
    }
}

/// The shade of a pixel's middle, from 0 to 255.
fn shade_at(shade: f32, texture: Texture, y: usize, x: usize, pixel: f32) -> f32 {
    let middle = |i: usize| (i as f32 + 0.5) * pixel;
    255.0 * shade * texture.at(middle(x), middle(y), pixel)
}
