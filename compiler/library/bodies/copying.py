"""Arrays from arrays, numbers and tuples: array, asarray, copy, astype.

'K' order keeps Fortran order where the type says so; an array whose order isn't
known when compiling becomes C-ordered (NumPy keeps the order of its strides).
"""

from arrays import converted, copy_elements
from axes import dtype_or
from datetimes import cast_elements, time_cast
from outputs import rank


def as_array(a):
    """The array itself; a number or a tuple of numbers as a new array."""
    if prim.is_array(a):
        return a
    elif prim.is_number(a) or prim.is_time(a):
        out = prim.empty((), prim.dtype(a))
        out[()] = a
        return out
    elif prim.is_tuple(a):
        return tuple_array(a, tuple_dtype(a))
    elif prim.is_list(a):
        return list_array(a, prim.element_dtype(a))
    else:
        prim.error("{} can't be made into an array", a)


def buffer_array(buffer, dtype):
    """A new array of the elements of a buffer."""
    # Python's int doesn't hold what these do; and NumPy's type of 'q' is another int64.
    if prim.buffer_code(buffer) in ("L", "Q", "q"):
        prim.error("np.array of {} is not compiled: pass np.asarray(x)", buffer)
    out = prim.empty(len(buffer), prim.dtype(prim.buffer_code(buffer)))
    for i in range(len(buffer)):
        out[i] = prim.buffer_load(buffer, i)
    if dtype is None:
        return out
    else:
        return duplicate(out, dtype_or(dtype, prim.dtype(out)), "K")


def tuple_array(items, dtype):
    """An array of the items of nested tuples."""
    shape = tuple_shape(items)
    need_agreement(items, shape)
    out = prim.empty(shape, dtype)
    store_tuple(out, items, 0)
    return out


def list_array(items, dtype):
    """An array of the numbers in a list, or in lists, tuples or arrays in it."""
    shape = list_shape(items)
    need_agreement(items, shape)
    out = prim.empty(shape, dtype)
    store_list(out, items)
    return out


def need_agreement(items, shape):
    """Complains of items whose shapes aren't those of the first ones."""
    if len(shape) > 1:
        extents = np.empty(len(shape), np.int64)
        for axis, extent in enumerate(shape):
            extents[axis] = extent
        n = agreed(items, extents, 0)
        if n < len(shape):
            detected = ""
            for axis in range(n):
                detected += str(extents[axis]) + ("," if n == 1 else ", " if axis + 1 < n else "")
            raise ValueError(
                "setting an array element with a sequence. The requested array has an inhomogeneous shape after "
                f"{n} dimensions. The detected shape was ({detected}) + inhomogeneous part."
            )


def agreed(items, extents, at):
    """How many of the leading extents all items have."""
    n = len(extents)
    if prim.is_list(items):
        if len(items) != extents[at]:
            return at
        if prim.nested_rank(items) > 1:
            for item in items:
                n = min(n, agreed(item, extents, at + 1))
        return n
    elif prim.is_collection(items):
        return agreed(prim.storage(items), extents, at)
    elif prim.is_array(items):
        for axis in range(min(items.ndim, n - at)):
            if items.shape[axis] != extents[at + axis]:
                return at + axis
        return n if items.ndim == n - at else at + min(items.ndim, n - at)
    elif prim.is_tuple(items):
        if len(items) != extents[at]:
            return at
        return agreed_from(items, extents, at, 0)
    else:
        return n if at == n else at


def agreed_from(items, extents, at, k):
    if k < len(items):
        return min(agreed(items[k], extents, at + 1), agreed_from(items, extents, at, k + 1))
    else:
        return len(extents)


def list_shape(items):
    """The shape of nested lists, by the first items; extents below an empty one are 0."""
    if prim.is_list(items):
        if len(items) == 0:
            return (0,) * prim.nested_rank(items)
        else:
            return (len(items),) + list_shape(items[0])
    elif prim.is_collection(items):
        return list_shape(prim.storage(items))
    else:
        return tuple_shape(items)


def store_list(out, items):
    if prim.is_list(items):
        if prim.nested_rank(items) == 1:
            for i in range(len(items)):
                out[i] = items[i]
        else:
            for i in range(len(items)):
                store_list(out[i], items[i])
    elif prim.is_collection(items):
        store_list(out, prim.storage(items))
    elif prim.is_array(items):
        out[...] = items
    else:
        store_tuple(out, items, 0)


