//! From layers to operations.

use std::ops::Range;

use super::autodiff::Tape;
use super::memory::assign_slots;
use super::{Buffer, BufferId, Concatenated, LossKind, Op, Parameter, Plan, Role, Step};
use crate::shape::{channels_last, conv_geometry, pad_geometry, parameters, pool_geometry};
use crate::{Activation, Layer, LayerInfo, Loss, Network, NetworkError, Node, Optimizer, Problem};

/// What a plan is wanted for.
#[derive(Clone, Debug, PartialEq)]
pub struct Lowering {
    pub max_batch: usize,
    pub loss: Option<Loss>,
    /// With one (and a loss), the plan trains: dropout drops, batch normalisation uses the batch's moments, and
    /// backward and update follow. Without one no step can write a gradient or a parameter.
    pub optimizer: Option<Optimizer>,
    /// Keep every layer's output and what lies between readable after a run: nothing is fused, no memory used twice.
    pub keep_intermediates: bool,
    /// Also compute the gradient of the input ([`Plan::input_gradient`]).
    pub input_gradient: bool,
}

impl Lowering {
    /// Forward only.
    pub fn inference(max_batch: usize) -> Self {
        Lowering { max_batch, loss: None, optimizer: None, keep_intermediates: false, input_gradient: false }
    }

    /// Forward, loss and metrics.
    pub fn evaluation(max_batch: usize, loss: Loss) -> Self {
        Lowering { loss: Some(loss), ..Self::inference(max_batch) }
    }

    /// Forward, with every layer's output to be looked at.
    pub fn trace(max_batch: usize) -> Self {
        Lowering { keep_intermediates: true, ..Self::inference(max_batch) }
    }

    pub fn training(max_batch: usize, loss: Loss, optimizer: Optimizer) -> Self {
        Lowering { loss: Some(loss), optimizer: Some(optimizer), ..Self::inference(max_batch) }
    }
}

impl Network {
    /// Writes the network out as a plan.
    pub fn lower(&self, lowering: &Lowering) -> Result<Plan, NetworkError> {
        let layers = self.check()?;
        let last = layers.len() - 1;
        let shape = &layers[last].output_shape;
        if lowering.loss == Some(Loss::CategoricalCrossentropy) && shape.len() != 1 {
            let problem = Problem::Rank { expected: "one number a class".into(), got: shape.clone() };
            return Err(self.error(last, problem));
        }
        let mut builder = Builder::new(lowering);
        for (index, (node, info)) in self.layers.iter().zip(&layers).enumerate() {
            builder.layer(index, node, info, &layers);
        }
        Ok(builder.finish(last))
    }
}

/// A plan under construction. Slots are assigned at the end.
pub(super) struct Builder<'a> {
    lowering: &'a Lowering,
    pub buffers: Vec<Buffer>,
    /// For each buffer, the one whose numbers it shows under another shape.
    pub views: Vec<Option<BufferId>>,
    pub parameters: Vec<Parameter>,
    pub steps: Vec<Step>,
    /// The forward steps as differentiation walks them back.
    pub tape: Tape,
    optimizer_state: Vec<BufferId>,
    layer_outputs: Vec<BufferId>,
    /// (value, average, momentum, layer) of the moving averages to update.
    averages: Vec<(BufferId, BufferId, f32, usize)>,
    pub layer: usize,
    input_gradient: Option<BufferId>,
}

impl<'a> Builder<'a> {
    fn new(lowering: &'a Lowering) -> Self {
        Builder {
            lowering,
            buffers: Vec::new(),
            views: Vec::new(),
            parameters: Vec::new(),
            steps: Vec::new(),
            tape: Tape::default(),
            optimizer_state: Vec::new(),
            layer_outputs: Vec::new(),
            averages: Vec::new(),
            layer: 0,
            input_gradient: None,
        }
    }

    fn training(&self) -> bool {
        self.lowering.optimizer.is_some() && self.lowering.loss.is_some()
    }

    pub fn buffer(&mut self, name: String, role: Role, shape: &[usize], batched: bool) -> BufferId {
        self.buffers.push(Buffer { name, role, shape: shape.to_vec(), batched, slot: usize::MAX });
        self.views.push(None);
        BufferId(self.buffers.len() as u32 - 1)
    }

