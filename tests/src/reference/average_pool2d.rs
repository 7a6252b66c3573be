use atelier_nn::plan::PoolGeometry;
use ndarray::Array4;

use super::window_cells;
use crate::Real;

/// Cells of the window that lie in the input.
fn count<T: Real>(g: &PoolGeometry, i: usize, j: usize) -> T {
    T::exact(window_cells(g, i, j).count() as f64)
}

pub fn average_pool2d<T: Real>(g: &PoolGeometry, x: &Array4<T>) -> Array4<T> {
    Array4::from_shape_fn((x.dim().0, g.out_height, g.out_width, g.channels), |(n, i, j, c)| {
        T::sum(window_cells(g, i, j).map(|[row, column]| x[[n, row, column, c]])) / count(g, i, j)
    })
}

pub fn grad<T: Real>(g: &PoolGeometry, dy: &Array4<T>) -> Array4<T> {
    let mut terms = Array4::from_elem((dy.dim().0, g.in_height, g.in_width, g.channels), Vec::new());
    for ((n, i, j, c), &dy) in dy.indexed_iter() {
        for [row, column] in window_cells(g, i, j) {
            terms[[n, row, column, c]].push(dy / count(g, i, j));
        }
    }
    terms.mapv(T::sum)
}
