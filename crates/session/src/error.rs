use atelier_cpu::CpuError;
use atelier_gpu::GpuError;
use atelier_nn::{NetworkError, OutOfRange};
use serde::Serialize;
use thiserror::Error;

use crate::teach::KeptError;

/// Why a run cannot be made or go on. It crosses to the page by its `code` and its figures, for the reader's language; what
/// an executor says of itself is in its own words only, and does not.
#[derive(Debug, Error, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum SessionError {
    #[error(transparent)]
    Network(#[from] NetworkError),
    #[error(transparent)]
    #[serde(skip)]
    Executor(#[from] CpuError),
    #[error(transparent)]
    #[serde(skip)]
    Gpu(#[from] GpuError),
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
    #[error("this is not a checkpoint of Atelier: {reason}")]
    NotACheckpoint { reason: String },
    #[error("the checkpoint does not fit this network: {reason}")]
    OtherNetwork { reason: String },
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

fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes.div_ceil(1_000_000))
}

fn advice(fits: usize) -> String {
    match fits {
        0 => "not even one picture at a time fits: give it fewer filters or units, or pool earlier".to_owned(),
        fits => format!("batches of {fits} fit"),
    }
}
