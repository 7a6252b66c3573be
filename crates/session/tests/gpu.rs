//! A run on a GPU: the same course as on the CPU, from one to the other in the middle, and on without a GPU that was lost.
//!
//! A GPU adds in another order, and its functions round otherwise. What that grows to is measured, not assumed: the same run on
//! the CPU, begun from first weights whose last bits are flipped at random, drifts from itself; a run on a GPU may drift four
//! times as far as the farthest of some such runs. Before rounding has grown it is that of single sums (`SUM`).

use std::cell::Cell;
use std::sync::Arc;

use atelier_data::{Dataset, Part, garments};
use atelier_gpu::{Gpu, Wanted};
use atelier_nn::random::pcg4d;
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

/// Rounding of the longest sum, as a share of its size: of `n` terms in any order it is `√n·u` (Higham and Mary 2019), here a
/// kernel's gradient over a batch of 32 at 12 by 12 places. Four times that, as for the drift.
const SUM: f32 = 4.0 * 68.0 * f32::EPSILON / 2.0;

/// A checkpoint whose weights have other last bits.
fn rounded(run: &mut TestRun, seed: u32) -> Checkpoint {
    let mut bytes = block_on(run.checkpoint()).and_then(|c| c.to_bytes()).expect("a run can be kept");
    // A safetensors file: the header's length, the header, then little-endian f32.
    let header = u64::from_le_bytes(bytes[..8].try_into().expect("eight bytes")) as usize;
    for (i, number) in bytes[8 + header..].chunks_exact_mut(4).enumerate() {
        let value = f32::from_le_bytes(number.try_into().expect("four bytes"));
        // What is exactly zero or one (biases, momenta, gammas) begins so in every run.
        if value != 0.0 && value != 1.0 {
            number[0] ^= (pcg4d([i as u32, 0, seed, 0])[0] & 1) as u8;
        }
    }
    Checkpoint::from_bytes(&bytes).expect("it is still a checkpoint")
}

/// Runs on the CPU from weights that are rounded otherwise.
fn others() -> impl Iterator<Item = TestRun> {
    (0..4).map(|seed| {
        let mut run = run();
        let checkpoint = rounded(&mut run, seed);
        block_on(run.restore(&checkpoint)).expect("it is of the same network");
        run
    })
}

/// The losses of the run on the CPU, and how far another executor's may lie from each.
fn course() -> Vec<(f32, f32)> {
    let alone = losses(&advance(&mut run(), |_| false).0);
    let mut drift = vec![0.0_f32; alone.len()];
    for mut other in others() {
        let mut so_far = 0.0_f32;
        for ((drift, a), b) in drift.iter_mut().zip(&alone).zip(losses(&advance(&mut other, |_| false).0)) {
            so_far = so_far.max((a - b).abs());
            *drift = drift.max(so_far);
        }
    }
    alone.iter().zip(drift).map(|(loss, drift)| (*loss, 4.0 * drift + SUM * loss)).collect()
}

/// As many losses as there are in the course, each within its bound.
fn alike(seen: &[f32], course: &[(f32, f32)]) {
    assert_eq!(seen.len(), course.len());
    for (step, (a, (b, bound))) in seen.iter().zip(course).enumerate() {
        assert!((a - b).abs() <= *bound, "step {}: {a}, on the CPU {b} ± {bound:e}", step + 1);
    }
}

/// The farthest that any of these lists lies from the first.
fn farthest(lists: &[Vec<f32>]) -> f32 {
    let differences = lists.iter().flat_map(|list| list.iter().zip(&lists[0]).map(|(a, b)| (a - b).abs()));
    differences.fold(0.0, f32::max)
}

/// Two lists of numbers made from the same weights: four times as far apart as rounding the weights otherwise takes them, and
/// what single sums round.
fn same(seen: &[f32], cpu: &[Vec<f32>]) {
    let largest = cpu[0].iter().fold(0.0_f32, |most, x| most.max(x.abs()));
    let bound = 4.0 * farthest(cpu) + SUM * largest;
    let distance = farthest(&[cpu[0].clone(), seen.to_vec()]);
    assert!(seen.len() == cpu[0].len() && distance <= bound, "{distance:e} apart, bound {bound:e}");
}

