//! Weights from a formula, the same in Keras and here, on a photograph: every layer's arithmetic, order and padding.

use std::sync::Arc;

use atelier_cpu::CpuExecutor;
use atelier_nn::{Activation, Executor, Layer, Lowering, Network, StepData};
use atelier_zoo::Model;

use crate::data;

/// A number in [0, 1) of each element of each tensor.
fn unit(element: usize, tensor: usize) -> f64 {
    let mut x = (element as u32).wrapping_mul(2_654_435_761);
    x = x.wrapping_add((tensor as u32).wrapping_mul(40_503)).wrapping_add(12_345);
    x ^= x >> 16;
    x = x.wrapping_mul(2_246_822_519);
    x ^= x >> 13;
    x = x.wrapping_mul(3_266_489_917);
    x ^= x >> 16;
    f64::from(x) / 4_294_967_296.0
}

/// The values of a parameter, by what it is: kernels spread by their fan, scales about 1, all else about 0.
fn values(name: &str, shape: &[usize], tensor: usize) -> Vec<f32> {
    let (scale, shift) = match name {
        "kernel" => {
            let fan: usize = shape[..shape.len() - 1].iter().product();
            (2.0 * 3.0_f64.sqrt() * (2.0 / fan as f64).sqrt(), -0.5)
        }
        "gamma" | "moving_variance" => (1.0, 0.5),
        _ => (0.2, -0.5),
    };
    (0..shape.iter().product()).map(|element| ((unit(element, tensor) + shift) * scale) as f32).collect()
}

/// The classifier's numbers before their softmax.
fn logits_of(mut network: Network, picture: &[f32]) -> Vec<f32> {
    let last = network.layers.last_mut().map(|node| &mut node.layer);
    if let Some(Layer::Dense(dense)) = last {
        dense.activation = Activation::Linear;
    }
    let plan = Arc::new(network.lower(&Lowering::inference(1)).expect("it can be run"));
    let mut executor = CpuExecutor::new(Arc::clone(&plan)).expect("there is memory");
    for (tensor, parameter) in plan.parameters.iter().enumerate() {
        let name = parameter.name.rsplit('/').next().unwrap_or_default();
        let values = values(name, &parameter.shape, tensor);
        executor.write(parameter.buffer, &values).expect("it fits");
    }
    executor.write(plan.input, picture).expect("it fits");
    executor.run(plan.forward.clone(), &StepData::forward(1)).expect("it runs");
    executor.get(plan.output).to_vec()
}

fn check(model: Model, oracle: &str) {
    let Some(folder) = data::folder() else { return };
    let side = model.side();
    let picture = data::rgb(&folder.join(format!("photos{side}/chelsea.png")));
    let logits = logits_of(model.trained().expect("it was trained so"), &model.preparation().apply(&picture));
    let right = data::numbers(&folder.join(format!("oracles/seeded_{oracle}_logits.npy")));
    assert_eq!(logits.len(), right.len());
    let mean = right.iter().map(|x| f64::from(*x)).sum::<f64>() / right.len() as f64;
    let spread = right.iter().map(|x| (f64::from(*x) - mean).powi(2)).sum::<f64>() / right.len() as f64;
    let off = logits.iter().zip(&right).map(|(a, b)| f64::from((a - b).abs())).fold(0.0, f64::max) / spread.sqrt();
    println!("{model}: off by {off:.1e} of the spread {:.3}", spread.sqrt());
    assert!(off <= 1e-4, "{model}: off by {off:e} of the spread");
}

#[test]
fn mobilenet_v2() {
    check(Model::MobileNetV2, "MobileNetV2");
}

#[test]
fn inception_v3() {
    check(Model::InceptionV3, "InceptionV3");
}

#[test]
fn residual_networks() {
    check(Model::ResNet50, "ResNet50");
    check(Model::ResNet101, "ResNet101");
    check(Model::ResNet152, "ResNet152");
}

#[test]
fn residual_networks_of_torchvision() {
    check(Model::ResNet18, "ResNet18");
    check(Model::ResNet34, "ResNet34");
}

/// One after another: half a gigabyte of weights each.
#[test]
fn vgg() {
    check(Model::Vgg16, "VGG16");
    check(Model::Vgg19, "VGG19");
}
