//! Random numbers as a function of what they are for.
//!
//! A counter-based generator has no state: the number for (element, step, stream, seed) is the same on every
//! executor, for every number of workers and in every order. The hash is pcg4d of Jarzynski and Olano, "Hash Functions
//! for GPU Rendering", JCGT 9(3), 2020: 32-bit multiplications and shifts only, so WGSL computes the same bits.

/// Four well-mixed words from four words.
pub fn pcg4d(mut v: [u32; 4]) -> [u32; 4] {
    for x in &mut v {
        *x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    }
    mix(&mut v);
    for x in &mut v {
        *x ^= *x >> 16;
    }
    mix(&mut v);
    v
}

fn mix(v: &mut [u32; 4]) {
    v[0] = v[0].wrapping_add(v[1].wrapping_mul(v[3]));
    v[1] = v[1].wrapping_add(v[2].wrapping_mul(v[0]));
    v[2] = v[2].wrapping_add(v[0].wrapping_mul(v[1]));
    v[3] = v[3].wrapping_add(v[1].wrapping_mul(v[2]));
}

/// A number in [0, 1) with 24 random bits, exact in f32.
pub fn unit(word: u32) -> f32 {
    (word >> 8) as f32 * (1.0 / 16_777_216.0)
}

/// The uniform number in [0, 1) that decides whether dropout keeps an element: kept where it is at least the rate.
/// `element` counts over the whole batch, so that sharding the batch does not change the mask.
pub fn dropout_unit(element: u32, iteration: u32, stream: u32, seed: u32) -> f32 {
    unit(pcg4d([element, iteration, stream, seed])[0])
}
