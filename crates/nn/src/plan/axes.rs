//! How the operands of each operation are laid out, and where two of them meet.

use super::{ConvGeometry, DepthwiseGeometry, LossKind, Op, Operand, PoolGeometry};

/// What an axis counts. Two axes of one line meet place by place, or as a window slides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Row,
    Column,
    /// Rows and columns together.
    Position,
    Channel,
    /// Channels of the output, where those of the input are others.
    Filter,
    /// Numbers of a tensor of any shape.
    Element,
    /// Which of the two metrics.
    Metric,
}

/// One axis of an operand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    /// What it shares with other operands' axes; none meets all of them everywhere.
    line: Option<Line>,
    pub len: usize,
    side: Side,
}

/// Where the places of an axis lie on its line.
#[derive(Clone, Copy, Debug)]
enum Side {
    /// The first one there, the others after it.
    From(usize),
    /// Under a sliding window.
    Input(Slide),
    /// The window's positions.
    Output(Slide),
    /// The cells of the window.
    Tap(Slide),
}

/// One axis of a sliding window: cell `tap` of position `output` lies at `output · stride + tap · dilation − pad`, if
/// that is inside.
#[derive(Clone, Copy, Debug)]
struct Slide {
    inputs: usize,
    outputs: usize,
    taps: usize,
    stride: usize,
    dilation: usize,
    pad: usize,
}

impl Slide {
    fn input(&self, output: usize, tap: usize) -> Option<usize> {
        (output * self.stride + tap * self.dilation).checked_sub(self.pad).filter(|input| *input < self.inputs)
    }

    fn output(&self, input: usize, tap: usize) -> Option<usize> {
        let begin = (input + self.pad).checked_sub(tap * self.dilation)?;
        (begin.is_multiple_of(self.stride) && begin / self.stride < self.outputs).then(|| begin / self.stride)
    }
}

/// Adds the places of `to` that meet a place of `from`.
fn meeting(from: &Axis, place: usize, to: &Axis, met: &mut Vec<usize>) {
    let (slide, along) = match (from.side, to.side) {
        (Side::From(a), Side::From(b)) => {
            met.extend((a + place).checked_sub(b).filter(|at| *at < to.len));
            return;
        }
        // Two inputs meet in the windows that they have in common.
        (Side::Input(slide), Side::Input(_)) => {
            for output in (0..slide.taps).filter_map(|tap| slide.output(place, tap)) {
                met.extend((0..slide.taps).filter_map(|tap| slide.input(output, tap)));
            }
            return;
        }
        (Side::Input(slide), Side::Output(_) | Side::Tap(_)) | (Side::Output(slide), Side::Input(_) | Side::Tap(_)) => {
            (slide, slide.taps)
        }
        (Side::Tap(slide), Side::Input(_) | Side::Output(_)) => (slide, slide.outputs),
        // No operation has these on one line.
        _ => return,
    };
    for at in 0..along {
        // One of the three follows from the other two.
        let (input, output, tap) = match from.side {
            Side::Input(_) => (Some(place), slide.output(place, at), at),
            Side::Output(_) => (slide.input(place, at), Some(place), at),
            _ => (slide.input(at, place), Some(at), place),
        };
        if let (Some(input), Some(output)) = (input, output) {
            met.push(match to.side {
                Side::Input(_) => input,
                Side::Output(_) => output,
                _ => tap,
            });
        }
    }
}

/// The places of `to`, along each of its axes, that meet the block of cells at these places of `from`; `None` where there are
/// none. Operands meet axis by axis, so what meets a block is a block.
pub(super) fn related(from: &[Axis], places: &[Vec<usize>], to: &[Axis]) -> Option<Vec<Vec<usize>>> {
    let along = |to: &Axis| {
        let shared = from.iter().zip(places).find(|(from, _)| to.line.is_some() && from.line == to.line);
        let Some((from, places)) = shared else { return (0..to.len).collect() };
        let mut met = Vec::new();
        for place in places {
            meeting(from, *place, to, &mut met);
        }
        met.sort_unstable();
        met.dedup();
        met
    };
    let along: Vec<Vec<usize>> = to.iter().map(along).collect();
    along.iter().all(|places| !places.is_empty()).then_some(along)
}

