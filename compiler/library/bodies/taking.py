"""Elements by positions and by masks: take, compress, extract, put, place, putmask, copyto.

`mode` is a constant: "raise", "wrap" or "clip". Positions are checked before anything is
written. Where elements are put one by one, the array is seen in C order.
"""

from arrays import assign, broadcast_source, broadcasts, converted, copy_elements, may_overlap
from axes import normalize, product
from copying import as_array, from_items
from positions import flat
from searching import flatnonzero


def check_mode(mode):
    """Refuses what is no mode."""
    if not prim.is_literal(mode):
        prim.error("mode must be a constant")
    elif mode != "raise" and mode != "wrap" and mode != "clip":
        prim.error("clipmode must be one of 'clip', 'raise', or 'wrap', not {}", mode)


def check_integers(x):
    """Refuses positions that aren't integers."""
    if prim.kind(prim.dtype(x)) == "f" or prim.kind(prim.dtype(x)) == "c":
        prim.error("positions must be integers, not {}", x)
    elif prim.kind(prim.dtype(x)) == "u" and prim.dtype(x).itemsize == 8:
        prim.error("Cannot cast array data from dtype('uint64') to dtype('int64') according to the rule 'safe': positions are {}", x)


def placed(i, n, mode, axis):
    """A position among `n`."""
    if mode == "wrap":
        return i % n
    elif mode == "clip":
        return max(0, min(i, n - 1))
    else:
        prim.guard(i >= -n and i < n, "IndexError", "index {} is out of bounds for axis {} with size {}", i, axis, n)
        return i + n if i < 0 else i


def as_positions(indices, n, mode, axis):
    """A line of positions counted from the front."""
    x = as_array(indices)
    check_integers(x)
    line = x if x.ndim == 1 else flat(x)
    out = prim.empty(len(line), np.int64)
    for k in range(len(line)):
        out[k] = placed(int(line[k]), n, mode, axis)
    return out


def take_lines(out, a, at):
    """Lines of the middle axis of three."""
    for i in range(len(a)):
        copy_lines(out[i], a[i], at)


def copy_lines(out, a, at):
    if a.shape[1] == 1:
        source = a[:, 0]
        target = out[:, 0]
        for k in range(len(at)):
            target[k] = source[at[k]]
    else:
        for k in range(len(at)):
            copy_elements(out[k], a[at[k]])


def in_c_order(a):
    """The array, or a copy of it, in C order."""
    if prim.layout(a) == "C":
        return a
    else:
        return prim.view_c(flat(a), a.shape)


def taken_line(line, indices, mode):
    """Elements of a line, in the shape of the positions."""
    x = as_array(indices)
    check_integers(x)
    n = len(line)
    out = prim.empty(x.shape, prim.dtype(line))
    if x.size > 0 and n == 0:
        raise IndexError("cannot do a non-empty take from an empty axes.")
    source = flat(x)
    target = prim.view_c(out, x.size)
    for k in range(len(target)):
        target[k] = line[placed(int(source[k]), n, mode, 0)]
    return out


def taken(a, indices, axis, mode):
    """`take` along an axis counted from the front."""
    x = as_array(indices)
    n = a.shape[axis]
    if x.size > 0 and n == 0:
        raise IndexError("cannot do a non-empty take from an empty axes.")
    at = as_positions(x, n, mode, axis)
    out = prim.empty(a.shape[:axis] + x.shape + a.shape[axis + 1:], prim.dtype(a))
    outer = product(a.shape[:axis])
    inner = product(a.shape[axis + 1:])
    take_lines(prim.view_c(out, (outer, len(at), inner)), prim.view_c(in_c_order(a), (outer, n, inner)), at)
    return out


