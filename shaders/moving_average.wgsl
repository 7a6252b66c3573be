// average = momentum · average + (1 − momentum) · value
//use numbers
//use main

fn run(i: u32) {
    average[i] = MOMENTUM * average[i] + (1.0 - MOMENTUM) * value[i];
}
