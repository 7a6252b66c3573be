//! One file for each operation of a plan, under the stem of [`atelier_nn::Op::stem`]; what several share stands first.
//! Dense layers and their gradients run as convolutions ([`atelier_nn::plan::ConvGeometry::dense`]).

pub mod columns;
pub mod copy;
pub mod depthwise;
pub mod elementwise;
pub mod exp;

pub mod activate;
pub mod activate_grad;
pub mod adam;
pub mod add;
pub mod average_pool2d;
pub mod average_pool2d_grad;
pub mod batch_moments;
pub mod batch_norm;
pub mod batch_norm_grad_fixed;
pub mod batch_norm_grad_input;
pub mod batch_norm_grad_parameters;
pub mod bias_grad;
pub mod concatenate;
pub mod concatenate_grad;
pub mod conv2d;
pub mod conv2d_grad_input;
pub mod conv2d_grad_kernel;
pub mod depthwise_conv2d;
pub mod depthwise_conv2d_grad_input;
pub mod depthwise_conv2d_grad_kernel;
pub mod dropout;
pub mod global_average_pool2d;
pub mod global_average_pool2d_grad;
pub mod loss;
pub mod loss_grad;
pub mod max_pool2d;
pub mod max_pool2d_grad;
pub mod metrics;
pub mod moving_average;
pub mod sgd;
pub mod softmax;
pub mod softmax_grad;
pub mod zero_pad2d;
pub mod zero_pad2d_grad;
