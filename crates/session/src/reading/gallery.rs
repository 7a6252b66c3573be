//! Pictures that the reader remembers, as the network knows them before it decides.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};
use serde::Serialize;

use super::{Held, Reader};
use crate::SessionError;

/// Numbers that a gallery holds at the most: 64 MB.
const MOST: usize = 16 << 20;

/// A remembered picture.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Neighbour {
    /// Its place in the order in which pictures were remembered.
    pub index: usize,
    /// Between its numbers and those of the picture that was read, by Euclid.
    pub distance: f32,
}

/// The numbers that the last layer with weights takes, of every remembered picture.
pub(super) struct Gallery {
    features: Array2<f32>,
}

impl Gallery {
    pub fn new(len: usize) -> Self {
        Gallery { features: Array2::zeros((0, len)) }
    }

    /// Pictures that still find room.
    fn room(&self) -> usize {
        (MOST / self.features.ncols().max(1)).saturating_sub(self.features.nrows())
    }

    /// The `count` nearest, the nearest first and of equal ones the first; one that is no number is nobody's neighbour.
    fn nearest(&self, to: ArrayView1<f32>, count: usize) -> Vec<Neighbour> {
        let distances: Array1<f32> = self.features.map_axis(Axis(1), |row| {
            let apart = &row - &to;
            apart.dot(&apart).sqrt()
        });
        let all = distances.into_iter().enumerate().map(|(index, distance)| Neighbour { index, distance });
        let mut all: Vec<Neighbour> = all.filter(|neighbour| !neighbour.distance.is_nan()).collect();
        all.sort_by(|a, b| a.distance.total_cmp(&b.distance));
        all.truncate(count);
        all
    }
}

impl Reader {
    /// Remembers pictures as the network takes them, one after another: as many of them as there is room for, and says how many.
    ///
    /// # Errors
    /// Where they are not whole pictures, or the GPU is lost.
    pub async fn remember(&mut self, pictures: &[f32]) -> Result<usize, SessionError> {
        let one = self.plan.buffer(self.plan.input).len();
        if !pictures.len().is_multiple_of(one) {
            return Err(SessionError::PictureLength { expected: one, got: pictures.len() });
        }
        self.held = Held::Other;
        let count = self.gallery.room().min(pictures.len() / one);
        for chunk in pictures[..count * one].chunks(self.plan.max_batch * one) {
            let features = self.run(chunk, self.features).await?;
            let shape = (chunk.len() / one, self.gallery.features.ncols());
            let misshapen = |_| SessionError::PictureLength { expected: shape.0 * shape.1, got: features.len() };
            let rows = ArrayView2::from_shape(shape, &features).map_err(misshapen)?;
            self.gallery.features.append(Axis(0), rows).map_err(misshapen)?;
        }
        Ok(count)
    }

    /// The remembered pictures that are most like the one that was read last, the most alike first.
    ///
    /// # Errors
    /// Where nothing was read yet, or the GPU is lost.
    pub async fn nearest(&mut self, count: usize) -> Result<Vec<Neighbour>, SessionError> {
        self.look().await?;
        let features = self.first(self.features).await?;
        Ok(self.gallery.nearest(ArrayView1::from(&features), count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_come_first_and_what_is_no_number_not_at_all() {
        let rows = [3.0, 4.0, 0.0, 1.0, f32::NAN, 0.0, 0.0, -1.0];
        let features = Array2::from_shape_vec((4, 2), rows.to_vec()).expect("four rows of two");
        let gallery = Gallery { features };
        let nearest = gallery.nearest(ArrayView1::from(&[0.0, 0.0]), 9);
        let found: Vec<(usize, f32)> = nearest.iter().map(|n| (n.index, n.distance)).collect();
        assert_eq!(found, [(1, 1.0), (3, 1.0), (0, 5.0)]);
        assert_eq!(gallery.nearest(ArrayView1::from(&[0.0, 0.0]), 1).len(), 1);
        assert!(gallery.nearest(ArrayView1::from(&[f32::NAN, 0.0]), 9).is_empty());
    }
}
