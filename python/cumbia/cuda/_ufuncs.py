"""``vectorize`` and ``guvectorize`` with ``target="cuda"``: calls are launches of a kernel.

Which loop a call takes is NumPy's choice, asked of the ufunc for the processor; so dtypes,
conversions and what is refused are the same. Broadcasting is by views. A thread computes one
position. Inputs of another dtype than the loop's are converted where they are read.

Operands of the host are brought to the device for the call, and a result is brought back unless
an operand was on the device.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cumbia import _vectorize
from cumbia.cuda import _kernels
from cumbia.cuda._arrays import (
    DeviceNDArray,
    device_array,
    device_array_like,
    elements_of,
    to_device,
)
from cumbia.cuda._reduction import Reduce

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["DeviceGUFunc", "DeviceUFunc"]

THREADS = 256


class _Launched:
    """What both kinds have: the ufunc for the processor, and kernels by what they depend on."""

    def __init__(self, ufunc: Any, function: Any) -> None:
        self._ufunc, self._function = ufunc, function
        self.__name__ = function.__name__
        self.__doc__ = function.__doc__
        self.__module__ = function.__module__
        self.__wrapped__ = self.py_func = function.py_func
        self._kernels: dict[Any, Any] = {}

    nin = property(lambda self: self._ufunc.nin)
    nout = property(lambda self: self._ufunc.nout)
    nargs = property(lambda self: self._ufunc.nargs)
    types = property(lambda self: self._ufunc.types)
    signature = property(lambda self: self._ufunc.signature)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.__name__!r}>"

    def _operands(self, args: tuple[Any, ...], out: Any) -> tuple[list[Any], list[Any]]:
        """Inputs as arrays or Python's numbers, and outputs or None."""
        if not self.nin <= len(args) <= self.nargs:
            raise TypeError(
                f"{self.__name__}() takes from {self.nin} to {self.nargs} positional arguments "
                f"but {len(args)} were given"
            )
        outs: list[Any] = list(args[self.nin :])
        if out is not None:
            if outs:
                raise TypeError("cannot specify 'out' as both a positional and keyword argument")
            outs = list(out) if isinstance(out, tuple) else [out]
            if len(outs) != self.nout:
                raise ValueError(
                    "The 'out' tuple must have exactly one entry per ufunc output"
                )
        outs += [None] * (self.nout - len(outs))
        for one in outs:
            if one is not None and not isinstance(one, (np.ndarray, DeviceNDArray)):
                raise TypeError("return arrays must be of ArrayType")
            if isinstance(one, np.ndarray):
                elements_of(one)
        inputs = [
            one if isinstance(one, DeviceNDArray) or type(one) in (int, float, complex)
            else elements_of(one)
            for one in args[: self.nin]
        ]
        return inputs, outs

    def _dtypes(self, inputs: list[Any], outs: list[Any]) -> tuple[np.dtype, ...]:
        """The loop's, inputs first."""
        asked = [type(one) if type(one) in (int, float, complex) else one.dtype for one in inputs]
        asked += [None if one is None else one.dtype for one in outs]
        return self._ufunc.resolve_dtypes(tuple(asked))

    def _kernel(self, text: str, names: dict[str, Any]) -> Any:
        """The kernel of a text, in which `function` is the user's."""
        file = f"<cumbia loop of {self.__name__}>"
        scope = {"function": self._function, "cuda": _cuda(), "__name__": self.__module__, **names}
        exec(compile(text, file, "exec"), scope)
        return _kernels.of_text(scope["loop"], text)


def _cuda() -> Any:
    from cumbia import cuda

    return cuda


