//! A device's limits: dispatches of more workgroups than one axis takes, and buffers that do not fit.

mod executors;

use std::sync::Arc;

use atelier_gpu::{GpuError, GpuExecutor};
use atelier_nn::{Loss, Lowering, Network, Optimizer};
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
