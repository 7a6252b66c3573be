"""Writes the golden files: what Keras 3 computes for networks given in Atelier's JSON.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt && venv/bin/python generate.py

Everything is computed in double precision (JAX backend), so that what an f32 executor differs by is its own rounding.
Parameters, inputs and targets are hashes of their names (draw.py) and are not stored. A tensor of up to 64 numbers is
stored whole; of a larger one, 32 numbers at drawn places and four random projections of the whole.

For runs of several steps, whose rounding errors feed back into themselves, twelve runs in Keras's float32 are measured
too: how far single precision as such drifts from double.
"""

import os

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_PLATFORMS"] = "cpu"

import json
import pathlib

import jax
import keras
import numpy as np
from safetensors.numpy import save_file

from keras.src import backend
from keras.src.backend.common import dtypes

import networks
from draw import Draw

jax.config.update("jax_enable_x64", True)


def doubling(result_type):
    """Keras's type promotion knows no float64 under JAX: it takes means of doubles in single precision."""
    return lambda *types: "float64" if any("float64" in str(t) for t in types) else result_type(*types)


dtypes.result_type = backend.result_type = doubling(dtypes.result_type)

WHOLE, SAMPLES, PROJECTIONS = 64, 32, 4


def condensed(what, tensor):
    """What is stored of a tensor."""
    flat = np.asarray(tensor, dtype=np.float64).ravel()
    if flat.size <= WHOLE:
        return flat
    samples = flat[Draw(what, 0).between(0, flat.size - 1, SAMPLES)]
    weights = [Draw(f"{what}/projection{k}", 0).values(flat.size).astype(np.float64) for k in range(PROJECTIONS)]
    return np.concatenate([samples, [w @ flat for w in weights]])


def parameter(name, shape, seed):
    """First value of a parameter."""
    draw, size, kind = Draw(name, seed), int(np.prod(shape)), name.rsplit("/", 1)[1]
    match kind:
        case "kernel":
            reach = np.minimum(np.sqrt(np.float32(6.0) / np.float32(np.prod(shape[:-1]))), np.float32(1.0))
            flat = draw.values_in(-reach, reach, size)
        case "bias" | "beta":
            flat = draw.values_in(-0.5, 0.5, size)
        case "gamma" | "moving_variance":
            flat = draw.values_in(0.5, 1.5, size)
        case "moving_mean":
            flat = draw.values_in(-0.3, 0.3, size)
    return flat.reshape(shape)


def targets(kind, shape, seed, step):
    """Values to reach, or one-hot labels (some shared between two classes)."""
    draw = Draw(f"target/{step}", seed)
    if kind == "mean_squared_error":
        return draw.values(int(np.prod(shape))).reshape(shape), None
    labels = draw.between(0, shape[1] - 1, shape[0])
    return np.eye(shape[1], dtype=np.float32)[labels], labels