class DeviceUFunc(_Launched):
    """A function of numbers for each element: what ``vectorize(target="cuda")`` gives.

    It is called as a `numpy.ufunc`, with arrays of the host or of the device, ``out=`` and
    ``stream=``.
    """

    def __init__(self, ufunc: Any, function: Any, identity: tuple[int, Any]) -> None:
        super().__init__(ufunc, function)
        self._identity = identity
        self._reduction: Reduce | None = None

    def __call__(self, *args: Any, out: Any = None, stream: Any = 0) -> Any:
        """Compute all elements."""
        inputs, outs = self._operands(args, out)
        dtypes = self._dtypes(inputs, outs)
        shape = np.broadcast_shapes(*(np.shape(_geometry(one)) for one in inputs))
        shape = _with_outputs(shape, outs)
        stays = any(isinstance(one, DeviceNDArray) for one in inputs)
        results = [
            one if isinstance(one, DeviceNDArray) else device_array(shape, dtype)
            for one, dtype in zip(outs, dtypes[self.nin :])
        ]
        if int(np.prod(shape, dtype=np.int64)):
            self._launch(inputs, results, dtypes, shape, stream)
        return _given(results, outs, stays, stream)

    def _launch(
        self,
        inputs: list[Any],
        results: list[DeviceNDArray],
        dtypes: tuple[np.dtype, ...],
        shape: tuple[int, ...],
        stream: Any,
    ) -> None:
        passed: list[Any] = []
        for one, dtype in zip(inputs, dtypes):
            if not isinstance(one, DeviceNDArray) and np.size(one) == 1:
                passed.append(np.asarray(one).astype(dtype).reshape(-1)[0])
            else:
                passed.append(_apart(to_device(one, stream), results, stream))
        arrays = [one for one in passed if isinstance(one, DeviceNDArray)] + results
        flat = all(one.shape == shape and one.is_c_contiguous() for one in arrays)
        axes = 1 if flat or not shape else len(shape)

        def view(one: Any) -> Any:
            if not isinstance(one, DeviceNDArray):
                return one
            if flat or not shape:
                return one.reshape(-1)
            return DeviceNDArray(np.broadcast_to(one._array, shape)) if one.shape != shape else one

        key = axes, tuple(isinstance(one, DeviceNDArray) for one in passed), dtypes[: self.nin]
        if key not in self._kernels:
            self._kernels[key] = self._made(*key)
        size = int(np.prod(shape, dtype=np.int64))
        self._kernels[key].forall(size, THREADS, stream)(*map(view, passed + results))

    def _made(self, axes: int, are_arrays: Sequence[bool], dtypes: Sequence[np.dtype]) -> Any:
        place, lines = _places(axes, "y0")
        items, names = [], {}
        for at, (is_array, dtype) in enumerate(zip(are_arrays, dtypes)):
            names[f"kind{at}"] = dtype.type
            items.append(f"kind{at}(x{at}[{place}])" if is_array else f"x{at}")
        outs = [f"y{at}" for at in range(self.nout)]
        ins = [f"x{at}" for at in range(self.nin)]
        stores = ", ".join(f"{one}[{place}]" for one in outs)
        turn = f"        {stores} = function({', '.join(items)})\n"
        text = f"def loop({', '.join(ins + outs)}):\n{lines}{turn}"
        return self._kernel(text, names)

    def reduce(self, array: Any, axis: int = 0, stream: Any = 0) -> Any:
        """Reduce an array of one axis, as `cumbia.cuda.reduce` does: by a tree."""
        if (self.nin, self.nout) != (2, 1):
            raise ValueError("reduce only supported for binary functions")
        if not isinstance(array, DeviceNDArray):
            array = elements_of(array)
        if array.ndim != 1 or axis not in (0, -1):
            raise NotImplementedError(
                f"{self.__name__}.reduce() on a device takes an array of one axis; it has "
                f"{array.ndim}"
            )
        if array.size == 0:
            kind, value = self._identity
            known = {_vectorize._ZERO: 0, _vectorize._ONE: 1, _vectorize._MINUS_ONE: -1,
                     _vectorize._VALUE: value}
            if kind not in known:
                raise ValueError(
                    f"zero-size array to reduction operation {self.__name__} which has no identity"
                )
            return array.dtype.type(known[kind])
        if self._reduction is None:
            self._reduction = Reduce(self._function)
        return self._reduction.without_init(array, stream)


