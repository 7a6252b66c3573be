//! Where a training step of the seed network spends its time: milliseconds, GFLOP/s and the share of the measured
//! multiply-add peak of every operation, for each instruction set of this machine (or those named as arguments).
//!
//!     cargo run --release -p atelier-cpu --example profile_step -- AVX-512

use std::sync::Arc;
use std::time::Instant;

use atelier_cpu::{CpuExecutor, Isa, peak};
use atelier_nn::random::{pcg4d, unit};
use atelier_nn::{Executor, Loss, Lowering, Network, Op, Optimizer, Plan, StepData};

const BATCH: usize = 128;
const ROUNDS: usize = 5;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let names: Vec<String> = std::env::args().skip(1).collect();
    let lowering = Lowering::training(BATCH, Loss::CategoricalCrossentropy, Optimizer::default());
    let plan = Arc::new(Network::seed().lower(&lowering)?);
    for isa in Isa::available().filter(|isa| names.is_empty() || names.contains(&isa.to_string())) {
        profile(&plan, isa)?;
    }
    Ok(())
}

fn profile(plan: &Arc<Plan>, isa: Isa) -> Result<(), Box<dyn std::error::Error>> {
    let start = Instant::now();
    let peak = peak::gflops(isa, || start.elapsed().as_secs_f64());
    let mut executor = CpuExecutor::with_isa(Arc::clone(plan), isa)?;
    for (buffer, values) in plan.initial_values(7) {
        executor.write(buffer, &values)?;
    }
    let images: Vec<f32> = (0..BATCH as u32 * 784).map(|i| unit(pcg4d([i, 0, 0, 1])[0])).collect();
    executor.write(plan.input, &images)?;
    let target = plan.target.ok_or("the plan has no target")?;
    executor.write(target, &(0..BATCH * 10).map(|i| f32::from(u8::from(i % 10 == i / 10 % 10))).collect::<Vec<_>>())?;

    let mut data = StepData { learning_rate: 1e-3, ..StepData::forward(BATCH) };
    let mut fastest = vec![f64::INFINITY; plan.steps.len()];
    for iteration in 1..=ROUNDS {
        data.iteration = iteration as u32;
        for (step, best) in fastest.iter_mut().enumerate() {
            let start = Instant::now();
            executor.run(step..step + 1, &data)?;
            *best = best.min(start.elapsed().as_secs_f64());
        }
    }
    let total: f64 = fastest.iter().sum();
    let flops: f64 = plan.steps.iter().map(|step| flops(&step.op)).sum();
    println!("{isa}: peak {peak:.1} GFLOP/s");
    println!("{:>8} {:>6} {:>8} {:>6}  operation", "ms", "time", "GFLOP/s", "peak");
    for (step, seconds) in plan.steps.iter().zip(&fastest) {
        line(*seconds, total, self::flops(&step.op), peak, &format!("{} {}", step.op.stem(), shape(plan, &step.op)));
    }
    line(total, total, flops, peak, &format!("step: {:.0} images/s", BATCH as f64 / total));
    Ok(())
}

fn line(seconds: f64, total: f64, flops: f64, peak: f64, what: &str) {
    let speed = flops / seconds / 1e9;
    let (time, share) = (100.0 * seconds / total, 100.0 * speed / peak);
    println!("{:8.3} {time:5.1}% {speed:8.1} {share:5.1}%  {what}", seconds * 1e3);
}

/// Floating-point operations of the products over a batch.
fn flops(op: &Op) -> f64 {
    2.0 * op.macs() as f64 * BATCH as f64
}

fn shape(plan: &Plan, op: &Op) -> String {
    op.writes().first().map_or_else(String::new, |id| format!("{:?}", plan.buffer(*id).shape))
}
