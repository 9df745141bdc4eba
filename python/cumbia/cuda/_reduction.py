"""``cuda.reduce``: a function of two numbers becomes a reduction of arrays.

The tree of calls depends on the number of elements alone, not on the device, so the bits of a
result are the same on all of them and in emulation; and it keeps the order of the elements, so
the function needn't be commutative. A lane combines `ITEMS` elements that lie one behind the
other, a warp its lanes' in pairs of neighbours, `TILES` times in a row; a block its warps'
results in order. What blocks leave is reduced again, until one element is left.
"""

from __future__ import annotations

import functools
import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from cumbia import _decorator, cuda
from cumbia.cuda import _kernels
from cumbia.cuda._arrays import DeviceNDArray, device_array, elements_of, to_device

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Reduce", "reduce"]

WARP = 32
WARPS = 8
ITEMS = 4
TILES = 8
# What a warp reads at once, and in all; what a block reads.
TILE = WARP * ITEMS
SEGMENT = TILE * TILES
BLOCK = SEGMENT * WARPS


class Reduce:
    """A reduction of arrays by a function of two of their elements: what `cuda.reduce` gives.

    Parameters
    ----------
    functor : function
        Takes two elements and gives one; it must be associative.

    Examples
    --------
    >>> from cumbia import cuda
    >>> @cuda.reduce
    ... def total(a, b):
    ...     return a + b
    >>> total(np.arange(10.0))  # doctest: +SKIP
    np.float64(45.0)
    """

    def __init__(self, functor: Callable[[Any, Any], Any]) -> None:
        if isinstance(functor, _kernels.DeviceFunction):
            functor = functor._dispatcher
        self._functor = _decorator.jit(functor)
        functools.update_wrapper(self, self._functor)
        self._kernels: dict[np.dtype, tuple[Any, Any]] = {}

    def __call__(
        self, arr: Any, size: Any = None, res: Any = None, init: Any = 0, stream: Any = 0
    ) -> Any:
        """Reduce an array.

        Parameters
        ----------
        arr : array
            An array of one axis, of the host or on the device.
        size : int, optional
            How many of its elements, from the first one, are reduced; all by default.
        res : DeviceNDArray, optional
            Where the result goes, as element 0; nothing is brought to the host then.
        init : number
            What stands before the first element.
        stream : Stream, optional
            The stream that all is done in.

        Returns
        -------
        scalar or None
            The result as an element of the array's dtype; None if `res` was given.
        """
        arr = _of_one_axis(arr)
        if size is not None:
            arr = arr[: operator.index(size)]
        init = arr.dtype.type(init)
        if res is not None:
            _check_result(res, arr.dtype)
        if arr.size == 0:
            if res is None:
                return init
            res[:1] = init
            return None
        return self._reduced(arr, init, res, stream)

    def without_init(self, arr: Any, stream: Any = 0) -> Any:
        """Reduce the elements of an array alone; there must be one."""
        return self._reduced(_of_one_axis(arr), None, None, stream)

    def _reduced(self, arr: Any, init: Any, res: Any, stream: Any) -> Any:
        whole, last = self._of(arr.dtype)
        parts = to_device(arr, stream)
        while True:
            blocks = -(-parts.size // BLOCK)
            made = device_array(blocks, arr.dtype)
            whole[blocks, WARP * WARPS, stream](parts, made)
            parts = made
            if blocks == 1:
                break
        if init is not None:
            last[1, 1, stream](parts, init, parts if res is None else res)
        if res is not None:
            return None
        return parts.copy_to_host(stream=stream)[0]

    def _of(self, dtype: np.dtype) -> tuple[Any, Any]:
        """The kernels for elements of a dtype."""
        if dtype not in self._kernels:
            self._kernels[dtype] = _made(self._functor, dtype)
        return self._kernels[dtype]


reduce = Reduce


def _of_one_axis(arr: Any) -> Any:
    if not isinstance(arr, DeviceNDArray):
        arr = elements_of(arr)
    if arr.ndim != 1:
        raise TypeError(f"a reduction takes an array of one axis, not of {arr.ndim}")
    return arr


def _check_result(res: Any, dtype: np.dtype) -> None:
    if not isinstance(res, DeviceNDArray):
        raise TypeError(f"the array for a result is one on the device, not {type(res).__name__}")
    if res.ndim != 1 or res.size == 0:
        raise ValueError(f"the array for a result has one axis and an element, not {res.shape}")
    if res.dtype != dtype:
        raise TypeError(f"the array for a result has elements of {res.dtype}, not of {dtype}")


def _made(function: Any, dtype: np.dtype) -> tuple[Any, Any]:
    """The kernel that reduces by blocks, and the one that puts `init` before the result."""
    kind = dtype.type
    # What lanes exchange; others do by shared memory.
    in_registers = dtype.kind in "iuf" and dtype.itemsize in (4, 8)

    @_kernels.jit
    def reduced(x, out):
        of_warps = cuda.shared.array(WARPS, kind)
        of_lanes = cuda.shared.array(1 if in_registers else WARP * WARPS, kind)
        thread = cuda.threadIdx.x
        lane = thread % WARP
        warp = thread // WARP
        start = cuda.blockIdx.x * BLOCK + warp * SEGMENT
        if start < x.size:
            total = x[start]
            for tile in range(TILES):
                first = start + tile * TILE
                # How many of the tile's elements, and of its lanes, there are.
                left = min(x.size - first, TILE)
                if left > 0:
                    lanes = (left + ITEMS - 1) // ITEMS
                    at = first + min(lane, lanes - 1) * ITEMS
                    value = x[at]
                    if lane < lanes:
                        for k in range(1, ITEMS):
                            if at + k < x.size:
                                value = kind(function(value, x[at + k]))
                    step = 1
                    while step < WARP:
                        if in_registers:
                            other = cuda.shfl_down_sync(0xFFFFFFFF, value, step)
                        else:
                            of_lanes[thread] = value
                            cuda.syncwarp()
                            other = of_lanes[warp * WARP + min(lane + step, WARP - 1)]
                            cuda.syncwarp()
                        if lane % (2 * step) == 0 and lane + step < lanes:
                            value = kind(function(value, other))
                        step *= 2
                    if lane == 0:
                        total = value if tile == 0 else kind(function(total, value))
            if lane == 0:
                of_warps[warp] = total
        cuda.syncthreads()
        if thread == 0:
            total = of_warps[0]
            for of in range(1, WARPS):
                if cuda.blockIdx.x * BLOCK + of * SEGMENT < x.size:
                    total = kind(function(total, of_warps[of]))
            out[cuda.blockIdx.x] = total

    @_kernels.jit
    def begun(parts, init, out):
        out[0] = kind(function(init, parts[0]))

    return reduced, begun
