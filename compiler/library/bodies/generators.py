"""Library bodies: what the methods of `numpy.random.Generator` share, and `default_rng`.

Draws are NumPy's own functions on the generator's own bits (`prim.rng_*`,
runtime/core/src/distributions.rs); the bodies have what `Generator` does around them:
sizes, broadcasting of parameters, their checks and the errors. Parameters are numbers,
arrays, or tuples and lists that make arrays.
"""

from broadcasting import item, shape_of, spread_to
from copying import as_array


@implements("numpy.random.default_rng")
def default_rng(seed=None):
    if prim.is_random(seed):
        return seed
    if seed is None:
        return prim.rng_new_of_entropy()
    return prim.rng_new(seed_words(seed))


def seed_words(seed):
    """The 32-bit words of a seed, lowest first."""
    words = [0]
    words.clear()
    if prim.is_integer(seed):
        add_words(words, seed)
    elif prim.is_array(seed) or prim.is_list(seed) or prim.is_tuple(seed):
        items = as_array(seed)
        if items.ndim != 1 or prim.kind(prim.dtype(items)) not in ("i", "u"):
            prim.error("np.random.default_rng() takes an int or a line of ints here, not {}", seed)
        for i in range(len(items)):
            add_words(words, items[i])
    else:
        prim.error("np.random.default_rng() of {} is not compiled", seed)
    return words


def add_words(words, seed):
    if prim.same_type(prim.dtype(seed), prim.dtype("uint64")):
        low = int(seed & prim.cast(4294967295, prim.dtype("uint64")))
        words.append(low)
        high = int(seed >> prim.cast(32, prim.dtype("uint64")))
        if high > 0:
            words.append(high)
    else:
        n = int(seed)
        if n < 0:
            raise ValueError("expected non-negative integer")
        words.append(n & 4294967295)
        if n > 4294967295:
            words.append(n >> 32)


# Parameters


def given(x):
    """A parameter: a float, or an array of one axis or more."""
    if prim.is_number(x):
        if prim.kind(prim.dtype(x)) == "c":
            prim.error("random distributions take real parameters, not {}", x)
        return float(x)
    if not (prim.is_array(x) or prim.is_list(x) or prim.is_tuple(x)):
        prim.error("random distributions take numbers and arrays as parameters, not {}", x)
    items = as_array(x)
    if prim.kind(prim.dtype(items)) == "c":
        prim.error("random distributions take real parameters, not {}", x)
    if items.ndim == 0:
        return float(items[()])
    if prim.dtype(items) == prim.dtype("float64"):
        return items
    return items.astype(np.float64)


def given_int(x):
    """An integer parameter: an int, or an array of one axis or more."""
    if prim.is_number(x):
        if prim.kind(prim.dtype(x)) not in ("b", "i", "u"):
            prim.error("an integer is needed here, not {}", x)
        return int(x)
    items = as_array(x)
    if prim.kind(prim.dtype(items)) not in ("b", "i", "u"):
        prim.error("integers are needed here, not {}", x)
    if items.ndim == 0:
        return int(items[()])
    if prim.dtype(items) == prim.dtype("int64"):
        return items
    if prim.dtype(items) == prim.dtype("uint64"):
        prim.error("{} as integers of a distribution is not compiled: pass it as int64", x)
    return items.astype(np.int64)


def not_negative(x, name):
    """A float, or each of an array, is no negative number and no -0.0; nan passes."""
    if prim.is_array(x):
        line = x.ravel()
        for i in range(len(line)):
            not_negative(float(line[i]), name)
    elif prim.signbit(x) and x == x:
        prim.guard(False, "ValueError", name + " < 0")


def positive(x, name):
    if prim.is_array(x):
        line = x.ravel()
        for i in range(len(line)):
            positive(float(line[i]), name)
    elif x <= 0.0:
        prim.guard(False, "ValueError", name + " <= 0")


def above_one(x, name):
    if prim.is_array(x):
        line = x.ravel()
        for i in range(len(line)):
            if not float(line[i]) > 1.0:
                prim.guard(False, "ValueError", name + " <= 1 or " + name + " contains NaNs")
    elif not x > 1.0:
        prim.guard(False, "ValueError", name + " <= 1 or " + name + " is NaN")


