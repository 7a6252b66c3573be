"""The networks of the golden files, in Atelier's own JSON, and the Keras models they describe.

Class names and hyper-parameters of both are the same, so that what is compared with what is plain to see.
"""

from functools import partial

import keras
import numpy as np


class Network:
    """Writes a network's description, as `atelier_nn::Network` reads it."""

    def __init__(self, name, shape):
        self.json = {"name": name, "layers": []}
        self.last = None
        self.add("InputLayer", inbound=[], shape=list(shape))

    def add(self, class_name, inbound=None, **hyper):
        """Adds a layer behind the last one or the named ones; returns its name."""
        inbound = [self.last] if inbound is None else inbound
        name = f"layer{len(self.json['layers'])}_{class_name.lower()}"
        layer = {"class_name": class_name, **hyper}
        self.json["layers"].append({"name": name, "inbound": inbound, "layer": layer})
        self.last = name
        return name


def number(x):
    """A hyper-parameter as Atelier holds it: f32."""
    return float(np.float32(x))


def activation(spec):
    if isinstance(spec, dict) and "clipped_relu" in spec:
        return partial(keras.activations.relu, max_value=number(spec["clipped_relu"]["max_value"]))
    if isinstance(spec, dict):
        return partial(keras.ops.leaky_relu, negative_slope=number(spec["leaky_relu"]["negative_slope"]))
    return spec


def layer(name, spec):
    spec = dict(spec)
    class_name = spec.pop("class_name")
    if "activation" in spec:
        spec["activation"] = activation(spec["activation"])
    made = getattr(keras.layers, class_name)(name=name, **spec)
    for field in ("rate", "momentum", "epsilon"):
        if hasattr(made, field):
            setattr(made, field, number(getattr(made, field)))
    return made


def model(network):
    """The Keras model of a description."""
    tensors = {}
    for node in network["layers"]:
        if node["layer"]["class_name"] == "InputLayer":
            tensors[node["name"]] = first = keras.Input(node["layer"]["shape"], name=node["name"])
            continue
        inputs = [tensors[name] for name in node["inbound"]]
        made = layer(node["name"], node["layer"])
        made.trainable = node.get("trainable", True)
        tensors[node["name"]] = made(inputs if len(inputs) > 1 else inputs[0])
    return keras.Model(first, tensors[network["layers"][-1]["name"]])


LEAKY = {"leaky_relu": {"negative_slope": 0.2}}
SLIGHTLY_LEAKY = {"leaky_relu": {"negative_slope": 0.01}}
CLIPPED = {"clipped_relu": {"max_value": 0.25}}
RELU6 = {"clipped_relu": {"max_value": 6.0}}


def layer_networks():
    """At least ten configurations of each kind of layer, with the group they belong to."""
    for group, configure in GROUPS.items():
        for index, network in enumerate(configure()):
            network.json["name"] = f"{group}_{index}"
            yield group, network.json


def conv2d():
    for shape, hyper in [
        ((5, 5, 1), dict(filters=3, kernel_size=[3, 3])),
        ((5, 6, 3), dict(filters=4, kernel_size=[3, 3], padding="same")),
        ((6, 5, 2), dict(filters=5, kernel_size=[2, 3], padding="same", activation="relu")),
        ((7, 7, 3), dict(filters=2, kernel_size=[3, 3], strides=[2, 2], padding="same")),
        ((8, 6, 2), dict(filters=3, kernel_size=[3, 3], strides=[2, 2], padding="same", use_bias=False)),
        ((9, 7, 1), dict(filters=2, kernel_size=[5, 3], strides=[3, 2], padding="valid", activation="tanh")),
        ((7, 7, 2), dict(filters=3, kernel_size=[3, 3], dilation_rate=[2, 2], padding="same")),
        ((8, 9, 1), dict(filters=2, kernel_size=[3, 2], dilation_rate=[2, 3], padding="valid", activation="sigmoid")),
        ((1, 1, 3), dict(filters=4, kernel_size=[3, 3], padding="same", activation=LEAKY)),
        ((4, 4, 5), dict(filters=6, kernel_size=[1, 1], use_bias=False, activation="relu")),
        ((6, 6, 17), dict(filters=9, kernel_size=[3, 3], padding="same", activation="relu")),
        ((5, 4, 2), dict(filters=4, kernel_size=[4, 4], padding="same")),
        ((4, 5, 3), dict(filters=3, kernel_size=[3, 3], padding="same", activation="softmax")),
    ]:
        network = Network("conv2d", shape)
        network.add("Conv2D", **hyper)
        yield network


