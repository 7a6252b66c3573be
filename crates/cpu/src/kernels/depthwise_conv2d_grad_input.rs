use atelier_nn::plan::DepthwiseGeometry;

use super::depthwise::Axis;
use crate::dispatch::Kernel;
use crate::simd::Simd;

/// Each number of the input takes from the outputs that it had a part in.
pub struct DepthwiseConv2dGradInput<'a> {
    pub geometry: &'a DepthwiseGeometry,
    pub dy: &'a [f32],
    pub kernel: &'a [f32],
    pub dx: &'a mut [f32],
}

/// Where a tap's weights begin in the kernel, and the gradient of the output that it belongs to.
type Tap = (usize, usize);

/// Taps that are added up in registers.
const TAPS: usize = 32;

impl Kernel for DepthwiseConv2dGradInput<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let DepthwiseConv2dGradInput { geometry: g, dy, kernel, dx } = self;
        let (rows, columns) = (Axis::rows(g), Axis::columns(g));
        let filters = g.filters();
        let mut taps: [Tap; TAPS] = [(0, 0); TAPS];
        let images = dy.chunks_exact(g.output_len()).zip(dx.chunks_exact_mut(g.input_len()));
        for (dy, dx) in images {
            for (position, dx) in dx.chunks_exact_mut(g.channels).enumerate() {
                let (iy, ix) = (position / g.in_width, position % g.in_width);
                let (mut found, mut begun) = (0, false);
                for ky in 0..rows.taps {
                    let Some(oy) = rows.over(iy, ky) else { continue };
                    for kx in 0..columns.taps {
                        let Some(ox) = columns.over(ix, kx) else { continue };
                        taps[found] = ((ky * columns.taps + kx) * filters, (oy * g.out_width + ox) * filters);
                        found += 1;
                        if found == TAPS {
                            add(simd, g.multiplier, &taps, dy, kernel, dx, begun);
                            (found, begun) = (0, true);
                        }
                    }
                }
                if found > 0 || !begun {
                    add(simd, g.multiplier, &taps[..found], dy, kernel, dx, begun);
                }
            }
        }
    }
}

/// `dx = Σ dy · kernel` over the taps, added to what `dx` holds where it was `begun`.
#[inline(always)]
fn add<S: Simd>(simd: S, multiplier: usize, taps: &[Tap], dy: &[f32], kernel: &[f32], dx: &mut [f32], begun: bool) {
    if multiplier > 1 {
        for (c, dx) in dx.iter_mut().enumerate() {
            let mut sum = if begun { *dx } else { 0.0 };
            for (weights, output) in taps {
                for f in c * multiplier..(c + 1) * multiplier {
                    sum += dy[output + f] * kernel[weights + f];
                }
            }
            *dx = sum;
        }
        return;
    }
    let channels = dx.len();
    for c in (0..channels).step_by(S::LANES) {
        let lanes = S::LANES.min(channels - c);
        let mut sum = if begun { simd.load_lanes(&dx[c..], lanes) } else { simd.zero() };
        for (weights, output) in taps {
            let (weights, dy) = (&kernel[weights + c..], &dy[output + c..]);
            sum = simd.mul_add(simd.load_lanes(dy, lanes), simd.load_lanes(weights, lanes), sum);
        }
        simd.store_lanes(sum, &mut dx[c..], lanes);
    }
}
