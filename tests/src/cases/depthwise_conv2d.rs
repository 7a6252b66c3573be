use atelier_nn::plan::{DepthwiseGeometry, Role};
use atelier_nn::{BufferId, Op};

use super::conv2d::axis;
use super::{activation, another_activation, channels};
use crate::case::{Builder, Case};
use crate::draw::Draw;

fn geometry(draw: &mut Draw) -> DepthwiseGeometry {
    let kernel = draw.one_of(&[[3, 3], [3, 3], [3, 3], [1, 1], [2, 2], [5, 5], [1, 3], [4, 2], [7, 1]]);
    let padding = draw.between(0, 2);
    let (rows, columns) = (axis(draw, kernel[0], padding), axis(draw, kernel[1], padding));
    DepthwiseGeometry {
        in_height: rows.input,
        in_width: columns.input,
        channels: channels(draw),
        multiplier: draw.one_of(&[1, 1, 1, 1, 2, 3]),
        out_height: rows.output,
        out_width: columns.output,
        kernel: [rows.kernel, columns.kernel],
        strides: [rows.stride, columns.stride],
        dilation: [rows.dilation, columns.dilation],
        pad_top: rows.pad,
        pad_left: columns.pad,
    }
}

fn input(g: &DepthwiseGeometry) -> [usize; 3] {
    [g.in_height, g.in_width, g.channels]
}

fn output(g: &DepthwiseGeometry) -> [usize; 3] {
    [g.out_height, g.out_width, g.filters()]
}

fn kernel_shape(g: &DepthwiseGeometry) -> [usize; 4] {
    [g.kernel[0], g.kernel[1], g.channels, g.multiplier]
}

fn x(g: &DepthwiseGeometry, draw: &mut Draw, builder: &mut Builder) -> BufferId {
    builder.read("x", Role::Activation, &input(g), |len| draw.values(len))
}

fn kernel(g: &DepthwiseGeometry, draw: &mut Draw, builder: &mut Builder) -> BufferId {
    builder.read("kernel", Role::Parameter, &kernel_shape(g), |len| draw.weights(g.taps(), len))
}

fn dy(g: &DepthwiseGeometry, draw: &mut Draw, builder: &mut Builder) -> BufferId {
    builder.read("dy", Role::Gradient, &output(g), |len| draw.values(len))
}

pub fn forward(draw: &mut Draw, mut builder: Builder) -> Case {
    let geometry = geometry(draw);
    let x = x(&geometry, draw, &mut builder);
    let kernel = kernel(&geometry, draw, &mut builder);
    let bias =
        draw.chance(0.5).then(|| builder.read("bias", Role::Parameter, &[geometry.filters()], |len| draw.values(len)));
    let y = builder.write("y", Role::Activation, &output(&geometry));
    builder.finish(Op::DepthwiseConv2d { geometry, activation: activation(draw), x, kernel, bias, y })
}

pub fn grad_input(draw: &mut Draw, mut builder: Builder) -> Case {
    let geometry = geometry(draw);
    let dy = dy(&geometry, draw, &mut builder);
    let kernel = kernel(&geometry, draw, &mut builder);
    let dx = builder.write("dx", Role::Gradient, &input(&geometry));
    builder.finish(Op::DepthwiseConv2dGradInput { geometry, dy, kernel, dx })
}

pub fn grad_kernel(draw: &mut Draw, mut builder: Builder) -> Case {
    let geometry = geometry(draw);
    let x = x(&geometry, draw, &mut builder);
    let dy = dy(&geometry, draw, &mut builder);
    let dkernel = builder.write("dkernel", Role::ParameterGradient, &kernel_shape(&geometry));
    builder.finish(Op::DepthwiseConv2dGradKernel { geometry, x, dy, dkernel })
}

pub fn mistakes(op: &Op) -> Vec<(&'static str, Op)> {
    let mut slips: Vec<(&'static str, Op)> = Vec::new();
    let mut with = |name, change: &dyn Fn(&mut DepthwiseGeometry)| {
        let mut slip = op.clone();
        if let Op::DepthwiseConv2d { geometry, .. }
        | Op::DepthwiseConv2dGradInput { geometry, .. }
        | Op::DepthwiseConv2dGradKernel { geometry, .. } = &mut slip
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
    if let Op::DepthwiseConv2d { geometry, activation, x, kernel, bias, y } = op {
        let (geometry, x, kernel, y) = (*geometry, *x, *kernel, *y);
        if bias.is_some() {
            let activation = *activation;
            slips.push(("bias forgotten", Op::DepthwiseConv2d { geometry, activation, x, kernel, bias: None, y }));
        }
        let activation = another_activation(*activation);
        slips.push(("wrong activation", Op::DepthwiseConv2d { geometry, activation, x, kernel, bias: *bias, y }));
    }
    slips
}
