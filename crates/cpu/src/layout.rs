//! What running a plan takes, decided before anything is allocated.

use std::iter::Sum;
use std::ops::Add;

use atelier_nn::plan::{ConvGeometry, Parameter, Role};
use atelier_nn::{BufferId, Op, Plan};

use crate::Isa;
use crate::gemm::pack::Matrix;
use crate::gemm::{self, PatchShape, WorkspaceSize};
use crate::memory::{AlignedBuffer, product};

/// Memory of an executor, or of several over the same parameters, in bytes by what it is for: that of the plan's buffers
/// ([`atelier_nn::plan::Memory`]) in whole cache lines, and what running them takes beside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bytes {
    /// Shared by the plans of one store, like `packed_kernels`.
    pub parameters: u64,
    /// Kernels as products read them, kept until the kernel changes.
    pub packed_kernels: u64,
    pub parameter_gradients: u64,
    pub optimizer_state: u64,
    /// Everything else: inputs, activations and their gradients for `max_batch` examples, moments, metrics.
    pub activations: u64,
    /// What operations use besides their operands, tables included.
    pub workspace: u64,
}

impl Bytes {
    pub fn total(self) -> u64 {
        let Bytes { parameters, packed_kernels, parameter_gradients, optimizer_state, activations, workspace } = self;
        [parameters, packed_kernels, parameter_gradients, optimizer_state, activations, workspace]
            .into_iter()
            .fold(0, u64::saturating_add)
    }

    fn of_slot(role: Role, bytes: u64) -> Self {
        let none = Bytes::default();
        match role {
            Role::Parameter => Bytes { parameters: bytes, ..none },
            Role::ParameterGradient => Bytes { parameter_gradients: bytes, ..none },
            Role::OptimizerState => Bytes { optimizer_state: bytes, ..none },
            _ => Bytes { activations: bytes, ..none },
        }
    }
}

impl Add for Bytes {
    type Output = Bytes;

    fn add(self, other: Bytes) -> Bytes {
        Bytes {
            parameters: self.parameters.saturating_add(other.parameters),
            packed_kernels: self.packed_kernels.saturating_add(other.packed_kernels),
            parameter_gradients: self.parameter_gradients.saturating_add(other.parameter_gradients),
            optimizer_state: self.optimizer_state.saturating_add(other.optimizer_state),
            activations: self.activations.saturating_add(other.activations),
            workspace: self.workspace.saturating_add(other.workspace),
        }
    }
}

impl Sum for Bytes {
    fn sum<I: Iterator<Item = Bytes>>(all: I) -> Bytes {
        all.fold(Bytes::default(), Add::add)
    }
}

/// A tensor and the packed copies that are kept of it.
#[derive(Clone, Debug)]
pub struct TensorLayout {
    role: Role,
    /// Numbers.
    pub len: u64,
    pub panels: Vec<Matrix>,
}

impl TensorLayout {
    pub fn bytes(&self, isa: Isa) -> Bytes {
        let packed = self.panels.iter().map(|matrix| AlignedBuffer::bytes(matrix.packed_len(isa.tile_size().1)));
        let packed_kernels = packed.fold(0, u64::saturating_add);
        Bytes::of_slot(self.role, AlignedBuffer::bytes(self.len)) + Bytes { packed_kernels, ..Bytes::default() }
    }

    /// The place of a packed copy among those kept.
    fn keep(&mut self, matrix: Matrix) -> usize {
        let found = self.panels.iter().position(|kept| *kept == matrix);
        found.unwrap_or_else(|| {
            self.panels.push(matrix);
            self.panels.len() - 1
        })
    }
}

/// What a store holds or is to hold: a parameter's name and shape, and its memory.
#[derive(Clone, Debug)]
pub struct Entry {
    name: String,
    shape: Vec<usize>,
    pub tensor: TensorLayout,
}

impl Entry {
    pub fn new(parameter: &Parameter, tensor: TensorLayout) -> Self {
        Entry { name: parameter.name.clone(), shape: parameter.shape.clone(), tensor }
    }

    /// Whether it is the same parameter, in this plan or another.
    pub fn is(&self, parameter: &Parameter) -> bool {
        self.name == parameter.name && self.shape == parameter.shape
    }
}

/// Which of its three products a convolution or dense layer asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Forward,
    GradInput,
    GradKernel,
}

/// A step that is a product.
#[derive(Clone, Copy, Debug)]
pub struct ProductLayout {
    pub direction: Direction,
    pub geometry: ConvGeometry,
    /// Which packed copy of the kernel it multiplies by; `None` where the kernel is read as it lies.
    pub panels: Option<usize>,
}

impl ProductLayout {
    fn of(op: &Op) -> Option<(Self, BufferId)> {
        let (direction, geometry, kernel) = match *op {
            Op::Conv2d { geometry, kernel, .. } => (Direction::Forward, geometry, kernel),
            Op::Conv2dGradInput { geometry, kernel, .. } => (Direction::GradInput, geometry, kernel),
            Op::Conv2dGradKernel { geometry, dkernel, .. } => (Direction::GradKernel, geometry, dkernel),
            Op::Dense { inputs, units, kernel, .. } => (Direction::Forward, ConvGeometry::dense(inputs, units), kernel),
            Op::DenseGradInput { inputs, units, kernel, .. } => {
                (Direction::GradInput, ConvGeometry::dense(inputs, units), kernel)
            }
            Op::DenseGradKernel { inputs, units, dkernel, .. } => {
                (Direction::GradKernel, ConvGeometry::dense(inputs, units), dkernel)
            }
            _ => return None,
        };
        Some((ProductLayout { direction, geometry, panels: None }, kernel))
    }

