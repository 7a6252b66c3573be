use atelier_nn::plan::ConvGeometry;

/// A dense layer is the convolution of a picture of one pixel, in all three directions: [`super::conv2d`],
/// [`super::conv2d_grad_input`] and [`super::conv2d_grad_kernel`] run it.
pub fn geometry(inputs: usize, units: usize) -> ConvGeometry {
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
