// Every position gets its share of its channel's gradient: dx = dy / positions.
//use main

fn run(i: u32) {
    dx[i] = dy[i / (POSITIONS * CHANNELS) * CHANNELS + i % CHANNELS] / f32(POSITIONS);
}
