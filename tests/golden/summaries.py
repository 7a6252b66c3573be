"""Writes summaries/*.txt: what `model.summary()` prints of Keras Applications' models where the output is no terminal.

    python3 -m venv venv && venv/bin/pip install -r requirements.txt && venv/bin/python summaries.py
"""

import os

os.environ["KERAS_BACKEND"] = "jax"
os.environ["JAX_PLATFORMS"] = "cpu"
# Of the terminal, which the table's width follows.
os.environ["COLUMNS"] = "80"

import pathlib

import keras
from keras import applications

MODELS = {
    "vgg16": applications.VGG16,
    "vgg19": applications.VGG19,
    "inception_v3": applications.InceptionV3,
    "resnet50": applications.ResNet50,
    "resnet101": applications.ResNet101,
    "resnet152": applications.ResNet152,
    "mobilenet_v2": applications.MobileNetV2,
}

folder = pathlib.Path(__file__).with_name("summaries")
folder.mkdir(exist_ok=True)


def write(name, model):
    lines = []
    model.summary(print_fn=lines.append)
    (folder / f"{name}.txt").write_text("".join(lines))


for name, make in MODELS.items():
    keras.backend.clear_session()
    write(name, make(weights=None))
keras.backend.clear_session()
# An odd size and no top: other paddings, and a network that ends in maps.
write("mobilenet_v2-97x130-no-top", applications.MobileNetV2(weights=None, include_top=False, input_shape=(97, 130, 3)))
