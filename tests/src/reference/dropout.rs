use atelier_nn::StepData;
use atelier_nn::random::dropout_unit;
use ndarray::Array2;

use crate::Real;

/// One row an example; elements count on from the examples of the whole batch that stand before these.
pub fn dropout<T: Real>(rate: f32, stream: u32, data: &StepData, x: &Array2<T>) -> Array2<T> {
    let keep = T::one() - T::exact(f64::from(rate));
    let width = x.ncols();
    Array2::from_shape_fn(x.dim(), |(n, i)| {
        let element = (data.first_example + n) * width + i;
        let kept = dropout_unit(element as u32, data.iteration, stream, data.seed) >= rate;
        if kept { x[[n, i]] / keep } else { T::zero() }
    })
}
