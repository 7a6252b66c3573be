//! What a network can be made of, as data: Keras's names and defaults, and the ranges that the engine's own checks read.

use serde::Serialize;

use crate::hyperparameter::Hyperparameter;
use crate::ranges::{
    AVERAGE_MOMENTUM, BETA_1, BETA_2, DEPTH_MULTIPLIER, DILATION_RATE, EPSILON, FILTERS, KERNEL_SIZE, MAX_VALUE,
    MOMENTUM, NEGATIVE_SLOPE, NORM_EPSILON, POOL_SIZE, POOL_STRIDES, RATE, RELU_MAX_VALUE, STRIDES, UNITS,
    ZERO_PADDING,
};
use crate::{
    Activation, ActivationLayer, Adam, BatchNormalization, Conv2D, Dense, DepthwiseConv2D, Dropout, Input, Layer,
    Optimizer, Padding, Pooling2D, ReLU, Sgd, ZeroPadding2D,
};

const PADDING: Hyperparameter = Hyperparameter::Choice { name: "padding", choices: &["valid", "same"] };
const INITIALIZERS: &[&str] = &["glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "zeros", "ones"];
const KERNEL_INITIALIZER: Hyperparameter = Hyperparameter::Choice { name: "kernel_initializer", choices: INITIALIZERS };
const DEPTHWISE_INITIALIZER: Hyperparameter =
    Hyperparameter::Choice { name: "depthwise_initializer", choices: INITIALIZERS };
const BIAS_INITIALIZER: Hyperparameter = Hyperparameter::Choice { name: "bias_initializer", choices: INITIALIZERS };
const ACTIVATION: Hyperparameter = Hyperparameter::Activation { name: "activation" };

/// Everything that a network and its optimiser can be made of.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct NetworkCatalogue {
    /// The input, then what can be put into a network, in the order of a menu.
    pub layers: Vec<LayerEntry>,
    pub activations: Vec<ActivationEntry>,
    pub optimizers: Vec<OptimizerEntry>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LayerEntry {
    #[cfg_attr(feature = "ts", ts(type = "Layer[\"class_name\"]"))]
    pub class_name: &'static str,
    /// [`Layer::default_name`].
    pub stem: &'static str,
    /// Every hyper-parameter as it is where a network leaves it out, which is Keras's default; an example of what
    /// Keras has no default for.
    pub default: Layer,
    /// What a network cannot leave out.
    pub required: &'static [&'static str],
    /// The layer as an editor puts it in, which is as most networks have it; `null` for the input, which every network
    /// has.
    pub usual: Option<Layer>,
    /// In the order in which an editor shows them.
    pub hyperparameters: Vec<Hyperparameter>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ActivationEntry {
    pub name: &'static str,
    /// With Keras's default arguments.
    pub default: Activation,
    pub arguments: Vec<Hyperparameter>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct OptimizerEntry {
    #[cfg_attr(feature = "ts", ts(type = "Optimizer[\"class_name\"]"))]
    pub class_name: &'static str,
    pub default: Optimizer,
    pub default_learning_rate: f32,
    pub hyperparameters: Vec<Hyperparameter>,
}

impl NetworkCatalogue {
    pub fn new() -> Self {
        NetworkCatalogue {
            layers: layers().into_iter().map(LayerEntry::new).collect(),
            activations: activations().into_iter().map(ActivationEntry::new).collect(),
            optimizers: [Optimizer::Adam(Adam::default()), Optimizer::Sgd(Sgd::default())]
                .into_iter()
                .map(OptimizerEntry::new)
                .collect(),
        }
    }
}

impl Default for NetworkCatalogue {
    fn default() -> Self {
        Self::new()
    }
}

/// Every class of layer, with its defaults.
fn layers() -> [Layer; 15] {
    [
        Layer::Input(Input { shape: Vec::new() }),
        Layer::Conv2D(Conv2D::default()),
        Layer::DepthwiseConv2D(DepthwiseConv2D::default()),
        Layer::MaxPooling2D(Pooling2D::default()),
        Layer::AveragePooling2D(Pooling2D::default()),
        Layer::GlobalAveragePooling2D,
        Layer::Flatten,
        Layer::Dense(Dense::default()),
        Layer::Activation(ActivationLayer { activation: Activation::Relu }),
        Layer::ReLU(ReLU::default()),
        Layer::BatchNormalization(BatchNormalization::default()),
        Layer::Dropout(Dropout { rate: 0.3 }),
        Layer::ZeroPadding2D(ZeroPadding2D::default()),
        Layer::Add,
        Layer::Concatenate,
    ]
}

/// An activation is an argument of a layer here, so its own arguments have the defaults of Keras's functions
/// (`keras.activations.leaky_relu`: 0.2), not those of the layers of the same name (`keras.layers.LeakyReLU`: 0.3).
fn activations() -> [Activation; 7] {
    [
        Activation::Linear,
        Activation::Relu,
        Activation::LeakyRelu { negative_slope: 0.2 },
        Activation::ClippedRelu { max_value: 6.0 },
        Activation::Sigmoid,
        Activation::Tanh,
        Activation::Softmax,
    ]
}

impl LayerEntry {
    fn new(default: Layer) -> Self {
        let required: &[&str] = match default {
            Layer::Input(_) => &["shape"],
            Layer::Activation(_) => &["activation"],
            Layer::Dropout(_) => &["rate"],
            _ => &[],
        };
        LayerEntry {
            class_name: default.class_name(),
            stem: default.default_name(),
            required,
            usual: usual(&default),
            hyperparameters: layer_hyperparameters(&default),
            default,
        }
    }
}

fn usual(layer: &Layer) -> Option<Layer> {
    Some(match layer {
        Layer::Input(_) => return None,
        Layer::Conv2D(conv) => Conv2D { padding: Padding::Same, activation: Activation::Relu, ..conv.clone() }.into(),
        Layer::DepthwiseConv2D(conv) => Layer::DepthwiseConv2D(DepthwiseConv2D {
            padding: Padding::Same,
            activation: Activation::Relu,
            ..conv.clone()
        }),
        Layer::Dense(dense) => Dense { units: 64, activation: Activation::Relu, ..dense.clone() }.into(),
        other => other.clone(),
    })
}

fn layer_hyperparameters(layer: &Layer) -> Vec<Hyperparameter> {
    use Hyperparameter::{Flag, Pair, Real, Whole};
    let use_bias = Flag { name: "use_bias" };
    match layer {
        // Its shape is the data set's.
        Layer::Input(_) => Vec::new(),
        Layer::Conv2D(_) => vec![
            Whole(FILTERS),
            Pair(KERNEL_SIZE),
            Pair(STRIDES),
            PADDING,
            ACTIVATION,
            use_bias,
            Pair(DILATION_RATE),
            KERNEL_INITIALIZER,
            BIAS_INITIALIZER,
        ],
        Layer::DepthwiseConv2D(_) => vec![
            Pair(KERNEL_SIZE),
            Pair(STRIDES),
            PADDING,
            ACTIVATION,
            use_bias,
            Whole(DEPTH_MULTIPLIER),
            Pair(DILATION_RATE),
            DEPTHWISE_INITIALIZER,
            BIAS_INITIALIZER,
        ],
        Layer::MaxPooling2D(_) | Layer::AveragePooling2D(_) => vec![Pair(POOL_SIZE), Pair(POOL_STRIDES), PADDING],
        Layer::Dense(_) => vec![Whole(UNITS), ACTIVATION, use_bias, KERNEL_INITIALIZER, BIAS_INITIALIZER],
        Layer::Activation(_) => vec![ACTIVATION],
        Layer::ReLU(_) => vec![Real(RELU_MAX_VALUE)],
        Layer::BatchNormalization(_) => {
            vec![Real(AVERAGE_MOMENTUM), Real(NORM_EPSILON), Flag { name: "center" }, Flag { name: "scale" }]
        }
        Layer::Dropout(_) => vec![Real(RATE)],
        Layer::ZeroPadding2D(_) => vec![Hyperparameter::Borders(ZERO_PADDING)],
        Layer::GlobalAveragePooling2D | Layer::Flatten | Layer::Add | Layer::Concatenate => Vec::new(),
    }
}

impl ActivationEntry {
    fn new(default: Activation) -> Self {
        let (name, arguments) = match default {
            Activation::Linear => ("linear", vec![]),
            Activation::Relu => ("relu", vec![]),
            Activation::LeakyRelu { .. } => ("leaky_relu", vec![Hyperparameter::Real(NEGATIVE_SLOPE)]),
            Activation::ClippedRelu { .. } => ("clipped_relu", vec![Hyperparameter::Real(MAX_VALUE)]),
            Activation::Sigmoid => ("sigmoid", vec![]),
            Activation::Tanh => ("tanh", vec![]),
            Activation::Softmax => ("softmax", vec![]),
        };
        ActivationEntry { name, default, arguments }
    }
}

impl OptimizerEntry {
    fn new(default: Optimizer) -> Self {
        use Hyperparameter::{Flag, Real};
        let (class_name, hyperparameters) = match default {
            Optimizer::Sgd(_) => ("SGD", vec![Real(MOMENTUM), Flag { name: "nesterov" }]),
            Optimizer::Adam(_) => ("Adam", vec![Real(BETA_1), Real(BETA_2), Real(EPSILON)]),
        };
        let default_learning_rate = default.default_learning_rate();
        OptimizerEntry { class_name, default, default_learning_rate, hyperparameters }
    }
}
