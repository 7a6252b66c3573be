use atelier_nn::Op;
use atelier_nn::plan::Role;

use super::{channels, side};
use crate::case::{Builder, Case};
use crate::draw::Draw;

/// Map height and width, and channels.
fn sizes(draw: &mut Draw) -> ([usize; 2], usize) {
    let map = if draw.chance(0.3) { [1, 1] } else { [side(draw), side(draw)] };
    (map, channels(draw))
}

/// Now and then with a mean well above the deviation, where subtracting squares would cancel.
fn values(draw: &mut Draw, len: usize) -> Vec<f32> {
    let mean = draw.one_of(&[0.0, 0.0, 3.0, -20.0]);
    draw.values_in(mean - 1.0, mean + 1.0, len)
}

pub fn moments(draw: &mut Draw, mut builder: Builder) -> Case {
    let ([height, width], channels) = sizes(draw);
    let x = builder.read("x", Role::Activation, &[height, width, channels], |len| values(draw, len));
    let mean = builder.write("mean", Role::BatchStatistic, &[channels]);
    let variance = builder.write("variance", Role::BatchStatistic, &[channels]);
    builder.finish(Op::BatchMoments { positions: height * width, channels, x, mean, variance })
}

pub fn forward(draw: &mut Draw, mut builder: Builder) -> Case {
    let ([height, width], channels) = sizes(draw);
    let epsilon = draw.one_of(&[1e-3, 1e-5]);
    let x = builder.read("x", Role::Activation, &[height, width, channels], |len| draw.values(len));
    let mean = builder.read("mean", Role::BatchStatistic, &[channels], |len| draw.values(len));
    let variance = builder.read("variance", Role::BatchStatistic, &[channels], |len| draw.values_in(0.0, 2.0, len));
    let mut parameter = |name| {
        let given = draw.chance(0.75);
        given.then(|| builder.read(name, Role::Parameter, &[channels], |len| draw.values(len)))
    };
    let (gamma, beta) = (parameter("gamma"), parameter("beta"));
    let y = builder.write("y", Role::Activation, &[height, width, channels]);
    let positions = height * width;
    builder.finish(Op::BatchNorm { positions, channels, epsilon, x, mean, variance, gamma, beta, y })
}

pub fn grad_parameters(draw: &mut Draw, mut builder: Builder) -> Case {
    let ([height, width], channels) = sizes(draw);
    let epsilon = draw.one_of(&[1e-3, 1e-5]);
    let shape = [height, width, channels];
    let x = builder.read("x", Role::Activation, &shape, |len| draw.values(len));
    let mean = builder.read("mean", Role::BatchStatistic, &[channels], |len| draw.values_in(-0.3, 0.3, len));
    let variance = builder.read("variance", Role::BatchStatistic, &[channels], |len| draw.values_in(0.1, 1.0, len));
    let dy = builder.read("dy", Role::Gradient, &shape, |len| draw.values(len));
    let dgamma = builder.write("dgamma", Role::ParameterGradient, &[channels]);
    let dbeta = builder.write("dbeta", Role::ParameterGradient, &[channels]);
    let positions = height * width;
    builder.finish(Op::BatchNormGradParameters { positions, channels, epsilon, x, mean, variance, dy, dgamma, dbeta })
}

pub fn grad_input(draw: &mut Draw, mut builder: Builder) -> Case {
    let ([height, width], channels) = sizes(draw);
    let positions = height * width;
    let epsilon = draw.one_of(&[1e-3, 1e-5]);
    let shape = [height, width, channels];
    // Sums over the rows of the whole batch, which may be more than the examples here.
    let rows = (builder.data().batch_total * positions) as f32;
    let x = builder.read("x", Role::Activation, &shape, |len| draw.values(len));
    let mean = builder.read("mean", Role::BatchStatistic, &[channels], |len| draw.values_in(-0.3, 0.3, len));
    let variance = builder.read("variance", Role::BatchStatistic, &[channels], |len| draw.values_in(0.1, 1.0, len));
    let given = draw.chance(0.75);
    let gamma = given.then(|| builder.read("gamma", Role::Parameter, &[channels], |len| draw.values(len)));
    let mut sum =
        |name| builder.read(name, Role::ParameterGradient, &[channels], |len| draw.values_in(-rows, rows, len));
    let (dgamma, dbeta) = (sum("dgamma"), sum("dbeta"));
    let dy = builder.read("dy", Role::Gradient, &shape, |len| draw.values(len));
    let dx = builder.write("dx", Role::Gradient, &shape);
    builder.finish(Op::BatchNormGradInput {
        positions,
        channels,
        epsilon,
        x,
        mean,
        variance,
        gamma,
        dgamma,
        dbeta,
        dy,
        dx,
    })
}

