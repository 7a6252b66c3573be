use serde::{Deserialize, Serialize};

use crate::random::{pcg4d, unit};

/// How a parameter begins, as Keras defines it (<https://keras.io/api/layers/initializers/>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Initializer {
    Zeros,
    Ones,
    /// Uniform in `±√(6 / (fan_in + fan_out))` (Glorot and Bengio 2010).
    GlorotUniform,
    /// Truncated normal of variance `2 / (fan_in + fan_out)`.
    GlorotNormal,
    /// Uniform in `±√(6 / fan_in)` (He et al. 2015).
    HeUniform,
    /// Truncated normal of variance `2 / fan_in`.
    HeNormal,
}

/// Standard deviation of a normal truncated at two of its own: Keras divides by it, so that the variance after
/// truncation is the wanted one.
const TRUNCATED_NORMAL_STDDEV: f32 = 0.879_625_7;

/// Words of the generator's last coordinate that keep apart initialisation and everything else drawn from a seed.
const INITIALIZER_TAG: u32 = 0x494e_4954;

impl Initializer {
    /// The first value of a tensor. `stream` is its place among the network's parameters; each number depends on
    /// (seed, stream, index) alone. Convolution kernels are `[height, width, in, out]`, dense ones `[in, out]`.
    pub fn values(self, shape: &[usize], seed: u32, stream: u32) -> Vec<f32> {
        let (fan_in, fan_out) = fans(shape);
        let len = shape.iter().product();
        let uniform = |limit: f32| {
            (0..len as u32).map(|i| limit * (2.0 * unit(pcg4d([i, stream, INITIALIZER_TAG, seed])[0]) - 1.0)).collect()
        };
        let normal = |variance: f32| {
            let stddev = variance.sqrt() / TRUNCATED_NORMAL_STDDEV;
            (0..len as u32).map(|i| stddev * truncated_normal(i, stream, seed)).collect()
        };
        match self {
            Initializer::Zeros => vec![0.0; len],
            Initializer::Ones => vec![1.0; len],
            Initializer::GlorotUniform => uniform((6.0 / (fan_in + fan_out)).sqrt()),
            Initializer::GlorotNormal => normal(2.0 / (fan_in + fan_out)),
            Initializer::HeUniform => uniform((6.0 / fan_in).sqrt()),
            Initializer::HeNormal => normal(2.0 / fan_in),
        }
    }
}

/// Keras's `compute_fans`: the receptive field times the channels on either side.
fn fans(shape: &[usize]) -> (f32, f32) {
    match shape {
        [] => (1.0, 1.0),
        [n] => (*n as f32, *n as f32),
        [field @ .., inputs, outputs] => {
            let field: usize = field.iter().product();
            ((field * inputs) as f32, (field * outputs) as f32)
        }
    }
}

/// A standard normal (Box and Muller 1958), drawn again while beyond two standard deviations.
fn truncated_normal(index: u32, stream: u32, seed: u32) -> f32 {
    let mut word = INITIALIZER_TAG;
    loop {
        let [a, b, c, _] = pcg4d([index, stream, word, seed]);
        let radius = (-2.0 * (1.0 - unit(a)).ln()).sqrt();
        let value = radius * (std::f32::consts::TAU * unit(b)).cos();
        if value.abs() <= 2.0 {
            return value;
        }
        word = c;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean and variance of n draws lie within five standard errors of the distribution's own.
    #[test]
    fn distributions_have_keras_moments() {
        let shape = [3, 3, 64, 128];
        let (fan_in, fan_out) = (576.0_f64, 1152.0_f64);
        for (initializer, variance) in [
            (Initializer::GlorotUniform, 2.0 / (fan_in + fan_out)),
            (Initializer::GlorotNormal, 2.0 / (fan_in + fan_out)),
            (Initializer::HeUniform, 2.0 / fan_in),
            (Initializer::HeNormal, 2.0 / fan_in),
        ] {
            let values = initializer.values(&shape, 7, 3);
            let n = values.len() as f64;
            let mean = values.iter().map(|v| f64::from(*v)).sum::<f64>() / n;
            let spread = values.iter().map(|v| (f64::from(*v) - mean).powi(2)).sum::<f64>() / n;
            assert!(mean.abs() < 5.0 * (variance / n).sqrt(), "{initializer:?}: mean {mean}");
            // Neither distribution has a kurtosis above the normal's 3, so the variance's error is at most √(2/n).
            assert!((spread / variance - 1.0).abs() < 5.0 * (2.0 / n).sqrt(), "{initializer:?}: variance {spread}");
        }
    }

    #[test]
    fn a_seed_repeats_and_streams_differ() {
        let draw = |seed, stream| Initializer::GlorotUniform.values(&[4, 5], seed, stream);
        assert_eq!(draw(1, 0), draw(1, 0));
        assert_ne!(draw(1, 0), draw(1, 1));
        assert_ne!(draw(1, 0), draw(2, 0));
    }
}
