//! The layers and their hyper-parameters, with Keras's names and defaults
//! (<https://keras.io/api/layers/>).

use serde::{Deserialize, Serialize};

use crate::Initializer;

/// How a window meets the border of its input, as Keras computes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "lowercase")]
pub enum Padding {
    /// Only windows that lie wholly inside: `out = ⌊(in − window) / stride⌋ + 1`.
    #[default]
    Valid,
    /// Zeros around the input so that `out = ⌈in / stride⌉`; an odd one goes to the bottom and the right.
    Same,
}

/// A function applied to every element (softmax: to every vector along the channels).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// `x`
    #[default]
    Linear,
    /// `1 / (1 + e^−x)`
    Sigmoid,
    /// `max(0, x)`
    Relu,
    /// `tanh x`
    Tanh,
    /// `x` where positive, else `negative_slope · x`
    LeakyRelu { negative_slope: f32 },
    /// `min(max(0, x), max_value)`; with 6 it is Keras's `relu6`.
    ClippedRelu { max_value: f32 },
    /// `e^x / Σ e^x` along the channels
    Softmax,
}

/// One layer's kind and hyper-parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "class_name")]
pub enum Layer {
    #[serde(rename = "InputLayer")]
    Input(Input),
    Conv2D(Conv2D),
    DepthwiseConv2D(DepthwiseConv2D),
    MaxPooling2D(Pooling2D),
    AveragePooling2D(Pooling2D),
    GlobalAveragePooling2D,
    Dense(Dense),
    Flatten,
    Activation(ActivationLayer),
    ReLU(ReLU),
    BatchNormalization(BatchNormalization),
    Dropout(Dropout),
    Add,
    Concatenate,
    ZeroPadding2D(ZeroPadding2D),
}

impl Layer {
    /// Keras's class name, as the summary prints it.
    pub fn class_name(&self) -> &'static str {
        match self {
            Layer::Input(_) => "InputLayer",
            Layer::Conv2D(_) => "Conv2D",
            Layer::DepthwiseConv2D(_) => "DepthwiseConv2D",
            Layer::MaxPooling2D(_) => "MaxPooling2D",
            Layer::AveragePooling2D(_) => "AveragePooling2D",
            Layer::GlobalAveragePooling2D => "GlobalAveragePooling2D",
            Layer::Dense(_) => "Dense",
            Layer::Flatten => "Flatten",
            Layer::Activation(_) => "Activation",
            Layer::ReLU(_) => "ReLU",
            Layer::BatchNormalization(_) => "BatchNormalization",
            Layer::Dropout(_) => "Dropout",
            Layer::Add => "Add",
            Layer::Concatenate => "Concatenate",
            Layer::ZeroPadding2D(_) => "ZeroPadding2D",
        }
    }

    /// The stem of the names that Keras gives to layers of this class; but `input` where Keras has `input_layer`.
    pub fn default_name(&self) -> &'static str {
        match self {
            Layer::Input(_) => "input",
            Layer::Conv2D(_) => "conv2d",
            Layer::DepthwiseConv2D(_) => "depthwise_conv2d",
            Layer::MaxPooling2D(_) => "max_pooling2d",
            Layer::AveragePooling2D(_) => "average_pooling2d",
            Layer::GlobalAveragePooling2D => "global_average_pooling2d",
            Layer::Dense(_) => "dense",
            Layer::Flatten => "flatten",
            Layer::Activation(_) => "activation",
            Layer::ReLU(_) => "re_lu",
            Layer::BatchNormalization(_) => "batch_normalization",
            Layer::Dropout(_) => "dropout",
            Layer::Add => "add",
            Layer::Concatenate => "concatenate",
            Layer::ZeroPadding2D(_) => "zero_padding2d",
        }
    }
}

/// Where examples enter; `shape` is `[height, width, channels]` or `[features]`, without the batch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Input {
    pub shape: Vec<usize>,
}

/// 2D convolution (cross-correlation), kernel `[height, width, channels, filters]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(deny_unknown_fields, default)]
pub struct Conv2D {
    pub filters: usize,
    pub kernel_size: [usize; 2],
    pub strides: [usize; 2],
    pub padding: Padding,
    pub dilation_rate: [usize; 2],
    pub use_bias: bool,
    pub activation: Activation,
    pub kernel_initializer: Initializer,
    pub bias_initializer: Initializer,
}

