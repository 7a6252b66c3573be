//! The shapes of sliding windows, as kernels and shaders need them.

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
    /// Length of one output's dot product.
    pub fn depth(&self) -> usize {
        self.kernel[0] * self.kernel[1] * self.in_channels
    }

    /// Multiply-accumulates an example.
    pub fn macs(&self) -> u64 {
        (self.out_height * self.out_width * self.filters) as u64 * self.depth() as u64
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
