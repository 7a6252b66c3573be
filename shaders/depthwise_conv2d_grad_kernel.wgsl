// dkernel = Σ over examples and outputs of x under the tap · dy: the sums of pieces of the pixels, which `sum_parts` adds.
//use main

fn run(i: u32) {
    let weight = i % LEN;
    let piece = i / LEN;
    let channel = weight % FILTERS;
    let tap = weight / FILTERS;
    let last = min(piece * EACH + EACH, step.batch * PIXELS);
    var sum = 0.0;
    for (var pixel = piece * EACH; pixel < last; pixel++) {
        let line = pixel / OUT_WIDTH;
        // What lies before the input wraps around to far beyond it.
        let row = line % OUT_HEIGHT * STRIDE_Y + tap / KERNEL_WIDTH * DILATION_Y - PAD_TOP;
        let column = pixel % OUT_WIDTH * STRIDE_X + tap % KERNEL_WIDTH * DILATION_X - PAD_LEFT;
        if ((row < IN_HEIGHT) & (column < IN_WIDTH)) {
            let at = ((line / OUT_HEIGHT * IN_HEIGHT + row) * IN_WIDTH + column) * CHANNELS + channel / MULTIPLIER;
            sum += x[at] * dy[pixel * FILTERS + channel];
        }
    }
    pieces[piece * LEN + weight] = sum;
}