def depthwise_conv2d():
    for shape, hyper in [
        ((5, 5, 1), dict()),
        ((5, 6, 3), dict(padding="same")),
        ((6, 5, 2), dict(kernel_size=[2, 3], padding="same", activation="relu")),
        ((7, 7, 3), dict(strides=[2, 2], padding="same", activation=RELU6)),
        ((8, 6, 2), dict(strides=[2, 2], padding="same", use_bias=False)),
        ((9, 7, 4), dict(kernel_size=[5, 3], strides=[2, 2], padding="valid", activation="tanh")),
        ((7, 7, 2), dict(dilation_rate=[2, 2], padding="same")),
        ((1, 1, 3), dict(padding="same", activation=CLIPPED)),
        ((4, 4, 5), dict(kernel_size=[1, 1], use_bias=False, activation=LEAKY)),
        ((6, 6, 17), dict(padding="same", activation="relu")),
        ((5, 4, 2), dict(kernel_size=[4, 4], padding="same", depth_multiplier=2)),
        ((6, 5, 3), dict(padding="valid", depth_multiplier=3, activation="softmax")),
    ]:
        network = Network("depthwise_conv2d", shape)
        network.add("DepthwiseConv2D", **{"kernel_size": [3, 3], **hyper})
        yield network


def relu():
    for shape, maximum in [
        ((5,), None),
        ((5,), 6.0),
        ((17,), 0.25),
        ((1,), 0.5),
        ((4, 4, 1), None),
        ((4, 4, 3), 6.0),
        ((5, 7, 2), 0.125),
        ((1, 1, 6), 0.5),
        ((6, 6, 17), 0.25),
        ((3, 1, 4), 1.0),
    ]:
        network = Network("relu", shape)
        network.add("ReLU", max_value=maximum)
        yield network


def pooling(class_name):
    for shape, hyper in [
        ((4, 4, 1), dict()),
        ((5, 7, 3), dict()),
        ((5, 7, 3), dict(padding="same")),
        ((6, 6, 2), dict(pool_size=[3, 3])),
        ((7, 6, 2), dict(pool_size=[3, 3], padding="same")),
        ((7, 7, 3), dict(pool_size=[3, 3], strides=[2, 2], padding="same")),
        ((7, 7, 3), dict(pool_size=[3, 3], strides=[2, 2])),
        ((5, 5, 2), dict(pool_size=[2, 2], strides=[1, 1], padding="same")),
        ((6, 8, 1), dict(pool_size=[2, 4], strides=[2, 1])),
        ((1, 1, 4), dict(padding="same")),
        ((9, 5, 17), dict(pool_size=[2, 3], strides=[3, 3], padding="same")),
    ]:
        network = Network(class_name, shape)
        network.add(class_name, **{"pool_size": [2, 2], **hyper})
        yield network


def global_average():
    for shape in [(1, 1, 1), (1, 1, 5), (2, 3, 1), (4, 4, 3), (5, 7, 2), (7, 7, 8), (3, 1, 6), (1, 6, 4), (6, 6, 17), (8, 5, 3)]:
        network = Network("global_average", shape)
        network.add("GlobalAveragePooling2D")
        yield network


def dense():
    for inputs, hyper in [
        (1, dict(units=1)),
        (1, dict(units=7)),
        (9, dict(units=1)),
        (5, dict(units=4, use_bias=False)),
        (16, dict(units=16, activation="relu")),
        (17, dict(units=9, activation="sigmoid")),
        (8, dict(units=10, activation="softmax")),
        (12, dict(units=5, activation="tanh")),
        (33, dict(units=3, activation=LEAKY)),
        (100, dict(units=12)),
        (7, dict(units=31, use_bias=False, activation="softmax")),
    ]:
        network = Network("dense", [inputs])
        network.add("Dense", **hyper)
        yield network


