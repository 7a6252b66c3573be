//! How long the published networks take for one picture on one core, and which operations take it:
//!
//!     cargo run --release --package atelier-tests --example zoo -- mobilenet_v2 resnet50

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use atelier_cpu::CpuExecutor;
use atelier_nn::{Executor, Lowering, StepData};
use atelier_session::Room;
use atelier_session::recognition::Recogniser;
use atelier_zoo::Model;
use pollster::block_on;

/// Runs that are timed, after one that packs the kernels.
const RUNS: usize = 7;

fn main() -> Result<()> {
    let named: Vec<String> = std::env::args().skip(1).collect();
    let models = match named.is_empty() {
        true => Model::ALL.to_vec(),
        false => named.iter().map(|name| Model::of(name)).collect::<Result<_, _>>()?,
    };
    for model in models {
        time(model)?;
    }
    Ok(())
}

fn time(model: Model) -> Result<()> {
    let plan = Arc::new(model.trained()?.lower(&Lowering::inference(1))?);
    let mut executor = CpuExecutor::new(Arc::clone(&plan))?;
    for (stream, parameter) in plan.parameters.iter().enumerate() {
        executor.write(parameter.buffer, &parameter.initializer.values(&parameter.shape, 1, stream as u32))?;
    }
    let len = plan.buffer(plan.input).len();
    executor.write(plan.input, &(0..len).map(|i| (i % 255) as f32 / 127.5 - 1.0).collect::<Vec<_>>())?;
    let data = StepData::forward(1);
    let first = timed(|| executor.run(plan.forward.clone(), &data))?;
    let mut runs = Vec::new();
    let mut parts: BTreeMap<&str, Duration> = BTreeMap::new();
    for _ in 0..RUNS {
        runs.push(timed(|| executor.run(plan.forward.clone(), &data))?);
        for step in plan.forward.clone() {
            *parts.entry(plan.steps[step].op.stem()).or_default() += timed(|| executor.run(step..step + 1, &data))?;
        }
    }
    runs.sort();
    let macs: u64 = plan.steps[plan.forward.clone()].iter().map(|step| step.op.macs()).sum();
    let median = runs[RUNS / 2];
    let rate = 2.0 * macs as f64 / median.as_secs_f64() / 1e9;
    println!(
        "{model}: {:.1} ms folded; as it is {:.1} ms, the first {:.1} ms; {rate:.0} GFLOP/s",
        milliseconds(folded(model)?),
        milliseconds(median),
        milliseconds(first)
    );
    let mut parts: Vec<_> = parts.into_iter().collect();
    parts.sort_by_key(|(_, took)| std::cmp::Reverse(*took));
    for (stem, took) in parts {
        println!("  {stem:<24} {:>8.2} ms", milliseconds(took / RUNS as u32));
    }
    Ok(())
}

/// The median of what recognition takes, whose normalisations are folded into its convolutions.
fn folded(model: Model) -> Result<Duration> {
    let mut recogniser = Recogniser::new(&model.trained()?, Room::UNKNOWN)?;
    for index in 0..recogniser.parameters().len() {
        let parameter = &recogniser.parameters()[index];
        let values = parameter.initializer.values(&parameter.shape, 1, index as u32);
        recogniser.write(index, &values)?;
    }
    let side = model.side();
    let picture: Vec<f32> = (0..side * side * 3).map(|i| (i % 255) as f32 / 127.5 - 1.0).collect();
    block_on(recogniser.answer(&picture))?;
    let mut runs = Vec::new();
    for _ in 0..RUNS {
        runs.push(timed(|| block_on(recogniser.answer(&picture)).map(|_| ()))?);
    }
    runs.sort();
    Ok(runs[RUNS / 2])
}

fn timed<E>(work: impl FnOnce() -> Result<(), E>) -> Result<Duration, E> {
    let begun = Instant::now();
    work()?;
    Ok(begun.elapsed())
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
