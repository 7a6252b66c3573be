//! From the outputs to the loss, to the gradient that backward begins from, and to the batch's metrics.

use atelier_nn::Op;
use atelier_nn::plan::LossKind;

use super::{Made, Operands};

pub fn explain(operands: &Operands, made: &mut Made, index: usize, value: f32) {
    let (kind, outputs, prediction, target) = match *operands.op {
        Op::Loss { kind, outputs, prediction, target, .. } | Op::LossGrad { kind, outputs, prediction, target, .. } => {
            (kind, outputs, prediction, target)
        }
        Op::Metrics { outputs, output, target, loss, .. } => {
            if index == 0 {
                let sum = made.column(operands.column(loss, &[0])).multiplied().sum();
                made.shown(1).line("sum", sum);
            } else {
                let all: Vec<usize> = (0..outputs).collect();
                made.column(operands.column(output, &all)).column(operands.column(target, &all)).shown(outputs);
            }
            return;
        }
        _ => return,
    };
    let all: Vec<usize> = (0..outputs).collect();
    let (prediction, target) = (operands.column(prediction, &all), operands.column(target, &all));
    let shares = shares(kind, &prediction.values);
    let grad = matches!(operands.op, Op::LossGrad { .. });
    // The gradient is of one class; of the classes, the loss tells of the one that is true.
    let largest = |best: usize, class: usize| if target.values[class] > target.values[best] { class } else { best };
    let class = if grad { index } else { (0..outputs).reduce(largest).unwrap_or(0) };
    let (y, t) = (prediction.values[class], target.values[class]);
    made.column(prediction).column(target);
    match shares {
        Some(shares) => {
            made.line("p", shares[class]).line("t", t);
        }
        None if grad => {
            made.line("y", y).line("t", t);
        }
        None => {}
    }
    if grad {
        made.line("n", operands.data.batch_total as f64).line("dprediction", value.into());
    } else {
        made.line("loss", value.into());
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