class DeviceGUFunc(_Launched):
    """A function of arrays for each position: what ``guvectorize(target="cuda")`` gives."""

    def __init__(self, ufunc: Any, function: Any, layout: Any, cores: list[list[int]]) -> None:
        super().__init__(ufunc, function)
        if "?" in layout.text:
            raise NotImplementedError(
                f"the layout {layout.text} has a dimension that may be missing, which "
                "guvectorize(target='cuda') doesn't take"
            )
        self._layout, self._cores = layout, cores

    def __call__(self, *args: Any, out: Any = None, stream: Any = 0) -> Any:
        """Compute all positions."""
        inputs, outs = self._operands(args, out)
        inputs = [one if isinstance(one, DeviceNDArray) else np.asarray(one) for one in inputs]
        dtypes = self._dtypes(inputs, outs)
        sizes = self._sizes(inputs)
        cores = [tuple(sizes[n] for n in core) for core in self._layout.cores]
        outer = np.broadcast_shapes(
            *(one.shape[: one.ndim - len(core)] for one, core in zip(inputs, cores))
        )
        results = []
        for one, core, dtype in zip(outs, cores[self.nin :], dtypes[self.nin :]):
            if one is not None and one.shape != outer + core:
                raise ValueError(
                    f"an output of {self.__name__}() has the shape {one.shape}, not {outer + core}"
                )
            if one is not None and one.dtype != dtype:
                raise TypeError(
                    f"an output of {self.__name__}() has elements of {one.dtype}, not of {dtype}"
                )
            if isinstance(one, DeviceNDArray):
                results.append(one)
            elif one is not None:
                # A function may leave elements of it as they are.
                results.append(to_device(one, stream))
            else:
                results.append(device_array(outer + core, dtype))
        stays = any(isinstance(one, DeviceNDArray) for one in inputs)
        count = int(np.prod(outer, dtype=np.int64))
        if count:
            passed = []
            for one, core, dtype in zip(inputs, cores, dtypes):
                whole = _apart(_converted(one, dtype, stream), results, stream)
                passed.append(DeviceNDArray(np.broadcast_to(whole._array, outer + core)))
            views = [
                self._seen(one, bool(outer), seen, core)
                for one, core, seen in zip(passed + results, cores, self._cores)
            ]
            axes = max(len(outer), 1)
            if axes not in self._kernels:
                self._kernels[axes] = self._made(axes)
            self._kernels[axes].forall(count, THREADS, stream)(*views)
        return _given(results, outs, stays, stream)

    def _sizes(self, inputs: list[Any]) -> dict[int, int]:
        """The sizes of the layout's dimensions, by their numbers."""
        from cumbia import _guvectorize

        sizes: dict[int, int] = {
            number: int(name)
            for name, number in _guvectorize._names(self._layout.text).items()
            if name.isdecimal()
        }
        for at, (one, core) in enumerate(zip(inputs, self._layout.cores)):
            if one.ndim < len(core):
                raise ValueError(
                    f"{self.__name__}: Input operand {at} does not have enough dimensions (has "
                    f"{one.ndim}, gufunc core with signature {self._layout.text} requires "
                    f"{len(core)})"
                )
            for axis, number in enumerate(core):
                size = one.shape[one.ndim - len(core) + axis]
                if sizes.setdefault(number, size) != size:
                    raise ValueError(
                        f"{self.__name__}: Input operand {at} has a mismatch in its core dimension "
                        f"{axis}, with gufunc signature {self._layout.text} (size {size} is "
                        f"different from {sizes[number]})"
                    )
        return sizes

    @staticmethod
    def _seen(
        one: DeviceNDArray, has_outer: bool, seen: list[int], core: tuple[int, ...]
    ) -> DeviceNDArray:
        """An operand with an axis for positions, and one of one element where it has none."""
        array = one._array
        if not has_outer:
            array = array[None]
        if seen and not core:
            array = array[..., None]
        return DeviceNDArray(array)

    def _made(self, axes: int) -> Any:
        names = [f"x{at}" for at in range(self.nin)] + [f"y{at}" for at in range(self.nout)]
        place, lines = _places(axes, names[-1])
        turn = f"        function({', '.join(f'{one}[{place}]' for one in names)})\n"
        return self._kernel(f"def loop({', '.join(names)}):\n{lines}{turn}", {})


