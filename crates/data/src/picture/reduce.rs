//! Any number of pixels down to a few hundred a side, by averaging areas.

use ndarray::{Array2, Array3, ArrayView3, s};

use super::{Picture, PictureError};

/// The longest side that is worked on: nine times what the network sees.
const LONGEST: usize = 256;

/// A picture small enough to be worked on several times over.
pub(super) struct Small {
    /// Height, width, then red, green and blue from 0 to 1; of what is transparent, those of the opaque part.
    pub colour: Array3<f32>,
    /// From 0, transparent, to 1.
    pub alpha: Array2<f32>,
}

/// Averages squares of pixels, as many a side as bring the longer side to [`LONGEST`]. At the right and the bottom they may
/// be cut.
pub(super) fn reduce(picture: &Picture) -> Result<Small, PictureError> {
    let &Picture { width, height, ref rgba } = picture;
    let wrong = || PictureError::Size { width, height, bytes: rgba.len() };
    let expected = width.checked_mul(height).and_then(|pixels| pixels.checked_mul(4));
    if expected.is_none_or(|bytes| bytes == 0 || bytes != rgba.len()) {
        return Err(wrong());
    }
    let pixels = ArrayView3::from_shape((height, width, 4), rgba).map_err(|_| wrong())?;
    let side = width.max(height).div_ceil(LONGEST);
    let (rows, columns) = (height.div_ceil(side), width.div_ceil(side));
    let mut small = Small { colour: Array3::zeros((rows, columns, 3)), alpha: Array2::zeros((rows, columns)) };
    // A square of the largest picture that fits any memory has less than 2^32 / 255² pixels a row; its sums need 64 bits.
    let mut sums = vec![[0u64; 4]; columns];
    for (row, band) in pixels.axis_chunks_iter(ndarray::Axis(0), side).enumerate() {
        sums.fill([0; 4]);
        for line in band.outer_iter() {
            let line = line.to_slice().unwrap_or_default();
            for (sum, square) in sums.iter_mut().zip(line.chunks(4 * side)) {
                for &[r, g, b, a] in square.as_chunks().0 {
                    let a = u64::from(a);
                    for (sum, value) in sum.iter_mut().zip([u64::from(r), u64::from(g), u64::from(b), 255]) {
                        *sum += value * a;
                    }
                }
            }
        }
        for (column, &[r, g, b, a]) in sums.iter().enumerate() {
            let pixels = band.len_of(ndarray::Axis(0)) * side.min(width - column * side);
            small.alpha[[row, column]] = a as f32 / (255 * 255 * pixels as u64) as f32;
            for (channel, sum) in [r, g, b].into_iter().enumerate() {
                small.colour[[row, column, channel]] = sum as f32 / a.max(1) as f32;
            }
        }
    }
    Ok(small)
}

impl Small {
    /// After so many quarter turns clockwise.
    pub fn turned(self, quarters: u8) -> Self {
        (0..quarters).fold(self, |small, _| {
            // A quarter turn is a transposition, then left and right changed.
            let colour = small.colour.permuted_axes([1, 0, 2]).slice_move(s![.., ..;-1, ..]);
            let alpha = small.alpha.reversed_axes().slice_move(s![.., ..;-1]);
            Self { colour: colour.as_standard_layout().into_owned(), alpha: alpha.as_standard_layout().into_owned() }
        })
    }
}
