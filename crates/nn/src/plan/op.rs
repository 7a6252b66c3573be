//! The operations of a plan. Each has a CPU kernel and a shader of the same stem.
//!
//! Tensors are f32, channels last: images `[n, height, width, channels]`, kernels `[height, width, in, out]`, dense
//! kernels `[in, out]`. Every operation overwrites what it writes; where several gradients meet, an [`Op::Add`] sums
//! them.

use super::{BufferId, ConvGeometry, DepthwiseGeometry, PadGeometry, PoolGeometry};
use crate::Activation;

/// One input of a concatenation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Concatenated {
    pub x: BufferId,
    pub channels: usize,
}

/// Which loss, and over what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LossKind {
    /// `−Σ t · ln softmax(prediction)`; the prediction is the logits, computed as `Σ t·(logsumexp z − z)`.
    SoftmaxCrossentropy,
    /// `−Σ t · ln p` with `p` scaled to sum 1, then kept within `[1e-7, 1 − 1e-7]` (gradient zero outside).
    CategoricalCrossentropy,
    /// `Σ (t − y)² / n`.
    MeanSquaredError,
}

/// One operation over buffers. `positions` counts the vectors along the channels in one example.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// `y = activation(x ∗ kernel + bias)`; the activation is never softmax.
    Conv2d {
        geometry: ConvGeometry,
        activation: Activation,
        x: BufferId,
        kernel: BufferId,
        bias: Option<BufferId>,
        y: BufferId,
    },
    Conv2dGradInput {
        geometry: ConvGeometry,
        dy: BufferId,
        kernel: BufferId,
        dx: BufferId,
    },
    Conv2dGradKernel {
        geometry: ConvGeometry,
        x: BufferId,
        dy: BufferId,
        dkernel: BufferId,
    },
    /// `y = activation(x ∗ kernel + bias)`, each channel by itself; the activation is never softmax.
    DepthwiseConv2d {
        geometry: DepthwiseGeometry,
        activation: Activation,
        x: BufferId,
        kernel: BufferId,
        bias: Option<BufferId>,
        y: BufferId,
    },
    DepthwiseConv2dGradInput {
        geometry: DepthwiseGeometry,
        dy: BufferId,
        kernel: BufferId,
        dx: BufferId,
    },
    DepthwiseConv2dGradKernel {
        geometry: DepthwiseGeometry,
        x: BufferId,
        dy: BufferId,
        dkernel: BufferId,
    },
    /// `y = activation(x · kernel + bias)`; the activation is never softmax.
    Dense {
        inputs: usize,
        units: usize,
        activation: Activation,
        x: BufferId,
        kernel: BufferId,
        bias: Option<BufferId>,
        y: BufferId,
    },
    DenseGradInput {
        inputs: usize,
        units: usize,
        dy: BufferId,
        kernel: BufferId,
        dx: BufferId,
    },
    DenseGradKernel {
        inputs: usize,
        units: usize,
        x: BufferId,
        dy: BufferId,
        dkernel: BufferId,
    },
    /// `dbias = Σ dy` over examples and positions.
    BiasGrad {
        positions: usize,
        channels: usize,
        dy: BufferId,
        dbias: BufferId,
    },
    MaxPool2d {
        geometry: PoolGeometry,
        x: BufferId,
        y: BufferId,
    },
    /// The gradient goes to the first cell of the window, in row order, that is not below the maximum: of a maximum that is
    /// NaN the first of all.
    MaxPool2dGrad {
        geometry: PoolGeometry,
        x: BufferId,
        y: BufferId,
        dy: BufferId,
        dx: BufferId,
    },
    AveragePool2d {
        geometry: PoolGeometry,
        x: BufferId,
        y: BufferId,
    },
    AveragePool2dGrad {
        geometry: PoolGeometry,
        dy: BufferId,
        dx: BufferId,
    },
    GlobalAveragePool2d {
        positions: usize,
        channels: usize,
        x: BufferId,
        y: BufferId,
    },
    GlobalAveragePool2dGrad {
        positions: usize,
        channels: usize,
        dy: BufferId,
        dx: BufferId,
    },
    /// Never softmax.
    Activate {
        activation: Activation,
        x: BufferId,
        y: BufferId,
    },
    /// `dx = dy · activation′`, from the activation's output. `dx` may share `dy`'s slot.
    ActivateGrad {
        activation: Activation,
        y: BufferId,
        dy: BufferId,
        dx: BufferId,
    },
    Softmax {
        positions: usize,
        channels: usize,
        x: BufferId,
        y: BufferId,
    },
    /// `dx = y ⊙ (dy − Σ dy·y)` along the channels.
    SoftmaxGrad {
        positions: usize,
        channels: usize,
        y: BufferId,
        dy: BufferId,
        dx: BufferId,
    },
    /// Mean and population variance of each channel over the batch and the positions.
    BatchMoments {
        positions: usize,
        channels: usize,
        x: BufferId,
        mean: BufferId,
        variance: BufferId,
    },
    /// `y = gamma · (x − mean) / √(variance + ε) + beta`, with the batch's moments or the moving ones.
    BatchNorm {
        positions: usize,
        channels: usize,
        epsilon: f32,
        x: BufferId,
        mean: BufferId,
        variance: BufferId,
        gamma: Option<BufferId>,
        beta: Option<BufferId>,
        y: BufferId,
    },
    /// Sums over the rows of the examples in the buffers, with `x̂ = (x − mean) / √(variance + ε)`: `dgamma = Σ dy·x̂` and
    /// `dbeta = Σ dy`. A whole batch's are the sums of its shards'.
    BatchNormGradParameters {
        positions: usize,
        channels: usize,
        epsilon: f32,
        x: BufferId,
        mean: BufferId,
        variance: BufferId,
        dy: BufferId,
        dgamma: BufferId,
        dbeta: BufferId,
    },
    /// The gradient through the batch's own moments, `dx = gamma / √(variance + ε) · (dy − dbeta/M − x̂·dgamma/M)`. Moments
    /// and sums are those of the whole batch, and so are the `M` rows: `batch_total · positions`.
    BatchNormGradInput {
        positions: usize,
        channels: usize,
        epsilon: f32,
        x: BufferId,
        mean: BufferId,
        variance: BufferId,
        gamma: Option<BufferId>,
        dgamma: BufferId,
        dbeta: BufferId,
        dy: BufferId,
        dx: BufferId,
    },
    /// The gradient where the moments are fixed: `dx = gamma / √(variance + ε) · dy`.
    BatchNormGradFixed {
        positions: usize,
        channels: usize,
        epsilon: f32,
        variance: BufferId,
        gamma: Option<BufferId>,
        dy: BufferId,
        dx: BufferId,
    },
    /// `average ← momentum · average + (1 − momentum) · value`.
    MovingAverage {
        momentum: f32,
        value: BufferId,
        average: BufferId,
    },
    /// `y = x / (1 − rate)` where [`crate::random::dropout_unit`] of (element of the whole batch, iteration, stream,
    /// seed) is at least the rate, else 0. Its own gradient: the same operation over `dy`.
    Dropout {
        rate: f32,
        stream: u32,
        x: BufferId,
        y: BufferId,
    },
    /// `y = Σ xs`.
    Add {
        xs: Vec<BufferId>,
        y: BufferId,
    },
    /// Channels of the inputs side by side.
    Concatenate {
        positions: usize,
        xs: Vec<Concatenated>,
        y: BufferId,
    },
    /// `dx` = the channels `offset .. offset + channels` of `dy`, which has `total`.
    ConcatenateGrad {
        positions: usize,
        total: usize,
        offset: usize,
        channels: usize,
        dy: BufferId,
        dx: BufferId,
    },
    ZeroPad2d {
        geometry: PadGeometry,
        x: BufferId,
        y: BufferId,
    },
    ZeroPad2dGrad {
        geometry: PadGeometry,
        dy: BufferId,
        dx: BufferId,
    },
    /// The loss of every example, summed over its positions' outputs (`outputs` numbers an example).
    Loss {
        kind: LossKind,
        outputs: usize,
        prediction: BufferId,
        target: BufferId,
        loss: BufferId,
    },
    /// Gradient of the mean loss of the whole batch: divided by `batch_total`.
    LossGrad {
        kind: LossKind,
        outputs: usize,
        prediction: BufferId,
        target: BufferId,
        dprediction: BufferId,
    },
    /// `metrics = [Σ loss, examples whose largest output is their target's largest]` over the examples; where an output is
    /// NaN none is the largest.
    Metrics {
        outputs: usize,
        output: BufferId,
        target: BufferId,
        loss: BufferId,
        metrics: BufferId,
    },
    Sgd {
        momentum: f32,
        nesterov: bool,
        parameter: BufferId,
        gradient: BufferId,
        velocity: Option<BufferId>,
    },
    Adam {
        beta_1: f32,
        beta_2: f32,
        epsilon: f32,
        parameter: BufferId,
        gradient: BufferId,
        m: BufferId,
        v: BufferId,
    },
}

