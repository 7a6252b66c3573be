//! From the outputs to the loss, to the gradient that backward begins from, and to the batch's metrics.

use atelier_nn::Op;
use atelier_nn::plan::LossKind;

use super::{Made, Operands};

pub fn explain(operands: &Operands, index: usize, value: f32) -> Made {
    let made = Made::default();
    match *operands.op {
        Op::Loss { kind, outputs, prediction, target, .. } => {
            let all: Vec<usize> = (0..outputs).collect();
            let (prediction, target) = (operands.column(prediction, &all), operands.column(target, &all));
            let shares = shares(kind, &prediction.values);
            // Of the classes, the one that is true.
            let largest =
                |best: usize, class: usize| if target.values[class] > target.values[best] { class } else { best };
            let truth = (0..outputs).reduce(largest).unwrap_or(0);
            let t = target.values.get(truth).copied().unwrap_or(f64::NAN);
            let made = made.column(prediction).column(target);
            let made = match shares {
                Some(shares) => made.line("p", shares[truth]).line("t", t),
                None => made,
            };
            made.line("loss", value)
        }
        Op::LossGrad { kind, outputs, prediction, target, .. } => {
            let all: Vec<usize> = (0..outputs).collect();
            let (prediction, target) = (operands.column(prediction, &all), operands.column(target, &all));
            let (y, t) = (prediction.values[index], target.values[index]);
            let shares = shares(kind, &prediction.values);
            let made = made.column(prediction).column(target);
            let made = match shares {
                Some(shares) => made.line("p", shares[index]).line("t", t),
                None => made.line("y", y).line("t", t),
            };
            made.line("n", operands.data.batch_total as f64).line("dprediction", value)
        }
        Op::Metrics { outputs, output, target, loss, .. } => {
            if index == 0 {
                let made = made.column(operands.column(loss, &[0])).multiplied();
                let sum = made.sum();
                return Made { of_shown: 1, ..made }.line("sum", sum);
            }
            let all: Vec<usize> = (0..outputs).collect();
            let made = made.column(operands.column(output, &all)).column(operands.column(target, &all));
            Made { of_shown: outputs, ..made }
        }
        _ => made,
    }
}

/// The probabilities that a prediction stands for; none where the loss asks for none.
fn shares(kind: LossKind, prediction: &[f64]) -> Option<Vec<f64>> {
    let of_sum = |values: Vec<f64>| {
        let sum: f64 = values.iter().sum();
        values.into_iter().map(|value| value / sum).collect()
    };
    match kind {
        LossKind::SoftmaxCrossentropy => {
            let max = prediction.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            Some(of_sum(prediction.iter().map(|z| (z - max).exp()).collect()))
        }
        LossKind::CategoricalCrossentropy => Some(of_sum(prediction.to_vec())),
        LossKind::MeanSquaredError => None,
    }
}
