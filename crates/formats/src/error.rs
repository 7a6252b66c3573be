use std::fmt;
use std::io;

use serde::Serialize;
use thiserror::Error;

/// Why a file is no weights. It crosses to the page by its `kind` and its figures.
#[derive(Debug, Error, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FormatError {
    #[error("it can't be read: {reason}")]
    Read { reason: String },
    #[error("it is neither a safetensors file nor HDF5 as Keras writes it; give the file that holds the weights")]
    Unknown,
    /// In the words of whoever reads the format.
    #[error("it is damaged: {reason}")]
    Damaged { reason: String },
    #[error("it is HDF5, which is not read here; give safetensors")]
    Hdf5,
    #[error("it is HDF5, and not what Keras writes: there is neither `layer_names` nor a group `layers`")]
    NotKeras,
    #[error("its layer `{layer}` cannot be built: {why}")]
    Layer { layer: String, why: String },
    #[error("it holds weights and no description of their network: name the network")]
    NoNetwork,
    #[error("`{tensor}` holds {numbers}; float16, bfloat16, float32 and float64 can be read")]
    Numbers { tensor: String, numbers: String },
}

#[cfg(feature = "hdf5")]
impl From<hdf5_pure::Error> for FormatError {
    fn from(error: hdf5_pure::Error) -> Self {
        FormatError::Damaged { reason: error.to_string() }
    }
}

impl From<io::Error> for FormatError {
    fn from(error: io::Error) -> Self {
        FormatError::Read { reason: error.to_string() }
    }
}

/// One tensor or layer that does not fit, and why.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[cfg_attr(feature = "ts", ts(rename = "WeightsMisfit"))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Misfit {
    #[error("layer `{layer}`: its {name} {expected:?} is not in the file")]
    Missing { layer: String, name: String, expected: Vec<usize> },
    #[error("layer `{layer}`: its {name} is {expected:?}, and `{tensor}` in the file is {found:?}")]
    Shape { layer: String, name: String, expected: Vec<usize>, tensor: String, found: Vec<usize> },
    #[error("layer `{layer}` has {expected} tensors, and `{in_file}` in the file has {found}")]
    Tensors { layer: String, expected: usize, in_file: String, found: usize },
    #[error("the network has {expected} layers with weights, and the file has {found}")]
    Layers { expected: usize, found: usize },
}

/// Everything that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Misfits {
    pub misfits: Vec<Misfit>,
}

/// Misfits that are told in words; more of them say nothing new.
const TOLD: usize = 6;

impl fmt::Display for Misfits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, misfit) in self.misfits.iter().take(TOLD).enumerate() {
            write!(f, "{}{misfit}", if index == 0 { "" } else { "; " })?;
        }
        match self.misfits.len().saturating_sub(TOLD) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}
