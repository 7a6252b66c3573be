//! Answers of a network whose normalisations were taken into its convolutions against the network as it is.

use std::sync::Arc;

use atelier_nn::{
    Activation, ActivationLayer, BatchNormalization, Conv2D, Dense, DepthwiseConv2D, Executor, Layer, Lowering,
    Network, Padding, ReLU, StepData,
};
use atelier_session::Room;
use atelier_session::recognition::Recogniser;
use atelier_tests::{Bounded, Draw, Interpreter, Real};
use pollster::block_on;

/// What can be folded, in every form, and what cannot: a convolution that two layers look at, one with an activation of its
/// own, a normalisation behind an input or a sum.
fn network() -> Network {
    let mut network = Network::new("folded", &[7, 6, 3]);
    let norm = |center, scale| Layer::BatchNormalization(BatchNormalization { center, scale, ..Default::default() });
    network.push(norm(true, true));
    network.push(Conv2D { filters: 5, use_bias: false, padding: Padding::Same, ..Conv2D::default() });
    network.push(norm(true, true));
    network.push(Layer::ReLU(ReLU { max_value: Some(0.75) }));
    network.push(Layer::DepthwiseConv2D(DepthwiseConv2D {
        depth_multiplier: 2,
        padding: Padding::Same,
        ..DepthwiseConv2D::default()
    }));
    network.push(norm(false, true));
    let trunk = network.push(Layer::Activation(ActivationLayer { activation: Activation::Tanh }));
    let twice = network.push(Conv2D { filters: 4, kernel_size: [1, 1], ..Conv2D::default() });
    let left = network.push(norm(true, false));
    let right = network.join(Layer::Activation(ActivationLayer { activation: Activation::Relu }), &[&twice]);
    let own = network.join(
        Conv2D { filters: 4, kernel_size: [1, 1], activation: Activation::Sigmoid, ..Conv2D::default() },
        &[&trunk],
    );
    let own = network.join(norm(true, true), &[&own]);
    network.join(Layer::Add, &[&left, &right, &own]);
    network.push(norm(false, false));
    network.push(Conv2D { filters: 3, kernel_size: [2, 2], ..Conv2D::default() });
    network.push(Layer::Activation(ActivationLayer { activation: Activation::LeakyRelu { negative_slope: 0.1 } }));
    network.push(Layer::Flatten);
    network.push(Dense { units: 6, activation: Activation::Softmax, ..Dense::default() });
    network
}

/// The folded network rounds less often than the other: where that computes a sum, a difference, a product and a sum again, it
/// has a sum, and weights that were rounded once. So it lies no further from what is right than the other may.
#[test]
fn folding_changes_no_answer_by_more_than_rounding() {
    let network = network();
    let plan = network.lower(&Lowering::inference(1)).expect("it can be run");
    for seed in 0..8 {
        let mut draw = Draw::new("folded", seed);
        let mut recogniser = Recogniser::new(&network, Room::UNKNOWN).expect("there is memory");
        let mut reference: Interpreter<Bounded> = Interpreter::new(plan.clone());
        let exact = |values: &[f32]| values.iter().map(|x| Bounded::exact(f64::from(*x))).collect::<Vec<_>>();
        let mut order: Vec<usize> = (0..plan.parameters.len()).collect();
        // Files have their tensors in any order.
        if seed % 2 == 1 {
            order.reverse();
        }
        for index in order {
            let parameter = &plan.parameters[index];
            let len = parameter.shape.iter().product();
            let values = match parameter.name.rsplit('/').next() {
                Some("gamma" | "moving_variance") => draw.values_in(0.5, 1.5, len),
                _ => draw.values_in(-0.5, 0.5, len),
            };
            recogniser.write(index, &values).expect("it fits");
            reference.set(parameter.buffer, &exact(&values));
        }
        let picture = draw.values(plan.buffer(plan.input).len());
        let answer = block_on(recogniser.answer(&picture)).expect("it runs");
        reference.set(plan.input, &exact(&picture));
        reference.run(plan.forward.clone(), &StepData::forward(1)).expect("the reference refuses no step");
        let right = reference.numbers(plan.output, 1);
        assert_eq!(answer.len(), right.len());
        for (class, (got, right)) in answer.iter().zip(right).enumerate() {
            let off = (f64::from(*got) - right.value()).abs();
            assert!(off <= right.rounded_error(), "seed {seed}, class {class}: {got} is off by {off:e}");
            // A bound that says something.
            assert!(right.rounded_error() < 1e-2, "{right:?}");
        }
    }
}

#[test]
fn a_network_that_was_written_again_answers_by_the_newer_weights() {
    let network = network();
    let plan = Arc::new(network.lower(&Lowering::inference(1)).expect("it can be run"));
    let mut draw = Draw::new("again", 0);
    let picture = draw.values(plan.buffer(plan.input).len());
    let sets: [Vec<Vec<f32>>; 2] = [0, 1].map(|_| {
        let values = |p: &atelier_nn::plan::Parameter| draw.values_in(0.1, 0.5, p.shape.iter().product());
        plan.parameters.iter().map(values).collect()
    });
    let answered = |sets: &[&Vec<Vec<f32>>]| {
        let mut recogniser = Recogniser::new(&network, Room::UNKNOWN).expect("there is memory");
        for set in sets {
            for (index, values) in set.iter().enumerate() {
                recogniser.write(index, values).expect("it fits");
            }
        }
        block_on(recogniser.answer(&picture)).expect("it runs")
    };
    assert_eq!(answered(&[&sets[0], &sets[1]]), answered(&[&sets[1]]));
    assert_ne!(answered(&[&sets[0]]), answered(&[&sets[1]]));
    let mut recogniser = Recogniser::new(&network, Room::UNKNOWN).expect("there is memory");
    assert!(recogniser.write(0, &[1.0]).is_err() && recogniser.write(999, &[1.0]).is_err());
    assert!(block_on(recogniser.answer(&picture[1..])).is_err());
    assert_eq!(block_on(recogniser.answer(&picture)).expect("it runs").len(), 6);
}
