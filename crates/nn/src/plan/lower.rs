//! From a network to its plan: forward ([`super::layers`]), loss, backward ([`super::autodiff`]), update.

use super::builder::{Average, Builder};
use super::memory::assign_slots;
use super::{BufferId, LossKind, Lowering, Op, Origin, Parameter, Plan, Role};
use crate::{Layer, LayerInfo, Loss, Network, NetworkError, Optimizer, Problem};

impl Network {
    /// Writes the network out as a plan.
    ///
    /// # Errors
    /// What is wrong with the network, or what of the lowering contradicts itself or the network.
    pub fn lower(&self, lowering: &Lowering) -> Result<Plan, NetworkError> {
        let layers = self.check()?;
        let asked = self.check_lowering(lowering, &layers)?;
        let mut builder = Builder::new(lowering, asked.opened());
        for (index, (node, info)) in self.layers.iter().zip(&layers).enumerate() {
            builder.layer(index, node, info, &layers).map_err(|problem| self.error(index, problem))?;
        }
        self.finish(builder, &asked)
    }

    fn check_lowering(&self, lowering: &Lowering, layers: &[LayerInfo]) -> Result<Asked, NetworkError> {
        let last = layers.len() - 1;
        let shape = &layers[last].output_shape;
        if lowering.loss == Some(Loss::CategoricalCrossentropy) && shape.len() != 1 {
            let problem = Problem::Rank { expected: "one number a class".into(), got: shape.clone() };
            return Err(self.error(last, problem));
        }
        let index = |name: &String| {
            let found = layers.iter().position(|l| l.name == *name);
            found.ok_or_else(|| self.whole(Problem::UnknownLayer { layer: name.clone() }))
        };
        let gradients = lowering.gradients.any();
        if lowering.update.is_some() && !lowering.gradients.parameters {
            return Err(self.whole(Problem::UpdateWithoutGradients));
        }
        let origin = match &lowering.origin {
            Origin::Loss if gradients && lowering.loss.is_none() => return Err(self.whole(Problem::NoLoss)),
            Origin::Loss => None,
            Origin::Layer { name, before_activation } => {
                let layer = index(name)?;
                if !gradients {
                    return Err(self.error(layer, Problem::NoGradients));
                }
                let activates = matches!(
                    self.layers[layer].layer,
                    Layer::Conv2D(_)
                        | Layer::DepthwiseConv2D(_)
                        | Layer::Dense(_)
                        | Layer::Activation(_)
                        | Layer::ReLU(_)
                );
                if *before_activation && !activates {
                    return Err(self.error(layer, Problem::NoActivation));
                }
                Some((layer, *before_activation))
            }
        };
        let mut asked: Vec<usize> = lowering.gradients.layers.iter().map(index).collect::<Result<_, _>>()?;
        asked.extend(lowering.gradients.input.then_some(0));
        Ok(Asked { origin, layers: asked })
    }

    fn finish(&self, mut builder: Builder, asked: &Asked) -> Result<Plan, NetworkError> {
        let lowering = builder.lowering;
        let last = self.layers.len() - 1;
        builder.layer = last;
        let (input, output) = (builder.layer_outputs[0], builder.layer_outputs[last]);
        let forward = 0..builder.steps.len();
        let scored = lowering.loss.map(|loss| builder.score(loss, output));
        let loss = forward.end..builder.steps.len();
        let (mut origin, mut gradients) = (None, Vec::new());
        if lowering.gradients.any() {
            let (value, gradient) = match (asked.origin, &scored) {
                (Some((layer, before_activation)), _) => {
                    let before = builder.before_activation.filter(|_| before_activation);
                    let value = before.unwrap_or(builder.layer_outputs[layer]);
                    (value, builder.gradient_of(value))
                }
                (None, Some(scored)) => builder.loss_gradient(scored),
                (None, None) => return Err(self.whole(Problem::NoLoss)),
            };
            origin = Some(gradient);
            let outputs: Vec<BufferId> = asked.layers.iter().map(|layer| builder.layer_outputs[*layer]).collect();
            let arrived = builder.backward(value, gradient, &outputs);
            let arrived = arrived.map_err(|problem| self.error(builder.layer, problem))?;
            for (gradient, layer) in arrived.into_iter().zip(&asked.layers) {
                gradients.push(gradient.ok_or_else(|| self.error(*layer, Problem::NotUpstream))?);
            }
        }
        let backward = loss.end..builder.steps.len();
        if let Some(optimizer) = &lowering.update {
            builder.update(optimizer);
        }
        let update = backward.end..builder.steps.len();
        let input_gradient = if lowering.gradients.input { gradients.pop() } else { None };
        let (views, keep) = (builder.views, lowering.keep);
        let mut plan = Plan {
            max_batch: lowering.max_batch,
            buffers: builder.buffers,
            slots: Vec::new(),
            parameters: builder.parameters,
            optimizer_state: builder.optimizer_state,
            steps: builder.steps,
            forward,
            loss,
            backward,
            update,
            input,
            output,
            target: scored.as_ref().map(|s| s.target),
            example_loss: scored.as_ref().map(|s| s.loss),
            metrics: scored.as_ref().map(|s| s.metrics),
            layer_outputs: builder.layer_outputs,
            origin,
            input_gradient,
            layer_gradients: gradients,
        };
        assign_slots(&mut plan, &views, keep);
        Ok(plan)
    }
}

/// What a lowering asks for by name, found in the network.
struct Asked {
    /// The layer where backward begins, and whether it does so before that layer's activation; `None` for the loss.
    origin: Option<(usize, bool)>,
    /// The layers whose outputs' gradients are asked for; the input layer, if it is, once more at the end.
    layers: Vec<usize>,
}

impl Asked {
    /// The layer whose activation must stand apart, for backward to begin before it.
    fn opened(&self) -> Option<usize> {
        self.origin.filter(|(_, before_activation)| *before_activation).map(|(layer, _)| layer)
    }
}

impl Builder<'_> {
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

    /// What the loss is computed from, and its gradient.
    fn loss_gradient(&mut self, scored: &Scored) -> (BufferId, BufferId) {
        let &Scored { kind, outputs, prediction, target, .. } = scored;
        let dprediction = self.gradient_of(prediction);
        self.push(Op::LossGrad { kind, outputs, prediction, target, dprediction });
        (prediction, dprediction)
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
        for average in std::mem::take(&mut self.averages) {
            let Average { value, average, momentum, layer } = average;
            self.layer = layer;
            self.push(Op::MovingAverage { momentum, value, average });
        }
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
