use atelier_nn::random;

use crate::dispatch::Kernel;
use crate::simd::Simd;

/// `y = x / (1 − rate)` where the element is kept, else 0.
pub struct Dropout<'a> {
    pub rate: f32,
    pub stream: u32,
    pub iteration: u32,
    pub seed: u32,
    /// Index of the first element in the whole batch.
    pub first_element: u32,
    pub x: &'a [f32],
    pub y: &'a mut [f32],
}

impl Kernel for Dropout<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let Dropout { rate, stream, iteration, seed, first_element, x, y } = self;
        let scale = 1.0 / (1.0 - rate);
        for (i, (x, y)) in x.iter().zip(y).enumerate() {
            let element = first_element.wrapping_add(i as u32);
            let kept = random::dropout_unit(element, iteration, stream, seed) >= rate;
            *y = if kept { x * scale } else { 0.0 };
        }
    }
}
