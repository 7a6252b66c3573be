//! From an operation of the plan to its dispatches.

use atelier_nn::plan::{LossKind, PadGeometry, PoolGeometry};
use atelier_nn::{Activation, BufferId, Op, Plan};

use crate::dispatch::{Access, Dispatch, Element, Invocations, Place, WORKGROUP};
use crate::{product, tiles};

/// The dispatches of an operation, to be run in order.
pub(crate) fn dispatches(plan: &Plan, op: &Op, software: bool) -> Vec<Dispatch> {
    let b = Bind { plan, software };
    let stem = op.stem();
    match op {
        Op::Conv2d { .. }
        | Op::Conv2dGradInput { .. }
        | Op::Conv2dGradKernel { .. }
        | Op::Dense { .. }
        | Op::DenseGradInput { .. }
        | Op::DenseGradKernel { .. } => product::dispatches(&b, op),
        Op::BiasGrad { positions, channels, dy, dbias } => b.column_sums(
            stem,
            *positions,
            *channels,
            Element::F32,
            |d| b.read(d, "dy", *dy),
            |d| b.write(d, "dbias", *dbias),
        ),
        Op::MaxPool2d { geometry: g, x, y } | Op::AveragePool2d { geometry: g, x, y } => {
            let d = Dispatch::new(stem, Invocations::PerExample(g.output_len())).ints(pool(g));
            vec![b.write(b.read(d, "x", *x), "y", *y)]
        }
        Op::MaxPool2dGrad { geometry: g, x, y, dy, dx } => {
            let apart = g.windows_tile_the_input();
            let len = if apart { g.output_len() } else { g.input_len() };
            let d = Dispatch::new(stem, Invocations::PerExample(len)).ints(pool(g)).flag("APART", apart);
            let d = b.read(b.read(b.read(d, "x", *x), "y", *y), "dy", *dy);
            vec![b.write(d, "dx", *dx)]
        }
        Op::AveragePool2dGrad { geometry: g, dy, dx } => {
            let d = Dispatch::new(stem, Invocations::PerExample(g.input_len())).ints(pool(g));
            vec![b.write(b.read(d, "dy", *dy), "dx", *dx)]
        }
        Op::GlobalAveragePool2d { positions, channels, x, y } => {
            let d = Dispatch::new(stem, Invocations::PerExample(*channels));
            let d = d.int("POSITIONS", *positions).int("CHANNELS", *channels);
            vec![b.write(b.read(d, "x", *x), "y", *y)]
        }
        Op::GlobalAveragePool2dGrad { positions, channels, dy, dx } => {
            let d = Dispatch::new(stem, Invocations::PerExample(positions * channels));
            let d = d.int("POSITIONS", *positions).int("CHANNELS", *channels);
            vec![b.write(b.read(d, "dy", *dy), "dx", *dx)]
        }
        Op::Activate { activation: f, x, y } => {
            let (d, element) = b.elementwise(stem, *y);
            let d = activation(d, *f);
            vec![b.write_as(b.read_as(d, "x", *x, element), "y", *y, element)]
        }
        Op::ActivateGrad { activation: f, y, dy, dx } => {
            let in_place = plan.buffer(*dy).slot == plan.buffer(*dx).slot;
            let (d, element) = b.elementwise(stem, *dx);
            let d = b.read_as(activation(d, *f).flag("IN_PLACE", in_place), "y", *y, element);
            let d = if in_place { d } else { b.read_as(d, "dy", *dy, element) };
            vec![b.write_as(d, "dx", *dx, element)]
        }
        Op::Softmax { positions, channels, x, y } => {
            let d = Dispatch::new(stem, Invocations::PerExample(*positions));
            let d = d.int("POSITIONS", *positions).int("CHANNELS", *channels);
            vec![b.write(b.read(d, "x", *x), "y", *y)]
        }
        Op::SoftmaxGrad { positions, channels, y, dy, dx } => {
            let d = Dispatch::new(stem, Invocations::PerExample(*positions));
            let d = d.int("POSITIONS", *positions).int("CHANNELS", *channels);
            vec![b.write(b.read(b.read(d, "y", *y), "dy", *dy), "dx", *dx)]
        }
        Op::BatchMoments { positions, channels, x, mean, variance } => {
            let mut all = b.column_sums(
                stem,
                *positions,
                *channels,
                Element::F32,
                |d| b.read(d, "x", *x),
                |d| b.write(d, "moment", *mean),
            );
            all.extend(b.column_sums(
                stem,
                *positions,
                *channels,
                Element::F32,
                |d| b.read(b.read(d.flag("DEVIATIONS", true), "x", *x), "mean", *mean),
                |d| b.write(d.flag("DEVIATIONS", true), "moment", *variance),
            ));
            all
        }
        Op::BatchNorm { positions, channels, epsilon, x, mean, variance, gamma, beta, y } => {
            let d = Dispatch::new(stem, Invocations::PerExample(positions * channels));
            let d = d.int("CHANNELS", *channels).float("EPSILON", *epsilon);
            let d = d.flag("GAMMA", gamma.is_some()).flag("BETA", beta.is_some());
            let d = b.read(b.read(b.read(d, "x", *x), "mean", *mean), "variance", *variance);
            let d = b.read_option(b.read_option(d, "gamma", *gamma), "beta", *beta);
            vec![b.write(d, "y", *y)]
        }
        Op::BatchNormGradParameters { positions, channels, epsilon, x, mean, variance, dy, dgamma, dbeta } => b
            .column_sums(
                stem,
                *positions,
                *channels,
                Element::Vec2,
                |d| {
                    let d = b.read(b.read(d.float("EPSILON", *epsilon), "mean", *mean), "variance", *variance);
                    b.read(b.read(d, "x", *x), "dy", *dy)
                },
                |d| b.write(b.write(d, "dgamma", *dgamma), "dbeta", *dbeta),
            ),
        Op::BatchNormGradInput { positions, channels, epsilon, x, mean, variance, gamma, dgamma, dbeta, dy, dx } => {
            let d = Dispatch::new(stem, Invocations::PerExample(positions * channels)).float("EPSILON", *epsilon);
            let d = d.int("POSITIONS", *positions).int("CHANNELS", *channels).flag("GAMMA", gamma.is_some());
            let d = b.read(b.read(b.read(d, "x", *x), "mean", *mean), "variance", *variance);
            let d = b.read(b.read(b.read_option(d, "gamma", *gamma), "dgamma", *dgamma), "dbeta", *dbeta);
            vec![b.write(b.read(d, "dy", *dy), "dx", *dx)]
        }
        Op::BatchNormGradFixed { positions, channels, epsilon, variance, gamma, dy, dx } => {
            let d = Dispatch::new(stem, Invocations::PerExample(positions * channels)).float("EPSILON", *epsilon);
            let d = d.int("CHANNELS", *channels).flag("GAMMA", gamma.is_some());
            let d = b.read_option(b.read(d, "variance", *variance), "gamma", *gamma);
            vec![b.write(b.read(d, "dy", *dy), "dx", *dx)]
        }
        Op::MovingAverage { momentum, value, average } => {
            let (d, element) = b.elementwise(stem, *average);
            let d = d.float("MOMENTUM", *momentum);
            vec![b.write_as(b.read_as(d, "value", *value, element), "average", *average, element)]
        }
        Op::Dropout { rate, stream, x, y } => {
            let len = plan.buffer(*y).len();
            let d = Dispatch::new(stem, Invocations::PerExample(len)).int("LEN", len);
            let d = d.float("RATE", *rate).float("SCALE", 1.0 / (1.0 - rate)).int("STREAM", *stream as usize);
            vec![b.write(b.read(d, "x", *x), "y", *y)]
        }
        Op::Add { xs, y } => {
            let add = |first: BufferId, second: Option<BufferId>| {
                let (d, element) = b.elementwise(stem, *y);
                let d = b.read_as(d.flag("PAIR", second.is_some()), "a", first, element);
                let d = match second {
                    Some(second) => b.read_as(d, "b", second, element),
                    None => d,
                };
                b.write_as(d, "y", *y, element)
            };
            match xs[..] {
                [only] => vec![add(only, None).flag("COPY", true)],
                _ => {
                    let more = xs.iter().skip(2).map(|x| add(*x, None));
                    [add(xs[0], xs.get(1).copied())].into_iter().chain(more).collect()
                }
            }
        }
        Op::Concatenate { positions, xs, y } => {
            let total: usize = xs.iter().map(|part| part.channels).sum();
            let offsets = xs.iter().scan(0, |offset, part| {
                let this = *offset;
                *offset += part.channels;
                Some(this)
            });
            xs.iter()
                .zip(offsets)
                .map(|(part, offset)| {
                    let d = part_of(stem, *positions, total, offset, part.channels);
                    b.write(b.read(d, "x", part.x), "y", *y)
                })
                .collect()
        }
        Op::ConcatenateGrad { positions, total, offset, channels, dy, dx } => {
            let d = part_of(stem, *positions, *total, *offset, *channels);
            vec![b.write(b.read(d, "dy", *dy), "dx", *dx)]
        }
        Op::ZeroPad2d { geometry: g, x, y } => {
            let d = Dispatch::new(stem, Invocations::PerExample(g.padded_len())).ints(padding(g));
            vec![b.write(b.read(d, "x", *x), "y", *y)]
        }
        Op::ZeroPad2dGrad { geometry: g, dy, dx } => {
            let len = g.in_height * g.in_width * g.channels;
            let d = Dispatch::new(stem, Invocations::PerExample(len)).ints(padding(g));
            vec![b.write(b.read(d, "dy", *dy), "dx", *dx)]
        }
        Op::Loss { kind, outputs, prediction, target, loss } => {
            let d =
                Dispatch::new(stem, Invocations::PerExample(1)).int("OUTPUTS", *outputs).flag(kind_flag(*kind), true);
            vec![b.write(b.read(b.read(d, "prediction", *prediction), "goal", *target), "loss", *loss)]
        }
        Op::LossGrad { kind, outputs, prediction, target, dprediction } => {
            let d =
                Dispatch::new(stem, Invocations::PerExample(1)).int("OUTPUTS", *outputs).flag(kind_flag(*kind), true);
            let d = b.read(b.read(d, "prediction", *prediction), "goal", *target);
            vec![b.write(d, "dprediction", *dprediction)]
        }
        Op::Metrics { outputs, output, target, loss, metrics } => {
            let d = Dispatch::new(stem, Invocations::Fixed(WORKGROUP)).int("OUTPUTS", *outputs);
            let d = b.read(b.read(b.read(d, "output", *output), "goal", *target), "loss", *loss);
            vec![b.write(d, "metrics", *metrics)]
        }
        Op::Sgd { momentum, nesterov, parameter, gradient, velocity } => {
            let (d, element) = b.elementwise(stem, *parameter);
            let d = d.float("MOMENTUM", *momentum).flag("NESTEROV", *nesterov).flag("VELOCITY", velocity.is_some());
            let d = b.read_as(d, "gradient", *gradient, element);
            let d = b.write_as(d, "parameter", *parameter, element);
            vec![match velocity {
                Some(velocity) => b.write_as(d, "velocity", *velocity, element),
                None => d,
            }]
        }
        Op::Adam { beta_1, beta_2, epsilon, parameter, gradient, m, v } => {
            let (d, element) = b.elementwise(stem, *parameter);
            let d = d.float("TAKE_1", 1.0 - beta_1).float("TAKE_2", 1.0 - beta_2).float("EPSILON", *epsilon);
            let d = b.read_as(d, "gradient", *gradient, element);
            let d = b.write_as(d, "parameter", *parameter, element);
            vec![b.write_as(b.write_as(d, "m", *m, element), "v", *v, element)]
        }
    }
}