def into_out(out, result):
    """What `out=` asks for: the result copied into an array of its shape and dtype."""
    if out is None:
        if result.ndim == 0:
            return result[()]
        else:
            return result
    elif not prim.is_array(out):
        prim.error("return arrays must be of ArrayType, not {}", out)
    elif out.ndim != result.ndim:
        prim.error("output array does not match result of ndarray.take: it is {}", out)
    elif prim.dtype(out) != prim.dtype(result):
        prim.error("out= of another dtype is not supported: it is {}", out)
    elif prim.readonly(out):
        prim.error("output array is read-only: {}", out)
    else:
        if out.shape != result.shape:
            raise ValueError("output array does not match result of ndarray.take")
        copy_elements(out, result)
        return out


@implements("numpy.take", "ndarray.take")
def take(a, indices, axis=None, out=None, mode="raise"):
    check_mode(mode)
    x = as_array(a)
    if axis is None:
        return into_out(out, taken_line(x if x.ndim == 1 else flat(x), indices, mode))
    elif x.ndim == 1:
        normalize(axis, 1)
        return into_out(out, taken_line(x, indices, mode))
    else:
        return into_out(out, taken(x, indices, normalize(axis, x.ndim), mode))


@implements("numpy.compress")
def compress(condition, a, axis=None, out=None):
    c = as_array(condition)
    if c.ndim != 1:
        prim.error("condition must be a 1-d array, not {}", condition)
    else:
        return take(a, flatnonzero(c), axis, out)


@implements("ndarray.compress")
def compress_method(a, condition, axis=None, out=None):
    return compress(condition, a, axis, out)


@implements("numpy.extract")
def extract(condition, arr):
    return take(flat(as_array(arr)), flatnonzero(condition))


