// y = eˣ / Σ eˣ along the channels, shifted by the largest so that nothing overflows.
//use main
//use largest

fn run(i: u32) {
    let start = i * CHANNELS;
    var largest = x[start];
    for (var c = 1u; c < CHANNELS; c++) {
        largest = larger(largest, x[start + c]);
    }
    var sum = 0.0;
    for (var c = 0u; c < CHANNELS; c++) {
        sum += exp(x[start + c] - largest);
    }
    for (var c = 0u; c < CHANNELS; c++) {
        y[start + c] = of_finite(exp(x[start + c] - largest) / sum, largest);
    }
}
