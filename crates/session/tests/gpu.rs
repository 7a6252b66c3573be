//! A run on a GPU: the same course as on the CPU, from one to the other in the middle, and on without a GPU that was lost.

use std::cell::Cell;
use std::sync::Arc;

use atelier_data::{Dataset, Part, garments};
use atelier_gpu::{Gpu, Wanted};
use atelier_nn::{Activation, BatchNormalization, Conv2D, Dense, Dropout, Layer, Network, Optimizer, Pooling2D, Sgd};
use atelier_session::{
    Alone, Checkpoint, Event, ExecutorKind, ExecutorReason, Host, Run, SessionError, Setup, StepReport, Training,
};
use pollster::block_on;

/// A clock that ticks once a look.
#[derive(Default)]
struct Ticks(Cell<f64>);

impl Host for Ticks {
    fn now(&self) -> f64 {
        self.0.set(self.0.get() + 1.0);
        self.0.get()
    }

    async fn breathe(&self) {}
}

/// A device, or none with the reason printed; where every check must run, none is a failure.
fn gpu() -> Option<Gpu> {
    match block_on(Gpu::request(&Wanted::default())) {
        Ok(gpu) => Some(gpu),
        Err(error) if std::env::var_os("CI").is_some() => panic!("no GPU, not even a software adapter: {error}"),
        Err(error) => {
            println!("skipped: {error}");
            None
        }
    }
}

fn network() -> Network {
    let mut network = Network::new("small", &[28, 28, 1]);
    network.push(Conv2D { filters: 4, strides: [2, 2], activation: Activation::Relu, ..Conv2D::default() });
    network.push(Layer::BatchNormalization(BatchNormalization::default()));
    network.push(Layer::MaxPooling2D(Pooling2D::default()));
    network.push(Layer::Flatten);
    network.push(Layer::Dropout(Dropout { rate: 0.2 }));
    network.push(Dense { units: 10, activation: Activation::Softmax, ..Dense::default() });
    network
}

fn training() -> Training {
    let optimizer = Optimizer::Sgd(Sgd { momentum: 0.9, nesterov: false });
    Training { batch_size: 32, epochs: 6, optimizer, learning_rate: 0.01, ..Training::default() }
}

/// 7 batches an epoch, the last one of 8.
fn data() -> Arc<Dataset> {
    Arc::new(garments::generate(3, 200, 150))
}

/// The layers of the network.
const ALL: [usize; 7] = [0, 1, 2, 3, 4, 5, 6];

type TestRun = Run<Alone, Ticks>;

fn run() -> TestRun {
    let setup = Setup { network: network(), training: training(), workers: 1 };
    Run::new(setup, data(), Alone, Ticks::default()).expect("the setup is sound")
}

fn run_on(gpu: &Gpu) -> TestRun {
    let mut run = run();
    block_on(run.use_gpu(gpu.clone())).expect("the GPU computes what the CPU does");
    assert_eq!(run.executor().kind, ExecutorKind::WebGpu);
    run
}

/// Advances until `enough`; every report, and everything that was told beside.
fn advance(run: &mut TestRun, mut enough: impl FnMut(&StepReport) -> bool) -> (Vec<StepReport>, Vec<Event>) {
    let (mut reports, mut news) = (Vec::new(), Vec::new());
    loop {
        match block_on(run.advance()).expect("the run goes on") {
            Event::Step { report } => {
                let stop = enough(&report);
                reports.push(report);
                if stop {
                    return (reports, news);
                }
            }
            Event::Finished => return (reports, news),
            event => news.push(event),
        }
    }
}

fn losses(reports: &[StepReport]) -> Vec<f32> {
    reports.iter().map(|r| r.loss).collect()
}

/// Both run the same operations in f32; gradient descent at this rate lets rounding grow slowly.
fn alike(a: &[f32], b: &[f32]) {
    assert_eq!(a.len(), b.len());
    for (step, (a, b)) in a.iter().zip(b).enumerate() {
        assert!((a - b).abs() <= 1e-3 * b, "step {}: {a} and {b}", step + 1);
    }
}

