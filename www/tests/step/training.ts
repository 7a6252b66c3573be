/** Made-up normalisations, losses and updates. */
import type { Layer } from "../../src/engine/generated/types/Layer";
import type { Optimizer } from "../../src/engine/generated/types/Optimizer";
import type { Stem } from "../../src/core/step/words";
import { Draw, made, sum, type Given, type Made } from "./made";

const upTo = (length: number) => Array.from({ length }, (_, i) => i);
const f32 = Math.fround;
const EPSILON = f32(0.001);
const NORM: Layer = { class_name: "BatchNormalization", momentum: f32(0.99), epsilon: EPSILON, center: true, scale: true };

/** Every number of channel 1 of three pictures of 2×2×3. */
function norms(): Made[] {
  const draw = new Draw(31);
  const batch = 3;
  const [x, dy] = [draw.numbers(4 * batch), draw.numbers(4 * batch)];
  const indices = x.map((_, i) => (i % 4) * 3 + 1);
  const mean = f32(sum(x) / x.length);
  const variance = f32(sum(x.map((value) => (value - mean) ** 2)) / x.length);
  const [gamma, beta] = [f32(1.25), f32(-0.5)];
  const root = Math.sqrt(variance + EPSILON);
  const normalised = x.map((value) => (value - mean) / root);
  const [dgamma, dbeta] = [sum(dy.map((d, i) => d * normalised[i])), sum(dy)].map(f32);
  const walk = { batch };
  const map: Given = { shape: [2, 2, 3] };
  const gradient: Given = { shape: [2, 2, 3], role: "gradient" };
  const statistic: Given = { shape: [3], role: "batch_statistic" };
  const parameter: Given = { shape: [3], role: "parameter" };
  const moments = { mean: statistic, variance: statistic };
  const learnt = { gamma: parameter, beta: parameter };
  const written = { access: "write" as const };
  const exactMean = sum(x) / x.length;
  const exactVariance = sum(x.map((value) => (value - exactMean) ** 2)) / x.length;
  const common = { mean, variance, gamma, epsilon: EPSILON };
  const backInput = (gamma / root) * (dy[2] - dbeta / x.length - (normalised[2] * dgamma) / x.length);
  const sums = { dgamma: { shape: [3], role: "parameter_gradient" as const, ...written }, dbeta: { shape: [3], role: "parameter_gradient" as const, ...written } };
  return [
    made({ title: "mean", stem: "batch_moments", layer: NORM, operands: { x: map, mean: { ...statistic, ...written }, variance: { ...statistic, ...written } }, result: "mean", index: 1, exact: exactMean, columns: [{ name: "x", indices, values: x }], ofShown: 4, lines: { mean }, walk }),
    made({ title: "variance", stem: "batch_moments", layer: NORM, operands: { x: map, mean: { ...statistic, ...written }, variance: { ...statistic, ...written } }, result: "variance", index: 1, exact: exactVariance, columns: [{ name: "x", indices, values: x }], ofShown: 4, lines: { mean, variance }, walk }),
    made({ title: "the batch's", stem: "batch_norm", layer: NORM, operands: { x: map, ...moments, ...learnt, y: map }, result: "y", index: 4, exact: normalised[1] * gamma + beta, lines: { ...common, x: x[1], beta, normalised: normalised[1], y: normalised[1] * gamma + beta }, walk }),
    made({ title: "frozen, neither scaled nor shifted", stem: "batch_norm", layer: NORM, operands: { x: map, mean: parameter, variance: parameter, y: map }, result: "y", index: 4, exact: normalised[1], lines: { mean, variance, epsilon: EPSILON, x: x[1], normalised: normalised[1], y: normalised[1] } }),
    made({
      title: "gamma",
      stem: "batch_norm_grad_parameters",
      phase: "backward",
      layer: NORM,
      operands: { x: map, ...moments, dy: gradient, ...sums },
      result: "dgamma",
      index: 1,
      exact: sum(dy.map((d, i) => d * f32(normalised[i]))),
      columns: [
        { name: "dy", indices, values: dy },
        { name: "normalised", indices, values: normalised.map(f32) },
      ],
      products: dy.map((d, i) => d * f32(normalised[i])),
      ofShown: 4,
      lines: { sum: dgamma },
      walk,
    }),
    made({ title: "beta", stem: "batch_norm_grad_parameters", phase: "backward", layer: NORM, operands: { x: map, ...moments, dy: gradient, ...sums }, result: "dbeta", index: 1, exact: sum(dy), columns: [{ name: "dy", indices, values: dy }], products: dy, ofShown: 4, lines: { sum: dbeta }, walk }),
    made({ title: "through the moments", stem: "batch_norm_grad_input", phase: "backward", layer: NORM, operands: { x: map, ...moments, gamma: parameter, dgamma: sums.dgamma, dbeta: sums.dbeta, dy: gradient, dx: gradient }, result: "dx", index: 7, exact: backInput, lines: { ...common, x: x[2], normalised: normalised[2], dgamma, dbeta, scale: gamma / root, dy: dy[2], dx: backInput }, walk }),
    made({ title: "fixed", stem: "batch_norm_grad_fixed", phase: "backward", layer: NORM, operands: { variance: parameter, gamma: parameter, dy: gradient, dx: gradient }, result: "dx", index: 7, exact: (gamma / root) * dy[2], lines: { variance, gamma, epsilon: EPSILON, scale: gamma / root, dy: dy[2], dx: (gamma / root) * dy[2] } }),
    made({ title: "the mean", stem: "moving_average", phase: "update", layer: NORM, operands: { value: statistic, average: { ...parameter, access: "update" } }, result: "average", index: 1, exact: f32(0.99) * beta + (1 - f32(0.99)) * mean, lines: { momentum: f32(0.99), value: mean, before: beta, after: f32(f32(0.99) * beta + (1 - f32(0.99)) * mean) } }),
  ];
}

