use std::ops::Range;

use atelier_nn::plan::ConvGeometry;

use crate::kernels::copy;
use crate::memory::{Refused, product, vec_of};
use crate::simd::Simd;

/// The left matrix of a convolution's product: for each position of a window the patch of the source under it.
#[derive(Clone, Copy, Debug)]
pub struct PatchShape {
    /// Positions of the window: height, width.
    positions: [usize; 2],
    window: [usize; 2],
    source_height: usize,
    source_width: usize,
    channels: usize,
}

impl PatchShape {
    /// Patches of the input, one for each output.
    pub fn of_input(g: &ConvGeometry) -> Self {
        PatchShape {
            positions: [g.out_height, g.out_width],
            window: g.kernel,
            source_height: g.in_height,
            source_width: g.in_width,
            channels: g.in_channels,
        }
    }

    /// Patches of the output's gradient, one for each input.
    pub fn of_output_gradient(g: &ConvGeometry) -> Self {
        PatchShape {
            positions: [g.in_height, g.in_width],
            window: g.kernel,
            source_height: g.out_height,
            source_width: g.out_width,
            channels: g.filters,
        }
    }

    /// Rows that one image gives.
    pub fn rows_per_image(&self) -> usize {
        self.positions[0] * self.positions[1]
    }

    /// Numbers in a patch.
    pub fn depth(&self) -> usize {
        self.window[0] * self.window[1] * self.channels
    }

    /// Distance between rows in a tile of patches: a whole and odd number of cache lines of 64 bytes, so that rows begin on a
    /// line and do not all fall into the same set of the cache.
    pub fn stride(&self, at_least: usize) -> usize {
        self.depth().max(at_least).div_ceil(16) / 2 * 32 + 16
    }

    /// Numbers in one source image.
    pub fn source_len(&self) -> usize {
        self.source_height * self.source_width * self.channels
    }

    /// Bytes of the tables of [`Patches`].
    pub fn table_bytes(&self) -> u64 {
        let [rows, columns] = [0, 1].map(|axis| product(&[self.positions[axis], self.window[axis]]));
        rows.saturating_add(columns).saturating_mul(size_of::<Option<usize>>() as u64)
    }
}

/// Where the patches lie in the source.
#[derive(Debug)]
pub struct Patches {
    pub shape: PatchShape,
    /// Source row under each (position, window row).
    rows: Vec<Option<usize>>,
    /// Source column under each (position, window column).
    columns: Vec<Option<usize>>,
    /// The window's positions along a row at which all its columns lie side by side inside the source, so that a row of the
    /// window is one piece of memory, and moves by the same distance from each to the next.
    regular: Range<usize>,
    /// Source columns between two regular positions.
    regular_step: usize,
}

impl Patches {
    /// Patches of the input, one for each output.
    pub fn of_input(g: &ConvGeometry) -> Result<Self, Refused> {
        let at = |axis: usize, pad: usize, size: usize| {
            move |position: usize, tap: usize| {
                (position * g.strides[axis] + tap * g.dilation[axis]).checked_sub(pad).filter(|i| *i < size)
            }
        };
        Patches::new(PatchShape::of_input(g), at(0, g.pad_top, g.in_height), at(1, g.pad_left, g.in_width))
    }

    /// Patches of the output's gradient, one for each input: the outputs that the input had a part in, with the taps
    /// from the last to the first. The kernel must be flipped to match.
    pub fn of_output_gradient(g: &ConvGeometry) -> Result<Self, Refused> {
        let at = |axis: usize, pad: usize, size: usize| {
            move |position: usize, flipped: usize| {
                let tap = g.kernel[axis] - 1 - flipped;
                (position + pad)
                    .checked_sub(tap * g.dilation[axis])
                    .filter(|i| i % g.strides[axis] == 0)
                    .map(|i| i / g.strides[axis])
                    .filter(|i| *i < size)
            }
        };
        Patches::new(PatchShape::of_output_gradient(g), at(0, g.pad_top, g.out_height), at(1, g.pad_left, g.out_width))
    }