#[test]
fn a_gpu_trains_as_the_cpu_does_over_epochs() {
    let Some(gpu) = gpu() else { return };
    let (cpu, _) = advance(&mut run(), |_| false);
    let (first, _) = advance(&mut run_on(&gpu), |_| false);
    let (second, _) = advance(&mut run_on(&gpu), |_| false);
    assert_eq!(cpu.len(), 42);
    alike(&losses(&first), &losses(&cpu));
    assert_eq!(losses(&first), losses(&second), "the same run twice on a GPU is the same to the bit");
    let numbers = |reports: &[StepReport]| reports.iter().map(|r| (r.epoch, r.batch, r.iteration)).collect::<Vec<_>>();
    assert_eq!(numbers(&first), numbers(&cpu));
}

#[test]
fn validation_maps_and_answers_come_from_the_gpu() {
    let Some(gpu) = gpu() else { return };
    let (mut cpu, mut other) = (run(), run_on(&gpu));
    for run in [&mut cpu, &mut other] {
        advance(run, |r| r.iteration == 8);
        block_on(run.settle()).expect("nothing is in the way");
    }
    let (a, b) = (cpu.evaluation(), other.evaluation());
    assert_eq!((a.seen(), b.seen()), (150, 150));
    assert!((a.loss() - b.loss()).abs() < 1e-3 * a.loss(), "{} and {}", a.loss(), b.loss());
    // The GPU ran ahead by a batch or two: what it shows belongs to the weights it has.
    let kept = block_on(other.checkpoint()).expect("a run can be kept");
    block_on(cpu.restore(&kept)).expect("it is the same network");
    let maps = |run: &mut TestRun| block_on(run.trace(Part::Test, 5, &ALL)).expect("the picture is there");
    for (a, b) in maps(&mut cpu).iter().zip(&maps(&mut other)) {
        let largest = a.iter().fold(0.0_f32, |m, x| m.max(x.abs()));
        assert!(a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 1e-4 * largest));
    }
    let answers = |run: &mut TestRun| block_on(run.predict(&[0, 5, 149])).expect("the pictures are there");
    for (a, b) in answers(&mut cpu).iter().zip(&answers(&mut other)) {
        let (a, b) = (a.expect("a sound network answers"), b.expect("a sound network answers"));
        assert!(a.0 == b.0 && (a.1 - b.1).abs() < 1e-4);
    }
}

#[test]
fn one_step_is_one_update_and_a_checkpoint_is_of_one_moment() {
    let Some(gpu) = gpu() else { return };
    let mut run = run_on(&gpu);
    for iteration in 1..=3 {
        block_on(run.step()).expect("the run goes on");
        assert_eq!(run.progress().iteration, iteration);
    }
    advance(&mut run, |r| r.iteration == 5);
    let kept = block_on(run.checkpoint()).and_then(|c| c.to_bytes()).expect("a run can be kept");
    let told: Vec<u32> = run
        .news()
        .iter()
        .filter_map(|e| if let Event::Step { report } = e { Some(report.iteration) } else { None })
        .collect();
    assert_eq!(told.last(), Some(&run.progress().iteration), "what was under way is told");
    let (went_on, _) = advance(&mut run, |_| false);
    let mut second = run_on(&gpu);
    block_on(second.restore(&Checkpoint::from_bytes(&kept).expect("what was written can be read"))).expect("it fits");
    assert_eq!(losses(&advance(&mut second, |_| false).0), losses(&went_on));
    block_on(second.reset()).expect("a run can begin again");
    assert_eq!(losses(&advance(&mut second, |_| false).0), losses(&advance(&mut run_on(&gpu), |_| false).0));
}

