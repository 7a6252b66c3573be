// dx = dy ∗ the kernel turned round: source is dy, weights the kernel transposed to [height, width, out, in]. An input
// takes from the outputs that it had a part in: the output that the tap put it under, where there is one.
const GRID_WIDTH = IN_WIDTH;
const SOURCE_HEIGHT = OUT_HEIGHT;
const SOURCE_WIDTH = OUT_WIDTH;

fn over(position: u32, stride: u32, tap: u32, dilation: u32, pad: u32, size: u32) -> u32 {
    let at = position + pad;
    let by = tap * dilation;
    let output = (at - by) / stride;
    return select(OUTSIDE, output, at >= by && (at - by) % stride == 0u && output < size);
}

fn source_row(y: u32, ky: u32) -> u32 {
    return over(y, STRIDE_Y, ky, DILATION_Y, PAD_TOP, OUT_HEIGHT);
}

fn source_column(x: u32, kx: u32) -> u32 {
    return over(x, STRIDE_X, kx, DILATION_X, PAD_LEFT, OUT_WIDTH);
}

fn finish(row: u32, column: u32, sum: f32) {
    dx[row + column] = sum;
}
//use product
