//! Random branching networks, and what is asked of them.

use atelier_nn::{
    Activation, ActivationLayer, BatchNormalization, Conv2D, Dense, DepthwiseConv2D, Dropout, Gradients, Keep, Layer,
    Loss, Lowering, Mode, Network, Optimizer, Origin, Padding, Pooling2D, ReLU, Sgd, ZeroPadding2D,
};
use atelier_tests::Draw;

pub fn smooth(draw: &mut Draw) -> Activation {
    draw.one_of(&[Activation::Linear, Activation::Tanh, Activation::Sigmoid, Activation::Softmax])
}

pub fn any(draw: &mut Draw) -> Activation {
    draw.one_of(&[
        Activation::Linear,
        Activation::Relu,
        Activation::Tanh,
        Activation::LeakyRelu { negative_slope: 0.1 },
        Activation::Softmax,
    ])
}

/// A layer that keeps a map's height and width.
fn layer(draw: &mut Draw, activation: fn(&mut Draw) -> Activation, kinks: bool) -> Layer {
    let pool = Pooling2D { pool_size: [2, 3], strides: Some([1, 1]), padding: Padding::Same };
    match draw.between(0, if kinks { 8 } else { 6 }) {
        0 | 1 => Layer::Conv2D(Conv2D {
            filters: draw.between(1, 3),
            kernel_size: [draw.between(1, 3), draw.between(1, 3)],
            padding: Padding::Same,
            use_bias: draw.chance(0.5),
            activation: activation(draw),
            ..Conv2D::default()
        }),
        2 => Layer::BatchNormalization(BatchNormalization {
            center: draw.chance(0.5),
            scale: draw.chance(0.5),
            ..BatchNormalization::default()
        }),
        3 => Layer::Dropout(Dropout { rate: 0.3 }),
        4 => Layer::Activation(ActivationLayer { activation: activation(draw) }),
        5 => Layer::AveragePooling2D(pool),
        6 => Layer::DepthwiseConv2D(DepthwiseConv2D {
            kernel_size: [draw.between(1, 3), draw.between(1, 3)],
            padding: Padding::Same,
            depth_multiplier: draw.between(1, 2),
            use_bias: draw.chance(0.5),
            activation: activation(draw),
            ..DepthwiseConv2D::default()
        }),
        7 => Layer::ReLU(ReLU { max_value: draw.one_of(&[None, Some(0.5)]) }),
        _ => Layer::MaxPooling2D(pool),
    }
}

/// A graph whose layers may each feed several, whose loose ends are joined before the classifier.
pub fn network(seed: u32, activation: fn(&mut Draw) -> Activation, kinks: bool) -> Network {
    let mut draw = Draw::new("networks", seed);
    let mut network = Network::new("random", &[5, 4, 2]);
    // Name and channels of every map so far.
    let mut maps = vec![(network.layers[0].name.clone(), 2)];
    for _ in 0..draw.between(2, 7) {
        let (from, channels) = draw.one_of(&maps);
        let (other, more) = draw.one_of(&maps);
        let made = match draw.between(0, 7) {
            0 if channels == more => (network.join(Layer::Add, &[&from, &other]), channels),
            1 if channels + more < 9 => (network.join(Layer::Concatenate, &[&from, &other]), channels + more),
            2 => {
                let padded = network.join(Layer::ZeroPadding2D(ZeroPadding2D { padding: [[1, 1], [2, 0]] }), &[&from]);
                let conv = Conv2D { filters: 2, activation: activation(&mut draw), ..Conv2D::default() };
                (network.join(conv, &[&padded]), 2)
            }
            _ => {
                let layer = layer(&mut draw, activation, kinks);
                let channels = match &layer {
                    Layer::Conv2D(conv) => conv.filters,
                    Layer::DepthwiseConv2D(conv) => channels * conv.depth_multiplier,
                    _ => channels,
                };
                (network.join(layer, &[&from]), channels)
            }
        };
        maps.push(made);
    }
    let used = |name: &String| network.layers.iter().any(|node| node.inbound.contains(name));
    let loose: Vec<String> = maps.iter().map(|(name, _)| name.clone()).filter(|name| !used(name)).collect();
    if let [_, _, ..] = loose[..] {
        network.join(Layer::Concatenate, &loose.iter().map(String::as_str).collect::<Vec<_>>());
    }
    network.push(if draw.chance(0.5) { Layer::Flatten } else { Layer::GlobalAveragePooling2D });
    network.push(Dense { units: 4, activation: Activation::Softmax, ..Dense::default() });
    network
}

/// Freezes some layers, and asks for gradients of some numbers with respect to others, in training or in inference.
pub fn asked(network: &mut Network, seed: u32, max_batch: usize) -> Lowering {
    let mut draw = Draw::new("asked", seed);
    for node in &mut network.layers {
        node.trainable = draw.chance(0.75);
    }
    let layers = network.check().unwrap_or_else(|e| panic!("{e}"));
    let last = layers.len() - 1;
    let from = if draw.chance(0.5) { draw.between(1, last) } else { last };
    let (name, class) = (layers[from].name.clone(), layers[from].class_name.as_str());
    let before_activation =
        ["Conv2D", "DepthwiseConv2D", "Dense", "Activation", "ReLU"].contains(&class) && draw.chance(0.5);
    let origin =
        if from == last && draw.chance(0.5) { Origin::Loss } else { Origin::Layer { name, before_activation } };
    let upstream = layers[from].receptive_fields.iter().map(|field| layers[field.layer].name.clone());
    Lowering {
        mode: draw.one_of(&[Mode::Training, Mode::Inference]),
        loss: (origin == Origin::Loss || draw.chance(0.3)).then_some(Loss::CategoricalCrossentropy),
        gradients: Gradients {
            parameters: draw.chance(0.7),
            input: true,
            layers: upstream.filter(|_| draw.chance(0.4)).collect(),
        },
        origin,
        ..Lowering::inference(max_batch)
    }
}

/// An update with the gradient of the input.
pub fn training(max_batch: usize, keep: Keep) -> Lowering {
    let gradients = Gradients { parameters: true, input: true, ..Gradients::default() };
    let optimizer = Optimizer::Sgd(Sgd::default());
    Lowering { gradients, keep, ..Lowering::training(max_batch, Loss::CategoricalCrossentropy, optimizer) }
}
