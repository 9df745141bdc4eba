"""Random numbers in kernels: xoroshiro128+ with Numba's names, seeds and bits.

A state is two words of 64 bits; a thread uses one of its own. States of one array are 2**64
steps apart, so what threads draw doesn't overlap. The algorithm is that of D. Blackman and
S. Vigna; seeds go through SplitMix64.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from cumbia import _decorator
from cumbia.cuda._arrays import DeviceNDArray, to_device

__all__ = [
    "create_xoroshiro128p_states",
    "init_xoroshiro128p_states",
    "xoroshiro128p_dtype",
    "xoroshiro128p_next",
    "xoroshiro128p_normal_float32",
    "xoroshiro128p_normal_float64",
    "xoroshiro128p_uniform_float32",
    "xoroshiro128p_uniform_float64",
]

xoroshiro128p_dtype: np.dtype[np.void] = np.dtype([("s0", np.uint64), ("s1", np.uint64)], align=True)

_TURN_PI = 2.0 * math.pi


def create_xoroshiro128p_states(
    n: int, seed: int, subsequence_start: int = 0, stream: Any = 0
) -> DeviceNDArray:
    """Make states for `n` threads on the device.

    Parameters
    ----------
    n : int
        How many.
    seed : int
        What the first one is made of.
    subsequence_start : int
        How many jumps the first one is behind that.
    stream : Stream, optional
        The stream that they are brought to the device in.
    """
    states = np.empty(n, xoroshiro128p_dtype)
    _fill(states, seed, subsequence_start)
    return to_device(states, stream)


def init_xoroshiro128p_states(
    states: Any, seed: int, subsequence_start: int = 0, stream: Any = 0
) -> None:
    """Set all states of an array of the device, as `create_xoroshiro128p_states` does."""
    host = np.empty(states.shape, xoroshiro128p_dtype)
    _fill(host, seed, subsequence_start)
    if isinstance(states, DeviceNDArray):
        states.copy_to_device(host, stream)
    else:
        states[...] = host


def _fill(states: np.ndarray, seed: int, subsequence_start: int) -> None:
    _filled(states, np.uint64(seed & (2**64 - 1)), int(subsequence_start))


@_decorator.jit(cache=False)
def _filled(states, seed, subsequence_start):
    if states.size == 0:
        return
    z = seed + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    s0, s1 = z, z
    for _ in range(subsequence_start):
        s0, s1 = _jumped(s0, s1)
    states[0]["s0"] = s0
    states[0]["s1"] = s1
    for i in range(1, states.size):
        s0, s1 = _jumped(s0, s1)
        states[i]["s0"] = s0
        states[i]["s1"] = s1


@_decorator.jit(cache=False)
def _turned(x, by):
    return (x << np.uint64(by)) | (x >> np.uint64(64 - by))


@_decorator.jit(cache=False)
def _stepped(s0, s1):
    """The state after one step."""
    s1 = s1 ^ s0
    return _turned(s0, 55) ^ s1 ^ (s1 << np.uint64(14)), _turned(s1, 36)


@_decorator.jit(cache=False)
def _jumped(s0, s1):
    """The state after 2**64 steps."""
    t0, t1 = np.uint64(0), np.uint64(0)
    for half in range(2):
        jump = np.uint64(0xBEAC0467EBA5FACB) if half == 0 else np.uint64(0xD86B048B86AA9922)
        # What a jump multiplies by.
        for bit in range(64):
            if jump & (np.uint64(1) << np.uint64(bit)):
                t0 = t0 ^ s0
                t1 = t1 ^ s1
            s0, s1 = _stepped(s0, s1)
    return t0, t1


@_decorator.jit(cache=False)
def xoroshiro128p_next(states: Any, index: Any) -> Any:
    """Give the next 64 random bits of a state, as `uint64`."""
    s0 = states[index]["s0"]
    s1 = states[index]["s1"]
    n0, n1 = _stepped(s0, s1)
    states[index]["s0"] = n0
    states[index]["s1"] = n1
    return s0 + s1


@_decorator.jit(cache=False)
def _unit_double(x):
    return (x >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@_decorator.jit(cache=False)
def xoroshiro128p_uniform_float32(states: Any, index: Any) -> Any:
    """Give a `float32` from 0 to 1, rounded from that in double precision."""
    return np.float32(_unit_double(xoroshiro128p_next(states, index)))


@_decorator.jit(cache=False)
def xoroshiro128p_uniform_float64(states: Any, index: Any) -> Any:
    """Give a `float64` from 0 up to, and without, 1."""
    return _unit_double(xoroshiro128p_next(states, index))


@_decorator.jit(cache=False)
def xoroshiro128p_normal_float32(states: Any, index: Any) -> Any:
    """Give a normally distributed `float32` with mean 0 and deviation 1."""
    u1 = xoroshiro128p_uniform_float32(states, index)
    u2 = xoroshiro128p_uniform_float32(states, index)
    # Box and Muller's transformation; its other value is left.
    return np.float32(np.sqrt(np.float32(-2.0) * np.log(u1)) * np.cos(np.float32(_TURN_PI) * u2))


@_decorator.jit(cache=False)
def xoroshiro128p_normal_float64(states: Any, index: Any) -> Any:
    """Give a normally distributed `float64` with mean 0 and deviation 1, of two `float32`."""
    # As in Numba, whose programs are to draw the same.
    u1 = np.float64(xoroshiro128p_uniform_float32(states, index))
    u2 = np.float64(xoroshiro128p_uniform_float32(states, index))
    return np.sqrt(-2.0 * np.log(u1)) * np.cos(_TURN_PI * u2)
