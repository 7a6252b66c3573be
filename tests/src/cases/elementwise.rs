use atelier_nn::Op;
use atelier_nn::plan::Role;

use super::{channels, side};
use crate::case::{Builder, Case};
use crate::draw::Draw;

fn shape(draw: &mut Draw) -> [usize; 3] {
    [side(draw), side(draw), channels(draw)]
}

pub fn bias_grad(draw: &mut Draw, mut builder: Builder) -> Case {
    let [height, width, channels] = shape(draw);
    let dy = builder.read("dy", Role::Gradient, &[height, width, channels], |len| draw.values(len));
    let dbias = builder.write("dbias", Role::ParameterGradient, &[channels]);
    builder.finish(Op::BiasGrad { positions: height * width, channels, dy, dbias })
}

pub fn moving_average(draw: &mut Draw, mut builder: Builder) -> Case {
    let channels = channels(draw);
    let momentum = draw.one_of(&[0.99, 0.9, 0.5]);
    let value = builder.read("value", Role::BatchStatistic, &[channels], |len| draw.values(len));
    let average = builder.read("average", Role::Parameter, &[channels], |len| draw.values(len));
    builder.finish(Op::MovingAverage { momentum, value, average })
}

pub fn dropout(draw: &mut Draw, mut builder: Builder) -> Case {
    let shape = shape(draw);
    let x = builder.read("x", Role::Activation, &shape, |len| draw.values(len));
    let y = builder.write("y", Role::Activation, &shape);
    let stream = draw.between(0, 9) as u32;
    builder.finish(Op::Dropout { rate: draw.one_of(&[0.0, 0.1, 0.5, 0.9]), stream, x, y })
}

pub fn add(draw: &mut Draw, mut builder: Builder) -> Case {
    let shape = shape(draw);
    let xs = (0..draw.between(2, 4))
        .map(|i| builder.read(&format!("x{i}"), Role::Activation, &shape, |len| draw.values(len)))
        .collect();
    let y = builder.write("y", Role::Activation, &shape);
    builder.finish(Op::Add { xs, y })
}

pub fn mistakes(op: &Op) -> Vec<(&'static str, Op)> {
    match op.clone() {
        Op::MovingAverage { momentum, value, average } => {
            vec![("the shares exchanged", Op::MovingAverage { momentum: 1.0 - momentum, value, average })]
        }
        Op::Dropout { rate, stream, x, y } => vec![
            ("another stream", Op::Dropout { rate, stream: stream + 1, x, y }),
            ("another rate", Op::Dropout { rate: rate + 0.05, stream, x, y }),
        ],
        Op::Add { mut xs, y } => {
            xs.pop();
            vec![("last input forgotten", Op::Add { xs, y })]
        }
        _ => Vec::new(),
    }
}
