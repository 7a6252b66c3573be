//! How far the loss may be off by rounding.
//!
//! Each operation of the forward pass rounds what it makes; a number that is off by δ moves the loss, to first order, by δ times
//! its gradient, which backward has (Linnainmaa, "Taylor expansion of the accumulated rounding error", BIT 16, 1976). So the
//! loss is off by at most `Σ |gradient|·δ` over all numbers, with the δ of each operation by the standard model: `γₙ·Σ|terms|`
//! for a sum of n terms in any order (Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., chapter 3), and for
//! elementary functions what WGSL allows on a GPU, and what the kernels need on the CPU.
//!
//! That is the worst case, which never comes: roundings go either way. Where they are independent and of mean zero, a sum
//! `Σ aₖεₖ` of them with `|εₖ| ≤ u` lies beyond `λu·√Σaₖ²` with probability at most `2·exp(−λ²/2)` (Hoeffding 1963; so for inner
//! products Higham and Mary, "A new approach to probabilistic rounding error analysis", SIAM J. Sci. Comput. 41(5), 2019: √n where the
//! worst case has n). Here k runs over every rounding on the way to the loss, and aₖ is the number that is rounded times its
//! gradient. Of a sum's partial sums only the last is at hand: the squares of the others are what they are on average over all
//! orders of its terms, taken to be as large as factors that do not depend on each other make them.

use std::ops::Range;

use atelier_nn::plan::{ConvGeometry, DepthwiseGeometry, LossKind};
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

/// λ of what is likely: with probability 0.95 and more the loss is no further off, `2·exp(−λ²/2) < 0.05`.
const LAMBDA: f64 = 2.72;

/// How far something may be off by rounding.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Rounding {
    pub worst: f64,
    /// With probability 0.95.
    pub likely: f64,
}

/// How far one number may be off by the operation that makes it.
#[derive(Clone, Copy, Default)]
struct Off {
    worst: f64,
    /// Root of the sum of squares of what is rounded, times u: by roundings that are this number's own.
    own: f64,
    /// By the roundings of its channel's mean and variance, which all of the channel share: signed, they may cancel.
    shared: [f64; 2],
}

impl Off {
    /// By one rounding, or a few that are taken as one.
    fn once(worst: f64) -> Self {
        Off { worst, own: worst, ..Off::default() }
    }
}

/// Of a sum of so many terms, times the root of the sum of their squares were they all alike.
fn walk(terms: usize) -> f64 {
    (terms as f64).sqrt() * UNIT
}

/// How far elementary functions may be off, as shares of their results.
#[derive(Clone, Copy)]
struct Elementary {
    division: f64,
    /// Of an inverse root.
    root: f64,
    /// Of an exponential of 0, and more for each unit that its argument, a difference that is rounded, is away from there.
    exponential: [f64; 2],
    /// The hyperbolic tangent keeps its digits near 0.
    odd: bool,
}

/// Divisions and roots are rounded once; of the exponential `cpu/src/kernels/exp.rs` tells.
const CPU: Elementary = Elementary { division: UNIT, root: 2.0 * UNIT, exponential: [4.0 * UNIT, UNIT], odd: true };
const GPU: Elementary =
    Elementary { division: 5.0 * UNIT, root: 9.0 * UNIT, exponential: [6.0 * UNIT, 5.0 * UNIT], odd: false };

impl Elementary {
    fn exponential(&self, x: f64) -> f64 {
        self.exponential[0] + self.exponential[1] * x.abs()
    }

    /// Of an activation.
    fn activated(&self, activation: Activation, x: f64, y: f64) -> f64 {
        let reach = x.abs().min(10.0);
        match activation {
            Activation::Linear | Activation::Relu | Activation::ClippedRelu { .. } | Activation::Softmax => 0.0,
            Activation::LeakyRelu { .. } => y.abs() * UNIT,
            // Where it is near 1 the exponential says little.
            Activation::Sigmoid => y.abs() * ((1.0 - y).abs() * self.exponential(reach) + UNIT + self.division),
            // Near 0 the CPU's is a polynomial.
            Activation::Tanh if self.odd && reach < 0.625 => 4.0 * UNIT * y.abs(),
            Activation::Tanh => 4.0 * UNIT + (self.exponential(2.0 * reach) + self.division) * (1.0 - y * y).max(0.0),
        }
    }
}

