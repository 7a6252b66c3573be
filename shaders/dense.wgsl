// y = activation(x · kernel + bias), as a convolution of pictures of one pixel: source is x, weights the kernel [in, out].
//use number
//use activation

//use one_pixel

fn finish(row: u32, column: u32, sum: f32) {
    //if BIAS
    y[row + column] = activate(sum + bias[column]);
    //else
    y[row + column] = activate(sum);
    //end
}
//use product
