// total = the sum of the parts, in their order: one for every EACH of the batch's pixels.
//use main

fn run(i: u32) {
    let pixels = step.batch * PIXELS;
    var sum = 0.0;
    for (var part = 0u; part * EACH < pixels; part++) {
        sum += parts[part * LEN + i];
    }
    total[i] = sum;
}
