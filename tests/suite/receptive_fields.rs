//! The receptive fields that the analysis computes, against the support of gradients found by brute force.
//!
//! All weights are positive, nothing is rectified and pools average, so that an input has a gradient exactly where a
//! path leads from it to the chosen output. Each example of a batch asks for another output cell.

use atelier_nn::plan::Op;
use atelier_nn::{
    Conv2D, Executor, Gradients, Layer, Loss, Lowering, Network, Padding, Pooling2D, ReceptiveField, StepData,
    ZeroPadding2D,
};
use atelier_tests::{Draw, Interpreter};

const NETWORKS: u32 = 40;

fn window(draw: &mut Draw, layer: usize) -> Layer {
    let padding = draw.one_of(&[Padding::Same, Padding::Valid]);
    let sizes = [draw.between(1, 3), draw.between(1, 3)];
    let strides = [draw.between(1, 2), draw.between(1, 2)];
    match draw.between(0, if layer == 0 { 1 } else { 3 }) {
        0 | 1 => {
            let dilated = draw.chance(0.3);
            Layer::Conv2D(Conv2D {
                filters: draw.between(1, 2),
                kernel_size: sizes,
                strides: if dilated { [1, 1] } else { strides },
                dilation_rate: if dilated { [2, 1] } else { [1, 1] },
                padding,
                ..Conv2D::default()
            })
        }
        2 => Layer::AveragePooling2D(Pooling2D { pool_size: sizes, strides: Some(strides), padding }),
        _ => Layer::ZeroPadding2D(ZeroPadding2D { padding: [[1, 0], [0, 2]] }),
    }
}

/// Two to four layers, sometimes with a second path from the input that joins the first.
fn network(seed: u32) -> Option<Network> {
    let mut draw = Draw::new("receptive fields", seed);
    let mut network = Network::new("windows", &[draw.between(7, 12), draw.between(7, 12), 1]);
    let mut last = network.layers[0].name.clone();
    for layer in 0..draw.between(2, 4) {
        let layer = window(&mut draw, layer);
        last = network.join(layer, &[&last]);
        if draw.chance(0.3) {
            let same = |kernel_size| Conv2D { filters: 2, kernel_size, padding: Padding::Same, ..Conv2D::default() };
            let near = network.join(same([1, 3]), &[&last]);
            let far = network.join(same([3, 1]), &[&last]);
            last = network.join(Layer::Add, &[&near, &far]);
        }
    }
    network.check().is_ok().then_some(network)
}

/// Rows and columns of a field at an output cell, which may reach beyond the map.
fn cells(field: &ReceptiveField, [i, j]: [usize; 2]) -> [[i64; 2]; 2] {
    let span = |axis: usize, at: usize| {
        let first = (at * field.stride[axis]) as i64 + i64::from(field.offset[axis]);
        [first, first + field.size[axis] as i64 - 1]
    };
    [span(0, i), span(1, j)]
}

/// First and last row and column of the input that have a gradient, for every output cell.
fn support(network: &Network, height: usize, width: usize, channels: usize) -> Vec<[[i64; 2]; 2]> {
    let batch = height * width;
    let gradients = Gradients { input: true, ..Gradients::default() };
    let lowering = Lowering { gradients, ..Lowering::evaluation(batch, Loss::MeanSquaredError) };
    let plan = network.lower(&lowering).expect("the network was checked");
    let mut reference: Interpreter<f64> = Interpreter::new(plan.clone());
    for parameter in &plan.parameters {
        reference.set(parameter.buffer, &vec![1.0; parameter.shape.iter().product()]);
    }
    let data = StepData::forward(batch);
    let run = |reference: &mut Interpreter<f64>, steps| reference.run(steps, &data).expect("the reference runs");
    run(&mut reference, plan.forward.clone());
    let start = plan.backward.start;
    let Op::LossGrad { dprediction, .. } = plan.steps[start].op else { panic!("backward begins at the loss") };
    let mut one_hot = vec![0.0; batch * batch * channels];
    (0..batch).for_each(|cell| one_hot[cell * batch * channels + cell * channels] = 1.0);
    reference.set(dprediction, &one_hot);
    run(&mut reference, start + 1..plan.backward.end);

    let gradient = plan.input_gradient.expect("it was asked for");
    let [rows, columns] = [plan.buffer(plan.input).shape[0], plan.buffer(plan.input).shape[1]];
    let of_cell = |gradient: &[f64]| {
        let alive = |at: &usize| gradient[*at] != 0.0;
        let along = |index: &dyn Fn(usize) -> usize| {
            let found: Vec<i64> = (0..rows * columns).filter(alive).map(|at| index(at) as i64).collect();
            [found.iter().min(), found.iter().max()].map(|x| *x.unwrap_or(&-1))
        };
        [along(&|at| at / columns), along(&|at| at % columns)]
    };
    reference.numbers(gradient, batch).chunks(rows * columns).map(of_cell).collect()
}

#[test]
fn match_the_support_of_the_gradient() {
    let (mut networks, mut exact, mut within) = (0, 0, 0);
    for seed in 0.. {
        let Some(network) = network(seed) else { continue };
        let layers = network.check().expect("it was checked");
        let last = &layers[layers.len() - 1];
        let [height, width, channels] = last.output_shape[..] else { panic!("{seed}: no map") };
        let supports = support(&network, height, width, channels);
        for (cell, found) in supports.iter().enumerate() {
            let at = [cell / width, cell % width];
            let inside = |field: &ReceptiveField| {
                let shape = &layers[field.layer].output_shape;
                cells(field, at).iter().zip(shape).all(|([first, end], size)| *first >= 0 && *end < *size as i64)
            };
            let field = last.receptive_fields.iter().find(|f| f.layer == 0).expect("every path begins at the input");
            let expected = cells(field, at);
            let message = || format!("seed {seed}, cell {at:?}: {found:?}, expected {expected:?}: {network:?}");
            if last.receptive_fields.iter().all(inside) {
                assert_eq!(*found, expected, "{}", message());
                exact += 1;
            } else {
                // Padding along the way may hide some of the field.
                for ([first, end], [low, high]) in found.iter().zip(expected) {
                    assert!(*first == -1 || (*first >= low && *end <= high), "{}", message());
                }
                within += 1;
            }
        }
        networks += 1;
        if networks == NETWORKS {
            break;
        }
    }
    println!("{networks} networks, {exact} cells exact, {within} at the border within");
    assert!(exact > 100, "only {exact} cells away from borders");
}
