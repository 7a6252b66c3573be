use ndarray::{Array2, Axis, concatenate as join, s};

use crate::Real;

/// Each of `xs` has a row for each position of each example.
pub fn concatenate<T: Real>(xs: &[Array2<T>]) -> Array2<T> {
    let views: Vec<_> = xs.iter().map(|x| x.view()).collect();
    join(Axis(1), &views).expect("the inputs have equally many positions")
}

pub fn grad<T: Real>(offset: usize, channels: usize, dy: &Array2<T>) -> Array2<T> {
    dy.slice(s![.., offset..offset + channels]).to_owned()
}
