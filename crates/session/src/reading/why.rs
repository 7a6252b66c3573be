//! Why the network says what it says of a picture: three answers, each from the executor's own numbers.

use atelier_nn::StepData;
use ndarray::{ArrayView2, ArrayView3, Axis};
use serde::Serialize;

use super::{Held, Reader};
use crate::evaluate::largest;
use crate::{NO_ANSWER, SessionError};

/// Where the last maps speak for an output, and where against it: Grad-CAM (Selvaraju et al., 2017,
/// <https://arxiv.org/abs/1610.02391>) without its last ReLU, so that both sides can be seen.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct GradCam {
    /// The layer whose maps are weighed.
    pub layer: String,
    pub height: usize,
    pub width: usize,
    /// Row by row: the sum over the maps of the map's value there times the mean of the output's gradient over that map.
    pub cells: Vec<f32>,
}

/// What an output loses where a patch of the picture is covered with 0 (Zeiler and Fergus, 2014,
/// <https://arxiv.org/abs/1311.2901>).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Occlusion {
    /// Rows and columns of patches.
    pub height: usize,
    pub width: usize,
    /// Rows and columns of pixels that a patch covers.
    pub patch: [usize; 2],
    /// First row of pixels of each row of patches, first column of each column.
    pub tops: Vec<usize>,
    pub lefts: Vec<usize>,
    /// Patch by patch: the output of the whole picture less that of the covered one.
    pub cells: Vec<f32>,
    /// Patch by patch: the class that the network then says; 65,535 where its outputs are no numbers.
    pub says: Vec<u16>,
}

impl Reader {
    /// Of the picture that was read last, for one output: before the last activation, as the paper has it.
    ///
    /// # Errors
    /// Where there is no such output, nothing was read yet, no layer has maps, or the GPU is lost.
    pub async fn grad_cam(&mut self, target: usize) -> Result<GradCam, SessionError> {
        let Some((layer, maps)) = self.maps.clone() else { return Err(SessionError::NoMaps) };
        self.explain(target).await?;
        let shape = &self.plan.buffer(maps).shape;
        let (height, width, channels) = (shape[0], shape[1], shape[2]);
        let gradients = self.first(self.plan.layer_gradients[0]).await?;
        let values = self.first(maps).await?;
        let places = height * width;
        let misshapen = |_| SessionError::PictureLength { expected: places * channels, got: values.len() };
        let gradients = ArrayView2::from_shape((places, channels), &gradients).map_err(misshapen)?;
        let values_of = ArrayView3::from_shape((height, width, channels), &values).map_err(misshapen)?;
        let Some(weights) = gradients.mean_axis(Axis(0)) else { return Err(SessionError::NoMaps) };
        let cells = values_of.lanes(Axis(2)).into_iter().map(|place| place.dot(&weights)).collect();
        Ok(GradCam { layer, height, width, cells })
    }

    /// How one output, before the last activation, changes with each number of the picture that was read last.
    ///
    /// # Errors
    /// Where there is no such output, nothing was read yet, or the GPU is lost.
    pub async fn input_gradient(&mut self, target: usize) -> Result<Vec<f32>, SessionError> {
        self.explain(target).await?;
        self.first(self.input_gradient).await
    }

    /// Of the picture that was read last, for one output, with patches of a quarter of its sides.
    ///
    /// # Errors
    /// Where there is no such output, nothing was read yet, the network takes no picture, or the GPU is lost.
    pub async fn occlusion(&mut self, target: usize) -> Result<Occlusion, SessionError> {
        self.check(target)?;
        self.look().await?;
        let [rows, columns, channels] = self.plan.buffer(self.plan.input).shape[..] else {
            return Err(SessionError::NoMaps);
        };
        let whole = self.first(self.plan.output).await?;
        let (patch, tops, lefts) = ([quarter(rows), quarter(columns)], starts(rows), starts(columns));
        let mut covered = Vec::with_capacity(tops.len() * lefts.len() * self.seen.len());
        for top in &tops {
            for left in &lefts {
                let begins = covered.len();
                covered.extend_from_slice(&self.seen);
                for row in *top..top + patch[0] {
                    let at = begins + (row * columns + left) * channels;
                    covered[at..at + patch[1] * channels].fill(0.0);
                }
            }
        }
        let outputs = self.outputs(&covered).await?;
        let each = outputs.chunks_exact(whole.len());
        let cells = each.clone().map(|output| whole[target] - output[target]).collect();
        let says = each.map(|output| largest(output).map_or(NO_ANSWER, |(class, _)| class)).collect();
        Ok(Occlusion { height: tops.len(), width: lefts.len(), patch, tops, lefts, cells, says })
    }

    /// Runs backward from one output of the picture that was read last.
    async fn explain(&mut self, target: usize) -> Result<(), SessionError> {
        self.check(target)?;
        self.look().await?;
        if self.held != Held::Explained(target) {
            let classes = self.plan.buffer(self.plan.output).len();
            let one: Vec<f32> = (0..classes).map(|class| f32::from(class == target)).collect();
            self.backward(&one)?;
            self.held = Held::Explained(target);
        }
        Ok(())
    }

    /// Runs backward from a mixture of the outputs of the picture whose forward pass was run last.
    pub(super) fn backward(&mut self, mixture: &[f32]) -> Result<(), SessionError> {
        self.runner.write(self.origin, mixture)?;
        self.runner.run(self.plan.backward.clone(), &StepData::forward(1))
    }
}

/// Side of a patch.
fn quarter(side: usize) -> usize {
    (side / 4).max(1)
}

/// Where patches begin: half a patch apart, the last at the end.
fn starts(side: usize) -> Vec<usize> {
    let (patch, stride) = (quarter(side), (quarter(side) / 2).max(1));
    let last = side - patch;
    (0..=last.div_ceil(stride)).map(|i| (i * stride).min(last)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patches_cover_every_pixel() {
        for side in 1..200 {
            let starts = starts(side);
            assert!(starts.is_sorted_by(|a, b| a < b), "{side}: {starts:?}");
            let covered = |pixel| starts.iter().any(|start| (*start..start + quarter(side)).contains(&pixel));
            assert!((0..side).all(covered), "{side}: {starts:?}");
            assert_eq!(starts.last().map(|start| start + quarter(side)), Some(side));
        }
        assert_eq!(starts(28), [0, 3, 6, 9, 12, 15, 18, 21]);
    }
}
