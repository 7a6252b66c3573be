//! How far the loss may be off by rounding.
//!
//! Each operation of the forward pass rounds what it makes; a number that is off by δ moves the loss, to first order, by δ times
//! its gradient, which backward has (Linnainmaa, "Taylor expansion of the accumulated rounding error", BIT 16, 1976). So the
//! loss is off by at most `Σ |gradient|·δ` over all numbers, with the δ of each operation by the standard model: `γₙ·Σ|terms|`
//! for a sum of n terms in any order (Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., chapter 3), and for
//! elementary functions what WGSL allows, which is more than the CPU needs.

use std::ops::Range;

use atelier_nn::plan::{ConvGeometry, LossKind};
use atelier_nn::{Activation, BufferId, Op};

use super::Walk;
use crate::SessionError;

/// Half of the distance between 1 and the next f32.
pub(super) const UNIT: f64 = f32::EPSILON as f64 / 2.0;

/// Of a sum of so many terms, times the sum of their sizes.
fn gamma(terms: usize) -> f64 {
    let units = terms as f64 * UNIT;
    units / (1.0 - units)
}

/// Of a division, an inverse root and an exponential of `x`, as shares of the result.
const DIVISION: f64 = 5.0 * UNIT;
const ROOT: f64 = 9.0 * UNIT;

fn exponential(x: f64) -> f64 {
    // The argument, a difference, is rounded too.
    (6.0 + 5.0 * x.abs()) * UNIT
}

impl Walk {
    /// How far the mean loss may be off by what the forward steps from `first` on round in some of the examples.
    pub(super) async fn rounding(&self, first: usize, examples: Range<usize>) -> Result<f64, SessionError> {
        let plan = &*self.plan;
        let mut total = self.rounding_of_losses(&examples).await?;
        for step in &plan.steps[first..plan.forward.end] {
            let Some(y) = step.op.writes().first().copied() else { continue };
            // What the loss is not computed from has no gradient; moments count where they are used.
            let Some(gradient) = self.gradient_of(y) else { continue };
            let gradients = self.whole(gradient).await?;
            let mut operands = Vec::new();
            for operand in step.op.operands() {
                let of = plan.buffer(operand.buffer);
                let each = if of.batched { of.len() } else { 0 };
                operands.push((operand.buffer, each, self.whole(operand.buffer).await?));
            }
            let len = plan.buffer(y).len();
            for example in examples.clone() {
                let read = |buffer: BufferId| {
                    let found = operands.iter().find(|(id, _, _)| *id == buffer);
                    found.map_or(
                        &[][..],
                        |(_, each, all)| {
                            if *each == 0 { all } else { &all[example * each..][..*each] }
                        },
                    )
                };
                let gradients = &gradients[example * len..][..len];
                let off = local(&step.op, &read, read(y), self.data.batch);
                total += gradients.iter().zip(off).map(|(gradient, off)| f64::from(*gradient).abs() * off).sum::<f64>();
            }
        }
        Ok(total)
    }

    /// Of the loss's own arithmetic, in the mean: on the CPU f64 and rounded once.
    async fn rounding_of_losses(&self, examples: &Range<usize>) -> Result<f64, SessionError> {
        let scored = self.plan.steps[self.plan.loss.clone()].iter().find_map(|step| match step.op {
            Op::Loss { kind, outputs, prediction, loss, .. } => Some((kind, outputs, prediction, loss)),
            _ => None,
        });
        let Some((kind, outputs, prediction, loss)) = scored else { return Ok(0.0) };
        let (losses, predictions) = (self.whole(loss).await?, self.whole(prediction).await?);
        let of = |example: usize| {
            let loss = f64::from(losses[example]).abs();
            if !self.on_gpu {
                return loss * UNIT;
            }
            let own = &predictions[example * outputs..][..outputs];
            match kind {
                LossKind::MeanSquaredError => loss * (gamma(outputs + 2) + DIVISION),
                LossKind::CategoricalCrossentropy => (gamma(outputs) + DIVISION + 8.0 * UNIT) + loss * 8.0 * UNIT,
                LossKind::SoftmaxCrossentropy => {
                    let largest = own.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                    let reach = own.iter().fold(0.0_f64, |reach, z| reach.max(f64::from(largest - z)));
                    let log_sum = (outputs as f64).ln();
                    (gamma(outputs) + exponential(reach) + 8.0 * UNIT)
                        + (6.0 * log_sum + 3.0 * (reach + log_sum)) * UNIT
                }
            }
        };
        Ok(examples.clone().map(of).sum::<f64>() / self.data.batch as f64)
    }
}

