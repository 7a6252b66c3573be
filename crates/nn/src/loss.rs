use serde::{Deserialize, Serialize};

/// What training makes small. Both are means over the batch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// `−Σ t · ln p` over the classes; targets one-hot. After a softmax it is computed from the logits, so that it
    /// stays exact where `p` rounds to zero; elsewhere `p` is scaled to sum 1 and kept within `1e-7` of 0 and 1, as
    /// in Keras.
    #[default]
    CategoricalCrossentropy,
    /// `Σ (t − y)² / n` over the n outputs.
    MeanSquaredError,
}
