use atelier_nn::plan::Role;
use atelier_nn::{Activation, Op};

use super::{activation, another_activation, channels};
use crate::case::{Builder, Case};
use crate::draw::Draw;

fn sizes(draw: &mut Draw) -> [usize; 2] {
    if draw.chance(0.04) {
        return [1152, 130];
    }
    [if draw.chance(0.3) { draw.between(50, 400) } else { channels(draw) }, channels(draw)]
}

pub fn forward(draw: &mut Draw, mut builder: Builder) -> Case {
    let [inputs, units] = sizes(draw);
    let x = builder.read("x", Role::Activation, &[inputs], |len| draw.values(len));
    let kernel = builder.read("kernel", Role::Parameter, &[inputs, units], |len| draw.weights(inputs, len));
    let bias = draw.chance(0.5).then(|| builder.read("bias", Role::Parameter, &[units], |len| draw.values(len)));
    let y = builder.write("y", Role::Activation, &[units]);
    builder.finish(Op::Dense { inputs, units, activation: activation(draw), x, kernel, bias, y })
}

pub fn grad_input(draw: &mut Draw, mut builder: Builder) -> Case {
    let [inputs, units] = sizes(draw);
    let dy = builder.read("dy", Role::Gradient, &[units], |len| draw.values(len));
    let kernel = builder.read("kernel", Role::Parameter, &[inputs, units], |len| draw.weights(inputs, len));
    let dx = builder.write("dx", Role::Gradient, &[inputs]);
    builder.finish(Op::DenseGradInput { inputs, units, dy, kernel, dx })
}

pub fn grad_kernel(draw: &mut Draw, mut builder: Builder) -> Case {
    let [inputs, units] = sizes(draw);
    let x = builder.read("x", Role::Activation, &[inputs], |len| draw.values(len));
    let dy = builder.read("dy", Role::Gradient, &[units], |len| draw.values(len));
    let dkernel = builder.write("dkernel", Role::ParameterGradient, &[inputs, units]);
    builder.finish(Op::DenseGradKernel { inputs, units, x, dy, dkernel })
}

pub fn mistakes(op: &Op) -> Vec<(&'static str, Op)> {
    match *op {
        Op::Dense { inputs, units, activation, x, kernel, bias, y } => {
            let activation = another_activation(activation);
            let mut slips = vec![("wrong activation", Op::Dense { inputs, units, activation, x, kernel, bias, y })];
            if bias.is_some() {
                slips.push(("bias forgotten", Op::Dense { inputs, units, activation, x, kernel, bias: None, y }));
            }
            slips
        }
        // Reads the kernel as if it lay transposed in memory.
        Op::DenseGradInput { inputs, units, dy, kernel, dx } => {
            let (activation, bias) = (Activation::Linear, None);
            let slip = Op::Dense { inputs: units, units: inputs, activation, x: dy, kernel, bias, y: dx };
            vec![("kernel not transposed", slip)]
        }
        Op::DenseGradKernel { inputs, units, x, dy, dkernel } => {
            let slip = Op::DenseGradKernel { inputs: units, units: inputs, x: dy, dy: x, dkernel };
            vec![("result transposed", slip)]
        }
        _ => Vec::new(),
    }
}
