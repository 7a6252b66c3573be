use atelier_nn::plan::{ConvGeometry, Role};
use atelier_nn::{BufferId, Op};

use super::{activation, another_activation, channels, side};
use crate::case::{Builder, Case};
use crate::draw::Draw;

/// Size and leading padding of an axis.
pub struct Axis {
    pub input: usize,
    pub output: usize,
    pub kernel: usize,
    pub stride: usize,
    pub dilation: usize,
    pub pad: usize,
}

/// Padding as Keras computes `same` and `valid`, or any other.
pub fn axis(draw: &mut Draw, kernel: usize, padding: usize) -> Axis {
    let stride = draw.one_of(&[1, 1, 1, 2, 3]);
    let dilation = draw.one_of(&[1, 1, 1, 2, 3]);
    let reach = (kernel - 1) * dilation + 1;
    let input = side(draw);
    match padding {
        0 => {
            let input = input + reach - 1;
            Axis { input, output: (input - reach) / stride + 1, kernel, stride, dilation, pad: 0 }
        }
        1 => {
            let output = input.div_ceil(stride);
            let total = ((output - 1) * stride + reach).saturating_sub(input);
            Axis { input, output, kernel, stride, dilation, pad: total / 2 }
        }
        _ => {
            let pad = draw.between(0, reach);
            let output = (input + pad + draw.between(0, reach)).saturating_sub(reach) / stride + 1;
            Axis { input, output, kernel, stride, dilation, pad }
        }
    }
}

/// A 3x3 convolution, padded `same`, whose matrix product spans several tiles and blocks of any executor.
fn large(draw: &mut Draw) -> ConvGeometry {
    let side = draw.between(5, 7);
    ConvGeometry {
        in_height: side,
        in_width: side,
        in_channels: 64,
        out_height: side,
        out_width: side,
        filters: 72,
        kernel: [3, 3],
        strides: [1, 1],
        dilation: [1, 1],
        pad_top: 1,
        pad_left: 1,
    }
}

fn geometry(draw: &mut Draw) -> ConvGeometry {
    if draw.chance(0.04) {
        return large(draw);
    }
    let kernel = draw.one_of(&[[3, 3], [3, 3], [1, 1], [2, 2], [5, 5], [1, 3], [4, 2], [7, 1]]);
    let padding = draw.between(0, 2);
    let (rows, columns) = (axis(draw, kernel[0], padding), axis(draw, kernel[1], padding));
    ConvGeometry {
        in_height: rows.input,
        in_width: columns.input,
        in_channels: channels(draw),
        out_height: rows.output,
        out_width: columns.output,
        filters: channels(draw),
        kernel: [rows.kernel, columns.kernel],
        strides: [rows.stride, columns.stride],
        dilation: [rows.dilation, columns.dilation],
        pad_top: rows.pad,
        pad_left: columns.pad,
    }
}

fn input(g: &ConvGeometry) -> [usize; 3] {
    [g.in_height, g.in_width, g.in_channels]
}

fn output(g: &ConvGeometry) -> [usize; 3] {
    [g.out_height, g.out_width, g.filters]
}

fn kernel_shape(g: &ConvGeometry) -> [usize; 4] {
    [g.kernel[0], g.kernel[1], g.in_channels, g.filters]
}

fn x(g: &ConvGeometry, draw: &mut Draw, builder: &mut Builder) -> BufferId {
    builder.read("x", Role::Activation, &input(g), |len| draw.values(len))
}

fn kernel(g: &ConvGeometry, draw: &mut Draw, builder: &mut Builder) -> BufferId {
    builder.read("kernel", Role::Parameter, &kernel_shape(g), |len| draw.weights(g.depth(), len))
}

fn dy(g: &ConvGeometry, draw: &mut Draw, builder: &mut Builder) -> BufferId {
    builder.read("dy", Role::Gradient, &output(g), |len| draw.values(len))
}

pub fn forward(draw: &mut Draw, mut builder: Builder) -> Case {
    let geometry = geometry(draw);
    let x = x(&geometry, draw, &mut builder);
    let kernel = kernel(&geometry, draw, &mut builder);
    let bias =
        draw.chance(0.5).then(|| builder.read("bias", Role::Parameter, &[geometry.filters], |len| draw.values(len)));
    let y = builder.write("y", Role::Activation, &output(&geometry));
    builder.finish(Op::Conv2d { geometry, activation: activation(draw), x, kernel, bias, y })
}

pub fn grad_input(draw: &mut Draw, mut builder: Builder) -> Case {
    let geometry = geometry(draw);
    let dy = dy(&geometry, draw, &mut builder);
    let kernel = kernel(&geometry, draw, &mut builder);
    let dx = builder.write("dx", Role::Gradient, &input(&geometry));
    builder.finish(Op::Conv2dGradInput { geometry, dy, kernel, dx })
}

pub fn grad_kernel(draw: &mut Draw, mut builder: Builder) -> Case {
    let geometry = geometry(draw);
    let x = x(&geometry, draw, &mut builder);
    let dy = dy(&geometry, draw, &mut builder);
    let dkernel = builder.write("dkernel", Role::ParameterGradient, &kernel_shape(&geometry));
    builder.finish(Op::Conv2dGradKernel { geometry, x, dy, dkernel })
}

pub fn mistakes(op: &Op) -> Vec<(&'static str, Op)> {
    let mut slips: Vec<(&'static str, Op)> = Vec::new();
    let mut with = |name, change: &dyn Fn(&mut ConvGeometry)| {
        let mut slip = op.clone();
        if let Op::Conv2d { geometry, .. }
        | Op::Conv2dGradInput { geometry, .. }
        | Op::Conv2dGradKernel { geometry, .. } = &mut slip
        {
            let before = *geometry;
            change(geometry);
            if *geometry != before {
                slips.push((name, slip));
            }
        }
    };
    with("padding off by one row", &|g| g.pad_top += 1);
    with("padding off by one column", &|g| g.pad_left += 1);
    with("kernel transposed", &|g| g.kernel.reverse());
    with("dilation forgotten", &|g| g.dilation = [1, 1]);
    if let Op::Conv2d { geometry, activation, x, kernel, bias, y } = op {
        let (geometry, x, kernel, y) = (*geometry, *x, *kernel, *y);
        if bias.is_some() {
            slips.push(("bias forgotten", Op::Conv2d { geometry, activation: *activation, x, kernel, bias: None, y }));
        }
        let activation = another_activation(*activation);
        slips.push(("wrong activation", Op::Conv2d { geometry, activation, x, kernel, bias: *bias, y }));
    }
    slips
}
