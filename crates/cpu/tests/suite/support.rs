//! A plan of one operation, and numbers to run it on.

use std::sync::Arc;

use atelier_cpu::{CpuExecutor, Isa};
use atelier_nn::plan::{Buffer, Role, Slot, Step};
use atelier_nn::random::{pcg4d, unit};
use atelier_nn::{BufferId, Executor, Op, Plan, StepData};

/// Half the distance from 1 to the next f32.
pub const EPSILON: f64 = 0.5 * f32::EPSILON as f64;

/// Bound of the relative error that `k` roundings can add up to: `γ_k` of Higham, "Accuracy and Stability of Numerical
/// Algorithms", 2002, section 3.1. A sum of n products has its result within `γ_n · Σ|a||b|`, in whatever order.
pub fn gamma(k: usize) -> f64 {
    let k_epsilon = k as f64 * EPSILON;
    k_epsilon / (1.0 - k_epsilon)
}

/// Buffers of a plan in the making, each in a slot of its own.
#[derive(Default)]
pub struct Buffers(Vec<Buffer>);

impl Buffers {
    /// `len` numbers an example.
    pub fn batched(&mut self, len: usize) -> BufferId {
        self.push(len, true)
    }

    /// `len` numbers in all.
    pub fn single(&mut self, len: usize) -> BufferId {
        self.push(len, false)
    }

    fn push(&mut self, len: usize, batched: bool) -> BufferId {
        let index = self.0.len();
        let name = format!("buffer_{index}");
        self.0.push(Buffer { name, role: Role::Activation, shape: vec![len], batched, slot: index });
        BufferId(index as u32)
    }
}

pub fn plan(max_batch: usize, op: impl FnOnce(&mut Buffers) -> Op) -> Plan {
    let mut buffers = Buffers::default();
    let op = op(&mut buffers);
    let Buffers(buffers) = buffers;
    Plan {
        max_batch,
        slots: buffers.iter().map(|b| Slot { len: b.len(), batched: b.batched }).collect(),
        buffers,
        parameters: Vec::new(),
        optimizer_state: Vec::new(),
        steps: vec![Step { layer: 0, op }],
        forward: 0..1,
        loss: 1..1,
        backward: 1..1,
        update: 1..1,
        input: BufferId(0),
        output: BufferId(0),
        target: None,
        example_loss: None,
        metrics: None,
        layer_outputs: Vec::new(),
        origin: None,
        input_gradient: None,
        layer_gradients: Vec::new(),
    }
}

/// Numbers in [−1, 1).
pub fn numbers(len: usize, seed: u32) -> Vec<f32> {
    (0..len as u32).map(|i| 2.0 * unit(pcg4d([i, 0, 0, seed])[0]) - 1.0).collect()
}

pub fn wide(numbers: &[f32]) -> Vec<f64> {
    numbers.iter().map(|x| f64::from(*x)).collect()
}

/// Runs the plan's one step on every instruction set of this machine, and hands what it wrote to `judge`. Everything that the
/// step does not read begins as NaN, so that a number left out shows.
pub fn on_every_isa(plan: &Plan, data: &StepData, inputs: &[(BufferId, &[f32])], judge: impl Fn(Isa, &CpuExecutor)) {
    for isa in Isa::available() {
        let mut executor = CpuExecutor::with_isa(Arc::new(plan.clone()), isa).expect("the plan is sound");
        for id in plan.steps[0].op.writes() {
            let len = plan.len_of(id, plan.max_batch);
            executor.write(id, &vec![f32::NAN; len]).expect("the buffer is known");
        }
        for (id, numbers) in inputs {
            executor.write(*id, numbers).expect("the numbers fit");
        }
        // Twice, so that what the first run leaves in the workspace must not matter; what changes its operands runs once.
        let slots = |ids: Vec<BufferId>| ids.into_iter().map(|id| plan.buffer(id).slot).collect::<Vec<_>>();
        let (read, written) = (slots(plan.steps[0].op.reads()), slots(plan.steps[0].op.writes()));
        let updates = read.iter().any(|slot| written.contains(slot));
        for _ in 0..if updates { 1 } else { 2 } {
            executor.run(0..1, data).expect("the data is sound");
        }
        judge(isa, &executor);
    }
}

/// Each number within its own tolerance.
#[track_caller]
pub fn assert_close(what: &str, got: &[f32], expected: &[f64], tolerance: impl Fn(usize) -> f64) {
    assert!(got.len() >= expected.len(), "{what}: {} numbers, expected {}", got.len(), expected.len());
    for (i, (got, expected)) in got.iter().zip(expected).enumerate() {
        let error = (f64::from(*got) - expected).abs();
        let tolerance = tolerance(i);
        assert!(error <= tolerance, "{what}[{i}]: {got:e}, expected {expected:e}: off by {error:e} of {tolerance:e}");
    }
}
