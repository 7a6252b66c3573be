//! From an operation of the plan to its dispatches.

use atelier_nn::plan::{LossKind, Operand, PadGeometry, PoolGeometry};
use atelier_nn::{Op, Plan};

use crate::bind::{Bind, activation};
use crate::dispatch::{Dispatch, Element, Invocations, WORKGROUP};
use crate::{depthwise, product};

/// The dispatches of an operation, to be run in order.
pub(crate) fn dispatches(plan: &Plan, op: &Op, software: bool) -> Vec<Dispatch> {
    let b = Bind::new(plan, op, software);
    let stem = op.stem();
    match op {
        Op::Conv2d { .. }
        | Op::Conv2dGradInput { .. }
        | Op::Conv2dGradKernel { .. }
        | Op::Dense { .. }
        | Op::DenseGradInput { .. }
        | Op::DenseGradKernel { .. } => product::dispatches(&b, op),
        Op::DepthwiseConv2d { .. } | Op::DepthwiseConv2dGradInput { .. } | Op::DepthwiseConv2dGradKernel { .. } => {
            depthwise::dispatches(&b, op)
        }
        Op::BiasGrad { positions, channels, .. } => {
            let (terms, totals) = (|d| b.bind(d, &["dy"]), |d| b.bind(d, &["dbias"]));
            b.column_sums(stem, *positions, *channels, Element::F32, terms, totals)
        }
        Op::MaxPool2d { geometry: g, .. } | Op::AveragePool2d { geometry: g, .. } => {
            let d = Dispatch::new(stem, Invocations::PerExample(g.output_len())).ints(pool(g));
            vec![b.bind(d, &["x", "y"])]
        }
        Op::MaxPool2dGrad { geometry: g, .. } => {
            let apart = g.windows_tile_the_input();
            let len = if apart { g.output_len() } else { g.input_len() };
            let d = Dispatch::new(stem, Invocations::PerExample(len)).ints(pool(g)).flag("APART", apart);
            vec![b.bind(d, &["x", "y", "dy", "dx"])]
        }
        Op::AveragePool2dGrad { geometry: g, .. } => {
            let d = Dispatch::new(stem, Invocations::PerExample(g.input_len())).ints(pool(g));
            vec![b.bind(d, &["dy", "dx"])]
        }
        Op::GlobalAveragePool2d { positions, channels, .. } => {
            let d = Dispatch::new(stem, Invocations::PerExample(*channels));
            let d = d.int("POSITIONS", *positions).int("CHANNELS", *channels);
            vec![b.bind(d, &["x", "y"])]
        }
        Op::GlobalAveragePool2dGrad { positions, channels, .. } => {
            let d = Dispatch::new(stem, Invocations::PerExample(positions * channels));
            let d = d.int("POSITIONS", *positions).int("CHANNELS", *channels);
            vec![b.bind(d, &["dy", "dx"])]
        }
        Op::Activate { activation: f, y, .. } => {
            let (d, element) = b.elementwise(stem, *y);
            vec![b.bind_as(activation(d, *f), element, &["x", "y"])]
        }
        Op::ActivateGrad { activation: f, dy, dx, .. } => {
            let in_place = plan.buffer(*dy).slot == plan.buffer(*dx).slot;
            let (d, element) = b.elementwise(stem, *dx);
            let d = activation(d, *f).flag("IN_PLACE", in_place);
            // A buffer is bound once.
            let names: &[&str] = if in_place { &["y", "dx"] } else { &["y", "dy", "dx"] };
            vec![b.bind_as(d, element, names)]
        }
        Op::Softmax { positions, channels, .. } => {
            let d = Dispatch::new(stem, Invocations::PerExample(*positions));
            let d = d.int("POSITIONS", *positions).int("CHANNELS", *channels);
            vec![b.bind(d, &["x", "y"])]
        }
        Op::SoftmaxGrad { positions, channels, .. } => {
            let d = Dispatch::new(stem, Invocations::PerExample(*positions));
            let d = d.int("POSITIONS", *positions).int("CHANNELS", *channels);
            vec![b.bind(d, &["y", "dy", "dx"])]
        }
        Op::BatchMoments { positions, channels, .. } => {
            let moment = |d: Dispatch, name: &str| b.bind_called(d, "moment", name, Element::F32);
            let (terms, totals) = (|d| b.bind(d, &["x"]), |d| moment(d, "mean"));
            let means = b.column_sums(stem, *positions, *channels, Element::F32, terms, totals);
            let terms = |d: Dispatch| b.bind(d.flag("DEVIATIONS", true), &["x", "mean"]);
            let totals = |d: Dispatch| moment(d.flag("DEVIATIONS", true), "variance");
            let variances = b.column_sums(stem, *positions, *channels, Element::F32, terms, totals);
            means.into_iter().chain(variances).collect()
        }
        Op::BatchNorm { positions, channels, epsilon, gamma, beta, .. } => {
            let d = Dispatch::new(stem, Invocations::PerExample(positions * channels));
            let d = d.int("CHANNELS", *channels).float("EPSILON", *epsilon);
            let d = d.flag("GAMMA", gamma.is_some()).flag("BETA", beta.is_some());
            vec![b.bind(d, &["x", "mean", "variance", "gamma", "beta", "y"])]
        }
        Op::BatchNormGradParameters { positions, channels, epsilon, .. } => {
            let terms = |d: Dispatch| b.bind(d.float("EPSILON", *epsilon), &["mean", "variance", "x", "dy"]);
            let totals = |d: Dispatch| b.bind(d.float("EPSILON", *epsilon), &["variance", "dgamma", "dbeta"]);
            b.column_sums(stem, *positions, *channels, Element::Vec2, terms, totals)
        }
        Op::BatchNormGradInput { positions, channels, epsilon, gamma, .. } => {
            let d = Dispatch::new(stem, Invocations::PerExample(positions * channels)).float("EPSILON", *epsilon);
            let d = d.int("POSITIONS", *positions).int("CHANNELS", *channels).flag("GAMMA", gamma.is_some());
            vec![b.bind(d, &["x", "mean", "variance", "gamma", "dgamma", "dbeta", "dy", "dx"])]
        }
        Op::BatchNormGradFixed { positions, channels, epsilon, gamma, .. } => {
            let d = Dispatch::new(stem, Invocations::PerExample(positions * channels)).float("EPSILON", *epsilon);
            let d = d.int("CHANNELS", *channels).flag("GAMMA", gamma.is_some());
            vec![b.bind(d, &["variance", "gamma", "dy", "dx"])]
        }
        Op::MovingAverage { momentum, average, .. } => {
            let (d, element) = b.elementwise(stem, *average);
            vec![b.bind_as(d.float("MOMENTUM", *momentum), element, &["value", "average"])]
        }
        Op::Dropout { rate, stream, y, .. } => {
            let len = plan.buffer(*y).len();
            let d = Dispatch::new(stem, Invocations::PerExample(len)).int("LEN", len);
            let d = d.float("RATE", *rate).float("SCALE", 1.0 / (1.0 - rate)).int("STREAM", *stream as usize);
            vec![b.bind(d, &["x", "y"])]
        }
        Op::Add { y, .. } => {
            let add = |first: &Operand, second: Option<&Operand>| {
                let (d, element) = b.elementwise(stem, *y);
                let d = b.bind_operand(d.flag("PAIR", second.is_some()), "a", first, element);
                let d = second.into_iter().fold(d, |d, second| b.bind_operand(d, "b", second, element));
                b.bind_as(d, element, &["y"])
            };
            let xs: Vec<&Operand> = b.all("x").collect();
            match xs[..] {
                [only] => vec![add(only, None).flag("COPY", true)],
                _ => {
                    let more = xs.iter().skip(2).map(|x| add(x, None));
                    [add(xs[0], xs.get(1).copied())].into_iter().chain(more).collect()
                }
            }
        }
        Op::Concatenate { positions, xs, .. } => {
            let total: usize = xs.iter().map(|part| part.channels).sum();
            let offsets = xs.iter().scan(0, |offset, part| {
                let this = *offset;
                *offset += part.channels;
                Some(this)
            });
            let parts = xs.iter().zip(offsets).zip(b.all("x"));
            parts
                .map(|((part, offset), x)| {
                    let d = part_of(stem, *positions, total, offset, part.channels);
                    b.bind(b.bind_operand(d, "x", x, Element::F32), &["y"])
                })
                .collect()
        }
        Op::ConcatenateGrad { positions, total, offset, channels, .. } => {
            vec![b.bind(part_of(stem, *positions, *total, *offset, *channels), &["dy", "dx"])]
        }
        Op::ZeroPad2d { geometry: g, .. } => {
            let d = Dispatch::new(stem, Invocations::PerExample(g.padded_len())).ints(padding(g));
            vec![b.bind(d, &["x", "y"])]
        }
        Op::ZeroPad2dGrad { geometry: g, .. } => {
            let d = Dispatch::new(stem, Invocations::PerExample(g.input_len())).ints(padding(g));
            vec![b.bind(d, &["dy", "dx"])]
        }
        Op::Loss { kind, outputs, .. } => {
            let d = Dispatch::new(stem, Invocations::PerExample(1)).int("OUTPUTS", *outputs);
            vec![b.bind(goal(&b, b.bind(d.flag(kind_flag(*kind), true), &["prediction"])), &["loss"])]
        }
        Op::LossGrad { kind, outputs, .. } => {
            let d = Dispatch::new(stem, Invocations::PerExample(1)).int("OUTPUTS", *outputs);
            vec![b.bind(goal(&b, b.bind(d.flag(kind_flag(*kind), true), &["prediction"])), &["dprediction"])]
        }
        Op::Metrics { outputs, .. } => {
            let d = Dispatch::new(stem, Invocations::Fixed(WORKGROUP)).int("OUTPUTS", *outputs);
            vec![b.bind(goal(&b, b.bind(d, &["output"])), &["loss", "metrics"])]
        }
        Op::Sgd { momentum, nesterov, parameter, velocity, .. } => {
            let (d, element) = b.elementwise(stem, *parameter);
            let d = d.float("MOMENTUM", *momentum).flag("NESTEROV", *nesterov).flag("VELOCITY", velocity.is_some());
            vec![b.bind_as(d, element, &["gradient", "parameter", "velocity"])]
        }
        Op::Adam { beta_1, beta_2, epsilon, parameter, .. } => {
            let (d, element) = b.elementwise(stem, *parameter);
            let d = d.float("TAKE_1", 1.0 - beta_1).float("TAKE_2", 1.0 - beta_2).float("EPSILON", *epsilon);
            vec![b.bind_as(d, element, &["gradient", "parameter", "m", "v"])]
        }
    }
}