impl Walk {
    /// How far the mean loss may be off by what the forward steps from `first` on round in some of the examples.
    pub(super) async fn rounding(&self, first: usize, examples: Range<usize>) -> Result<Rounding, SessionError> {
        let plan = &*self.plan;
        let machine = if self.gpu.is_some() { GPU } else { CPU };
        let losses = self.rounding_of_losses(&examples).await?;
        let mut worst: f64 = losses.iter().sum();
        let mut square: f64 = losses.iter().map(|off| off * off).sum();
        for step in &plan.steps[first..plan.forward.end] {
            let Some(y) = step.op.writes().first().copied() else { continue };
            // What the loss is not computed from has no gradient; moments count where they are used.
            let Some(gradient) = self.gradient_of(y) else { continue };
            let wanted = step.op.operands().into_iter().map(|operand| operand.buffer).chain([gradient]);
            let wanted: Vec<BufferId> = wanted.collect();
            let held = self.read(wanted.iter().map(|id| (*id, plan.len_of(*id, self.data.batch))).collect()).await?;
            let mut shared = vec![[0.0; 2]; plan.buffer(y).shape.last().copied().unwrap_or(1)];
            for example in examples.clone() {
                let read = |buffer: BufferId| {
                    let of = plan.buffer(buffer);
                    let first = if of.batched { example * of.len() } else { 0 };
                    let found = wanted.iter().position(|id| *id == buffer).and_then(|at| held.get(at));
                    found.and_then(|numbers| numbers.get(first..first + of.len())).unwrap_or_default()
                };
                let off = local(&machine, &step.op, &read, read(y), self.data.batch);
                for (at, (gradient, off)) in read(gradient).iter().zip(off).enumerate() {
                    let gradient = f64::from(*gradient);
                    worst += gradient.abs() * off.worst;
                    square += (gradient * off.own).powi(2);
                    let channel = at % shared.len();
                    (0..2).for_each(|moment| shared[channel][moment] += gradient * off.shared[moment]);
                }
            }
            square += shared.iter().flatten().map(|off| off * off).sum::<f64>();
        }
        // A few roundings may be bounded better one by one.
        Ok(Rounding { worst, likely: worst.min(LAMBDA * square.sqrt()) })
    }

    /// Of each loss's own arithmetic, in the mean: on the CPU f64 and rounded once.
    async fn rounding_of_losses(&self, examples: &Range<usize>) -> Result<Vec<f64>, SessionError> {
        let scored = self.plan.steps[self.plan.loss.clone()].iter().find_map(|step| match step.op {
            Op::Loss { kind, outputs, prediction, loss, .. } => Some((kind, outputs, prediction, loss)),
            _ => None,
        });
        let Some((kind, outputs, prediction, loss)) = scored else { return Ok(Vec::new()) };
        let (losses, predictions) = (self.whole(loss).await?, self.whole(prediction).await?);
        let of = |example: usize| {
            let loss = f64::from(losses[example]).abs();
            if self.gpu.is_none() {
                return loss * UNIT;
            }
            let own = &predictions[example * outputs..][..outputs];
            match kind {
                LossKind::MeanSquaredError => loss * (gamma(outputs + 2) + GPU.division),
                LossKind::CategoricalCrossentropy => (gamma(outputs) + GPU.division + 8.0 * UNIT) + loss * 8.0 * UNIT,
                LossKind::SoftmaxCrossentropy => {
                    let largest = own.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                    let reach = own.iter().fold(0.0_f64, |reach, z| reach.max(f64::from(largest - z)));
                    let log_sum = (outputs as f64).ln();
                    (gamma(outputs) + GPU.exponential(reach) + 8.0 * UNIT)
                        + (6.0 * log_sum + 3.0 * (reach + log_sum)) * UNIT
                }
            }
        };
        Ok(examples.clone().map(|example| of(example) / self.data.batch as f64).collect())
    }
}

