//! Networks that are walked.

use atelier_nn::{
    Activation, ActivationLayer, BatchNormalization, Conv2D, Dense, DepthwiseConv2D, Dropout, Layer, Network, Padding,
    Pooling2D, ReLU, ZeroPadding2D,
};
use atelier_tests::Draw;

use crate::below;

pub const SHAPE: [usize; 3] = [28, 28, 1];

pub fn pool(size: usize, padding: Padding) -> Pooling2D {
    Pooling2D { pool_size: [size, size], strides: None, padding }
}

/// Every kind of layer, branches that meet, strides, dilation, padding.
pub fn everything(normalise: bool) -> Network {
    let mut network = Network::new("everything", &SHAPE);
    network.push(Layer::MaxPooling2D(pool(3, Padding::Same)));
    network.push(Layer::ZeroPadding2D(ZeroPadding2D { padding: [[1, 0], [0, 2]] }));
    let first = network.push(Conv2D {
        filters: 3,
        strides: [2, 1],
        padding: Padding::Same,
        activation: Activation::LeakyRelu { negative_slope: 0.25 },
        ..Conv2D::default()
    });
    let trunk = if normalise { network.push(Layer::BatchNormalization(BatchNormalization::default())) } else { first };
    let left = network.join(
        Conv2D { filters: 3, dilation_rate: [2, 1], padding: Padding::Same, use_bias: false, ..Conv2D::default() },
        &[&trunk],
    );
    let right = network.join(Layer::Activation(ActivationLayer { activation: Activation::Tanh }), &[&trunk]);
    let sum = network.join(Layer::Add, &[&left, &right]);
    let both = network.join(Layer::Concatenate, &[&sum, &trunk]);
    network.join(Layer::AveragePooling2D(pool(2, Padding::Same)), &[&both]);
    network.push(Layer::Dropout(Dropout { rate: 0.25 }));
    network.push(Layer::DepthwiseConv2D(DepthwiseConv2D {
        depth_multiplier: 2,
        padding: Padding::Same,
        activation: Activation::ClippedRelu { max_value: 0.5 },
        ..DepthwiseConv2D::default()
    }));
    network.push(Layer::ReLU(ReLU { max_value: Some(0.25) }));
    network.push(Conv2D { filters: 4, activation: Activation::Relu, ..Conv2D::default() });
    let maps = network.push(Layer::Activation(ActivationLayer { activation: Activation::Sigmoid }));
    let mean = network.join(Layer::GlobalAveragePooling2D, &[&maps]);
    let flat = network.join(Layer::Flatten, &[&maps]);
    network.join(Layer::Concatenate, &[&mean, &flat]);
    network.push(Dense { units: 10, activation: Activation::Softmax, ..Dense::default() });
    network
}

/// One filter, no softmax, half of it frozen.
pub fn plain() -> Network {
    let mut network = Network::new("plain", &SHAPE);
    network.push(Conv2D { filters: 1, kernel_size: [5, 5], strides: [4, 4], ..Conv2D::default() });
    network.push(Layer::BatchNormalization(BatchNormalization::default()));
    network.layers.iter_mut().for_each(|node| node.trainable = false);
    network.push(Layer::Flatten);
    network.push(Dense { units: 10, activation: Activation::Sigmoid, ..Dense::default() });
    network
}

