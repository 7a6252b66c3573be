//! What an executor accepts, and how it refuses.

use std::sync::Arc;

use crate::support::plan;
use atelier_cpu::{CpuError, CpuExecutor, Isa};
use atelier_nn::{Activation, BufferId, Executor, Op, Plan, PlanError, StepData};

fn relu() -> Plan {
    plan(4, |b| Op::Activate { activation: Activation::Relu, x: b.batched(3), y: b.batched(3) })
}

fn executor() -> CpuExecutor {
    CpuExecutor::new(Arc::new(relu())).expect("the plan is sound")
}

const X: BufferId = BufferId(0);
const Y: BufferId = BufferId(1);
const NONE: BufferId = BufferId(9);

#[test]
fn a_smaller_batch_leaves_the_rest_alone() {
    let mut executor = executor();
    executor.write(X, &[1.0; 12]).unwrap();
    executor.run(0..1, &StepData::forward(4)).unwrap();
    executor.write(X, &[-1.0; 6]).unwrap();
    executor.run(0..1, &StepData::forward(2)).unwrap();
    assert_eq!(*executor.get(Y), [0., 0., 0., 0., 0., 0., 1., 1., 1., 1., 1., 1.]);
}

#[test]
fn runs_refuse_what_they_cannot_run() {
    let mut executor = executor();
    let forward = StepData::forward;
    assert_eq!(executor.run(0..1, &forward(0)), Err(PlanError::EmptyBatch.into()));
    assert_eq!(executor.run(0..1, &forward(5)), Err(PlanError::BatchTooLarge { batch: 5, max_batch: 4 }.into()));
    assert_eq!(executor.run(0..2, &forward(1)), Err(PlanError::Steps { range: 0..2, steps: 1 }.into()));
    let shard = StepData { first_example: 3, batch_total: 4, ..forward(2) };
    assert_eq!(executor.run(0..1, &shard), Err(PlanError::Shard { first: 3, last: 4, total: 4 }.into()));
    let overflowing = StepData { first_example: usize::MAX, ..forward(2) };
    assert!(matches!(executor.run(0..1, &overflowing), Err(CpuError::Plan(PlanError::Shard { .. }))));
    executor.run(1..1, &forward(1)).unwrap();
}

#[test]
fn writes_and_reads_check_lengths() {
    let mut executor = executor();
    assert!(matches!(executor.write(X, &[0.0; 4]), Err(CpuError::Plan(PlanError::WriteLength { found: 4, .. }))));
    assert!(matches!(executor.write(X, &[0.0; 15]), Err(CpuError::Plan(PlanError::WriteLength { found: 15, .. }))));
    assert_eq!(executor.write(NONE, &[]), Err(PlanError::UnknownBuffer(9, 2).into()));
    assert!(executor.get(NONE).is_empty());
    assert_eq!(wait(executor.read(NONE, 0)), Err(PlanError::UnknownBuffer(9, 2).into()));
    assert!(matches!(
        wait(executor.read(X, 13)),
        Err(CpuError::Plan(PlanError::ReadLength { available: 12, asked: 13, .. }))
    ));
    assert_eq!(wait(executor.read(X, 12)), Ok(vec![0.0; 12]));
}

/// An executor on a CPU has the numbers at hand, so its reads are ready when first polled.
fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(future).poll(&mut context) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => panic!("a read that is not ready at once"),
    }
}

#[test]
fn plans_that_do_not_fit_are_refused() {
    let refuse = |plan: Plan| CpuExecutor::new(Arc::new(plan)).err().expect("the plan is unsound").to_string();

    let short = plan(4, |b| Op::Activate { activation: Activation::Relu, x: b.batched(2), y: b.batched(3) });
    assert_eq!(
        refuse(short),
        "step 0 (activate): buffer `buffer_0` has 2 numbers an example, the operation needs 3 numbers an example"
    );

    let mut shared = relu();
    shared.buffers[1].slot = 0;
    assert_eq!(
        refuse(shared),
        "step 0 (activate): `buffer_1` is written over `buffer_0`, which the operation still needs"
    );

    let mut cramped = relu();
    cramped.slots[1].len = 2;
    assert_eq!(refuse(cramped), "buffer `buffer_1` needs 12 numbers of slot 1, which has 8");

    let unknown = plan(4, |b| Op::Activate { activation: Activation::Relu, x: b.batched(2), y: NONE });
    assert_eq!(refuse(unknown), "the plan has no buffer 9; it has 1");

    let empty = plan(4, |b| Op::Activate { activation: Activation::Relu, x: b.batched(0), y: b.batched(0) });
    assert_eq!(refuse(empty), "step 0 (activate): an operand has no numbers");
}

#[test]
fn an_instruction_set_that_is_missing_is_refused() {
    let missing = [Isa::Avx2, Isa::Avx512, Isa::Neon, Isa::Simd128, Isa::RelaxedSimd]
        .into_iter()
        .find(|isa| !isa.is_available())
        .expect("no machine has them all");
    let refused = CpuExecutor::with_isa(Arc::new(relu()), missing).err();
    assert_eq!(refused, Some(CpuError::IsaUnavailable(missing)));
}

#[test]
fn an_executor_can_move_to_another_thread() {
    fn send<T: Send>() {}
    send::<CpuExecutor>();
}

#[test]
fn a_measured_peak_is_a_speed() {
    let start = std::time::Instant::now();
    for isa in Isa::available() {
        let gflops = atelier_cpu::peak::gflops(isa, || start.elapsed().as_secs_f64());
        assert!(gflops.is_finite() && gflops > 0.0, "{isa}: {gflops}");
    }
}
