"""What a launch, an array or an option is wrongly given: one sentence each, and work goes on after it.

`tests/cuda/driver` runs the same rows by the stand-in for the driver.
"""

from __future__ import annotations

import numpy as np
import pytest

import cumbia
from cumbia import cuda

LaunchError = cuda.KernelLaunchError
MASKED = np.ma.array([1.0, 2.0], mask=[True, False])


@cuda.jit
def twos(x):
    i = cuda.grid(1)
    if i < x.size:
        x[i] = 2


@cuda.jit
def first(x, y):
    x[0] = y


def gives(x):
    return x[0]


def nothing(x):
    pass


@cumbia.vectorize(["float64(float64)"], target="cuda")
def next_one(x):
    return x + 1


@cumbia.guvectorize(["void(float64[:], float64[:])"], "(n)->(n)", target="cuda")
def copied(x, y):
    for i in range(x.size):
        y[i] = x[i]


def launched(grid, block, *rest):
    return lambda: twos[(grid, block, *rest)](np.zeros(4))


def with_argument(value):
    return lambda: twos[1, 4](value)


def on_device(value):
    return lambda: cuda.to_device(value)


def loses_mask(function, *args, **names):
    return (lambda: function(*args, **names), TypeError, r"a masked array, whose mask would be ignored")