    fn new(
        shape: PatchShape,
        row: impl Fn(usize, usize) -> Option<usize>,
        column: impl Fn(usize, usize) -> Option<usize>,
    ) -> Result<Self, Refused> {
        let rows = table(shape.positions[0], shape.window[0], row)?;
        let columns = table(shape.positions[1], shape.window[1], column)?;
        let (regular, regular_step) = regular(&columns, shape.window[1]);
        Ok(Patches { shape, rows, columns, regular, regular_step })
    }

    /// Copies the patches `first .. first + count`, counted over the images in `source`, into the rows of `tile`.
    #[inline(always)]
    pub fn gather<S: Simd>(
        &self,
        simd: S,
        source: &[f32],
        first: usize,
        count: usize,
        tile: &mut [f32],
        stride: usize,
    ) {
        let PatchShape { positions: [height, width], window, source_width, channels, .. } = self.shape;
        let source_len = self.shape.source_len();
        let line = window[1] * channels;
        let mut next = first;
        // A row of positions at a time: there the source row under each row of the window stays the same.
        while next < first + count {
            let (row, x) = (next / width, next % width);
            let (image, y) = (row / height, row % height);
            let positions = x..width.min(x + first + count - next);
            let image = &source[image * source_len..][..source_len];
            let to = &mut tile[(next - first) * stride..];
            let rows = &self.rows[y * window[0]..][..window[0]];
            for (i, source_row) in rows.iter().enumerate() {
                let to = &mut to[i * line..];
                match source_row {
                    Some(row) => {
                        let len = source_width * channels;
                        self.gather_row(simd, &image[row * len..][..len], positions.clone(), to, stride);
                    }
                    None => {
                        for to in to.chunks_mut(stride).take(positions.len()) {
                            copy::zero(simd, &mut to[..line]);
                        }
                    }
                }
            }
            next += positions.len();
        }
    }

    /// Copies the part of the window's positions that lies in one row of the source.
    #[inline(always)]
    fn gather_row<S: Simd>(&self, simd: S, source: &[f32], positions: Range<usize>, to: &mut [f32], stride: usize) {
        let (taps, channels) = (self.shape.window[1], self.shape.channels);
        let line = taps * channels;
        let start = self.regular.start.clamp(positions.start, positions.end);
        let end = self.regular.end.clamp(start, positions.end);
        for x in (positions.start..start).chain(end..positions.end) {
            let to = &mut to[(x - positions.start) * stride..][..line];
            let columns = &self.columns[x * taps..][..taps];
            for (column, to) in columns.iter().zip(to.chunks_exact_mut(channels)) {
                match column {
                    Some(column) => copy::copy(simd, &source[column * channels..][..channels], to),
                    None => copy::zero(simd, to),
                }
            }
        }
        if let Some(Some(column)) = self.columns.get(start * taps).filter(|_| start < end) {
            let from = &source[column * channels..];
            let to = &mut to[(start - positions.start) * stride..];
            copy::copy_lines(simd, line, end - start, from, self.regular_step * channels, to, stride);
        }
    }
}

fn table(
    positions: usize,
    taps: usize,
    at: impl Fn(usize, usize) -> Option<usize>,
) -> Result<Vec<Option<usize>>, Refused> {
    let mut table = vec_of(positions.checked_mul(taps).ok_or(Refused)?)?;
    for position in 0..positions {
        table.extend((0..taps).map(|tap| at(position, tap)));
    }
    Ok(table)
}

/// [`Patches::regular`] and [`Patches::regular_step`] of a table of columns.
fn regular(columns: &[Option<usize>], taps: usize) -> (Range<usize>, usize) {
    let positions = columns.len() / taps;
    let first = |position: usize| {
        let taps = &columns[position * taps..][..taps];
        taps[0].filter(|first| taps.iter().enumerate().all(|(t, column)| *column == Some(first + t)))
    };
    let Some(start) = (0..positions).find(|x| first(*x).is_some()) else { return (0..0, 0) };
    let distance = |x: usize| if x + 1 < positions { first(x).zip(first(x + 1)).map(|(a, b)| b - a) } else { None };
    let Some(step) = distance(start) else { return (start..start + 1, 0) };
    let end = (start..).find(|x| distance(*x) != Some(step)).map_or(start, |x| x + 1);
    (start..end, step)
}