impl Default for Conv2D {
    fn default() -> Self {
        Conv2D {
            filters: 32,
            kernel_size: [3, 3],
            strides: [1, 1],
            padding: Padding::Valid,
            dilation_rate: [1, 1],
            use_bias: true,
            activation: Activation::Linear,
            kernel_initializer: Initializer::GlorotUniform,
            bias_initializer: Initializer::Zeros,
        }
    }
}

/// A convolution of each channel by itself: channel `c` makes the output channels `c · depth_multiplier` and the
/// `depth_multiplier − 1` after it. Kernel `[height, width, channels, depth_multiplier]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(deny_unknown_fields, default)]
pub struct DepthwiseConv2D {
    pub kernel_size: [usize; 2],
    pub strides: [usize; 2],
    pub padding: Padding,
    pub depth_multiplier: usize,
    pub dilation_rate: [usize; 2],
    pub use_bias: bool,
    pub activation: Activation,
    pub depthwise_initializer: Initializer,
    pub bias_initializer: Initializer,
}

impl Default for DepthwiseConv2D {
    fn default() -> Self {
        DepthwiseConv2D {
            kernel_size: [3, 3],
            strides: [1, 1],
            padding: Padding::Valid,
            depth_multiplier: 1,
            dilation_rate: [1, 1],
            use_bias: true,
            activation: Activation::Linear,
            depthwise_initializer: Initializer::GlorotUniform,
            bias_initializer: Initializer::Zeros,
        }
    }
}

/// Max or average pooling. With padding `same`, padded cells take no part (as in Keras): they never win a maximum and
/// never count in an average.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(deny_unknown_fields, default)]
pub struct Pooling2D {
    pub pool_size: [usize; 2],
    /// `null`: the pool's own size.
    pub strides: Option<[usize; 2]>,
    pub padding: Padding,
}

impl Default for Pooling2D {
    fn default() -> Self {
        Pooling2D { pool_size: [2, 2], strides: None, padding: Padding::Valid }
    }
}

/// A fully connected layer over a vector, kernel `[inputs, units]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(deny_unknown_fields, default)]
pub struct Dense {
    pub units: usize,
    pub use_bias: bool,
    pub activation: Activation,
    pub kernel_initializer: Initializer,
    pub bias_initializer: Initializer,
}

impl Default for Dense {
    fn default() -> Self {
        Dense {
            units: 10,
            use_bias: true,
            activation: Activation::Linear,
            kernel_initializer: Initializer::GlorotUniform,
            bias_initializer: Initializer::Zeros,
        }
    }
}

/// An activation as a layer of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct ActivationLayer {
    pub activation: Activation,
}

/// `max(0, x)`, and no more than `max_value` where there is one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(deny_unknown_fields, default)]
pub struct ReLU {
    /// `null`: no maximum.
    pub max_value: Option<f32>,
}

impl ReLU {
    /// The same as a function.
    pub fn activation(&self) -> Activation {
        self.max_value.map_or(Activation::Relu, |max_value| Activation::ClippedRelu { max_value })
    }
}

/// Batch normalisation over the channels (Ioffe and Szegedy 2015), with Keras's defaults.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(deny_unknown_fields, default)]
pub struct BatchNormalization {
    pub momentum: f32,
    pub epsilon: f32,
    /// Add the learnt offset `beta`.
    pub center: bool,
    /// Multiply by the learnt `gamma`.
    pub scale: bool,
}

impl Default for BatchNormalization {
    fn default() -> Self {
        BatchNormalization { momentum: 0.99, epsilon: 1e-3, center: true, scale: true }
    }
}

/// Zeroes the share `rate` of its inputs while training and scales the others by `1 / (1 − rate)`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(deny_unknown_fields)]
pub struct Dropout {
    pub rate: f32,
}

/// Rows and columns of zeros: `[[top, bottom], [left, right]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(deny_unknown_fields, default)]
pub struct ZeroPadding2D {
    pub padding: [[usize; 2]; 2],
}

impl Default for ZeroPadding2D {
    fn default() -> Self {
        ZeroPadding2D { padding: [[1, 1], [1, 1]] }
    }
}
