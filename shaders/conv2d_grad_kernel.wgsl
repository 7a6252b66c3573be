// dkernel = Σ over examples and outputs of x under the tap · dy.

// What lies before the input wraps around to far beyond it.
fn source_row(y: u32, ky: u32) -> u32 {
    return y * STRIDE_Y + ky * DILATION_Y - PAD_TOP;
}

fn source_column(x: u32, kx: u32) -> u32 {
    return x * STRIDE_X + kx * DILATION_X - PAD_LEFT;
}
//if IN_ROWS
//use product_grad_kernel_rows
//else
//use product_grad_kernel
//end
