// y, and x where x is NaN: NaN in, NaN out. Compilers of shaders may take it that nothing is NaN, drop comparisons made for
// it, and let `min` and `max` give the other number: the bits tell.
fn or_nan(y: Numbers, x: Numbers) -> Numbers {
    return select(y, x, (bitcast<Bits>(x) & Bits(0x7fffffffu)) > Bits(0x7f800000u));
}
