//! Reverse-mode differentiation of the forward steps: each operation's gradient as operations of the plan.

use std::collections::{HashMap, HashSet};

use super::lower::Builder;
use super::{BufferId, Op, Role};
use crate::Activation;

/// The forward pass in order, views included.
#[derive(Default)]
pub(super) struct Tape(Vec<(usize, Entry)>);

#[derive(Clone)]
enum Entry {
    Op(Op),
    View { x: BufferId, y: BufferId },
}

impl Tape {
    pub fn op(&mut self, layer: usize, op: Op) {
        self.0.push((layer, Entry::Op(op)));
    }

    pub fn view(&mut self, layer: usize, x: BufferId, y: BufferId) {
        self.0.push((layer, Entry::View { x, y }));
    }
}

/// The gradients that have arrived at each activation so far, which activations want one, and how many consumers of
/// each may send one.
struct Flow {
    arrived: HashMap<BufferId, Vec<BufferId>>,
    wanted: HashSet<BufferId>,
    consumers: HashMap<BufferId, usize>,
}

fn consumers(tape: &[(usize, Entry)]) -> HashMap<BufferId, usize> {
    let mut consumers = HashMap::new();
    for (_, entry) in tape {
        let reads = match entry {
            Entry::View { x, .. } => vec![*x],
            // The moments' share of the gradient comes with the normalisation's.
            Entry::Op(Op::BatchMoments { .. }) => Vec::new(),
            Entry::Op(op) => op.reads(),
        };
        for buffer in reads {
            *consumers.entry(buffer).or_default() += 1;
        }
    }
    consumers
}