pub fn grad_fixed(draw: &mut Draw, mut builder: Builder) -> Case {
    let ([height, width], channels) = sizes(draw);
    let epsilon = draw.one_of(&[1e-3, 1e-5]);
    let shape = [height, width, channels];
    let variance = builder.read("variance", Role::Parameter, &[channels], |len| draw.values_in(0.0, 2.0, len));
    let given = draw.chance(0.75);
    let gamma = given.then(|| builder.read("gamma", Role::Parameter, &[channels], |len| draw.values(len)));
    let dy = builder.read("dy", Role::Gradient, &shape, |len| draw.values(len));
    let dx = builder.write("dx", Role::Gradient, &shape);
    let positions = height * width;
    builder.finish(Op::BatchNormGradFixed { positions, channels, epsilon, variance, gamma, dy, dx })
}

pub fn mistakes(op: &Op) -> Vec<(&'static str, Op)> {
    let mut slips = Vec::new();
    match op.clone() {
        Op::BatchMoments { positions, channels, x, mean, variance } => {
            slips.push((
                "results exchanged",
                Op::BatchMoments { positions, channels, x, mean: variance, variance: mean },
            ));
        }
        Op::BatchNorm { positions, channels, epsilon, x, mean, variance, gamma, beta, y } => {
            if gamma.is_some() {
                let gamma = None;
                let slip = Op::BatchNorm { positions, channels, epsilon, x, mean, variance, gamma, beta, y };
                slips.push(("gamma forgotten", slip));
            }
            let epsilon = epsilon * 10.0;
            let slip = Op::BatchNorm { positions, channels, epsilon, x, mean, variance, gamma, beta, y };
            slips.push(("another epsilon", slip));
        }
        Op::BatchNormGradParameters { positions, channels, epsilon, x, mean, variance, dy, dgamma, dbeta } => {
            let sums = |epsilon, dgamma, dbeta| Op::BatchNormGradParameters {
                positions,
                channels,
                epsilon,
                x,
                mean,
                variance,
                dy,
                dgamma,
                dbeta,
            };
            slips.push(("results exchanged", sums(epsilon, dbeta, dgamma)));
            slips.push(("another epsilon", sums(epsilon * 10.0, dgamma, dbeta)));
        }
        Op::BatchNormGradInput { positions, channels, epsilon, x, mean, variance, gamma, dgamma, dbeta, dy, dx } => {
            let slip = Op::BatchNormGradFixed { positions, channels, epsilon, variance, gamma, dy, dx };
            slips.push(("moments taken as constants", slip));
            let input = |epsilon, dgamma, dbeta| Op::BatchNormGradInput {
                positions,
                channels,
                epsilon,
                x,
                mean,
                variance,
                gamma,
                dgamma,
                dbeta,
                dy,
                dx,
            };
            slips.push(("sums exchanged", input(epsilon, dbeta, dgamma)));
            slips.push(("another epsilon", input(epsilon * 10.0, dgamma, dbeta)));
        }
        Op::BatchNormGradFixed { positions, channels, epsilon, variance, gamma, dy, dx } => {
            if gamma.is_some() {
                let gamma = None;
                let slip = Op::BatchNormGradFixed { positions, channels, epsilon, variance, gamma, dy, dx };
                slips.push(("gamma forgotten", slip));
            }
            let epsilon = epsilon * 10.0;
            let slip = Op::BatchNormGradFixed { positions, channels, epsilon, variance, gamma, dy, dx };
            slips.push(("another epsilon", slip));
        }
        _ => {}
    }
    slips
}
