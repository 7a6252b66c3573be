"""Writes resized.txt: what OpenCV makes of pictures that are hashes of their places, as hashes.

    python3 -m venv venv && venv/bin/pip install numpy==2.4.6 opencv-python-headless==5.0.0.93 && venv/bin/python resized.py
"""

import pathlib

import cv2
import numpy as np

SIZES = [
    (17, 13, 7, 9),
    (16, 8, 8, 4),
    (5, 7, 12, 11),
    (1, 1, 5, 5),
    (3, 200, 224, 224),
    (451, 300, 224, 224),
    (448, 448, 224, 224),
    (600, 400, 224, 224),
    (640, 427, 299, 299),
    (1024, 683, 384, 256),
    (500, 300, 250, 300),
    (299, 300, 299, 299),
    (100, 80, 224, 224),
]


def fnv(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = (value ^ byte) * 0x100000001B3 % 2**64
    return value


lines = [f"# width, height, width and height after, FNV-1a of the bytes; OpenCV {cv2.__version__}"]
for width, height, to_width, to_height in SIZES:
    places = np.arange(width * height * 3, dtype=np.uint64)
    picture = (places * 2654435761 % 2**32 >> 24).astype(np.uint8).reshape(height, width, 3)
    resized = cv2.resize(picture, (to_width, to_height), interpolation=cv2.INTER_LINEAR)
    lines.append(f"{width} {height} {to_width} {to_height} {fnv(resized.tobytes())}")
pathlib.Path(__file__).with_suffix(".txt").write_text("\n".join(lines) + "\n")
