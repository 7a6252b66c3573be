// dx = dy · kernelᵀ: source is dy, weights the kernel transposed to [out, in].
//use one_pixel

fn finish(row: u32, column: u32, sum: f32) {
    dx[row + column] = sum;
}
//use product
