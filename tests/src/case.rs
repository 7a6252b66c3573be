use std::fmt;
use std::sync::OnceLock;

use atelier_nn::plan::{Buffer, Role, Slot, Step};
use atelier_nn::{BufferId, Executor, Op, Plan, StepData};

use crate::cases::{self, Stem};
use crate::reference::Interpreter;
use crate::{Bounded, Real, flops};

/// One operation with its geometry, its inputs and what must come of it.
///
/// The same value tests every executor against the reference, the reference's gradient against finite differences, and
/// names the work for a benchmark.
#[derive(Clone, Debug)]
pub struct Case {
    pub stem: Stem,
    /// All of the case follows from the stem and this.
    pub seed: u32,
    /// A plan of this one operation, every buffer in a slot of its own unless the operation works in place.
    pub plan: Plan,
    pub data: StepData,
    /// The numbers in every buffer that the operation reads, for `data.batch` examples.
    pub inputs: Vec<(BufferId, Vec<f32>)>,
    expected: OnceLock<Vec<Expected>>,
}

/// What a buffer must hold after the operation: the f64 values, and how far f32 arithmetic may lie from them.
#[derive(Clone, Debug)]
pub struct Expected {
    pub buffer: BufferId,
    pub numbers: Vec<Bounded>,
}

impl Case {
    /// The case of a seed. Equal seeds give equal cases on every machine.
    pub fn draw(stem: Stem, seed: u32) -> Case {
        cases::draw(stem, seed)
    }

    pub fn op(&self) -> &Op {
        &self.plan.steps[0].op
    }

    /// The same inputs and expectations, for a plan that does something else: what a broken kernel would be.
    pub fn plan_with(&self, op: Op) -> Plan {
        let mut plan = self.plan.clone();
        plan.steps[0].op = op;
        plan
    }

    /// Operations that a slip in a kernel would compute in place of this one.
    pub fn mistakes(&self) -> Vec<(&'static str, Op)> {
        cases::mistakes(self.op())
    }

    /// Whether all inputs are finite; the others try what becomes of NaN and infinities.
    pub fn is_finite(&self) -> bool {
        self.inputs.iter().all(|(_, numbers)| numbers.iter().all(|x| x.is_finite()))
    }

    /// Floating-point operations, a multiply-add counting two.
    pub fn flops(&self) -> usize {
        flops::flops(&self.plan, self.op(), self.data.batch)
    }

    /// What the reference says, which runs once.
    pub fn expected(&self) -> &[Expected] {
        self.expected.get_or_init(|| {
            let mut reference: Interpreter<Bounded> = Interpreter::new(self.plan.clone());
            for (buffer, numbers) in &self.inputs {
                let exact: Vec<_> = numbers.iter().map(|x| Bounded::exact(f64::from(*x))).collect();
                reference.set(*buffer, &exact);
            }
            reference.run(0..1, &self.data).expect("the reference refuses no step");
            let numbers = |buffer| reference.numbers(buffer, self.data.batch).to_vec();
            self.op().writes().into_iter().map(|buffer| Expected { buffer, numbers: numbers(buffer) }).collect()
        })
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(
            f,
            "{} seed {}: batch {} of {}, {:?}",
            self.stem,
            self.seed,
            self.data.batch,
            self.data.batch_total,
            self.op()
        )
    }
}

/// Puts together the plan of one operation.
pub struct Builder {
    stem: Stem,
    seed: u32,
    data: StepData,
    max_batch: usize,
    buffers: Vec<Buffer>,
    slots: Vec<Slot>,
    inputs: Vec<(BufferId, Vec<f32>)>,
}

impl Builder {
    pub fn new(stem: Stem, seed: u32, data: StepData, max_batch: usize) -> Self {
        Builder { stem, seed, data, max_batch, buffers: Vec::new(), slots: Vec::new(), inputs: Vec::new() }
    }

    pub fn batch(&self) -> usize {
        self.data.batch
    }

    /// What travels with the step.
    pub fn data(&self) -> &StepData {
        &self.data
    }

    /// A buffer that the operation reads.
    pub fn read(
        &mut self,
        name: &str,
        role: Role,
        shape: &[usize],
        values: impl FnOnce(usize) -> Vec<f32>,
    ) -> BufferId {
        let id = self.write(name, role, shape);
        let buffer = &self.buffers[id.index()];
        let len = buffer.len() * if buffer.batched { self.data.batch } else { 1 };
        self.inputs.push((id, values(len)));
        id
    }

    /// A buffer that the operation only writes.
    pub fn write(&mut self, name: &str, role: Role, shape: &[usize]) -> BufferId {
        let batched = matches!(role, Role::Input | Role::Target | Role::Activation | Role::Gradient);
        self.slots.push(Slot { len: shape.iter().product(), batched });
        self.share(name, role, shape, self.slots.len() - 1)
    }

    /// A buffer that the operation writes over one that it reads.
    pub fn write_over(&mut self, name: &str, other: BufferId) -> BufferId {
        let Buffer { role, shape, slot, .. } = self.buffers[other.index()].clone();
        self.share(name, role, &shape, slot)
    }

    fn share(&mut self, name: &str, role: Role, shape: &[usize], slot: usize) -> BufferId {
        let batched = self.slots[slot].batched;
        self.buffers.push(Buffer { name: name.to_owned(), role, shape: shape.to_vec(), batched, slot });
        BufferId(self.buffers.len() as u32 - 1)
    }

    pub fn finish(self, op: Op) -> Case {
        let first = *op.reads().first().expect("every operation reads something");
        let plan = Plan {
            max_batch: self.max_batch,
            input: first,
            output: op.writes()[0],
            buffers: self.buffers,
            slots: self.slots,
            parameters: Vec::new(),
            optimizer_state: Vec::new(),
            steps: vec![Step { layer: 0, op }],
            forward: 0..1,
            loss: 1..1,
            backward: 1..1,
            update: 1..1,
            target: None,
            example_loss: None,
            metrics: None,
            layer_outputs: Vec::new(),
            origin: None,
            input_gradient: None,
            layer_gradients: Vec::new(),
        };
        Case { stem: self.stem, seed: self.seed, plan, data: self.data, inputs: self.inputs, expected: OnceLock::new() }
    }
}