/** As the step before the loss stands in the outline, which tells what the loss is computed from. */
function afterSoftmax(told: Made, prediction: number): Made {
  const { outline } = told.telling.walk;
  const output = outline.buffers.push({ name: "probabilities", role: "activation", shape: outline.buffers[prediction].shape, batched: true }) - 1;
  outline.output = output;
  outline.steps.push({ phase: "forward", layer: 0, stem: "softmax", operands: [{ name: "x", buffer: prediction, access: "read" }, { name: "y", buffer: output, access: "write" }] });
  return told;
}

const ANSWER: Layer = { class_name: "Activation", activation: "softmax" };

function losses(): Made[] {
  const draw = new Draw(32);
  const logits = draw.numbers(4, -2, 2);
  const target = [0, 1, 0, 0];
  const exponentials = logits.map(Math.exp);
  const p = exponentials.map((e) => e / sum(exponentials));
  const positive = draw.numbers(4, 0.1, 1);
  const share = positive.map((y) => y / sum(positive));
  const inner = share.map((value, i) => -target[i] / value);
  const operands = { prediction: { shape: [4] }, target: { shape: [4], role: "target" as const, batched: true } };
  const columns = (values: number[]) => [{ name: "prediction", indices: upTo(4), values }, { name: "target", indices: upTo(4), values: target }];
  const loss = (title: string, values: number[], exact: number, lines: Record<string, number>, more = {}) =>
    made({ title, stem: "loss", phase: "loss", layer: ANSWER, operands: { ...operands, loss: { shape: [] } }, result: "loss", index: 0, exact, columns: columns(values), lines: { ...lines, loss: exact }, more });
  const grad = (title: string, values: number[], index: number, exact: number, lines: Record<string, number>, batch = 1, more = {}) =>
    made({ title, stem: "loss_grad", phase: "backward", layer: ANSWER, operands: { ...operands, dprediction: { shape: [4], role: "gradient" } }, result: "dprediction", index, exact, columns: columns(values), lines: { ...lines, n: batch, dprediction: exact }, walk: { batch }, more });
  const squared = { loss: "mean_squared_error" as const };
  const classes = { classes: ["T-shirt", "Trouser", "Pullover", "Dress"] };
  return [
    afterSoftmax(loss("of logits", logits, -Math.log(p[1]), { p: p[1], t: 1 }, classes), 0),
    loss("of shares", positive, -Math.log(share[1]), { p: share[1], t: 1 }),
    loss("of squares", positive, sum(positive.map((y, i) => (target[i] - y) ** 2)) / 4, {}, squared),
    afterSoftmax(grad("of logits, the right class", logits, 1, p[1] - 1, { p: p[1], t: 1 }, 1, classes), 0),
    afterSoftmax(grad("of logits, a wrong class, of 8 pictures", logits, 2, p[2] / 8, { p: p[2], t: 0 }, 8), 0),
    grad("of shares", positive, 1, (inner[1] - sum(inner.map((value, i) => value * share[i]))) / sum(positive), { p: share[1], t: 1 }),
    grad("of squares", positive, 2, (2 * (positive[2] - target[2])) / 4 / 8, { y: positive[2], t: target[2] }, 8, squared),
  ];
}

