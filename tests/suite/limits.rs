//! A device's limits: dispatches of more workgroups than one axis takes, buffers that do not fit, and what is freed.

mod executors;

use std::sync::Arc;

use atelier_gpu::{Gpu, GpuError, GpuExecutor, Memory};
use atelier_nn::{
    Activation, BufferId, Conv2D, Dense, Executor, Layer, Loss, Lowering, Network, Optimizer, Padding, Plan, StepData,
};
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

fn training(network: &Network, batch: usize) -> Arc<Plan> {
    let lowering = Lowering::training(batch, Loss::CategoricalCrossentropy, Optimizer::default());
    Arc::new(network.lower(&lowering).expect("the network can be built"))
}

fn small() -> Network {
    let mut network = Network::new("small", &[28, 28, 1]);
    network.push(Conv2D { filters: 4, strides: [2, 2], activation: Activation::Relu, ..Conv2D::default() });
    network.push(Layer::Flatten);
    network.push(Dense { units: 10, activation: Activation::Softmax, ..Dense::default() });
    network
}

/// What a run reads of a plan that trains: metrics, weights and the optimiser's state.
fn reads(plan: &Plan) -> Vec<(BufferId, usize)> {
    let parameters = plan.parameters.iter().map(|p| p.buffer);
    let all = parameters.chain(plan.optimizer_state.iter().copied()).chain(plan.metrics);
    all.map(|buffer| (buffer, plan.buffer(buffer).len())).collect()
}

/// The small network learns one batch by heart, so that its loss falls.
fn trains(gpu: &Gpu) {
    let plan = training(&small(), 4);
    let mut executor = pollster::block_on(GpuExecutor::new(gpu, Arc::clone(&plan))).expect("a small network fits");
    for (buffer, values) in plan.initial_values(3) {
        executor.write(buffer, &values).expect("it fits");
    }
    let pixels: Vec<f32> = (0..plan.len_of(plan.input, 4)).map(|i| (i % 11) as f32 / 11.0).collect();
    executor.write(plan.input, &pixels).expect("it fits");
    let targets: Vec<f32> = (0..40).map(|i| f32::from(u8::from(i % 10 == i / 10))).collect();
    executor.write(plan.target.expect("a loss"), &targets).expect("it fits");
    let losses: Vec<f32> = (1..=8)
        .map(|iteration| {
            let data = StepData { learning_rate: 0.01, iteration, ..StepData::forward(4) };
            let readback = executor.submit(0..plan.steps.len(), &data, &reads(&plan)).expect("the step fits");
            pollster::block_on(readback.numbers()).expect("the device goes on").last().expect("metrics")[0]
        })
        .collect();
    assert!(losses[7] < 0.9 * losses[0], "{losses:?}");
}

/// Two convolutions of 4,096 filters, whose weights alone take 600 MB and 2.4 GB with Adam's: more than the budget of a
/// device with buffers of 1 GiB. Refused before anything is made, however often, and the device is as it was.
#[test]
fn what_is_too_big_is_refused_twenty_times_over_and_then_a_small_network_trains() {
    let Some(gpu) = executors::gpu() else { return };
    let gpu = gpu.with_budget(2 << 30);
    let mut network = Network::new("wide", &[28, 28, 1]);
    network.push(Conv2D { filters: 4096, ..Conv2D::default() });
    network.push(Conv2D { filters: 4096, ..Conv2D::default() });
    network.push(Layer::Flatten);
    network.push(Dense { units: 10, activation: Activation::Softmax, ..Dense::default() });
    for round in 0..20 {
        let plan = training(&network, [1, 64][round % 2]);
        match pollster::block_on(GpuExecutor::new(&gpu, plan)).err() {
            Some(GpuError::TooBig { bytes, limit, .. }) => assert!(bytes > limit, "{bytes} and {limit}"),
            other => panic!("{other:?}"),
        }
        assert_eq!(gpu.memory(), Memory::default(), "what was refused left something on the device");
        assert_eq!(gpu.check(), Ok(()));
    }
    trains(&gpu);
    assert_eq!((gpu.memory(), gpu.pipelines()), (Memory::default(), 0));
}

