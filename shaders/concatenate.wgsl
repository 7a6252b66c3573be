// One input's channels in their place in y: OFFSET .. OFFSET + CHANNELS of TOTAL.
//use main

fn run(i: u32) {
    y[i / CHANNELS * TOTAL + OFFSET + i % CHANNELS] = x[i];
}
