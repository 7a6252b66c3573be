//! The operands of every operation: their names, how they are used, and how many numbers they must hold. Checks, memory,
//! the GPU's bindings and the labels that people read all follow from this list.

use serde::Serialize;

use super::{BufferId, ConvGeometry, DepthwiseGeometry, Op, PoolGeometry};

/// How an operation uses an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Access {
    Read,
    /// Overwritten, whatever it held.
    Write,
    /// Read and overwritten with what follows from it.
    Update,
}

impl Access {
    pub fn reads(self) -> bool {
        self != Access::Write
    }

    pub fn writes(self) -> bool {
        self != Access::Read
    }
}

/// How many numbers an operand holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// So many for each example.
    Examples(usize),
    /// So many in all.
    Whole(usize),
    /// As another one, whatever that is.
    Like(BufferId),
}

/// One operand of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Operand {
    /// As in the operation's formula. Several inputs of one kind are all called `x`.
    pub name: &'static str,
    pub buffer: BufferId,
    pub access: Access,
    #[serde(skip)]
    pub extent: Extent,
    /// The operand that this one, which is written, may share its memory with.
    #[serde(skip)]
    pub over: Option<BufferId>,
}

/// Collects the operands of one operation.
struct List(Vec<Operand>);

impl List {
    fn add(mut self, access: Access, name: &'static str, buffer: BufferId, extent: Extent) -> Self {
        self.0.push(Operand { name, buffer, access, extent, over: None });
        self
    }

    fn read(self, name: &'static str, buffer: BufferId, extent: Extent) -> Self {
        self.add(Access::Read, name, buffer, extent)
    }

    fn write(self, name: &'static str, buffer: BufferId, extent: Extent) -> Self {
        self.add(Access::Write, name, buffer, extent)
    }

    fn update(self, name: &'static str, buffer: BufferId, extent: Extent) -> Self {
        self.add(Access::Update, name, buffer, extent)
    }

    fn option(self, access: Access, name: &'static str, buffer: Option<BufferId>, extent: Extent) -> Self {
        match buffer {
            Some(buffer) => self.add(access, name, buffer, extent),
            None => self,
        }
    }

    fn read_option(self, name: &'static str, buffer: Option<BufferId>, extent: Extent) -> Self {
        self.option(Access::Read, name, buffer, extent)
    }

    /// The last one may lie over another.
    fn over(mut self, buffer: BufferId) -> Self {
        if let Some(last) = self.0.last_mut() {
            last.over = Some(buffer);
        }
        self
    }
}

