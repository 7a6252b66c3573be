// y = activation(x ∗ kernel + bias): source is x [n, height, width, channels], weights the kernel [height, width, in, out].
//use number
//use activation

const GRID_WIDTH = OUT_WIDTH;
const SOURCE_HEIGHT = IN_HEIGHT;
const SOURCE_WIDTH = IN_WIDTH;

// What lies before the input wraps around to far beyond it.
fn source_row(y: u32, ky: u32) -> u32 {
    return y * STRIDE_Y + ky * DILATION_Y - PAD_TOP;
}

fn source_column(x: u32, kx: u32) -> u32 {
    return x * STRIDE_X + kx * DILATION_X - PAD_LEFT;
}

const LEFT = PAD_LEFT;

fn tap(kx: u32) -> u32 {
    return kx;
}

fn finish(row: u32, column: u32, sum: f32) {
    //if BIAS
    y[row + column] = activate(sum + bias[column]);
    //else
    y[row + column] = activate(sum);
    //end
}
//if IN_ROWS
//use product_rows
//else
//use product
//end