def tuple_shape(items):
    """The shape of nested tuples, by the first items."""
    if prim.is_tuple(items):
        if len(items) == 0:
            return (0,)
        else:
            return (len(items),) + tuple_shape(items[0])
    elif prim.is_array(items):
        return items.shape
    else:
        return ()


def tuple_dtype(items):
    """The common dtype of nested tuples."""
    if not prim.is_tuple(items):
        return prim.dtype(items)
    elif len(items) == 0:
        return prim.dtype(np.float64)
    elif len(items) == 1:
        return tuple_dtype(items[0])
    else:
        return dtype_of_both(tuple_dtype(items[0]), tuple_dtype(items[1:]))


def dtype_of_both(x, y):
    if x == y:
        return x
    elif prim.is_time(x) and prim.is_time(y) and prim.kind(x) == prim.kind(y):
        if prim.kind(x) == "M":
            return prim.common_date(prim.time(0, x), prim.time(0, y))
        else:
            return prim.common_delta(prim.time(0, x), prim.time(0, y))
    else:
        return prim.result_type(x, y)


def store_tuple(out, items, at):
    """Store the items of nested tuples, from a position on."""
    if at < len(items):
        if out.ndim == 1:
            if prim.is_time(items[at]):
                out[at] = time_cast(items[at], prim.dtype(out))
            elif not prim.is_number(items[at]):
                prim.error("setting an array element with a sequence: an item is {}", items[at])
            else:
                out[at] = items[at]
        elif prim.is_tuple(items[at]):
            if len(items[at]) != len(items[0]):
                prim.error("the tuples have different lengths: an item is {}", items[at])
            else:
                store_tuple(out[at], items[at], 0)
        elif prim.is_array(items[at]):
            if items[at].ndim == out.ndim - 1:
                copy_elements(out[at], items[at])
        else:
            prim.error("setting an array element with a sequence: an item is {}", items[at])
        store_tuple(out, items, at + 1)


def duplicate(a, dtype, order):
    """A copy in C or F order; 'K' and 'A' as described at the top."""
    if order == "F" or (order != "C" and prim.layout(a) == "F"):
        out = prim.empty_f(a.shape, dtype)
        copy_elements(out, a)
        return out
    elif order == "C" or order == "K" or order == "A":
        out = prim.empty(a.shape, dtype)
        copy_elements(out, a)
        return out
    else:
        prim.error("order must be one of 'C', 'F', 'A', or 'K'")


def stays(a, dtype, order):
    """Whether an array has the dtype and the order that are asked for, by its type."""
    if prim.dtype(a) != dtype:
        return False
    elif order is None or order == "K" or order == "A":
        return True
    else:
        return a.ndim < 2 and prim.layout(a) == "C" or prim.layout(a) == order


def from_array(a, dtype, copy, order):
    """An array, copied if it must be: always for True, never for False."""
    if not prim.is_literal(copy) and copy is not None:
        prim.error("copy must be a constant here")
    elif copy is None or copy == False:  # noqa: E712 - a constant
        if stays(a, dtype, order):
            return a
        elif copy is None:
            return duplicate(a, dtype, "K" if order is None else order)
        else:
            prim.error("Unable to avoid copy while creating an array as requested: {}", a)
    else:
        return duplicate(a, dtype, "K" if order is None else order)


def from_items(object, dtype):
    """A new array of a number, a tuple or a list."""
    if dtype is None:
        return as_array(object)
    elif prim.is_number(object):
        return converted(object, prim.dtype_given(dtype))
    elif prim.is_time(object):
        return as_array(time_cast(object, prim.dtype_given(dtype)))
    elif prim.is_tuple(object):
        return tuple_array(object, prim.dtype_given(dtype))
    elif prim.is_list(object):
        return list_array(object, prim.dtype_given(dtype))
    else:
        prim.error("{} can't be made into an array", object)


def with_ndim(a, ndmin):
    """The array with axes in front, so that it has at least so many."""
    if not prim.is_literal(ndmin):
        prim.error("ndmin must be a constant: the result's type depends on it")
    elif ndmin > a.ndim:
        more = ndmin - a.ndim
        if prim.layout(a) == "C":
            return prim.view_c(a, (1,) * more + a.shape)
        else:
            return prim.view(a, (1,) * more + a.shape, (0,) * more + a.strides, 0)
    else:
        return a