def _places(axes: int, shaped: str) -> tuple[str, str]:
    """The subscript of a thread's position in so many axes, and the lines that compute it."""
    count = " * ".join(f"{shaped}.shape[{axis}]" for axis in range(axes))
    lines = f"    i0 = cuda.grid(1)\n    if i0 < {count}:\n"
    for axis in range(axes - 1, 0, -1):
        lines += f"        i{axis} = i0 % {shaped}.shape[{axis}]\n"
        lines += f"        i0 = i0 // {shaped}.shape[{axis}]\n"
    return ", ".join(f"i{axis}" for axis in range(axes)), lines


def _geometry(one: Any) -> Any:
    return one._array if isinstance(one, DeviceNDArray) else one


def _with_outputs(shape: tuple[int, ...], outs: list[Any]) -> tuple[int, ...]:
    """The shape with that of outputs, to which inputs are broadcast."""
    given = [one.shape for one in outs if one is not None]
    whole = np.broadcast_shapes(shape, *given)
    for one in given:
        if one != whole:
            raise ValueError(
                f"non-broadcastable output operand with shape {one} doesn't match the broadcast "
                f"shape {whole}"
            )
    return whole


def _apart(one: DeviceNDArray, results: list[DeviceNDArray], stream: Any) -> DeviceNDArray:
    """An input that no result changes before it is read: itself, or a copy."""
    for result in results:
        there, here = result._array, one._array
        same = (there.ctypes.data, there.shape, there.strides) == (
            here.ctypes.data, here.shape, here.strides
        )
        if not same and np.may_share_memory(there, here):
            made = device_array_like(one)
            made.copy_to_device(one, stream)
            return made
    return one


def _converted(one: Any, dtype: np.dtype, stream: Any) -> DeviceNDArray:
    """An input as an array of the device, with elements of this dtype."""
    if not isinstance(one, DeviceNDArray):
        return to_device(one.astype(dtype, copy=False), stream)
    if one.dtype == dtype:
        return one
    made = device_array(one.shape, dtype)
    if one.size:
        _COPY(one, out=made, stream=stream)
    return made


class _Copy(DeviceUFunc):
    """Elements of one dtype as those of another."""

    def __init__(self) -> None:
        def converted(x):
            return x

        from cumbia import _decorator

        function = _decorator.jit(converted)
        super().__init__(np.positive, function, (_vectorize._NONE, None))

    def _dtypes(self, inputs: list[Any], outs: list[Any]) -> tuple[np.dtype, ...]:
        return inputs[0].dtype, outs[0].dtype


_COPY = _Copy()


def _given(
    results: list[DeviceNDArray], outs: list[Any], stays: bool, stream: Any
) -> Any:
    """What a call gives: outputs as they were given, else arrays of where the inputs are."""
    given: list[Any] = []
    for result, out in zip(results, outs):
        if out is result or out is None and stays:
            given.append(result)
        elif out is not None:
            host = result.copy_to_host(stream=stream)
            np.copyto(out, host, casting="same_kind")
            given.append(out)
        else:
            host = result.copy_to_host(stream=stream)
            given.append(host if host.ndim else host[()])
    return given[0] if len(given) == 1 else tuple(given)
