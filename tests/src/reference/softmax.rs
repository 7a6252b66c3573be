use ndarray::Array2;

use crate::Real;

/// Of every row. Subtracting the largest changes nothing but the range of the exponentials.
pub fn softmax<T: Real>(x: &Array2<T>) -> Array2<T> {
    let mut y = x.clone();
    for mut row in y.rows_mut() {
        let largest = row.iter().map(|x| x.value()).fold(f64::NEG_INFINITY, f64::max);
        row.mapv_inplace(|x| (x - T::exact(largest)).exp());
        let total = T::sum(row.iter().copied());
        row.mapv_inplace(|e| e / total);
    }
    y
}

pub fn grad<T: Real>(y: &Array2<T>, dy: &Array2<T>) -> Array2<T> {
    Array2::from_shape_fn(y.dim(), |(r, c)| {
        let inner = T::sum((0..y.ncols()).map(|k| dy[[r, k]] * y[[r, k]]));
        y[[r, c]] * (dy[[r, c]] - inner)
    })
}
