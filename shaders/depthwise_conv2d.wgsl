// y = activation(x ∗ kernel + bias), each channel by itself, one output channel or four.
//use numbers
//use main
//use activation

fn run(i: u32) {
    let channel = i % FILTERS;
    let pixel = i / FILTERS;
    let line = pixel / OUT_WIDTH;
    let image = line / OUT_HEIGHT;
    var sum = Numbers(0.0);
    for (var ky = 0u; ky < KERNEL_HEIGHT; ky++) {
        // What lies before the input wraps around to far beyond it.
        let row = line % OUT_HEIGHT * STRIDE_Y + ky * DILATION_Y - PAD_TOP;
        if (row < IN_HEIGHT) {
            for (var kx = 0u; kx < KERNEL_WIDTH; kx++) {
                let column = pixel % OUT_WIDTH * STRIDE_X + kx * DILATION_X - PAD_LEFT;
                if (column < IN_WIDTH) {
                    let at = ((image * IN_HEIGHT + row) * IN_WIDTH + column) * CHANNELS + channel / MULTIPLIER;
                    sum += x[at] * kernel[(ky * KERNEL_WIDTH + kx) * FILTERS + channel];
                }
            }
        }
    }
    //if BIAS
    y[i] = activate(sum + bias[channel]);
    //else
    y[i] = activate(sum);
    //end
}
