use atelier_nn::StepData;
use ndarray::Array1;

use crate::Real;

/// The new parameter, and the new velocity where there is one.
pub fn sgd<T: Real>(
    momentum: f32,
    nesterov: bool,
    data: &StepData,
    parameter: &Array1<T>,
    gradient: &Array1<T>,
    velocity: Option<&Array1<T>>,
) -> (Array1<T>, Option<Array1<T>>) {
    let momentum = T::exact(f64::from(momentum));
    let pull = gradient.mapv(|g| T::exact(f64::from(data.learning_rate)) * g);
    let Some(velocity) = velocity else {
        return (Array1::from_shape_fn(pull.len(), |i| parameter[i] - pull[i]), None);
    };
    let velocity = Array1::from_shape_fn(pull.len(), |i| T::sum([momentum * velocity[i], -pull[i]]));
    let parameter = Array1::from_shape_fn(pull.len(), |i| {
        let step = if nesterov { T::sum([momentum * velocity[i], -pull[i]]) } else { velocity[i] };
        T::sum([parameter[i], step])
    });
    (parameter, Some(velocity))
}
