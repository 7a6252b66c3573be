// dx = dy ∗ the kernel turned round: source is dy, weights the kernel transposed to [height, width, out, in]. An input
// takes from the outputs that it had a part in: the output that the tap put it under, where there is one.
const GRID_WIDTH = IN_WIDTH;
const SOURCE_HEIGHT = OUT_HEIGHT;
const SOURCE_WIDTH = OUT_WIDTH;
const OUTSIDE = 0xffffffffu;

// What lies before the first output wraps around to far beyond the last one.
fn source_row(y: u32, ky: u32) -> u32 {
    let at = y + PAD_TOP - ky * DILATION_Y;
    return select(OUTSIDE, at / STRIDE_Y, at % STRIDE_Y == 0u);
}

fn source_column(x: u32, kx: u32) -> u32 {
    let at = x + PAD_LEFT - kx * DILATION_X;
    return select(OUTSIDE, at / STRIDE_X, at % STRIDE_X == 0u);
}

// From left to right the taps come from the last to the first.
const LEFT = KERNEL_WIDTH - 1u - PAD_LEFT;

fn tap(kx: u32) -> u32 {
    return KERNEL_WIDTH - 1u - kx;
}

fn finish(row: u32, column: u32, sum: f32) {
    dx[row + column] = sum;
}
//if IN_ROWS
//use product_rows
//else
//use product
//end
