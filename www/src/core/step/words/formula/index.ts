/** The formula of every operation, its symbols named after what they stand for, with the numbers filled in. */
import type { Part } from "../parts";
import type { Stem } from "../stems";
import type { Told } from "../told";
import type { Formula } from "./build";
import * as normalization from "./normalization";
import * as pointwise from "./pointwise";
import * as pooling from "./pooling";
import * as products from "./products";
import * as scoring from "./scoring";
import * as update from "./update";

const FORMULAS: Record<Stem, Formula> = {
  conv2d: products.conv2d,
  conv2d_grad_input: products.conv2dGradInput,
  conv2d_grad_kernel: products.conv2dGradKernel,
  depthwise_conv2d: products.depthwiseConv2d,
  depthwise_conv2d_grad_input: products.depthwiseConv2dGradInput,
  depthwise_conv2d_grad_kernel: products.depthwiseConv2dGradKernel,
  dense: products.dense,
  dense_grad_input: products.denseGradInput,
  dense_grad_kernel: products.denseGradKernel,
  bias_grad: products.biasGrad,
  max_pool2d: pooling.maxPool2d,
  max_pool2d_grad: pooling.maxPool2dGrad,
  average_pool2d: pooling.averagePool2d,
  average_pool2d_grad: pooling.averagePool2dGrad,
  global_average_pool2d: pooling.globalAveragePool2d,
  global_average_pool2d_grad: pooling.globalAveragePool2dGrad,
  activate: pointwise.activate,
  activate_grad: pointwise.activateGrad,
  softmax: pointwise.softmax,
  softmax_grad: pointwise.softmaxGrad,
  batch_moments: normalization.batchMoments,
  batch_norm: normalization.batchNorm,
  batch_norm_grad_parameters: normalization.batchNormGradParameters,
  batch_norm_grad_input: normalization.batchNormGradInput,
  batch_norm_grad_fixed: normalization.batchNormGradFixed,
  moving_average: normalization.movingAverage,
  dropout: pointwise.dropout,
  add: pointwise.add,
  concatenate: pointwise.concatenate,
  concatenate_grad: pointwise.concatenateGrad,
  zero_pad2d: pointwise.zeroPad2d,
  zero_pad2d_grad: pointwise.zeroPad2dGrad,
  loss: scoring.loss,
  loss_grad: scoring.lossGrad,
  metrics: scoring.metrics,
  sgd: update.sgd,
  adam: update.adam,
};

export function formula(stem: Stem, told: Told): Part[] {
  return FORMULAS[stem](told);
}
