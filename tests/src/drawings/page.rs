//! Where on its page a garment stands, and how.

use super::garment::{Garment, Role};
use super::path::Point;
use super::svg::{Paint, Svg, lines};
use crate::Draw;
use crate::drawings::colour::Colour;

/// How far a person strays from standing upright in the middle.
#[derive(Debug, Clone, Copy)]
pub struct Pose {
    /// The page's width; its height is 100.
    pub width: f32,
    /// The least and the greatest share of the page's smaller side that the garment takes.
    pub fill: [f32; 2],
    /// The greatest slope to either side: a tenth is some 6°.
    pub slope: f32,
    /// How much wider or narrower it may be.
    pub stretch: f32,
}

impl Pose {
    pub const NEAT: Pose = Pose { width: 100.0, fill: [0.8, 0.96], slope: 0.0, stretch: 0.06 };
    pub const LOOSE: Pose = Pose { width: 100.0, fill: [0.6, 0.94], slope: 0.12, stretch: 0.12 };

    /// The garment moved, turned, stretched and scaled; what has a side looks to either.
    pub fn apply(&self, garment: &Garment, draw: &mut Draw) -> Garment {
        let slope = draw.about(0.0, self.slope);
        // The sine and cosine of twice the angle whose tangent is half the slope.
        let t = slope / 2.0;
        let (cos, sin) = ((1.0 - t * t) / (1.0 + t * t), 2.0 * t / (1.0 + t * t));
        let stretch = draw.about(1.0, self.stretch);
        let mirrored = garment.sided && draw.chance(0.5);
        let turned = garment.map(1.0, |[x, y]| {
            let x = if mirrored { 50.0 - x } else { x - 50.0 } * stretch;
            let y = y - 50.0;
            [x * cos - y * sin, x * sin + y * cos]
        });
        let (low, high) = bounds(&turned);
        let size = (high[0] - low[0]).max(high[1] - low[1]);
        let scale = draw.within(self.fill[0], self.fill[1]) * self.width.min(100.0) / size;
        let place = |low: f32, high: f32, room: f32, share: f32| {
            let free = room - (high - low) * scale;
            // Two units of margin, and most near the middle.
            2.0 + (free - 4.0) * share - low * scale
        };
        let mut share = || 0.5 + (draw.unit() + draw.unit() - 1.0) * 0.45;
        let (dx, dy) = (place(low[0], high[0], self.width, share()), place(low[1], high[1], 100.0, share()));
        turned.map(scale, |[x, y]| [x * scale + dx, y * scale + dy])
    }
}

/// The garment's box, straps and their width too.
pub fn bounds(garment: &Garment) -> (Point, Point) {
    let (mut low, mut high) = ([f32::MAX; 2], [f32::MIN; 2]);
    for part in &garment.parts {
        let margin = if let Role::Band(width) = part.role { width / 2.0 } else { 0.0 };
        for point in part.path.points(4.0) {
            for axis in 0..2 {
                low[axis] = low[axis].min(point[axis] - margin);
                high[axis] = high[axis].max(point[axis] + margin);
            }
        }
    }
    (low, high)
}

/// Paints the whole page.
pub fn ground(svg: &mut Svg, width: f32, fill: &str) {
    let page = lines(&[[0.0, 0.0], [width, 0.0], [width, 100.0], [0.0, 100.0]], true);
    svg.path(&page, Paint { fill: Some(fill), ..Paint::default() });
}

/// Paper below a drawing, or nothing: the colour that shapes are filled with so that they hide what is behind them.
pub fn paper(svg: &mut Svg, transparent: bool, draw: &mut Draw) -> Option<Colour> {
    let paper = Colour::paper(draw);
    if transparent {
        // Some icons are cut out of white, others are lines alone.
        return draw.chance(0.5).then_some(super::colour::WHITE);
    }
    ground(svg, 100.0, &paper.to_string());
    Some(paper)
}
