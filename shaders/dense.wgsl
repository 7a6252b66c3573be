// y = activation(x · kernel + bias), as a convolution of pictures of one pixel: source is x, weights the kernel [in, out].
alias Numbers = f32;
//use activation

const GRID_WIDTH = 1u;
const SOURCE_HEIGHT = 1u;
const SOURCE_WIDTH = 1u;

fn source_row(y: u32, ky: u32) -> u32 {
    return 0u;
}

fn source_column(x: u32, kx: u32) -> u32 {
    return 0u;
}

fn finish(row: u32, column: u32, sum: f32) {
    //if BIAS
    y[row + column] = activate(sum + bias[column]);
    //else
    y[row + column] = activate(sum);
    //end
}
//use product
