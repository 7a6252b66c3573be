// dx = the channels OFFSET .. OFFSET + CHANNELS of dy, which has TOTAL.
//use main

fn run(i: u32) {
    dx[i] = dy[i / CHANNELS * TOTAL + OFFSET + i % CHANNELS];
}
