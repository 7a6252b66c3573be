//! A plan's memory, and what its operations prepare once.

use std::mem;

use atelier_nn::plan::ConvGeometry;
use atelier_nn::{BufferId, Op, Plan};

use crate::Isa;
use crate::gemm::{Patches, Workspace, WorkspaceSize};
use crate::memory::AlignedBuffer;

/// Everything that running a plan needs besides the plan; [`crate::steps`] runs it.
pub struct Machine {
    pub isa: Isa,
    slots: Vec<AlignedBuffer>,
    /// For each step that is a product, its shape and the table of its patches.
    pub products: Vec<Option<Product>>,
    room: Room,
}

/// What operations use besides their operands; one after another, so they share it.
pub struct Room {
    pub workspace: Workspace,
    /// A few numbers a channel.
    pub channels: AlignedBuffer,
}

pub struct Product {
    pub geometry: ConvGeometry,
    pub patches: Patches,
}

/// The buffers that an operation reads.
pub struct Reads<'a> {
    plan: &'a Plan,
    slots: &'a [AlignedBuffer],
    batch: usize,
}

impl<'a> Reads<'a> {
    pub fn get(&self, id: BufferId) -> &'a [f32] {
        &self.slots[self.plan.buffer(id).slot][..self.plan.len_of(id, self.batch)]
    }

    pub fn option(&self, id: Option<BufferId>) -> Option<&'a [f32]> {
        id.map(|id| self.get(id))
    }
}

impl Machine {
    /// The plan must have passed [`crate::check::plan`].
    pub fn new(plan: &Plan, isa: Isa) -> Self {
        let tile = isa.tile_size();
        let mut size = WorkspaceSize::default();
        let mut product = |geometry: ConvGeometry, op: &Op| {
            let (patches, needed) = match op {
                Op::Conv2d { .. } | Op::Dense { .. } => {
                    let patches = Patches::of_input(&geometry);
                    let needed = WorkspaceSize::rows(&patches, geometry.filters, tile);
                    (patches, needed)
                }
                Op::Conv2dGradInput { .. } | Op::DenseGradInput { .. } => {
                    let patches = Patches::of_output_gradient(&geometry);
                    let needed = WorkspaceSize::rows(&patches, geometry.in_channels, tile);
                    (patches, needed)
                }
                _ => {
                    let patches = Patches::of_input(&geometry);
                    let needed = WorkspaceSize::reduction(&patches, geometry.filters, tile);
                    (patches, needed)
                }
            };
            size = size.max(needed);
            Some(Product { geometry, patches })
        };
        let products = plan
            .steps
            .iter()
            .map(|step| match &step.op {
                op @ (Op::Conv2d { geometry, .. }
                | Op::Conv2dGradInput { geometry, .. }
                | Op::Conv2dGradKernel { geometry, .. }) => product(*geometry, op),
                op @ (Op::Dense { inputs, units, .. }
                | Op::DenseGradInput { inputs, units, .. }
                | Op::DenseGradKernel { inputs, units, .. }) => product(ConvGeometry::dense(*inputs, *units), op),
                _ => None,
            })
            .collect();
        let channels = plan.steps.iter().map(|step| channel_room(&step.op)).max().unwrap_or(0);
        let slots = plan.slots.iter().map(|s| s.len * if s.batched { plan.max_batch } else { 1 });
        Machine {
            isa,
            slots: slots.map(AlignedBuffer::zeros).collect(),
            products,
            room: Room { workspace: size.allocate(), channels: AlignedBuffer::zeros(channels) },
        }
    }

    pub fn buffer(&self, plan: &Plan, id: BufferId, batch: usize) -> &[f32] {
        &self.slots[plan.buffer(id).slot][..plan.len_of(id, batch)]
    }

    pub fn buffer_mut(&mut self, plan: &Plan, id: BufferId) -> &mut [f32] {
        &mut self.slots[plan.buffer(id).slot][..plan.len_of(id, plan.max_batch)]
    }

    /// Hands the buffers `written` to `kernel` for writing and the others for reading. Their slots are out of the machine
    /// meanwhile, so that no borrow can overlap.
    pub fn with<const N: usize>(
        &mut self,
        plan: &Plan,
        batch: usize,
        written: [BufferId; N],
        kernel: impl FnOnce(&Reads, [&mut [f32]; N], &mut Room),
    ) {
        let mut taken = written.map(|id| mem::take(&mut self.slots[plan.buffer(id).slot]));
        let mut ids = written.iter();
        let slices = taken.each_mut().map(|slot| match ids.next() {
            Some(id) => &mut slot[..plan.len_of(*id, batch)],
            None => &mut [],
        });
        kernel(&Reads { plan, slots: &self.slots, batch }, slices, &mut self.room);
        for (id, slot) in written.iter().zip(taken) {
            self.slots[plan.buffer(*id).slot] = slot;
        }
    }
}

/// Numbers of [`Room::channels`] that an operation uses.
fn channel_room(op: &Op) -> usize {
    match op {
        Op::BiasGrad { channels, .. }
        | Op::GlobalAveragePool2d { channels, .. }
        | Op::BatchMoments { channels, .. }
        | Op::BatchNormGradFixed { channels, .. } => *channels,
        Op::BatchNorm { channels, .. } | Op::BatchNormGradParameters { channels, .. } => 2 * channels,
        Op::BatchNormGradInput { channels, .. } => 3 * channels,
        _ => 0,
    }
}