#[test]
fn a_run_moves_to_the_gpu_and_back_between_two_updates() {
    let Some(gpu) = gpu() else { return };
    let (cpu, _) = advance(&mut run(), |_| false);
    let mut moving = run();
    let mut seen = losses(&advance(&mut moving, |r| r.iteration == 10).0);
    block_on(moving.use_gpu(gpu.clone())).expect("the GPU computes what the CPU does");
    seen.extend(losses(&advance(&mut moving, |r| r.iteration == 24).0));
    block_on(moving.use_cpu()).expect("there is always the CPU");
    let under_way = moving.news().into_iter().filter_map(|e| match e {
        Event::Step { report } => Some(report.loss),
        _ => None,
    });
    seen.extend(under_way);
    assert_eq!(moving.executor().kind, ExecutorKind::Cpu);
    seen.extend(losses(&advance(&mut moving, |_| false).0));
    alike(&seen, &losses(&cpu));
}

#[test]
fn a_lost_device_costs_the_switch_and_a_few_updates() {
    for lost_after in [1, 6, 7, 25] {
        let Some(gpu) = gpu() else { return };
        let (cpu, _) = advance(&mut run(), |_| false);
        let mut run = run_on(&gpu);
        run.news();
        let (mut reports, _) = advance(&mut run, |r| r.iteration == lost_after);
        gpu.destroy();
        let (after, news) = advance(&mut run, |_| false);
        let back: Vec<u32> = news
            .iter()
            .filter_map(|e| if let Event::Rewind { iteration } = e { Some(*iteration) } else { None })
            .collect();
        if let Some(back) = back.first() {
            assert!(lost_after - back <= 20, "{} updates were lost", lost_after - back);
            reports.truncate(*back as usize);
        }
        assert!(matches!(run.executor().reason, ExecutorReason::Lost { .. }), "{:?}", run.executor().reason);
        assert_eq!(run.executor().kind, ExecutorKind::Cpu);
        reports.extend(after);
        let iterations: Vec<u32> = reports.iter().map(|r| r.iteration).collect();
        assert_eq!(iterations, (1..=42).collect::<Vec<_>>(), "after {lost_after}");
        alike(&losses(&reports), &losses(&cpu));
        // And back to another one.
        let Some(another) = self::gpu() else { return };
        block_on(run.reset()).expect("a run can begin again");
        block_on(run.use_gpu(another)).expect("a new device is as good");
        alike(&losses(&advance(&mut run, |r| r.iteration == 5).0), &losses(&cpu)[..5]);
    }
}

#[test]
fn a_device_that_is_lost_while_nothing_runs_is_noticed() {
    let Some(gpu) = gpu() else { return };
    let mut run = run_on(&gpu);
    advance(&mut run, |r| r.iteration == 3);
    gpu.destroy();
    block_on(run.trace(Part::Test, 0, &ALL)).expect("the CPU draws on");
    assert!(matches!(run.executor().reason, ExecutorReason::Lost { .. }));
    block_on(run.predict(&[1])).expect("the CPU answers");
    block_on(run.checkpoint()).expect("what was kept can be saved");
}

/// Nobody has noticed the loss when the run is begun anew: what was kept of the run before must not come back over it.
#[test]
fn what_is_begun_right_after_a_device_was_lost_stays_begun() {
    let (cpu, _) = advance(&mut run(), |_| false);
    for opened in [false, true] {
        let Some(gpu) = gpu() else { return };
        let mut run = run_on(&gpu);
        let start = block_on(run.checkpoint()).expect("a run can be kept");
        advance(&mut run, |r| r.iteration == 20);
        run.news();
        gpu.destroy();
        if opened {
            block_on(run.restore(&start)).expect("it is the same network");
        } else {
            block_on(run.reset()).expect("a run can begin again");
        }
        assert_eq!(run.progress().iteration, 0);
        let (after, _) = advance(&mut run, |_| false);
        assert_eq!(run.executor().kind, ExecutorKind::Cpu);
        assert_eq!(after.first().map(|r| r.iteration), Some(1));
        assert_eq!(losses(&after), losses(&cpu));
    }
}

