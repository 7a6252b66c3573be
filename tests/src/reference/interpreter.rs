use std::ops::Range;

use atelier_nn::{BufferId, Executor, Op, Plan, StepData};
use ndarray::{Array, Array1, Dimension, IntoDimension, ShapeBuilder};
use thiserror::Error;

use super::{
    activate, adam, add, average_pool2d, batch_norm, bias_grad, concatenate, conv2d, dense, depthwise_conv2d, dropout,
    global_average_pool2d, loss, max_pool2d, metrics, moving_average, sgd, softmax, zero_pad2d,
};
use crate::Real;

/// A read or write that does not fit its buffer.
#[derive(Debug, Error)]
#[error("buffer `{buffer}` holds {holds} numbers, and {asked} were asked for")]
pub struct Refused {
    buffer: String,
    holds: usize,
    asked: usize,
}

/// Runs a plan by the reference, over numbers of any [`Real`] kind.
pub struct Interpreter<T> {
    plan: Plan,
    slots: Vec<Vec<T>>,
}

impl<T: Real> Interpreter<T> {
    pub fn new(plan: Plan) -> Self {
        let slot = |s: &atelier_nn::plan::Slot| vec![T::zero(); s.len * if s.batched { plan.max_batch } else { 1 }];
        let slots = plan.slots.iter().map(slot).collect();
        Interpreter { plan, slots }
    }

    /// The whole of a buffer, or of its first `batch` examples.
    pub fn numbers(&self, id: BufferId, batch: usize) -> &[T] {
        &self.slots[self.plan.buffer(id).slot][..self.plan.len_of(id, batch)]
    }

    pub fn set(&mut self, id: BufferId, numbers: &[T]) {
        let slot = self.plan.buffer(id).slot;
        self.slots[slot][..numbers.len()].copy_from_slice(numbers);
    }

    fn fits(&self, id: BufferId, asked: usize) -> Result<(), Refused> {
        let holds = self.plan.len_of(id, self.plan.max_batch);
        let buffer = &self.plan.buffer(id).name;
        if asked <= holds { Ok(()) } else { Err(Refused { buffer: buffer.clone(), holds, asked }) }
    }

    fn tensor<Sh, D>(&self, id: BufferId, data: &StepData, shape: Sh) -> Array<T, D>
    where
        Sh: ShapeBuilder<Dim = D> + IntoDimension<Dim = D>,
        D: Dimension,
    {
        let shape = shape.into_dimension();
        let name = &self.plan.buffer(id).name;
        let numbers = self.numbers(id, data.batch).to_vec();
        Array::from_shape_vec(shape.clone(), numbers)
            .unwrap_or_else(|_| panic!("buffer `{name}` does not have the shape {shape:?}"))
    }

    fn flat(&self, id: BufferId, data: &StepData) -> Array1<T> {
        Array1::from_vec(self.numbers(id, data.batch).to_vec())
    }

    fn store<D: Dimension>(&mut self, id: BufferId, array: Array<T, D>) {
        let numbers: Vec<T> = array.iter().copied().collect();
        self.set(id, &numbers);
    }