/// How far each number of an operation's result may be off, in one example, where all that it reads is exact.
fn local<'a>(op: &Op, read: &dyn Fn(BufferId) -> &'a [f32], y: &[f32], batch: usize) -> Vec<f64> {
    let sizes = |buffer: BufferId| read(buffer).iter().map(|x| f64::from(*x).abs());
    let share = |of: f64| y.iter().map(|y| f64::from(*y).abs() * of).collect();
    match *op {
        Op::Conv2d { ref geometry, activation, x, kernel, bias, .. } => {
            product(geometry, read(x), read(kernel), bias.map(read), activation, y)
        }
        Op::Dense { inputs, units, activation, x, kernel, bias, .. } => {
            product(&ConvGeometry::dense(inputs, units), read(x), read(kernel), bias.map(read), activation, y)
        }
        Op::Activate { activation, x, .. } => {
            read(x).iter().zip(y).map(|(x, y)| activated(activation, f64::from(*x), f64::from(*y))).collect()
        }
        Op::Softmax { channels, x, .. } => {
            let vectors = read(x).chunks_exact(channels).zip(y.chunks_exact(channels));
            let of = |(x, y): (&[f32], &[f32])| {
                let (low, high) = x.iter().fold((f32::MAX, f32::MIN), |(low, high), x| (low.min(*x), high.max(*x)));
                let each = 2.0 * exponential(f64::from(high - low)) + gamma(channels) + DIVISION + UNIT;
                y.iter().map(|y| f64::from(*y).abs() * each).collect::<Vec<_>>()
            };
            vectors.flat_map(of).collect()
        }
        // A sum of so many numbers under a window, none larger than the largest of all.
        Op::AveragePool2d { ref geometry, x, .. } => {
            let largest = sizes(x).fold(0.0, f64::max);
            vec![(gamma(geometry.window[0] * geometry.window[1]) + DIVISION) * largest; y.len()]
        }
        Op::GlobalAveragePool2d { positions, channels, x, .. } => {
            let mut means = vec![0.0; channels];
            sizes(x).enumerate().for_each(|(at, size)| means[at % channels] += size / positions as f64);
            means.into_iter().map(|mean| (gamma(positions) + DIVISION) * mean).collect()
        }
        Op::BatchNorm { positions, channels, epsilon, x, mean, variance, gamma: scale, beta, .. } => {
            let (mean, variance) = (read(mean), read(variance));
            let rows = positions * batch;
            let of = |(at, x): (usize, &f32)| {
                let c = at % channels;
                let [mean, variance] = [mean, variance].map(|moments| f64::from(moments[c]));
                let root = (variance + f64::from(epsilon)).sqrt();
                let scale = scale.map_or(1.0, |scale| f64::from(read(scale)[c])).abs() / root;
                let size = f64::from(*x).abs() + mean.abs();
                let beta = beta.map_or(0.0, |beta| f64::from(read(beta)[c])).abs();
                // The moments' own: the mean's error moves the number by as much, the variance's by half its share.
                let moments = (gamma(rows) + DIVISION) * (variance.sqrt() + mean.abs());
                let spread = 0.5 * (gamma(rows + 4) + DIVISION) * size;
                scale * (gamma(4) * size + (ROOT + DIVISION) * size + moments + spread) + gamma(4) * beta
            };
            read(x).iter().enumerate().map(of).collect()
        }
        Op::Add { ref xs, .. } => {
            let mut off = vec![0.0; y.len()];
            for x in xs {
                off.iter_mut().zip(sizes(*x)).for_each(|(off, size)| *off += gamma(xs.len()) * size);
            }
            off
        }
        Op::Dropout { .. } => share(DIVISION + 2.0 * UNIT),
        // Numbers that are only moved.
        _ => vec![0.0; y.len()],
    }
}

/// A sum of products is no larger than the patch's length times the filter's (Cauchy and Schwarz): two norms for each place and
/// each filter instead of all products.
fn product(
    g: &ConvGeometry,
    x: &[f32],
    kernel: &[f32],
    bias: Option<&[f32]>,
    activation: Activation,
    y: &[f32],
) -> Vec<f64> {
    let square = |x: &f32| f64::from(*x) * f64::from(*x);
    let cells: Vec<f64> = x.chunks_exact(g.in_channels).map(|cell| cell.iter().map(square).sum()).collect();
    let mut filters = vec![0.0; g.filters];
    for row in kernel.chunks_exact(g.filters) {
        filters.iter_mut().zip(row).for_each(|(filter, weight)| *filter += square(weight));
    }
    let inside = |position: usize, axis: usize, tap: usize| {
        let (pad, len) = if axis == 0 { (g.pad_top, g.in_height) } else { (g.pad_left, g.in_width) };
        (position * g.strides[axis] + tap * g.dilation[axis]).checked_sub(pad).filter(|place| *place < len)
    };
    let mut off = Vec::with_capacity(y.len());
    for position in 0..g.out_height * g.out_width {
        let rows = (0..g.kernel[0]).filter_map(|tap| inside(position / g.out_width, 0, tap));
        let columns = (0..g.kernel[1]).filter_map(|tap| inside(position % g.out_width, 1, tap));
        let columns: Vec<usize> = columns.collect();
        let patch: f64 =
            rows.map(|row| columns.iter().map(|column| cells[row * g.in_width + column]).sum::<f64>()).sum();
        for (filter, square) in filters.iter().enumerate() {
            let bias = bias.map_or(0.0, |bias| f64::from(bias[filter]).abs());
            let sum = gamma(g.depth() + 1) * ((patch * square).sqrt() + bias);
            // No slope is steeper than 1.
            let after = y.get(off.len()).map_or(0.0, |y| f64::from(*y));
            off.push(sum + if activation == Activation::Linear { 0.0 } else { activated(activation, 10.0, after) });
        }
    }
    off
}

/// Of an activation's own arithmetic.
fn activated(activation: Activation, x: f64, y: f64) -> f64 {
    let reach = x.abs().min(10.0);
    match activation {
        Activation::Linear | Activation::Relu | Activation::Softmax => 0.0,
        Activation::LeakyRelu { .. } => y.abs() * UNIT,
        Activation::Sigmoid => y.abs() * (exponential(reach) + UNIT + DIVISION),
        Activation::Tanh => (8.0 + 2.0 * (3.0 + 4.0 * reach) * (1.0 - y * y).max(0.0)) * UNIT,
    }
}
