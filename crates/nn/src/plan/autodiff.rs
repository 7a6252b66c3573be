//! Reverse-mode differentiation of the forward steps: each operation's gradient as operations of the plan.

use std::collections::{HashMap, HashSet};

use super::builder::Builder;
use super::tape::Entry;
use super::{BufferId, Op, Role};
use crate::{Activation, Problem};

/// What backward knows of the gradients on their way.
struct Flow {
    /// The shares that have arrived at each activation so far.
    arrived: HashMap<BufferId, Vec<BufferId>>,
    /// Parameters and activations that a gradient is asked of, and all that depends on them.
    wanted: HashSet<BufferId>,
    /// How many shares each activation gets.
    senders: HashMap<BufferId, usize>,
    /// Whole gradients of activations.
    whole: HashMap<BufferId, BufferId>,
}

impl Flow {
    fn wants(&self, buffer: BufferId) -> bool {
        self.wanted.contains(&buffer)
    }
}

impl Builder<'_> {
    /// Emits the steps that carry `gradient`, the gradient of `origin`, back to the activations `asked`, whose gradients
    /// are returned, and to every trainable parameter, if the lowering asks for those. `None` stands for an activation
    /// that the origin does not depend on.
    pub fn backward(
        &mut self,
        origin: BufferId,
        gradient: BufferId,
        asked: &[BufferId],
    ) -> Result<Vec<Option<BufferId>>, Problem> {
        let tape = std::mem::take(&mut self.tape);
        let trained = self.parameters.iter().filter(|p| p.trainable && self.lowering.gradients.parameters);
        let mut flow = Flow {
            arrived: HashMap::from([(origin, vec![gradient])]),
            wanted: tape.downstream(trained.map(|p| p.buffer).chain(asked.iter().copied())),
            senders: tape.senders(origin),
            whole: HashMap::new(),
        };
        for (layer, entry) in tape.backward() {
            self.layer = *layer;
            // Moments have no gradient of their own: what goes through them comes with the normalisation's.
            let Some(dy) = entry.writes().first().and_then(|y| self.arrived(&mut flow, *y)) else { continue };
            if !entry.reads().iter().any(|x| flow.wants(*x)) {
                continue;
            }
            match entry {
                Entry::View { x, .. } => {
                    let name = self.gradient_name(&flow, *x);
                    let shape = self.shape(*x);
                    let dx = self.view(name, Role::Gradient, &shape, dy);
                    flow.arrived.entry(*x).or_default().push(dx);
                }
                Entry::Op(op) => self.differentiate(op, dy, &mut flow)?,
            }
        }
        self.layer = 0;
        // The input is written by no entry.
        Ok(asked.iter().map(|y| flow.whole.get(y).copied().or_else(|| self.arrived(&mut flow, *y))).collect())
    }

    /// The whole gradient of `y`: the sum of what has arrived.
    fn arrived(&mut self, flow: &mut Flow, y: BufferId) -> Option<BufferId> {
        let shares = flow.arrived.remove(&y)?;
        let whole = match shares[..] {
            [one] => one,
            _ => {
                let sum = self.gradient_of(y);
                self.push(Op::Add { xs: shares, y: sum });
                sum
            }
        };
        flow.whole.insert(y, whole);
        Some(whole)
    }

    /// `x/gradient`, or `x/gradient/n` where several send a share and their sum will bear the plain name.
    fn gradient_name(&self, flow: &Flow, x: BufferId) -> String {
        let name = self.name(x);
        let senders = flow.senders.get(&x).copied().unwrap_or(0);
        let arrived = flow.arrived.get(&x).map_or(0, Vec::len);
        if senders > 1 { format!("{name}/gradient/{arrived}") } else { format!("{name}/gradient") }
    }

    /// A buffer for the share of the gradient that one consumer of `x` sends back, where it is wanted.
    fn gradient(&mut self, flow: &mut Flow, x: BufferId) -> Option<BufferId> {
        if !flow.wants(x) {
            return None;
        }
        let name = self.gradient_name(flow, x);
        let shape = self.shape(x);
        let dx = self.buffer(name, Role::Gradient, &shape, true);
        flow.arrived.entry(x).or_default().push(dx);
        Some(dx)
    }

    /// A buffer for the gradient of a parameter, where it is wanted.
    fn parameter_gradient(&mut self, flow: &Flow, parameter: BufferId) -> Option<BufferId> {
        if !flow.wants(parameter) {
            return None;
        }
        let shape = self.shape(parameter);
        let name = format!("{}/gradient", self.name(parameter));
        let gradient = self.buffer(name, Role::ParameterGradient, &shape, false);
        for p in self.parameters.iter_mut().filter(|p| p.buffer == parameter) {
            p.gradient = Some(gradient);
        }
        Some(gradient)
    }

    /// `dy` before a fused activation.
    fn before_activation(&mut self, activation: Activation, y: BufferId, dy: BufferId) -> BufferId {
        if activation == Activation::Linear {
            return dy;
        }
        let shape = self.shape(y);
        let name = format!("{}/linear/gradient", self.name(y));
        let dx = self.buffer(name, Role::Gradient, &shape, true);
        self.push(Op::ActivateGrad { activation, y, dy, dx });
        dx
    }

    /// Emits what carries `dy`, the gradient of an operation's output, to those of its operands that want one.
    fn differentiate(&mut self, op: &Op, dy: BufferId, flow: &mut Flow) -> Result<(), Problem> {
        match *op {
            Op::Conv2d { geometry, activation, x, kernel, bias, y } => {
                let dy = self.before_activation(activation, y, dy);
                self.bias_gradient(flow, bias, geometry.out_height * geometry.out_width, geometry.filters, dy);
                if let Some(dkernel) = self.parameter_gradient(flow, kernel) {
                    self.push(Op::Conv2dGradKernel { geometry, x, dy, dkernel });
                }
                if let Some(dx) = self.gradient(flow, x) {
                    self.push(Op::Conv2dGradInput { geometry, dy, kernel, dx });
                }
            }
            Op::DepthwiseConv2d { geometry, activation, x, kernel, bias, y } => {
                let dy = self.before_activation(activation, y, dy);
                self.bias_gradient(flow, bias, geometry.out_height * geometry.out_width, geometry.filters(), dy);
                if let Some(dkernel) = self.parameter_gradient(flow, kernel) {
                    self.push(Op::DepthwiseConv2dGradKernel { geometry, x, dy, dkernel });
                }
                if let Some(dx) = self.gradient(flow, x) {
                    self.push(Op::DepthwiseConv2dGradInput { geometry, dy, kernel, dx });
                }
            }
            Op::Dense { inputs, units, activation, x, kernel, bias, y } => {
                let dy = self.before_activation(activation, y, dy);
                self.bias_gradient(flow, bias, 1, units, dy);
                if let Some(dkernel) = self.parameter_gradient(flow, kernel) {
                    self.push(Op::DenseGradKernel { inputs, units, x, dy, dkernel });
                }
                if let Some(dx) = self.gradient(flow, x) {
                    self.push(Op::DenseGradInput { inputs, units, dy, kernel, dx });
                }
            }
            Op::BatchNorm { positions, channels, epsilon, x, mean, variance, gamma, beta, y } => {
                let own = self.buffers[mean.index()].role == Role::BatchStatistic;
                let sums = self.normalization_sums(flow, y, [gamma, beta], own && flow.wants(x));
                if let Some((dgamma, dbeta)) = sums {
                    self.push(Op::BatchNormGradParameters {
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
                }
                self.unary(flow, x, |dx| match sums.filter(|_| own) {
                    Some((dgamma, dbeta)) => Op::BatchNormGradInput {
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
                    },
                    None => Op::BatchNormGradFixed { positions, channels, epsilon, variance, gamma, dy, dx },
                });
            }
            Op::Add { ref xs, .. } => {
                for x in xs.iter().filter(|x| flow.wanted.contains(x)) {
                    flow.arrived.entry(*x).or_default().push(dy);
                }
            }
            Op::Concatenate { positions, ref xs, .. } => {
                let total = xs.iter().map(|c| c.channels).sum();
                let mut offset = 0;
                for part in xs {
                    let channels = part.channels;
                    if let Some(dx) = self.gradient(flow, part.x) {
                        self.push(Op::ConcatenateGrad { positions, total, offset, channels, dy, dx });
                    }
                    offset += channels;
                }
            }
            Op::MaxPool2d { geometry, x, y } => {
                self.unary(flow, x, |dx| Op::MaxPool2dGrad { geometry, x, y, dy, dx });
            }
            Op::AveragePool2d { geometry, x, .. } => {
                self.unary(flow, x, |dx| Op::AveragePool2dGrad { geometry, dy, dx });
            }
            Op::GlobalAveragePool2d { positions, channels, x, .. } => {
                self.unary(flow, x, |dx| Op::GlobalAveragePool2dGrad { positions, channels, dy, dx });
            }
            Op::Activate { activation, x, y } => {
                self.unary(flow, x, |dx| Op::ActivateGrad { activation, y, dy, dx });
            }
            Op::Softmax { positions, channels, x, y } => {
                self.unary(flow, x, |dx| Op::SoftmaxGrad { positions, channels, y, dy, dx });
            }
            Op::Dropout { rate, stream, x, .. } => {
                self.unary(flow, x, |dx| Op::Dropout { rate, stream, x: dy, y: dx });
            }
            Op::ZeroPad2d { geometry, x, .. } => {
                self.unary(flow, x, |dx| Op::ZeroPad2dGrad { geometry, dy, dx });
            }
            ref op => return Err(Problem::NotDifferentiable { operation: op.stem().into() }),
        }
        Ok(())
    }

    /// The gradient of an operation's only activation.
    fn unary(&mut self, flow: &mut Flow, x: BufferId, gradient: impl FnOnce(BufferId) -> Op) {
        if let Some(dx) = self.gradient(flow, x) {
            self.push(gradient(dx));
        }
    }

    fn bias_gradient(&mut self, flow: &Flow, bias: Option<BufferId>, positions: usize, channels: usize, dy: BufferId) {
        if let Some(dbias) = bias.and_then(|bias| self.parameter_gradient(flow, bias)) {
            self.push(Op::BiasGrad { positions, channels, dy, dbias });
        }
    }

    /// Buffers for the sums that are gamma's and beta's gradients, where one of them learns, or the gradient through the
    /// batch's own moments needs them.
    fn normalization_sums(
        &mut self,
        flow: &Flow,
        y: BufferId,
        [gamma, beta]: [Option<BufferId>; 2],
        needed: bool,
    ) -> Option<(BufferId, BufferId)> {
        let learnt = gamma.iter().chain(&beta).any(|parameter| flow.wants(*parameter));
        let channels = self.shape(y).last().copied().unwrap_or(1);
        let mut sum = |parameter: Option<BufferId>, what: &str| {
            let gradient = parameter.and_then(|parameter| self.parameter_gradient(flow, parameter));
            gradient.unwrap_or_else(|| {
                let name = format!("{}/{what}/gradient", self.name(y));
                self.buffer(name, Role::BatchStatistic, &[channels], false)
            })
        };
        (learnt || needed).then(|| (sum(gamma, "gamma"), sum(beta, "beta")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Gradients, Lowering};

    /// No forward operation of today is without a gradient, so one that never stands there is put in its place.
    #[test]
    fn an_operation_without_a_gradient_is_told_where_one_would_pass_it() {
        let gradients = Gradients { parameters: true, ..Gradients::default() };
        let lowering = Lowering { gradients, ..Lowering::inference(1) };
        let problem = |asked: bool| {
            let mut builder = Builder::new(&lowering, None);
            let [x, y] = ["x", "y"].map(|name| builder.buffer(name.into(), Role::Activation, &[2], true));
            let origin = builder.buffer("y/gradient".into(), Role::Gradient, &[2], true);
            builder.forward(Op::MovingAverage { momentum: 0.5, value: x, average: y });
            let asked: &[BufferId] = if asked { &[x] } else { &[] };
            builder.backward(y, origin, asked)
        };
        let told = Problem::NotDifferentiable { operation: "moving_average".into() };
        assert_eq!(problem(true), Err(told));
        assert_eq!(problem(false), Ok(Vec::new()), "nobody asked for what lies behind it");
    }
}
