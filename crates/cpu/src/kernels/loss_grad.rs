use atelier_nn::plan::LossKind;

use super::loss::{CLIP, log_sum_exp};
use crate::dispatch::Kernel;
use crate::simd::Simd;

/// Gradient of the mean loss of the whole batch. A few numbers an example: computed in f64 and rounded once.
pub struct LossGrad<'a> {
    pub kind: LossKind,
    pub outputs: usize,
    pub batch_total: usize,
    pub prediction: &'a [f32],
    pub target: &'a [f32],
    pub dprediction: &'a mut [f32],
}

impl Kernel for LossGrad<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let LossGrad { kind, outputs, batch_total, prediction, target, dprediction } = self;
        let share = 1.0 / batch_total as f64;
        let examples = prediction.chunks_exact(outputs).zip(target.chunks_exact(outputs));
        for ((prediction, target), gradient) in examples.zip(dprediction.chunks_exact_mut(outputs)) {
            let pairs = prediction.iter().zip(target).map(|(y, t)| (f64::from(*y), f64::from(*t)));
            match kind {
                LossKind::SoftmaxCrossentropy => {
                    let log_sum = log_sum_exp(prediction);
                    let weight: f64 = target.iter().map(|t| f64::from(*t)).sum();
                    for ((z, t), gradient) in pairs.zip(gradient) {
                        *gradient = (((z - log_sum).exp() * weight - t) * share) as f32;
                    }
                }
                LossKind::CategoricalCrossentropy => {
                    let sum: f64 = prediction.iter().map(|y| f64::from(*y)).sum();
                    // Towards the scaled probability p; a clipped one does not move the loss.
                    let towards = |(y, t): (f64, f64)| {
                        let p = y / sum;
                        if (CLIP..=1.0 - CLIP).contains(&p) { -t / p } else { 0.0 }
                    };
                    let through_sum: f64 = pairs.clone().map(|pair| towards(pair) * pair.0 / sum).sum();
                    for (pair, gradient) in pairs.zip(gradient) {
                        *gradient = ((towards(pair) - through_sum) / sum * share) as f32;
                    }
                }
                LossKind::MeanSquaredError => {
                    for ((y, t), gradient) in pairs.zip(gradient) {
                        *gradient = (2.0 * (y - t) / outputs as f64 * share) as f32;
                    }
                }
            }
        }
    }
}
