// The mean of each channel over the positions of each image.
//use main

fn run(i: u32) {
    let start = i / CHANNELS * (POSITIONS * CHANNELS) + i % CHANNELS;
    var sum = 0.0;
    for (var position = 0u; position < POSITIONS; position++) {
        sum += x[start + position * CHANNELS];
    }
    y[i] = sum / f32(POSITIONS);
}
