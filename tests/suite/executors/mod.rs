//! The executors that the suites put through their cases.

use std::sync::Arc;

use atelier_cpu::{CpuError, CpuExecutor, Isa};
use atelier_nn::Plan;

pub fn cpu(plan: Plan, isa: Isa) -> Result<CpuExecutor, CpuError> {
    CpuExecutor::with_isa(Arc::new(plan), isa)
}
