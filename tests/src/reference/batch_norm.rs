//! Differences from the mean are written as sums of two terms, whose bound also covers a kernel that folds scale and
//! shift into one multiply-add.

use ndarray::{Array1, Array2};

use crate::Real;

/// Of every column over the rows, which are the positions of all examples.
pub fn batch_moments<T: Real>(x: &Array2<T>) -> (Array1<T>, Array1<T>) {
    let rows = T::exact(x.nrows() as f64);
    let mean = Array1::from_shape_fn(x.ncols(), |c| T::sum(x.column(c).iter().copied()) / rows);
    let variance = Array1::from_shape_fn(x.ncols(), |c| {
        let squares = x.column(c).mapv(|x| {
            let difference = T::sum([x, -mean[c]]);
            difference * difference
        });
        T::sum(squares) / rows
    });
    (mean, variance)
}

/// `1 / √(variance + ε)`
fn inverse_deviation<T: Real>(variance: T, epsilon: f32) -> T {
    T::one() / (variance + T::exact(f64::from(epsilon))).sqrt()
}

pub fn batch_norm<T: Real>(
    epsilon: f32,
    x: &Array2<T>,
    mean: &Array1<T>,
    variance: &Array1<T>,
    gamma: Option<&Array1<T>>,
    beta: Option<&Array1<T>>,
) -> Array2<T> {
    Array2::from_shape_fn(x.dim(), |(r, c)| {
        let gamma = gamma.map_or(T::one(), |g| g[c]);
        let scale = gamma * inverse_deviation(variance[c], epsilon);
        let beta = beta.map_or(T::zero(), |b| b[c]);
        T::sum([x[[r, c]] * scale, -mean[c] * scale, beta])
    })
}

/// `x̂ = (x − mean) / √(variance + ε)`
fn normalised<T: Real>(epsilon: f32, x: &Array2<T>, mean: &Array1<T>, variance: &Array1<T>) -> Array2<T> {
    Array2::from_shape_fn(x.dim(), |(r, c)| T::sum([x[[r, c]], -mean[c]]) * inverse_deviation(variance[c], epsilon))
}

/// `dgamma = Σ dy·x̂` and `dbeta = Σ dy`.
pub fn grad_parameters<T: Real>(
    epsilon: f32,
    x: &Array2<T>,
    mean: &Array1<T>,
    variance: &Array1<T>,
    dy: &Array2<T>,
) -> (Array1<T>, Array1<T>) {
    let (rows, channels) = x.dim();
    let normalised = normalised(epsilon, x, mean, variance);
    let dgamma = Array1::from_shape_fn(channels, |c| T::sum((0..rows).map(|r| dy[[r, c]] * normalised[[r, c]])));
    let dbeta = Array1::from_shape_fn(channels, |c| T::sum(dy.column(c).iter().copied()));
    (dgamma, dbeta)
}

/// What a whole batch's normalisation is differentiated through, besides the moments: the sums over all of its rows.
pub struct Sums<T> {
    pub rows: usize,
    pub dgamma: Array1<T>,
    pub dbeta: Array1<T>,
}

/// `dx = gamma / √(variance + ε) · (dy − dbeta/M − x̂ · dgamma/M)` over the `M` rows of the whole batch (Ioffe and Szegedy
/// 2015, simplified).
pub fn grad_input<T: Real>(
    epsilon: f32,
    x: &Array2<T>,
    mean: &Array1<T>,
    variance: &Array1<T>,
    gamma: Option<&Array1<T>>,
    sums: &Sums<T>,
    dy: &Array2<T>,
) -> Array2<T> {
    let m = T::exact(sums.rows as f64);
    let normalised = normalised(epsilon, x, mean, variance);
    Array2::from_shape_fn(x.dim(), |(r, c)| {
        let gamma = gamma.map_or(T::one(), |g| g[c]);
        let centred = T::sum([dy[[r, c]], -sums.dbeta[c] / m, -normalised[[r, c]] * (sums.dgamma[c] / m)]);
        gamma * inverse_deviation(variance[c], epsilon) * centred
    })
}

/// `dx = gamma / √(variance + ε) · dy`
pub fn grad_fixed<T: Real>(epsilon: f32, variance: &Array1<T>, gamma: Option<&Array1<T>>, dy: &Array2<T>) -> Array2<T> {
    Array2::from_shape_fn(dy.dim(), |(r, c)| {
        let gamma = gamma.map_or(T::one(), |g| g[c]);
        gamma * inverse_deviation(variance[c], epsilon) * dy[[r, c]]
    })
}
