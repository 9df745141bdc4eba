"""Methods of elementwise functions with two operands: reduce, accumulate, outer, at, reduceat.

The front end gives the function first. Where NumPy has a function of its own for one (a
sum for `np.add.reduce`), that does the work. Not here: `initial=` and `where=` of other
functions, several axes of functions for which the order matters.
"""

from axes import no_out, normalize
from copying import as_array
from extrema import max, min
from indexing import checked
from positions import flat
from scans import cumprod, cumsum, scan
from sums import prod, sum
from truth import all, any


@implements("numpy.add.reduce")
def add_reduce(array, axis=0, dtype=None, out=None, keepdims=False, initial=None, where=True):
    return sum(as_array(array), axis, dtype, out, keepdims, initial, where)


@implements("numpy.multiply.reduce")
def multiply_reduce(array, axis=0, dtype=None, out=None, keepdims=False, initial=None, where=True):
    return prod(as_array(array), axis, dtype, out, keepdims, initial, where)


@implements("numpy.maximum.reduce")
def maximum_reduce(array, axis=0, dtype=None, out=None, keepdims=False, initial=None, where=True):
    no_dtype(dtype)
    return max(as_array(array), axis, out, keepdims, initial, where)


@implements("numpy.minimum.reduce")
def minimum_reduce(array, axis=0, dtype=None, out=None, keepdims=False, initial=None, where=True):
    no_dtype(dtype)
    return min(as_array(array), axis, out, keepdims, initial, where)


@implements("numpy.logical_and.reduce")
def logical_and_reduce(array, axis=0, dtype=None, out=None, keepdims=False, initial=None, where=True):
    no_dtype(dtype)
    if initial is not None:
        prim.error("initial= is not supported in this reduction")
    else:
        return all(as_array(array), axis, out, keepdims, where=where)


@implements("numpy.logical_or.reduce")
def logical_or_reduce(array, axis=0, dtype=None, out=None, keepdims=False, initial=None, where=True):
    no_dtype(dtype)
    if initial is not None:
        prim.error("initial= is not supported in this reduction")
    else:
        return any(as_array(array), axis, out, keepdims, where=where)


def no_dtype(dtype):
    if dtype is not None:
        prim.error("dtype= is not supported in this reduction")


@implements("numpy.add.accumulate")
def add_accumulate(array, axis=0, dtype=None, out=None):
    a = as_array(array)
    if a.ndim == 0:
        raise TypeError("cannot accumulate on a scalar")
    return cumsum(a, axis, dtype, out)


@implements("numpy.multiply.accumulate")
def multiply_accumulate(array, axis=0, dtype=None, out=None):
    a = as_array(array)
    if a.ndim == 0:
        raise TypeError("cannot accumulate on a scalar")
    return cumprod(a, axis, dtype, out)


def result_dtype(f, a):
    """The dtype in which the function combines two elements."""
    one = prim.cast(1, prim.dtype(a))
    return prim.dtype(f(one, one))


@implements("ufunc.accumulate")
def accumulate(f, array, axis=0, dtype=None, out=None):
    no_dtype(dtype)
    no_out(out)
    a = as_array(array)
    if a.ndim == 0:
        prim.error("cannot accumulate on a scalar")
    else:
        wanted = result_dtype(f, a)
        if wanted != prim.dtype(a):
            prim.error("accumulate of this function changes the dtype of {}", a)
        else:
            result = prim.empty(a.shape, wanted)
            scan(result, a, normalize(axis, a.ndim), wanted, f)
            return result


@implements("ufunc.reduce")
def reduce_with(f, array, axis=0, dtype=None, out=None, keepdims=False):
    no_dtype(dtype)
    no_out(out)
    a = as_array(array)
    if a.ndim == 0:
        prim.error("cannot reduce on a scalar")
    elif prim.is_tuple(axis) or axis is None:
        prim.error("reduce over several axes is not supported for this function")
    else:
        at = normalize(axis, a.ndim)
        wanted = result_dtype(f, a)
        if wanted != prim.dtype(a):
            prim.error("reduce of this function changes the dtype of {}", a)
        else:
            n = a.shape[at]
            if n == 0:
                raise ValueError("zero-size array to reduction operation which has no identity")
            else:
                first = a[(slice(None),) * at + (0,)]
                total = first + prim.cast(0, prim.dtype(a)) if a.ndim == 1 else first.copy()
                for i in range(1, n):
                    total = f(total, a[(slice(None),) * at + (i,)])
                if keepdims:
                    return kept(total, a, at)
                else:
                    return total


