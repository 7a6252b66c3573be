use ndarray::{Array1, Array2, ArrayView1};

use crate::Real;

fn largest<T: Real>(row: ArrayView1<T>) -> usize {
    (0..row.len()).fold(0, |best, i| if row[i].value() > row[best].value() { i } else { best })
}

/// Whether rounding may decide which is the largest.
fn unsure<T: Real>(row: ArrayView1<T>) -> bool {
    let best = largest(row);
    (0..row.len()).any(|i| {
        let doubt = row[i].error() + row[best].error();
        i != best && doubt > 0.0 && row[best].value() - row[i].value() <= doubt
    })
}

pub fn metrics<T: Real>(output: &Array2<T>, target: &Array2<T>, loss: &Array1<T>) -> Array1<T> {
    let right = (0..loss.len()).map(|n| {
        let known = output.row(n).iter().all(|y| !y.value().is_nan());
        let hit = T::exact(f64::from(u8::from(known && largest(output.row(n)) == largest(target.row(n)))));
        if unsure(output.row(n)) { hit.widened(1.0) } else { hit }
    });
    Array1::from_vec(vec![T::sum(loss.iter().copied()), T::sum(right)])
}
