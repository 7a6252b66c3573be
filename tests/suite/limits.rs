//! A device's limits: dispatches of more workgroups than one axis takes, and buffers that do not fit.

mod executors;

use std::sync::Arc;

use atelier_gpu::{GpuError, GpuExecutor};
use atelier_nn::{Executor, Loss, Lowering, Network, Optimizer, StepData};
use atelier_tests::{Case, Stem, run_case};

/// With three workgroups along an axis most cases need rows of them, the last row partly beyond the work.
#[test]
fn workgroups_go_into_rows() {
    let Some(gpu) = executors::gpu() else { return };
    let narrow = gpu.with_most_groups(3);
    for stem in Stem::ALL {
        for seed in 0..10 {
            let case = Case::draw(*stem, seed);
            let report = pollster::block_on(run_case(&case, async |plan| executors::on_gpu(&narrow, plan).await));
            assert!(report.passed(), "{report}");
        }
    }
}

#[test]
fn a_plan_that_does_not_fit_is_refused_with_the_figures() {
    let Some(gpu) = executors::gpu() else { return };
    let lowering = Lowering::training(4, Loss::CategoricalCrossentropy, Optimizer::default());
    let plan = Arc::new(Network::seed().lower(&lowering).expect("the network can be built"));
    let before = gpu.memory();
    let small = gpu.with_largest_buffer(100_000);
    let refused = pollster::block_on(GpuExecutor::new(&small, Arc::clone(&plan))).err();
    match refused {
        Some(GpuError::TooBig { bytes, limit, .. }) => assert!(bytes > limit && limit == 100_000),
        other => panic!("{other:?}"),
    }
    assert_eq!(gpu.memory(), before, "what was refused left something on the device");
    pollster::block_on(GpuExecutor::new(&gpu, plan)).expect("the device itself has room");
}

/// On a slow device a step is cut into several submissions, so that a page can draw in between.
#[test]
fn a_step_cut_into_submissions_is_the_same_step() {
    let Some(gpu) = executors::gpu() else { return };
    let lowering = Lowering::training(2, Loss::CategoricalCrossentropy, Optimizer::default());
    let plan = Arc::new(Network::seed().lower(&lowering).expect("the network can be built"));
    let data = StepData { learning_rate: 1e-3, ..StepData::forward(2) };
    let weights = |parts: u32| {
        let mut executor = pollster::block_on(GpuExecutor::new(&gpu, Arc::clone(&plan))).expect("the device has room");
        executor.set_submissions(parts);
        for (buffer, values) in plan.initial_values(3) {
            executor.write(buffer, &values).expect("it fits");
        }
        executor.write(plan.input, &vec![0.5; plan.len_of(plan.input, 2)]).expect("it fits");
        executor.write(plan.target.expect("a loss"), &[[0.1; 10], [0.1; 10]].concat()).expect("it fits");
        executor.run(0..plan.steps.len(), &data).expect("the step fits");
        let last = plan.parameters.last().expect("the network learns");
        pollster::block_on(executor.read(last.buffer, plan.buffer(last.buffer).len())).expect("it fits")
    };
    let whole = weights(1);
    assert!(whole.iter().any(|w| *w != 0.0));
    for parts in [2, 7, 1000] {
        assert_eq!(weights(parts), whole, "{parts} parts");
    }
}

#[test]
fn a_measured_peak_is_a_speed() {
    let Some(gpu) = executors::gpu() else { return };
    let start = std::time::Instant::now();
    let peak =
        pollster::block_on(atelier_gpu::peak(&gpu, || start.elapsed().as_secs_f64())).expect("its shaders compile");
    for figure in [peak.gflops, peak.gigabytes] {
        assert!(figure.is_finite() && figure > 0.0, "{peak:?}");
    }
    assert_eq!(gpu.memory().buffers, 0, "what was measured with is freed");
}
