use atelier_nn::plan::PadGeometry;
use ndarray::{Array4, s};

use crate::Real;

pub fn zero_pad2d<T: Real>(g: &PadGeometry, x: &Array4<T>) -> Array4<T> {
    let (height, width) = (g.top + g.in_height + g.bottom, g.left + g.in_width + g.right);
    let mut y = Array4::from_elem((x.dim().0, height, width, g.channels), T::zero());
    y.slice_mut(s![.., g.top..g.top + g.in_height, g.left..g.left + g.in_width, ..]).assign(x);
    y
}

pub fn grad<T: Real>(g: &PadGeometry, dy: &Array4<T>) -> Array4<T> {
    dy.slice(s![.., g.top..g.top + g.in_height, g.left..g.left + g.in_width, ..]).to_owned()
}