#[test]
fn no_step_makes_anything_on_the_device() {
    let Some(gpu) = gpu() else { return };
    let mut run = run_on(&gpu);
    let mut sizes = Vec::new();
    advance(&mut run, |r| {
        sizes.push(gpu.memory());
        r.iteration == 41
    });
    assert!(sizes[0].bytes > 0 && sizes[0].buffers > 0);
    assert!(sizes.iter().all(|size| *size == sizes[0]), "{sizes:?}");
    block_on(run.trace(Part::Test, 0, &ALL)).expect("the picture is there");
    assert_eq!(gpu.memory(), sizes[0]);
    block_on(run.use_cpu()).expect("there is always the CPU");
    assert_eq!(gpu.memory().buffers, 0, "what is given up is freed");
}

#[test]
fn a_wrong_shader_is_refused_by_its_name() {
    let Some(gpu) = gpu() else { return };
    for stem in ["conv2d", "batch_norm_grad_input", "sgd"] {
        let broken = gpu.with_shader_filter(move |file, source| {
            if file == stem {
                source
                    .replace("- mean", "+ mean")
                    .replace("sum + bias", "sum - bias")
                    .replace("-step.learning_rate", "step.learning_rate")
                    .replace("activate(sum", "activate(1.1 * sum")
            } else {
                source
            }
        });
        let mut run = run();
        match block_on(run.use_gpu(broken)) {
            Err(SessionError::WrongGpu { operation, .. }) => assert_eq!(operation, stem),
            other => panic!("{stem}: {other:?}"),
        }
        assert_eq!(run.executor().kind, ExecutorKind::Cpu);
        advance(&mut run, |r| r.iteration == 2);
    }
}

#[test]
fn a_software_adapter_is_not_taken_unless_asked_for() {
    let Some(gpu) = gpu() else { return };
    if !gpu.adapter().software {
        println!("skipped: the adapter here, {}, is a real one", gpu.adapter().name);
        return;
    }
    let mut run = run();
    block_on(run.offer_gpu(gpu)).expect("a GPU can be offered");
    advance(&mut run, |r| r.iteration == 9);
    assert_eq!(run.executor().kind, ExecutorKind::Cpu);
    assert!(matches!(run.executor().reason, ExecutorReason::Software { .. }));
}

/// What happens to a GPU that was offered: the CPU trains while it is made ready, then it is tried, and the faster stays.
#[test]
fn a_real_gpu_is_warmed_tried_and_judged() {
    let Some(gpu) = gpu() else { return };
    let (cpu, _) = advance(&mut run(), |_| false);
    let mut run = run();
    block_on(run.offer_gpu(gpu.as_real())).expect("a GPU can be offered");
    let (reports, news) = advance(&mut run, |_| false);
    let reasons: Vec<ExecutorReason> = news
        .into_iter()
        .filter_map(|e| if let Event::Executor { report } = e { Some(report.reason) } else { None })
        .collect();
    let warming = reasons.iter().take_while(|r| matches!(r, ExecutorReason::Warming { .. })).count();
    assert!(warming > 2, "{reasons:?}");
    assert!(matches!(reasons[warming], ExecutorReason::Trial), "{reasons:?}");
    assert!(
        matches!(reasons[warming + 1], ExecutorReason::Faster { .. } | ExecutorReason::Slower { .. }),
        "{reasons:?}"
    );
    alike(&losses(&reports), &losses(&cpu));
}

#[test]
fn a_batch_that_does_not_fit_is_taken_in_shards() {
    let Some(gpu) = gpu() else { return };
    let (cpu, _) = advance(&mut run(), |_| false);
    // 784 numbers of the input an example: nine of 32 examples fit, or two. Batch normalisation has the moments of the whole
    // batch all the same.
    for examples in [9, 2] {
        let mut shards = run();
        block_on(shards.use_gpu(gpu.with_largest_buffer(784 * 4 * examples))).expect("shards of a batch fit");
        assert_eq!(shards.executor().kind, ExecutorKind::WebGpu);
        alike(&losses(&advance(&mut shards, |_| false).0), &losses(&cpu));
    }

    let mut none = run();
    let refused = block_on(none.use_gpu(gpu.with_largest_buffer(1000)));
    let message = refused.expect_err("one example does not fit").to_string();
    assert!(message.contains("1000") && message.contains("too big"), "{message}");
    advance(&mut none, |r| r.iteration == 2);
}