/// WGSL keeps the word `target` for itself.
fn goal(b: &Bind, dispatch: Dispatch) -> Dispatch {
    b.bind_called(dispatch, "goal", "target", Element::F32)
}

fn kind_flag(kind: LossKind) -> &'static str {
    match kind {
        LossKind::SoftmaxCrossentropy => "SOFTMAX_CROSSENTROPY",
        LossKind::CategoricalCrossentropy => "CATEGORICAL_CROSSENTROPY",
        LossKind::MeanSquaredError => "MEAN_SQUARED_ERROR",
    }
}

fn part_of(stem: &'static str, positions: usize, total: usize, offset: usize, channels: usize) -> Dispatch {
    let constants = [("TOTAL", total), ("OFFSET", offset), ("CHANNELS", channels)];
    Dispatch::new(stem, Invocations::PerExample(positions * channels)).ints(constants)
}

fn pool(g: &PoolGeometry) -> [(&'static str, usize); 11] {
    [
        ("IN_HEIGHT", g.in_height),
        ("IN_WIDTH", g.in_width),
        ("CHANNELS", g.channels),
        ("OUT_HEIGHT", g.out_height),
        ("OUT_WIDTH", g.out_width),
        ("WINDOW_HEIGHT", g.window[0]),
        ("WINDOW_WIDTH", g.window[1]),
        ("STRIDE_Y", g.strides[0]),
        ("STRIDE_X", g.strides[1]),
        ("PAD_TOP", g.pad_top),
        ("PAD_LEFT", g.pad_left),
    ]
}

fn padding(g: &PadGeometry) -> [(&'static str, usize); 7] {
    [
        ("IN_HEIGHT", g.in_height),
        ("IN_WIDTH", g.in_width),
        ("CHANNELS", g.channels),
        ("TOP", g.top),
        ("LEFT", g.left),
        ("PADDED_HEIGHT", g.top + g.in_height + g.bottom),
        ("PADDED_WIDTH", g.left + g.in_width + g.right),
    ]
}
