"""Attributes of arrays that are more than a look at their type, and what looks at memory anew.

``ndarray.__get__.x`` is read as ``a.x``, ``ndarray.__set__.x`` is ``a.x = value``, and
``ndarray.flags.__get__.x`` is ``a.flags.x``.

Not here: whether an array owns its memory, and what it is a view of (`owndata`, `base`):
an array that was given may be either. Views as a larger dtype must be aligned.
"""

from arrays import assign, copy_elements, fill
from axes import dtype_or, normalize
from contractions import diagonals
from copying import as_array, duplicate
from shape import ravel


def part_dtype(dtype):
    """The dtype of the parts of complex numbers."""
    return prim.dtype(np.float32) if dtype.itemsize == 8 else prim.dtype(np.float64)


def part_of(a, offset):
    """A view of one part of each complex number."""
    return prim.view_as(a, part_dtype(prim.dtype(a)), a.shape, a.strides, offset)


def is_complex(a):
    return prim.kind(prim.dtype(a)) == "c"


@implements("ndarray.__get__.real")
def real(a):
    """The real parts, as a view; an array of reals is its own."""
    if is_complex(a):
        return part_of(a, 0)
    else:
        return a


@implements("ndarray.__get__.imag")
def imag(a):
    """The imaginary parts, as a view; of reals zeros that can't be written."""
    if is_complex(a):
        return part_of(a, a.itemsize // 2)
    else:
        return prim.frozen(np.zeros_like(a))


def put(view, value):
    if prim.is_number(value):
        fill(view, value)
    else:
        assign(view, as_array(value))


@implements("numpy.real")
def real_of(val):
    """The real part of a number, or the view of an array's."""
    if prim.is_number(val) or prim.is_array(val):
        return val.real
    else:
        return as_array(val).real


@implements("numpy.imag")
def imag_of(val):
    if prim.is_number(val) or prim.is_array(val):
        return val.imag
    else:
        return as_array(val).imag


@implements("ndarray.__set__.real")
def set_real(a, value):
    put(real(a), value)


@implements("ndarray.__set__.imag")
def set_imag(a, value):
    if is_complex(a):
        put(imag(a), value)
    else:
        raise TypeError("array does not have imaginary part to set")


@implements("ndarray.__get__.mT")
def matrix_transposed(a):
    """The matrices of a stack transposed."""
    if a.ndim < 2:
        raise ValueError("matrix transpose with ndim < 2 is undefined")
    else:
        return np.swapaxes(a, -1, -2)


# Flags


def packed(shape, strides, step):
    """Whether axes lie without gaps, the last one innermost; axes of one element don't count."""
    if len(shape) == 0:
        return True
    else:
        last = len(shape) - 1
        if shape[last] == 1:
            return packed(shape[:last], strides[:last], step)
        else:
            return strides[last] == step and packed(shape[:last], strides[:last], step * shape[last])


def backwards(items):
    if len(items) == 0:
        return ()
    else:
        return backwards(items[1:]) + (items[0],)


@implements("ndarray.flags.__get__.c_contiguous", "ndarray.flags.__get__.contiguous")
def c_contiguous(a):
    return a.size == 0 or packed(a.shape, a.strides, a.itemsize)


@implements("ndarray.flags.__get__.f_contiguous")
def f_contiguous(a):
    return a.size == 0 or packed(backwards(a.shape), backwards(a.strides), a.itemsize)


@implements("ndarray.flags.__get__.fnc")
def f_not_c(a):
    return f_contiguous(a) and not c_contiguous(a)


@implements("ndarray.flags.__get__.forc")
def f_or_c(a):
    return f_contiguous(a) or c_contiguous(a)


@implements("ndarray.flags.__get__.writeable", "ndarray.flags.__get__.behaved")
def writeable(a):
    return not prim.readonly(a)


@implements("ndarray.flags.__get__.carray")
def c_array(a):
    return not prim.readonly(a) and c_contiguous(a)


@implements("ndarray.flags.__get__.farray")
def f_array(a):
    # NumPy asks for any of the flags, and arrays are aligned.
    return not c_contiguous(a)


@implements("ndarray.flags.__get__.aligned")
def aligned(a):
    return True


@implements("ndarray.flags.__get__.writebackifcopy")
def writes_back(a):
    return False


@implements("numpy.isfortran")
def isfortran(a):
    """Whether an array is in F order and not in C order."""
    if not prim.is_array(a):
        prim.error("np.isfortran() takes an array, not {}", a)
    else:
        return f_not_c(a)


# Other views of the memory


@implements("ndarray.view", "ndarray.view/times")
def view(a, dtype=None):
    """The memory as elements of another dtype."""
    if dtype is None:
        return a[...]
    else:
        return seen_as(a, prim.dtype_given(dtype))


def seen_as(a, dtype):
    old = a.itemsize
    new = dtype.itemsize
    if dtype == prim.dtype(a):
        return a[...]
    elif prim.is_time(prim.dtype(a)):
        return seen_as(prim.ticks(a), dtype)
    elif prim.is_time(dtype):
        return prim.time(seen_as(a, prim.dtype(np.int64)), dtype)
    elif old == new:
        if prim.layout(a) == "C":
            return prim.view_as_c(a, dtype, a.shape)
        else:
            return prim.view_as(a, dtype, a.shape, a.strides, 0)
    elif a.ndim == 0:
        raise ValueError("Changing the dtype of a 0d array is only supported if the itemsize is unchanged")
    else:
        last = a.ndim - 1
        extent = a.shape[last]
        if extent != 1 and a.size != 0 and a.strides[last] != old:
            raise ValueError("To change to a dtype of a different size, the last axis must be contiguous")
        if old < new:
            if extent * old % new != 0:
                raise ValueError(
                    "When changing to a larger dtype, its size must be a divisor of the total size in bytes of the last axis of the array."
                )
            if prim.address(a) % alignment(dtype) != 0 or not multiples(a.strides[:last], alignment(dtype)):
                raise NotImplementedError("a view of elements that aren't aligned is not compiled")
        shape = a.shape[:last] + (extent * old // new,)
        if prim.layout(a) == "C":
            return prim.view_as_c(a, dtype, shape)
        else:
            return prim.view_as(a, dtype, shape, a.strides[:last] + (new,), 0)


def alignment(dtype):
    return dtype.itemsize // 2 if prim.kind(dtype) == "c" else dtype.itemsize


def multiples(strides, step):
    if len(strides) == 0:
        return True
    else:
        return strides[0] % step == 0 and multiples(strides[1:], step)


@implements("generic.view")
def scalar_view(x, dtype=None):
    """The bits of a number as another one's."""
    if dtype is None:
        return x
    elif prim.dtype_given(dtype).itemsize != prim.dtype(x).itemsize:
        raise ValueError("Changing the dtype of a 0d array is only supported if the itemsize is unchanged")
    else:
        return bits_as(x, prim.dtype_given(dtype))


def bits_as(x, dtype):
    old = prim.kind(prim.dtype(x))
    new = prim.kind(dtype)
    if (old == "i" or old == "u") and (new == "i" or new == "u"):
        return prim.cast(x, dtype)
    elif old == "f" and (new == "i" or new == "u"):
        return prim.cast(prim.bits(x), dtype)
    elif (old == "i" or old == "u") and new == "f":
        return prim.from_bits(x)
    else:
        room = prim.empty(1, prim.dtype(x))
        room[0] = x
        return prim.view_as_c(room, dtype, (1,))[0]


def bytes_of(a):
    """The bytes of each number along further axes, complex numbers by their parts."""
    byte = prim.dtype(np.uint8)
    if is_complex(a):
        half = a.itemsize // 2
        return prim.view_as(a, byte, a.shape + (2, half), a.strides + (half, 1), 0)
    else:
        return prim.view_as(a, byte, a.shape + (a.itemsize,), a.strides + (1,), 0)


@implements("ndarray.byteswap")
def byteswap(a, inplace=False):
    """The bytes of each element in reverse."""
    if not prim.is_literal(inplace):
        prim.error("inplace must be a constant here")
    elif inplace:
        if prim.readonly(a):
            raise ValueError("array is read-only")
        swapped = byteswap(a)
        copy_elements(a, swapped)
        return a
    else:
        out = duplicate(a, prim.dtype(a), "K")
        source = bytes_of(a)
        copy_elements(bytes_of(out), source[..., ::-1])
        return out


@implements("numpy.diagonal", "ndarray.diagonal")
def diagonal(a, offset=0, axis1=0, axis2=1):
    """A view of the diagonals over two axes, which can't be written."""
    x = as_array(a)
    if x.ndim < 2:
        raise ValueError("diag requires an array of at least two dimensions")
    elif normalize(axis1, x.ndim) == normalize(axis2, x.ndim):
        raise ValueError("axis1 and axis2 cannot be the same")
    else:
        return prim.frozen(diagonals(x, offset, axis1, axis2))


# Methods that are functions


@implements("ndarray.conj", "ndarray.conjugate")
def conj(a):
    if is_complex(a):
        return np.conjugate(a)
    else:
        return a


@implements("ndarray.__contains__")
def contains(a, item):
    """Whether an element equals the item."""
    if prim.is_number(item) or prim.is_array(item) or prim.is_time(item):
        return bool(np.any(a == item))
    else:
        prim.error("`in` of an array takes a number or an array, not {}", item)


@implements("ndarray.__len__")
def length(a):
    return len(a)


# Shared memory


def ends(a):
    """The first byte of an array's memory, and that behind its last."""
    low, high = span(a.shape, a.strides)
    at = prim.address(a)
    return at + low, at + high + a.itemsize


def span(shape, strides):
    if len(shape) == 0:
        return 0, 0
    else:
        low, high = span(shape[1:], strides[1:])
        far = (shape[0] - 1) * strides[0]
        return low + min(far, 0), high + max(far, 0)


@implements("numpy.may_share_memory")
def may_share_memory(a, b, /, max_work=0):
    """Whether the ranges of memory of two arrays overlap."""
    if max_work != 0:
        prim.error("max_work= of np.may_share_memory() is not compiled: use np.shares_memory()")
    elif not (prim.is_array(a) and prim.is_array(b)):
        prim.error("np.may_share_memory() takes two arrays here")
    else:
        return near(a, b)


def near(a, b):
    if a.size == 0 or b.size == 0:
        return False
    first_a, end_a = ends(a)
    first_b, end_b = ends(b)
    return first_a < end_b and first_b < end_a


def addresses(a):
    """Where the elements begin, in rising order."""
    out = prim.empty(a.size, np.int64)
    collect(out, 0, prim.address(a), a.shape, a.strides)
    out.sort()
    return out


def collect(out, at, address, shape, strides):
    if len(shape) == 0:
        out[at] = address
        return at + 1
    else:
        for i in range(shape[0]):
            at = collect(out, at, address + i * strides[0], shape[1:], strides[1:])
        return at


@implements("numpy.shares_memory")
def shares_memory(a, b, /, max_work=-1):
    """Whether two arrays have a byte of memory in common."""
    if max_work is not None and max_work != -1:
        prim.error("max_work= of np.shares_memory() is not compiled")
    elif not (prim.is_array(a) and prim.is_array(b)):
        prim.error("np.shares_memory() takes two arrays here")
    else:
        if not near(a, b):
            return False
        x = addresses(a)
        y = addresses(b)
        i = 0
        j = 0
        while i < len(x) and j < len(y):
            if x[i] + a.itemsize <= y[j]:
                i += 1
            elif y[j] + b.itemsize <= x[i]:
                j += 1
            else:
                return True
        return False


# What is asked of any value


@implements("numpy.iterable")
def iterable(y):
    """Whether a value can be iterated over."""
    if prim.is_array(y):
        return y.ndim > 0
    elif prim.is_number(y) or prim.is_none(y):
        return False
    elif prim.is_tuple(y) or prim.is_list(y) or prim.is_set(y) or prim.is_dict(y) or prim.is_text(y):
        return True
    else:
        prim.error("np.iterable() of {} is not compiled", y)


# Memory of others


@implements("numpy.frombuffer")
def frombuffer(buffer, dtype=None, count=-1, offset=0):
    """The bytes of a buffer as elements: of bytes a copy that can't be written."""
    if prim.is_array(buffer):
        if not c_contiguous(buffer):
            raise ValueError("ndarray is not C-contiguous")
        return elements_at(prim.view_as_c(buffer, prim.dtype(np.uint8), (buffer.nbytes,)), dtype_or(dtype, prim.dtype(np.float64)), int(count), int(offset))
    elif prim.is_bytes(buffer):
        # The copy begins where what is asked for is aligned.
        before = -int(offset) % alignment(dtype_or(dtype, prim.dtype(np.float64)))
        room = prim.empty(before + len(buffer), np.uint8)[before:]
        for i in range(len(buffer)):
            room[i] = buffer[i]
        return prim.frozen(elements_at(room, dtype_or(dtype, prim.dtype(np.float64)), int(count), int(offset)))
    else:
        prim.error("np.frombuffer() takes an array or bytes here, not {}", buffer)


def elements_at(line, dtype, count, offset):
    size = dtype.itemsize
    if offset < 0 or offset > len(line):
        raise ValueError(f"offset must be non-negative and no greater than buffer length ({len(line)})")
    rest = len(line) - offset
    if count < 0 and rest % size != 0:
        raise ValueError("buffer size must be a multiple of element size")
    n = rest // size if count < 0 else count
    if n * size > rest:
        raise ValueError("buffer is smaller than requested size")
    if (prim.address(line) + offset) % alignment(dtype) != 0:
        raise NotImplementedError("a view of elements that aren't aligned is not compiled")
    return prim.view_as_c(line[offset:], dtype, (n,))


@implements("numpy.require")
def require(a, dtype=None, requirements=None, *, like=None):
    """The array, or a copy, as is asked for: an order of its memory."""
    if like is not None:
        prim.error("like= is not compiled")
    elif requirements is None:
        return np.asanyarray(a, dtype)
    elif not prim.is_literal(requirements):
        prim.error("the requirements must be a constant here: 'C' or 'F'")
    elif requirements in ("C", "C_CONTIGUOUS", "CONTIGUOUS"):
        return np.asarray(a, dtype, "C")
    elif requirements in ("F", "F_CONTIGUOUS", "FORTRAN"):
        return np.asarray(a, dtype, "F")
    else:
        prim.error("np.require() takes 'C' or 'F' here")