def made(object, dtype, copy, order):
    """The array of `numpy.array` but for ndmin."""
    if prim.is_array(object):
        return from_array(object, dtype_or(dtype, prim.dtype(object)), copy, order)
    elif prim.is_buffer(object):
        if copy is None or not copy:
            prim.error("an array in the memory of {} is not compiled: np.array(x) copies", object)
        else:
            return buffer_array(object, dtype)
    elif copy is not None and not copy:
        prim.error("Unable to avoid copy while creating an array as requested: {}", object)
    elif order == "F":
        items = from_items(object, dtype)
        return duplicate(items, prim.dtype(items), "F")
    else:
        return from_items(object, dtype)


@implements("numpy.array")
def array(object, dtype=None, *, copy=True, order="K", subok=False, ndmin=0):
    """A new array of anything that can be made into one."""
    return with_ndim(made(object, dtype, copy, order), ndmin)


@implements("numpy.copy")
def copy(a, order="K"):
    array = as_array(a)
    return duplicate(array, prim.dtype(array), order)


@implements("ndarray.copy")
def copy_method(a, order="C"):
    return duplicate(a, prim.dtype(a), order)


def check_casting(a, dtype, casting):
    """Refuses casts that a rule doesn't allow."""
    if casting != "unsafe":
        if not prim.is_literal(casting):
            prim.error("casting must be a constant here")
        elif prim.is_time(prim.dtype(a)) or prim.is_time(dtype):
            prim.error("casting= is not supported for dates and differences")
        elif prim.dtype(a) == dtype:
            pass
        elif casting == "safe":
            if prim.result_type(prim.dtype(a), dtype) != dtype:
                prim.error("Cannot cast array data according to the rule 'safe': {}", a)
        elif casting == "same_kind":
            if rank(prim.dtype(a)) > rank(dtype):
                prim.error("Cannot cast array data according to the rule 'same_kind': {}", a)
        elif casting == "no" or casting == "equiv":
            prim.error("Cannot cast array data according to the rule 'no' or 'equiv': {}", a)
        else:
            prim.error("casting must be one of 'no', 'equiv', 'safe', 'same_kind', or 'unsafe'")


@implements("ndarray.astype")
def astype(a, dtype, order="K", casting="unsafe", subok=True, copy=True):
    check_casting(a, prim.dtype_given(dtype), casting)
    if copy == False and stays(a, prim.dtype_given(dtype), order):  # noqa: E712 - a constant
        return a
    elif prim.is_time(prim.dtype(a)) or prim.is_time(prim.dtype_given(dtype)):
        return as_times(a, prim.dtype_given(dtype), order)
    else:
        return duplicate(a, prim.dtype_given(dtype), order)


def as_times(a, dtype, order):
    """`astype` to or from dates and differences."""
    if prim.dtype(a) == dtype:
        return duplicate(a, dtype, order)
    elif order == "F" or (order != "C" and prim.layout(a) == "F"):
        out = prim.empty_f(a.shape, dtype)
        cast_elements(out, a)
        return out
    elif order == "C" or order == "K" or order == "A":
        out = prim.empty(a.shape, dtype)
        cast_elements(out, a)
        return out
    else:
        prim.error("order must be one of 'C', 'F', 'A', or 'K'")


@implements("numpy.asarray", "numpy.asanyarray")
def asarray(a, dtype=None, order=None, *, copy=None):
    """The array itself where it has the dtype and the order, else a new one."""
    return made(a, dtype, copy, order)


def c_contiguous(shape, strides, itemsize):
    """Whether elements lie in C order without gaps; extents of 1 don't matter."""
    if len(shape) == 0:
        return True
    else:
        last = len(shape) - 1
        if shape[last] != 1 and strides[last] != itemsize:
            return False
        return c_contiguous(shape[:last], strides[:last], itemsize * shape[last])


def has_c_order(a):
    """Whether an array is C-contiguous: known from its type, or seen at run time."""
    if prim.layout(a) == "C":
        return True
    else:
        return a.size == 0 or c_contiguous(a.shape, a.strides, a.itemsize)


