use serde::{Deserialize, Serialize};

/// What a surface looks like. Periods are chosen to be seen still when the sheet is 28 pixels wide.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub enum Texture {
    #[default]
    Plain,
    /// From side to side.
    Stripes,
    Checks,
    Dots,
    /// Plaits of slanting stitches.
    Knit,
}

/// What is between a texture's threads, as a share of its shade.
const BETWEEN: f32 = 0.35;

impl Texture {
    /// The factor of the shade at a place on the sheet, `pixel` being the side of a pixel there. Left and right of the
    /// sheet's middle are mirror images.
    pub(super) fn at(self, x: f32, y: f32, pixel: f32) -> f32 {
        let across = (x - 0.5).abs();
        let thread = match self {
            Self::Plain => return 1.0,
            Self::Stripes => band(y, 0.11, pixel),
            Self::Checks => 0.5 * (band(across + 0.03, 0.12, pixel) + band(y, 0.12, pixel)),
            Self::Dots => {
                let odd = (y / 0.1).floor() % 2.0 != 0.0;
                let [u, v] = [across + if odd { 0.05 } else { 0.0 }, y].map(|at| from_middle(at, 0.1));
                1.0 - soft(0.028 - (u * u + v * v).sqrt(), pixel)
            }
            Self::Knit => band(y + from_middle(across, 0.09), 0.05, pixel),
        };
        BETWEEN + (1.0 - BETWEEN) * thread
    }
}

/// 1 in one half of each period, 0 in the other.
fn band(at: f32, period: f32, pixel: f32) -> f32 {
    soft(0.25 * period - from_middle(at, period), pixel)
}

/// How far from the middle of its period.
fn from_middle(at: f32, period: f32) -> f32 {
    let share = at / period;
    (share - share.floor() - 0.5).abs() * period
}

/// The share of a pixel that is covered, from how far its middle lies within an edge.
fn soft(within: f32, pixel: f32) -> f32 {
    (within / pixel + 0.5).clamp(0.0, 1.0)
}