/// How far each number of an operation's result may be off, in one example, where all that it reads is exact.
fn local<'a>(machine: &Elementary, op: &Op, read: &dyn Fn(BufferId) -> &'a [f32], y: &[f32], batch: usize) -> Vec<Off> {
    let Elementary { division, root: root_off, .. } = *machine;
    let sizes = |buffer: BufferId| read(buffer).iter().map(|x| f64::from(*x).abs());
    match *op {
        Op::Conv2d { ref geometry, activation, x, kernel, bias, .. } => {
            product(machine, geometry, read(x), read(kernel), bias.map(read), activation, y)
        }
        Op::DepthwiseConv2d { ref geometry, activation, x, kernel, bias, .. } => {
            depthwise(machine, geometry, read(x), read(kernel), bias.map(read), activation, y)
        }
        Op::Dense { inputs, units, activation, x, kernel, bias, .. } => {
            product(machine, &ConvGeometry::dense(inputs, units), read(x), read(kernel), bias.map(read), activation, y)
        }
        Op::Activate { activation, x, .. } => {
            let of = |(x, y): (&f32, &f32)| Off::once(machine.activated(activation, f64::from(*x), f64::from(*y)));
            read(x).iter().zip(y).map(of).collect()
        }
        Op::Softmax { channels, x, .. } => {
            let vectors = read(x).chunks_exact(channels).zip(y.chunks_exact(channels));
            let of = |(x, y): (&[f32], &[f32])| {
                let (low, high) = x.iter().fold((f32::MAX, f32::MIN), |(low, high), x| (low.min(*x), high.max(*x)));
                let each = machine.exponential(f64::from(high - low));
                let [worst, own] = [2.0 * each + gamma(channels), each + walk(channels)].map(|of| of + division + UNIT);
                let off = |y: &f32| (f64::from(*y).abs() * worst, f64::from(*y).abs() * own);
                y.iter().map(off).map(|(worst, own)| Off { worst, own, ..Off::default() }).collect::<Vec<_>>()
            };
            vectors.flat_map(of).collect()
        }
        // A sum of so many numbers under a window, none larger than the largest of all.
        Op::AveragePool2d { ref geometry, x, .. } => {
            let largest = sizes(x).fold(0.0, f64::max);
            let window = geometry.window[0] * geometry.window[1];
            let [worst, own] = [gamma(window), walk(window)].map(|of| (of + division) * largest);
            vec![Off { worst, own, ..Off::default() }; y.len()]
        }
        Op::GlobalAveragePool2d { positions, channels, x, .. } => {
            let mut means = vec![0.0; channels];
            sizes(x).enumerate().for_each(|(at, size)| means[at % channels] += size / positions as f64);
            let [worst, own] = [gamma(positions), walk(positions)].map(|of| of + division);
            means.into_iter().map(|mean| Off { worst: worst * mean, own: own * mean, ..Off::default() }).collect()
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
                let of_mean = scale * (variance.sqrt() + mean.abs());
                let [worst_mean, worst_spread] = [gamma(rows), gamma(rows + 4)].map(|of| of + division);
                let number = scale * (gamma(4) + root_off + division) * size + gamma(4) * beta;
                // The difference, its product and their sum; the scale is its channel's.
                let deviation = scale * (f64::from(*x) - mean);
                let own = UNIT * (2.0 * deviation.powi(2) + (deviation.abs() + beta).powi(2)).sqrt();
                let spread = 0.5 * (walk(rows + 4) + division) + root_off + division;
                Off {
                    worst: number + of_mean * worst_mean + 0.5 * scale * size * worst_spread,
                    own,
                    shared: [of_mean * (walk(rows) + division), deviation * spread],
                }
            };
            read(x).iter().enumerate().map(of).collect()
        }
        Op::Add { ref xs, .. } => {
            let mut off = vec![0.0; y.len()];
            for x in xs {
                off.iter_mut().zip(sizes(*x)).for_each(|(off, size)| *off += gamma(xs.len()) * size);
            }
            off.into_iter().map(Off::once).collect()
        }
        Op::Dropout { .. } => y.iter().map(|y| Off::once(f64::from(*y).abs() * (division + 2.0 * UNIT))).collect(),
        // Numbers that are only moved.
        _ => vec![Off::default(); y.len()],
    }
}

