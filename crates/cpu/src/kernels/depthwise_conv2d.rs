use std::ops::Range;

use atelier_nn::Activation;
use atelier_nn::plan::DepthwiseGeometry;

use super::activate;
use super::depthwise::Axis;
use crate::dispatch::Kernel;
use crate::simd::{MAX_LANES, Simd};

/// `y = activation(x ∗ kernel + bias)`, each channel by itself: a vector holds neighbouring channels.
pub struct DepthwiseConv2d<'a> {
    pub geometry: &'a DepthwiseGeometry,
    pub activation: Activation,
    pub x: &'a [f32],
    pub kernel: &'a [f32],
    pub bias: Option<&'a [f32]>,
    pub y: &'a mut [f32],
}

/// Outputs of a row that are computed together, so that a weight is loaded once for all of them.
const GROUP: usize = 4;

impl Kernel for DepthwiseConv2d<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let DepthwiseConv2d { geometry: g, activation, x, kernel, bias, y } = self;
        let (rows, columns) = (Axis::rows(g), Axis::columns(g));
        let filters = g.filters();
        let images = x.chunks_exact(g.input_len()).zip(y.chunks_exact_mut(g.output_len()));
        for (x, y) in images {
            for (oy, y) in y.chunks_exact_mut(g.out_width * filters).enumerate() {
                let row = Row { g, columns, oy, rows: rows.inside(oy), x, kernel, bias };
                let mut ox = 0;
                while ox < g.out_width {
                    let taps = columns.inside(ox);
                    // The width of most kernels, known to the compiler.
                    let group = taps == (0..3) && ox + GROUP <= g.out_width && columns.inside(ox + GROUP - 1) == taps;
                    let y = &mut y[ox * filters..];
                    ox += if g.multiplier > 1 {
                        row.spread(simd, ox, taps, y)
                    } else if filters < S::LANES {
                        row.vector::<S, 1>(simd, ox, taps, y, 0, filters)
                    } else if group {
                        row.outputs::<S, GROUP>(simd, ox, 0..3, y)
                    } else {
                        row.outputs::<S, 1>(simd, ox, taps, y)
                    };
                }
                activate::in_place(simd, activation, y);
            }
        }
    }
}

/// A row of outputs of one image.
struct Row<'a> {
    g: &'a DepthwiseGeometry,
    columns: Axis,
    oy: usize,
    /// The taps that lie over the input.
    rows: Range<usize>,
    x: &'a [f32],
    kernel: &'a [f32],
    bias: Option<&'a [f32]>,
}

impl Row<'_> {
    /// The first number of the input that a tap row lies over.
    #[inline(always)]
    fn line(&self, ky: usize) -> usize {
        Axis::rows(self.g).under(self.oy, ky) * self.g.in_width * self.g.channels
    }

    /// `N` outputs from `ox`, of which these taps of each row lie over the input, of at least a vector of channels; returns `N`.
    #[inline(always)]
    fn outputs<S: Simd, const N: usize>(&self, simd: S, ox: usize, taps: Range<usize>, y: &mut [f32]) -> usize {
        let channels = self.g.channels;
        let mut c = 0;
        while c < channels {
            // The last vector overlaps the one before.
            self.vector::<S, N>(simd, ox, taps.clone(), y, c.min(channels - S::LANES), S::LANES);
            c += S::LANES;
        }
        N
    }

    /// Of the `lanes` channels from `c`.
    #[inline(always)]
    fn vector<S: Simd, const N: usize>(
        &self,
        simd: S,
        ox: usize,
        taps: Range<usize>,
        y: &mut [f32],
        c: usize,
        lanes: usize,
    ) -> usize {
        let channels = self.g.channels;
        let mut sums = [self.bias.map_or(simd.zero(), |bias| simd.load_lanes(&bias[c..], lanes)); N];
        if !taps.is_empty() {
            let first = self.columns.under(ox, taps.start) * channels + c;
            let (tap_step, output_step) = (self.columns.dilation * channels, self.columns.stride * channels);
            let reach = (taps.len() - 1) * tap_step + (N - 1) * output_step;
            for ky in self.rows.clone() {
                // Everything that this row of taps lies over.
                let x = &self.x[self.line(ky) + first..][..reach + lanes];
                let kernel = &self.kernel[(ky * self.columns.taps + taps.start) * channels + c..];
                let kernel = &kernel[..(taps.len() - 1) * channels + lanes];
                for tap in 0..taps.len() {
                    // SAFETY: a tap's numbers end where the slice does at the latest.
                    let weights = unsafe { load(simd, kernel, tap * channels, lanes) };
                    for (n, sum) in sums.iter_mut().enumerate() {
                        // SAFETY: so do those under the last tap of the last output.
                        let numbers = unsafe { load(simd, x, tap * tap_step + n * output_step, lanes) };
                        *sum = simd.mul_add(numbers, weights, *sum);
                    }
                }
            }
        }
        for (n, sum) in sums.into_iter().enumerate() {
            simd.store_lanes(sum, &mut y[n * channels + c..], lanes);
        }
        N
    }

    /// One output where a channel makes several: its number is spread over them. Returns 1.
    #[inline(always)]
    fn spread<S: Simd>(&self, simd: S, ox: usize, taps: Range<usize>, y: &mut [f32]) -> usize {
        let (filters, multiplier) = (self.g.filters(), self.g.multiplier);
        for f in (0..filters).step_by(S::LANES) {
            let lanes = S::LANES.min(filters - f);
            let mut sum = self.bias.map_or(simd.zero(), |bias| simd.load_lanes(&bias[f..], lanes));
            for ky in self.rows.clone() {
                for kx in taps.clone() {
                    let at = self.line(ky) + self.columns.under(ox, kx) * self.g.channels;
                    let mut numbers = [0.0; MAX_LANES];
                    for (lane, number) in numbers[..lanes].iter_mut().enumerate() {
                        *number = self.x[at + (f + lane) / multiplier];
                    }
                    let kernel = &self.kernel[(ky * self.columns.taps + kx) * filters + f..];
                    sum = simd.mul_add(simd.load(&numbers), simd.load_lanes(kernel, lanes), sum);
                }
            }
            simd.store_lanes(sum, &mut y[f..], lanes);
        }
        1
    }
}

/// The `lanes` numbers from `at`, and zeros.
///
/// # Safety
/// They must lie inside the slice.
#[inline(always)]
unsafe fn load<S: Simd>(simd: S, from: &[f32], at: usize, lanes: usize) -> S::V {
    if lanes == S::LANES {
        // SAFETY: promised by the caller.
        return unsafe { simd.load_ptr(from.as_ptr().add(at)) };
    }
    simd.load_lanes(&from[at..], lanes)
}
