//! A plan's memory, and what its operations prepare once.

use std::sync::{Arc, Mutex};

use atelier_nn::plan::{ConvGeometry, Operand};
use atelier_nn::{BufferId, Plan};

use crate::Isa;
use crate::gemm::{Patches, Workspace};
use crate::layout::{Direction, Layout, ProductLayout};
use crate::memory::{AlignedBuffer, Refused};
use crate::store::{Store, Tensor, lock};

/// Everything that running a plan needs besides the plan; [`crate::steps`] runs it.
pub struct Machine {
    pub isa: Isa,
    /// For each slot its place in the store, where it is a parameter's.
    shared: Vec<Option<usize>>,
    /// For each slot its memory, where it is not in the store.
    own: Vec<Tensor>,
    store: Arc<Mutex<Store>>,
    /// For each step that is a product, its shape and the table of its patches.
    pub products: Vec<Option<Product>>,
    /// For each step its operands.
    operands: Vec<Vec<Operand>>,
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
    /// Which packed copy of its kernel a forward product multiplies by.
    pub panels: Option<usize>,
}

impl Product {
    fn new(layout: &ProductLayout) -> Result<Self, Refused> {
        let ProductLayout { direction, geometry, panels } = *layout;
        let patches = match direction {
            Direction::Forward | Direction::GradKernel => Patches::of_input(&geometry),
            Direction::GradInput => Patches::of_output_gradient(&geometry),
        };
        Ok(Product { geometry, patches: patches?, panels })
    }
}

/// The buffers that an operation reads: those of its operands, and no others.
pub struct Reads<'a> {
    plan: &'a Plan,
    operands: &'a [Operand],
    shared: &'a [Option<usize>],
    own: &'a [Tensor],
    store: &'a Store,
    batch: usize,
}

impl<'a> Reads<'a> {
    pub fn get(&self, id: BufferId) -> &'a [f32] {
        &self.tensor(id).numbers()[..self.plan.len_of(id, self.batch)]
    }

    pub fn option(&self, id: Option<BufferId>) -> Option<&'a [f32]> {
        id.map(|id| self.get(id))
    }

    /// A packed copy of a kernel.
    pub fn panels(&self, id: BufferId, panels: usize) -> &'a [f32] {
        self.tensor(id).panels(panels)
    }

    fn tensor(&self, id: BufferId) -> &'a Tensor {
        debug_assert!(self.operands.iter().any(|o| o.buffer == id && o.access.reads()), "{id:?} is not read");
        let slot = self.plan.buffer(id).slot;
        match self.shared[slot] {
            Some(place) => &self.store.tensors[place],
            None => &self.own[slot],
        }
    }
}

impl Machine {
    /// The plan must have passed [`Plan::check`], and the store must hold the entries that the layout found or added.
    pub fn new(plan: &Plan, layout: Layout, isa: Isa, store: Arc<Mutex<Store>>) -> Result<Self, Refused> {
        let own = layout.own.iter().map(|tensor| Tensor::new(tensor, isa)).collect::<Result<_, _>>()?;
        let products = layout.products.iter().map(|product| product.as_ref().map(Product::new).transpose());
        let products = products.collect::<Result<_, _>>()?;
        let room = Room { workspace: layout.workspace.allocate()?, channels: AlignedBuffer::zeros(layout.channels)? };
        let operands = plan.steps.iter().map(|step| step.op.operands()).collect();
        Ok(Machine { isa, shared: layout.shared, own, store, products, operands, room })
    }

    pub fn store(&self) -> &Arc<Mutex<Store>> {
        &self.store
    }

    /// The numbers of a buffer's slot.
    pub fn snapshot(&self, plan: &Plan, id: BufferId) -> Option<Arc<AlignedBuffer>> {
        let slot = plan.buffer(id).slot;
        match self.shared[slot] {
            Some(place) => lock(&self.store).tensors[place].snapshot(),
            None => self.own[slot].snapshot(),
        }
    }

    /// Overwrites the first numbers of a buffer.
    pub fn write(&mut self, plan: &Plan, id: BufferId, data: &[f32]) {
        let Machine { shared, own, store, .. } = self;
        let mut store = lock(store);
        let tensor = tensor(plan, shared, own, &mut store, id);
        let mut numbers = tensor.take();
        if let Some(numbers) = &mut numbers {
            Arc::make_mut(numbers)[..data.len()].copy_from_slice(data);
        }
        tensor.put(numbers);
    }

    /// Hands the step's operands that are written to `kernel` for writing, in the order of [`atelier_nn::Op::operands`], and the
    /// others for reading. The slots of the former are out of the machine meanwhile, so that no borrow can overlap.
    pub fn with<const N: usize>(
        &mut self,
        plan: &Plan,
        step: usize,
        batch: usize,
        kernel: impl FnOnce(&Reads, [&mut [f32]; N], &mut Room),
    ) {
        self.with_packed(plan, step, batch, None, kernel);
    }

    /// The same, after a packed copy of `packed` was brought up to date.
    pub fn with_packed<const N: usize>(
        &mut self,
        plan: &Plan,
        step: usize,
        batch: usize,
        packed: Option<(BufferId, usize)>,
        kernel: impl FnOnce(&Reads, [&mut [f32]; N], &mut Room),
    ) {
        let Machine { isa, shared, own, store, operands, room, .. } = self;
        let operands = &operands[step];
        let mut ids = operands.iter().filter(|operand| operand.access.writes()).map(|operand| operand.buffer);
        let written: [Option<BufferId>; N] = std::array::from_fn(|_| ids.next());
        debug_assert!(
            ids.next().is_none() && written.iter().all(Option::is_some),
            "step {step} writes not {N} buffers"
        );
        let mut store = lock(store);
        if let Some((id, panels)) = packed {
            tensor(plan, shared, own, &mut store, id).pack(panels, *isa);
        }
        let mut taken = written.map(|id| tensor(plan, shared, own, &mut store, id?).take());
        let mut ids = written.iter();
        let slices = taken.each_mut().map(|numbers| match (ids.next(), numbers) {
            (Some(Some(id)), Some(numbers)) => &mut Arc::make_mut(numbers)[..plan.len_of(*id, batch)],
            _ => &mut [],
        });
        kernel(&Reads { plan, operands, shared, own, store: &store, batch }, slices, room);
        for (id, numbers) in written.into_iter().zip(taken) {
            if let Some(id) = id {
                tensor(plan, shared, own, &mut store, id).put(numbers);
            }
        }
    }
}

fn tensor<'a>(
    plan: &Plan,
    shared: &[Option<usize>],
    own: &'a mut [Tensor],
    store: &'a mut Store,
    id: BufferId,
) -> &'a mut Tensor {
    let slot = plan.buffer(id).slot;
    match shared[slot] {
        Some(place) => &mut store.tensors[place],
        None => &mut own[slot],
    }
}
