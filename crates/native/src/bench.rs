//! Native speed, as JSON for `cargo xtask bench`.

use std::sync::Arc;
use std::time::Instant;

use anyhow::Result;
use atelier_data::garments;
use atelier_nn::Network;
use atelier_session::{Event, Run, Setup, Threads, Training};
use pollster::block_on;
use serde_json::{Value, json};

use crate::train::Terminal;

/// Updates of a measured run; the first ones touch memory for the first time.
const WARM_UP: u32 = 3;
const UPDATES: u32 = 20;

pub fn run() -> Result<()> {
    let start = Instant::now();
    let core = atelier_bench::measure(|| start.elapsed().as_secs_f64())?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    println!("{}", json!({ "core": core, "threads": threads, "run": training_run(threads)? }));
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
