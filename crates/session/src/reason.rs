use atelier_gpu::GpuError;
use serde::{Deserialize, Serialize};

/// Why this executor computes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ExecutorReason {
    /// It has not been looked yet whether there is a GPU.
    Starting,
    /// The CPU trains while so many of the GPU's shaders are made; 0 of 0 before the run has begun.
    Warming {
        ready: u32,
        of: u32,
    },
    /// A few batches are being timed on the GPU.
    Trial,
    /// Images a second, measured on this network and batch.
    Faster {
        gpu: f32,
        cpu: f32,
    },
    Slower {
        gpu: f32,
        cpu: f32,
    },
    /// It was asked for.
    Forced,
    NoWebgpu,
    NoAdapter,
    /// Not taken unless it is asked for.
    Software {
        adapter: String,
    },
    /// The self-test against the CPU failed.
    Wrong {
        operation: String,
        got: f32,
        expected: f32,
    },
    /// The network takes so many bytes on the GPU.
    TooBig {
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        bytes: u64,
        /// What there is for them, where that is known.
        #[cfg_attr(feature = "ts", ts(type = "number | null"))]
        room: Option<u64>,
    },
    /// In the words of the browser or the driver, as in the next one.
    Lost {
        message: String,
    },
    Failed {
        message: String,
    },
}

impl From<&GpuError> for ExecutorReason {
    fn from(error: &GpuError) -> Self {
        match error {
            GpuError::NoWebGpu => ExecutorReason::NoWebgpu,
            GpuError::NoAdapter => ExecutorReason::NoAdapter,
            GpuError::TooBig { bytes, limit, .. } => ExecutorReason::TooBig { bytes: *bytes, room: Some(*limit) },
            GpuError::OutOfMemory { bytes, .. } => ExecutorReason::TooBig { bytes: *bytes, room: None },
            GpuError::Lost(message) => ExecutorReason::Lost { message: message.clone() },
            GpuError::Refused(message) | GpuError::NoDevice { reason: message, .. } => {
                ExecutorReason::Failed { message: message.clone() }
            }
            GpuError::Plan(_) | GpuError::MixedAdam => ExecutorReason::Failed { message: error.to_string() },
        }
    }
}
