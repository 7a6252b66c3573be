use atelier_nn::Op;
use atelier_nn::plan::Role;

use super::{channels, side};
use crate::case::{Builder, Case};
use crate::draw::Draw;

fn shape(draw: &mut Draw) -> [usize; 3] {
    [side(draw), channels(draw), channels(draw)]
}

pub fn sgd(draw: &mut Draw, mut builder: Builder) -> Case {
    let shape = shape(draw);
    let parameter = builder.read("parameter", Role::Parameter, &shape, |len| draw.values(len));
    let gradient = builder.read("gradient", Role::ParameterGradient, &shape, |len| draw.values(len));
    let momentum = draw.one_of(&[0.0, 0.9, 0.5]);
    let velocity =
        (momentum > 0.0).then(|| builder.read("velocity", Role::OptimizerState, &shape, |len| draw.values(len)));
    let nesterov = momentum > 0.0 && draw.chance(0.5);
    builder.finish(Op::Sgd { momentum, nesterov, parameter, gradient, velocity })
}

pub fn adam(draw: &mut Draw, mut builder: Builder) -> Case {
    let shape = shape(draw);
    let parameter = builder.read("parameter", Role::Parameter, &shape, |len| draw.values(len));
    let reach = draw.one_of(&[1.0, 1e-3]);
    let gradient = builder.read("gradient", Role::ParameterGradient, &shape, |len| draw.values_in(-reach, reach, len));
    let m = builder.read("m", Role::OptimizerState, &shape, |len| draw.values_in(-reach, reach, len));
    let v = builder.read("v", Role::OptimizerState, &shape, |len| draw.values_in(0.0, reach * reach, len));
    builder.finish(Op::Adam {
        beta_1: 0.9,
        beta_2: 0.999,
        epsilon: draw.one_of(&[1e-7, 1e-3]),
        parameter,
        gradient,
        m,
        v,
    })
}

pub fn mistakes(op: &Op) -> Vec<(&'static str, Op)> {
    match *op {
        Op::Sgd { momentum, nesterov, parameter, gradient, velocity } => {
            let ascent = Op::Sgd { momentum, nesterov, parameter: gradient, gradient: parameter, velocity };
            let mut slips = vec![("parameter and gradient exchanged", ascent)];
            if velocity.is_some() {
                let slip = Op::Sgd { momentum, nesterov: !nesterov, parameter, gradient, velocity };
                slips.push(("the other kind of momentum", slip));
            }
            slips
        }
        Op::Adam { beta_1, beta_2, epsilon, parameter, gradient, m, v } => vec![
            ("betas exchanged", Op::Adam { beta_1: beta_2, beta_2: beta_1, epsilon, parameter, gradient, m, v }),
            ("epsilon of PyTorch", Op::Adam { beta_1, beta_2, epsilon: epsilon * 0.1, parameter, gradient, m, v }),
        ],
        _ => Vec::new(),
    }
}