impl Op {
    /// Every operand, in the order of the operation's fields.
    pub fn operands(&self) -> Vec<Operand> {
        use Extent::{Examples, Like, Whole};
        let list = List(Vec::new());
        let list = match *self {
            Op::Conv2d { ref geometry, x, kernel, bias, y, .. } => forward(list, geometry, x, kernel, bias, y),
            Op::Conv2dGradInput { ref geometry, dy, kernel, dx } => grad_input(list, geometry, dy, kernel, dx),
            Op::Conv2dGradKernel { ref geometry, x, dy, dkernel } => grad_kernel(list, geometry, x, dy, dkernel),
            Op::DepthwiseConv2d { ref geometry, x, kernel, bias, y, .. } => {
                let [input, weights, output] = depthwise(geometry);
                let list = list.read("x", x, input).read("kernel", kernel, weights);
                list.read_option("bias", bias, Whole(geometry.filters())).write("y", y, output)
            }
            Op::DepthwiseConv2dGradInput { ref geometry, dy, kernel, dx } => {
                let [input, weights, output] = depthwise(geometry);
                list.read("dy", dy, output).read("kernel", kernel, weights).write("dx", dx, input)
            }
            Op::DepthwiseConv2dGradKernel { ref geometry, x, dy, dkernel } => {
                let [input, weights, output] = depthwise(geometry);
                list.read("x", x, input).read("dy", dy, output).write("dkernel", dkernel, weights)
            }
            Op::Dense { inputs, units, x, kernel, bias, y, .. } => {
                forward(list, &ConvGeometry::dense(inputs, units), x, kernel, bias, y)
            }
            Op::DenseGradInput { inputs, units, dy, kernel, dx } => {
                grad_input(list, &ConvGeometry::dense(inputs, units), dy, kernel, dx)
            }
            Op::DenseGradKernel { inputs, units, x, dy, dkernel } => {
                grad_kernel(list, &ConvGeometry::dense(inputs, units), x, dy, dkernel)
            }
            Op::BiasGrad { positions, channels, dy, dbias } => {
                list.read("dy", dy, Examples(positions * channels)).write("dbias", dbias, Whole(channels))
            }
            Op::MaxPool2d { ref geometry, x, y } | Op::AveragePool2d { ref geometry, x, y } => {
                let [input, output] = pooled(geometry);
                list.read("x", x, input).write("y", y, output)
            }
            Op::MaxPool2dGrad { ref geometry, x, y, dy, dx } => {
                let [input, output] = pooled(geometry);
                list.read("x", x, input).read("y", y, output).read("dy", dy, output).write("dx", dx, input)
            }
            Op::AveragePool2dGrad { ref geometry, dy, dx } => {
                let [input, output] = pooled(geometry);
                list.read("dy", dy, output).write("dx", dx, input)
            }
            Op::GlobalAveragePool2d { positions, channels, x, y } => {
                list.read("x", x, Examples(positions * channels)).write("y", y, Examples(channels))
            }
            Op::GlobalAveragePool2dGrad { positions, channels, dy, dx } => {
                list.read("dy", dy, Examples(channels)).write("dx", dx, Examples(positions * channels))
            }
            Op::Activate { x, y, .. } | Op::Dropout { x, y, .. } => list.read("x", x, Like(y)).write("y", y, Like(y)),
            Op::ActivateGrad { y, dy, dx, .. } => {
                list.read("y", y, Like(dx)).read("dy", dy, Like(dx)).write("dx", dx, Like(dx)).over(dy)
            }
            Op::Softmax { positions, channels, x, y } => {
                let all = Examples(positions * channels);
                list.read("x", x, all).write("y", y, all)
            }
            Op::SoftmaxGrad { positions, channels, y, dy, dx } => {
                let all = Examples(positions * channels);
                list.read("y", y, all).read("dy", dy, all).write("dx", dx, all)
            }
            Op::BatchMoments { positions, channels, x, mean, variance } => {
                let each = Whole(channels);
                let list = list.read("x", x, Examples(positions * channels));
                list.write("mean", mean, each).write("variance", variance, each)
            }
            Op::BatchNorm { positions, channels, x, mean, variance, gamma, beta, y, .. } => {
                let (all, each) = (Examples(positions * channels), Whole(channels));
                let list = list.read("x", x, all).read("mean", mean, each).read("variance", variance, each);
                list.read_option("gamma", gamma, each).read_option("beta", beta, each).write("y", y, all)
            }
            Op::BatchNormGradParameters { positions, channels, x, mean, variance, dy, dgamma, dbeta, .. } => {
                let (all, each) = (Examples(positions * channels), Whole(channels));
                let list = list.read("x", x, all).read("mean", mean, each).read("variance", variance, each);
                list.read("dy", dy, all).write("dgamma", dgamma, each).write("dbeta", dbeta, each)
            }
            Op::BatchNormGradInput { positions, channels, x, mean, variance, gamma, dgamma, dbeta, dy, dx, .. } => {
                let (all, each) = (Examples(positions * channels), Whole(channels));
                let list = list.read("x", x, all).read("mean", mean, each).read("variance", variance, each);
                let list = list.read_option("gamma", gamma, each).read("dgamma", dgamma, each);
                list.read("dbeta", dbeta, each).read("dy", dy, all).write("dx", dx, all)
            }
            Op::BatchNormGradFixed { positions, channels, variance, gamma, dy, dx, .. } => {
                let (all, each) = (Examples(positions * channels), Whole(channels));
                let list = list.read("variance", variance, each).read_option("gamma", gamma, each);
                list.read("dy", dy, all).write("dx", dx, all)
            }
            Op::MovingAverage { value, average, .. } => {
                list.read("value", value, Like(average)).update("average", average, Like(average))
            }
            Op::Add { ref xs, y } => xs.iter().fold(list, |list, x| list.read("x", *x, Like(y))).write("y", y, Like(y)),
            Op::Concatenate { positions, ref xs, y } => {
                let total = xs.iter().map(|part| part.channels).sum::<usize>();
                let read = |list: List, part: &super::Concatenated| {
                    list.read("x", part.x, Examples(positions * part.channels))
                };
                xs.iter().fold(list, read).write("y", y, Examples(positions * total))
            }
            Op::ConcatenateGrad { positions, total, channels, dy, dx, .. } => {
                list.read("dy", dy, Examples(positions * total)).write("dx", dx, Examples(positions * channels))
            }
            Op::ZeroPad2d { ref geometry, x, y } => {
                list.read("x", x, Examples(geometry.input_len())).write("y", y, Examples(geometry.padded_len()))
            }
            Op::ZeroPad2dGrad { ref geometry, dy, dx } => {
                list.read("dy", dy, Examples(geometry.padded_len())).write("dx", dx, Examples(geometry.input_len()))
            }
            Op::Loss { outputs, prediction, target, loss, .. } => {
                let all = Examples(outputs);
                let list = list.read("prediction", prediction, all).read("target", target, all);
                list.write("loss", loss, Examples(1))
            }
            Op::LossGrad { outputs, prediction, target, dprediction, .. } => {
                let all = Examples(outputs);
                let list = list.read("prediction", prediction, all).read("target", target, all);
                list.write("dprediction", dprediction, all)
            }
            Op::Metrics { outputs, output, target, loss, metrics } => {
                let list = list.read("output", output, Examples(outputs)).read("target", target, Examples(outputs));
                list.read("loss", loss, Examples(1)).write("metrics", metrics, Whole(2))
            }
            Op::Sgd { parameter, gradient, velocity, .. } => {
                let like = Like(parameter);
                let list = list.update("parameter", parameter, like).read("gradient", gradient, like);
                list.option(Access::Update, "velocity", velocity, like)
            }
            Op::Adam { parameter, gradient, m, v, .. } => {
                let like = Like(parameter);
                let list = list.update("parameter", parameter, like).read("gradient", gradient, like);
                list.update("m", m, like).update("v", v, like)
            }
        };
        list.0
    }

