// y = activation(x ∗ kernel + bias): source is x [n, height, width, channels], weights the kernel [height, width, in, out].
alias Numbers = f32;
//use activation

const GRID_WIDTH = OUT_WIDTH;
const SOURCE_HEIGHT = IN_HEIGHT;
const SOURCE_WIDTH = IN_WIDTH;

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

fn finish(row: u32, column: u32, sum: f32) {
    //if BIAS
    y[row + column] = activate(sum + bias[column]);
    //else
    y[row + column] = activate(sum);
    //end
}
//use product
