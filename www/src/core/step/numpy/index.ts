/** The step at hand in NumPy, with its own numbers: to be pasted, run, and compared with the number on the page. */
import { voices, type Stem, type Telling } from "../words";
import { isStem } from "../words/stems";
import { Told } from "../words/told";
import * as normalization from "./normalization";
import * as pointwise from "./pointwise";
import * as pooling from "./pooling";
import * as products from "./products";
import { Program } from "./program";
import * as scoring from "./scoring";
import * as update from "./update";

type Write = (program: Program, told: Told) => string;

const PROGRAMS: Record<Stem, Write> = {
  conv2d: products.weighted,
  conv2d_grad_input: products.gradInput,
  conv2d_grad_kernel: products.gradKernel,
  depthwise_conv2d: products.weighted,
  depthwise_conv2d_grad_input: products.gradInput,
  depthwise_conv2d_grad_kernel: products.gradKernel,
  dense: products.weighted,
  dense_grad_input: products.gradInput,
  dense_grad_kernel: products.gradKernel,
  bias_grad: products.biasGrad,
  max_pool2d: pooling.maxPool,
  max_pool2d_grad: pooling.maxPoolGrad,
  average_pool2d: pooling.averagePool,
  average_pool2d_grad: pooling.averagePoolGrad,
  global_average_pool2d: pooling.averagePool,
  global_average_pool2d_grad: pooling.globalAveragePoolGrad,
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
  concatenate: pointwise.moved("x", "y"),
  concatenate_grad: pointwise.moved("dy", "dx"),
  zero_pad2d: pointwise.moved("x", "y"),
  zero_pad2d_grad: pointwise.moved("dy", "dx"),
  loss: scoring.loss,
  loss_grad: scoring.lossGrad,
  metrics: scoring.metrics,
  sgd: update.sgd,
  adam: update.adam,
};

/** What the program's one function does, in the reader's language. */
const HELPER = { en: "Numbers of 32 bits, as the network holds them; computed with in 64.", zh: "网络里的数是 32 位的；这里用 64 位来算。" };

/** The program that makes the cell in hand and prints it; empty where none is. */
export function numpy(telling: Telling): string {
  const told = new Told(telling);
  const { stem } = told.step;
  if (!telling.explanation || !isStem(stem)) return "";
  // A layer may have any name, and a program that people are invited to run has no line but its own.
  const name = telling.layer.name.replace(/\p{C}|\p{Zl}|\p{Zp}/gu, " ");
  const heading = `${name} · ${stem} · ${voices[telling.language].place(told.place())}`;
  return PROGRAMS[stem](new Program(heading, HELPER[telling.language]), told);
}