    fn apply(&mut self, op: &Op, data: &StepData) {
        let n = data.batch;
        match op {
            Op::Conv2d { geometry: g, activation, x, kernel, bias, y } => {
                let x = self.tensor(*x, data, (n, g.in_height, g.in_width, g.in_channels));
                let kernel = self.tensor(*kernel, data, (g.kernel[0], g.kernel[1], g.in_channels, g.filters));
                let bias = bias.map(|b| self.tensor(b, data, g.filters));
                self.store(*y, conv2d::conv2d(g, *activation, &x, &kernel, bias.as_ref()));
            }
            Op::Conv2dGradInput { geometry: g, dy, kernel, dx } => {
                let dy = self.tensor(*dy, data, (n, g.out_height, g.out_width, g.filters));
                let kernel = self.tensor(*kernel, data, (g.kernel[0], g.kernel[1], g.in_channels, g.filters));
                self.store(*dx, conv2d::grad_input(g, &dy, &kernel));
            }
            Op::Conv2dGradKernel { geometry: g, x, dy, dkernel } => {
                let x = self.tensor(*x, data, (n, g.in_height, g.in_width, g.in_channels));
                let dy = self.tensor(*dy, data, (n, g.out_height, g.out_width, g.filters));
                self.store(*dkernel, conv2d::grad_kernel(g, &x, &dy));
            }
            Op::DepthwiseConv2d { geometry: g, activation, x, kernel, bias, y } => {
                let x = self.tensor(*x, data, (n, g.in_height, g.in_width, g.channels));
                let kernel = self.tensor(*kernel, data, (g.kernel[0], g.kernel[1], g.channels, g.multiplier));
                let bias = bias.map(|b| self.tensor(b, data, g.filters()));
                self.store(*y, depthwise_conv2d::depthwise_conv2d(g, *activation, &x, &kernel, bias.as_ref()));
            }
            Op::DepthwiseConv2dGradInput { geometry: g, dy, kernel, dx } => {
                let dy = self.tensor(*dy, data, (n, g.out_height, g.out_width, g.filters()));
                let kernel = self.tensor(*kernel, data, (g.kernel[0], g.kernel[1], g.channels, g.multiplier));
                self.store(*dx, depthwise_conv2d::grad_input(g, &dy, &kernel));
            }
            Op::DepthwiseConv2dGradKernel { geometry: g, x, dy, dkernel } => {
                let x = self.tensor(*x, data, (n, g.in_height, g.in_width, g.channels));
                let dy = self.tensor(*dy, data, (n, g.out_height, g.out_width, g.filters()));
                self.store(*dkernel, depthwise_conv2d::grad_kernel(g, &x, &dy));
            }
            Op::Dense { inputs, units, activation, x, kernel, bias, y } => {
                let x = self.tensor(*x, data, (n, *inputs));
                let kernel = self.tensor(*kernel, data, (*inputs, *units));
                let bias = bias.map(|b| self.tensor(b, data, *units));
                self.store(*y, dense::dense(*activation, &x, &kernel, bias.as_ref()));
            }
            Op::DenseGradInput { inputs, units, dy, kernel, dx } => {
                let dy = self.tensor(*dy, data, (n, *units));
                let kernel = self.tensor(*kernel, data, (*inputs, *units));
                self.store(*dx, dense::grad_input(&dy, &kernel));
            }
            Op::DenseGradKernel { inputs, units, x, dy, dkernel } => {
                let x = self.tensor(*x, data, (n, *inputs));
                let dy = self.tensor(*dy, data, (n, *units));
                self.store(*dkernel, dense::grad_kernel(&x, &dy));
            }
            Op::BiasGrad { positions, channels, dy, dbias } => {
                let dy = self.tensor(*dy, data, (n * positions, *channels));
                self.store(*dbias, bias_grad::bias_grad(&dy));
            }
            Op::MaxPool2d { geometry: g, x, y } => {
                let x = self.tensor(*x, data, (n, g.in_height, g.in_width, g.channels));
                self.store(*y, max_pool2d::max_pool2d(g, &x));
            }
            Op::MaxPool2dGrad { geometry: g, x, y, dy, dx } => {
                let x = self.tensor(*x, data, (n, g.in_height, g.in_width, g.channels));
                let out = (n, g.out_height, g.out_width, g.channels);
                let (y, dy) = (self.tensor(*y, data, out), self.tensor(*dy, data, out));
                self.store(*dx, max_pool2d::grad(g, &x, &y, &dy));
            }
            Op::AveragePool2d { geometry: g, x, y } => {
                let x = self.tensor(*x, data, (n, g.in_height, g.in_width, g.channels));
                self.store(*y, average_pool2d::average_pool2d(g, &x));
            }
            Op::AveragePool2dGrad { geometry: g, dy, dx } => {
                let dy = self.tensor(*dy, data, (n, g.out_height, g.out_width, g.channels));
                self.store(*dx, average_pool2d::grad(g, &dy));
            }
            Op::GlobalAveragePool2d { positions, channels, x, y } => {
                let x = self.tensor(*x, data, (n, *positions, *channels));
                self.store(*y, global_average_pool2d::global_average_pool2d(&x));
            }
            Op::GlobalAveragePool2dGrad { positions, channels, dy, dx } => {
                let dy = self.tensor(*dy, data, (n, *channels));
                self.store(*dx, global_average_pool2d::grad(*positions, &dy));
            }
            Op::Activate { activation, x, y } => {
                let x = self.flat(*x, data);
                self.store(*y, activate::activate(*activation, &x));
            }
            Op::ActivateGrad { activation, y, dy, dx } => {
                let (y, dy) = (self.flat(*y, data), self.flat(*dy, data));
                self.store(*dx, activate::grad(*activation, &y, &dy));
            }
            Op::Softmax { positions, channels, x, y } => {
                let x = self.tensor(*x, data, (n * positions, *channels));
                self.store(*y, softmax::softmax(&x));
            }
            Op::SoftmaxGrad { positions, channels, y, dy, dx } => {
                let rows = (n * positions, *channels);
                let (y, dy) = (self.tensor(*y, data, rows), self.tensor(*dy, data, rows));
                self.store(*dx, softmax::grad(&y, &dy));
            }
            Op::BatchMoments { positions, channels, x, mean, variance } => {
                let x = self.tensor(*x, data, (n * positions, *channels));
                let moments = batch_norm::batch_moments(&x);
                self.store(*mean, moments.0);
                self.store(*variance, moments.1);
            }
            Op::BatchNorm { positions, channels, epsilon, x, mean, variance, gamma, beta, y } => {
                let x = self.tensor(*x, data, (n * positions, *channels));
                let (mean, variance) = (self.flat(*mean, data), self.flat(*variance, data));
                let gamma = gamma.map(|g| self.flat(g, data));
                let beta = beta.map(|b| self.flat(b, data));
                let y_new = batch_norm::batch_norm(*epsilon, &x, &mean, &variance, gamma.as_ref(), beta.as_ref());
                self.store(*y, y_new);
            }
            Op::BatchNormGradParameters { positions, channels, epsilon, x, mean, variance, dy, dgamma, dbeta } => {
                let rows = (n * positions, *channels);
                let (x, dy) = (self.tensor(*x, data, rows), self.tensor(*dy, data, rows));
                let (mean, variance) = (self.flat(*mean, data), self.flat(*variance, data));
                let sums = batch_norm::grad_parameters(*epsilon, &x, &mean, &variance, &dy);
                self.store(*dgamma, sums.0);
                self.store(*dbeta, sums.1);
            }
            Op::BatchNormGradInput {
                positions,
                channels,
                epsilon,
                x,
                mean,
                variance,
                gamma,
                dgamma,
                dbeta,
                dy,
                dx,
            } => {
                let rows = (n * positions, *channels);
                let (x, dy) = (self.tensor(*x, data, rows), self.tensor(*dy, data, rows));
                let (mean, variance) = (self.flat(*mean, data), self.flat(*variance, data));
                let gamma = gamma.map(|g| self.flat(g, data));
                let (dgamma, dbeta) = (self.flat(*dgamma, data), self.flat(*dbeta, data));
                let sums = batch_norm::Sums { rows: data.batch_total * positions, dgamma, dbeta };
                let gradient = batch_norm::grad_input(*epsilon, &x, &mean, &variance, gamma.as_ref(), &sums, &dy);
                self.store(*dx, gradient);
            }
            Op::BatchNormGradFixed { positions, channels, epsilon, variance, gamma, dy, dx } => {
                let dy = self.tensor(*dy, data, (n * positions, *channels));
                let variance = self.flat(*variance, data);
                let gamma = gamma.map(|g| self.flat(g, data));
                self.store(*dx, batch_norm::grad_fixed(*epsilon, &variance, gamma.as_ref(), &dy));
            }
            Op::MovingAverage { momentum, value, average } => {
                let (value, old) = (self.flat(*value, data), self.flat(*average, data));
                self.store(*average, moving_average::moving_average(*momentum, &value, &old));
            }
            Op::Dropout { rate, stream, x, y } => {
                let x = self.tensor(*x, data, (n, self.plan.buffer(*x).len()));
                self.store(*y, dropout::dropout(*rate, *stream, data, &x));
            }
            Op::Add { xs, y } => {
                let xs: Vec<_> = xs.iter().map(|x| self.flat(*x, data)).collect();
                self.store(*y, add::add(&xs));
            }
            Op::Concatenate { positions, xs, y } => {
                let xs: Vec<_> = xs.iter().map(|c| self.tensor(c.x, data, (n * positions, c.channels))).collect();
                self.store(*y, concatenate::concatenate(&xs));
            }
            Op::ConcatenateGrad { positions, total, offset, channels, dy, dx } => {
                let dy = self.tensor(*dy, data, (n * positions, *total));
                self.store(*dx, concatenate::grad(*offset, *channels, &dy));
            }
            Op::ZeroPad2d { geometry: g, x, y } => {
                let x = self.tensor(*x, data, (n, g.in_height, g.in_width, g.channels));
                self.store(*y, zero_pad2d::zero_pad2d(g, &x));
            }
            Op::ZeroPad2dGrad { geometry: g, dy, dx } => {
                let (height, width) = (g.top + g.in_height + g.bottom, g.left + g.in_width + g.right);
                let dy = self.tensor(*dy, data, (n, height, width, g.channels));
                self.store(*dx, zero_pad2d::grad(g, &dy));
            }
            Op::Loss { kind, outputs, prediction, target, loss } => {
                let rows = (n, *outputs);
                let (prediction, target) = (self.tensor(*prediction, data, rows), self.tensor(*target, data, rows));
                self.store(*loss, loss::loss(*kind, &prediction, &target));
            }
            Op::LossGrad { kind, outputs, prediction, target, dprediction } => {
                let rows = (n, *outputs);
                let (prediction, target) = (self.tensor(*prediction, data, rows), self.tensor(*target, data, rows));
                self.store(*dprediction, loss::grad(*kind, data.batch_total, &prediction, &target));
            }
            Op::Metrics { outputs, output, target, loss, metrics } => {
                let rows = (n, *outputs);
                let (output, target) = (self.tensor(*output, data, rows), self.tensor(*target, data, rows));
                let loss = self.flat(*loss, data);
                self.store(*metrics, metrics::metrics(&output, &target, &loss));
            }
            Op::Sgd { momentum, nesterov, parameter, gradient, velocity } => {
                let (old, gradient) = (self.flat(*parameter, data), self.flat(*gradient, data));
                let old_velocity = velocity.map(|v| self.flat(v, data));
                let (new, new_velocity) = sgd::sgd(*momentum, *nesterov, data, &old, &gradient, old_velocity.as_ref());
                self.store(*parameter, new);
                if let (Some(id), Some(new)) = (velocity, new_velocity) {
                    self.store(*id, new);
                }
            }
            Op::Adam { beta_1, beta_2, epsilon, parameter, gradient, m, v } => {
                let constants = adam::Constants { beta_1: *beta_1, beta_2: *beta_2, epsilon: *epsilon };
                let [old, gradient, m_old, v_old] = [parameter, gradient, m, v].map(|id| self.flat(*id, data));
                let new = adam::adam(constants, data, &old, &gradient, &m_old, &v_old);
                self.store(*parameter, new.parameter);
                self.store(*m, new.m);
                self.store(*v, new.v);
            }
        }
    }
}

impl<T: Real> Executor for Interpreter<T> {
    type Error = Refused;

    fn plan(&self) -> &Plan {
        &self.plan
    }

    fn write(&mut self, buffer: BufferId, data: &[f32]) -> Result<(), Refused> {
        self.fits(buffer, data.len())?;
        let numbers: Vec<T> = data.iter().map(|x| T::exact(f64::from(*x))).collect();
        self.set(buffer, &numbers);
        Ok(())
    }

    fn run(&mut self, steps: Range<usize>, data: &StepData) -> Result<(), Refused> {
        for at in steps {
            let op = self.plan.steps[at].op.clone();
            self.apply(&op, data);
        }
        Ok(())
    }

    async fn read(&self, buffer: BufferId, len: usize) -> Result<Vec<f32>, Refused> {
        self.fits(buffer, len)?;
        let numbers = &self.slots[self.plan.buffer(buffer).slot][..len];
        Ok(numbers.iter().map(|x| x.value() as f32).collect())
    }
}
