//! Outlines in one go: with a pen, with a thick marker, as the line icons of a set.

use crate::Draw;
use crate::drawings::colour::{BLACK, Colour};
use crate::drawings::garment::{Garment, Role};
use crate::drawings::hand::Hand;
use crate::drawings::page::{Pose, paper};
use crate::drawings::svg::{Paint, Svg, curves, lines};

/// What an outline is drawn with.
struct Tool {
    ink: Colour,
    width: f32,
    /// What hides the parts behind; nothing where lines show through.
    fill: Option<Colour>,
    /// Whether folds and stitches are drawn.
    fine: bool,
    /// Whether shadow and figures are filled with ink.
    solid: bool,
    hand: Hand,
}

impl Tool {
    fn draw(&self, svg: &mut Svg, garment: &Garment, draw: &mut Draw) {
        let fill = self.fill.map(|fill| fill.to_string());
        let ink = self.ink.to_string();
        for part in &garment.parts {
            let (fill, width) = match part.role {
                Role::Fine if !self.fine => continue,
                Role::Fine => (None, self.width * 0.55),
                Role::Line => (None, self.width * 0.85),
                Role::Dark | Role::Accent if self.solid => (Some(&ink), self.width * 0.7),
                Role::Button => (if self.solid { Some(&ink) } else { fill.as_ref() }, self.width * 0.7),
                _ => (fill.as_ref(), self.width),
            };
            let band;
            let path = if let Role::Band(width) = part.role {
                band = part.path.band(width);
                &band
            } else {
                &part.path
            };
            let data = if self.hand.tremble == 0.0 {
                curves(path)
            } else {
                lines(&self.hand.outline(path, draw), path.closed)
            };
            svg.path(
                &data,
                Paint { fill: fill.map(String::as_str), stroke: Some((self.ink, width)), ..Paint::default() },
            );
        }
    }
}

/// A thin, careful outline with its details.
pub fn pen(garment: &Garment, draw: &mut Draw) -> String {
    let mut svg = Svg::default();
    let garment = Pose { slope: 0.06, ..Pose::LOOSE }.apply(garment, draw);
    let fill = paper(&mut svg, draw.chance(0.25), draw);
    let tremble = if draw.chance(0.3) { 0.0 } else { draw.within(0.2, 0.7) };
    let tool = Tool {
        ink: Colour::ink(draw),
        width: draw.within(0.7, 1.6),
        fill,
        fine: draw.chance(0.7),
        solid: draw.chance(0.2),
        hand: Hand { tremble, reach: draw.within(6.0, 14.0), ..Hand::STEADY },
    };
    tool.draw(&mut svg, &garment, draw);
    svg.finish([100.0, 100.0], draw.one_of(&[200.0, 256.0, 400.0, 512.0]))
}

/// A thick felt pen: few details.
pub fn marker(garment: &Garment, draw: &mut Draw) -> String {
    let mut svg = Svg::default();
    let garment = Pose::LOOSE.apply(garment, draw);
    let fill = paper(&mut svg, draw.chance(0.2), draw);
    let tool = Tool {
        ink: Colour::ink(draw),
        width: draw.within(2.6, 4.4),
        fill,
        fine: false,
        solid: draw.chance(0.25),
        hand: Hand { tremble: draw.within(0.4, 1.1), reach: draw.within(7.0, 16.0), ..Hand::STEADY },
    };
    tool.draw(&mut svg, &garment, draw);
    svg.finish([100.0, 100.0], draw.one_of(&[160.0, 300.0, 448.0]))
}

/// A line icon: even, rounded strokes, symmetric, mostly without a ground.
pub fn icon(garment: &Garment, draw: &mut Draw) -> String {
    let mut svg = Svg::default();
    let garment = Pose { stretch: 0.0, fill: [0.86, 0.95], ..Pose::NEAT }.apply(garment, draw);
    let fill = paper(&mut svg, draw.chance(0.75), draw);
    let tool = Tool {
        ink: if draw.chance(0.8) { BLACK } else { Colour::ink(draw) },
        width: draw.within(2.2, 5.2),
        fill,
        fine: false,
        solid: draw.chance(0.2),
        hand: Hand::STEADY,
    };
    tool.draw(&mut svg, &garment, draw);
    svg.finish([100.0, 100.0], draw.one_of(&[24.0, 48.0, 96.0, 512.0]))
}
