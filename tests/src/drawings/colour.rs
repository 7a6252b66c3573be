//! Colours that people choose.

use std::fmt;

use crate::Draw;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Colour(pub [u8; 3]);

pub const BLACK: Colour = Colour([0, 0, 0]);
pub const WHITE: Colour = Colour([255, 255, 255]);

/// Of garments.
const CLOTHS: [[u8; 3]; 18] = [
    [214, 48, 49],
    [34, 102, 204],
    [39, 150, 80],
    [241, 190, 50],
    [123, 78, 160],
    [232, 120, 60],
    [60, 70, 90],
    [235, 140, 165],
    [110, 75, 50],
    [90, 170, 190],
    [180, 150, 110],
    [70, 90, 60],
    [150, 30, 60],
    [130, 135, 140],
    [40, 40, 45],
    [95, 130, 190],
    [205, 205, 200],
    [190, 95, 70],
];

/// Of pens.
const INKS: [[u8; 3]; 8] =
    [[0, 0, 0], [0, 0, 0], [20, 20, 25], [25, 40, 120], [60, 60, 60], [90, 50, 30], [120, 20, 30], [20, 80, 60]];

/// Of paper.
const PAPERS: [[u8; 3]; 6] =
    [[255, 255, 255], [255, 255, 255], [255, 255, 255], [250, 246, 235], [240, 240, 240], [235, 242, 248]];

impl Colour {
    pub fn cloth(draw: &mut Draw) -> Colour {
        Colour(draw.one_of(&CLOTHS))
    }

    pub fn ink(draw: &mut Draw) -> Colour {
        Colour(draw.one_of(&INKS))
    }

    pub fn paper(draw: &mut Draw) -> Colour {
        Colour(draw.one_of(&PAPERS))
    }

    /// A share of the way to another.
    pub fn towards(self, other: Colour, share: f32) -> Colour {
        let mix = |a: u8, b: u8| (f32::from(a) + (f32::from(b) - f32::from(a)) * share).round() as u8;
        Colour([mix(self.0[0], other.0[0]), mix(self.0[1], other.0[1]), mix(self.0[2], other.0[2])])
    }

    pub fn darker(self, share: f32) -> Colour {
        self.towards(BLACK, share)
    }

    pub fn lighter(self, share: f32) -> Colour {
        self.towards(WHITE, share)
    }

    /// How bright it looks, from 0 to 1.
    pub fn brightness(self) -> f32 {
        let [r, g, b] = self.0.map(f32::from);
        (0.3 * r + 0.59 * g + 0.11 * b) / 255.0
    }

    /// Lines that can be seen on it.
    pub fn contrast(self, share: f32) -> Colour {
        if self.brightness() > 0.45 { self.darker(share) } else { self.lighter(share) }
    }

    /// Another cloth that is seen beside this one.
    pub fn beside(self, draw: &mut Draw) -> Colour {
        let other = Colour::cloth(draw);
        if (other.brightness() - self.brightness()).abs() > 0.15 { other } else { self.contrast(0.45) }
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}
