//! From a network to its plan: forward ([`super::layers`]), loss, backward ([`super::autodiff`]), update.

use std::ops::Range;

use super::autodiff::Tape;
use super::memory::assign_slots;
use super::{Buffer, BufferId, LossKind, Op, Parameter, Plan, Role, Step};
use crate::{Loss, Network, NetworkError, Optimizer, Problem};

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
            builder.layer(index, node, info, &layers).map_err(|problem| self.error(index, problem))?;
        }
        Ok(builder.finish(last))
    }
}

/// A plan under construction. Slots are assigned at the end.
pub(super) struct Builder<'a> {
    pub lowering: &'a Lowering,
    pub buffers: Vec<Buffer>,
    /// For each buffer, the one whose numbers it shows under another shape.
    pub views: Vec<Option<BufferId>>,
    pub parameters: Vec<Parameter>,
    pub steps: Vec<Step>,
    /// The forward steps as differentiation walks them back.
    pub tape: Tape,
    optimizer_state: Vec<BufferId>,
    pub layer_outputs: Vec<BufferId>,
    /// (value, average, momentum, layer) of the moving averages to update.
    pub averages: Vec<(BufferId, BufferId, f32, usize)>,
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

    pub fn training(&self) -> bool {
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

    pub fn forward(&mut self, op: Op) {
        self.tape.op(self.layer, op.clone());
        self.push(op);
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