def probability(x, name):
    """From 0 to 1."""
    if prim.is_array(x):
        line = x.ravel()
        for i in range(len(line)):
            p = float(line[i])
            if not (p >= 0.0 and p <= 1.0):
                prim.guard(False, "ValueError", name + " < 0, " + name + " > 1 or " + name + " contains NaNs")
    elif not (x >= 0.0 and x <= 1.0):
        prim.guard(False, "ValueError", name + " < 0, " + name + " > 1 or " + name + " is NaN")


def probability_above_zero(x, name):
    if prim.is_array(x):
        line = x.ravel()
        for i in range(len(line)):
            probability_above_zero(float(line[i]), name)
    elif not (x > 0.0 and x <= 1.0):
        prim.guard(False, "ValueError", name + " <= 0, " + name + " > 1 or " + name + " contains NaNs")


def probability_below_one(x, name):
    if prim.is_array(x):
        line = x.ravel()
        for i in range(len(line)):
            p = float(line[i])
            if not (p >= 0.0 and p < 1.0):
                prim.guard(False, "ValueError", name + " < 0, " + name + " >= 1 or " + name + " contains NaNs")
    elif not (x >= 0.0 and x < 1.0):
        prim.guard(False, "ValueError", name + " < 0, " + name + " >= 1 or " + name + " is NaN")


# Shapes


def axis_of(shape, ndim, i):
    """An extent of a shape that is brought to more axes."""
    if len(shape) + i < ndim:
        return 1
    return shape[len(shape) + i - ndim]


def most_axes(shapes):
    if len(shapes) == 0:
        return 0
    return max(len(shapes[0]), most_axes(shapes[1:]))


def joined(shapes):
    """Shapes broadcast together; the error is that of `numpy.broadcast`."""
    return joined_from(shapes, most_axes(shapes), 0)


def joined_from(shapes, ndim, i):
    if i == ndim:
        return ()
    check_pairs(shapes, ndim, i, 0, 1)
    return (extent(shapes, ndim, i),) + joined_from(shapes, ndim, i + 1)


def check_pairs(shapes, ndim, i, k, j):
    """Compares operands with each that stands before, along one axis."""
    if j < len(shapes):
        if k == j:
            check_pairs(shapes, ndim, i, 0, j + 1)
        else:
            a = axis_of(shapes[k], ndim, i)
            b = axis_of(shapes[j], ndim, i)
            if a != b and a != 1 and b != 1:
                raise ValueError(
                    f"shape mismatch: objects cannot be broadcast to a single shape.  Mismatch is between arg {k} with shape {shapes[k]} and arg {j} with shape {shapes[j]}."
                )
            check_pairs(shapes, ndim, i, k + 1, j)


def extent(shapes, ndim, i):
    if len(shapes) == 0:
        return 1
    n = axis_of(shapes[0], ndim, i)
    if n == 1:
        return extent(shapes[1:], ndim, i)
    return n


def size_shape(size):
    if prim.is_tuple(size):
        return size
    return (size,)


def output(size, shapes, dtype):
    """A new array of the size, or of the shape that parameters have together."""
    if size is None:
        return prim.empty(joined(shapes), dtype)
    out = prim.empty(size, dtype)
    whole = joined((out.shape,) + shapes)
    if len(whole) != len(out.shape):
        incompatible(out.shape, whole)
    elif whole != out.shape:
        incompatible(out.shape, whole)
    return out


def incompatible(shape, whole):
    raise ValueError(f"Output size {shape} is not compatible with broadcast dimensions of inputs {whole}.")


# Draws of a distribution of so many parameters


def apply(f, rng, count, a, b, c):
    if count == 0:
        return f(rng)
    elif count == 1:
        return f(rng, a)
    elif count == 2:
        return f(rng, a, b)
    else:
        return f(rng, a, b, c)


