//! Native speed, as JSON for `cargo xtask bench`.

use std::sync::Arc;
use std::time::Instant;

use anyhow::Result;
use atelier_data::garments;
use atelier_gpu::{Gpu, Wanted};
use atelier_nn::Network;
use atelier_session::{Event, Run, Setup, Threads, Training};
use clap::Args;
use pollster::block_on;
use serde_json::{Value, json};

use crate::train::Terminal;

/// Updates of a measured run; the first ones touch memory for the first time.
const WARM_UP: u32 = 3;
const UPDATES: u32 = 20;

#[derive(Args)]
pub struct Options {
    /// Measure the GPU instead of the CPU
    #[arg(long)]
    gpu: bool,
    /// Pictures at a time on the GPU; the default is 128, and 16 on a software adapter
    #[arg(long, value_name = "N")]
    batch: Option<usize>,
}

pub fn run(options: &Options) -> Result<()> {
    let start = Instant::now();
    let now = || start.elapsed().as_secs_f64();
    let report = if options.gpu {
        let gpu = block_on(Gpu::request(&Wanted::default()))?;
        let batch = options.batch.unwrap_or(if gpu.adapter().software { 16 } else { 128 });
        json!(block_on(atelier_bench::measure_gpu(&gpu, batch, now))?)
    } else {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        json!({ "core": atelier_bench::measure(now)?, "threads": threads, "run": training_run(threads)? })
    };
    println!("{report}");
    Ok(())
}

/// A whole training run over all cores: batches made, shards handed out, gradients reduced, weights updated.
fn training_run(threads: usize) -> Result<Value> {
    let training = Training::default();
    let batch = training.batch_size;
    let data = garments::generate(1, batch * (WARM_UP + UPDATES) as usize, 10);
    let setup = Setup { network: Network::seed(), training, workers: threads };
    let helpers = Threads::new(&setup)?;
    let mut run = Run::new(setup, Arc::new(data), helpers, Terminal::default())?;
    let mut seconds = Vec::new();
    while seconds.len() < (WARM_UP + UPDATES) as usize {
        let start = Instant::now();
        if let Event::Step { .. } = block_on(run.advance())? {
            seconds.push(start.elapsed().as_secs_f64());
        }
    }
    let mut seconds = seconds.split_off(WARM_UP as usize);
    seconds.sort_by(f64::total_cmp);
    let median = seconds[seconds.len() / 2];
    Ok(json!({ "batch": batch, "milliseconds": median * 1e3, "images_per_second": batch as f64 / median }))
}
