use ndarray::Array1;

use crate::Real;

pub fn add<T: Real>(xs: &[Array1<T>]) -> Array1<T> {
    Array1::from_shape_fn(xs[0].len(), |i| T::sum(xs.iter().map(|x| x[i])))
}
