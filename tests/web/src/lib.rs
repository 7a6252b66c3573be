//! The operation cases as a browser's worker runs them: the executors of this WebAssembly module against the f64 reference,
//! which is compiled into it.
//!
//! It must never know what is compared nor how: that is `atelier_tests`, for every executor alike.

use std::collections::BTreeMap;
use std::sync::Arc;

use atelier_cpu::{CpuExecutor, Isa};
use atelier_gpu::{Gpu, GpuError, GpuExecutor, Wanted};
use atelier_nn::Plan;
use atelier_tests::{Case, Noticed, Stem, Tally, prepared, run_case, run_slips};
use serde_json::json;
use wasm_bindgen::prelude::*;

/// Puts an executor (`cpu` or `gpu`) through `count` cases of an operation, from `first_seed` on. The CPU's cases run on
/// every instruction set of this module. JSON: `{on, cases, worst, failures}`, `on` naming what they ran on.
#[wasm_bindgen]
pub async fn cases(executor: &str, operation: &str, first_seed: u32, count: u32) -> Result<String, JsError> {
    console_error_panic_hook::set_once();
    let (executor, stem) = (Choice::of(executor).await?, stem(operation)?);
    let mut tally = Tally::default();
    for seed in first_seed..first_seed + count {
        let case = Case::draw(stem, seed);
        match &executor {
            Choice::Cpu => {
                for isa in Isa::available() {
                    let mut report = run_case(&case, async |plan| CpuExecutor::with_isa(Arc::new(plan), isa)).await;
                    report.case = format!("{isa:?}, {}", report.case);
                    tally.add(&report);
                }
            }
            Choice::Gpu(gpu) => tally.add(&run_case(&case, async |plan| on_gpu(gpu, plan).await).await),
        }
    }
    let on = match &executor {
        Choice::Cpu => Isa::available().map(|isa| format!("{isa:?}")).collect(),
        Choice::Gpu(_) => vec!["GPU".to_owned()],
    };
    executor.give_up();
    let Tally { cases, worst, failures } = tally;
    Ok(json!({ "on": on, "cases": cases, "worst": worst, "failures": failures }).to_string())
}

/// Makes every slip that a kernel of the operation could make, in the cases of the seeds below `count`. JSON: for each kind
/// in how many cases it was `made`, in how many `noticed`, in how many of the others `missed`, and whether that is `enough`.
#[wasm_bindgen]
pub async fn slips(executor: &str, operation: &str, count: u32) -> Result<String, JsError> {
    console_error_panic_hook::set_once();
    let (executor, stem) = (Choice::of(executor).await?, stem(operation)?);
    let kinds = match &executor {
        Choice::Cpu => run_slips(stem, 0..count, async |plan| CpuExecutor::new(Arc::new(plan))).await,
        Choice::Gpu(gpu) => run_slips(stem, 0..count, async |plan| on_gpu(gpu, plan).await).await,
    };
    executor.give_up();
    let kinds = kinds.map_err(|report| JsError::new(&report))?;
    let counts = |(kind, all): (_, Noticed)| {
        let Noticed { made, noticed, missed } = all;
        (kind, json!({ "made": made, "noticed": noticed, "missed": missed, "enough": all.enough() }))
    };
    Ok(json!(kinds.into_iter().map(counts).collect::<BTreeMap<_, _>>()).to_string())
}

/// What is made of the pictures of `atelier_tests::prepared`, and what is made of them elsewhere: JSON, two numbers in words.
#[wasm_bindgen]
pub fn prepared() -> String {
    console_error_panic_hook::set_once();
    json!([prepared::checksum(), prepared::CHECKSUM].map(|sum| format!("{sum:#018x}"))).to_string()
}

/// The names of all operations.
#[wasm_bindgen]
pub fn operations() -> Vec<String> {
    Stem::ALL.iter().map(|stem| stem.name().to_owned()).collect()
}

enum Choice {
    Cpu,
    Gpu(Gpu),
}

impl Choice {
    async fn of(name: &str) -> Result<Choice, JsError> {
        match name {
            "cpu" => Ok(Choice::Cpu),
            "gpu" => Ok(Choice::Gpu(Gpu::request(&Wanted::default()).await?)),
            _ => Err(JsError::new(&format!("there is no executor `{name}`: it can be `cpu` or `gpu`"))),
        }
    }

    /// A device of its own for each operation: the pipelines of thousands of shapes go with it.
    fn give_up(self) {
        if let Choice::Gpu(gpu) = self {
            gpu.destroy();
        }
    }
}

/// With its pipelines made, so that a shader which does not compile is that executor's error and not the device's.
async fn on_gpu(gpu: &Gpu, plan: Plan) -> Result<GpuExecutor, GpuError> {
    let mut executor = GpuExecutor::new(gpu, Arc::new(plan)).await?;
    executor.prepare(usize::MAX).await?;
    Ok(executor)
}

fn stem(name: &str) -> Result<Stem, JsError> {
    let found = Stem::ALL.iter().find(|stem| stem.name() == name);
    found.copied().ok_or_else(|| JsError::new(&format!("there is no operation `{name}`")))
}
