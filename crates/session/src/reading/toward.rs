//! What would make the picture another class: gradient steps on its pixels, the weights as they are.

use atelier_nn::Op;
use serde::Serialize;

use super::{Held, Reader};
use crate::SessionError;

/// Length of a step, by Euclid, as a share of the longest there can be between two pictures.
const STEP: f32 = 1.0 / 128.0;

/// The picture on its way.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Toward {
    /// Pictures one after another, the first as it was read; fewer than asked for where no step leads further.
    #[serde(skip)]
    pub frames: Vec<u8>,
    /// What the network gives each of them.
    pub outputs: Vec<Vec<f32>>,
}

impl Reader {
    /// Changes the picture that was read last so that the network says `target`: `steps` steps of equal length along the gradient
    /// of the logarithm of that class's probability, blurred a little, so that what grows are shapes and not single pixels; where
    /// the network does not end in a softmax, of the output before its activation. Pixels stay between 0 and 1.
    ///
    /// # Errors
    /// Where there is no such output, nothing was read yet, or the GPU is lost.
    pub async fn toward(&mut self, target: usize, steps: usize) -> Result<Toward, SessionError> {
        self.check(target)?;
        self.look().await?;
        let softmax = self.plan.steps[self.plan.forward.clone()]
            .iter()
            .any(|step| matches!(step.op, Op::Softmax { y, .. } if y == self.plan.output));
        let step = STEP * (self.seen.len() as f32).sqrt();
        let mut picture = self.seen.clone();
        let mut frames = bytes(&picture);
        for _ in 0..steps {
            self.held = Held::Other;
            let outputs = self.run(&picture, self.plan.output).await?;
            let one = (0..outputs.len()).map(|class| f32::from(class == target));
            let mixture: Vec<f32> =
                one.zip(&outputs).map(|(one, output)| if softmax { one - output } else { one }).collect();
            self.backward(&mixture)?;
            let gradient = self.first(self.input_gradient).await?;
            let gradient = blurred(&gradient, &self.plan.buffer(self.plan.input).shape);
            let length = gradient.iter().map(|g| g * g).sum::<f32>().sqrt();
            if length == 0.0 || !length.is_finite() {
                break;
            }
            for (pixel, g) in picture.iter_mut().zip(&gradient) {
                *pixel = (*pixel + step * g / length).clamp(0.0, 1.0);
            }
            frames.extend(bytes(&picture));
        }
        // Of the pictures as they are shown: of whole bytes.
        let shown: Vec<f32> = frames.iter().copied().map(atelier_data::input_of).collect();
        let classes = self.plan.buffer(self.plan.output).len();
        let outputs = self.outputs(&shown).await?.chunks(classes).map(<[f32]>::to_vec).collect();
        Ok(Toward { frames, outputs })
    }
}

fn bytes(picture: &[f32]) -> Vec<u8> {
    picture.iter().map(|pixel| (pixel * 255.0).round() as u8).collect()
}

/// By the binomial kernel 1 2 1 along rows and columns; beyond the edge is nothing.
fn blurred(values: &[f32], shape: &[usize]) -> Vec<f32> {
    let [height, width, channels] = *shape else { return values.to_vec() };
    let row = width * channels;
    let along = |values: &[f32], apart: usize, inside: &dyn Fn(usize) -> (bool, bool)| -> Vec<f32> {
        let at = |i: usize| {
            let (before, after) = inside(i);
            let before = if before { values[i - apart] } else { 0.0 };
            let after = if after { values[i + apart] } else { 0.0 };
            (before + 2.0 * values[i] + after) / 4.0
        };
        (0..values.len()).map(at).collect()
    };
    let across = along(values, channels, &|i| (i % row >= channels, i % row + channels < row));
    along(&across, row, &|i| (i >= row, i + row < height * row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_pixel_becomes_the_kernel() {
        let mut one = vec![0.0; 25];
        one[12] = 16.0;
        let kernel =
            [0., 0., 0., 0., 0., 0., 1., 2., 1., 0., 0., 2., 4., 2., 0., 0., 1., 2., 1., 0., 0., 0., 0., 0., 0.];
        assert_eq!(blurred(&one, &[5, 5, 1]), kernel);
        // Channels stay apart, and nothing comes around the edge.
        assert_eq!(blurred(&[16.0, 0.0, 0.0, 0.0], &[1, 2, 2]), [4.0, 0.0, 2.0, 0.0]);
        assert_eq!(blurred(&[3.0, 4.0], &[2]), [3.0, 4.0]);
    }
}