#[test]
fn a_gpu_trains_as_the_cpu_does_over_epochs() {
    let Some(gpu) = gpu() else { return };
    let (cpu, _) = advance(&mut run(), |_| false);
    let (first, _) = advance(&mut run_on(&gpu), |_| false);
    let (second, _) = advance(&mut run_on(&gpu), |_| false);
    assert_eq!(cpu.len(), 42);
    alike(&losses(&first), &course());
    assert_eq!(losses(&first), losses(&second), "the same run twice on a GPU is the same to the bit");
    let numbers = |reports: &[StepReport]| reports.iter().map(|r| (r.epoch, r.batch, r.iteration)).collect::<Vec<_>>();
    assert_eq!(numbers(&first), numbers(&cpu));
}

#[test]
fn validation_maps_and_answers_come_from_the_gpu() {
    let Some(gpu) = gpu() else { return };
    let mut other = run_on(&gpu);
    let evaluated = |run: &mut TestRun| {
        advance(run, |r| r.iteration == 8);
        block_on(run.settle()).expect("nothing is in the way");
        assert_eq!(run.evaluation().seen(), 150);
        vec![run.evaluation().loss()]
    };
    let on_gpu = evaluated(&mut other);
    let on_cpu: Vec<_> = std::iter::once(run()).chain(others()).map(|mut run| evaluated(&mut run)).collect();
    same(&on_gpu, &on_cpu);
    // The GPU ran ahead by a batch or two: what it shows belongs to the weights it has.
    let kept = block_on(other.checkpoint()).expect("a run can be kept");
    let otherwise: Vec<_> = (0..4).map(|seed| rounded(&mut other, seed)).collect();
    let mut cpu: Vec<TestRun> = std::iter::once(&kept)
        .chain(&otherwise)
        .map(|checkpoint| {
            let mut run = run();
            block_on(run.restore(checkpoint)).expect("it is the same network");
            run
        })
        .collect();
    let maps = |run: &mut TestRun| block_on(run.trace(Part::Test, 5, &ALL)).expect("the picture is there");
    let on_cpu: Vec<_> = cpu.iter_mut().map(maps).collect();
    for (layer, seen) in maps(&mut other).iter().enumerate() {
        same(seen, &on_cpu.iter().map(|layers| layers[layer].to_vec()).collect::<Vec<_>>());
    }
    let answers = |run: &mut TestRun| {
        let answers = block_on(run.predict(&[0, 5, 149])).expect("the pictures are there");
        answers.into_iter().map(|answer| answer.expect("a sound network answers")).unzip::<_, _, Vec<_>, Vec<f32>>()
    };
    let on_cpu: Vec<_> = cpu.iter_mut().map(answers).collect();
    let (classes, probabilities) = answers(&mut other);
    assert_eq!(classes, on_cpu[0].0);
    same(&probabilities, &on_cpu.into_iter().map(|(_, probabilities)| probabilities).collect::<Vec<_>>());
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
    let cpu = course();
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
    alike(&seen, &cpu);
}

#[test]
fn a_lost_device_costs_the_switch_and_a_few_updates() {
    let cpu = course();
    for lost_after in [1, 6, 7, 25] {
        let Some(gpu) = gpu() else { return };
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
        alike(&losses(&reports), &cpu);
        // And back to another one.
        let Some(another) = self::gpu() else { return };
        block_on(run.reset()).expect("a run can begin again");
        block_on(run.use_gpu(another)).expect("a new device is as good");
        alike(&losses(&advance(&mut run, |r| r.iteration == 5).0), &cpu[..5]);
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
    let cpu = course();
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
    alike(&losses(&reports), &cpu);
}

#[test]
fn a_batch_that_does_not_fit_is_taken_in_shards() {
    let Some(gpu) = gpu() else { return };
    let cpu = course();
    // 784 numbers of the input an example: nine of 32 examples fit, or two. Batch normalisation has the moments of the whole
    // batch all the same.
    for examples in [9, 2] {
        let mut shards = run();
        block_on(shards.use_gpu(gpu.with_largest_buffer(784 * 4 * examples))).expect("shards of a batch fit");
        assert_eq!(shards.executor().kind, ExecutorKind::WebGpu);
        alike(&losses(&advance(&mut shards, |_| false).0), &cpu);
    }

    let mut none = run();
    let refused = block_on(none.use_gpu(gpu.with_largest_buffer(1000)));
    let message = refused.expect_err("one example does not fit").to_string();
    assert!(message.contains("1000") && message.contains("too big"), "{message}");
    advance(&mut none, |r| r.iteration == 2);
}
