use atelier_nn::plan::ConvGeometry;

use crate::kernels::copy;
use crate::simd::Simd;

/// Where each row of a convolution's left matrix comes from: the patch of the source under one position of the window.
#[derive(Clone, Debug)]
pub struct Patches {
    /// Positions of the window: height, width.
    positions: [usize; 2],
    window: [usize; 2],
    source_height: usize,
    source_width: usize,
    channels: usize,
    /// Source row under each (position, window row).
    rows: Vec<Option<usize>>,
    /// Source column under each (position, window column).
    columns: Vec<Option<usize>>,
    /// First source column of the positions whose window columns all lie side by side inside the source, so that a whole
    /// row of the window is one piece of memory.
    unbroken: Vec<Option<usize>>,
}

impl Patches {
    /// Patches of the input, one for each output.
    pub fn of_input(g: &ConvGeometry) -> Self {
        let at = |axis: usize, pad: usize, size: usize| {
            move |position: usize, tap: usize| {
                (position * g.strides[axis] + tap * g.dilation[axis]).checked_sub(pad).filter(|i| *i < size)
            }
        };
        Patches::new(
            [g.out_height, g.out_width],
            g.kernel,
            [g.in_height, g.in_width, g.in_channels],
            at(0, g.pad_top, g.in_height),
            at(1, g.pad_left, g.in_width),
        )
    }

    /// Patches of the output's gradient, one for each input: the outputs that the input had a part in, with the taps
    /// from the last to the first. The kernel must be flipped to match.
    pub fn of_output_gradient(g: &ConvGeometry) -> Self {
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
        Patches::new(
            [g.in_height, g.in_width],
            g.kernel,
            [g.out_height, g.out_width, g.filters],
            at(0, g.pad_top, g.out_height),
            at(1, g.pad_left, g.out_width),
        )
    }

    fn new(
        positions: [usize; 2],
        window: [usize; 2],
        [source_height, source_width, channels]: [usize; 3],
        row: impl Fn(usize, usize) -> Option<usize>,
        column: impl Fn(usize, usize) -> Option<usize>,
    ) -> Self {
        let table = |count: usize, taps: usize, at: &dyn Fn(usize, usize) -> Option<usize>| {
            (0..count).flat_map(|p| (0..taps).map(move |t| (p, t))).map(|(p, t)| at(p, t)).collect::<Vec<_>>()
        };
        let columns = table(positions[1], window[1], &column);
        let unbroken = columns
            .chunks(window[1])
            .map(|taps| taps[0].filter(|first| taps.iter().enumerate().all(|(t, c)| *c == Some(first + t))))
            .collect();
        Patches {
            positions,
            window,
            source_height,
            source_width,
            channels,
            rows: table(positions[0], window[0], &row),
            columns,
            unbroken,
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
        let [height, width] = self.positions;
        let [taps_y, taps_x] = self.window;
        let line = taps_x * self.channels;
        let source_line = self.source_width * self.channels;
        let (mut image, position) = (first / (height * width), first % (height * width));
        let (mut y, mut x) = (position / width, position % width);
        for row in tile.chunks_mut(stride).take(count) {
            let source = &source[image * self.source_len()..][..self.source_len()];
            let rows = &self.rows[y * taps_y..][..taps_y];
            for (source_row, to) in rows.iter().zip(row.chunks_exact_mut(line)) {
                let Some(source_row) = source_row else {
                    copy::zero(simd, to);
                    continue;
                };
                let from = &source[source_row * source_line..][..source_line];
                if let Some(column) = self.unbroken[x] {
                    copy::copy(simd, &from[column * self.channels..][..line], to);
                    continue;
                }
                let columns = &self.columns[x * taps_x..][..taps_x];
                for (column, to) in columns.iter().zip(to.chunks_exact_mut(self.channels)) {
                    match column {
                        Some(column) => copy::copy(simd, &from[column * self.channels..][..self.channels], to),
                        None => copy::zero(simd, to),
                    }
                }
            }
            x += 1;
            if x == width {
                (x, y) = (0, y + 1);
                if y == height {
                    (y, image) = (0, image + 1);
                }
            }
        }
    }
}
