use atelier_nn::PlanError;

/// Why there is no device, or why an executor on it was not made or refused a call.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum GpuError {
    #[error("this browser has no WebGPU")]
    NoWebGpu,
    #[error("there is no GPU to be had here")]
    NoAdapter,
    #[error("the GPU `{adapter}` gave no device: {reason}")]
    NoDevice { adapter: String, reason: String },
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// Found by adding up, before anything was made on the device. `bytes` is what `what` takes, `limit` what there is
    /// for it.
    #[error(
        "the network is too big for the GPU: {what} takes {bytes} bytes, and there is room for {limit}; use a smaller \
         batch or fewer units"
    )]
    TooBig { what: String, bytes: u64, limit: u64 },
    /// Found by trying. What was asked for is freed, and the device goes on.
    #[error("the GPU has no room for the {bytes} bytes that the network needs: {reason}")]
    OutOfMemory { bytes: u64, reason: String },
    #[error("a plan's Adam steps must all have the same betas")]
    MixedAdam,
    /// A shader that does not compile, or a call that the device refused: a fault of this crate or of the driver.
    #[error("the GPU refused its work: {0}")]
    Refused(String),
    #[error("the GPU was lost: {0}")]
    Lost(String),
}
