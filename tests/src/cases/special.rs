//! NaN and infinities among the inputs of a share of the cases. Every executor passes them on alike: which of a result's
//! numbers are NaN, and which infinite, follows from the operation and not from the order of a sum.

use atelier_nn::{Activation, Op};

use super::{Stem, pool2d};
use crate::case::Case;
use crate::draw::Draw;
use crate::reference::activation_of;

/// One seed in so many.
const EVERY: u32 = 5;

/// Operands that carry what comes from elsewhere. Parameters and their optimisers' state stay finite: a weight that is NaN
/// meets the zeros of a padding, which one executor multiplies and another leaves out.
const CARRYING: &[&str] = &["x", "x0", "x1", "x2", "x3", "dy", "prediction", "output", "loss", "gradient", "value"];

/// Puts NaN and infinities into the case where its seed is one of those.
pub fn sprinkle(case: &mut Case, draw: &mut Draw) {
    if case.seed % EVERY != EVERY - 1 {
        return;
    }
    let infinities = infinities(case);
    let names: Vec<String> = case.inputs.iter().map(|(id, _)| case.plan.buffer(*id).name.clone()).collect();
    let of_a_kernel =
        matches!(case.stem, Stem::Conv2dGradKernel | Stem::DepthwiseConv2dGradKernel | Stem::DenseGradKernel);
    for ((_, numbers), name) in case.inputs.iter_mut().zip(&names) {
        // A gradient meets the padding of x as a weight does.
        if CARRYING.contains(&name.as_str()) && !(of_a_kernel && name == "dy") {
            for _ in 0..draw.between(1, 2) {
                let at = draw.between(0, numbers.len() - 1);
                numbers[at] = special(draw, infinities);
            }
        }
    }
    keep_outputs(case, draw);
}

fn special(draw: &mut Draw, infinities: bool) -> f32 {
    if infinities { draw.one_of(&[f32::NAN, f32::NAN, f32::INFINITY, f32::NEG_INFINITY]) } else { f32::NAN }
}

/// Whether infinities tell: not where a factor may be so small that f32 takes it for zero, and not where an executor may
/// multiply out a difference of which one side is infinite.
fn infinities(case: &Case) -> bool {
    match case.op() {
        Op::ActivateGrad { activation, .. } => *activation != Activation::Sigmoid,
        op => !op.stem().starts_with("batch_norm_grad"),
    }
}

/// What a forward pass wrote belongs to what it read.
fn keep_outputs(case: &mut Case, draw: &mut Draw) {
    let batch = case.data.batch;
    let numbers = |case: &mut Case, id| case.inputs.iter().position(|(input, _)| *input == id);
    match case.op().clone() {
        Op::MaxPool2dGrad { geometry, x, y, .. } => {
            if let (Some(x), Some(y)) = (numbers(case, x), numbers(case, y)) {
                case.inputs[y].1 = pool2d::maxima(&geometry, batch, &case.inputs[x].1);
            }
        }
        Op::ActivateGrad { activation, y, .. } => {
            if let Some(y) = numbers(case, y) {
                let at = draw.between(0, case.inputs[y].1.len() - 1);
                case.inputs[y].1[at] = activation_of(activation, special(draw, true));
            }
        }
        _ => {}
    }
}