    /// The numbers of `of` under another name and shape.
    pub fn view(&mut self, name: String, role: Role, shape: &[usize], of: BufferId) -> BufferId {
        let view = self.buffer(name, role, shape, true);
        self.views[view.index()] = Some(of);
        view
    }

    pub fn shape(&self, id: BufferId) -> Vec<usize> {
        self.buffers[id.index()].shape.clone()
    }

    pub fn push(&mut self, op: Op) {
        self.steps.push(Step { layer: self.layer, op });
    }

    fn forward(&mut self, op: Op) {
        self.tape.op(self.layer, op.clone());
        self.push(op);
    }

    fn layer(&mut self, index: usize, node: &Node, info: &LayerInfo, layers: &[LayerInfo]) {
        self.layer = index;
        let xs: Vec<BufferId> = info.inbound.iter().map(|i| self.layer_outputs[*i]).collect();
        let input_shapes: Vec<&[usize]> = info.inbound.iter().map(|i| layers[*i].output_shape.as_slice()).collect();
        let params: Vec<(&'static str, BufferId)> = (parameters(&node.layer, &input_shapes).into_iter())
            .map(|spec| {
                let name = format!("{}/{}", node.name, spec.name);
                let buffer = self.buffer(name.clone(), Role::Parameter, &spec.shape, false);
                self.parameters.push(Parameter {
                    name,
                    layer: index,
                    buffer,
                    gradient: None,
                    shape: spec.shape,
                    initializer: spec.initializer,
                    trainable: spec.trainable,
                });
                (spec.name, buffer)
            })
            .collect();
        let param = |name: &str| params.iter().find(|(n, _)| *n == name).map(|(_, b)| *b);
        let y = match (&node.layer, xs.first()) {
            (Layer::Input(_), _) | (_, None) => self.buffer(node.name.clone(), Role::Input, &info.output_shape, true),
            (Layer::Flatten, Some(&x)) => {
                let y = self.view(node.name.clone(), Role::Activation, &info.output_shape, x);
                self.tape.view(self.layer, x, y);
                y
            }
            (layer, Some(&x)) => self.operation(node, layer, info, x, &xs, &param),
        };
        self.layer_outputs.push(y);
    }

    fn operation(
        &mut self,
        node: &Node,
        layer: &Layer,
        info: &LayerInfo,
        x: BufferId,
        xs: &[BufferId],
        param: &dyn Fn(&str) -> Option<BufferId>,
    ) -> BufferId {
        let input = self.shape(x);
        let (positions, channels) = channels_last(&input);
        let output = |builder: &mut Self| builder.buffer(node.name.clone(), Role::Activation, &info.output_shape, true);
        // The geometry of a network that passed its check cannot fail: each arm's `if let` always holds.
        match layer {
            Layer::Conv2D(conv) => {
                let kernel = param("kernel").unwrap_or(x);
                let bias = param("bias");
                self.activated(node, info, conv.activation, |activation, y| {
                    conv_geometry(conv, &input).ok().map(|geometry| Op::Conv2d {
                        geometry,
                        activation,
                        x,
                        kernel,
                        bias,
                        y,
                    })
                })
            }
            Layer::Dense(dense) => {
                let kernel = param("kernel").unwrap_or(x);
                let bias = param("bias");
                let (inputs, units) = (channels, dense.units);
                self.activated(node, info, dense.activation, |activation, y| {
                    Some(Op::Dense { inputs, units, activation, x, kernel, bias, y })
                })
            }
            Layer::Activation(a) => {
                let y = output(self);
                self.forward(activation_op(a.activation, positions, channels, x, y));
                y
            }
            Layer::BatchNormalization(norm) => {
                let y = output(self);
                let moving = [param("moving_mean").unwrap_or(x), param("moving_variance").unwrap_or(x)];
                let [mean, variance] = if self.training() {
                    let batch = ["mean", "variance"].map(|what| {
                        self.buffer(format!("{}/{what}", node.name), Role::BatchStatistic, &[channels], false)
                    });
                    for (value, average) in batch.into_iter().zip(moving) {
                        self.averages.push((value, average, norm.momentum, self.layer));
                    }
                    self.forward(Op::BatchMoments { positions, channels, x, mean: batch[0], variance: batch[1] });
                    batch
                } else {
                    moving
                };
                self.forward(Op::BatchNorm {
                    positions,
                    channels,
                    epsilon: norm.epsilon,
                    x,
                    mean,
                    variance,
                    gamma: param("gamma"),
                    beta: param("beta"),
                    y,
                });
                y
            }
            Layer::Dropout(_) if !self.training() => {
                let y = self.view(node.name.clone(), Role::Activation, &info.output_shape, x);
                self.tape.view(self.layer, x, y);
                y
            }
            Layer::Dropout(dropout) => {
                let y = output(self);
                self.forward(Op::Dropout { rate: dropout.rate, stream: self.layer as u32, x, y });
                y
            }
            Layer::MaxPooling2D(pool) => {
                let y = output(self);
                if let Ok(geometry) = pool_geometry(pool, &input) {
                    self.forward(Op::MaxPool2d { geometry, x, y });
                }
                y
            }
            Layer::AveragePooling2D(pool) => {
                let y = output(self);
                if let Ok(geometry) = pool_geometry(pool, &input) {
                    self.forward(Op::AveragePool2d { geometry, x, y });
                }
                y
            }
            Layer::GlobalAveragePooling2D => {
                let y = output(self);
                self.forward(Op::GlobalAveragePool2d { positions, channels, x, y });
                y
            }
            Layer::ZeroPadding2D(pad) => {
                let y = output(self);
                if let Ok(geometry) = pad_geometry(pad.padding, &input) {
                    self.forward(Op::ZeroPad2d { geometry, x, y });
                }
                y
            }
            Layer::Concatenate => {
                let y = output(self);
                let parts =
                    xs.iter().map(|x| Concatenated { x: *x, channels: channels_last(&self.shape(*x)).1 }).collect();
                self.forward(Op::Concatenate { positions, xs: parts, y });
                y
            }
            Layer::Add => {
                let y = output(self);
                self.forward(Op::Add { xs: xs.to_vec(), y });
                y
            }
            Layer::Input(_) | Layer::Flatten => x,
        }
    }

    /// A layer with an activation: fused into its operation, unless that is a softmax (which looks at all channels) or
    /// every intermediate is wanted.
    fn activated(
        &mut self,
        node: &Node,
        info: &LayerInfo,
        activation: Activation,
        op: impl Fn(Activation, BufferId) -> Option<Op>,
    ) -> BufferId {
        let apart =
            activation == Activation::Softmax || (self.lowering.keep_intermediates && activation != Activation::Linear);
        let shape = &info.output_shape;
        if !apart {
            let y = self.buffer(node.name.clone(), Role::Activation, shape, true);
            if let Some(op) = op(activation, y) {
                self.forward(op);
            }
            return y;
        }
        let between = self.buffer(format!("{}/linear", node.name), Role::Activation, shape, true);
        if let Some(op) = op(Activation::Linear, between) {
            self.forward(op);
        }
        let y = self.buffer(node.name.clone(), Role::Activation, shape, true);
        let (positions, channels) = channels_last(shape);
        self.forward(activation_op(activation, positions, channels, between, y));
        y
    }

    fn finish(mut self, last: usize) -> Plan {
        self.layer = last;
        let input = self.layer_outputs[0];
        let output = self.layer_outputs[last];
        let forward = 0..self.steps.len();
        let scored = self.lowering.loss.map(|loss| self.score(loss, output));
        let loss = forward.end..self.steps.len();
        if let (Some(scored), Some(optimizer)) = (&scored, &self.lowering.optimizer) {
            self.differentiate(scored, input);
            let backward = loss.end..self.steps.len();
            self.update(optimizer);
            return self.plan([forward, loss, backward], input, output, Some(scored));
        }
        let backward = loss.end..loss.end;
        self.plan([forward, loss, backward], input, output, scored.as_ref())
    }

    /// Loss and metrics.
    fn score(&mut self, loss: Loss, output: BufferId) -> Scored {
        let shape = self.shape(output);
        let outputs = shape.iter().product();
        let (kind, prediction) = self.loss_kind(loss, output);
        let target = self.buffer("target".into(), Role::Target, &shape, true);
        let loss = self.buffer("loss".into(), Role::Activation, &[], true);
        let metrics = self.buffer("metrics".into(), Role::Metric, &[2], false);
        self.push(Op::Loss { kind, outputs, prediction, target, loss });
        self.push(Op::Metrics { outputs, output, target, loss, metrics });
        Scored { kind, outputs, prediction, target, loss, metrics }
    }

    fn differentiate(&mut self, scored: &Scored, input: BufferId) {
        let &Scored { kind, outputs, prediction, target, .. } = scored;
        let name = format!("{}/gradient", self.buffers[prediction.index()].name);
        let shape = self.shape(prediction);
        let dprediction = self.buffer(name, Role::Gradient, &shape, true);
        self.push(Op::LossGrad { kind, outputs, prediction, target, dprediction });
        let input = self.lowering.input_gradient.then_some(input);
        self.input_gradient = self.backward(prediction, dprediction, input);
    }

    /// Cross-entropy behind a softmax is computed from the logits.
    fn loss_kind(&self, loss: Loss, output: BufferId) -> (LossKind, BufferId) {
        let softmax = self.steps.iter().find_map(|s| match s.op {
            Op::Softmax { x, y, .. } if y == output => Some(x),
            _ => None,
        });
        match (loss, softmax) {
            (Loss::MeanSquaredError, _) => (LossKind::MeanSquaredError, output),
            (Loss::CategoricalCrossentropy, Some(logits)) => (LossKind::SoftmaxCrossentropy, logits),
            (Loss::CategoricalCrossentropy, None) => (LossKind::CategoricalCrossentropy, output),
        }
    }

    fn update(&mut self, optimizer: &Optimizer) {
        let trained: Vec<(Parameter, BufferId)> =
            self.parameters.iter().filter_map(|p| Some((p.clone(), p.gradient?))).collect();
        for (parameter, gradient) in trained {
            self.layer = parameter.layer;
            let mut state = |what: &str| {
                let name = format!("{}/{what}", parameter.name);
                let buffer = self.buffer(name, Role::OptimizerState, &parameter.shape, false);
                self.optimizer_state.push(buffer);
                buffer
            };
            let parameter = parameter.buffer;
            let op = match optimizer {
                Optimizer::Sgd(sgd) => {
                    let velocity = (sgd.momentum != 0.0).then(|| state("velocity"));
                    Op::Sgd { momentum: sgd.momentum, nesterov: sgd.nesterov, parameter, gradient, velocity }
                }
                Optimizer::Adam(adam) => Op::Adam {
                    beta_1: adam.beta_1,
                    beta_2: adam.beta_2,
                    epsilon: adam.epsilon,
                    parameter,
                    gradient,
                    m: state("adam_m"),
                    v: state("adam_v"),
                },
            };
            self.push(op);
        }
        for (value, average, momentum, layer) in std::mem::take(&mut self.averages) {
            self.layer = layer;
            self.push(Op::MovingAverage { momentum, value, average });
        }
    }

    fn plan(
        self,
        [forward, loss, backward]: [Range<usize>; 3],
        input: BufferId,
        output: BufferId,
        scored: Option<&Scored>,
    ) -> Plan {
        let update = backward.end..self.steps.len();
        let mut plan = Plan {
            max_batch: self.lowering.max_batch,
            buffers: self.buffers,
            slots: Vec::new(),
            parameters: self.parameters,
            optimizer_state: self.optimizer_state,
            steps: self.steps,
            forward,
            loss,
            backward,
            update,
            input,
            output,
            target: scored.map(|s| s.target),
            example_loss: scored.map(|s| s.loss),
            metrics: scored.map(|s| s.metrics),
            layer_outputs: self.layer_outputs,
            input_gradient: self.input_gradient,
        };
        assign_slots(&mut plan, &self.views, self.lowering.keep_intermediates);
        plan
    }
}

/// Where the loss stands.
struct Scored {
    kind: LossKind,
    outputs: usize,
    prediction: BufferId,
    target: BufferId,
    loss: BufferId,
    metrics: BufferId,
}

fn activation_op(activation: Activation, positions: usize, channels: usize, x: BufferId, y: BufferId) -> Op {
    match activation {
        Activation::Softmax => Op::Softmax { positions, channels, x, y },
        activation => Op::Activate { activation, x, y },
    }
}
