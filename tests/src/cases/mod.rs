//! How cases are drawn, one file an operation family: shapes from 1-pixel maps and one channel upwards, strides,
//! paddings, dilations, batches of one and batches smaller than the plan's, NaN and infinities; and the slips that the harness must notice.

mod activate;
mod batch_norm;
mod concatenate;
mod conv2d;
mod dense;
mod depthwise_conv2d;
mod elementwise;
mod loss;
mod optimizer;
mod pool2d;
mod softmax;
mod special;
mod zero_pad2d;

use std::fmt;

use atelier_nn::{Activation, Op, StepData};

use crate::case::{Builder, Case};
use crate::draw::Draw;

macro_rules! stems {
    ($($variant:ident $name:literal $draw:path,)*) => {
        /// The kinds of operation, one for each variant of [`Op`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Stem {
            $($variant,)*
        }

        impl Stem {
            pub const ALL: &[Stem] = &[$(Stem::$variant,)*];

            /// The stem that the operation's CPU kernel and shader carry.
            pub fn name(self) -> &'static str {
                match self {
                    $(Stem::$variant => $name,)*
                }
            }
        }

        pub(crate) fn draw(stem: Stem, seed: u32) -> Case {
            let mut draw = Draw::new(stem.name(), seed);
            let builder = builder(stem, seed, &mut draw);
            let mut case = match stem {
                $(Stem::$variant => $draw(&mut draw, builder),)*
            };
            special::sprinkle(&mut case, &mut draw);
            case
        }
    };
}

stems! {
    Conv2d "conv2d" conv2d::forward,
    Conv2dGradInput "conv2d_grad_input" conv2d::grad_input,
    Conv2dGradKernel "conv2d_grad_kernel" conv2d::grad_kernel,
    DepthwiseConv2d "depthwise_conv2d" depthwise_conv2d::forward,
    DepthwiseConv2dGradInput "depthwise_conv2d_grad_input" depthwise_conv2d::grad_input,
    DepthwiseConv2dGradKernel "depthwise_conv2d_grad_kernel" depthwise_conv2d::grad_kernel,
    Dense "dense" dense::forward,
    DenseGradInput "dense_grad_input" dense::grad_input,
    DenseGradKernel "dense_grad_kernel" dense::grad_kernel,
    BiasGrad "bias_grad" elementwise::bias_grad,
    MaxPool2d "max_pool2d" pool2d::max,
    MaxPool2dGrad "max_pool2d_grad" pool2d::max_grad,
    AveragePool2d "average_pool2d" pool2d::average,
    AveragePool2dGrad "average_pool2d_grad" pool2d::average_grad,
    GlobalAveragePool2d "global_average_pool2d" pool2d::global,
    GlobalAveragePool2dGrad "global_average_pool2d_grad" pool2d::global_grad,
    Activate "activate" activate::forward,
    ActivateGrad "activate_grad" activate::grad,
    Softmax "softmax" softmax::forward,
    SoftmaxGrad "softmax_grad" softmax::grad,
    BatchMoments "batch_moments" batch_norm::moments,
    BatchNorm "batch_norm" batch_norm::forward,
    BatchNormGradParameters "batch_norm_grad_parameters" batch_norm::grad_parameters,
    BatchNormGradInput "batch_norm_grad_input" batch_norm::grad_input,
    BatchNormGradFixed "batch_norm_grad_fixed" batch_norm::grad_fixed,
    MovingAverage "moving_average" elementwise::moving_average,
    Dropout "dropout" elementwise::dropout,
    Add "add" elementwise::add,
    Concatenate "concatenate" concatenate::forward,
    ConcatenateGrad "concatenate_grad" concatenate::grad,
    ZeroPad2d "zero_pad2d" zero_pad2d::forward,
    ZeroPad2dGrad "zero_pad2d_grad" zero_pad2d::grad,
    Loss "loss" loss::forward,
    LossGrad "loss_grad" loss::grad,
    Metrics "metrics" loss::metrics,
    Sgd "sgd" optimizer::sgd,
    Adam "adam" optimizer::adam,
}

