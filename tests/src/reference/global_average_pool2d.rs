use ndarray::{Array2, Array3};

use crate::Real;

/// `[n, positions, channels]` to `[n, channels]`.
pub fn global_average_pool2d<T: Real>(x: &Array3<T>) -> Array2<T> {
    let (batch, positions, channels) = x.dim();
    Array2::from_shape_fn((batch, channels), |(n, c)| {
        T::sum((0..positions).map(|p| x[[n, p, c]])) / T::exact(positions as f64)
    })
}

pub fn grad<T: Real>(positions: usize, dy: &Array2<T>) -> Array3<T> {
    let (batch, channels) = dy.dim();
    Array3::from_shape_fn((batch, positions, channels), |(n, _, c)| dy[[n, c]] / T::exact(positions as f64))
}