/// Every kind of layer but those whose slope jumps.
pub fn smooth() -> Network {
    let mut network = Network::new("smooth", &SHAPE);
    network.push(Layer::AveragePooling2D(pool(2, Padding::Same)));
    let conv = Conv2D { filters: 2, strides: [2, 2], activation: Activation::Tanh, ..Conv2D::default() };
    let trunk = network.push(conv);
    let normal = network.push(Layer::BatchNormalization(BatchNormalization::default()));
    network.push(Layer::Activation(ActivationLayer { activation: Activation::Softmax }));
    let sigmoid = Conv2D { filters: 2, padding: Padding::Same, activation: Activation::Sigmoid, ..Conv2D::default() };
    network.join(sigmoid, &["activation"]);
    let each = DepthwiseConv2D { padding: Padding::Same, activation: Activation::Tanh, ..DepthwiseConv2D::default() };
    let left = network.push(Layer::DepthwiseConv2D(each));
    let sum = network.join(Layer::Add, &[&left, &trunk]);
    network.join(Layer::Concatenate, &[&sum, &normal]);
    network.push(Layer::Dropout(Dropout { rate: 0.25 }));
    let maps = network.push(Layer::ZeroPadding2D(ZeroPadding2D { padding: [[1, 0], [0, 1]] }));
    let mean = network.join(Layer::GlobalAveragePooling2D, &[&maps]);
    let flat = network.join(Layer::Flatten, &[&maps]);
    network.join(Layer::Concatenate, &[&mean, &flat]);
    network.push(Dense { units: 10, activation: Activation::Softmax, ..Dense::default() });
    network
}

/// Branches that cross: what they reach is no block, nor a few.
pub fn crossing() -> Network {
    let mut network = Network::new("crossing", &SHAPE);
    let mut last = network.push(Layer::MaxPooling2D(pool(2, Padding::Valid)));
    for reach in [5, 3, 2] {
        let slide = |kernel_size, dilation_rate| Conv2D {
            filters: 2,
            kernel_size,
            dilation_rate,
            padding: Padding::Same,
            ..Conv2D::default()
        };
        let across = network.join(slide([1, 3], [1, reach]), &[&last]);
        let down = network.join(slide([3, 1], [reach, 1]), &[&last]);
        let both = network.join(Layer::Add, &[&across, &down]);
        last = network.join(Layer::Concatenate, &[&both, &across]);
    }
    network.push(Layer::Dropout(Dropout { rate: 0.5 }));
    network.push(Layer::Flatten);
    network.push(Dense { units: 10, activation: Activation::Softmax, ..Dense::default() });
    network
}

/// A random network of layers that slide, move and meet.
pub fn random(draw: &mut Draw) -> Network {
    let mut network = Network::new("random", &SHAPE);
    network.push(Layer::MaxPooling2D(pool(2, Padding::Valid)));
    for _ in 0..2 + below(draw, 3) {
        let padding = if below(draw, 2) == 0 { Padding::Same } else { Padding::Valid };
        match below(draw, 6) {
            0 => network.push(Layer::MaxPooling2D(pool(2, padding))),
            1 => network.push(Layer::AveragePooling2D(Pooling2D { pool_size: [2, 2], strides: Some([1, 1]), padding })),
            2 => network
                .push(Layer::ZeroPadding2D(ZeroPadding2D { padding: [[below(draw, 3), 1], [0, below(draw, 3)]] })),
            3 => {
                let last = network.layers.last().expect("there is one").name.clone();
                let conv = Conv2D { filters: 1 + below(draw, 3), padding: Padding::Same, ..Conv2D::default() };
                let side = network.join(conv, &[&last]);
                network.join(Layer::Concatenate, &[&last, &side])
            }
            4 => network.push(Layer::BatchNormalization(BatchNormalization::default())),
            _ => {
                let strides = if below(draw, 2) == 0 { [2, 1] } else { [1, 1] };
                let dilation_rate = if strides == [1, 1] { [1, 1 + below(draw, 2)] } else { [1, 1] };
                let kernel_size = [1 + below(draw, 3), 2];
                network.push(Conv2D { filters: 2, kernel_size, strides, dilation_rate, padding, ..Conv2D::default() })
            }
        };
    }
    if below(draw, 2) == 0 {
        network.push(Layer::GlobalAveragePooling2D);
    } else {
        network.push(Layer::Flatten);
    }
    network.push(Dense { units: 10, activation: Activation::Softmax, ..Dense::default() });
    network
}
