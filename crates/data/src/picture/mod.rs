//! From the pixels of any picture to what a network of Fashion-MNIST's pictures sees.
//!
//! A picture goes the way that Fashion-MNIST's own went (Xiao, Rasul and Vollgraf, arXiv:1708.07747, section 2): its margin
//! is trimmed, its longer side made 28 pixels, the shorter one centred, and what was dark on white becomes bright on black.
//! Theirs were photographs of a shop, all on white; drawings, icons and other people's photographs are not. So brightness
//! here is the distance from the background, whatever its colour: a white garment on a blue ground and a black one on paper
//! both come out bright.
//!
//! * `reduce.rs` takes millions of pixels down to some hundred a side, with their transparency;
//! * `ground.rs` finds the background and what stands out from it;
//! * `frame.rs` finds the garment's box and fits it into 28x28;
//! * `readings.rs` reads one drawing in several ways.
//!
//! Only operations that IEEE 754 rounds exactly are used: natively and in WebAssembly the result is equal to the bit.

mod error;
mod frame;
mod ground;
mod readings;
mod reduce;

use serde::{Deserialize, Serialize};

use crate::official::SIDE;

pub use error::PictureError;
pub use readings::readings;

/// Decoded pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub width: usize,
    pub height: usize,
    /// Four bytes a pixel, rows from the top: 8-bit sRGB with straight alpha.
    pub rgba: Vec<u8>,
}

/// What a person may overrule. `None`: found from the picture.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields = nullable))]
#[serde(rename_all = "camelCase", default)]
pub struct Wishes {
    /// Light on dark.
    pub inverted: Option<bool>,
    /// Quarter turns clockwise before anything else is done; none where nothing is said.
    pub turned: Option<u8>,
    /// Left and right changed.
    pub mirrored: Option<bool>,
    /// The background is taken away.
    pub background: Option<bool>,
}

/// What was found in a picture, or wished.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "camelCase")]
pub struct Found {
    /// Light on dark.
    pub inverted: bool,
    /// Quarter turns clockwise that were made.
    pub turned: u8,
    /// Left and right were changed.
    pub mirrored: bool,
    /// A background was taken away.
    pub background: bool,
    /// A drawing of lines, not of filled shapes.
    pub outlined: bool,
    /// Where the garment lies in the picture after its turns: left, top, width, height, as shares of its width and height.
    pub area: [f32; 4],
}

/// A picture as a network sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared {
    /// 28x28, bright on black as Fashion-MNIST.
    pub seen: Vec<u8>,
    /// The same drawing read in several ways, `seen` first; the network's answers to them are averaged.
    pub readings: Vec<Vec<u8>>,
    pub found: Found,
}

/// What a network sees of a picture of any size from 1x1 on.
///
/// # Errors
/// If the bytes are not the picture's, or there is nothing on it.
pub fn prepare(picture: &Picture, wishes: &Wishes) -> Result<Prepared, PictureError> {
    let turned = wishes.turned.unwrap_or(0) % 4;
    let small = reduce::reduce(picture)?.turned(turned);
    let lifted = ground::lift(&small, wishes);
    let area = frame::area(&lifted.ink).ok_or(PictureError::Empty)?;
    let mirrored = wishes.mirrored.unwrap_or(false);
    let (mut seen, outlined) = frame::fit(&lifted.ink, area);
    if mirrored {
        seen.chunks_mut(SIDE).for_each(<[u8]>::reverse);
    }
    let (height, width) = lifted.ink.dim();
    let share = |value: usize, of: usize| value as f32 / of as f32;
    let found = Found {
        inverted: lifted.inverted,
        turned,
        mirrored,
        background: lifted.background,
        outlined,
        area: [share(area.left, width), share(area.top, height), share(area.width, width), share(area.height, height)],
    };
    Ok(Prepared { readings: readings::read(&seen, outlined), seen, found })
}
