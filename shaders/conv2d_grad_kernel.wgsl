// dkernel = Σ over examples and outputs of x under the tap · dy.
fn under(position: u32, stride: u32, tap: u32, dilation: u32, pad: u32, size: u32) -> u32 {
    let at = position * stride + tap * dilation;
    return select(OUTSIDE, at - pad, at >= pad && at - pad < size);
}

fn source_row(y: u32, ky: u32) -> u32 {
    return under(y, STRIDE_Y, ky, DILATION_Y, PAD_TOP, IN_HEIGHT);
}

fn source_column(x: u32, kx: u32) -> u32 {
    return under(x, STRIDE_X, kx, DILATION_X, PAD_LEFT, IN_WIDTH);
}
//use product_grad_kernel