    /// Buffers that the operation reads, in the order of its fields.
    pub fn reads(&self) -> Vec<BufferId> {
        self.operands().into_iter().filter(|o| o.access.reads()).map(|o| o.buffer).collect()
    }

    /// Buffers that the operation writes, in the order of its fields.
    pub fn writes(&self) -> Vec<BufferId> {
        self.operands().into_iter().filter(|o| o.access.writes()).map(|o| o.buffer).collect()
    }

    /// The one pair (read, written) that may be the same memory.
    pub fn in_place(&self) -> Option<(BufferId, BufferId)> {
        self.operands().into_iter().find_map(|o| Some((o.over?, o.buffer)))
    }
}

fn forward(list: List, g: &ConvGeometry, x: BufferId, kernel: BufferId, bias: Option<BufferId>, y: BufferId) -> List {
    let list = list.read("x", x, input(g)).read("kernel", kernel, kernel_extent(g));
    list.read_option("bias", bias, Extent::Whole(g.filters)).write("y", y, output(g))
}

fn grad_input(list: List, g: &ConvGeometry, dy: BufferId, kernel: BufferId, dx: BufferId) -> List {
    list.read("dy", dy, output(g)).read("kernel", kernel, kernel_extent(g)).write("dx", dx, input(g))
}

fn grad_kernel(list: List, g: &ConvGeometry, x: BufferId, dy: BufferId, dkernel: BufferId) -> List {
    list.read("x", x, input(g)).read("dy", dy, output(g)).write("dkernel", dkernel, kernel_extent(g))
}

fn input(g: &ConvGeometry) -> Extent {
    Extent::Examples(g.in_height * g.in_width * g.in_channels)
}

fn output(g: &ConvGeometry) -> Extent {
    Extent::Examples(g.out_height * g.out_width * g.filters)
}

fn kernel_extent(g: &ConvGeometry) -> Extent {
    Extent::Whole(g.depth() * g.filters)
}

/// Input, kernel and output.
fn depthwise(g: &DepthwiseGeometry) -> [Extent; 3] {
    [Extent::Examples(g.input_len()), Extent::Whole(g.kernel_len()), Extent::Examples(g.output_len())]
}

fn pooled(g: &PoolGeometry) -> [Extent; 2] {
    [Extent::Examples(g.input_len()), Extent::Examples(g.output_len())]
}
