// Kingma and Ba 2015, in the form of section 2 that Keras uses: both bias corrections in the rate, ε added to √v. TAKE_1 and
// TAKE_2 are 1 − β₁ and 1 − β₂.
//use numbers
//use main

fn run(i: u32) {
    let g = gradient[i];
    let first = m[i] + (g - m[i]) * TAKE_1;
    let second = v[i] + (g * g - v[i]) * TAKE_2;
    m[i] = first;
    v[i] = second;
    parameter[i] = parameter[i] - step.adam_rate * first / (sqrt(second) + EPSILON);
}
