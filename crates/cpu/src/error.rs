use atelier_nn::PlanError;

use crate::Isa;

/// Why an executor was not made, or refused a call.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CpuError {
    #[error("this machine has no {0}; `Isa::available` lists what it has")]
    IsaUnavailable(Isa),
    #[error("the plan takes {bytes} bytes of memory, and there is less; a smaller batch or fewer filters take less")]
    OutOfMemory {
        /// What the executor would have taken beside what it shares.
        bytes: u64,
    },
    #[error(transparent)]
    Plan(#[from] PlanError),
}
