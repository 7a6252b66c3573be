// dx = y ⊙ (dy − Σ dy·y) along the channels.
//use main

fn run(i: u32) {
    let start = i * CHANNELS;
    var along = 0.0;
    for (var c = 0u; c < CHANNELS; c++) {
        along += y[start + c] * dy[start + c];
    }
    for (var c = 0u; c < CHANNELS; c++) {
        dx[start + c] = y[start + c] * (dy[start + c] - along);
    }
}
