"""The numbers of `tests/src/draw.rs`, bit for bit: parameters, inputs and targets need not be stored."""

import numpy as np

TAG = 0x4341_5345


def pcg4d(v):
    """Jarzynski and Olano, "Hash Functions for GPU Rendering", JCGT 9(3), 2020."""
    v = [x * np.uint32(1_664_525) + np.uint32(1_013_904_223) for x in v]

    def mix():
        v[0] += v[1] * v[3]
        v[1] += v[2] * v[0]
        v[2] += v[0] * v[1]
        v[3] += v[1] * v[2]

    mix()
    for x in v:
        x ^= x >> np.uint32(16)
    mix()
    return v


class Draw:
    """Numbers of a stream (a name) and a seed."""

    def __init__(self, name, seed):
        h = 0x811C_9DC5
        for byte in name.encode():
            h = ((h ^ byte) * 0x0100_0193) & 0xFFFF_FFFF
        self.stream, self.seed, self.drawn = h, seed, 0

    def words(self, n):
        first = np.arange(self.drawn + 1, self.drawn + n + 1, dtype=np.uint32)
        self.drawn += n
        rest = [np.full(n, word, dtype=np.uint32) for word in (self.stream, TAG, self.seed)]
        return pcg4d([first, *rest])[0]

    def units(self, n):
        return (self.words(n) >> np.uint32(8)).astype(np.float32) * np.float32(1.0 / 16_777_216.0)

    def between(self, low, high, n):
        return low + ((self.words(n).astype(np.uint64) * np.uint64(high - low + 1)) >> np.uint64(32)).astype(np.int64)

    def values(self, n):
        return np.float32(2.0) * self.units(n) - np.float32(1.0)

    def values_in(self, low, high, n):
        low, high = np.float32(low), np.float32(high)
        return low + (high - low) * self.units(n)
