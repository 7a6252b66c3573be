//! The reference's gradients against finite differences of its own forward pass, in f64.
//!
//! For a forward case and random weights `dy`, the derivative of `L = Σ dy·y` with respect to every number of every
//! input is computed twice: by the chain of gradient operations that lowering emits for that operation, and as the
//! central difference `D(h) = (L(x+h) − L(x−h)) / 2h`. The difference errs by its truncation, which Richardson's
//! comparison of `D(h)` with `D(2h)` estimates (it shrinks with h², so their distance is three times the error of
//! `D(h)`), and by the rounding of L divided by h.

use std::fmt;

use atelier_nn::plan::{Buffer, LossKind, Role, Slot, Step};
use atelier_nn::{Activation, BufferId, Executor, Op, Plan, StepData};

use crate::case::Case;
use crate::cases::Stem;
use crate::draw::Draw;
use crate::reference::Interpreter;

const H: f64 = 1.0 / 65_536.0;

/// Inputs closer than this to a kink of the derivative would be moved across it: a convolution or a dense layer moves
/// its output by at most 2h times an input or weight, all of which are below 1, and so does everything else here.
const KINK_MARGIN: f64 = 8.0 * H;

/// A forward operation with the gradient operations behind it.
struct Chain {
    plan: Plan,
    forward: usize,
    y: BufferId,
    dy: BufferId,
    /// Inputs and the buffers of their gradients.
    pairs: Vec<(BufferId, BufferId)>,
}

pub enum Outcome {
    /// How many derivatives were compared, and those that differ.
    Compared { compared: usize, wrong: Vec<Wrong> },
    /// Some input lies on a kink, where there is no derivative to compare with.
    OnKink,
}

#[derive(Debug)]
pub struct Wrong {
    pub buffer: String,
    pub index: usize,
    pub gradient: f64,
    pub difference: f64,
    pub tolerance: f64,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let Wrong { buffer, index, gradient, difference, tolerance } = self;
        write!(f, "{buffer}[{index}]: gradient {gradient:e}, finite difference {difference:e} ± {tolerance:e}")
    }
}

/// The stems that have a derivative.
pub const FORWARD: &[Stem] = &[
    Stem::Conv2d,
    Stem::DepthwiseConv2d,
    Stem::Dense,
    Stem::MaxPool2d,
    Stem::AveragePool2d,
    Stem::GlobalAveragePool2d,
    Stem::Activate,
    Stem::Softmax,
    Stem::BatchMoments,
    Stem::BatchNorm,
    Stem::Dropout,
    Stem::Concatenate,
    Stem::ZeroPad2d,
    Stem::Loss,
];