impl Op {
    /// The stem that its CPU kernel and its shader carry.
    pub fn stem(&self) -> &'static str {
        match self {
            Op::Conv2d { .. } => "conv2d",
            Op::Conv2dGradInput { .. } => "conv2d_grad_input",
            Op::Conv2dGradKernel { .. } => "conv2d_grad_kernel",
            Op::DepthwiseConv2d { .. } => "depthwise_conv2d",
            Op::DepthwiseConv2dGradInput { .. } => "depthwise_conv2d_grad_input",
            Op::DepthwiseConv2dGradKernel { .. } => "depthwise_conv2d_grad_kernel",
            Op::Dense { .. } => "dense",
            Op::DenseGradInput { .. } => "dense_grad_input",
            Op::DenseGradKernel { .. } => "dense_grad_kernel",
            Op::BiasGrad { .. } => "bias_grad",
            Op::MaxPool2d { .. } => "max_pool2d",
            Op::MaxPool2dGrad { .. } => "max_pool2d_grad",
            Op::AveragePool2d { .. } => "average_pool2d",
            Op::AveragePool2dGrad { .. } => "average_pool2d_grad",
            Op::GlobalAveragePool2d { .. } => "global_average_pool2d",
            Op::GlobalAveragePool2dGrad { .. } => "global_average_pool2d_grad",
            Op::Activate { .. } => "activate",
            Op::ActivateGrad { .. } => "activate_grad",
            Op::Softmax { .. } => "softmax",
            Op::SoftmaxGrad { .. } => "softmax_grad",
            Op::BatchMoments { .. } => "batch_moments",
            Op::BatchNorm { .. } => "batch_norm",
            Op::BatchNormGradParameters { .. } => "batch_norm_grad_parameters",
            Op::BatchNormGradInput { .. } => "batch_norm_grad_input",
            Op::BatchNormGradFixed { .. } => "batch_norm_grad_fixed",
            Op::MovingAverage { .. } => "moving_average",
            Op::Dropout { .. } => "dropout",
            Op::Add { .. } => "add",
            Op::Concatenate { .. } => "concatenate",
            Op::ConcatenateGrad { .. } => "concatenate_grad",
            Op::ZeroPad2d { .. } => "zero_pad2d",
            Op::ZeroPad2dGrad { .. } => "zero_pad2d_grad",
            Op::Loss { .. } => "loss",
            Op::LossGrad { .. } => "loss_grad",
            Op::Metrics { .. } => "metrics",
            Op::Sgd { .. } => "sgd",
            Op::Adam { .. } => "adam",
        }
    }

    /// Multiply-accumulates an example of the operations that are sums of products with weights; the others are bound by
    /// memory.
    pub fn macs(&self) -> u64 {
        match self {
            Op::Conv2d { geometry, .. }
            | Op::Conv2dGradInput { geometry, .. }
            | Op::Conv2dGradKernel { geometry, .. } => geometry.macs(),
            Op::DepthwiseConv2d { geometry, .. }
            | Op::DepthwiseConv2dGradInput { geometry, .. }
            | Op::DepthwiseConv2dGradKernel { geometry, .. } => geometry.macs(),
            Op::Dense { inputs, units, .. }
            | Op::DenseGradInput { inputs, units, .. }
            | Op::DenseGradKernel { inputs, units, .. } => (inputs * units) as u64,
            _ => 0,
        }
    }
}
