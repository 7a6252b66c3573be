// The input with zeros around it.
//use main

fn run(i: u32) {
    let pixel = i / CHANNELS;
    let line = pixel / PADDED_WIDTH;
    let image = line / PADDED_HEIGHT;
    // What lies before the input wraps around to far beyond it.
    let row = line % PADDED_HEIGHT - TOP;
    let column = pixel % PADDED_WIDTH - LEFT;
    let inside = (row < IN_HEIGHT) & (column < IN_WIDTH);
    let at = ((image * IN_HEIGHT + row) * IN_WIDTH + column) * CHANNELS + i % CHANNELS;
    y[i] = select(0.0, x[select(0u, at, inside)], inside);
}
