use atelier_cpu::CpuError;
use atelier_formats::{FormatError, Misfits};
use atelier_gpu::GpuError;
use atelier_nn::{NetworkError, OutOfRange};
use serde::ser::Error as _;
use serde::{Serialize, Serializer};
use thiserror::Error;

use crate::reason::ExecutorReason;
use crate::teach::KeptError;

/// Why a run cannot be made or go on. It crosses to the page by its `code` and its figures, for the reader's language. What
/// only a fault of this program brings about does not: its own words are all that there is to say.
#[derive(Debug, Error, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum SessionError {
    #[error(transparent)]
    Network(#[from] NetworkError),
    #[error(transparent)]
    Executor(
        #[from]
        #[serde(serialize_with = "of_the_cpu")]
        #[cfg_attr(feature = "ts", ts(as = "CpuRefusal"))]
        CpuError,
    ),
    #[error(transparent)]
    Gpu(
        #[from]
        #[serde(serialize_with = "of_the_gpu")]
        #[cfg_attr(feature = "ts", ts(as = "GpuRefusal"))]
        GpuError,
    ),
    #[error("the GPU computes wrongly: {operation} gave {got} where the CPU has {expected}; the CPU goes on")]
    WrongGpu { operation: &'static str, got: f32, expected: f32 },
    #[error("the network takes {got:?} and the pictures are {expected:?}; set the input layer's shape to that")]
    InputShape { expected: Vec<usize>, got: Vec<usize> },
    #[error("the network gives {got:?} and there are {classes} classes; end it with a Dense layer of {classes} units")]
    OutputShape { classes: usize, got: Vec<usize> },
    #[error(transparent)]
    Setting(#[from] OutOfRange),
    #[error("the data set has no {part} pictures; choose another")]
    NoPictures { part: &'static str },
    #[error("there is no picture {index}; the last one is {last}")]
    NoSuchPicture { index: usize, last: usize },
    #[error("this is not a checkpoint of Atelier: {0}")]
    NotACheckpoint(#[from] Unreadable),
    #[error("the checkpoint does not fit this network: {0}")]
    OtherNetwork(#[from] Misfit),
    #[error(transparent)]
    Format(#[from] FormatError),
    #[error(transparent)]
    Weights(#[from] Misfits),
    #[error(
        "the network takes {} with batches of {batch} and there is room for {}; {}",
        megabytes(*needed), megabytes(*room), advice(*fits)
    )]
    TooBig {
        /// Bytes.
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        needed: u64,
        #[cfg_attr(feature = "ts", ts(type = "number"))]
        room: u64,
        batch: usize,
        /// The largest batch that fits; 0 where not even one picture does.
        fits: usize,
    },
    #[error("the network's input takes {expected} numbers and was given {got}")]
    PictureLength { expected: usize, got: usize },
    #[error("an epoch is under way; other pictures can be taken where one begins")]
    EpochUnderWay,
    #[error("the plan has no such thing: {what}")]
    NotInPlan { what: String },
    #[error(
        "the network keeps no maps on the way to its answer; put a Conv2D layer in, or look at another explanation"
    )]
    NoMaps,
    #[error(transparent)]
    Kept(#[from] KeptError),
    #[error("there is no shard under way to go on with")]
    NoShard,
    #[error("helper {index} stopped: {reason}")]
    Helper { index: usize, reason: String },
}

/// Why a file is no checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Unreadable {
    /// In the words of whoever reads the format.
    #[error("it is no sound safetensors file ({reason})")]
    Format { reason: String },
    #[error("Atelier did not write it, its metadata say")]
    Foreign,
    #[error("its description of the run is damaged ({reason})")]
    Description { reason: String },
    #[error("it tells of {count} updates, more than any run does")]
    Updates { count: u32 },
    #[error("`{tensor}` holds {numbers}, neither F32 nor F16")]
    Numbers { tensor: String, numbers: String },
}

/// Why weights are not this network's.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Misfit {
    #[error("it has no `{tensor}`")]
    Missing { tensor: String },
    #[error("`{tensor}` is {got:?} there and {expected:?} here")]
    Shape { tensor: String, got: Vec<usize>, expected: Vec<usize> },
    #[error("there are too few numbers ({got}) for `{tensor}`")]
    TooFew { tensor: String, got: usize },
    #[error("there is none to average")]
    None,
}

/// A CPU without the memory.
#[derive(Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct CpuRefusal {
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    bytes: u64,
}

/// A GPU that there is not, that is lost, or that does not take what it was given.
#[derive(Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct GpuRefusal {
    reason: ExecutorReason,
}

fn of_the_cpu<S: Serializer>(error: &CpuError, serializer: S) -> Result<S::Ok, S::Error> {
    match error {
        CpuError::OutOfMemory { bytes } => CpuRefusal { bytes: *bytes }.serialize(serializer),
        CpuError::IsaUnavailable(_) | CpuError::Plan(_) => Err(S::Error::custom("it has words of its own only")),
    }
}

fn of_the_gpu<S: Serializer>(error: &GpuError, serializer: S) -> Result<S::Ok, S::Error> {
    GpuRefusal { reason: error.into() }.serialize(serializer)
}

fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes.div_ceil(1_000_000))
}

fn advice(fits: usize) -> String {
    match fits {
        0 => "not even one picture at a time fits: give it fewer filters or units, or pool earlier".to_owned(),
        fits => format!("batches of {fits} fit"),
    }
}

#[cfg(test)]
mod tests {
    use atelier_nn::PlanError;
    use serde_json::json;

    use super::*;

    /// What a person can meet crosses by its code; what is a fault of this program has its own words only.
    #[test]
    fn what_executors_refuse_crosses_by_its_code() {
        let crossing = |error: SessionError| serde_json::to_value(error).ok();
        let memory = crossing(CpuError::OutOfMemory { bytes: 7 }.into());
        assert_eq!(memory, Some(json!({ "code": "executor", "bytes": 7 })));
        let lost = crossing(GpuError::Lost("gone".to_owned()).into());
        assert_eq!(lost, Some(json!({ "code": "gpu", "reason": { "type": "lost", "message": "gone" } })));
        let full = crossing(GpuError::OutOfMemory { bytes: 7, reason: "full".to_owned() }.into());
        assert_eq!(full, Some(json!({ "code": "gpu", "reason": { "type": "too_big", "bytes": 7, "room": null } })));
        let other = crossing(Misfit::Missing { tensor: "dense/kernel".to_owned() }.into());
        assert_eq!(other, Some(json!({ "code": "other_network", "kind": "missing", "tensor": "dense/kernel" })));
        assert_eq!(crossing(CpuError::Plan(PlanError::EmptyBatch).into()), None);
    }
}