def flatten():
    for shape in [(1, 1, 1), (2, 2, 1), (3, 2, 2), (2, 3, 4), (1, 5, 3), (5, 1, 3), (4, 4, 2), (3, 3, 5), (7, 2, 1), (2, 2, 17)]:
        network = Network("flatten", shape)
        network.add("Flatten")
        network.add("Dense", units=3)
        yield network


def activations():
    for shape in [(7,), (3, 4, 5)]:
        for kind in ["linear", "sigmoid", "relu", "tanh", LEAKY, SLIGHTLY_LEAKY, "softmax"]:
            network = Network("activation", shape)
            network.add("Activation", activation=kind)
            yield network


def batch_normalization():
    for shape, hyper in [
        ((1, 1, 1), dict()),
        ((3, 3, 2), dict()),
        ((4, 5, 3), dict(momentum=0.9)),
        ((2, 2, 5), dict(center=False)),
        ((2, 3, 4), dict(scale=False)),
        ((3, 2, 4), dict(center=False, scale=False)),
        ((5,), dict()),
        ((9,), dict(momentum=0.5, epsilon=0.01)),
        ((4, 4, 17), dict(epsilon=1e-5)),
        ((1, 1, 6), dict(scale=False, momentum=0.8)),
    ]:
        network = Network("batch_normalization", shape)
        network.add("BatchNormalization", **hyper)
        yield network
    behind = Network("batch_normalization", (5, 5, 2))
    behind.add("Conv2D", filters=4, kernel_size=[3, 3], use_bias=False)
    behind.add("BatchNormalization")
    behind.add("Activation", activation="relu")
    yield behind


def dropout():
    for shape, rate in [((5,), 0.5), ((5,), 0.0), ((3, 3, 2), 0.1), ((3, 3, 2), 0.9), ((1, 1, 1), 0.5), ((4, 2, 3), 0.25),
                        ((17,), 0.3), ((2, 2, 2), 0.75), ((1, 7, 1), 0.2), ((6, 1, 2), 0.6)]:
        network = Network("dropout", shape)
        network.add("Dropout", rate=rate)
        yield network


def joined(class_name):
    for shape, branches in [
        ((4,), [("Dense", dict(units=4)), None]),
        ((5,), [("Dense", dict(units=3)), ("Dense", dict(units=3, activation="relu"))]),
        ((1, 1, 1), [("Conv2D", dict(filters=1, kernel_size=[1, 1])), None]),
        ((3, 4, 2), [("Conv2D", dict(filters=2, kernel_size=[3, 3], padding="same")), None]),
        ((5, 5, 3), [("Conv2D", dict(filters=4, kernel_size=[3, 3], padding="same")),
                     ("Conv2D", dict(filters=4, kernel_size=[1, 1]))]),
        ((4, 4, 2), [("Activation", dict(activation="tanh")), ("Activation", dict(activation="sigmoid")), None]),
        ((6, 6, 1), [("MaxPooling2D", dict(pool_size=[3, 3], strides=[1, 1], padding="same")),
                     ("AveragePooling2D", dict(pool_size=[2, 2], strides=[1, 1], padding="same")), None]),
        ((4, 6, 3), [("MaxPooling2D", dict(pool_size=[2, 2])), ("AveragePooling2D", dict(pool_size=[2, 2]))]),
        ((2, 2, 17), [("Activation", dict(activation="relu")), None]),
        ((3, 3, 4), [("BatchNormalization", dict()), None]),
        ((4, 3, 2), [None, ("Conv2D", dict(filters=2, kernel_size=[2, 2], padding="same")), None]),
    ]:
        network = Network(class_name, shape)
        root = network.last
        ends = [root if branch is None else network.add(branch[0], inbound=[root], **branch[1]) for branch in branches]
        network.add(class_name, inbound=ends)
        yield network
    if class_name == "Concatenate":
        network = Network(class_name, (4, 4, 2))
        root = network.last
        widths = [network.add("Conv2D", inbound=[root], filters=filters, kernel_size=[1, 1]) for filters in (1, 3, 5)]
        network.add(class_name, inbound=widths)
        yield network


