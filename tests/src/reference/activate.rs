use atelier_nn::Activation;
use ndarray::Array1;

use crate::Real;

/// Of one number; softmax, which needs its neighbours, is an operation of its own.
pub fn activation_of<T: Real>(activation: Activation, x: T) -> T {
    match activation {
        Activation::Linear => x,
        Activation::Sigmoid => T::one() / (T::one() + (-x).exp()),
        Activation::Relu => x.if_positive(x, T::zero()),
        Activation::Tanh => x.tanh(),
        Activation::ClippedRelu { max_value } => {
            let max_value = T::exact(f64::from(max_value));
            x.if_positive((max_value - x).if_positive(x, max_value), T::zero())
        }
        Activation::LeakyRelu { negative_slope } => x.if_positive(x, T::exact(f64::from(negative_slope)) * x),
        Activation::Softmax => panic!("softmax is an operation of its own"),
    }
}

pub fn activate<T: Real>(activation: Activation, x: &Array1<T>) -> Array1<T> {
    x.mapv(|x| activation_of(activation, x))
}

/// From the output, as training keeps only that.
pub fn grad<T: Real>(activation: Activation, y: &Array1<T>, dy: &Array1<T>) -> Array1<T> {
    Array1::from_shape_fn(y.len(), |i| {
        let (y, dy) = (y[i], dy[i]);
        match activation {
            Activation::Linear => dy,
            Activation::Sigmoid => dy * (y * (T::one() - y)),
            Activation::Relu => y.if_positive(dy, T::zero()),
            Activation::Tanh => dy * (T::one() - y * y),
            Activation::ClippedRelu { max_value } => {
                // What the forward pass wrote is exact.
                let below = if y.value() < f64::from(max_value) { dy } else { T::zero() };
                y.if_positive(below, T::zero())
            }
            Activation::LeakyRelu { negative_slope } => y.if_positive(dy, T::exact(f64::from(negative_slope)) * dy),
            Activation::Softmax => panic!("softmax is an operation of its own"),
        }
    })
}