    pub fn patch_shape(&self) -> PatchShape {
        match self.direction {
            Direction::Forward | Direction::GradKernel => PatchShape::of_input(&self.geometry),
            Direction::GradInput => PatchShape::of_output_gradient(&self.geometry),
        }
    }

    fn workspace(&self, tile: (usize, usize)) -> WorkspaceSize {
        let (shape, g) = (self.patch_shape(), &self.geometry);
        match self.direction {
            Direction::Forward if self.panels.is_none() => WorkspaceSize::row(&shape),
            Direction::Forward => WorkspaceSize::rows(&shape, g.filters, tile),
            // The kernel's other form changes with every update and is read once in between: it is not worth a second copy.
            Direction::GradInput => {
                WorkspaceSize::rows(&shape, g.in_channels, tile).packing(&shape, g.in_channels, tile)
            }
            Direction::GradKernel => WorkspaceSize::reduction(&shape, g.filters, tile),
        }
    }
}

/// The memory of one plan.
pub struct Layout {
    /// For each slot its place in the store, where it is a parameter's.
    pub shared: Vec<Option<usize>>,
    /// For each slot what the executor itself allocates; nothing where it is shared.
    pub own: Vec<TensorLayout>,
    /// For each step.
    pub products: Vec<Option<ProductLayout>>,
    pub workspace: WorkspaceSize,
    /// Numbers of room for operations that go by channels.
    pub channels: u64,
}

impl Layout {
    /// Adds what the plan has and `store` lacks to `store`.
    pub fn new(plan: &Plan, isa: Isa, store: &mut Vec<Entry>) -> Self {
        let mut own: Vec<TensorLayout> = (plan.slots.iter())
            .map(|slot| TensorLayout {
                role: Role::Activation,
                len: product(&[slot.len, if slot.batched { plan.max_batch } else { 1 }]),
                panels: Vec::new(),
            })
            .collect();
        for buffer in plan.buffers.iter().rev() {
            own[buffer.slot].role = buffer.role;
        }
        let mut shared = vec![None; own.len()];
        for parameter in &plan.parameters {
            let slot = plan.buffer(parameter.buffer).slot;
            let place = store.iter().position(|entry| entry.is(parameter)).unwrap_or_else(|| {
                store.push(Entry::new(parameter, own[slot].clone()));
                store.len() - 1
            });
            shared[slot] = Some(place);
            own[slot].len = 0;
        }
        let mut workspace = WorkspaceSize::default();
        let products = (plan.steps.iter())
            .map(|step| {
                let (mut product, kernel) = ProductLayout::of(&step.op)?;
                let shape = product.patch_shape();
                if product.direction == Direction::Forward && gemm::packs(&shape, plan.max_batch) {
                    let slot = plan.buffer(kernel).slot;
                    let tensor = match shared[slot] {
                        Some(place) => &mut store[place].tensor,
                        None => &mut own[slot],
                    };
                    let matrix = Matrix { rows: shape.depth(), columns: product.geometry.filters };
                    product.panels = Some(tensor.keep(matrix));
                }
                workspace = workspace.max(product.workspace(isa.tile_size()));
                Some(product)
            })
            .collect();
        let channels = plan.steps.iter().map(|step| channel_room(&step.op)).max().unwrap_or(0);
        Layout { shared, own, products, workspace, channels }
    }

    /// Without the store's part.
    pub fn bytes(&self, isa: Isa) -> Bytes {
        let tables = self.products.iter().flatten().map(|product| product.patch_shape().table_bytes());
        let workspace = tables.fold(self.workspace.bytes(), u64::saturating_add);
        let workspace = workspace.saturating_add(AlignedBuffer::bytes(self.channels));
        self.own.iter().map(|tensor| tensor.bytes(isa)).sum::<Bytes>() + Bytes { workspace, ..Bytes::default() }
    }
}

/// What a store of these parameters takes.
pub fn store_bytes(entries: &[Entry], isa: Isa) -> Bytes {
    entries.iter().map(|entry| entry.tensor.bytes(isa)).sum()
}

/// Numbers of [`crate::machine::Room::channels`] that an operation uses.
fn channel_room(op: &Op) -> u64 {
    match op {
        Op::BiasGrad { channels, .. }
        | Op::GlobalAveragePool2d { channels, .. }
        | Op::BatchMoments { channels, .. }
        | Op::BatchNormGradFixed { channels, .. } => product(&[*channels]),
        Op::BatchNorm { channels, .. } | Op::BatchNormGradParameters { channels, .. } => product(&[2, *channels]),
        Op::BatchNormGradInput { channels, .. } => product(&[3, *channels]),
        Op::DepthwiseConv2dGradKernel { geometry, .. } => product(&[geometry.taps(), geometry.filters()]),
        _ => 0,
    }
}