impl fmt::Display for Stem {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Batch sizes and everything that travels with a step.
fn builder(stem: Stem, seed: u32, draw: &mut Draw) -> Builder {
    let batch = draw.one_of(&[1, 1, 2, 3, 5]);
    let first_example = draw.one_of(&[0, 0, 1, 7]);
    let data = StepData {
        batch,
        batch_total: batch + first_example + draw.one_of(&[0, 0, 3]),
        first_example,
        learning_rate: draw.one_of(&[0.1, 0.01, 0.001]),
        iteration: draw.one_of(&[1, 2, 10, 1000]),
        seed: draw.between(0, 1_000_000) as u32,
    };
    Builder::new(stem, seed, data, batch + draw.one_of(&[0, 0, 1, 4]))
}

/// What a slip in the operation's kernel would compute instead.
pub(crate) fn mistakes(op: &Op) -> Vec<(&'static str, Op)> {
    match op {
        Op::Conv2d { .. } | Op::Conv2dGradInput { .. } | Op::Conv2dGradKernel { .. } => conv2d::mistakes(op),
        Op::DepthwiseConv2d { .. } | Op::DepthwiseConv2dGradInput { .. } | Op::DepthwiseConv2dGradKernel { .. } => {
            depthwise_conv2d::mistakes(op)
        }
        Op::Dense { .. } | Op::DenseGradInput { .. } | Op::DenseGradKernel { .. } => dense::mistakes(op),
        Op::MaxPool2d { .. }
        | Op::MaxPool2dGrad { .. }
        | Op::AveragePool2d { .. }
        | Op::AveragePool2dGrad { .. }
        | Op::GlobalAveragePool2d { .. }
        | Op::GlobalAveragePool2dGrad { .. } => pool2d::mistakes(op),
        Op::Activate { .. } | Op::ActivateGrad { .. } => activate::mistakes(op),
        Op::Softmax { .. } | Op::SoftmaxGrad { .. } => softmax::mistakes(op),
        Op::BatchMoments { .. }
        | Op::BatchNorm { .. }
        | Op::BatchNormGradParameters { .. }
        | Op::BatchNormGradInput { .. }
        | Op::BatchNormGradFixed { .. } => batch_norm::mistakes(op),
        Op::BiasGrad { .. } | Op::MovingAverage { .. } | Op::Dropout { .. } | Op::Add { .. } => {
            elementwise::mistakes(op)
        }
        Op::Concatenate { .. } | Op::ConcatenateGrad { .. } => concatenate::mistakes(op),
        Op::ZeroPad2d { .. } | Op::ZeroPad2dGrad { .. } => zero_pad2d::mistakes(op),
        Op::Loss { .. } | Op::LossGrad { .. } | Op::Metrics { .. } => loss::mistakes(op),
        Op::Sgd { .. } | Op::Adam { .. } => optimizer::mistakes(op),
    }
}

/// Any activation but softmax.
fn activation(draw: &mut Draw) -> Activation {
    draw.one_of(&[
        Activation::Linear,
        Activation::Relu,
        Activation::Relu,
        Activation::Sigmoid,
        Activation::Tanh,
        Activation::LeakyRelu { negative_slope: 0.2 },
        Activation::LeakyRelu { negative_slope: 0.01 },
        Activation::ClippedRelu { max_value: 0.5 },
        Activation::ClippedRelu { max_value: 6.0 },
    ])
}

/// Another activation: what a kernel applies that mixes up two branches.
fn another_activation(activation: Activation) -> Activation {
    match activation {
        Activation::Linear | Activation::Tanh => Activation::Sigmoid,
        Activation::Sigmoid => Activation::Tanh,
        Activation::Relu | Activation::LeakyRelu { .. } | Activation::ClippedRelu { .. } => Activation::Linear,
        Activation::Softmax => Activation::Linear,
    }
}

/// Channel counts around the widths of vector registers, one and three first of all.
fn channels(draw: &mut Draw) -> usize {
    draw.one_of(&[1, 1, 2, 3, 3, 4, 5, 7, 8, 9, 15, 16, 17, 24, 33])
}

/// Height or width of a map.
fn side(draw: &mut Draw) -> usize {
    draw.one_of(&[1, 1, 2, 3, 4, 5, 6, 7, 9, 11, 14])
}

/// A row of one-hot targets, or of two classes whose shares add up to exactly one.
fn targets(draw: &mut Draw, examples: usize, classes: usize) -> Vec<f32> {
    let mut targets = vec![0.0; examples * classes];
    for row in targets.chunks_mut(classes) {
        let first = draw.between(0, classes - 1);
        let other = draw.between(0, classes - 1);
        let share = draw.one_of(&[1.0, 1.0, 0.75]);
        row[first] += share;
        row[other] += 1.0 - share;
    }
    targets
}