/// Compares every derivative of a forward case.
pub fn check(case: &Case) -> Outcome {
    let chain = chain(case);
    let mut reference: Interpreter<f64> = Interpreter::new(chain.plan.clone());
    for (buffer, numbers) in &case.inputs {
        let numbers: Vec<_> = numbers.iter().map(|x| f64::from(*x)).collect();
        reference.set(*buffer, &numbers);
    }
    let batch = case.data.batch;
    let mut draw = Draw::new("dy", case.seed);
    let weights: Vec<f64> = match case.op() {
        // The mean over the whole batch, which the gradient of a loss has built in.
        Op::Loss { .. } => vec![1.0 / case.data.batch_total as f64; batch],
        _ => draw.values(chain.plan.len_of(chain.y, batch)).into_iter().map(f64::from).collect(),
    };
    reference.set(chain.dy, &weights);
    for (x, _) in chain.pairs.iter().filter(|(x, _)| case.inputs.iter().all(|(given, _)| given != x)) {
        let values: Vec<_> = draw.values(chain.plan.len_of(*x, batch)).into_iter().map(f64::from).collect();
        reference.set(*x, &values);
    }
    run(&mut reference, case, 0..chain.forward);
    if kink_margin(case, &reference) < KINK_MARGIN {
        return Outcome::OnKink;
    }
    run(&mut reference, case, chain.forward..chain.plan.steps.len());

    let gradients: Vec<Vec<f64>> = chain.pairs.iter().map(|(_, dx)| reference.numbers(*dx, batch).to_vec()).collect();
    let y = reference.numbers(chain.y, batch);
    // A loss near zero is what is left of predictions that cancel, and rounds as those do.
    let cancelled = match case.op() {
        Op::Loss { kind: LossKind::SoftmaxCrossentropy, prediction, .. } => {
            reference.numbers(*prediction, batch).iter().fold(0.0_f64, |largest, z| largest.max(z.abs()))
        }
        _ => 0.0,
    };
    let magnitude: f64 = y.iter().zip(&weights).map(|(y, w)| (y.abs() + cancelled) * w.abs()).sum();
    let terms = y.len() as f64 + 16.0;

    let (mut compared, mut wrong) = (0, Vec::new());
    for ((x, _), gradient) in chain.pairs.iter().zip(gradients) {
        let at = reference.numbers(*x, batch).to_vec();
        for (index, &gradient) in gradient.iter().enumerate() {
            let mut loss_at = |step: f64| {
                let mut moved = at.clone();
                moved[index] += step;
                reference.set(*x, &moved);
                run(&mut reference, case, 0..chain.forward);
                let y = reference.numbers(chain.y, batch);
                y.iter().zip(&weights).map(|(y, w)| y * w).sum::<f64>()
            };
            let mut central = |h: f64| (loss_at(h) - loss_at(-h)) / (2.0 * h);
            let (near, far) = (central(H), central(2.0 * H));
            reference.set(*x, &at);
            // Each of the two losses sums its terms, and each y its own: a safe multiple of their number.
            let rounding = 64.0 * terms * f64::EPSILON * magnitude.max(f64::EPSILON) / H;
            let tolerance = (near - far).abs() + rounding;
            compared += 1;
            let off = (gradient - near).abs();
            if off.is_nan() || off > tolerance {
                let buffer = chain.plan.buffer(*x).name.clone();
                wrong.push(Wrong { buffer, index, gradient, difference: near, tolerance });
            }
        }
    }
    Outcome::Compared { compared, wrong }
}

fn run(reference: &mut Interpreter<f64>, case: &Case, steps: std::ops::Range<usize>) {
    let mut data = case.data;
    if let Op::BatchMoments { .. } = case.op() {
        // Moments of these examples alone are those of a batch that is whole.
        data = StepData { batch_total: data.batch, first_example: 0, ..data };
    }
    reference.run(steps, &data).expect("the reference refuses no step");
}

/// Distance of the inputs from the nearest kink: where a branch is taken the other way.
fn kink_margin(case: &Case, reference: &Interpreter<f64>) -> f64 {
    let batch = case.data.batch;
    let smallest = |numbers: Vec<f64>| numbers.into_iter().map(f64::abs).fold(f64::INFINITY, f64::min);
    match case.op() {
        Op::Conv2d { activation, y, .. }
        | Op::DepthwiseConv2d { activation, y, .. }
        | Op::Dense { activation, y, .. }
        | Op::Activate { activation, y, .. } => {
            match activation {
                // A rectified number says no more how far below zero it was: look before the activation.
                Activation::Relu | Activation::LeakyRelu { .. } | Activation::ClippedRelu { .. } => {
                    let mut linear: Interpreter<f64> = Interpreter::new(case.plan_with(without_activation(case.op())));
                    for (buffer, numbers) in &case.inputs {
                        let numbers: Vec<_> = numbers.iter().map(|x| f64::from(*x)).collect();
                        linear.set(*buffer, &numbers);
                    }
                    run(&mut linear, case, 0..1);
                    let linear = linear.numbers(*y, batch);
                    let other_kink = match activation {
                        Activation::ClippedRelu { max_value } => {
                            smallest(linear.iter().map(|x| x - f64::from(*max_value)).collect())
                        }
                        _ => f64::INFINITY,
                    };
                    smallest(linear.to_vec()).min(other_kink)
                }
                _ => f64::INFINITY,
            }
        }
        Op::MaxPool2d { geometry, x, .. } => {
            crate::reference::max_pool_margin(geometry, batch, reference.numbers(*x, batch))
        }
        Op::Loss { kind: LossKind::CategoricalCrossentropy, outputs, prediction, .. } => {
            let rows = reference.numbers(*prediction, batch).chunks(*outputs);
            rows.flat_map(|row| {
                let sum: f64 = row.iter().sum();
                row.iter().map(move |p| (p / sum - 1e-7).min(1.0 - 1e-7 - p / sum).abs())
            })
            .fold(f64::INFINITY, f64::min)
        }
        _ => f64::INFINITY,
    }
}