def kept(total, a, at):
    if prim.is_array(total):
        return total[(slice(None),) * at + (None,)]
    else:
        out = prim.empty((1,), prim.dtype(a))
        out[0] = total
        return out


@implements("ufunc.outer")
def outer(f, A, B):
    a = as_array(A)
    b = as_array(B)
    if a.ndim == 0 or b.ndim == 0:
        return f(a, b)
    else:
        return f(a[(...,) + (None,) * b.ndim], b)


@implements("ufunc.at")
def at(f, a, indices, b=None):
    if prim.readonly(a):
        raise ValueError("array is read-only")
    elif a.ndim != 1:
        prim.error("ufunc.at needs an array of one dimension, not {}", a)
    elif prim.is_tuple(indices):
        prim.error("ufunc.at with a tuple of indices is not supported: {}", indices)
    else:
        where = flat(checked(as_array(indices), len(a), 0))
        if b is None:
            for i in range(len(where)):
                a[where[i]] = prim.cast(f(a[where[i]]), prim.dtype(a))
        elif prim.is_number(b):
            for i in range(len(where)):
                a[where[i]] = prim.cast(f(a[where[i]], prim.cast(b, prim.dtype(b))), prim.dtype(a))
        else:
            values = as_array(b)
            if values.ndim != 1:
                prim.error("ufunc.at needs values of one dimension, not {}", values)
            else:
                prim.guard(
                    len(values) == len(where) or len(values) == 1,
                    "ValueError",
                    "shape mismatch: objects cannot be broadcast to a single shape",
                )
                step = 0 if len(values) == 1 else 1
                for i in range(len(where)):
                    a[where[i]] = prim.cast(f(a[where[i]], values[i * step]), prim.dtype(a))


@implements("ufunc.reduceat")
def reduceat(f, array, indices, axis=0, dtype=None, out=None):
    return reduced_at(f, as_array(array), indices, axis, dtype, out, "reduceat")


@implements("numpy.add.reduceat")
def add_reduceat(array, indices, axis=0, dtype=None, out=None):
    return reduced_at(np.add, widened(as_array(array)), indices, axis, dtype, out, "add.reduceat")


@implements("numpy.multiply.reduceat")
def multiply_reduceat(array, indices, axis=0, dtype=None, out=None):
    return reduced_at(np.multiply, widened(as_array(array)), indices, axis, dtype, out, "multiply.reduceat")


def widened(a):
    """An array in the dtype in which its sums are: small integers have 64 bits."""
    if prim.kind(prim.dtype(a)) == "b" or prim.kind(prim.dtype(a)) == "i" and a.itemsize < 8:
        return a.astype(np.int64)
    elif prim.kind(prim.dtype(a)) == "u" and a.itemsize < 8:
        return a.astype(np.uint64)
    else:
        return a


def is_safe_position(x):
    """Whether NumPy casts such an array to positions without being asked."""
    kind = prim.kind(prim.dtype(x))
    return kind == "i" or kind == "b" or kind == "u" and x.itemsize < 8


def reduced_at(f, a, indices, axis, dtype, out, name):
    no_dtype(dtype)
    no_out(out)
    if a.ndim == 0:
        prim.error("cannot reduceat on a scalar")
    else:
        at = normalize(axis, a.ndim)
        wanted = result_dtype(f, a)
        where = as_array(indices)
        if not is_safe_position(where):
            prim.error("Cannot cast array data from {} to dtype('int64') according to the rule 'safe'", indices)
        elif wanted != prim.dtype(a):
            prim.error("reduceat of this function changes the dtype of {}", a)
        elif where.ndim != 1:
            prim.error("the positions of reduceat are in an array of one dimension here, not {}", indices)
        else:
            n = a.shape[at]
            for i in range(len(where)):
                if where[i] < 0 or where[i] >= n:
                    raise IndexError("index " + str(int(where[i])) + " out-of-bounds in " + name + " [0, " + str(n) + ")")
            result = prim.empty(prim.tuple_set(a.shape, at, len(where)), wanted)
            into = np.moveaxis(result, at, 0)
            of = np.moveaxis(a, at, 0)
            for i in range(len(where)):
                begin = int(where[i])
                end = int(where[i + 1]) if i + 1 < len(where) else n
                if a.ndim == 1:
                    total = of[begin]
                    for k in range(begin + 1, end):
                        total = prim.cast(f(total, of[k]), wanted)
                    into[i] = total
                else:
                    into[i] = of[begin]
                    for k in range(begin + 1, end):
                        into[i] = f(into[i], of[k])
            return result
