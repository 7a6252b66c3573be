use atelier_nn::StepData;
use ndarray::Array1;

use crate::Real;

/// `β₁`, `β₂` and `ε`.
#[derive(Clone, Copy)]
pub struct Constants {
    pub beta_1: f32,
    pub beta_2: f32,
    pub epsilon: f32,
}

pub struct Updated<T> {
    pub parameter: Array1<T>,
    pub m: Array1<T>,
    pub v: Array1<T>,
}

/// The step size `lr·√(1−β₂ᵗ)/(1−β₁ᵗ)` is one number a step, which the host computes in double precision and rounds
/// once: `1 − β₂ᵗ` loses three digits in f32 when t is small.
fn step_size(constants: Constants, data: &StepData) -> f64 {
    let power = |beta: f32| f64::from(beta).powi(data.iteration as i32);
    f64::from(data.learning_rate) * (1.0 - power(constants.beta_2)).sqrt() / (1.0 - power(constants.beta_1))
}

pub fn adam<T: Real>(
    constants: Constants,
    data: &StepData,
    parameter: &Array1<T>,
    gradient: &Array1<T>,
    m: &Array1<T>,
    v: &Array1<T>,
) -> Updated<T> {
    let mix = |beta: f32, old: T, new: T| {
        let beta = T::exact(f64::from(beta));
        T::sum([beta * old, (T::one() - beta) * new])
    };
    let alpha = T::exact(step_size(constants, data)) * T::one();
    let epsilon = T::exact(f64::from(constants.epsilon));
    let m = Array1::from_shape_fn(m.len(), |i| mix(constants.beta_1, m[i], gradient[i]));
    let v = Array1::from_shape_fn(v.len(), |i| mix(constants.beta_2, v[i], gradient[i] * gradient[i]));
    let parameter = Array1::from_shape_fn(m.len(), |i| parameter[i] - alpha * m[i] / (v[i].sqrt() + epsilon));
    Updated { parameter, m, v }
}