/// Whether every cell of one operand meets the cell in the same place of the other, and no other.
pub(super) fn alike(from: &[Axis], to: &[Axis]) -> bool {
    let same = |(a, b): (&Axis, &Axis)| {
        let first = |axis: &Axis| if let Side::From(first) = axis.side { Some(first) } else { None };
        a.line.is_some() && (a.line, a.len) == (b.line, b.len) && first(a).is_some() && first(a) == first(b)
    };
    from.len() == to.len() && from.iter().zip(to).all(same)
}

fn axis(line: Line, len: usize) -> Axis {
    from(line, len, 0)
}

fn from(line: Line, len: usize, first: usize) -> Axis {
    Axis { line: Some(line), len, side: Side::From(first) }
}

/// An axis that every number of the others goes along with.
fn all(len: usize) -> Axis {
    Axis { line: None, len, side: Side::From(0) }
}

impl Op {
    /// The axes of each operand, in the operands' order.
    pub(super) fn axes(&self) -> Vec<Vec<Axis>> {
        let mut offset = 0;
        self.operands().iter().map(|operand| self.axes_of(operand, &mut offset)).collect()
    }

    /// `offset` is where the next part of a concatenation begins.
    fn axes_of(&self, operand: &Operand, offset: &mut usize) -> Vec<Axis> {
        use Line::{Channel, Element, Metric, Position};
        let name = operand.name;
        match *self {
            Op::Conv2d { ref geometry, .. }
            | Op::Conv2dGradInput { ref geometry, .. }
            | Op::Conv2dGradKernel { ref geometry, .. } => convolution(geometry, name),
            Op::DepthwiseConv2d { ref geometry, .. }
            | Op::DepthwiseConv2dGradInput { ref geometry, .. }
            | Op::DepthwiseConv2dGradKernel { ref geometry, .. } => depthwise(geometry, name),
            Op::Dense { inputs, units, .. }
            | Op::DenseGradInput { inputs, units, .. }
            | Op::DenseGradKernel { inputs, units, .. } => convolution(&ConvGeometry::dense(inputs, units), name),
            Op::MaxPool2d { ref geometry, .. }
            | Op::MaxPool2dGrad { ref geometry, .. }
            | Op::AveragePool2d { ref geometry, .. }
            | Op::AveragePool2dGrad { ref geometry, .. } => pooling(geometry, name),
            Op::GlobalAveragePool2d { positions, channels, .. }
            | Op::GlobalAveragePool2dGrad { positions, channels, .. } => match name {
                "x" | "dx" => vec![axis(Position, positions), axis(Channel, channels)],
                _ => vec![axis(Channel, channels)],
            },
            Op::BiasGrad { positions, channels, .. }
            | Op::BatchMoments { positions, channels, .. }
            | Op::BatchNorm { positions, channels, .. }
            | Op::BatchNormGradParameters { positions, channels, .. }
            | Op::BatchNormGradInput { positions, channels, .. }
            | Op::BatchNormGradFixed { positions, channels, .. } => match name {
                "x" | "y" | "dx" | "dy" => vec![axis(Position, positions), axis(Channel, channels)],
                _ => vec![axis(Channel, channels)],
            },
            // Every number of a result takes in all channels.
            Op::Softmax { positions, channels, .. } | Op::SoftmaxGrad { positions, channels, .. } => {
                let along = if operand.access.writes() { axis(Channel, channels) } else { all(channels) };
                vec![axis(Position, positions), along]
            }
            Op::Activate { .. }
            | Op::ActivateGrad { .. }
            | Op::MovingAverage { .. }
            | Op::Dropout { .. }
            | Op::Add { .. }
            | Op::Sgd { .. }
            | Op::Adam { .. } => vec![axis(Element, usize::MAX)],
            Op::Concatenate { positions, ref xs, .. } => {
                let total = xs.iter().map(|part| part.channels).sum();
                let part = xs.iter().find(|part| part.x == operand.buffer).filter(|_| name == "x");
                let channels = part.map_or(total, |part| part.channels);
                let first = if part.is_some() { std::mem::replace(offset, *offset + channels) } else { 0 };
                vec![axis(Position, positions), from(Channel, channels, first)]
            }
            Op::ConcatenateGrad { positions, total, offset, channels, .. } => match name {
                "dx" => vec![axis(Position, positions), from(Channel, channels, offset)],
                _ => vec![axis(Position, positions), axis(Channel, total)],
            },
            Op::ZeroPad2d { geometry: g, .. } | Op::ZeroPad2dGrad { geometry: g, .. } => match name {
                "x" | "dx" => vec![
                    from(Line::Row, g.in_height, g.top),
                    from(Line::Column, g.in_width, g.left),
                    axis(Channel, g.channels),
                ],
                _ => vec![
                    axis(Line::Row, g.top + g.in_height + g.bottom),
                    axis(Line::Column, g.left + g.in_width + g.right),
                    axis(Channel, g.channels),
                ],
            },
            Op::Loss { outputs, .. } => vec![all(if name == "loss" { 1 } else { outputs })],
            Op::LossGrad { kind: LossKind::MeanSquaredError, outputs, .. } => vec![axis(Element, outputs)],
            Op::LossGrad { outputs, .. } => {
                vec![if operand.access.writes() { axis(Element, outputs) } else { all(outputs) }]
            }
            Op::Metrics { outputs, .. } => match name {
                "metrics" => vec![axis(Metric, 2)],
                "loss" => vec![from(Metric, 1, 0)],
                _ => vec![all(outputs), from(Metric, 1, 1)],
            },
        }
    }
}

