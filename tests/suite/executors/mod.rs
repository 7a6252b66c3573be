//! The executors that the suites put through their cases.

#![allow(dead_code, reason = "not every suite runs every executor")]

use std::sync::Arc;

use atelier_cpu::{CpuError, CpuExecutor, Isa};
use atelier_gpu::{Gpu, GpuError, GpuExecutor, Wanted};
use atelier_nn::Plan;

pub fn cpu(plan: Plan, isa: Isa) -> Result<CpuExecutor, CpuError> {
    CpuExecutor::with_isa(Arc::new(plan), isa)
}

/// A device, or none, with the reason printed as a skip; where every check must run (`CI`), none is a failure.
pub fn gpu() -> Option<Gpu> {
    match pollster::block_on(Gpu::request(&Wanted::default())) {
        Ok(gpu) => {
            println!("on {}", gpu.adapter().name);
            Some(gpu)
        }
        Err(error) if std::env::var_os("CI").is_some() => panic!("no GPU, not even a software adapter: {error}"),
        Err(error) => {
            println!("skipped: {error}");
            None
        }
    }
}

/// With its pipelines made, so that a shader which does not compile is that executor's error and not the device's.
pub async fn on_gpu(gpu: &Gpu, plan: Plan) -> Result<GpuExecutor, GpuError> {
    let mut executor = GpuExecutor::new(gpu, Arc::new(plan)).await?;
    executor.prepare(usize::MAX).await?;
    Ok(executor)
}
