//! Speed of the seed network on a GPU.

use std::collections::VecDeque;
use std::sync::Arc;

use atelier_gpu::{Gpu, GpuExecutor, Peak, Readback, peak};
use atelier_nn::{Executor, Loss, Lowering, Network, Optimizer, StepData};
use serde::Serialize;

use crate::{BenchError, Example, Row, macs, median};

/// What was measured on one device.
#[derive(Clone, Debug, Serialize)]
pub struct GpuReport {
    pub adapter: String,
    pub driver: String,
    pub software: bool,
    /// Multiply-add peak, measured with a shader that does nothing else.
    pub peak_gflops: f64,
    /// Bytes read and written, measured with a shader that copies.
    pub peak_gigabytes: f64,
    pub rows: Vec<Row>,
}

/// Updates that are under way at once, as in a run.
const UNDER_WAY: usize = 2;
const WARM_UP: usize = 3;
/// Seconds that each row is measured for, and repetitions that there are at least.
const SECONDS: f64 = 5.0;
const LEAST: usize = 7;

/// Measures a training step and an inference of `batch` pictures. `now` is a clock in seconds.
pub async fn measure_gpu(gpu: &Gpu, batch: usize, now: impl Fn() -> f64) -> Result<GpuReport, BenchError> {
    let training = Lowering::training(batch, Loss::CategoricalCrossentropy, Optimizer::default());
    let rows = vec![
        row(gpu, "train step", batch, &training, UNDER_WAY, &now).await?,
        row(gpu, "inference", batch, &Lowering::inference(batch), 1, &now).await?,
    ];
    let Peak { gflops, gigabytes } = peak(gpu, &now).await?;
    let adapter = gpu.adapter();
    Ok(GpuReport {
        adapter: adapter.name.clone(),
        driver: adapter.driver.clone(),
        software: adapter.software,
        peak_gflops: gflops,
        peak_gigabytes: gigabytes,
        rows,
    })
}

async fn row(
    gpu: &Gpu,
    task: &'static str,
    batch: usize,
    lowering: &Lowering,
    under_way: usize,
    now: &impl Fn() -> f64,
) -> Result<Row, BenchError> {
    let plan = Arc::new(Network::seed().lower(lowering)?);
    let mut executor = GpuExecutor::new(gpu, Arc::clone(&plan)).await?;
    executor.prepare(usize::MAX).await?;
    for (buffer, values) in plan.initial_values(7) {
        executor.write(buffer, &values)?;
    }
    let Example { inputs, targets } = Example::new(&plan, batch);
    // What a run or a prediction brings back.
    let read = plan.metrics.map_or((plan.output, plan.len_of(plan.output, batch)), |metrics| (metrics, 2));
    let mut data = StepData { learning_rate: 1e-3, ..StepData::forward(batch) };
    let mut pending: VecDeque<Readback> = VecDeque::new();
    let mut seconds = Vec::new();
    let (start, mut last) = (now(), now());
    while now() - start < SECONDS || seconds.len() < WARM_UP + LEAST {
        while pending.len() < under_way {
            executor.write(plan.input, &inputs)?;
            if let Some(target) = plan.target {
                executor.write(target, &targets)?;
            }
            pending.push_back(executor.submit(0..plan.steps.len(), &data, &[read])?);
            data.iteration += 1;
        }
        if let Some(readback) = pending.pop_front() {
            readback.numbers().await?;
        }
        seconds.push(now() - last);
        last = now();
    }
    let seconds = median(seconds.split_off(WARM_UP));
    Ok(Row {
        task,
        batch,
        milliseconds: seconds * 1e3,
        images_per_second: batch as f64 / seconds,
        gflops: 2.0 * macs(&plan) as f64 * batch as f64 / seconds / 1e9,
    })
}
