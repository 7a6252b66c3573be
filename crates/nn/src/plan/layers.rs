//! Each layer's operations, forward.

use super::builder::{Average, Builder};
use super::{BufferId, Concatenated, Keep, Op, Parameter, Role};
use crate::shape::{channels_last, conv_geometry, depthwise_geometry, pad_geometry, parameters, pool_geometry};
use crate::{Activation, BatchNormalization, Layer, LayerInfo, Node, Problem};

impl Builder<'_> {
    /// Adds the steps of one layer.
    pub fn layer(&mut self, index: usize, node: &Node, info: &LayerInfo, layers: &[LayerInfo]) -> Result<(), Problem> {
        self.layer = index;
        let inputs: Vec<&[usize]> = info.inbound.iter().map(|i| layers[*i].output_shape.as_slice()).collect();
        let xs: Vec<BufferId> = info.inbound.iter().map(|i| self.layer_outputs[*i]).collect();
        let params = self.parameters(node, &inputs);
        let y = match xs.first() {
            Some(&x) => self.operation(node, info, x, &xs, &params)?,
            None => self.buffer(node.name.clone(), Role::Input, &info.output_shape, true),
        };
        self.layer_outputs.push(y);
        Ok(())
    }

    /// Buffers of the layer's parameters, in Keras's order.
    fn parameters(&mut self, node: &Node, inputs: &[&[usize]]) -> Vec<BufferId> {
        let mut buffers = Vec::new();
        for spec in parameters(node, inputs) {
            let name = format!("{}/{}", node.name, spec.name);
            let buffer = self.buffer(name.clone(), Role::Parameter, &spec.shape, false);
            self.parameters.push(Parameter {
                name,
                layer: self.layer,
                buffer,
                gradient: None,
                shape: spec.shape,
                initializer: spec.initializer,
                trainable: spec.trainable,
            });
            buffers.push(buffer);
        }
        buffers
    }

    /// The steps of a layer with inputs `xs`, of which `x` is the first; returns its output.
    fn operation(
        &mut self,
        node: &Node,
        info: &LayerInfo,
        x: BufferId,
        xs: &[BufferId],
        params: &[BufferId],
    ) -> Result<BufferId, Problem> {
        let input = self.shape(x);
        let (positions, channels) = channels_last(&input);
        match &node.layer {
            Layer::Conv2D(conv) => {
                let geometry = conv_geometry(conv, &input)?;
                let (kernel, bias) = (params[0], params.get(1).copied());
                return Ok(self.activated(node, info, conv.activation, |activation, y| Op::Conv2d {
                    geometry,
                    activation,
                    x,
                    kernel,
                    bias,
                    y,
                }));
            }
            Layer::DepthwiseConv2D(conv) => {
                let geometry = depthwise_geometry(conv, &input)?;
                let (kernel, bias) = (params[0], params.get(1).copied());
                return Ok(self.activated(node, info, conv.activation, |activation, y| Op::DepthwiseConv2d {
                    geometry,
                    activation,
                    x,
                    kernel,
                    bias,
                    y,
                }));
            }
            Layer::Dense(dense) => {
                let (kernel, bias) = (params[0], params.get(1).copied());
                return Ok(self.activated(node, info, dense.activation, |activation, y| Op::Dense {
                    inputs: channels,
                    units: dense.units,
                    activation,
                    x,
                    kernel,
                    bias,
                    y,
                }));
            }
            Layer::Flatten => return Ok(self.shown(node, info, x)),
            Layer::Dropout(_) if !self.training() => return Ok(self.shown(node, info, x)),
            _ => {}
        }
        let y = self.buffer(node.name.clone(), Role::Activation, &info.output_shape, true);
        let op = match &node.layer {
            Layer::Activation(a) => {
                self.open(x);
                activation_op(a.activation, positions, channels, x, y)
            }
            Layer::ReLU(relu) => {
                self.open(x);
                activation_op(relu.activation(), positions, channels, x, y)
            }
            Layer::BatchNormalization(norm) => self.normalization(node, norm, x, params, y),
            Layer::Dropout(dropout) => Op::Dropout { rate: dropout.rate, stream: self.layer as u32, x, y },
            Layer::MaxPooling2D(pool) => Op::MaxPool2d { geometry: pool_geometry(pool, &input)?, x, y },
            Layer::AveragePooling2D(pool) => Op::AveragePool2d { geometry: pool_geometry(pool, &input)?, x, y },
            Layer::GlobalAveragePooling2D => Op::GlobalAveragePool2d { positions, channels, x, y },
            Layer::ZeroPadding2D(pad) => Op::ZeroPad2d { geometry: pad_geometry(pad.padding, &input)?, x, y },
            Layer::Concatenate => {
                let part = |x: &BufferId| Concatenated { x: *x, channels: channels_last(&self.shape(*x)).1 };
                Op::Concatenate { positions, xs: xs.iter().map(part).collect(), y }
            }
            Layer::Add => Op::Add { xs: xs.to_vec(), y },
            // An input has no inputs, and the others returned above.
            Layer::Input(_) | Layer::Conv2D(_) | Layer::DepthwiseConv2D(_) | Layer::Dense(_) | Layer::Flatten => {
                return Ok(x);
            }
        };
        self.forward(op);
        Ok(y)
    }

    /// A layer whose output is its input's numbers.
    fn shown(&mut self, node: &Node, info: &LayerInfo, x: BufferId) -> BufferId {
        let y = self.view(node.name.clone(), Role::Activation, &info.output_shape, x);
        self.tape.view(self.layer, x, y);
        y
    }

    /// In training with the batch's own moments, which also move the averages; else, and where the layer is frozen, with the
    /// averages.
    fn normalization(
        &mut self,
        node: &Node,
        norm: &BatchNormalization,
        x: BufferId,
        params: &[BufferId],
        y: BufferId,
    ) -> Op {
        let (positions, channels) = channels_last(&self.shape(x));
        let (learnt, moving) = params.split_at(params.len() - 2);
        let mut learnt = learnt.iter().copied();
        let gamma = norm.scale.then(|| learnt.next()).flatten();
        let beta = norm.center.then(|| learnt.next()).flatten();
        let (mut mean, mut variance) = (moving[0], moving[1]);
        if self.training() && node.trainable {
            [mean, variance] = ["mean", "variance"]
                .map(|what| self.buffer(format!("{}/{what}", node.name), Role::BatchStatistic, &[channels], false));
            for (value, average) in [(mean, moving[0]), (variance, moving[1])] {
                self.averages.push(Average { value, average, momentum: norm.momentum, layer: self.layer });
            }
            self.forward(Op::BatchMoments { positions, channels, x, mean, variance });
        }
        Op::BatchNorm { positions, channels, epsilon: norm.epsilon, x, mean, variance, gamma, beta, y }
    }

    /// Notes what the layer's activation is applied to, where backward begins there.
    fn open(&mut self, before: BufferId) {
        if self.opened == Some(self.layer) {
            self.before_activation = Some(before);
        }
    }

    /// A layer with an activation: fused into its operation, unless that is a softmax (which looks at all channels),
    /// every intermediate is wanted, or backward begins between the two.
    fn activated(
        &mut self,
        node: &Node,
        info: &LayerInfo,
        activation: Activation,
        op: impl Fn(Activation, BufferId) -> Op,
    ) -> BufferId {
        let shape = &info.output_shape;
        let apart = self.lowering.keep == Keep::Everything || self.opened == Some(self.layer);
        if activation == Activation::Linear || activation != Activation::Softmax && !apart {
            let y = self.buffer(node.name.clone(), Role::Activation, shape, true);
            self.forward(op(activation, y));
            return y;
        }
        let between = self.buffer(format!("{}/linear", node.name), Role::Activation, shape, true);
        self.forward(op(Activation::Linear, between));
        self.open(between);
        let y = self.buffer(node.name.clone(), Role::Activation, shape, true);
        let (positions, channels) = channels_last(shape);
        self.forward(activation_op(activation, positions, channels, between, y));
        y
    }
}

fn activation_op(activation: Activation, positions: usize, channels: usize, x: BufferId, y: BufferId) -> Op {
    match activation {
        Activation::Softmax => Op::Softmax { positions, channels, x, y },
        activation => Op::Activate { activation, x, y },
    }
}