/// Binds buffers of a plan.
pub(crate) struct Bind<'a> {
    pub plan: &'a Plan,
    /// The adapter is the processor itself: how products are cut depends on it.
    pub software: bool,
}

impl Bind<'_> {
    pub fn read(&self, dispatch: Dispatch, name: &'static str, id: BufferId) -> Dispatch {
        self.read_as(dispatch, name, id, Element::F32)
    }

    pub fn read_as(&self, dispatch: Dispatch, name: &'static str, id: BufferId, element: Element) -> Dispatch {
        dispatch.bind(name, Place::Slot(self.plan.buffer(id).slot), Access::Read, element)
    }

    pub fn read_option(&self, dispatch: Dispatch, name: &'static str, id: Option<BufferId>) -> Dispatch {
        match id {
            Some(id) => self.read(dispatch, name, id),
            None => dispatch,
        }
    }

    pub fn write(&self, dispatch: Dispatch, name: &'static str, id: BufferId) -> Dispatch {
        self.write_as(dispatch, name, id, Element::F32)
    }

    pub fn write_as(&self, dispatch: Dispatch, name: &'static str, id: BufferId, element: Element) -> Dispatch {
        dispatch.bind(name, Place::Slot(self.plan.buffer(id).slot), Access::Write, element)
    }

    /// A dispatch over the numbers of a buffer, by fours where they come in fours.
    fn elementwise(&self, stem: &'static str, id: BufferId) -> (Dispatch, Element) {
        let buffer = self.plan.buffer(id);
        let vectors = buffer.len().is_multiple_of(4);
        let (len, element) = if vectors { (buffer.len() / 4, Element::Vec4) } else { (buffer.len(), Element::F32) };
        let invocations = if buffer.batched { Invocations::PerExample(len) } else { Invocations::Fixed(len) };
        (Dispatch::new(stem, invocations).flag("VECTORS", vectors), element)
    }

    /// Sums over the batch's rows for each channel, in two passes of the stem's file: sums of pieces of the rows, then
    /// of the pieces. Equal runs add in an equal order. `terms` binds what is summed, `totals` where the sums go.
    fn column_sums(
        &self,
        stem: &'static str,
        positions: usize,
        channels: usize,
        sum: Element,
        terms: impl FnOnce(Dispatch) -> Dispatch,
        totals: impl FnOnce(Dispatch) -> Dispatch,
    ) -> Vec<Dispatch> {
        let rows = self.plan.max_batch * positions;
        let each = tiles::rows_of_a_piece(rows, channels);
        let pieces = rows.div_ceil(each);
        let constants = |d: Dispatch| d.ints([("POSITIONS", positions), ("CHANNELS", channels), ("EACH", each)]);
        let first = Dispatch::new(stem, Invocations::PerRows { per_example: positions, each, invocations: channels });
        let mut first = terms(constants(first)).bind("pieces", Place::Scratch, Access::Write, sum);
        first.scratch = pieces as u64 * channels as u64 * sum.width() as u64 * 4;
        let second = constants(Dispatch::new(stem, Invocations::Fixed(channels))).flag("TOTALS", true);
        let second = second.bind("pieces", Place::Scratch, Access::Read, sum);
        let second = match sum {
            // The totals of batch normalisation need what its terms need.
            Element::Vec2 => totals(self.moments_of(second, &first)),
            _ => totals(second),
        };
        vec![first, second]
    }

    fn moments_of(&self, second: Dispatch, first: &Dispatch) -> Dispatch {
        let mut second = second;
        second.constants.extend(first.constants.iter().filter(|(name, _)| *name == "EPSILON"));
        second.bindings.extend(first.bindings.iter().filter(|binding| binding.name == "variance"));
        second
    }
}

/// The file's activation, as a flag and a slope.
pub(crate) fn activation(dispatch: Dispatch, activation: Activation) -> Dispatch {
    match activation {
        Activation::Linear | Activation::Softmax => dispatch.flag("LINEAR", true),
        Activation::Relu => dispatch.flag("RELU", true),
        Activation::Sigmoid => dispatch.flag("SIGMOID", true),
        Activation::Tanh => dispatch.flag("TANH", true),
        Activation::LeakyRelu { negative_slope } => dispatch.flag("LEAKY_RELU", true).float("SLOPE", negative_slope),
    }
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
