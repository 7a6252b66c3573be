use atelier_nn::plan::{PoolGeometry, Role};
use atelier_nn::{BufferId, Op};

use super::{channels, side};
use crate::case::{Builder, Case};
use crate::draw::Draw;

/// Input, output and leading padding of an axis, padded as Keras pads `same` or not at all.
fn axis(draw: &mut Draw, window: usize, stride: usize, same: bool) -> [usize; 3] {
    let input = side(draw);
    if same {
        let output = input.div_ceil(stride);
        let total = ((output - 1) * stride + window).saturating_sub(input);
        [input, output, total / 2]
    } else {
        let input = input + window - 1;
        [input, (input - window) / stride + 1, 0]
    }
}

fn geometry(draw: &mut Draw) -> PoolGeometry {
    let window = draw.one_of(&[[2, 2], [2, 2], [3, 3], [1, 1], [3, 2], [1, 4], [5, 5]]);
    let strides = if draw.chance(0.5) { window } else { draw.one_of(&[[1, 1], [2, 2], [1, 2], [3, 3]]) };
    let same = draw.chance(0.5);
    let [in_height, out_height, pad_top] = axis(draw, window[0], strides[0], same);
    let [in_width, out_width, pad_left] = axis(draw, window[1], strides[1], same);
    let channels = channels(draw);
    PoolGeometry { in_height, in_width, channels, out_height, out_width, window, strides, pad_top, pad_left }
}

fn input(g: &PoolGeometry) -> [usize; 3] {
    [g.in_height, g.in_width, g.channels]
}

fn output(g: &PoolGeometry) -> [usize; 3] {
    [g.out_height, g.out_width, g.channels]
}

/// Few different numbers, so that windows often hold their maximum twice; all of them below zero now and then, so
/// that a padded zero would win.
fn values(draw: &mut Draw, len: usize) -> Vec<f32> {
    let lift = draw.one_of(&[0.0, 0.0, -2.0]);
    if draw.chance(0.5) {
        draw.values_in(lift - 1.0, lift + 1.0, len)
    } else {
        (0..len).map(|_| lift + draw.between(0, 3) as f32 * 0.25).collect()
    }
}

fn x(g: &PoolGeometry, draw: &mut Draw, builder: &mut Builder) -> BufferId {
    builder.read("x", Role::Activation, &input(g), |len| values(draw, len))
}

pub fn max(draw: &mut Draw, mut builder: Builder) -> Case {
    let geometry = geometry(draw);
    let x = x(&geometry, draw, &mut builder);
    let y = builder.write("y", Role::Activation, &output(&geometry));
    builder.finish(Op::MaxPool2d { geometry, x, y })
}

pub fn average(draw: &mut Draw, mut builder: Builder) -> Case {
    let geometry = geometry(draw);
    let x = x(&geometry, draw, &mut builder);
    let y = builder.write("y", Role::Activation, &output(&geometry));
    builder.finish(Op::AveragePool2d { geometry, x, y })
}

pub fn max_grad(draw: &mut Draw, mut builder: Builder) -> Case {
    let geometry = geometry(draw);
    let batch = builder.batch();
    let mut pixels = Vec::new();
    let x = builder.read("x", Role::Activation, &input(&geometry), |len| {
        pixels = values(draw, len);
        pixels.clone()
    });
    let y = builder.read("y", Role::Activation, &output(&geometry), |_| maxima(&geometry, batch, &pixels));
    let dy = builder.read("dy", Role::Gradient, &output(&geometry), |len| draw.values(len));
    let dx = builder.write("dx", Role::Gradient, &input(&geometry));
    builder.finish(Op::MaxPool2dGrad { geometry, x, y, dy, dx })
}

