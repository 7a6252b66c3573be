// y = x / (1 − rate) where the element is kept, else 0. Elements are counted over the whole batch, so that a shard drops
// what the whole batch would have dropped there.
//use main
//use random

fn run(i: u32) {
    let element = step.first_example * LEN + i;
    let word = pcg4d(vec4<u32>(element, step.iteration, STREAM, step.seed)).x;
    y[i] = select(0.0, x[i] * SCALE, unit(word) >= RATE);
}