/// A driver that has no room for what the sums let pass: the test itself in a process that is given little memory.
#[test]
#[cfg(target_os = "linux")]
fn a_device_that_ran_out_of_memory_goes_on() {
    let Some(gpu) = executors::gpu() else { return };
    if !gpu.adapter().software {
        println!("skipped: a real GPU's memory is not the process's");
        return;
    }
    let test = std::env::current_exe().expect("the test runs");
    // Some 1.5 GB are the driver's own; the kilobytes are of addresses, which the driver asks for when it makes a buffer.
    let script = "ulimit -v 4000000 && exec \"$0\" --exact within_little_memory --ignored --nocapture";
    let run = std::process::Command::new("sh").arg("-c").arg(script).arg(test).env(LITTLE, "1").output();
    let run = run.expect("there is a shell");
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(
        run.status.success() && said.contains("ran out twenty times"),
        "{said}{}",
        String::from_utf8_lossy(&run.stderr)
    );
}

/// Says that the process has little memory.
#[cfg(target_os = "linux")]
const LITTLE: &str = "ATELIER_TEST_LITTLE_MEMORY";

#[test]
#[cfg(target_os = "linux")]
#[ignore = "the test above runs it, within little memory"]
fn within_little_memory() {
    if std::env::var_os(LITTLE).is_none() {
        return;
    }
    let gpu = executors::gpu().expect("there is a device in little memory too");
    let mut network = Network::new("many", &[28, 28, 1]);
    // 100 MB a layer's output: within a buffer, and within the budget all together.
    for _ in 0..35 {
        network.push(Conv2D { filters: 16, padding: Padding::Same, ..Conv2D::default() });
    }
    network.push(Layer::Flatten);
    network.push(Dense { units: 10, activation: Activation::Softmax, ..Dense::default() });
    let plan = training(&network, 2000);
    println!("{} bytes", GpuExecutor::needs(&plan, true));
    for _ in 0..20 {
        let refused = pollster::block_on(GpuExecutor::new(&gpu, Arc::clone(&plan))).err();
        assert!(matches!(refused, Some(GpuError::OutOfMemory { .. })), "{refused:?}");
        assert_eq!(gpu.memory(), Memory::default(), "what was refused left something on the device");
        assert_eq!(gpu.check(), Ok(()));
    }
    println!("ran out twenty times");
    trains(&gpu);
}

/// What is added up beforehand is what is made: not a byte less will do, and with a byte more there is room.
#[test]
fn the_bytes_that_a_plan_needs_are_those_that_it_takes() {
    let Some(gpu) = executors::gpu() else { return };
    for plan in [training(&small(), 4), training(&Network::seed(), 2)] {
        let needs = GpuExecutor::needs(&plan, gpu.adapter().software);
        let refused = pollster::block_on(GpuExecutor::new(&gpu.with_budget(needs - 1), Arc::clone(&plan))).err();
        match refused {
            Some(GpuError::TooBig { bytes, limit, .. }) => assert_eq!((bytes, limit), (needs, needs - 1)),
            other => panic!("{other:?}"),
        }
        let executor = pollster::block_on(GpuExecutor::new(&gpu.with_budget(needs), Arc::clone(&plan)));
        let executor = executor.expect("there is room for what it needs");
        pollster::block_on(executor.read_all(&reads(&plan))).expect("there is room for the reading back too");
        assert_eq!(executor.memory().bytes, needs);
    }
    assert_eq!(gpu.memory(), Memory::default());
}

