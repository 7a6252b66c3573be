/** Every operation that a plan may hold. */
export const STEMS = [
  "conv2d",
  "conv2d_grad_input",
  "conv2d_grad_kernel",
  "depthwise_conv2d",
  "depthwise_conv2d_grad_input",
  "depthwise_conv2d_grad_kernel",
  "dense",
  "dense_grad_input",
  "dense_grad_kernel",
  "bias_grad",
  "max_pool2d",
  "max_pool2d_grad",
  "average_pool2d",
  "average_pool2d_grad",
  "global_average_pool2d",
  "global_average_pool2d_grad",
  "activate",
  "activate_grad",
  "softmax",
  "softmax_grad",
  "batch_moments",
  "batch_norm",
  "batch_norm_grad_parameters",
  "batch_norm_grad_input",
  "batch_norm_grad_fixed",
  "moving_average",
  "dropout",
  "add",
  "concatenate",
  "concatenate_grad",
  "zero_pad2d",
  "zero_pad2d_grad",
  "loss",
  "loss_grad",
  "metrics",
  "sgd",
  "adam",
] as const;

export type Stem = (typeof STEMS)[number];

export function isStem(stem: string): stem is Stem {
  return (STEMS as readonly string[]).includes(stem);
}
