use atelier_nn::Activation;
use ndarray::{Array1, Array2};

use super::activate::activation_of;
use crate::Real;

pub fn dense<T: Real>(
    activation: Activation,
    x: &Array2<T>,
    kernel: &Array2<T>,
    bias: Option<&Array1<T>>,
) -> Array2<T> {
    let (inputs, units) = kernel.dim();
    Array2::from_shape_fn((x.nrows(), units), |(n, u)| {
        let products = (0..inputs).map(|i| x[[n, i]] * kernel[[i, u]]);
        activation_of(activation, T::sum(products.chain(bias.map(|b| b[u]))))
    })
}

pub fn grad_input<T: Real>(dy: &Array2<T>, kernel: &Array2<T>) -> Array2<T> {
    let (inputs, units) = kernel.dim();
    Array2::from_shape_fn((dy.nrows(), inputs), |(n, i)| T::sum((0..units).map(|u| dy[[n, u]] * kernel[[i, u]])))
}

pub fn grad_kernel<T: Real>(x: &Array2<T>, dy: &Array2<T>) -> Array2<T> {
    Array2::from_shape_fn((x.ncols(), dy.ncols()), |(i, u)| T::sum((0..x.nrows()).map(|n| x[[n, i]] * dy[[n, u]])))
}
