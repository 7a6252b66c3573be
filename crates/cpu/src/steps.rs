//! From an operation of the plan to its kernel.

use atelier_nn::{Op, Plan, StepData};

use crate::gemm;
use crate::kernels::activate::Activate;
use crate::kernels::activate_grad::ActivateGrad;
use crate::kernels::adam::Adam;
use crate::kernels::add::Add;
use crate::kernels::average_pool2d::AveragePool2d;
use crate::kernels::average_pool2d_grad::AveragePool2dGrad;
use crate::kernels::batch_moments::BatchMoments;
use crate::kernels::batch_norm::BatchNorm;
use crate::kernels::batch_norm_grad_fixed::BatchNormGradFixed;
use crate::kernels::batch_norm_grad_input::BatchNormGradInput;
use crate::kernels::batch_norm_grad_parameters::BatchNormGradParameters;
use crate::kernels::bias_grad::BiasGrad;
use crate::kernels::concatenate::Concatenate;
use crate::kernels::concatenate_grad::ConcatenateGrad;
use crate::kernels::conv2d::{Conv2d, Right};
use crate::kernels::conv2d_grad_input::Conv2dGradInput;
use crate::kernels::conv2d_grad_kernel::Conv2dGradKernel;
use crate::kernels::depthwise_conv2d::DepthwiseConv2d;
use crate::kernels::depthwise_conv2d_grad_input::DepthwiseConv2dGradInput;
use crate::kernels::depthwise_conv2d_grad_kernel::DepthwiseConv2dGradKernel;
use crate::kernels::dropout::Dropout;
use crate::kernels::global_average_pool2d::GlobalAveragePool2d;
use crate::kernels::global_average_pool2d_grad::GlobalAveragePool2dGrad;
use crate::kernels::loss::Loss;
use crate::kernels::loss_grad::LossGrad;
use crate::kernels::max_pool2d::MaxPool2d;
use crate::kernels::max_pool2d_grad::MaxPool2dGrad;
use crate::kernels::metrics::Metrics;
use crate::kernels::moving_average::MovingAverage;
use crate::kernels::sgd::Sgd;
use crate::kernels::softmax::Softmax;
use crate::kernels::softmax_grad::SoftmaxGrad;
use crate::kernels::zero_pad2d::ZeroPad2d;
use crate::kernels::zero_pad2d_grad::ZeroPad2dGrad;
use crate::machine::{Machine, Product};

