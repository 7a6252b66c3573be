//! The shapes of sliding windows, as kernels and shaders need them.

use std::ops::Range;

/// Shape of a convolution. Padding below and to the right follows from the sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ConvGeometry {
    pub in_height: usize,
    pub in_width: usize,
    pub in_channels: usize,
    pub out_height: usize,
    pub out_width: usize,
    pub filters: usize,
    pub kernel: [usize; 2],
    pub strides: [usize; 2],
    pub dilation: [usize; 2],
    pub pad_top: usize,
    pub pad_left: usize,
}

impl ConvGeometry {
    /// A dense layer is the convolution of a picture of one pixel, in all three directions.
    pub fn dense(inputs: usize, units: usize) -> Self {
        ConvGeometry {
            in_height: 1,
            in_width: 1,
            in_channels: inputs,
            out_height: 1,
            out_width: 1,
            filters: units,
            kernel: [1, 1],
            strides: [1, 1],
            dilation: [1, 1],
            pad_top: 0,
            pad_left: 0,
        }
    }

    /// Length of one output's dot product.
    pub fn depth(&self) -> usize {
        self.kernel[0] * self.kernel[1] * self.in_channels
    }

    /// Multiply-accumulates an example.
    pub fn macs(&self) -> u64 {
        (self.out_height * self.out_width * self.filters) as u64 * self.depth() as u64
    }
}

/// Shape of a convolution of each channel by itself. Output channel `o` is of input channel `o / multiplier`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DepthwiseGeometry {
    pub in_height: usize,
    pub in_width: usize,
    pub channels: usize,
    /// Output channels of each input channel.
    pub multiplier: usize,
    pub out_height: usize,
    pub out_width: usize,
    pub kernel: [usize; 2],
    pub strides: [usize; 2],
    pub dilation: [usize; 2],
    pub pad_top: usize,
    pub pad_left: usize,
}

impl DepthwiseGeometry {
    /// Output channels.
    pub fn filters(&self) -> usize {
        self.channels * self.multiplier
    }

    /// Length of one output's dot product.
    pub fn taps(&self) -> usize {
        self.kernel[0] * self.kernel[1]
    }

    /// Numbers in an input image.
    pub fn input_len(&self) -> usize {
        self.in_height * self.in_width * self.channels
    }

    /// Numbers in an output image.
    pub fn output_len(&self) -> usize {
        self.out_height * self.out_width * self.filters()
    }

    /// Numbers in the kernel.
    pub fn kernel_len(&self) -> usize {
        self.taps() * self.filters()
    }

    /// Multiply-accumulates an example.
    pub fn macs(&self) -> u64 {
        self.output_len() as u64 * self.taps() as u64
    }
}

/// Shape of a pooling; cells of the window outside the input take no part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PoolGeometry {
    pub in_height: usize,
    pub in_width: usize,
    pub channels: usize,
    pub out_height: usize,
    pub out_width: usize,
    pub window: [usize; 2],
    pub strides: [usize; 2],
    pub pad_top: usize,
    pub pad_left: usize,
}

impl PoolGeometry {
    /// Rows of the input under the windows of an output row.
    pub fn rows(&self, y: usize) -> Range<usize> {
        span(y, self.strides[0], self.window[0], self.pad_top, self.in_height)
    }

    /// Columns of the input under the windows of an output column.
    pub fn columns(&self, x: usize) -> Range<usize> {
        span(x, self.strides[1], self.window[1], self.pad_left, self.in_width)
    }

    /// Whether every cell of the input lies under exactly one window.
    pub fn windows_tile_the_input(&self) -> bool {
        self.strides == self.window
            && [self.out_height * self.window[0], self.out_width * self.window[1]] == [self.in_height, self.in_width]
            && [self.pad_top, self.pad_left] == [0, 0]
    }

    /// Numbers in an input image.
    pub fn input_len(&self) -> usize {
        self.in_height * self.in_width * self.channels
    }

    /// Numbers in an output image.
    pub fn output_len(&self) -> usize {
        self.out_height * self.out_width * self.channels
    }
}

/// The cells inside the input under each position of a window, along one axis.
fn span(position: usize, stride: usize, window: usize, pad: usize, size: usize) -> Range<usize> {
    let end = (position * stride + window).saturating_sub(pad).min(size);
    (position * stride).saturating_sub(pad).min(end)..end
}

/// Shape of a zero padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PadGeometry {
    pub in_height: usize,
    pub in_width: usize,
    pub channels: usize,
    pub top: usize,
    pub bottom: usize,
    pub left: usize,
    pub right: usize,
}

impl PadGeometry {
    /// Numbers in an input image.
    pub fn input_len(&self) -> usize {
        self.in_height * self.in_width * self.channels
    }

    /// Numbers in a row of the padded image.
    pub fn padded_row(&self) -> usize {
        (self.left + self.in_width + self.right) * self.channels
    }

    /// Numbers in the padded image.
    pub fn padded_len(&self) -> usize {
        (self.top + self.in_height + self.bottom) * self.padded_row()
    }
}
