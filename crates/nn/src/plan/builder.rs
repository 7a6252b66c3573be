//! A plan under construction: its buffers, its steps, and the tape of its forward pass. [`super::layers`] and
//! [`super::autodiff`] add to it, [`super::lower`] makes the plan of it.

use super::tape::Tape;
use super::{Buffer, BufferId, Lowering, Mode, Op, Parameter, Role, Step};

/// A plan under construction. Slots are assigned at the end.
pub(super) struct Builder<'a> {
    pub lowering: &'a Lowering,
    pub buffers: Vec<Buffer>,
    /// For each buffer, the one whose numbers it shows under another shape.
    pub views: Vec<Option<BufferId>>,
    pub parameters: Vec<Parameter>,
    pub steps: Vec<Step>,
    /// The forward steps as differentiation walks them back.
    pub tape: Tape,
    pub optimizer_state: Vec<BufferId>,
    pub layer_outputs: Vec<BufferId>,
    /// The layer whose steps are being added.
    pub layer: usize,
    /// The layer before whose activation backward begins: that activation is not fused.
    pub opened: Option<usize>,
    /// What that activation is applied to.
    pub before_activation: Option<BufferId>,
    /// Moving averages that follow the batch's moments.
    pub averages: Vec<Average>,
}

/// A moving average and the moment that it follows.
pub(super) struct Average {
    pub value: BufferId,
    pub average: BufferId,
    pub momentum: f32,
    pub layer: usize,
}

impl<'a> Builder<'a> {
    pub fn new(lowering: &'a Lowering, opened: Option<usize>) -> Self {
        Builder {
            lowering,
            buffers: Vec::new(),
            views: Vec::new(),
            parameters: Vec::new(),
            steps: Vec::new(),
            tape: Tape::default(),
            optimizer_state: Vec::new(),
            layer_outputs: Vec::new(),
            layer: 0,
            opened,
            before_activation: None,
            averages: Vec::new(),
        }
    }

    pub fn training(&self) -> bool {
        self.lowering.mode == Mode::Training
    }

    pub fn buffer(&mut self, name: String, role: Role, shape: &[usize], batched: bool) -> BufferId {
        self.buffers.push(Buffer { name, role, shape: shape.to_vec(), batched, slot: usize::MAX });
        self.views.push(None);
        BufferId(self.buffers.len() as u32 - 1)
    }

    /// The numbers of `of` under another name and shape.
    pub fn view(&mut self, name: String, role: Role, shape: &[usize], of: BufferId) -> BufferId {
        let view = self.buffer(name, role, shape, true);
        self.views[view.index()] = Some(of);
        view
    }

    pub fn name(&self, id: BufferId) -> &str {
        &self.buffers[id.index()].name
    }

    pub fn shape(&self, id: BufferId) -> Vec<usize> {
        self.buffers[id.index()].shape.clone()
    }

    pub fn push(&mut self, op: Op) {
        self.steps.push(Step { layer: self.layer, op });
    }

    pub fn forward(&mut self, op: Op) {
        self.tape.op(self.layer, op.clone());
        self.push(op);
    }

    /// A buffer for the whole gradient of an activation.
    pub fn gradient_of(&mut self, y: BufferId) -> BufferId {
        let (name, shape) = (format!("{}/gradient", self.name(y)), self.shape(y));
        self.buffer(name, Role::Gradient, &shape, true)
    }
}
