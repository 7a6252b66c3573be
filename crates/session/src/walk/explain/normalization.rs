//! Batch normalisation: moments, the normalised number, and what comes back through both.

use atelier_nn::{BufferId, Op};

use super::{Column, Made, Operands};

pub fn explain(operands: &Operands, made: &mut Made, result: BufferId, index: usize, value: f32) {
    let value = f64::from(value);
    let number = |buffer, index| operands.number(buffer, index);
    match *operands.op {
        Op::BatchMoments { positions, channels, x, variance, .. } => {
            let column = operands.column(x, &along(positions, channels, index));
            let count = column.values.len() as f64;
            let mean = column.values.iter().sum::<f64>() / count;
            let spread = column.values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / count;
            made.column(column).shown(positions).line("mean", mean);
            made.option("variance", (result == variance).then_some(spread));
        }
        Op::BatchNorm { channels, epsilon, x, mean, variance, gamma, beta, .. } => {
            let channel = index % channels;
            let (mean, variance) = (number(mean, channel), number(variance, channel));
            let normalised = (number(x, index) - mean) / (variance + f64::from(epsilon)).sqrt();
            made.line("mean", mean).line("variance", variance);
            made.option("gamma", gamma.map(|gamma| number(gamma, channel)));
            made.line("epsilon", epsilon.into()).line("x", number(x, index));
            made.option("beta", beta.map(|beta| number(beta, channel)));
            made.line("normalised", normalised).line("y", value);
        }
        Op::BatchNormGradParameters { positions, channels, epsilon, x, mean, variance, dy, dgamma, .. } => {
            let cells = along(positions, channels, index);
            made.column(operands.column(dy, &cells));
            if result == dgamma {
                let (mean, root) = (number(mean, index), (number(variance, index) + f64::from(epsilon)).sqrt());
                let column = operands.column(x, &cells);
                let values = column.values.iter().map(|x| (x - mean) / root).collect();
                made.column(Column { name: "normalised", values, ..column });
            }
            let sum = made.multiplied().sum();
            made.shown(positions).line("sum", sum);
        }
        Op::BatchNormGradInput { channels, epsilon, x, mean, variance, gamma, dgamma, dbeta, dy, .. } => {
            let channel = index % channels;
            let (mean, variance) = (number(mean, channel), number(variance, channel));
            let root = (variance + f64::from(epsilon)).sqrt();
            let gamma = gamma.map(|gamma| number(gamma, channel));
            made.line("mean", mean).line("variance", variance).option("gamma", gamma);
            made.line("epsilon", epsilon.into()).line("x", number(x, index));
            made.line("normalised", (number(x, index) - mean) / root);
            made.line("dgamma", number(dgamma, channel)).line("dbeta", number(dbeta, channel));
            made.line("scale", gamma.unwrap_or(1.0) / root).line("dy", number(dy, index)).line("dx", value);
        }
        Op::BatchNormGradFixed { channels, epsilon, variance, gamma, dy, .. } => {
            let channel = index % channels;
            let variance = number(variance, channel);
            let gamma = gamma.map(|gamma| number(gamma, channel));
            made.line("variance", variance).option("gamma", gamma).line("epsilon", epsilon.into());
            let scale = gamma.unwrap_or(1.0) / (variance + f64::from(epsilon)).sqrt();
            made.line("scale", scale).line("dy", number(dy, index)).line("dx", value);
        }
        _ => {}
    }
}

/// A channel's cells in one picture.
fn along(positions: usize, channels: usize, channel: usize) -> Vec<usize> {
    (0..positions).map(|position| position * channels + channel).collect()
}
