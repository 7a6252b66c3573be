use atelier_nn::plan::PoolGeometry;
use ndarray::Array4;

use super::window_cells;
use crate::Real;

pub fn max_pool2d<T: Real>(g: &PoolGeometry, x: &Array4<T>) -> Array4<T> {
    Array4::from_shape_fn((x.dim().0, g.out_height, g.out_width, g.channels), |(n, i, j, c)| {
        let mut cells = window_cells(g, i, j).map(|[row, column]| x[[n, row, column, c]]);
        let first = cells.next().expect("a window covers at least one cell of its input");
        cells.fold(first, T::max)
    })
}

/// Takes the maxima as written by the forward pass.
pub fn grad<T: Real>(g: &PoolGeometry, x: &Array4<T>, y: &Array4<T>, dy: &Array4<T>) -> Array4<T> {
    let mut terms = x.mapv(|_| Vec::new());
    for ((n, i, j, c), &dy) in dy.indexed_iter() {
        let maximum = y[[n, i, j, c]];
        let reaches = |cell: T| maximum.value().is_nan() || cell.value() >= maximum.value();
        let winner = window_cells(g, i, j).find(|&[r, s]| reaches(x[[n, r, s, c]]));
        let rivals: Vec<_> = window_cells(g, i, j)
            .filter(|&[r, s]| {
                let cell = x[[n, r, s, c]];
                let doubt = cell.error() + maximum.error();
                doubt > 0.0 && maximum.value() - cell.value() <= doubt
            })
            .collect();
        for [r, s] in window_cells(g, i, j) {
            let share = if winner == Some([r, s]) { dy } else { T::zero() };
            let unsure = rivals.len() > 1 && rivals.contains(&[r, s]);
            terms[[n, r, s, c]].push(if unsure { share.widened(dy.value().abs() + dy.error()) } else { share });
        }
    }
    terms.mapv(T::sum)
}

/// Smallest distance of a window's maximum from the next largest number in it.
pub fn margin(g: &PoolGeometry, batch: usize, x: &[f64]) -> f64 {
    let at = |n: usize, [row, column]: [usize; 2], c: usize| {
        x[((n * g.in_height + row) * g.in_width + column) * g.channels + c]
    };
    let mut smallest = f64::INFINITY;
    for (n, i, j, c) in ndarray::indices((batch, g.out_height, g.out_width, g.channels)) {
        let mut cells: Vec<f64> = window_cells(g, i, j).map(|cell| at(n, cell, c)).collect();
        cells.sort_by(|a, b| b.total_cmp(a));
        if let [first, second, ..] = cells[..] {
            smallest = smallest.min(first - second);
        }
    }
    smallest
}
