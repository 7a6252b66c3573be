use atelier_nn::plan::Role;
use atelier_nn::{Activation, Op};

use super::{channels, side};
use crate::case::{Builder, Case};
use crate::draw::Draw;
use crate::reference::softmax_of;

/// Positions and channels; most networks have one position.
fn sizes(draw: &mut Draw) -> [usize; 2] {
    [if draw.chance(0.5) { 1 } else { side(draw) }, channels(draw)]
}

/// Up to differences at which the smaller exponentials vanish, and far from zero.
fn logits(draw: &mut Draw, len: usize) -> Vec<f32> {
    let (middle, reach) = draw.one_of(&[(0.0, 1.0), (0.0, 5.0), (90.0, 3.0), (-90.0, 3.0), (0.0, 120.0)]);
    draw.values_in(middle - reach, middle + reach, len)
}

pub fn forward(draw: &mut Draw, mut builder: Builder) -> Case {
    let [positions, channels] = sizes(draw);
    let x = builder.read("x", Role::Activation, &[positions, channels], |len| logits(draw, len));
    let y = builder.write("y", Role::Activation, &[positions, channels]);
    builder.finish(Op::Softmax { positions, channels, x, y })
}

pub fn grad(draw: &mut Draw, mut builder: Builder) -> Case {
    let [positions, channels] = sizes(draw);
    let y = builder.read("y", Role::Activation, &[positions, channels], |len| {
        draw.values(len).chunks(channels).flat_map(softmax_of).collect()
    });
    let dy = builder.read("dy", Role::Gradient, &[positions, channels], |len| draw.values(len));
    let dx = builder.write("dx", Role::Gradient, &[positions, channels]);
    builder.finish(Op::SoftmaxGrad { positions, channels, y, dy, dx })
}

pub fn mistakes(op: &Op) -> Vec<(&'static str, Op)> {
    match *op {
        Op::Softmax { positions, channels, x, y } => vec![
            ("over all positions at once", Op::Softmax { positions: 1, channels: positions * channels, x, y }),
            ("sigmoid for softmax", Op::Activate { activation: Activation::Sigmoid, x, y }),
        ],
        Op::SoftmaxGrad { positions, channels, y, dy, dx } => vec![
            ("over all positions at once", Op::SoftmaxGrad { positions: 1, channels: positions * channels, y, dy, dx }),
            ("only the diagonal of the Jacobian", Op::ActivateGrad { activation: Activation::Sigmoid, y, dy, dx }),
        ],
        _ => Vec::new(),
    }
}
