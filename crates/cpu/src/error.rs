use atelier_nn::PlanError;

use crate::Isa;

/// Why an executor was not made, or refused a call.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CpuError {
    #[error("this machine has no {0}; `Isa::available` lists what it has")]
    IsaUnavailable(Isa),
    #[error(transparent)]
    Plan(#[from] PlanError),
}
