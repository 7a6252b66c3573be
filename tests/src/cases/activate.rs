use atelier_nn::Op;
use atelier_nn::plan::Role;

use super::{activation, another_activation, channels, side};
use crate::case::{Builder, Case};
use crate::draw::Draw;
use crate::reference::activation_of;

fn shape(draw: &mut Draw) -> [usize; 3] {
    [side(draw), side(draw), channels(draw)]
}

/// On both sides of zero, zero itself, and far enough out for sigmoid and tanh to saturate.
fn values(draw: &mut Draw, len: usize) -> Vec<f32> {
    let reach = draw.one_of(&[1.0, 4.0, 30.0, 100.0]);
    let mut values = draw.values_in(-reach, reach, len);
    values.iter_mut().step_by(7).for_each(|x| *x = 0.0);
    values
}

pub fn forward(draw: &mut Draw, mut builder: Builder) -> Case {
    let shape = shape(draw);
    let x = builder.read("x", Role::Activation, &shape, |len| values(draw, len));
    let y = builder.write("y", Role::Activation, &shape);
    builder.finish(Op::Activate { activation: activation(draw), x, y })
}

pub fn grad(draw: &mut Draw, mut builder: Builder) -> Case {
    let (shape, activation) = (shape(draw), activation(draw));
    let y = builder.read("y", Role::Activation, &shape, |len| {
        values(draw, len).into_iter().map(|x| activation_of(activation, x)).collect()
    });
    let dy = builder.read("dy", Role::Gradient, &shape, |len| draw.values(len));
    let dx = if draw.chance(0.5) { builder.write_over("dx", dy) } else { builder.write("dx", Role::Gradient, &shape) };
    builder.finish(Op::ActivateGrad { activation, y, dy, dx })
}

pub fn mistakes(op: &Op) -> Vec<(&'static str, Op)> {
    match *op {
        Op::Activate { activation, x, y } => {
            vec![("wrong activation", Op::Activate { activation: another_activation(activation), x, y })]
        }
        Op::ActivateGrad { activation, y, dy, dx } => {
            vec![("wrong activation", Op::ActivateGrad { activation: another_activation(activation), y, dy, dx })]
        }
        _ => Vec::new(),
    }
}
