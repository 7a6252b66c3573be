// Compilers of shaders may take it that nothing is NaN, and drop comparisons made to find out: the bits tell.
fn is_nan(x: f32) -> bool {
    return (bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u;
}
