// Through fixed moments: dx = gamma / √(variance + ε) · dy.
//use main

fn run(i: u32) {
    let channel = i % CHANNELS;
    //if GAMMA
    dx[i] = gamma[channel] / sqrt(variance[channel] + EPSILON) * dy[i];
    //else
    dx[i] = 1.0 / sqrt(variance[channel] + EPSILON) * dy[i];
    //end
}
