//! What is told of many numbers at once: how large they are, and how many are nothing.

use atelier_nn::BufferId;
use serde::Serialize;

use super::{Walk, When};
use crate::SessionError;

/// Of all numbers of some buffers, of the shown picture where they have one tensor for each.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Survey {
    pub count: usize,
    /// Mean of their sizes.
    pub mean_size: f64,
    /// Share of them that is exactly 0.
    pub zeros: f64,
    /// Root of the sum of their squares.
    pub norm: f64,
}

impl Walk {
    /// Surveys some buffers together, what an update changes as it was before it.
    ///
    /// # Errors
    /// Where there is no such buffer, or the GPU is lost.
    pub async fn survey(&self, buffers: &[BufferId]) -> Result<Survey, SessionError> {
        let (mut count, mut zeros, mut sizes, mut squares) = (0, 0, 0.0, 0.0);
        for buffer in buffers {
            let values = self.values(*buffer, When::Before, self.shown).await?;
            count += values.len();
            zeros += values.iter().filter(|value| **value == 0.0).count();
            sizes += values.iter().map(|value| f64::from(*value).abs()).sum::<f64>();
            squares += values.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>();
        }
        let all = count.max(1) as f64;
        Ok(Survey { count, mean_size: sizes / all, zeros: zeros as f64 / all, norm: squares.sqrt() })
    }
}