impl Machine {
    /// Runs one step; `data` and the index were checked.
    pub fn run(&mut self, plan: &Plan, step: usize, data: &StepData) {
        let (isa, images) = (self.isa, data.batch);
        let op = &plan.steps[step].op;
        if let Some(product) = self.products[step].take() {
            self.run_product(plan, step, &product, images);
            self.products[step] = Some(product);
            return;
        }
        match *op {
            // Products, which ran above.
            Op::Conv2d { .. }
            | Op::Conv2dGradInput { .. }
            | Op::Conv2dGradKernel { .. }
            | Op::Dense { .. }
            | Op::DenseGradInput { .. }
            | Op::DenseGradKernel { .. } => {}
            Op::DepthwiseConv2d { ref geometry, activation, x, kernel, bias, .. } => {
                self.with(plan, step, images, |read, [y], _| {
                    let (x, kernel, bias) = (read.get(x), read.get(kernel), read.option(bias));
                    isa.dispatch(DepthwiseConv2d { geometry, activation, x, kernel, bias, y });
                });
            }
            Op::DepthwiseConv2dGradInput { ref geometry, dy, kernel, .. } => {
                self.with(plan, step, images, |read, [dx], _| {
                    isa.dispatch(DepthwiseConv2dGradInput { geometry, dy: read.get(dy), kernel: read.get(kernel), dx });
                });
            }
            Op::DepthwiseConv2dGradKernel { ref geometry, x, dy, .. } => {
                self.with(plan, step, images, |read, [dkernel], room| {
                    let (x, dy, scratch) = (read.get(x), read.get(dy), &mut room.channels);
                    isa.dispatch(DepthwiseConv2dGradKernel { geometry, x, dy, dkernel, scratch });
                });
            }
            Op::BiasGrad { positions, channels, dy, .. } => {
                self.with(plan, step, images, |read, [dbias], room| {
                    let (rows, dy) = (images * positions, read.get(dy));
                    isa.dispatch(BiasGrad { rows, channels, dy, dbias, scratch: &mut room.channels });
                });
            }
            Op::MaxPool2d { ref geometry, x, .. } => {
                self.with(plan, step, images, |read, [y], _| {
                    isa.dispatch(MaxPool2d { geometry, x: read.get(x), y });
                });
            }
            Op::MaxPool2dGrad { ref geometry, x, y, dy, .. } => {
                self.with(plan, step, images, |read, [dx], _| {
                    isa.dispatch(MaxPool2dGrad { geometry, x: read.get(x), y: read.get(y), dy: read.get(dy), dx });
                });
            }
            Op::AveragePool2d { ref geometry, x, .. } => {
                self.with(plan, step, images, |read, [y], _| {
                    isa.dispatch(AveragePool2d { geometry, x: read.get(x), y });
                });
            }
            Op::AveragePool2dGrad { ref geometry, dy, .. } => {
                self.with(plan, step, images, |read, [dx], _| {
                    isa.dispatch(AveragePool2dGrad { geometry, dy: read.get(dy), dx });
                });
            }
            Op::GlobalAveragePool2d { positions, channels, x, .. } => {
                self.with(plan, step, images, |read, [y], room| {
                    let x = read.get(x);
                    isa.dispatch(GlobalAveragePool2d { positions, channels, x, y, scratch: &mut room.channels });
                });
            }
            Op::GlobalAveragePool2dGrad { positions, channels, dy, .. } => {
                self.with(plan, step, images, |read, [dx], _| {
                    isa.dispatch(GlobalAveragePool2dGrad { positions, channels, dy: read.get(dy), dx });
                });
            }
            Op::Activate { activation, x, .. } => {
                self.with(plan, step, images, |read, [y], _| {
                    isa.dispatch(Activate { activation, x: read.get(x), y });
                });
            }
            Op::ActivateGrad { activation, y, dy, dx } => {
                let in_place = plan.buffer(dy).slot == plan.buffer(dx).slot;
                self.with(plan, step, images, |read, [dx], _| {
                    let dy = if in_place { None } else { Some(read.get(dy)) };
                    isa.dispatch(ActivateGrad { activation, y: read.get(y), dy, dx });
                });
            }
            Op::Softmax { channels, x, .. } => {
                self.with(plan, step, images, |read, [y], _| {
                    isa.dispatch(Softmax { channels, x: read.get(x), y });
                });
            }
            Op::SoftmaxGrad { channels, y, dy, .. } => {
                self.with(plan, step, images, |read, [dx], _| {
                    isa.dispatch(SoftmaxGrad { channels, y: read.get(y), dy: read.get(dy), dx });
                });
            }
            Op::BatchMoments { positions, channels, x, .. } => {
                self.with(plan, step, images, |read, [mean, variance], room| {
                    let (rows, x) = (images * positions, read.get(x));
                    isa.dispatch(BatchMoments { rows, channels, x, mean, variance, scratch: &mut room.channels });
                });
            }
            Op::BatchNorm { channels, epsilon, x, mean, variance, gamma, beta, .. } => {
                self.with(plan, step, images, |read, [y], room| {
                    isa.dispatch(BatchNorm {
                        channels,
                        epsilon,
                        x: read.get(x),
                        mean: read.get(mean),
                        variance: read.get(variance),
                        gamma: read.option(gamma),
                        beta: read.option(beta),
                        y,
                        scratch: &mut room.channels,
                    });
                });
            }
            Op::BatchNormGradParameters { positions, channels, epsilon, x, mean, variance, dy, .. } => {
                self.with(plan, step, images, |read, [dgamma, dbeta], room| {
                    isa.dispatch(BatchNormGradParameters {
                        rows: images * positions,
                        channels,
                        epsilon,
                        x: read.get(x),
                        mean: read.get(mean),
                        variance: read.get(variance),
                        dy: read.get(dy),
                        dgamma,
                        dbeta,
                        scratch: &mut room.channels,
                    });
                });
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
                ..
            } => {
                self.with(plan, step, images, |read, [dx], room| {
                    isa.dispatch(BatchNormGradInput {
                        rows: data.batch_total * positions,
                        channels,
                        epsilon,
                        x: read.get(x),
                        mean: read.get(mean),
                        variance: read.get(variance),
                        gamma: read.option(gamma),
                        dgamma: read.get(dgamma),
                        dbeta: read.get(dbeta),
                        dy: read.get(dy),
                        dx,
                        scratch: &mut room.channels,
                    });
                });
            }
            Op::BatchNormGradFixed { channels, epsilon, variance, gamma, dy, .. } => {
                self.with(plan, step, images, |read, [dx], room| {
                    isa.dispatch(BatchNormGradFixed {
                        channels,
                        epsilon,
                        variance: read.get(variance),
                        gamma: read.option(gamma),
                        dy: read.get(dy),
                        dx,
                        scratch: &mut room.channels,
                    });
                });
            }
            Op::MovingAverage { momentum, value, .. } => {
                self.with(plan, step, images, |read, [average], _| {
                    isa.dispatch(MovingAverage { momentum, value: read.get(value), average });
                });
            }
            Op::Dropout { rate, stream, x, .. } => {
                // Wraps around like the shader's 32 bits.
                let first_element = data.first_example.wrapping_mul(plan.buffer(x).len()) as u32;
                let StepData { iteration, seed, .. } = *data;
                self.with(plan, step, images, |read, [y], _| {
                    isa.dispatch(Dropout { rate, stream, iteration, seed, first_element, x: read.get(x), y });
                });
            }
            Op::Add { ref xs, .. } => {
                self.with(plan, step, images, |read, [y], _| {
                    let (a, b) = (read.get(xs[0]), xs.get(1).map(|b| read.get(*b)));
                    let Some(b) = b else {
                        y.copy_from_slice(a);
                        return;
                    };
                    isa.dispatch(Add { a, b: Some(b), y });
                    for x in &xs[2..] {
                        isa.dispatch(Add { a: read.get(*x), b: None, y });
                    }
                });
            }
            Op::Concatenate { ref xs, .. } => {
                let total = xs.iter().map(|part| part.channels).sum();
                self.with(plan, step, images, |read, [y], _| {
                    let mut offset = 0;
                    for part in xs {
                        let (channels, x) = (part.channels, read.get(part.x));
                        isa.dispatch(Concatenate { total, offset, channels, x, y });
                        offset += channels;
                    }
                });
            }
            Op::ConcatenateGrad { total, offset, channels, dy, .. } => {
                self.with(plan, step, images, |read, [dx], _| {
                    isa.dispatch(ConcatenateGrad { total, offset, channels, dy: read.get(dy), dx });
                });
            }
            Op::ZeroPad2d { ref geometry, x, .. } => {
                self.with(plan, step, images, |read, [y], _| {
                    isa.dispatch(ZeroPad2d { geometry, x: read.get(x), y });
                });
            }
            Op::ZeroPad2dGrad { ref geometry, dy, .. } => {
                self.with(plan, step, images, |read, [dx], _| {
                    isa.dispatch(ZeroPad2dGrad { geometry, dy: read.get(dy), dx });
                });
            }
            Op::Loss { kind, outputs, prediction, target, .. } => {
                self.with(plan, step, images, |read, [loss], _| {
                    let (prediction, target) = (read.get(prediction), read.get(target));
                    isa.dispatch(Loss { kind, outputs, prediction, target, loss });
                });
            }
            Op::LossGrad { kind, outputs, prediction, target, .. } => {
                let batch_total = data.batch_total;
                self.with(plan, step, images, |read, [dprediction], _| {
                    let (prediction, target) = (read.get(prediction), read.get(target));
                    isa.dispatch(LossGrad { kind, outputs, batch_total, prediction, target, dprediction });
                });
            }
            Op::Metrics { outputs, output, target, loss, .. } => {
                self.with(plan, step, images, |read, [metrics], _| {
                    let (output, target, loss) = (read.get(output), read.get(target), read.get(loss));
                    isa.dispatch(Metrics { outputs, output, target, loss, metrics });
                });
            }
            Op::Sgd { momentum, nesterov, gradient, velocity, .. } => {
                let learning_rate = data.learning_rate;
                match velocity {
                    Some(_) => self.with(plan, step, images, |read, [parameter, v], _| {
                        let (gradient, velocity) = (read.get(gradient), Some(v));
                        isa.dispatch(Sgd { learning_rate, momentum, nesterov, gradient, parameter, velocity });
                    }),
                    None => self.with(plan, step, images, |read, [parameter], _| {
                        let (gradient, velocity) = (read.get(gradient), None);
                        isa.dispatch(Sgd { learning_rate, momentum, nesterov, gradient, parameter, velocity });
                    }),
                }
            }
            Op::Adam { beta_1, beta_2, epsilon, gradient, .. } => {
                let StepData { learning_rate, iteration, .. } = *data;
                self.with(plan, step, images, |read, [parameter, m, v], _| {
                    let gradient = read.get(gradient);
                    isa.dispatch(Adam { learning_rate, beta_1, beta_2, epsilon, iteration, gradient, parameter, m, v });
                });
            }
        }
    }

