//! What has a neck and two arms: the outline that tops, shirts, pullovers, coats and dresses share.

use crate::Draw;
use crate::drawings::garment::{Garment, Role};
use crate::drawings::path::{Path, Point, between};

/// The right half; the other is its reflection. `y` grows downwards.
#[derive(Debug, Clone, Copy)]
pub struct Torso {
    /// Where the neck's side is.
    pub neck: Point,
    /// How low the neckline's middle is.
    pub dip: f32,
    /// Whether the neckline runs straight to its lowest point.
    pub vee: bool,
    pub shoulder: Point,
    /// The sleeve's end away from the body, and towards it.
    pub cuff: [Point; 2],
    pub armpit: Point,
    /// The body's half width at its narrowest.
    pub waist: Point,
    pub hem: Point,
    /// How much lower the hem's middle is.
    pub drop: f32,
}

impl Torso {
    pub fn outline(&self) -> Path {
        let from = Path::at(50.0, self.dip);
        let [nx, ny] = self.neck;
        let [sx, sy] = self.shoulder;
        let [outer, inner] = self.cuff;
        let path = if self.vee { from.line(nx, ny) } else { from.bend(nx - 0.5, self.dip - 0.5, nx, ny) };
        let (onto, down) = (between(self.neck, self.shoulder, 0.85), between(self.shoulder, outer, 0.2));
        path.line(onto[0], onto[1])
            .bend(sx, sy, down[0], down[1])
            .line(outer[0], outer[1])
            .line(inner[0], inner[1])
            .line(self.armpit[0], self.armpit[1])
            .bend(self.waist[0], self.waist[1], self.hem[0], self.hem[1])
            .bend(between(self.hem, [50.0, 0.0], 0.5)[0], self.hem[1] + self.drop, 50.0, self.hem[1] + self.drop)
            .symmetric()
    }

    /// The inside of the back that a neckline shows.
    pub fn inside(&self) -> Path {
        let [nx, ny] = self.neck;
        let high = Path::at(100.0 - nx, ny).bend(50.0, ny + 3.5, nx, ny);
        let low =
            if self.vee { high.line(50.0, self.dip) } else { high.bend(nx - 0.5, self.dip - 0.5, 50.0, self.dip) };
        let low = if self.vee { low } else { low.bend(100.5 - nx, self.dip - 0.5, 100.0 - nx, ny) };
        low.close()
    }

    /// The neckline, `width` below its edge.
    pub fn neckline(&self, width: f32) -> Path {
        let ([nx, ny], dip) = (self.neck, self.dip + width);
        let (x, y) = (nx + width * 0.9, ny + width * 0.35);
        let path = Path::at(100.0 - x, y);
        if self.vee {
            path.line(50.0, dip + 0.4 * width).line(x, y)
        } else {
            path.bend(100.5 - x, dip - 0.3, 50.0, dip).bend(x - 0.5, dip - 0.3, x, y)
        }
    }

    /// Across the right sleeve, a share of its length above its end.
    pub fn across(&self, share: f32) -> [Point; 2] {
        let down = between(self.shoulder, self.cuff[0], 0.1);
        [between(self.cuff[0], down, share), between(self.cuff[1], self.armpit, share)]
    }

    /// The end of the right sleeve, `share` of its length.
    pub fn cuff_shape(&self, share: f32) -> Path {
        let [outer, inner] = self.across(share);
        Path::polygon(&[outer, self.cuff[0], self.cuff[1], inner])
    }

    /// Where the right sleeve is sewn on.
    pub fn armhole(&self) -> Path {
        let top = between(self.neck, self.shoulder, 0.86);
        Path::at(top[0], top[1]).bend(top[0] - 3.0, self.armpit[1] - 6.0, self.armpit[0], self.armpit[1])
    }

    /// The body's half width at a height between armpit and hem.
    pub fn side(&self, y: f32) -> f32 {
        let t = ((y - self.armpit[1]) / (self.hem[1] - self.armpit[1])).clamp(0.0, 1.0);
        let (a, b) = (between(self.armpit, self.waist, t), between(self.waist, self.hem, t));
        between(a, b, t)[0] - 50.0
    }

    /// Lines across the body at this height.
    pub fn hem_line(&self, above: f32) -> Path {
        let (y, x) = (self.hem[1] - above, self.side(self.hem[1] - above));
        Path::at(50.0 - x, y).bend(50.0, y + 1.6 * self.drop, 50.0 + x, y)
    }
}

/// A long sleeve's end: hanging beside the body, held off, or stretched out. Its outer and its inner corner.
pub fn long_sleeve(shoulder: Point, wide: f32, draw: &mut Draw) -> [Point; 2] {
    let (x, y) = match draw.between(0, 3) {
        0 | 1 => (draw.within(9.0, 14.0), draw.within(48.0, 56.0)),
        2 => (draw.within(15.0, 21.0), draw.within(42.0, 50.0)),
        _ => (draw.within(20.0, 25.0), draw.within(32.0, 40.0)),
    };
    let length = (x * x + y * y).sqrt();
    // At a right angle to the sleeve.
    let across = [-y / length * wide, x / length * wide];
    let outer = [shoulder[0] + x, shoulder[1] + y];
    [outer, [outer[0] + across[0], outer[1] + across[1]]]
}

/// A sleeve that ends above the elbow.
pub fn short_sleeve(shoulder: Point, wide: f32, draw: &mut Draw) -> [Point; 2] {
    let (x, y) = (draw.within(10.0, 17.0), draw.within(10.0, 20.0));
    let length = (x * x + y * y).sqrt();
    let outer = [shoulder[0] + x, shoulder[1] + y];
    [outer, [outer[0] - y / length * wide, outer[1] + x / length * wide]]
}

/// Folds of a body that hangs: left out where a style is plain.
pub fn folds(garment: &mut Garment, torso: &Torso, draw: &mut Draw) {
    for side in [-1.0, 1.0] {
        if draw.chance(0.6) {
            let y = draw.about(torso.armpit[1] + 12.0, 6.0);
            let x = 50.0 + side * torso.side(y) * 0.85;
            garment.add(Role::Fine, Path::at(x, y).bend(x - side * 2.0, y + 7.0, x - side * 7.0, y + 12.0));
        }
    }
}
