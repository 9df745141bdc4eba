"""Numbers in the types that a program declares for variables and results (`locals=`).

As a cast of C's: bits that don't fit are cut off, and the fraction of a float; a Python float
beyond 64 bits raises. Of `int64`, `float64`, `complex128` and `bool` a Python number stays one.
What is declared as a narrower integer is an `np.int64` of which bits were cut off: Numba computes
with 64 bits, also with narrower elements. Of `float32` it is NumPy's.
What is no number stays as it is, and so does a complex one where another is declared.
"""


def bool(x):
    if isinstance(x, (np.complexfloating, np.timedelta64)):
        return x
    elif isinstance(x, (np.number, np.bool_)):
        return np.bool_(x)
    elif isinstance(x, (int, float)):
        return x != 0
    else:
        return x


def int64(x):
    if isinstance(x, (np.complexfloating, np.timedelta64)):
        return x
    elif isinstance(x, (np.number, np.bool_)):
        return np.int64(x)
    elif isinstance(x, (int, float)):
        return int(x)
    else:
        return x


def float64(x):
    if isinstance(x, (np.complexfloating, np.timedelta64)):
        return x
    elif isinstance(x, (np.number, np.bool_)):
        return np.float64(x)
    elif isinstance(x, (int, float)):
        return float(x)
    else:
        return x


def complex128(x):
    if isinstance(x, np.timedelta64):
        return x
    elif isinstance(x, (np.number, np.bool_)):
        return np.complex128(x)
    elif isinstance(x, (int, float, complex)):
        return complex(x)
    else:
        return x


def int8(x):
    if isinstance(x, (np.complexfloating, np.timedelta64)):
        return x
    elif isinstance(x, (np.number, np.bool_)):
        return np.int64(np.int8(x))
    elif isinstance(x, (int, float)):
        return np.int64(np.int64(x).astype(np.int8))
    else:
        return x


def int16(x):
    if isinstance(x, (np.complexfloating, np.timedelta64)):
        return x
    elif isinstance(x, (np.number, np.bool_)):
        return np.int64(np.int16(x))
    elif isinstance(x, (int, float)):
        return np.int64(np.int64(x).astype(np.int16))
    else:
        return x


def int32(x):
    if isinstance(x, (np.complexfloating, np.timedelta64)):
        return x
    elif isinstance(x, (np.number, np.bool_)):
        return np.int64(np.int32(x))
    elif isinstance(x, (int, float)):
        return np.int64(np.int64(x).astype(np.int32))
    else:
        return x


def uint8(x):
    if isinstance(x, (np.complexfloating, np.timedelta64)):
        return x
    elif isinstance(x, (np.number, np.bool_)):
        return np.int64(np.uint8(x))
    elif isinstance(x, (int, float)):
        return np.int64(np.int64(x).astype(np.uint8))
    else:
        return x


def uint16(x):
    if isinstance(x, (np.complexfloating, np.timedelta64)):
        return x
    elif isinstance(x, (np.number, np.bool_)):
        return np.int64(np.uint16(x))
    elif isinstance(x, (int, float)):
        return np.int64(np.int64(x).astype(np.uint16))
    else:
        return x


def uint32(x):
    if isinstance(x, (np.complexfloating, np.timedelta64)):
        return x
    elif isinstance(x, (np.number, np.bool_)):
        return np.int64(np.uint32(x))
    elif isinstance(x, (int, float)):
        return np.int64(np.int64(x).astype(np.uint32))
    else:
        return x


def uint64(x):
    if isinstance(x, (np.complexfloating, np.timedelta64)):
        return x
    elif isinstance(x, (np.number, np.bool_)):
        return np.uint64(x)
    elif isinstance(x, int):
        return np.int64(x).astype(np.uint64)
    elif isinstance(x, float):
        return np.uint64(x) if x >= 0 else np.int64(x).astype(np.uint64)
    else:
        return x


def float32(x):
    if isinstance(x, (np.complexfloating, np.timedelta64)):
        return x
    elif isinstance(x, (np.number, np.bool_, int, float)):
        return np.float32(x)
    else:
        return x


def complex64(x):
    if isinstance(x, np.timedelta64):
        return x
    elif isinstance(x, (np.number, np.bool_, int, float, complex)):
        return np.complex64(x)
    else:
        return x


# Fields of classes: always a Python number, as a field keeps its type.


def python_bool(x):
    if isinstance(x, (np.complexfloating, np.timedelta64)):
        return x
    elif isinstance(x, (np.number, np.bool_, int, float)):
        return True if x != 0 else False
    else:
        return x


def python_int(x):
    if isinstance(x, (np.complexfloating, np.timedelta64)):
        return x
    elif isinstance(x, (np.number, np.bool_, int, float)):
        return int(x)
    else:
        return x


def python_float(x):
    if isinstance(x, (np.complexfloating, np.timedelta64)):
        return x
    elif isinstance(x, (np.number, np.bool_, int, float)):
        return float(x)
    else:
        return x


def python_complex(x):
    if isinstance(x, np.timedelta64):
        return x
    elif isinstance(x, (np.number, np.bool_, int, float, complex)):
        return complex(x)
    else:
        return x

# Fields of structs, which have a type of NumPy's.


def numpy_int8(x):
    if isinstance(x, (np.complexfloating, np.timedelta64)):
        return x
    elif isinstance(x, (np.number, np.bool_)):
        return np.int8(x)
    elif isinstance(x, (int, float)):
        return np.int64(x).astype(np.int8)
    else:
        return x


def numpy_int16(x):
    if isinstance(x, (np.complexfloating, np.timedelta64)):
        return x
    elif isinstance(x, (np.number, np.bool_)):
        return np.int16(x)
    elif isinstance(x, (int, float)):
        return np.int64(x).astype(np.int16)
    else:
        return x


def numpy_int32(x):
    if isinstance(x, (np.complexfloating, np.timedelta64)):
        return x
    elif isinstance(x, (np.number, np.bool_)):
        return np.int32(x)
    elif isinstance(x, (int, float)):
        return np.int64(x).astype(np.int32)
    else:
        return x


def numpy_uint8(x):
    if isinstance(x, (np.complexfloating, np.timedelta64)):
        return x
    elif isinstance(x, (np.number, np.bool_)):
        return np.uint8(x)
    elif isinstance(x, (int, float)):
        return np.int64(x).astype(np.uint8)
    else:
        return x


def numpy_uint16(x):
    if isinstance(x, (np.complexfloating, np.timedelta64)):
        return x
    elif isinstance(x, (np.number, np.bool_)):
        return np.uint16(x)
    elif isinstance(x, (int, float)):
        return np.int64(x).astype(np.uint16)
    else:
        return x


def numpy_uint32(x):
    if isinstance(x, (np.complexfloating, np.timedelta64)):
        return x
    elif isinstance(x, (np.number, np.bool_)):
        return np.uint32(x)
    elif isinstance(x, (int, float)):
        return np.int64(x).astype(np.uint32)
    else:
        return x
