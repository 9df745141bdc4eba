"""Elements of an array as one line in C order: `a.flat[i]`, `a.flat[i] = x`, `a.flat = x`.

What is taken is a copy, as NumPy has it; what is assigned is converted and repeated as often
as it takes. The front end calls `length`, `get` and `put` with the array that `flat` was asked of.
"""

from copying import as_array
from indexing import as_index
from positions import flat


def length(a):
    return a.size


def one(a, i):
    """The element at a position that isn't negative."""
    if a.ndim == 1:
        return a[i]
    else:
        return one_of(a, i)


def unravelled(i, extents):
    """The indices of a position."""
    if len(extents) == 0:
        return ()
    else:
        return unravelled(i // extents[-1], extents[:-1]) + (i % extents[-1],)


def one_of(a, i):
    return a[unravelled(i, a.shape)]


def checked(i, n):
    """A position, counted from the front."""
    at = int(i)
    if at < -n or at >= n:
        raise IndexError("index " + str(at) + " is out of bounds for size " + str(n))
    if at < 0:
        return at + n
    return at


def is_whole(index):
    return prim.is_number(index) and (prim.kind(prim.dtype(index)) == "i" or prim.kind(prim.dtype(index)) == "u")


def get(a, index):
    if is_whole(index):
        return one(a, checked(index, a.size))
    elif index is ...:
        return np.ravel(a).copy()
    elif prim.is_slice(index):
        return np.ravel(a)[index].copy()
    elif prim.is_list(index) or prim.is_array(index):
        return np.ravel(a)[index]
    else:
        prim.error("a.flat is indexed by an integer, a slice, or positions or truth values in a list or array, not {}", index)


def put(a, index, value):
    if is_whole(index) and (prim.is_number(value) or prim.is_time(value)):
        need_writable(a, False)
        at = checked(index, a.size)
        a[unravelled(at, a.shape)] = value
    elif is_whole(index):
        prim.error("an element of a.flat is assigned a number here, not {}", value)
    else:
        need_writable(a, index is ...)
        places(a, np.arange(a.size)[index if index is not ... else slice(None)], np.ravel(as_array(value)))


def need_writable(a, whole):
    """Complains of what can't be written; NumPy has two texts for it."""
    if prim.readonly(a):
        raise ValueError("array is read-only" if whole else "underlying array is read-only")


def places(a, at, values):
    """Assigns to positions, with values from the front again when they end."""
    n = len(values)
    if n == 0 and len(at) > 0:
        raise ValueError("Error setting single item of array.")
    k = 0
    for i in range(len(at)):
        a[unravelled(at[i], a.shape)] = prim.cast(values[k], prim.dtype(a))
        k = k + 1
        if k == n:
            k = 0


@implements("ndarray.__set__.flat")
def set_flat(a, value):
    put(a, ..., value)