def put_one(a, i, x):
    """Stores an element at a position in C order."""
    if a.ndim == 1:
        a[i] = prim.cast(x, prim.dtype(a))
    elif prim.layout(a) == "C":
        line = prim.view_c(a, a.size)
        line[i] = prim.cast(x, prim.dtype(a))
    else:
        inner = product(a.shape[1:])
        put_one(a[i // inner], i % inner, x)


def as_line(a):
    """An array of any dimension as a view that `put_one` takes."""
    if a.ndim == 0:
        return prim.view_c(a, 1)
    else:
        return a


def values_for(a, v):
    """Values as a line that doesn't share memory with the array."""
    x = from_items(v, prim.dtype(a)) if prim.is_list(v) or prim.is_tuple(v) else as_array(v)
    if may_overlap(as_line(a), as_line(x)) or prim.address(a) == prim.address(x):
        return flat(x.copy())
    return flat(x)


def number_for(a, v):
    """Python integers as elements, refused where they don't fit."""
    if prim.is_number(v):
        return prim.view(converted(v, prim.dtype(a)), (1,), (0,), 0)
    else:
        return values_for(a, v)


def safe_values(a, v):
    """Values as a line; refuses arrays that NumPy wouldn't cast safely."""
    if not prim.is_array(v):
        return number_for(a, v)
    elif prim.result_type(prim.dtype(a), prim.dtype(as_array(v))) != prim.dtype(a):
        prim.error("Cannot cast array data to the array's dtype according to the rule 'safe': the values are {}", v)
    else:
        return values_for(a, v)


def need_array(a):
    if not prim.is_array(a):
        prim.error("argument 1 must be numpy.ndarray, not {}", a)


@implements("numpy.put", "ndarray.put")
def put(a, ind, v, mode="raise"):
    check_mode(mode)
    need_array(a)
    if prim.readonly(a):
        raise ValueError("put: output array is read-only")
    else:
        values = number_for(a, v)
        x = as_array(ind)
        if x.size > 0 and len(values) > 0:
            if a.size == 0:
                raise IndexError("cannot replace elements of an empty array")
            at = as_positions(x, a.size, mode, 0)
            for k in range(len(at)):
                put_one(as_line(a), at[k], values[k % len(values)])


@implements("numpy.place")
def place(arr, mask, vals):
    need_array(arr)
    if prim.readonly(arr):
        raise ValueError("WRITEBACKIFCOPY base is read-only")
    else:
        values = safe_values(arr, vals)
        m = flat(as_array(mask).copy())
        if len(m) != arr.size:
            raise ValueError("place: mask and data must be the same size")
        at = 0
        for i in range(len(m)):
            if m[i]:
                if len(values) == 0:
                    raise ValueError("Cannot insert from an empty array!")
                put_one(as_line(arr), i, values[at % len(values)])
                at += 1


@implements("numpy.putmask")
def putmask(a, mask, values):
    need_array(a)
    if prim.readonly(a):
        raise ValueError("putmask: output array is read-only")
    else:
        m = flat(as_array(mask).copy())
        if len(m) != a.size:
            raise ValueError("putmask: mask and data must be the same size")
        line = safe_values(a, values)
        if len(line) > 0:
            for i in range(len(m)):
                if m[i]:
                    put_one(as_line(a), i, line[i % len(line)])


def rank(kind):
    """Kinds of dtypes in the order in which ``same_kind`` lets them be cast."""
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


def check_cast(x, dtype, casting):
    """Refuses a source that may not be cast so."""
    if not prim.is_literal(casting):
        prim.error("casting must be a constant")
    elif casting == "same_kind":
        if not prim.is_weak(x) and rank(prim.kind(prim.dtype(x))) > rank(prim.kind(dtype)):
            prim.error("{} can't be cast to the array's dtype according to the rule 'same_kind'", x)
        elif prim.is_weak(x) and rank(prim.kind(prim.dtype(x))) > rank(prim.kind(dtype)) and not (prim.kind(prim.dtype(x)) == "i" and prim.kind(dtype) == "u"):
            prim.error("{} can't be cast to the array's dtype according to the rule 'same_kind'", x)
    elif casting != "unsafe":
        prim.error("casting must be 'same_kind' or 'unsafe', not {}", casting)


def copy_where(dst, src, where):
    """Copies the elements whose mask is true; all have the same shape."""
    if dst.ndim == 0:
        if where[()]:
            dst[()] = prim.cast(src[()], prim.dtype(dst))
    elif dst.ndim == 1:
        for i in range(len(dst)):
            if where[i]:
                dst[i] = prim.cast(src[i], prim.dtype(dst))
    else:
        for i in range(len(dst)):
            copy_where(dst[i], src[i], where[i])


@implements("numpy.copyto")
def copyto(dst, src, casting="same_kind", where=True):
    need_array(dst)
    if prim.is_list(src) or prim.is_tuple(src):
        copyto(dst, as_array(src), casting, where)
    else:
        copy_to(dst, src, casting, where)


def copy_to(dst, src, casting, where):
    check_cast(src, prim.dtype(dst), casting)
    if prim.readonly(dst):
        raise ValueError("assignment destination is read-only")
    elif prim.is_bool_literal(where) and where:
        if prim.is_number(src):
            dst[...] = converted(src, prim.dtype(dst))[()]
        else:
            assign(dst, as_array(src))
    else:
        mask = as_array(where)
        x = converted(src, prim.dtype(dst)) if prim.is_number(src) else as_array(src)
        if prim.kind(prim.dtype(mask)) != "b":
            prim.error("Cannot cast array data to dtype('bool') according to the rule 'safe': where is {}", where)
        elif mask.ndim > dst.ndim or x.ndim > dst.ndim:
            prim.error("could not broadcast: the source or mask {} has more axes than the array", src)
        else:
            prim.guard(broadcasts(x.shape, dst.shape), "ValueError", "could not broadcast input array from shape {} into shape {}", x.shape, dst.shape)
            prim.guard(broadcasts(mask.shape, dst.shape), "ValueError", "could not broadcast where mask from shape {} into shape {}", mask.shape, dst.shape)
            if may_overlap(dst, x):
                copy_where(dst, broadcast_source(x.copy(), dst.shape), broadcast_source(mask, dst.shape))
            else:
                copy_where(dst, broadcast_source(x, dst.shape), broadcast_source(mask, dst.shape))
