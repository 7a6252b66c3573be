//! Pictures varied at random, as they may vary without becoming another garment: turned, scaled, slanted and shifted a
//! little, mirrored, lighter or darker.

mod affine;
mod rendering;

use serde::{Deserialize, Serialize};

pub use rendering::rendering;

use crate::rng::Rng;

/// A way to vary a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Augmentation {
    /// Turned up to 12 degrees, scaled, slanted, stretched, shifted up to two pixels.
    Affine,
    /// Left and right changed, every second time.
    Mirror,
    /// Brighter or darker, with more or less contrast.
    Brightness,
}

impl Augmentation {
    /// All of them, in the order in which they are applied.
    pub const ALL: [Self; 3] = [Self::Affine, Self::Mirror, Self::Brightness];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Affine => "affine",
            Self::Mirror => "mirror",
            Self::Brightness => "brightness",
        }
    }

    /// Varies a picture of `[height, width, channels]`.
    ///
    /// # Panics
    /// If the picture is not of that shape.
    pub fn apply(self, pixels: &mut [u8], [height, width, channels]: [usize; 3], rng: &mut Rng) {
        assert_eq!(pixels.len(), height * width * channels, "a picture of its shape");
        match self {
            Self::Affine => affine::affine(pixels, [height, width, channels], rng),
            Self::Mirror => {
                if rng.chance(0.5) {
                    mirror(pixels, width, channels);
                }
            }
            Self::Brightness => brightness(pixels, rng),
        }
    }
}

fn mirror(pixels: &mut [u8], width: usize, channels: usize) {
    for row in pixels.chunks_exact_mut(width * channels) {
        for x in 0..width / 2 {
            for channel in 0..channels {
                row.swap(x * channels + channel, (width - 1 - x) * channels + channel);
            }
        }
    }
}

/// What is black stays black: there is no garment.
fn brightness(pixels: &mut [u8], rng: &mut Rng) {
    let gain = rng.range(0.65, 1.25);
    // Bends the scale: above 0 the dark parts become brighter, below it darker.
    let bend = rng.range(-0.45, 0.45);
    let table: [u8; 256] = std::array::from_fn(|value| {
        let value = value as f32 / 255.0;
        let bent = value * (1.0 + bend * (1.0 - value));
        ((bent * gain).clamp(0.0, 1.0) * 255.0 + 0.5) as u8
    });
    for pixel in pixels {
        *pixel = table[usize::from(*pixel)];
    }
}