def inputs(shape, labels, seed, step):
    """Noise; where there are classes to learn, mostly the pattern of the example's class, in 4 by 4 blocks."""
    size, draw = int(np.prod(shape)), Draw(f"input/{step}", seed)
    if labels is None:
        return draw.values(size).reshape(shape)
    noise = draw.units(size).reshape(shape)
    if len(shape) == 2:
        patterns = [Draw(f"pattern/{label}", seed).units(shape[1]) for label in labels]
    else:
        _, height, width, channels = shape
        blocks = np.ix_(np.arange(height) * 4 // height, np.arange(width) * 4 // width)
        patterns = [Draw(f"pattern/{label}", seed).units(16 * channels).reshape(4, 4, -1)[blocks] for label in labels]
    return np.float32(0.1) * noise + np.float32(0.9) * np.stack(patterns)


def optimizer(spec, learning_rate):
    """Keras's optimiser, its own defaults included, with every number as Atelier holds it."""
    spec = dict(spec)
    kind = getattr(keras.optimizers, spec.pop("class_name"))
    numbers = {k: v for k, v in kind().get_config().items() if k in ("momentum", "beta_1", "beta_2", "epsilon")}
    numbers = {k: networks.number(spec.pop(k, default)) for k, default in numbers.items()}
    return kind(learning_rate=networks.number(learning_rate), **numbers, **spec)


LOSSES = {
    "mean_squared_error": keras.losses.MeanSquaredError,
    "categorical_crossentropy": keras.losses.CategoricalCrossentropy,
}


class Run:
    """A model in one precision, stepped as Keras steps it."""

    def __init__(self, case, precision):
        keras.backend.clear_session()
        keras.config.set_floatx(precision)
        keras.config.set_dtype_policy(precision)
        self.case, self.precision = case, precision
        self.model = networks.model(case["network"])
        self.optimizer = optimizer(case["optimizer"], case["learning_rate"])
        self.optimizer.build(self.model.trainable_variables)
        self.state = self.first_state = [v.value for v in self.optimizer.variables]
        self.begin(lambda name, values: values)
        self.loss = LOSSES[case["loss"]]()
        self.differentiate = jax.jit(jax.value_and_grad(self.loss_of, argnums=(0, 2), has_aux=True))

    def begin(self, change):
        """Back to the first parameters, each passed through `change`."""
        def first(variable):
            if "seed_generator" in variable.path:
                return variable.value
            values = change(variable.path, parameter(variable.path, variable.shape, self.case["seed"]))
            return jax.numpy.asarray(values.astype(self.precision))
        self.trained = [first(v) for v in self.model.trainable_variables]
        self.other = [first(v) for v in self.model.non_trainable_variables]
        self.state = self.first_state

    def loss_of(self, trained, other, x, y):
        output, other = self.model.stateless_call(trained, other, x, training=True)
        return self.loss(y, output), (output, other)

    def batch(self, step):
        shape = (self.case["batch"], *self.model.output_shape[1:])
        y, labels = targets(self.case["loss"], shape, self.case["seed"], step)
        x = inputs((self.case["batch"], *self.model.input_shape[1:]), labels, self.case["seed"], step)
        return x.astype(self.precision), y.astype(self.precision)

    def inference(self, x):
        return self.model.stateless_call(self.trained, self.other, x, training=False)[0]

    def step(self, step):
        x, y = self.batch(step)
        (loss, (output, self.other)), (gradients, dx) = self.differentiate(self.trained, self.other, x, y)
        self.trained, self.state = self.optimizer.stateless_apply(self.state, gradients, self.trained)
        return loss, output, gradients, dx

    def parameters(self):
        names = [v.path for v in self.model.trainable_variables + self.model.non_trainable_variables]
        return {n: p for n, p in zip(names, self.trained + self.other) if "seed_generator" not in n}


def expectations(case):
    """Everything expected of a case, by name."""
    run = Run(case, "float64")
    case["layers"] = [
        {"output_shape": list(layer.output.shape[1:]), "params": layer.count_params()}
        for layer in (run.model.get_layer(node["name"]) for node in case["network"]["layers"])
    ]
    case["total_params"] = run.model.count_params()
    found = {"inference": run.inference(run.batch(0)[0])}
    if case["steps"] == 0:
        return found
    losses = []
    for step in range(case["steps"]):
        loss, output, gradients, dx = run.step(step)
        losses.append(float(loss))
        if step == 0:
            found |= {"output": output, "input/gradient": dx}
            names = [v.path for v in run.model.trainable_variables]
            found |= {f"{name}/gradient": g for name, g in zip(names, gradients)}
        if step == 0:
            found |= {n: p for n, p in run.parameters().items() if "moving" in n and case["steps"] == 1}
    found["losses"] = losses
    if case["steps"] > 1:
        drift = single_precision(case, losses, run.parameters())
        found |= {f"{name}/final": p for name, p in run.parameters().items()} | drift
    return found


def single_precision(case, losses, parameters):
    """How far the run in float32 drifts: the most of each loss and of each parameter's numbers, in twelve runs whose
    first parameters (but for the first run) are moved by up to a unit in the last place."""
    run = Run(case, "float32")
    loss_drift, drift = np.zeros(len(losses)), np.zeros(len(parameters))
    for k in range(12):
        def moved(name, values):
            units = Draw(f"{name}/moved{k}", case["seed"]).between(-1, 1, values.size).reshape(values.shape)
            return values * (1 + units.astype(np.float32) * np.float32(2.0**-23 if k else 0))
        run.begin(moved)
        loss_drift = np.maximum(loss_drift, [abs(float(run.step(i)[0]) - loss) for i, loss in enumerate(losses)])
        final = run.parameters()
        off = [float(np.abs(np.asarray(final[n], dtype=np.float64) - p).max()) for n, p in parameters.items()]
        drift = np.maximum(drift, off)
    return {"losses/float32_drift": loss_drift, "final/float32_drift": drift}


SGD, ADAM = {"class_name": "SGD"}, {"class_name": "Adam"}
CROSSENTROPY, SQUARES = "categorical_crossentropy", "mean_squared_error"


def cases():
    def case(name, group, network, **rest):
        defaults = {"batch": 3, "seed": 1, "loss": SQUARES, "optimizer": SGD, "learning_rate": 0.1, "steps": 1}
        return {"name": name, "group": group, "network": network, **defaults, **rest}

    for group, network in networks.layer_networks():
        # Keras draws dropout's mask by other means than Atelier: only inference can be compared.
        yield case(network["name"], group, network, steps=0 if group == "dropout" else 1)

    for index, (units, activation, batch) in enumerate([
        (2, "softmax", 4), (3, "softmax", 1), (10, "softmax", 5), (17, "softmax", 2), (10, "softmax", 16),
        (2, "sigmoid", 4), (5, "sigmoid", 1), (10, "sigmoid", 3), (33, "softmax", 2), (17, "sigmoid", 5),
    ]):
        network = networks.classifier(6, units, activation).json
        yield case(f"crossentropy_{index}", "crossentropy", network, loss=CROSSENTROPY, batch=batch, seed=index)

    small = networks.small().json
    for name, optimizer, rate in [
        ("sgd", SGD, 0.01),
        ("sgd_fast", SGD, 0.5),
        ("momentum", {**SGD, "momentum": 0.9}, 0.01),
        ("momentum_half", {**SGD, "momentum": 0.5}, 0.1),
        ("nesterov", {**SGD, "momentum": 0.9, "nesterov": True}, 0.01),
        ("nesterov_half", {**SGD, "momentum": 0.5, "nesterov": True}, 0.1),
        ("adam", ADAM, 0.001),
        ("adam_fast", ADAM, 0.03),
        ("adam_other", {**ADAM, "beta_1": 0.8, "beta_2": 0.99, "epsilon": 1e-4}, 0.01),
    ]:
        for loss in (CROSSENTROPY, SQUARES):
            yield case(f"{name}_{loss}", "optimizer", small, loss=loss, optimizer=optimizer, learning_rate=rate,
                       steps=20, batch=8)

    for network in (networks.residual().json, networks.inception().json):
        name = network["name"]
        yield case(name, "network", network, loss=CROSSENTROPY, batch=4)
        yield case(f"{name}_training", "training", network, loss=CROSSENTROPY, batch=16, optimizer=ADAM,
                   learning_rate=0.001, steps=20)
    # At Keras's own rate single precision soon drifts; at a tenth of it all twenty steps can be compared closely.
    for name, rate in (("seed", 0.001), ("seed_slow", 0.0001)):
        yield case(name, "training", networks.seed().json, loss=CROSSENTROPY, batch=32, optimizer=ADAM,
                   learning_rate=rate, steps=20)


def main():
    index, tensors = [], {}
    for case in cases():
        found = expectations(case)
        case["expected"] = [{"what": what, "len": int(np.size(value))} for what, value in found.items()]
        tensors[case["name"]] = np.concatenate([condensed(what, value) for what, value in found.items()])
        index.append(case)
        print(f"{case['name']:40} {tensors[case['name']].size:6} numbers", flush=True)
    here = pathlib.Path(__file__).parent
    save_file(tensors, here / "keras.safetensors")
    lines = ",\n".join(json.dumps(case) for case in index)
    versions = f"keras {keras.__version__}, jax {jax.__version__}"
    (here / "keras.json").write_text(f'{{"made_with": "{versions}", "cases": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
