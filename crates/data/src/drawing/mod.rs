//! What a hand drew, as data, and its pixels.
//!
//! A [`Drawing`] is marks in their order on a square sheet: coordinates and widths are shares of its side, shades run from 0,
//! paper, to 1, ink. A [`Canvas`] draws them at any size, with the same bytes natively and in WebAssembly.
//!
//! * `read.rs` reads drawings from files, ours and those of "Quick, Draw!", and refuses what no hand drew;
//! * `canvas.rs` puts marks onto the sheet, `brush.rs` covers it by lines, `fill.rs` fills what lines close in,
//!   `texture.rs` is what surfaces look like.

mod brush;
mod canvas;
mod fill;
mod read;
mod texture;

use serde::{Deserialize, Serialize};

pub use canvas::Canvas;
pub use read::{DrawingError, read};
pub use texture::Texture;

use crate::Picture;

/// Pixels a side of the sheet that people draw on.
pub const SIDE: usize = 448;
/// The version that is written.
pub const VERSION: u32 = 1;

/// Marks in the order in which they were made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Drawing {
    pub version: u32,
    pub marks: Vec<Mark>,
}

/// One thing done to the sheet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum Mark {
    /// A line drawn by hand.
    Stroke {
        /// x, y and the pen's pressure from 0 to 1; 0.5, as mice say, draws the line in its width.
        points: Vec<[f32; 3]>,
        width: f32,
        shade: f32,
        #[serde(default)]
        texture: Texture,
        /// Drawn a second time, left and right changed.
        #[serde(default)]
        mirrored: bool,
        /// Back to paper, whatever the shade.
        #[serde(default)]
        erases: bool,
    },
    /// A straight line.
    Line {
        points: [[f32; 2]; 2],
        width: f32,
        shade: f32,
        #[serde(default)]
        texture: Texture,
        #[serde(default)]
        mirrored: bool,
    },
    /// A quadratic Bézier curve: from the first point to the third, towards the second.
    Curve {
        points: [[f32; 2]; 3],
        width: f32,
        shade: f32,
        #[serde(default)]
        texture: Texture,
        #[serde(default)]
        mirrored: bool,
    },
    /// The area of one shade around a point, as far as lines close it in.
    Fill {
        at: [f32; 2],
        shade: f32,
        #[serde(default)]
        texture: Texture,
        #[serde(default)]
        mirrored: bool,
    },
    /// A square picture over the whole sheet, such as a garment of the data set to start from: `side` rows of `side` shades
    /// from 0, paper, to 255, ink.
    Garment { side: usize, ink: Vec<u8> },
    /// Paper again.
    Clear,
}

impl Drawing {
    pub fn new(marks: Vec<Mark>) -> Self {
        Self { version: VERSION, marks }
    }

    /// The drawing as a picture of `side` by `side` pixels, dark on white.
    ///
    /// # Errors
    /// As [`Drawing::check`].
    pub fn render(&self, side: usize) -> Result<Picture, DrawingError> {
        let mut canvas = Canvas::new(side);
        canvas.begin(self)?;
        Ok(canvas.picture())
    }
}
