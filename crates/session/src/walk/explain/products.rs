//! Convolutions and dense layers, forward and backward: sums of products.

use atelier_nn::plan::Cell;
use atelier_nn::{BufferId, Op};

use super::{Made, Operands};

pub fn explain(operands: &Operands, made: &mut Made, result: BufferId, index: usize, value: f32) {
    match *operands.op {
        Op::Conv2d { x, kernel, bias, .. }
        | Op::DepthwiseConv2d { x, kernel, bias, .. }
        | Op::Dense { x, kernel, bias, .. } => {
            pairs(operands, made, result, index, [x, kernel]);
            summed(made);
            let bias = bias.and_then(|bias| Some(operands.number(bias, *operands.terms(result, index, bias).first()?)));
            made.option("bias", bias).line("y", value.into());
        }
        Op::Conv2dGradInput { dy, kernel, .. }
        | Op::DepthwiseConv2dGradInput { dy, kernel, .. }
        | Op::DenseGradInput { dy, kernel, .. } => {
            pairs(operands, made, result, index, [dy, kernel]);
            summed(made);
        }
        Op::Conv2dGradKernel { x, dy, .. }
        | Op::DepthwiseConv2dGradKernel { x, dy, .. }
        | Op::DenseGradKernel { x, dy, .. } => {
            pairs(operands, made, result, index, [x, dy]);
            over_batch(operands, made);
        }
        Op::BiasGrad { dy, .. } => {
            made.column(operands.column(dy, &operands.terms(result, index, dy))).multiplied();
            over_batch(operands, made);
        }
        _ => {}
    }
}

fn summed(made: &mut Made) {
    made.line("sum", made.sum());
}

/// Each picture has as many of the products as the others.
fn over_batch(operands: &Operands, made: &mut Made) {
    summed(made.shown(made.products.len() / operands.examples().len()));
}

/// The two operands' numbers that met, in one order.
fn pairs(operands: &Operands, made: &mut Made, result: BufferId, index: usize, of: [BufferId; 2]) {
    let cell = Cell { buffer: result, example: operands.batched.then_some(operands.shown), index };
    let mut blocks = operands.op.terms(cell);
    // A window's first cell meets its last output: what came back is met from the other end.
    if matches!(
        operands.op,
        Op::Conv2dGradInput { .. } | Op::DepthwiseConv2dGradInput { .. } | Op::DenseGradInput { .. }
    ) {
        for kernel in blocks.iter_mut().filter(|cells| cells.buffer == of[1]) {
            kernel.along.iter_mut().take(2).for_each(|taps| taps.reverse());
        }
    }
    for buffer in of {
        let indices = blocks.iter().find(|cells| cells.buffer == buffer).map(|cells| cells.indices());
        made.column(operands.column(buffer, &indices.unwrap_or_default()));
    }
    made.multiplied();
}
