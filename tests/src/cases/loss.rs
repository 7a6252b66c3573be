use atelier_nn::plan::{LossKind, Role};
use atelier_nn::{BufferId, Op};

use super::targets;
use crate::case::{Builder, Case};
use crate::draw::Draw;
use crate::reference::softmax_of;

fn outputs(draw: &mut Draw) -> usize {
    draw.one_of(&[1, 2, 3, 10, 10, 17])
}

fn kind(draw: &mut Draw) -> LossKind {
    draw.one_of(&[LossKind::SoftmaxCrossentropy, LossKind::CategoricalCrossentropy, LossKind::MeanSquaredError])
}

/// Logits up to a certain classification, probabilities down to below the clip, or any values.
fn prediction(kind: LossKind, outputs: usize, draw: &mut Draw, len: usize) -> Vec<f32> {
    match kind {
        LossKind::SoftmaxCrossentropy => {
            let reach = draw.one_of(&[1.0, 5.0, 60.0]);
            draw.values_in(-reach, reach, len)
        }
        LossKind::CategoricalCrossentropy if draw.chance(0.5) => draw.values_in(0.01, 1.0, len),
        LossKind::CategoricalCrossentropy => {
            draw.values_in(-15.0, 15.0, len).chunks(outputs).flat_map(softmax_of).collect()
        }
        LossKind::MeanSquaredError => draw.values(len),
    }
}

/// Buffers of prediction and target.
fn pair(kind: LossKind, outputs: usize, draw: &mut Draw, builder: &mut Builder) -> [BufferId; 2] {
    let examples = builder.batch();
    let predicted =
        builder.read("prediction", Role::Activation, &[outputs], |len| prediction(kind, outputs, draw, len));
    let target = builder.read("target", Role::Target, &[outputs], |len| match kind {
        LossKind::MeanSquaredError => draw.values(len),
        _ => targets(draw, examples, outputs),
    });
    [predicted, target]
}

pub fn forward(draw: &mut Draw, mut builder: Builder) -> Case {
    let (kind, outputs) = (kind(draw), outputs(draw));
    let [prediction, target] = pair(kind, outputs, draw, &mut builder);
    let loss = builder.write("loss", Role::Activation, &[1]);
    builder.finish(Op::Loss { kind, outputs, prediction, target, loss })
}

pub fn grad(draw: &mut Draw, mut builder: Builder) -> Case {
    let (kind, outputs) = (kind(draw), outputs(draw));
    let [prediction, target] = pair(kind, outputs, draw, &mut builder);
    let dprediction = builder.write("dprediction", Role::Gradient, &[outputs]);
    builder.finish(Op::LossGrad { kind, outputs, prediction, target, dprediction })
}

pub fn metrics(draw: &mut Draw, mut builder: Builder) -> Case {
    let (outputs, examples) = (outputs(draw), builder.batch());
    let mut labels = Vec::new();
    let target = builder.read("target", Role::Target, &[outputs], |_| {
        labels = targets(draw, examples, outputs);
        labels.clone()
    });
    // About half of the answers are right.
    let output = builder.read("output", Role::Activation, &[outputs], |len| {
        let noise = draw.values(len);
        noise.iter().zip(&labels).map(|(n, t)| n + t).collect()
    });
    let loss = builder.read("loss", Role::Activation, &[1], |len| draw.values_in(0.0, 5.0, len));
    let metrics = builder.write("metrics", Role::Metric, &[2]);
    builder.finish(Op::Metrics { outputs, output, target, loss, metrics })
}

pub fn mistakes(op: &Op) -> Vec<(&'static str, Op)> {
    // Logits taken for probabilities are below zero, which only makes NaN: the other way round is the quiet slip.
    let another = |kind| match kind {
        LossKind::MeanSquaredError | LossKind::CategoricalCrossentropy => LossKind::SoftmaxCrossentropy,
        LossKind::SoftmaxCrossentropy => LossKind::MeanSquaredError,
    };
    match *op {
        Op::Loss { kind, outputs, prediction, target, loss } => {
            vec![("another loss", Op::Loss { kind: another(kind), outputs, prediction, target, loss })]
        }
        Op::LossGrad { kind, outputs, prediction, target, dprediction } => {
            vec![("another loss", Op::LossGrad { kind: another(kind), outputs, prediction, target, dprediction })]
        }
        Op::Metrics { outputs, target, loss, metrics, .. } => {
            vec![("every answer right", Op::Metrics { outputs, output: target, target, loss, metrics })]
        }
        _ => Vec::new(),
    }
}