def zero_padding():
    for shape, padding in [
        ((3, 3, 1), [[1, 1], [1, 1]]), ((3, 4, 2), [[1, 0], [0, 1]]), ((2, 2, 3), [[0, 2], [3, 0]]),
        ((1, 1, 1), [[2, 2], [2, 2]]), ((4, 3, 2), [[0, 0], [1, 1]]), ((5, 5, 1), [[3, 3], [0, 0]]),
        ((2, 5, 4), [[1, 2], [2, 1]]), ((6, 2, 3), [[0, 1], [1, 0]]), ((3, 3, 17), [[1, 1], [1, 1]]),
        ((2, 3, 2), [[0, 0], [0, 0]]),
    ]:
        network = Network("zero_padding", shape)
        network.add("ZeroPadding2D", padding=padding)
        yield network
    strided = Network("zero_padding", (6, 6, 2))
    strided.add("ZeroPadding2D", padding=[[1, 1], [1, 1]])
    strided.add("Conv2D", filters=3, kernel_size=[3, 3], strides=[2, 2])
    yield strided


GROUPS = {
    "conv2d": conv2d,
    "depthwise_conv2d": depthwise_conv2d,
    "relu": relu,
    "max_pooling2d": lambda: pooling("MaxPooling2D"),
    "average_pooling2d": lambda: pooling("AveragePooling2D"),
    "global_average_pooling2d": global_average,
    "dense": dense,
    "flatten": flatten,
    "activation": activations,
    "batch_normalization": batch_normalization,
    "dropout": dropout,
    "add": lambda: joined("Add"),
    "concatenate": lambda: joined("Concatenate"),
    "zero_padding2d": zero_padding,
}


def classifier(inputs, classes, activation="softmax"):
    network = Network("classifier", [inputs])
    network.add("Dense", units=classes, activation=activation)
    return network


def small():
    """Two hidden layers, for the optimisers."""
    network = Network("small", [8])
    network.add("Dense", units=12, activation="tanh")
    network.add("Dense", units=5, activation="softmax")
    return network


def residual():
    """A residual block (He et al. 2016) with batch normalisation."""
    network = Network("residual", [8, 8, 2])
    entry = network.add("Conv2D", filters=6, kernel_size=[3, 3], padding="same", activation="relu")
    network.add("Conv2D", filters=6, kernel_size=[3, 3], padding="same", use_bias=False)
    network.add("BatchNormalization")
    network.add("Activation", activation="relu")
    body = network.add("Conv2D", filters=6, kernel_size=[3, 3], padding="same")
    network.add("Add", inbound=[entry, body])
    network.add("Activation", activation="relu")
    network.add("GlobalAveragePooling2D")
    network.add("Dense", units=10, activation="softmax")
    return network


def inception():
    """An Inception module (Szegedy et al. 2015)."""
    network = Network("inception", [7, 7, 3])
    entry = network.add("Conv2D", filters=4, kernel_size=[3, 3], padding="same", activation="relu")
    one = network.add("Conv2D", inbound=[entry], filters=3, kernel_size=[1, 1], activation="relu")
    three = network.add("Conv2D", inbound=[entry], filters=2, kernel_size=[1, 1], activation="relu")
    three = network.add("Conv2D", inbound=[three], filters=4, kernel_size=[3, 3], padding="same", activation="relu")
    five = network.add("Conv2D", inbound=[entry], filters=2, kernel_size=[5, 5], padding="same", activation="relu")
    pool = network.add("MaxPooling2D", inbound=[entry], pool_size=[3, 3], strides=[1, 1], padding="same")
    pool = network.add("Conv2D", inbound=[pool], filters=2, kernel_size=[1, 1], activation="relu")
    network.add("Concatenate", inbound=[one, three, five, pool])
    network.add("AveragePooling2D", pool_size=[2, 2])
    network.add("Flatten")
    network.add("Dense", units=10, activation="softmax")
    return network


def seed():
    """What `atelier_nn::Network::seed()` describes."""
    network = Network("seed", [28, 28, 1])
    for block in [[32, 32], [64, 64], [128]]:
        for filters in block:
            network.add("Conv2D", filters=filters, kernel_size=[3, 3], padding="same", use_bias=False, activation="relu")
        network.add("MaxPooling2D", pool_size=[2, 2])
    network.add("Flatten")
    network.add("Dense", units=128, activation="relu")
    network.add("Dense", units=10, activation="softmax")
    return network
