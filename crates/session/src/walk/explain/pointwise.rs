//! Numbers made one by one, or moved: activations, softmax, dropout, sums, copies.

use atelier_nn::{Activation, BufferId, Op, random};

use super::{Column, Made, Operands};

pub fn explain(operands: &Operands, made: &mut Made, result: BufferId, index: usize, value: f32) {
    let value = f64::from(value);
    match *operands.op {
        Op::Activate { x, .. } => {
            made.line("x", operands.number(x, index)).line("y", value);
        }
        Op::ActivateGrad { activation, y, dy, .. } => {
            let y = operands.number(y, index);
            made.line("y", y).line("slope", slope(activation, y));
            made.line("dy", operands.number(dy, index)).line("dx", value);
        }
        Op::Softmax { channels, x, .. } => {
            let first = index - index % channels;
            let column = operands.column(x, &(first..first + channels).collect::<Vec<_>>());
            let max = column.values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let values: Vec<f64> = column.values.iter().map(|x| (x - max).exp()).collect();
            let sum: f64 = values.iter().sum();
            let exponential = Column { name: "exponential", values, ..column.clone() };
            made.column(column).column(exponential);
            made.line("x", operands.number(x, index)).line("max", max).line("sum", sum).line("y", value);
        }
        Op::SoftmaxGrad { channels, y, dy, .. } => {
            let first = index - index % channels;
            let all: Vec<usize> = (first..first + channels).collect();
            let sum = made.column(operands.column(dy, &all)).column(operands.column(y, &all)).multiplied().sum();
            made.line("sum", sum).line("y", operands.number(y, index)).line("dy", operands.number(dy, index));
        }
        Op::Dropout { rate, stream, x, .. } => {
            let data = &operands.data;
            let len = operands.find(x).map_or(0, |numbers| numbers.len);
            // Wraps around like the executors' 32 bits.
            let element = (data.first_example + operands.shown).wrapping_mul(len).wrapping_add(index) as u32;
            let kept = random::dropout_unit(element, data.iteration, stream, data.seed) >= rate;
            made.line("rate", rate.into()).line("kept", f64::from(u8::from(kept)));
            made.line("scale", 1.0 / (1.0 - f64::from(rate))).line("x", operands.number(x, index)).line("y", value);
        }
        Op::Add { ref xs, .. } => {
            for x in xs {
                made.column(operands.column(*x, &[index]));
                made.products.push(operands.number(*x, index));
            }
            let sum = made.sum();
            made.shown(xs.len()).line("sum", sum);
        }
        Op::Concatenate { ref xs, .. } => {
            let total: usize = xs.iter().map(|part| part.channels).sum();
            let (position, mut channel) = (index / total, index % total);
            for part in xs {
                if channel < part.channels {
                    made.column(operands.column(part.x, &[position * part.channels + channel]));
                    break;
                }
                channel -= part.channels;
            }
            made.line("y", value);
        }
        Op::ConcatenateGrad { dy, .. } | Op::ZeroPad2dGrad { dy, .. } => {
            made.column(operands.column(dy, &operands.terms(result, index, dy))).line("dx", value);
        }
        Op::ZeroPad2d { x, .. } => {
            made.column(operands.column(x, &operands.terms(result, index, x))).line("y", value);
        }
        _ => {}
    }
}

/// The activation's derivative, from its output.
fn slope(activation: Activation, y: f64) -> f64 {
    match activation {
        Activation::Linear | Activation::Softmax => 1.0,
        Activation::Sigmoid => y * (1.0 - y),
        Activation::Tanh => (1.0 - y) * (1.0 + y),
        _ if y.is_nan() => y,
        Activation::Relu => f64::from(u8::from(y > 0.0)),
        Activation::ClippedRelu { max_value } => f64::from(u8::from(y > 0.0 && y < f64::from(max_value))),
        Activation::LeakyRelu { negative_slope } => {
            if y > 0.0 {
                1.0
            } else {
                f64::from(negative_slope)
            }
        }
    }
}
