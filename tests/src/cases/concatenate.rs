use atelier_nn::Op;
use atelier_nn::plan::{Concatenated, Role};

use super::{channels, side};
use crate::case::{Builder, Case};
use crate::draw::Draw;

pub fn forward(draw: &mut Draw, mut builder: Builder) -> Case {
    let (height, width) = (side(draw), side(draw));
    let xs: Vec<_> = (0..draw.between(2, 4))
        .map(|i| {
            let channels = channels(draw);
            let shape = [height, width, channels];
            let x = builder.read(&format!("x{i}"), Role::Activation, &shape, |len| draw.values(len));
            Concatenated { x, channels }
        })
        .collect();
    let total = xs.iter().map(|c| c.channels).sum();
    let y = builder.write("y", Role::Activation, &[height, width, total]);
    builder.finish(Op::Concatenate { positions: height * width, xs, y })
}

pub fn grad(draw: &mut Draw, mut builder: Builder) -> Case {
    let (height, width, channels) = (side(draw), side(draw), channels(draw));
    let total = channels + draw.between(1, 9);
    let offset = draw.between(0, total - channels);
    let dy = builder.read("dy", Role::Gradient, &[height, width, total], |len| draw.values(len));
    let dx = builder.write("dx", Role::Gradient, &[height, width, channels]);
    builder.finish(Op::ConcatenateGrad { positions: height * width, total, offset, channels, dy, dx })
}

pub fn mistakes(op: &Op) -> Vec<(&'static str, Op)> {
    match op.clone() {
        Op::Concatenate { positions, mut xs, y } => {
            xs.reverse();
            vec![("inputs in the wrong order", Op::Concatenate { positions, xs, y })]
        }
        Op::ConcatenateGrad { positions, total, offset, channels, dy, dx } => {
            let offset = if offset + channels < total { offset + 1 } else { offset - 1 };
            vec![("offset off by one", Op::ConcatenateGrad { positions, total, offset, channels, dy, dx })]
        }
        _ => Vec::new(),
    }
}