/// Few products a number: each is added up.
fn depthwise(
    machine: &Elementary,
    g: &DepthwiseGeometry,
    x: &[f32],
    kernel: &[f32],
    bias: Option<&[f32]>,
    activation: Activation,
    y: &[f32],
) -> Vec<Off> {
    let inside = |position: usize, axis: usize, tap: usize| {
        let (pad, len) = if axis == 0 { (g.pad_top, g.in_height) } else { (g.pad_left, g.in_width) };
        (position * g.strides[axis] + tap * g.dilation[axis]).checked_sub(pad).filter(|place| *place < len)
    };
    let of = |(at, y): (usize, &f32)| {
        let (position, filter) = (at / g.filters(), at % g.filters());
        let (mut most, mut squares, mut terms) = (0.0, 0.0, 1);
        for tap in 0..g.taps() {
            let row = inside(position / g.out_width, 0, tap / g.kernel[1]);
            let column = inside(position % g.out_width, 1, tap % g.kernel[1]);
            let (Some(row), Some(column)) = (row, column) else { continue };
            let number = x[(row * g.in_width + column) * g.channels + filter / g.multiplier];
            let product = f64::from(number) * f64::from(kernel[tap * g.filters() + filter]);
            most += product.abs();
            squares += product * product;
            terms += usize::from(product != 0.0);
        }
        let bias = bias.map_or(0.0, |bias| f64::from(bias[filter]));
        let (most, squares) = (most + bias.abs(), squares + bias * bias);
        let after = f64::from(*y);
        let linear = activation == Activation::Linear;
        let applied = if linear { 0.0 } else { machine.activated(activation, 10.0, after) };
        // As in `product`, of terms that are known.
        let sum = if linear { after.abs() } else { most };
        let partial = terms as f64 * (sum * sum / 3.0 + squares / 6.0) + squares;
        Off { worst: gamma(terms + 1) * most + applied, own: UNIT * partial.sqrt() + applied, ..Off::default() }
    };
    y.iter().enumerate().map(of).collect()
}

/// A sum of products is no larger than the patch's length times the filter's (Cauchy and Schwarz): two norms for each place and
/// each filter instead of all products.
fn product(
    machine: &Elementary,
    g: &ConvGeometry,
    x: &[f32],
    kernel: &[f32],
    bias: Option<&[f32]>,
    activation: Activation,
    y: &[f32],
) -> Vec<Off> {
    let square = |x: &f32| f64::from(*x) * f64::from(*x);
    let cells: Vec<f64> = x.chunks_exact(g.in_channels).map(|cell| cell.iter().map(square).sum()).collect();
    // A term that is zero rounds nothing.
    let others = |cell: &[f32]| cell.iter().filter(|x| **x != 0.0).count();
    let counts: Vec<usize> = x.chunks_exact(g.in_channels).map(others).collect();
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
        let taps = rows.flat_map(|row| columns.iter().map(move |column| row * g.in_width + column));
        let (patch, terms) = taps.fold((0.0, 0), |(sum, terms), tap| (sum + cells[tap], terms + counts[tap]));
        for (filter, square) in filters.iter().enumerate() {
            let bias = bias.map_or(0.0, |bias| f64::from(bias[filter]).abs());
            let most = (patch * square).sqrt() + bias;
            // No slope is steeper than 1.
            let after = y.get(off.len()).map_or(0.0, |y| f64::from(*y));
            let applied =
                if activation == Activation::Linear { 0.0 } else { machine.activated(activation, 10.0, after) };
            // The sum itself, where it is at hand: on average over all orders the squares of the n partial sums add to
            // n·(S² / 3 + Σt² / 6), of the terms t of which none is known by itself, n·Σt² = Σx²·Σw².
            let sum = if activation == Activation::Linear { after.abs() } else { most };
            let partial = (terms as f64 / 3.0 + 1.0) * sum * sum + patch * square / 6.0;
            off.push(Off {
                worst: gamma(g.depth() + 1) * most + applied,
                own: UNIT * partial.sqrt() + applied,
                ..Off::default()
            });
        }
    }
    off
}