impl Builder<'_> {
    /// Emits the steps that carry `dprediction`, the gradient of `prediction`, back to every trainable parameter, and to
    /// `input` where one is given: its gradient is returned.
    pub fn backward(
        &mut self,
        prediction: BufferId,
        dprediction: BufferId,
        input: Option<BufferId>,
    ) -> Option<BufferId> {
        let tape = std::mem::take(&mut self.tape).0;
        let mut flow = Flow {
            arrived: HashMap::from([(prediction, vec![dprediction])]),
            wanted: self.wanted(&tape, input),
            consumers: consumers(&tape),
        };
        for (layer, entry) in tape.iter().rev() {
            self.layer = *layer;
            match entry {
                Entry::View { x, y } => {
                    if let (true, Some(dy)) = (flow.wanted.contains(x), self.arrived(&mut flow, *y)) {
                        let name = self.gradient_name(&flow, *x);
                        let shape = self.shape(*x);
                        let dx = self.view(name, Role::Gradient, &shape, dy);
                        flow.arrived.entry(*x).or_default().push(dx);
                    }
                }
                Entry::Op(op) => self.differentiate_op(op, &mut flow),
            }
        }
        self.layer = 0;
        self.arrived(&mut flow, input?)
    }

    /// Activations that depend on a trainable parameter or on `input`.
    fn wanted(&self, tape: &[(usize, Entry)], input: Option<BufferId>) -> HashSet<BufferId> {
        let mut wanted: HashSet<BufferId> = input.into_iter().collect();
        wanted.extend(self.parameters.iter().filter(|p| p.trainable).map(|p| p.buffer));
        for (_, entry) in tape {
            let (reads, writes) = match entry {
                Entry::View { x, y } => (vec![*x], vec![*y]),
                Entry::Op(op) => (op.reads(), op.writes()),
            };
            if reads.iter().any(|b| wanted.contains(b)) {
                wanted.extend(writes);
            }
        }
        wanted
    }

    /// The whole gradient of `y`: the sum of what has arrived.
    fn arrived(&mut self, flow: &mut Flow, y: BufferId) -> Option<BufferId> {
        let parts = flow.arrived.remove(&y)?;
        if let [one] = parts[..] {
            return Some(one);
        }
        let shape = self.shape(y);
        let name = format!("{}/gradient", self.buffers[y.index()].name);
        let sum = self.buffer(name, Role::Gradient, &shape, true);
        self.push(Op::Add { xs: parts, y: sum });
        Some(sum)
    }

    /// `x/gradient`, or `x/gradient/n` where x feeds several and their sum will bear the plain name.
    fn gradient_name(&self, flow: &Flow, x: BufferId) -> String {
        let name = &self.buffers[x.index()].name;
        let consumers = flow.consumers.get(&x).copied().unwrap_or(0);
        let arrived = flow.arrived.get(&x).map_or(0, Vec::len);
        if consumers > 1 { format!("{name}/gradient/{arrived}") } else { format!("{name}/gradient") }
    }

    /// A buffer for the gradient that one consumer of `x` sends back, where it is wanted.
    fn gradient(&mut self, flow: &mut Flow, x: BufferId) -> Option<BufferId> {
        if !flow.wanted.contains(&x) {
            return None;
        }
        let name = self.gradient_name(flow, x);
        let shape = self.shape(x);
        let dx = self.buffer(name, Role::Gradient, &shape, true);
        flow.arrived.entry(x).or_default().push(dx);
        Some(dx)
    }

    /// A buffer for the gradient of a parameter.
    fn parameter_gradient(&mut self, parameter: BufferId) -> BufferId {
        let shape = self.shape(parameter);
        let name = format!("{}/gradient", self.buffers[parameter.index()].name);
        let gradient = self.buffer(name, Role::ParameterGradient, &shape, false);
        for p in self.parameters.iter_mut().filter(|p| p.buffer == parameter) {
            p.gradient = Some(gradient);
        }
        gradient
    }

    /// `dy` before a fused activation.
    fn before_activation(&mut self, activation: Activation, y: BufferId, dy: BufferId) -> BufferId {
        if activation == Activation::Linear {
            return dy;
        }
        let shape = self.shape(y);
        let name = format!("{}/linear/gradient", self.buffers[y.index()].name);
        let dx = self.buffer(name, Role::Gradient, &shape, true);
        self.push(Op::ActivateGrad { activation, y, dy, dx });
        dx
    }

    fn differentiate_op(&mut self, op: &Op, flow: &mut Flow) {
        // Moments have no gradient of their own: BatchNormGrad goes through them.
        let Some(y) = op.writes().first().copied() else { return };
        let Some(dy) = self.arrived(flow, y) else { return };
        match *op {
            Op::Conv2d { geometry, activation, x, kernel, bias, y } => {
                let dy = self.before_activation(activation, y, dy);
                let positions = geometry.out_height * geometry.out_width;
                self.bias_gradient(bias, positions, geometry.filters, dy);
                let dkernel = self.parameter_gradient(kernel);
                self.push(Op::Conv2dGradKernel { geometry, x, dy, dkernel });
                if let Some(dx) = self.gradient(flow, x) {
                    self.push(Op::Conv2dGradInput { geometry, dy, kernel, dx });
                }
            }
            Op::Dense { inputs, units, activation, x, kernel, bias, y } => {
                let dy = self.before_activation(activation, y, dy);
                self.bias_gradient(bias, 1, units, dy);
                let dkernel = self.parameter_gradient(kernel);
                self.push(Op::DenseGradKernel { inputs, units, x, dy, dkernel });
                if let Some(dx) = self.gradient(flow, x) {
                    self.push(Op::DenseGradInput { inputs, units, dy, kernel, dx });
                }
            }
            Op::BatchNorm { positions, channels, epsilon, x, mean, variance, gamma, beta, .. } => {
                let gradient_of = |builder: &mut Self, parameter: Option<BufferId>, what: &str| match parameter {
                    Some(parameter) => builder.parameter_gradient(parameter),
                    None => {
                        let name = format!("{}/{what}", builder.buffers[y.index()].name);
                        builder.buffer(name, Role::Gradient, &[channels], false)
                    }
                };
                let dgamma = gradient_of(self, gamma, "gamma/gradient");
                let dbeta = gradient_of(self, beta, "beta/gradient");
                let dx = self.gradient(flow, x).unwrap_or_else(|| {
                    // The sums that gamma and beta need come with dx; nobody reads it.
                    let shape = self.shape(x);
                    let name = format!("{}/unused/gradient", self.buffers[y.index()].name);
                    self.buffer(name, Role::Gradient, &shape, true)
                });
                self.push(Op::BatchNormGrad {
                    positions,
                    channels,
                    epsilon,
                    x,
                    mean,
                    variance,
                    gamma,
                    dy,
                    dx,
                    dgamma,
                    dbeta,
                });
            }
            Op::Add { ref xs, .. } => {
                for x in xs {
                    if flow.wanted.contains(x) {
                        flow.arrived.entry(*x).or_default().push(dy);
                    }
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
            ref op => self.differentiate_unary(op, dy, flow),
        }
    }

    fn bias_gradient(&mut self, bias: Option<BufferId>, positions: usize, channels: usize, dy: BufferId) {
        if let Some(bias) = bias {
            let dbias = self.parameter_gradient(bias);
            self.push(Op::BiasGrad { positions, channels, dy, dbias });
        }
    }

    /// Operations of one activation and no parameter.
    fn differentiate_unary(&mut self, op: &Op, dy: BufferId, flow: &mut Flow) {
        let [x] = op.reads()[..] else { return };
        let Some(dx) = self.gradient(flow, x) else { return };
        let gradient = match *op {
            Op::MaxPool2d { geometry, y, .. } => Op::MaxPool2dGrad { geometry, x, y, dy, dx },
            Op::AveragePool2d { geometry, .. } => Op::AveragePool2dGrad { geometry, dy, dx },
            Op::GlobalAveragePool2d { positions, channels, .. } => {
                Op::GlobalAveragePool2dGrad { positions, channels, dy, dx }
            }
            Op::Activate { activation, y, .. } => Op::ActivateGrad { activation, y, dy, dx },
            Op::Softmax { positions, channels, y, .. } => Op::SoftmaxGrad { positions, channels, y, dy, dx },
            Op::Dropout { rate, stream, .. } => Op::Dropout { rate, stream, x: dy, y: dx },
            Op::ZeroPad2d { geometry, .. } => Op::ZeroPad2dGrad { geometry, dy, dx },
            // Every other operation is handled by name above, or never stands on the tape.
            _ => return,
        };
        self.push(gradient);
    }
}