fn without_activation(op: &Op) -> Op {
    let mut op = op.clone();
    if let Op::Conv2d { activation, .. }
    | Op::DepthwiseConv2d { activation, .. }
    | Op::Dense { activation, .. }
    | Op::Activate { activation, .. } = &mut op
    {
        *activation = Activation::Linear;
    }
    op
}

/// Appends the gradient operations of a forward case.
fn chain(case: &Case) -> Chain {
    let mut plan = case.plan.clone();
    let y = case.op().writes()[0];
    let like = |plan: &mut Plan, other: BufferId, name: &str| {
        let Buffer { shape, batched, .. } = plan.buffer(other).clone();
        plan.slots.push(Slot { len: shape.iter().product(), batched });
        let slot = plan.slots.len() - 1;
        plan.buffers.push(Buffer { name: name.to_owned(), role: Role::Gradient, shape, batched, slot });
        BufferId(plan.buffers.len() as u32 - 1)
    };
    let dy = like(&mut plan, y, "dy");
    let mut forward = vec![case.op().clone()];
    let mut backward = Vec::new();
    let mut pairs = Vec::new();
    let mut y_of_chain = y;
    match case.op().clone() {
        Op::Conv2d { geometry, activation, x, kernel, bias, .. } => {
            let dz = like(&mut plan, y, "dz");
            let [dx, dkernel] = [x, kernel].map(|b| like(&mut plan, b, "gradient"));
            backward.push(Op::ActivateGrad { activation, y, dy, dx: dz });
            backward.push(Op::Conv2dGradInput { geometry, dy: dz, kernel, dx });
            backward.push(Op::Conv2dGradKernel { geometry, x, dy: dz, dkernel });
            pairs.extend([(x, dx), (kernel, dkernel)]);
            if let Some(bias) = bias {
                let dbias = like(&mut plan, bias, "dbias");
                let positions = geometry.out_height * geometry.out_width;
                backward.push(Op::BiasGrad { positions, channels: geometry.filters, dy: dz, dbias });
                pairs.push((bias, dbias));
            }
        }
        Op::DepthwiseConv2d { geometry, activation, x, kernel, bias, .. } => {
            let dz = like(&mut plan, y, "dz");
            let [dx, dkernel] = [x, kernel].map(|b| like(&mut plan, b, "gradient"));
            backward.push(Op::ActivateGrad { activation, y, dy, dx: dz });
            backward.push(Op::DepthwiseConv2dGradInput { geometry, dy: dz, kernel, dx });
            backward.push(Op::DepthwiseConv2dGradKernel { geometry, x, dy: dz, dkernel });
            pairs.extend([(x, dx), (kernel, dkernel)]);
            if let Some(bias) = bias {
                let dbias = like(&mut plan, bias, "dbias");
                let positions = geometry.out_height * geometry.out_width;
                backward.push(Op::BiasGrad { positions, channels: geometry.filters(), dy: dz, dbias });
                pairs.push((bias, dbias));
            }
        }
        Op::Dense { inputs, units, activation, x, kernel, bias, .. } => {
            let dz = like(&mut plan, y, "dz");
            let [dx, dkernel] = [x, kernel].map(|b| like(&mut plan, b, "gradient"));
            backward.push(Op::ActivateGrad { activation, y, dy, dx: dz });
            backward.push(Op::DenseGradInput { inputs, units, dy: dz, kernel, dx });
            backward.push(Op::DenseGradKernel { inputs, units, x, dy: dz, dkernel });
            pairs.extend([(x, dx), (kernel, dkernel)]);
            if let Some(bias) = bias {
                let dbias = like(&mut plan, bias, "dbias");
                backward.push(Op::BiasGrad { positions: 1, channels: units, dy: dz, dbias });
                pairs.push((bias, dbias));
            }
        }
        Op::BatchMoments { positions, channels, x, mean, variance } => {
            // The moments alone are half of a layer: normalise with them, and differentiate through both.
            let normalised = like(&mut plan, x, "y");
            let [gamma, dgamma, beta, dbeta] = ["gamma", "dgamma", "beta", "dbeta"].map(|n| like(&mut plan, mean, n));
            let (dy_wide, dx) = (like(&mut plan, x, "dy"), like(&mut plan, x, "dx"));
            let epsilon = 1e-3;
            pairs.extend([(x, dx), (gamma, dgamma), (beta, dbeta)]);
            let (gamma, beta, y, dy) = (Some(gamma), Some(beta), normalised, dy_wide);
            forward.push(Op::BatchNorm { positions, channels, epsilon, x, mean, variance, gamma, beta, y });
            backward.push(Op::BatchNormGradParameters {
                positions,
                channels,
                epsilon,
                x,
                mean,
                variance,
                dy,
                dgamma,
                dbeta,
            });
            backward.push(Op::BatchNormGradInput {
                positions,
                channels,
                epsilon,
                x,
                mean,
                variance,
                gamma,
                dgamma,
                dbeta,
                dy,
                dx,
            });
            return finish(plan, forward, backward, y, dy, pairs);
        }
        Op::BatchNorm { positions, channels, epsilon, x, mean, variance, gamma, beta, .. } => {
            let [dgamma, dbeta] = ["dgamma", "dbeta"].map(|name| like(&mut plan, mean, name));
            let dx = like(&mut plan, x, "dx");
            backward.push(Op::BatchNormGradParameters {
                positions,
                channels,
                epsilon,
                x,
                mean,
                variance,
                dy,
                dgamma,
                dbeta,
            });
            backward.push(Op::BatchNormGradFixed { positions, channels, epsilon, variance, gamma, dy, dx });
            pairs.push((x, dx));
            pairs.extend(gamma.map(|gamma| (gamma, dgamma)));
            pairs.extend(beta.map(|beta| (beta, dbeta)));
        }
        Op::Concatenate { positions, xs, .. } => {
            let total = xs.iter().map(|c| c.channels).sum();
            let mut offset = 0;
            for input in xs {
                let dx = like(&mut plan, input.x, "gradient");
                backward.push(Op::ConcatenateGrad { positions, total, offset, channels: input.channels, dy, dx });
                pairs.push((input.x, dx));
                offset += input.channels;
            }
        }
        op => {
            let x = op.reads()[0];
            let dx = like(&mut plan, x, "gradient");
            backward.push(match op {
                Op::MaxPool2d { geometry, .. } => Op::MaxPool2dGrad { geometry, x, y, dy, dx },
                Op::AveragePool2d { geometry, .. } => Op::AveragePool2dGrad { geometry, dy, dx },
                Op::GlobalAveragePool2d { positions, channels, .. } => {
                    Op::GlobalAveragePool2dGrad { positions, channels, dy, dx }
                }
                Op::Activate { activation, .. } => Op::ActivateGrad { activation, y, dy, dx },
                Op::Softmax { positions, channels, .. } => Op::SoftmaxGrad { positions, channels, y, dy, dx },
                Op::Dropout { rate, stream, .. } => Op::Dropout { rate, stream, x: dy, y: dx },
                Op::ZeroPad2d { geometry, .. } => Op::ZeroPad2dGrad { geometry, dy, dx },
                Op::Loss { kind, outputs, prediction, target, loss } => {
                    y_of_chain = loss;
                    Op::LossGrad { kind, outputs, prediction, target, dprediction: dx }
                }
                other => panic!("{} has no gradient", other.stem()),
            });
            pairs.push((x, dx));
        }
    }
    finish(plan, forward, backward, y_of_chain, dy, pairs)
}

fn finish(
    mut plan: Plan,
    forward: Vec<Op>,
    backward: Vec<Op>,
    y: BufferId,
    dy: BufferId,
    pairs: Vec<(BufferId, BufferId)>,
) -> Chain {
    let steps = forward.len();
    plan.steps = forward.into_iter().chain(backward).map(|op| Step { layer: 0, op }).collect();
    Chain { plan, forward: steps, y, dy, pairs }
}
