use atelier_nn::plan::LossKind;

use crate::dispatch::Kernel;
use crate::simd::Simd;

/// Probabilities are kept this far from 0 and 1, as in Keras.
pub const CLIP: f64 = 1e-7;

/// The loss of every example. A few numbers an example: computed in f64 and rounded once.
pub struct Loss<'a> {
    pub kind: LossKind,
    pub outputs: usize,
    pub prediction: &'a [f32],
    pub target: &'a [f32],
    pub loss: &'a mut [f32],
}

impl Kernel for Loss<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let examples = self.prediction.chunks_exact(self.outputs).zip(self.target.chunks_exact(self.outputs));
        for ((prediction, target), loss) in examples.zip(self.loss) {
            let pairs = prediction.iter().zip(target).map(|(y, t)| (f64::from(*y), f64::from(*t)));
            let total: f64 = match self.kind {
                LossKind::SoftmaxCrossentropy => {
                    let log_sum = log_sum_exp(prediction);
                    pairs.map(|(z, t)| t * (log_sum - z)).sum()
                }
                LossKind::CategoricalCrossentropy => {
                    let sum: f64 = prediction.iter().map(|y| f64::from(*y)).sum();
                    pairs.map(|(y, t)| -t * (y / sum).clamp(CLIP, 1.0 - CLIP).ln()).sum()
                }
                LossKind::MeanSquaredError => pairs.map(|(y, t)| (t - y) * (t - y)).sum::<f64>() / self.outputs as f64,
            };
            *loss = total as f32;
        }
    }
}

/// `ln Σ e^z`
pub fn log_sum_exp(logits: &[f32]) -> f64 {
    let largest = f64::from(logits.iter().copied().fold(f32::NEG_INFINITY, f32::max));
    largest + logits.iter().map(|z| (f64::from(*z) - largest).exp()).sum::<f64>().ln()
}
