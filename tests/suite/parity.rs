//! The two executors over a whole trajectory: fifty updates of the network that the page opens with, from one seed.
//!
//! In f32 the trajectory of this network under Adam at its default rate is chaotic: a rounding in the last place of the
//! first weights has grown to a hundredth of the loss by the fiftieth update, on one executor as between two. So the two are
//! held to a thousandth at a rate at which rounding grows slowly, and at the default rate to what the CPU's own roundings do.

mod executors;

use std::sync::Arc;

use atelier_cpu::CpuExecutor;
use atelier_data::{Dataset, Part, Shuffle, garments};
use atelier_gpu::{Gpu, GpuExecutor};
use atelier_nn::random::pcg4d;
use atelier_nn::{Executor, Loss, Lowering, Network, Optimizer, Plan, StepData};

const STEPS: u32 = 50;
const BATCH: usize = 16;
const SEED: u32 = 7;

struct Course {
    plan: Arc<Plan>,
    data: Dataset,
    learning_rate: f32,
}

impl Course {
    fn new(learning_rate: f32) -> Self {
        let lowering = Lowering::training(BATCH, Loss::CategoricalCrossentropy, Optimizer::default());
        let plan = Arc::new(Network::seed().lower(&lowering).expect("the network can be built"));
        Course { plan, data: garments::generate(1, BATCH * STEPS as usize, 1), learning_rate }
    }

    fn on_cpu(&self, rounded: Option<u32>) -> Vec<f32> {
        self.losses(&mut CpuExecutor::new(Arc::clone(&self.plan)).expect("the plan is sound"), rounded)
    }

    fn on_gpu(&self, gpu: &Gpu) -> Vec<f32> {
        let executor = pollster::block_on(GpuExecutor::new(gpu, Arc::clone(&self.plan)));
        self.losses(&mut executor.expect("the device has room"), None)
    }

    /// The mean loss of every update, as a run does them. `rounded`: of which seed the last bits of the first weights are.
    fn losses<E: Executor>(&self, executor: &mut E, rounded: Option<u32>) -> Vec<f32> {
        let plan = &self.plan;
        let order = Shuffle::new(self.data.train.len() as u32, u64::from(SEED), 0);
        for (buffer, mut values) in plan.initial_values(SEED) {
            if let Some(seed) = rounded {
                for (i, value) in values.iter_mut().enumerate() {
                    *value = f32::from_bits(value.to_bits() ^ (pcg4d([i as u32, buffer.0, seed, 0])[0] & 1));
                }
            }
            executor.write(buffer, &values).expect("it fits");
        }
        let (target, metrics) = (plan.target.expect("a loss"), plan.metrics.expect("a loss"));
        let step = |iteration: u32| {
            let mut inputs = vec![0.0; plan.len_of(plan.input, BATCH)];
            let mut targets = vec![0.0; plan.len_of(target, BATCH)];
            let batch = order.batch(BATCH, iteration as usize - 1).expect("there are enough");
            self.data.write_batch(Part::Train, batch, &mut inputs, &mut targets);
            executor.write(plan.input, &inputs).expect("it fits");
            executor.write(target, &targets).expect("it fits");
            let learning_rate = self.learning_rate;
            let data = StepData { learning_rate, iteration, seed: SEED, ..StepData::forward(BATCH) };
            executor.run(0..plan.steps.len(), &data).expect("the step fits");
            pollster::block_on(executor.read(metrics, 2)).expect("it fits")[0] / BATCH as f32
        };
        (1..=STEPS).map(step).collect()
    }
}

/// Relative differences, update by update.
fn apart(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| (a - b).abs() / a).collect()
}

fn largest(numbers: &[f32]) -> f32 {
    numbers.iter().copied().fold(0.0, f32::max)
}

/// Two wrong executors could agree: ten balanced classes and small weights begin at ln 10, and learn.
fn anchored(losses: &[f32]) {
    let chance = 10.0_f32.ln();
    let mean = |losses: &[f32]| losses.iter().sum::<f32>() / losses.len() as f32;
    assert!((losses[0] - chance).abs() < 0.05 * chance, "the first loss is {}", losses[0]);
    assert!(mean(&losses[40..]) < mean(&losses[..10]), "it does not learn: {losses:?}");
}

#[test]
fn fifty_updates_agree_within_a_thousandth() {
    let Some(gpu) = executors::gpu() else { return };
    let course = Course::new(1e-4);
    let (cpu, first) = (course.on_cpu(None), course.on_gpu(&gpu));
    anchored(&cpu);
    anchored(&first);
    let apart = apart(&cpu, &first);
    println!("largest difference {:e}", largest(&apart));
    for (step, apart) in apart.iter().enumerate() {
        assert!(*apart <= 1e-3, "update {}: {} on the CPU, {} on the GPU", step + 1, cpu[step], first[step]);
    }
    assert_eq!(first, course.on_gpu(&gpu), "the same run twice on a GPU is the same to the bit");
}

#[test]
fn at_the_default_rate_they_differ_as_the_cpu_does_from_itself() {
    let Some(gpu) = executors::gpu() else { return };
    let course = Course::new(Optimizer::default().default_learning_rate());
    let (cpu, gpu) = (course.on_cpu(None), course.on_gpu(&gpu));
    anchored(&gpu);
    // The last bits of the first weights are one rounding; an executor rounds at every operation of every update. The largest
    // drift of a few such runs up to an update, times four, is what chaos does to a difference of this size.
    let mut own = [0.0_f32; STEPS as usize];
    for seed in 0..6 {
        let drift = apart(&cpu, &course.on_cpu(Some(seed)));
        let mut so_far = 0.0_f32;
        for (own, drift) in own.iter_mut().zip(drift) {
            so_far = so_far.max(drift);
            *own = own.max(so_far);
        }
    }
    let apart = apart(&cpu, &gpu);
    println!("largest difference {:e}, the CPU's own {:e}", largest(&apart), largest(&own));
    for (step, (apart, own)) in apart.iter().zip(own).enumerate() {
        // Before it has grown, rounding is that of the sums of one update.
        let bound = (4.0 * own).max(1e-4);
        assert!(*apart <= bound, "update {}: {apart:e} apart, the CPU from itself {own:e}", step + 1);
    }
}
