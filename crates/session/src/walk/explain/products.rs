//! Convolutions and dense layers, forward and backward: sums of products.

use atelier_nn::plan::Cell;
use atelier_nn::{BufferId, Op};

use super::{Column, Made, Operands};

pub fn explain(operands: &Operands, result: BufferId, index: usize, value: f32) -> Made {
    match *operands.op {
        Op::Conv2d { x, kernel, bias, .. } | Op::Dense { x, kernel, bias, .. } => {
            let made = pairs(operands, result, index, [x, kernel]);
            let sum = made.sum();
            let made = made.line("sum", sum);
            let bias = bias.and_then(|bias| Some(operands.number(bias, *operands.terms(result, index, bias).first()?)));
            let made = bias.into_iter().fold(made, |made, bias| made.line("bias", bias));
            made.line("y", value)
        }
        Op::Conv2dGradInput { dy, kernel, .. } | Op::DenseGradInput { dy, kernel, .. } => {
            summed(pairs(operands, result, index, [dy, kernel]))
        }
        Op::Conv2dGradKernel { x, dy, .. } | Op::DenseGradKernel { x, dy, .. } => {
            summed(over_batch(operands, pairs(operands, result, index, [x, dy])))
        }
        Op::BiasGrad { dy, .. } => {
            let column = operands.column(dy, &operands.terms(result, index, dy));
            summed(over_batch(operands, Made::default().column(column).multiplied()))
        }
        _ => Made::default(),
    }
}

fn summed(made: Made) -> Made {
    let sum = made.sum();
    made.line("sum", sum)
}

/// Each picture has as many of the products as the others.
fn over_batch(operands: &Operands, made: Made) -> Made {
    Made { of_shown: made.products.len() / operands.examples().len(), ..made }
}

/// The two operands' numbers that met, in one order.
fn pairs(operands: &Operands, result: BufferId, index: usize, of: [BufferId; 2]) -> Made {
    let cell = Cell { buffer: result, example: operands.batched.then_some(operands.shown), index };
    let mut blocks = operands.op.terms(cell);
    // A window's first cell meets its last output: what came back is met from the other end.
    if matches!(operands.op, Op::Conv2dGradInput { .. } | Op::DenseGradInput { .. }) {
        for kernel in blocks.iter_mut().filter(|cells| cells.buffer == of[1]) {
            kernel.along.iter_mut().take(2).for_each(|taps| taps.reverse());
        }
    }
    let column = |buffer: BufferId| -> Column {
        let indices = blocks.iter().find(|cells| cells.buffer == buffer).map(|cells| cells.indices());
        operands.column(buffer, &indices.unwrap_or_default())
    };
    of.into_iter().fold(Made::default(), |made, buffer| made.column(column(buffer))).multiplied()
}
