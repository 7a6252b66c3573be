"""Writes the second pair of golden files: what Keras 3 computes with layers frozen, and the gradients of anything but a loss.

    venv/bin/python origins.py

A frozen case is run as those of generate.py are. An origin is an output of a layer, before or behind its activation, of which
one number of each example or a random mixture is differentiated: with respect to the input, to the outputs of layers, and to
the parameters. A layer's output gets its gradient from a probe, an input of zeros that is added to it.
"""

import generate  # First: it chooses Keras's backend.

import json
import pathlib

import jax
import keras
import numpy as np
from safetensors.numpy import save_file

import networks
from draw import Draw
from generate import ADAM, CROSSENTROPY, condensed, expectations, parameter


def frozen(network, *indices):
    """The description with some layers frozen."""
    for index in indices:
        network.json["layers"][index]["trainable"] = False
    return network.json


def normalised(**hyper):
    """A normalisation between two convolutions, and a classifier."""
    network = networks.Network("normalised", [6, 5, 2])
    network.add("Conv2D", filters=4, kernel_size=[3, 3], activation="tanh")
    network.add("BatchNormalization", **hyper)
    network.add("Activation", activation="relu")
    network.add("Conv2D", filters=3, kernel_size=[2, 2], padding="same", activation=networks.LEAKY)
    network.add("Dropout", rate=0.25)
    network.add("Flatten")
    network.add("Dense", units=5, activation="softmax")
    return network


def without_dropout(network):
    """Keras draws dropout's mask by other means than Atelier."""
    [index] = [i for i, node in enumerate(network.json["layers"]) if node["layer"]["class_name"] == "Dropout"]
    dropout = network.json["layers"].pop(index)
    for node in network.json["layers"]:
        node["inbound"] = [dropout["inbound"][0] if name == dropout["name"] else name for name in node["inbound"]]
    return network


def frozen_cases():
    def case(name, network, **rest):
        defaults = {"batch": 4, "seed": 3, "loss": CROSSENTROPY, "optimizer": ADAM, "learning_rate": 0.001, "steps": 1}
        return {"name": f"frozen_{name}", "group": "frozen", "network": network, **defaults, **rest}

    yield case("classifier", frozen(networks.classifier(6, 5), 1))
    yield case("first", frozen(networks.small(), 1))
    yield case("last", frozen(networks.small(), 2))
    yield case("all", frozen(networks.small(), 1, 2))
    yield case("normalisation", frozen(without_dropout(normalised()), 2))
    yield case("normalisation_without_scale", frozen(without_dropout(normalised(scale=False)), 2))
    yield case("normalisation_without_center", frozen(without_dropout(normalised(center=False, epsilon=0.01)), 2))
    yield case("up_to_the_normalisation", frozen(without_dropout(normalised()), 1, 2))
    yield case("before_the_normalisation", frozen(without_dropout(normalised()), 1))
    yield case("residual_entry", frozen(networks.residual(), 1))
    yield case("residual_body", frozen(networks.residual(), 2, 3))
    yield case("inception_branch", frozen(networks.inception(), 3, 4))
    yield case("residual_training", frozen(networks.residual(), 1, 3), batch=16, steps=20)


def origin_cases():
    def case(name, network, layer, asked, **rest):
        names = [node["name"] for node in network["layers"]]
        defaults = {"batch": 3, "seed": 5, "mode": "inference", "before_activation": False, "weights": "mixture"}
        fields = {"origin": names[layer], "layers": [names[i] for i in asked]}
        return {"name": f"origin_{name}", "network": network, **fields, **defaults, **rest}

    one, logit = {"weights": "one"}, {"weights": "one", "before_activation": True}
    for mode in ("inference", "training"):
        def both(name, network, layer, asked, **rest):
            return case(f"{name}_{mode}", network, layer, asked, mode=mode, **rest)

        plain = normalised() if mode == "inference" else without_dropout(normalised())
        last = len(plain.json["layers"]) - 1
        yield both("logit", plain.json, last, [1, 2, 3, 4], **logit)
        yield both("probability", plain.json, last, [1, last - 1, last], **one)
        yield both("cell", plain.json, 4, [2, 4], **one)
        yield both("cell_before_its_activation", plain.json, 4, [1, 3], **logit)
        yield both("normalised_cell", plain.json, 2, [1, 2], **one)
        yield both("activation_layer", plain.json, 3, [1, 2], **logit)
        yield both("mixture", networks.residual().json, 9, [1, 3, 5, 7, 8])
        yield both("branches", networks.inception().json, 11, [1, 2, 3, 5, 7, 8], **logit)
        yield both("frozen", frozen(networks.residual(), 3), 9, [1, 2, 4], **logit)
        bare = networks.Network("bare", [4, 3, 3])
        bare.add("BatchNormalization", scale=False, center=False)
        yield both("bare_normalisation", bare.json, 1, [1], **one)


