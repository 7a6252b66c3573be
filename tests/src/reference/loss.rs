use atelier_nn::plan::LossKind;
use ndarray::{Array1, Array2, ArrayView1};

use super::softmax::softmax;
use crate::Real;

/// Keras's `epsilon()`: probabilities are kept this far from 0 and 1 before the logarithm.
const CLIP: f32 = 1e-7;

/// Probabilities scaled to sum 1.
fn scaled<T: Real>(p: ArrayView1<T>) -> Array1<T> {
    let total = T::sum(p.iter().copied());
    p.mapv(|p| p / total)
}

/// Of every example (row).
pub fn loss<T: Real>(kind: LossKind, prediction: &Array2<T>, target: &Array2<T>) -> Array1<T> {
    let outputs = prediction.ncols();
    Array1::from_shape_fn(prediction.nrows(), |n| {
        let (prediction, target) = (prediction.row(n), target.row(n));
        match kind {
            LossKind::SoftmaxCrossentropy => {
                let largest = prediction.iter().map(|z| z.value()).fold(f64::NEG_INFINITY, f64::max);
                let largest = T::exact(largest);
                let log_sum = T::sum(prediction.iter().map(|&z| (z - largest).exp())).ln();
                T::sum((0..outputs).map(|i| target[i] * T::sum([log_sum, largest, -prediction[i]])))
            }
            LossKind::CategoricalCrossentropy => {
                let low = T::exact(f64::from(CLIP));
                let high = T::one() - low;
                let logs = scaled(prediction).mapv(|p| {
                    let p = (low - p).if_positive(low, p);
                    (p - high).if_positive(high, p).ln()
                });
                T::sum((0..outputs).map(|i| -target[i] * logs[i]))
            }
            LossKind::MeanSquaredError => {
                let squares = (0..outputs).map(|i| {
                    let difference = target[i] - prediction[i];
                    difference * difference
                });
                T::sum(squares) / T::exact(outputs as f64)
            }
        }
    })
}

/// Gradient of the mean loss of a whole batch of `batch_total`.
pub fn grad<T: Real>(kind: LossKind, batch_total: usize, prediction: &Array2<T>, target: &Array2<T>) -> Array2<T> {
    let outputs = prediction.ncols();
    let total = T::exact(batch_total as f64);
    match kind {
        LossKind::SoftmaxCrossentropy => {
            let p = softmax(prediction);
            Array2::from_shape_fn(p.dim(), |(n, i)| {
                let weight = T::sum(target.row(n).iter().copied());
                (p[[n, i]] * weight - target[[n, i]]) / total
            })
        }
        LossKind::CategoricalCrossentropy => {
            let mut gradient = prediction.clone();
            for n in 0..prediction.nrows() {
                let sum = T::sum(prediction.row(n).iter().copied());
                let p = scaled(prediction.row(n));
                // dL/dp̂ᵢ = −tᵢ/p̂ᵢ within the clip, and p̂ᵢ = pᵢ/S moves all others through S.
                let inner = Array1::from_shape_fn(outputs, |i| {
                    let low = T::exact(f64::from(CLIP));
                    let slope = -target[[n, i]] / p[i];
                    let above = (p[i] - low).if_positive(slope, T::zero());
                    (p[i] - (T::one() - low)).if_positive(T::zero(), above)
                });
                let shared = T::sum((0..outputs).map(|i| inner[i] * p[i]));
                for i in 0..outputs {
                    gradient[[n, i]] = T::sum([inner[i], -shared]) / sum / total;
                }
            }
            gradient
        }
        LossKind::MeanSquaredError => Array2::from_shape_fn(prediction.dim(), |(n, i)| {
            let two_difference = (prediction[[n, i]] - target[[n, i]]) * T::exact(2.0);
            two_difference / T::exact(outputs as f64) / total
        }),
    }
}
