//! How fast the seed network runs here: one body for the native and the WebAssembly build, so that their figures compare.
//!
//! Measures the CPU's executor on one thread, and the GPU's, by the clock that it is given, against the multiply-add peak of
//! the same core or device. It
//! must never know where it runs.

mod gpu;
#[cfg(target_family = "wasm")]
mod web;

use std::sync::Arc;

use atelier_cpu::{CpuError, CpuExecutor, Isa, peak};
use atelier_gpu::GpuError;
use atelier_nn::random::{pcg4d, unit};
use atelier_nn::{Executor, Loss, Lowering, Network, NetworkError, Optimizer, Plan, StepData};
use serde::Serialize;

pub use gpu::{GpuReport, measure_gpu};

/// What was measured on one core.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Instruction set of the kernels.
    pub isa: String,
    /// Multiply-add peak of the core, GFLOP/s.
    pub peak_gflops: f64,
    pub rows: Vec<Row>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Row {
    pub task: &'static str,
    pub batch: usize,
    /// Median over the repetitions, of the whole batch.
    pub milliseconds: f64,
    pub images_per_second: f64,
    /// Effective: the multiply-adds that the operations are defined by, a multiply-add counted as two, by the time.
    pub gflops: f64,
}

#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    #[error(transparent)]
    Network(#[from] NetworkError),
    #[error(transparent)]
    Cpu(#[from] CpuError),
    #[error(transparent)]
    Gpu(#[from] GpuError),
}

/// Seconds that each row is measured for.
const SECONDS: f64 = 2.0;
/// Seconds of one sample: long against the coarsest clock, which is a browser's.
const SAMPLE: f64 = 0.005;

/// Measures all rows. `now` is a clock in seconds.
pub fn measure(now: impl Fn() -> f64) -> Result<Report, BenchError> {
    let isa = Isa::best();
    let training = Lowering::training(128, Loss::CategoricalCrossentropy, Optimizer::default());
    let rows = [
        ("train step", 128, training),
        ("inference", 128, Lowering::inference(128)),
        ("inference", 1, Lowering::inference(1)),
    ]
    .into_iter()
    .map(|(task, batch, lowering)| row(task, batch, &lowering, &now))
    .collect::<Result<_, _>>()?;
    Ok(Report { isa: isa.to_string(), peak_gflops: peak::gflops(isa, &now), rows })
}

fn row(task: &'static str, batch: usize, lowering: &Lowering, now: impl Fn() -> f64) -> Result<Row, BenchError> {
    let plan = Arc::new(Network::seed().lower(lowering)?);
    let mut step = Step::new(Arc::clone(&plan), batch)?;
    // The first runs touch memory for the first time, and in a browser wait for the better compiler.
    let start = now();
    while now() - start < SECONDS / 4.0 {
        step.run()?;
    }
    let mut samples = Vec::new();
    let start = now();
    while now() - start < SECONDS || samples.len() < 5 {
        let begun = now();
        let mut runs = 0;
        while now() - begun < SAMPLE {
            step.run()?;
            runs += 1;
        }
        samples.push((now() - begun) / f64::from(runs));
    }
    let seconds = median(samples);
    Ok(Row {
        task,
        batch,
        milliseconds: seconds * 1e3,
        images_per_second: batch as f64 / seconds,
        gflops: 2.0 * macs(&plan) as f64 * batch as f64 / seconds / 1e9,
    })
}

/// Multiply-accumulates an example.
fn macs(plan: &Plan) -> u64 {
    plan.steps.iter().map(|step| step.op.macs()).sum()
}

fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}

/// Pictures of noise and their classes.
struct Example {
    inputs: Vec<f32>,
    targets: Vec<f32>,
}

impl Example {
    fn new(plan: &Plan, batch: usize) -> Self {
        let random = |i| unit(pcg4d([i, 0, 0, 1])[0]);
        let inputs = (0..plan.len_of(plan.input, batch) as u32).map(random).collect();
        let classes = plan.buffer(plan.output).len();
        let targets = (0..batch * classes).map(|i| f32::from(u8::from(i % classes == i / classes % classes))).collect();
        Example { inputs, targets }
    }
}

/// A plan with its data, ready to be run again and again as a training run or a prediction does.
struct Step {
    executor: CpuExecutor,
    plan: Arc<Plan>,
    inputs: Vec<f32>,
    targets: Vec<f32>,
    data: StepData,
}

impl Step {
    fn new(plan: Arc<Plan>, batch: usize) -> Result<Self, CpuError> {
        let mut executor = CpuExecutor::new(Arc::clone(&plan))?;
        for (buffer, values) in plan.initial_values(7) {
            executor.write(buffer, &values)?;
        }
        let Example { inputs, targets } = Example::new(&plan, batch);
        let data = StepData { learning_rate: 1e-3, ..StepData::forward(batch) };
        Ok(Step { executor, plan, inputs, targets, data })
    }

    fn run(&mut self) -> Result<(), CpuError> {
        self.executor.write(self.plan.input, &self.inputs)?;
        if let Some(target) = self.plan.target {
            self.executor.write(target, &self.targets)?;
        }
        self.executor.run(0..self.plan.steps.len(), &self.data)?;
        self.data.iteration += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn a_row_divides_work_by_the_median_time() {
        // A clock that moves one second a look: every sample holds one run, which takes two looks.
        let ticks = Cell::new(0.0);
        let now = || {
            ticks.set(ticks.get() + 1.0);
            ticks.get()
        };
        let row = row("inference", 1, &Lowering::inference(1), now).expect("the seed network runs");
        // Forward multiply-accumulates of the seed network, layer by layer.
        let conv = 784 * 9 * (32 + 32 * 32) + 196 * 9 * (32 * 64 + 64 * 64) + 49 * 9 * 64 * 128;
        let dense = 1152 * 128 + 128 * 10;
        let seconds = row.milliseconds / 1e3;
        assert!(seconds >= 1.0, "{seconds}");
        assert_eq!(row.gflops, f64::from(2 * (conv + dense)) / seconds / 1e9);
        assert_eq!(row.images_per_second, 1.0 / seconds);
    }
}
