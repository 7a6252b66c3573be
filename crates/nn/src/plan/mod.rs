//! The network written out for an executor: a flat list of steps over named buffers.

mod autodiff;
mod axes;
mod blocks;
mod builder;
mod check;
mod error;
mod exchange;
mod layers;
mod lower;
mod lowering;
mod memory;
mod op;
mod operands;
mod outline;
mod tape;
mod terms;

use std::ops::Range;

pub use error::PlanError;
pub use exchange::{Exchange, ExchangeKind};
pub use lowering::{Gradients, Keep, Lowering, Mode, Origin};
pub use memory::Memory;
pub use op::{Concatenated, LossKind, Op};
pub use operands::{Access, Extent, Operand};
pub use outline::{BufferOutline, Outline, Phase, StepOutline};
pub use terms::{Cell, Cells, Examples};

use serde::{Deserialize, Serialize};

use crate::Initializer;
pub use crate::geometry::{ConvGeometry, DepthwiseGeometry, PadGeometry, PoolGeometry};

/// Index of a buffer in [`Plan::buffers`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct BufferId(pub u32);

impl BufferId {
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a buffer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The examples, written from outside.
    Input,
    /// The one-hot labels or values to reach, written from outside.
    Target,
    Parameter,
    /// Output of a layer, or something between.
    Activation,
    /// Gradient of an activation.
    Gradient,
    /// Gradient of a parameter.
    ParameterGradient,
    /// Moments of a batch, and sums over it that are no parameter's gradient: [`Plan::exchanges`].
    BatchStatistic,
    OptimizerState,
    /// `[sum of the losses, number of right answers]` of the batch.
    Metric,
}

/// A named tensor.
#[derive(Clone, Debug, PartialEq)]
pub struct Buffer {
    /// `layer` or `layer/what`: `conv2d/kernel`, `conv2d`, `conv2d/gradient`, `conv2d/kernel/adam_m`.
    pub name: String,
    pub role: Role,
    /// Without the batch.
    pub shape: Vec<usize>,
    /// One such tensor an example, or one for all.
    pub batched: bool,
    /// Index into [`Plan::slots`]. Buffers of one slot are never alive together, or are the same numbers.
    pub slot: usize,
}

impl Buffer {
    /// Numbers an example, or in all when not batched.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A piece of memory of `len` f32 for each example of `max_batch`, or `len` in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    pub len: usize,
    pub batched: bool,
}

/// A learnt tensor, or one that training moves (batch normalisation's averages).
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// The same as its buffer's.
    pub name: String,
    /// Index of the layer in the network.
    pub layer: usize,
    pub buffer: BufferId,
    pub gradient: Option<BufferId>,
    pub shape: Vec<usize>,
    pub initializer: Initializer,
    pub trainable: bool,
}

/// One operation, and the layer it belongs to.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Index of the layer in the network.
    pub layer: usize,
    pub op: Op,
}

/// The network as every executor runs it.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    pub max_batch: usize,
    pub buffers: Vec<Buffer>,
    pub slots: Vec<Slot>,
    pub parameters: Vec<Parameter>,
    /// Optimiser state, all zeros at first, in the order in which checkpoints keep it.
    pub optimizer_state: Vec<BufferId>,
    pub steps: Vec<Step>,
    /// The phases, one after another; those that the lowering left out are empty.
    pub forward: Range<usize>,
    pub loss: Range<usize>,
    pub backward: Range<usize>,
    pub update: Range<usize>,
    pub input: BufferId,
    pub output: BufferId,
    /// Where a loss was asked for.
    pub target: Option<BufferId>,
    /// The loss of every example, where a loss was asked for.
    pub example_loss: Option<BufferId>,
    pub metrics: Option<BufferId>,
    /// Output buffer of every layer of the network. After a run they hold what their names say only where the lowering
    /// kept the intermediates.
    pub layer_outputs: Vec<BufferId>,
    /// The gradient that backward begins from, where gradients were asked for. At a layer ([`Origin::Layer`]) it is written
    /// from outside; at the loss backward's first step writes it, and later ones may use its memory.
    pub origin: Option<BufferId>,
    /// Where it was asked for.
    pub input_gradient: Option<BufferId>,
    /// Those that were asked for by the layer, in the order of [`Gradients::layers`].
    pub layer_gradients: Vec<BufferId>,
}

impl Plan {
    pub fn buffer(&self, id: BufferId) -> &Buffer {
        &self.buffers[id.index()]
    }

    /// Numbers in a buffer when `batch` examples are in it.
    pub fn len_of(&self, id: BufferId, batch: usize) -> usize {
        let buffer = self.buffer(id);
        buffer.len() * if buffer.batched { batch } else { 1 }
    }

    /// The first value of every parameter: a function of the seed alone.
    pub fn initial_values(&self, seed: u32) -> impl Iterator<Item = (BufferId, Vec<f32>)> + '_ {
        let numbered = self.parameters.iter().zip(0..);
        numbered.map(move |(p, stream)| (p.buffer, p.initializer.values(&p.shape, seed, stream)))
    }
}
