use ndarray::Array1;

use crate::Real;

pub fn moving_average<T: Real>(momentum: f32, value: &Array1<T>, average: &Array1<T>) -> Array1<T> {
    let momentum = T::exact(f64::from(momentum));
    let rest = T::one() - momentum;
    Array1::from_shape_fn(value.len(), |i| T::sum([momentum * average[i], rest * value[i]]))
}
