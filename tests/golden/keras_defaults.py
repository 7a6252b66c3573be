"""Writes keras_defaults.json: what Keras takes for every argument that is left out, asked of Keras itself.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt && venv/bin/python keras_defaults.py

Arguments come from the signatures, and what a layer makes of them from the configuration of one that was made with nothing
but what it must be given.
"""

import os

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_PLATFORMS"] = "cpu"

import inspect
import json
import pathlib
import re

import keras

# Atelier's layers, each with examples of what Keras has no default for.
LAYERS = {
    "InputLayer": {"shape": (8, 8, 1)},
    "Conv2D": {"filters": 4, "kernel_size": 3},
    "DepthwiseConv2D": {"kernel_size": 3},
    "MaxPooling2D": {},
    "AveragePooling2D": {"pool_size": 2},
    "GlobalAveragePooling2D": {},
    "Flatten": {},
    "Dense": {"units": 4},
    "Activation": {"activation": "relu"},
    "ReLU": {},
    "BatchNormalization": {},
    "Dropout": {"rate": 0.5},
    "ZeroPadding2D": {},
    "Add": {},
    "Concatenate": {},
}
ACTIVATIONS = ["linear", "relu", "relu6", "leaky_relu", "sigmoid", "tanh", "softmax"]
INITIALIZERS = ["glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "zeros", "ones"]
OPTIMIZERS = ["Adam", "SGD"]
LOSSES = ["CategoricalCrossentropy", "MeanSquaredError"]


def arguments(function):
    """The named arguments of a function, without itself."""
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    named = [p for p in inspect.signature(function).parameters.values() if p.kind in kinds and p.name != "self"]
    return {p.name: p.default for p in named}


def defaults(function):
    """Those that may be left out; what an object is called is no setting."""
    left_out = {name: default for name, default in arguments(function).items() if default is not inspect.Parameter.empty}
    return {name: default for name, default in left_out.items() if name not in ("name", "dtype")}


def plain(value):
    """Of a configuration: an object of Keras as the name that a user gives it."""
    if isinstance(value, dict) and "class_name" in value:
        return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", value["class_name"]).lower()
    return value


def layer(class_name, given):
    kind = getattr(keras.layers, class_name)
    keras.backend.clear_session()
    made = kind(**given)
    config = {name: plain(value) for name, value in made.get_config().items()}
    takes = arguments(kind.__init__)
    return {
        "name": made.name,
        "trainable": made.trainable,
        "required": [name for name, default in takes.items() if default is inspect.Parameter.empty],
        "signature": defaults(kind.__init__),
        # What was given as an example is no default, and how numbers are held is no argument of a layer here.
        "made": {name: value for name, value in config.items() if name in takes and name not in {*given, "name", "dtype"}},
    }


def initializer(name):
    made = keras.initializers.get(name)
    return {what: getattr(made, what) for what in ("scale", "mode", "distribution") if hasattr(made, what)}


golden = {
    "keras": keras.__version__,
    "layers": {name: layer(name, given) for name, given in LAYERS.items()},
    "activations": {name: defaults(keras.activations.get(name)) for name in ACTIVATIONS},
    "leaky_relu_layer": defaults(keras.layers.LeakyReLU.__init__),
    "initializers": {name: initializer(name) for name in INITIALIZERS},
    "optimizers": {name: defaults(getattr(keras.optimizers, name).__init__) for name in OPTIMIZERS},
    "losses": {name: defaults(getattr(keras.losses, name).__init__) for name in LOSSES},
    # Of a probability that is 0 where it should be 1, which is kept `epsilon` away from both.
    "epsilon": keras.config.epsilon(),
    "compile": {"optimizer": arguments(keras.Model.compile)["optimizer"]},
    "fit": {name: value for name, value in defaults(keras.Model.fit).items() if name in ("batch_size", "epochs", "shuffle")},
}
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden, indent=1) + "\n")
