use ndarray::{Array1, Array2};

use crate::Real;

/// `dy` has one row for each position of each example.
pub fn bias_grad<T: Real>(dy: &Array2<T>) -> Array1<T> {
    Array1::from_shape_fn(dy.ncols(), |c| T::sum(dy.column(c).iter().copied()))
}
