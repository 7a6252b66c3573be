// dx: an input takes from the outputs that it had a part in, which are the output that the tap put it under, where there is one.
//use numbers
//use main

fn run(i: u32) {
    let channel = i % CHANNELS;
    let pixel = i / CHANNELS;
    let line = pixel / IN_WIDTH;
    let image = line / IN_HEIGHT;
    var sum = Numbers(0.0);
    for (var ky = 0u; ky < KERNEL_HEIGHT; ky++) {
        // What lies before the first output wraps around to far beyond the last one.
        let down = line % IN_HEIGHT + PAD_TOP - ky * DILATION_Y;
        let row = down / STRIDE_Y;
        if ((down % STRIDE_Y == 0u) & (row < OUT_HEIGHT)) {
            for (var kx = 0u; kx < KERNEL_WIDTH; kx++) {
                let across = pixel % IN_WIDTH + PAD_LEFT - kx * DILATION_X;
                let column = across / STRIDE_X;
                if ((across % STRIDE_X == 0u) & (column < OUT_WIDTH)) {
                    let output = ((image * OUT_HEIGHT + row) * OUT_WIDTH + column) * FILTERS + channel * MULTIPLIER;
                    let weight = (ky * KERNEL_WIDTH + kx) * FILTERS + channel * MULTIPLIER;
                    for (var m = 0u; m < MULTIPLIER; m++) {
                        sum += dy[output + m] * kernel[weight + m];
                    }
                }
            }
        }
    }
    dx[i] = sum;
}