# What is done, the error, and what it says.
ROWS = {
    "no threads": (launched(1, 0), LaunchError, "blockdim has 0 along axis 0; from 1 to 1024"),
    "fewer than none": (launched(1, -1), LaunchError, "blockdim has -1"),
    "too many threads": (launched(1, 1025), LaunchError, "from 1 to 1024 are possible"),
    "too many in all": (launched(1, (32, 32, 2)), LaunchError, "has 2048 threads; at most 1024"),
    "too many along an axis": (launched(1, (1, 1, 65)), LaunchError, "65 along axis 2; from 1 to 64"),
    "four axes": (launched(1, (1, 2, 3, 4)), ValueError, "a sequence of 1, 2 or 3 integers"),
    "no axes": (launched(1, ()), ValueError, "a sequence of 1, 2 or 3 integers"),
    "half a thread": (launched(1, 1.5), TypeError, "blockdim must be a sequence of integers"),
    "no number": (launched(1, None), TypeError, "blockdim must be a sequence of integers"),
    "no blocks": (launched(0, 4), LaunchError, "griddim has 0"),
    "too many blocks": (launched(2**31, 4), LaunchError, "from 1 to 2147483647"),
    "blocks beyond words": (launched(2**70, 4), LaunchError, "from 1 to 2147483647"),
    "too many rows of blocks": (launched((1, 65536), 4), LaunchError, "from 1 to 65535"),
    "no configuration": (lambda: twos(np.zeros(4)), ValueError, "launch configuration was not specified"),
    "blocks alone": (lambda: twos[1](np.zeros(4)), ValueError, "at least blocks and threads"),
    "less shared memory than none": (launched(1, 4, 0, -1), LaunchError, "can't give -1 bytes"),
    "too much shared memory": (launched(1, 4, 0, 1 << 24), LaunchError, "16777216"),
    "a text for a stream": (launched(1, 4, "s"), TypeError, "'s' is no stream"),
    "objects": (with_argument(np.array([object()])), TypeError, "^argument 0 of the kernel: an array of dtype object"),
    "records of objects": (with_argument(np.zeros(2, [("a", "O"), ("b", "i4")])), TypeError, "fields that are Python objects"),
    "other bytes' order": (with_argument(np.zeros(2, ">f8")), TypeError, "foreign byte order"),
    "long doubles": (with_argument(np.zeros(2, np.longdouble)), TypeError, "pass x.astype"),
    "raw bytes": (with_argument(np.zeros(2, "V3")), TypeError, "raw bytes"),
    "a matrix": (with_argument(np.matrix([[1.0]])), TypeError, "subclass numpy.matrix"),
    "an object": (with_argument(object()), TypeError, "^argument 0 of the kernel: object can't be passed"),
    "a generator": (with_argument(i for i in range(2)), TypeError, "generator can't be passed"),
    "a large number": (with_argument(2**70), OverflowError, "does not fit in 64 bits"),
    "a function": (with_argument(len), TypeError, "a callable"),
    "None": (with_argument(None), cumbia.UnsupportedError, "NoneType"),
    "too few": (lambda: twos[1, 4](), TypeError, r"takes 1 arguments \(0 given\)"),
    "too many": (lambda: twos[1, 4](np.zeros(4), 1), TypeError, r"takes 1 arguments \(2 given\)"),
    "a number that an array hasn't": (lambda: first[1, 1](np.zeros(4), 1j), cumbia.TypingError, "complex number"),
    "a result": (lambda: cuda.jit(gives)[1, 1](np.zeros(4)), cumbia.TypingError, "a kernel returns nothing"),
    "a signature's result": (lambda: cuda.jit("float64(float64)")(gives), TypeError, "returns nothing"),
    "an unknown type": (lambda: cuda.jit("void(nonsense)")(gives), ValueError, "unknown type 'nonsense'"),
    "an unknown option": (lambda: cuda.jit(nonsense=1)(gives), TypeError, "no option 'nonsense'"),
    "bounds of no threads": (lambda: cuda.jit(launch_bounds=0)(gives), ValueError, "at most 1024 threads, not 0"),
    "bounds of many": (lambda: cuda.jit(launch_bounds=1025)(gives), ValueError, "at most 1024 threads, not 1025"),
    "bounds of fewer blocks": (lambda: cuda.jit(launch_bounds=(4, -1))(gives), ValueError, r"not \(4, -1\)"),
    "no registers": (lambda: cuda.jit(max_registers=-1)(gives), ValueError, "at most 255 registers"),
    "an old device": (lambda: cuda.compile_ptx(nothing, "void(float64)", cc=(1, 0)), ValueError, "there is for sm_75"),
    "objects on the device": (on_device(np.array([object()])), TypeError, "Python's objects"),
    "a negative length": (lambda: cuda.device_array(-1), ValueError, "negative"),
    "more than there can be": (lambda: cuda.device_array((1 << 40, 1 << 40)), MemoryError, "bytes"),
    "another shape": (lambda: cuda.device_array(4).copy_to_device(np.zeros(5)), ValueError, "incompatible shape"),
    "another dtype": (lambda: cuda.device_array(4).copy_to_device(np.zeros(4, "i4")), TypeError, "incompatible dtype"),
    "a shorter array back": (lambda: cuda.device_array(4).copy_to_host(np.zeros(3)), ValueError, "incompatible shape"),
    "no such device": (lambda: cuda.select_device(7), IndexError, "there is no device 7"),
    "tasks": (lambda: twos.forall(-1), ValueError, "negative task count"),
    "masked": (with_argument(MASKED), TypeError, "its mask would be ignored"),
    "masked one way": (with_argument(cuda.In(MASKED)), TypeError, "its mask would be ignored"),
    "masked to the device": loses_mask(cuda.to_device, MASKED),
    "masked into an array": loses_mask(lambda: cuda.device_array(2).copy_to_device(MASKED)),
    "masked for a ufunc": loses_mask(next_one, MASKED),
    "masked from a ufunc": loses_mask(next_one, np.zeros(2), out=MASKED),
    "masked for positions": loses_mask(copied, MASKED),
    "masked sums": loses_mask(cuda.reduce(lambda a, b: a + b), MASKED),
}


def check(name):
    """One error, and a launch after it that is as ever."""
    work, error, says = ROWS[name]
    with pytest.raises(error, match=says) as caught:
        work()
    assert type(caught.value) is error or error is MemoryError, type(caught.value)
    assert "internal error" not in str(caught.value)
    x = np.zeros(4)
    twos[1, 4](x)
    assert x.tolist() == [2.0] * 4
    assert not MASKED.mask[1] and MASKED.data.tolist() == [1.0, 2.0]


@pytest.mark.parametrize("name", ROWS)
def test_one_sentence(name):
    check(name)
