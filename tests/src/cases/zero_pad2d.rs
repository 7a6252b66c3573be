use atelier_nn::Op;
use atelier_nn::plan::{PadGeometry, Role};

use super::{channels, side};
use crate::case::{Builder, Case};
use crate::draw::Draw;

fn geometry(draw: &mut Draw) -> PadGeometry {
    let mut pad = || draw.one_of(&[0, 1, 1, 2, 3]);
    let (top, bottom, left, right) = (pad(), pad(), pad(), pad());
    PadGeometry { in_height: side(draw), in_width: side(draw), channels: channels(draw), top, bottom, left, right }
}

fn input(g: &PadGeometry) -> [usize; 3] {
    [g.in_height, g.in_width, g.channels]
}

fn output(g: &PadGeometry) -> [usize; 3] {
    [g.top + g.in_height + g.bottom, g.left + g.in_width + g.right, g.channels]
}

pub fn forward(draw: &mut Draw, mut builder: Builder) -> Case {
    let geometry = geometry(draw);
    let x = builder.read("x", Role::Activation, &input(&geometry), |len| draw.values(len));
    let y = builder.write("y", Role::Activation, &output(&geometry));
    builder.finish(Op::ZeroPad2d { geometry, x, y })
}

pub fn grad(draw: &mut Draw, mut builder: Builder) -> Case {
    let geometry = geometry(draw);
    let dy = builder.read("dy", Role::Gradient, &output(&geometry), |len| draw.values(len));
    let dx = builder.write("dx", Role::Gradient, &input(&geometry));
    builder.finish(Op::ZeroPad2dGrad { geometry, dy, dx })
}

pub fn mistakes(op: &Op) -> Vec<(&'static str, Op)> {
    let moved = |g: &PadGeometry| {
        (g.bottom > 0).then_some(PadGeometry { top: g.top + 1, bottom: g.bottom.saturating_sub(1), ..*g })
    };
    let slip = match *op {
        Op::ZeroPad2d { geometry, x, y } => moved(&geometry).map(|geometry| Op::ZeroPad2d { geometry, x, y }),
        Op::ZeroPad2dGrad { geometry, dy, dx } => {
            moved(&geometry).map(|geometry| Op::ZeroPad2dGrad { geometry, dy, dx })
        }
        _ => None,
    };
    slip.map(|op| ("one row too low", op)).into_iter().collect()
}