def draw(f, rng, size, count, dtype, a, b, c):
    """One draw, or an array of draws; parameters are checked already."""
    if prim.is_array(a) or prim.is_array(b) or prim.is_array(c):
        out = output(size, shapes_of(count, a, b, c), dtype)
        draw_each(f, rng, out, count, spread_to(a, out.shape), spread_to(b, out.shape), spread_to(c, out.shape))
        return out
    elif size is None:
        return apply(f, rng, count, a, b, c)
    else:
        out = prim.empty(size, dtype)
        line = prim.view_c(out, out.size)
        for i in range(len(line)):
            line[i] = apply(f, rng, count, a, b, c)
        return out


def shapes_of(count, a, b, c):
    if count == 1:
        return (shape_of(a),)
    elif count == 2:
        return (shape_of(a), shape_of(b))
    else:
        return (shape_of(a), shape_of(b), shape_of(c))


def draw_each(f, rng, out, count, a, b, c):
    """Draws for each position of parameters that have the output's shape, in C order."""
    if out.ndim == 1:
        for i in range(len(out)):
            out[i] = apply(f, rng, count, number_at(a, i), number_at(b, i), number_at(c, i))
    else:
        for i in range(len(out)):
            draw_each(f, rng, out[i], count, item(a, i), item(b, i), item(c, i))


def number_at(x, i):
    """What a parameter has at a position: Python's number."""
    if not prim.is_array(x):
        return x
    elif prim.kind(prim.dtype(x)) == "f":
        return float(x[i])
    else:
        return int(x[i])


# Where draws go


def is_side_by_side(a):
    """Whether the elements fill memory without gaps, in C or Fortran order."""
    return a.size == 0 or is_dense(a.shape, a.strides, a.itemsize) or is_dense(a.shape[::-1], a.strides[::-1], a.itemsize)


def is_dense(shape, strides, step):
    if len(shape) == 0:
        return True
    at = len(shape) - 1
    if shape[at] != 1 and strides[at] != step:
        return False
    return is_dense(shape[:-1], strides[:-1], step * shape[at])


def check_out(out, dtype, size, order):
    """What `Generator` asks of an array for results."""
    if not prim.is_array(out):
        prim.error("out must be an array, not {}", out)
    aligned = out.size == 0 or prim.address(out) % out.itemsize == 0
    dense = is_side_by_side(out)
    if order == "C":
        dense = out.size == 0 or is_dense(out.shape, out.strides, out.itemsize)
    if prim.readonly(out) or not dense or not aligned:
        if order == "C":
            raise ValueError("Supplied output array must be C-contiguous, writable, aligned, and in machine byte-order.")
        raise ValueError("Supplied output array must be contiguous, writable, aligned, and in machine byte-order.")
    if prim.dtype(out) != dtype:
        wrong_type(dtype, prim.dtype(out))
    if size is not None:
        if len(size_shape(size)) != out.ndim:
            raise ValueError("size must match out.shape when used together")
        elif size_shape(size) != out.shape:
            raise ValueError("size must match out.shape when used together")


def wrong_type(expected, got):
    prim.error("Supplied output array has the wrong type: {} is expected, not {}", expected, got)


def filled(fill, one, one_32, rng, size, dtype, out, name):
    """Standard variates of single or double precision."""
    if dtype is None:
        return filled(fill, one, one_32, rng, size, prim.dtype("float64"), out, name)
    elif prim.dtype_given(dtype) == prim.dtype("float64"):
        if size is None and out is None:
            return one(rng)
        return filled_array(fill, rng, size, prim.dtype("float64"), out)
    elif prim.dtype_given(dtype) == prim.dtype("float32"):
        if size is None and out is None:
            return one_32(rng)
        return filled_array(fill, rng, size, prim.dtype("float32"), out)
    else:
        prim.error("Unsupported dtype {} for " + name, dtype)


def filled_array(fill, rng, size, dtype, out):
    if out is None:
        made = prim.empty(size, dtype)
        fill(rng, made.itemsize, made, made.size)
        return made
    check_out(out, dtype, size, "K")
    fill(rng, out.itemsize, out, out.size)
    return out