/// What the forward pass would have written: maxima of f32 numbers are exact, and NaN where one of the numbers is.
pub fn maxima(g: &PoolGeometry, batch: usize, x: &[f32]) -> Vec<f32> {
    let mut maxima = vec![f32::NEG_INFINITY; batch * g.out_height * g.out_width * g.channels];
    for (at, maximum) in maxima.iter_mut().enumerate() {
        let c = at % g.channels;
        let j = at / g.channels % g.out_width;
        let i = at / (g.channels * g.out_width) % g.out_height;
        let n = at / (g.channels * g.out_width * g.out_height);
        for row in
            (0..g.in_height).filter(|r| (0..g.window[0]).contains(&(r + g.pad_top).wrapping_sub(i * g.strides[0])))
        {
            for column in 0..g.in_width {
                if (0..g.window[1]).contains(&(column + g.pad_left).wrapping_sub(j * g.strides[1])) {
                    let cell = x[((n * g.in_height + row) * g.in_width + column) * g.channels + c];
                    *maximum = if maximum.is_nan() || cell.is_nan() { f32::NAN } else { maximum.max(cell) };
                }
            }
        }
    }
    maxima
}

pub fn average_grad(draw: &mut Draw, mut builder: Builder) -> Case {
    let geometry = geometry(draw);
    let dy = builder.read("dy", Role::Gradient, &output(&geometry), |len| draw.values(len));
    let dx = builder.write("dx", Role::Gradient, &input(&geometry));
    builder.finish(Op::AveragePool2dGrad { geometry, dy, dx })
}

pub fn global(draw: &mut Draw, mut builder: Builder) -> Case {
    let (height, width, channels) = (side(draw), side(draw), channels(draw));
    let x = builder.read("x", Role::Activation, &[height, width, channels], |len| draw.values(len));
    let y = builder.write("y", Role::Activation, &[channels]);
    builder.finish(Op::GlobalAveragePool2d { positions: height * width, channels, x, y })
}

pub fn global_grad(draw: &mut Draw, mut builder: Builder) -> Case {
    let (height, width, channels) = (side(draw), side(draw), channels(draw));
    let dy = builder.read("dy", Role::Gradient, &[channels], |len| draw.values(len));
    let dx = builder.write("dx", Role::Gradient, &[height, width, channels]);
    builder.finish(Op::GlobalAveragePool2dGrad { positions: height * width, channels, dy, dx })
}

pub fn mistakes(op: &Op) -> Vec<(&'static str, Op)> {
    let padded = |g: &PoolGeometry| {
        // One cell of each window must stay inside, as executors may take that for granted.
        let padded = PoolGeometry { pad_top: g.pad_top + 1, ..*g };
        (g.window[0] > padded.pad_top && (g.out_height - 1) * g.strides[0] < g.in_height + padded.pad_top)
            .then_some(padded)
    };
    match *op {
        Op::MaxPool2d { geometry, x, y } => {
            let mut slips = vec![("average for maximum", Op::AveragePool2d { geometry, x, y })];
            slips.extend(padded(&geometry).map(|geometry| ("padding off by one", Op::MaxPool2d { geometry, x, y })));
            slips
        }
        Op::AveragePool2d { geometry, x, y } => {
            let mut slips = vec![("maximum for average", Op::MaxPool2d { geometry, x, y })];
            slips
                .extend(padded(&geometry).map(|geometry| ("padding off by one", Op::AveragePool2d { geometry, x, y })));
            slips
        }
        Op::MaxPool2dGrad { geometry, dy, dx, .. } => {
            vec![("average for maximum", Op::AveragePool2dGrad { geometry, dy, dx })]
        }
        Op::AveragePool2dGrad { geometry, dy, dx } => padded(&geometry)
            .map(|geometry| ("padding off by one", Op::AveragePool2dGrad { geometry, dy, dx }))
            .into_iter()
            .collect(),
        Op::GlobalAveragePool2d { positions, channels, x, y } if positions > 1 => {
            let geometry = all_but_the_last(positions, channels);
            vec![("last position left out", Op::AveragePool2d { geometry, x, y })]
        }
        Op::GlobalAveragePool2dGrad { positions, channels, dy, dx } if positions > 1 => {
            let geometry = all_but_the_last(positions, channels);
            vec![("last position left out", Op::AveragePool2dGrad { geometry, dy, dx })]
        }
        _ => Vec::new(),
    }
}

fn all_but_the_last(positions: usize, channels: usize) -> PoolGeometry {
    PoolGeometry {
        in_height: positions,
        in_width: 1,
        channels,
        out_height: 1,
        out_width: 1,
        window: [positions - 1, 1],
        strides: [1, 1],
        pad_top: 0,
        pad_left: 0,
    }
}
