// The larger of two numbers, and NaN where one of them is.
fn larger(a: f32, b: f32) -> f32 {
    return or_nan(or_nan(max(a, b), a), b);
}

// y, and NaN where x, the largest of some numbers, is not finite: then so is what the numbers less x are made into. Compilers of
// shaders take x − x for zero.
fn of_finite(y: f32, x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    return select(y, bitcast<f32>(bits | 0x7fc00000u), (bits & 0x7f800000u) == 0x7f800000u);
}
//use number
