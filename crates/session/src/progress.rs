use serde::{Deserialize, Deserializer, Serialize};

/// How far a run has come.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Updates done.
    pub iteration: u32,
    /// Epochs trained and validated.
    pub epoch: u32,
    /// Batches of this epoch done.
    pub batch: u32,
    /// Sum of this epoch's losses, one an example; no number where a loss was none.
    #[serde(deserialize_with = "maybe_nan")]
    pub loss: f64,
    /// Right answers of this epoch.
    pub right: u32,
    /// Seconds of work on this epoch.
    pub seconds: f64,
}

/// JSON has no NaN and no infinity: serde writes them as null, and reads null only as this says.
fn maybe_nan<'de, D: Deserializer<'de>>(number: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(number)?.unwrap_or(f64::NAN))
}