    fn run_product(&mut self, plan: &Plan, step: usize, product: &Product, images: usize) {
        let (isa, Product { geometry, patches, panels }) = (self.isa, product);
        let filters = geometry.filters;
        match plan.steps[step].op {
            Op::Conv2d { activation, x, kernel, bias, .. } | Op::Dense { activation, x, kernel, bias, .. } => {
                let packed = panels.filter(|_| gemm::packs(&patches.shape, images)).map(|panels| (kernel, panels));
                self.with_packed(plan, step, images, packed, |read, [y], room| {
                    let (x, bias, tiles) = (read.get(x), read.option(bias), &mut room.workspace.tiles);
                    let kernel = match packed {
                        Some((kernel, panels)) => Right::Panels(read.panels(kernel, panels)),
                        None => Right::Matrix(read.get(kernel)),
                    };
                    isa.dispatch(Conv2d { patches, filters, activation, images, x, kernel, bias, y, tiles });
                });
            }
            Op::Conv2dGradInput { dy, kernel, .. } | Op::DenseGradInput { dy, kernel, .. } => {
                self.with(plan, step, images, |read, [dx], room| {
                    let (dy, kernel, workspace) = (read.get(dy), read.get(kernel), &mut room.workspace);
                    isa.dispatch(Conv2dGradInput { geometry, patches, images, dy, kernel, dx, workspace });
                });
            }
            Op::Conv2dGradKernel { x, dy, .. } | Op::DenseGradKernel { x, dy, .. } => {
                self.with(plan, step, images, |read, [dkernel], room| {
                    let (x, dy, workspace) = (read.get(x), read.get(dy), &mut room.workspace);
                    isa.dispatch(Conv2dGradKernel { patches, filters, images, x, dy, dkernel, workspace });
                });
            }
            _ => {}
        }
    }
}
