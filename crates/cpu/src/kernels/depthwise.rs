//! What the three directions of a depthwise convolution share: which taps lie over the input, along one axis.

use std::ops::Range;

use atelier_nn::plan::DepthwiseGeometry;

/// One axis of the sliding window.
#[derive(Clone, Copy)]
pub struct Axis {
    pub inputs: usize,
    pub outputs: usize,
    pub taps: usize,
    pub stride: usize,
    pub dilation: usize,
    pub pad: usize,
}

impl Axis {
    pub fn rows(g: &DepthwiseGeometry) -> Self {
        Axis {
            inputs: g.in_height,
            outputs: g.out_height,
            taps: g.kernel[0],
            stride: g.strides[0],
            dilation: g.dilation[0],
            pad: g.pad_top,
        }
    }

    pub fn columns(g: &DepthwiseGeometry) -> Self {
        Axis {
            inputs: g.in_width,
            outputs: g.out_width,
            taps: g.kernel[1],
            stride: g.strides[1],
            dilation: g.dilation[1],
            pad: g.pad_left,
        }
    }

    /// The taps of an output that lie over the input.
    #[inline(always)]
    pub fn inside(&self, output: usize) -> Range<usize> {
        let start = output * self.stride;
        let end = (self.pad + self.inputs).saturating_sub(start).div_ceil(self.dilation).min(self.taps);
        self.pad.saturating_sub(start).div_ceil(self.dilation).min(end)..end
    }

    /// The outputs of which a tap lies over the input.
    #[inline(always)]
    pub fn reached(&self, tap: usize) -> Range<usize> {
        let offset = tap * self.dilation;
        let end = (self.pad + self.inputs).saturating_sub(offset).div_ceil(self.stride).min(self.outputs);
        self.pad.saturating_sub(offset).div_ceil(self.stride).min(end)..end
    }

    /// The input under a tap of an output, which lies over the input.
    #[inline(always)]
    pub fn under(&self, output: usize, tap: usize) -> usize {
        output * self.stride + tap * self.dilation - self.pad
    }

    /// The output whose tap lies over an input.
    #[inline(always)]
    pub fn over(&self, input: usize, tap: usize) -> Option<usize> {
        let start = (input + self.pad).checked_sub(tap * self.dilation)?;
        (start.is_multiple_of(self.stride) && start / self.stride < self.outputs).then(|| start / self.stride)
    }
}