@implements("numpy.ascontiguousarray")
def ascontiguousarray(a, dtype=None):
    source = as_array(a)
    wanted = dtype_or(dtype, prim.dtype(source))
    if source.ndim == 0:
        out = prim.empty((1,), wanted)
        out[0] = prim.cast(source[()], wanted)
        return out
    elif prim.dtype(source) != wanted:
        return duplicate(source, wanted, "C")
    elif prim.layout(source) == "C":
        return source
    else:
        if has_c_order(source):
            return prim.view_c(source, source.shape)
        return duplicate(source, wanted, "C")


@implements("numpy.asfortranarray")
def asfortranarray(a, dtype=None):
    source = as_array(a)
    if source.ndim < 2:
        return ascontiguousarray(source, dtype)
    else:
        return ascontiguousarray(source.T, dtype).T


@implements("numpy.astype")
def astype_function(x, dtype, /, *, copy=True):
    """The array in another dtype."""
    if prim.is_number(x) and not prim.is_weak(x):
        return prim.cast(x, prim.dtype_given(dtype))
    elif not prim.is_array(x):
        prim.error("np.astype() takes an array or a NumPy scalar, not {}", x)
    return astype(x, dtype, "K", "unsafe", True, copy)


@implements("numpy.fromiter")
def fromiter(iter, dtype, count=-1):
    """A line of the items of a list, a generator or another iterable."""
    line = prim.empty(16 if count < 0 else count, prim.dtype_given(dtype))
    n = 0
    for item in iter:
        if count >= 0 and n == count:
            break
        if n == len(line):
            wider = prim.empty(2 * n, prim.dtype_given(dtype))
            copy_elements(wider[:n], line)
            line = wider
        line[n] = item
        n += 1
    prim.guard(
        count < 0 or n == count,
        "ValueError",
        "iterator too short: Expected {} but iterator had only {} items.",
        count,
        n,
    )
    return prim.view_c(line, n)


@implements("ndarray.tobytes")
def tobytes(a, order="C"):
    """The elements' bytes, in C or Fortran order."""
    if order == "F":
        return tobytes(a.T)
    elif order != "C" and order is not None:
        prim.error("order must be 'C' or 'F' here")
    line = duplicate(a, prim.dtype(a), "C")
    return prim.bytes_of_memory(line, line.size * line.itemsize)


@implements("numpy.asarray_chkfinite")
def asarray_chkfinite(a, dtype=None, order=None):
    if order is not None:
        prim.error("order= is not compiled here")
    items = as_array(a)
    if dtype is not None:
        return finite(duplicate(items, dtype_or(dtype, prim.dtype(items)), "K"))
    return finite(items)


def finite(a):
    if prim.kind(prim.dtype(a)) in ("f", "c"):
        if not np.all(np.isfinite(a)):
            raise ValueError("array must not contain infs or NaNs")
    return a


@implements("numpy.promote_types")
def promote_types(type1, type2):
    return prim.result_type(prim.dtype(type1), prim.dtype(type2))


@implements("numpy.can_cast")
def can_cast(from_, to, casting="safe"):
    if prim.is_number(from_) or prim.is_array(from_):
        prim.error("np.can_cast() takes a dtype here, not {}", from_)
    if not prim.is_literal(casting):
        prim.error("casting= must be written as a constant")
    a = prim.dtype(from_)
    b = prim.dtype(to)
    if prim.kind(a) not in ("b", "i", "u", "f", "c") or prim.kind(b) not in ("b", "i", "u", "f", "c"):
        prim.error("np.can_cast() of dates is not compiled")
    if casting == "no" or casting == "equiv":
        return a == b
    elif casting == "safe":
        return prim.result_type(a, b) == b
    elif casting == "same_kind":
        return prim.result_type(a, b) == b or rank_of(prim.kind(a)) <= rank_of(prim.kind(b))
    elif casting == "unsafe":
        return True
    else:
        prim.error("casting must be one of 'no', 'equiv', 'safe', 'same_kind', or 'unsafe'")


def rank_of(kind):
    if kind == "b":
        return 0
    elif kind == "u":
        return 1
    elif kind == "i":
        return 2
    elif kind == "f":
        return 3
    else:
        return 4