def weights(case, size):
    """The gradient at the origin: one number of each example, or a mixture of all."""
    if case["weights"] == "mixture":
        return Draw("origin", case["seed"]).values(case["batch"] * size).reshape(case["batch"], size)
    return np.eye(size, dtype=np.float32)[Draw("origin", case["seed"]).between(0, size - 1, case["batch"])]


def probed_model(case):
    """The model up to the origin, with a probe behind each of the layers asked for."""
    tensors, probes = {}, []
    for node in case["network"]["layers"]:
        name, spec = node["name"], dict(node["layer"])
        if spec["class_name"] == "InputLayer":
            tensors[name] = first = keras.Input(spec["shape"], name=name)
            continue
        opened = name == case["origin"] and case["before_activation"]
        if opened:
            spec["activation"] = "linear"
        made = networks.layer(name, spec)
        made.trainable = node.get("trainable", True)
        inputs = [tensors[inbound] for inbound in node["inbound"]]
        tensors[name] = made(inputs if len(inputs) > 1 else inputs[0])
        if name in case["layers"]:
            probes.append(keras.Input(tensors[name].shape[1:], name=f"{name}_probe"))
            tensors[name] = keras.layers.Add(name=f"{name}_probed")([tensors[name], probes[-1]])
        if name == case["origin"]:
            return keras.Model([first, *probes], tensors[name])


def gradients(case):
    """Every gradient that is asked for, by name."""
    keras.backend.clear_session()
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    model = probed_model(case)

    def first(variable):
        if "seed_generator" in variable.path:
            return variable.value
        return jax.numpy.asarray(parameter(variable.path, variable.shape, case["seed"]).astype("float64"))

    trained = [first(v) for v in model.trainable_variables]
    other = [first(v) for v in model.non_trainable_variables]
    shape = (case["batch"], *case["network"]["layers"][0]["layer"]["shape"])
    x = Draw("input/0", case["seed"]).values(int(np.prod(shape))).reshape(shape).astype("float64")
    probes = [np.zeros((case["batch"], *probe.shape[1:])) for probe in model.inputs[1:]]
    dy = weights(case, int(np.prod(model.output_shape[1:]))).astype("float64")

    def mixed(trained, x, probes):
        training = case["mode"] == "training"
        y = model.stateless_call(trained, other, [x, *probes], training=training)[0]
        return (dy * y.reshape(dy.shape)).sum()

    by_parameter, dx, by_probe = jax.grad(mixed, argnums=(0, 1, 2))(trained, x, probes)
    found = {"input/gradient": dx}
    # Probes are in the order of the layers.
    asked = [node["name"] for node in case["network"]["layers"] if node["name"] in case["layers"]]
    found |= {f"{name}/gradient": g for name, g in zip(asked, by_probe)}
    return found | {f"{v.path}/gradient": g for v, g in zip(model.trainable_variables, by_parameter)}


def main():
    tensors = {}

    def stored(case, found):
        case["expected"] = [{"what": what, "len": int(np.size(value))} for what, value in found.items()]
        tensors[case["name"]] = np.concatenate([condensed(what, value) for what, value in found.items()])
        print(f"{case['name']:48} {tensors[case['name']].size:6} numbers", flush=True)
        return json.dumps(case)

    cases = ",\n".join([stored(case, expectations(case)) for case in frozen_cases()])
    origins = ",\n".join([stored(case, gradients(case)) for case in origin_cases()])
    here = pathlib.Path(__file__).parent
    save_file(tensors, here / "keras_origins.safetensors")
    versions = f"keras {keras.__version__}, jax {jax.__version__}"
    (here / "keras_origins.json").write_text(
        f'{{"made_with": "{versions}", "cases": [\n{cases}\n], "origins": [\n{origins}\n]}}\n'
    )


if __name__ == "__main__":
    main()
