// What lies inside the padding.
//use main

fn run(i: u32) {
    let pixel = i / CHANNELS;
    let line = pixel / IN_WIDTH;
    let row = line / IN_HEIGHT * PADDED_HEIGHT + line % IN_HEIGHT + TOP;
    let column = pixel % IN_WIDTH + LEFT;
    dx[i] = dy[(row * PADDED_WIDTH + column) * CHANNELS + i % CHANNELS];
}