/// Of executors on one device each tells its own, shared parameters count once, and what one leaves the other keeps.
#[test]
fn executors_on_one_device_are_counted_and_freed_each_by_itself() {
    let Some(gpu) = executors::gpu() else { return };
    let new = |plan, of: Option<&GpuExecutor>| {
        let mut executor = pollster::block_on(GpuExecutor::sharing(&gpu, plan, of)).expect("there is room");
        pollster::block_on(executor.prepare(usize::MAX)).expect("its shaders compile");
        executor
    };
    let train = new(training(&small(), 4), None);
    let evaluation = small().lower(&Lowering::evaluation(4, Loss::CategoricalCrossentropy));
    let evaluation = Arc::new(evaluation.expect("the network can be built"));
    let needs = GpuExecutor::needs(&evaluation, gpu.adapter().software);
    let evaluate = new(Arc::clone(&evaluation), Some(&train));
    let other = new(training(&Network::seed(), 2), None);
    let all = [&train, &evaluate, &other].map(GpuExecutor::memory);
    assert_eq!(gpu.memory().bytes, all.iter().map(|m| m.bytes).sum::<u64>());
    assert_eq!(gpu.memory().buffers, all.iter().map(|m| m.buffers).sum::<u64>());
    let weights: u64 = evaluation.parameters.iter().map(|p| 4 * p.shape.iter().product::<usize>() as u64).sum();
    assert!(evaluate.memory().bytes + weights <= needs, "shared parameters are not made twice");

    let pipelines = gpu.pipelines();
    drop(other);
    assert!(gpu.pipelines() < pipelines, "what no executor uses is dropped");
    // The parameters live on with the executor that shares them.
    drop(train);
    let first = evaluation.parameters[0].buffer;
    let len = evaluation.buffer(first).len();
    assert_eq!(pollster::block_on(evaluate.read(first, len)).expect("they are there"), vec![0.0; len]);
    drop(evaluate);
    assert_eq!((gpu.memory(), gpu.pipelines()), (Memory::default(), 0));
}

/// Where one staging buffer does not hold all that is read at once, several do.
#[test]
fn what_is_read_back_goes_into_as_many_buffers_as_it_takes() {
    let Some(gpu) = executors::gpu() else { return };
    let plan = training(&small(), 1);
    let largest = plan.buffers.iter().map(|b| b.len() as u64 * 4).max().unwrap_or(0).next_multiple_of(16);
    let read = |gpu: &Gpu| {
        let mut executor = pollster::block_on(GpuExecutor::new(gpu, Arc::clone(&plan))).expect("each buffer fits");
        for (buffer, values) in plan.initial_values(3) {
            executor.write(buffer, &values).expect("it fits");
        }
        let before = executor.memory().buffers;
        let numbers = pollster::block_on(executor.read_all(&reads(&plan))).expect("the pieces fit");
        (numbers, executor.memory().buffers - before)
    };
    let (whole, one) = read(&gpu);
    let (pieces, several) = read(&gpu.with_largest_buffer(largest));
    assert!(one == 1 && several > 1, "{one} and {several}");
    assert!(whole[0].iter().any(|x| *x != 0.0));
    assert_eq!(whole, pieces);
}

/// Staging buffers are refused as all else is, before they are made.
#[test]
fn staging_that_does_not_fit_is_refused() {
    let Some(gpu) = executors::gpu() else { return };
    let plan = training(&small(), 4);
    let gpu = gpu.with_budget(GpuExecutor::needs(&plan, gpu.adapter().software));
    let mut executor = pollster::block_on(GpuExecutor::new(&gpu, Arc::clone(&plan))).expect("there is room");
    let refused = pollster::block_on(executor.reserve(1000, 1_000_000)).err();
    assert!(matches!(refused, Some(GpuError::TooBig { bytes: 4_000_000_000, .. })), "{refused:?}");
    let data = StepData { learning_rate: 1e-3, ..StepData::forward(4) };
    let readback = executor.submit(0..plan.steps.len(), &data, &reads(&plan)).expect("one reading fits");
    let refused = executor.submit(0..plan.steps.len(), &data, &reads(&plan)).err();
    assert!(matches!(refused, Some(GpuError::TooBig { .. })), "{refused:?}");
    pollster::block_on(readback.numbers()).expect("the one before it is none the worse");
    pollster::block_on(executor.read_all(&reads(&plan))).expect("its buffer serves again");
}

#[test]
fn a_buffer_that_does_not_fit_is_refused_with_the_figures() {
    let Some(gpu) = executors::gpu() else { return };
    let plan = training(&Network::seed(), 4);
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
    let plan = training(&Network::seed(), 2);
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