function metrics(): Made[] {
  const draw = new Draw(33);
  const [batch, classes] = [3, 4];
  const output = draw.numbers(batch * classes);
  const losses = draw.numbers(batch, 0, 2);
  const target = upTo(batch).flatMap((n) => {
    const row = output.slice(n * classes, (n + 1) * classes);
    const right = n === 1 ? row.indexOf(Math.min(...row)) : row.indexOf(Math.max(...row));
    return upTo(classes).map((k) => Number(k === right));
  });
  const operands = { output: { shape: [classes] }, target: { shape: [classes], role: "target" as const }, loss: { shape: [] }, metrics: { shape: [2], role: "metric" as const } };
  const indices = upTo(batch * classes).map((i) => i % classes);
  const base = { stem: "metrics" as const, phase: "loss" as const, layer: ANSWER, operands, result: "metrics", walk: { batch } };
  return [
    made({ ...base, title: "losses", index: 0, exact: sum(losses), columns: [{ name: "loss", indices: upTo(batch).map(() => 0), values: losses }], products: losses, ofShown: 1, lines: { sum: sum(losses) } }),
    made({ ...base, title: "right answers", index: 1, exact: 2, columns: [{ name: "output", indices, values: output }, { name: "target", indices, values: target }], ofShown: classes, lines: {} }),
  ];
}

/** A weight of a kernel [3, 4], at input 2 and unit 3. */
function update(stem: Stem, title: string, optimizer: Optimizer, state: string[], result: string, exact: number, lines: Record<string, number>): Made {
  const shape = [3, 4];
  const updated: Given = { shape, role: "optimizer_state", access: "update" };
  return made({
    title,
    stem,
    phase: "update",
    layer: { class_name: "Dense", units: 4, use_bias: true, activation: "relu", kernel_initializer: "glorot_uniform", bias_initializer: "zeros" } as Layer,
    operands: { parameter: { shape, role: "parameter", access: "update", name: "dense/kernel" }, gradient: { shape, role: "parameter_gradient" }, ...Object.fromEntries(state.map((name) => [name, updated])) },
    result,
    index: 6,
    exact,
    lines,
    walk: { optimizer },
  });
}

function updates(): Made[] {
  const draw = new Draw(34);
  const [before, gradient, velocityBefore] = draw.numbers(3);
  const [rate, momentum] = [f32(0.01), f32(0.9)];
  const velocity = momentum * velocityBefore - rate * gradient;
  const lookahead = momentum * velocity - rate * gradient;
  const sgd = (nesterov: boolean): Optimizer => ({ class_name: "SGD", momentum, nesterov });
  const moving = { gradient, momentum, velocity_before: velocityBefore, velocity, learning_rate: rate };
  const [beta1, beta2, epsilon, t] = [f32(0.9), f32(0.999), f32(1e-7), 470];
  const [mBefore, vBefore] = [draw.number(), draw.number(0, 1)];
  const m = beta1 * mBefore + (1 - beta1) * gradient;
  const v = beta2 * vBefore + (1 - beta2) * gradient ** 2;
  const [mHat, vHat] = [m / (1 - beta1 ** t), v / (1 - beta2 ** t)];
  const step = (((rate * Math.sqrt(1 - beta2 ** t)) / (1 - beta1 ** t)) * m) / (Math.sqrt(v) + epsilon);
  const adam: Optimizer = { class_name: "Adam", beta_1: beta1, beta_2: beta2, epsilon };
  const kept = { gradient, beta_1: beta1, beta_2: beta2, m_before: mBefore, m, v_before: vBefore, v, m_hat: mHat, v_hat: vHat, learning_rate: rate, epsilon, step, before, after: before - step };
  return [
    update("sgd", "plain", { class_name: "SGD", momentum: 0, nesterov: false }, [], "parameter", before - rate * gradient, { gradient, learning_rate: rate, step: rate * gradient, before, after: before - rate * gradient }),
    update("sgd", "momentum", sgd(false), ["velocity"], "parameter", before + velocity, { ...moving, step: -velocity, before, after: before + velocity }),
    update("sgd", "Nesterov", sgd(true), ["velocity"], "parameter", before + lookahead, { ...moving, step: -lookahead, before, after: before + lookahead }),
    update("sgd", "velocity", sgd(false), ["velocity"], "velocity", velocity, moving),
    update("adam", "weight", adam, ["m", "v"], "parameter", before - step, kept),
    update("adam", "first mean", adam, ["m", "v"], "m", m, kept),
    update("adam", "second mean", adam, ["m", "v"], "v", v, kept),
  ];
}

export const TRAINING: Made[] = [...norms(), ...losses(), ...metrics(), ...updates()];
