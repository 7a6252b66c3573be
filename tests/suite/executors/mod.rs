//! The executors that the suites put through their cases.

use std::sync::Arc;

use atelier_cpu::{CpuError, CpuExecutor, Isa};
use atelier_nn::Plan;

/// Making the naive executor, which is the reference in f32, cannot fail.
pub type Naive = std::convert::Infallible;

pub fn cpu(plan: Plan, isa: Isa) -> Result<CpuExecutor, CpuError> {
    CpuExecutor::with_isa(Arc::new(plan), isa)
}