fn convolution(g: &ConvGeometry, name: &str) -> Vec<Axis> {
    let [rows, columns] = [(g.in_height, g.out_height, g.pad_top), (g.in_width, g.out_width, g.pad_left)];
    let slides = slides([rows, columns], g.kernel, g.strides, g.dilation);
    match name {
        "x" | "dx" => picture(slides, Side::Input, axis(Line::Channel, g.in_channels)),
        "kernel" | "dkernel" => {
            let mut axes = picture(slides, Side::Tap, axis(Line::Channel, g.in_channels));
            axes.push(axis(Line::Filter, g.filters));
            axes
        }
        "y" | "dy" => picture(slides, Side::Output, axis(Line::Filter, g.filters)),
        _ => vec![axis(Line::Filter, g.filters)],
    }
}

/// Output channels are a channel and which of its outputs.
fn depthwise(g: &DepthwiseGeometry, name: &str) -> Vec<Axis> {
    let [rows, columns] = [(g.in_height, g.out_height, g.pad_top), (g.in_width, g.out_width, g.pad_left)];
    let slides = slides([rows, columns], g.kernel, g.strides, g.dilation);
    let (channel, multiple) = (axis(Line::Channel, g.channels), axis(Line::Filter, g.multiplier));
    let mut axes = match name {
        "x" | "dx" => return picture(slides, Side::Input, channel),
        "kernel" | "dkernel" => picture(slides, Side::Tap, channel),
        "y" | "dy" => picture(slides, Side::Output, channel),
        _ => vec![channel],
    };
    axes.push(multiple);
    axes
}

/// Of rows and columns, each with its inputs, outputs and zeros before the first.
fn slides(
    along: [(usize, usize, usize); 2],
    taps: [usize; 2],
    strides: [usize; 2],
    dilation: [usize; 2],
) -> [Slide; 2] {
    [0, 1].map(|axis| {
        let (inputs, outputs, pad) = along[axis];
        Slide { inputs, outputs, taps: taps[axis], stride: strides[axis], dilation: dilation[axis], pad }
    })
}

fn pooling(g: &PoolGeometry, name: &str) -> Vec<Axis> {
    let [rows, columns] = [(g.in_height, g.out_height, g.pad_top), (g.in_width, g.out_width, g.pad_left)];
    let side = if matches!(name, "x" | "dx") { Side::Input } else { Side::Output };
    picture(slides([rows, columns], g.window, g.strides, [1, 1]), side, axis(Line::Channel, g.channels))
}

/// Rows and columns on one side of the window, and what lies along the last axis.
fn picture([rows, columns]: [Slide; 2], side: fn(Slide) -> Side, last: Axis) -> Vec<Axis> {
    let along = |line, slide: Slide| {
        let side = side(slide);
        let len = match side {
            Side::Input(_) => slide.inputs,
            Side::Output(_) => slide.outputs,
            Side::Tap(_) | Side::From(_) => slide.taps,
        };
        Axis { line: Some(line), len, side }
    };
    vec![along(Line::Row, rows), along(Line::Column, columns), last]
}
