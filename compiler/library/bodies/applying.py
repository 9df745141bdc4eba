"""Functions applied along axes: apply_along_axis, apply_over_axes, vectorize; and block.

What the function gives first tells the shape and dtype of the result, as in NumPy.
"""

from axes import normalize, product
from broadcasting import common_shape, element, item
from copying import as_array
from elementwise import extents, spread
from joining import concatenate
from views import expand_dims, moveaxis


@implements("numpy.apply_along_axis")
def apply_along_axis(func1d, axis, arr, *args):
    """A function of each line along an axis."""
    x = as_array(arr)
    if x.ndim == 0:
        prim.error("np.apply_along_axis() takes an array of at least one axis, not {}", arr)
    else:
        at = normalize(axis, x.ndim)
        lines = moveaxis(x, at, -1)
        lead = lines.shape[: x.ndim - 1]
        if product(lead) == 0:
            raise ValueError("Cannot apply_along_axis when any iteration dimensions are 0")
        first = as_array(func1d(leading(lines), *args))
        out = prim.zeros(lead + first.shape, prim.dtype(first))
        fill_lines(func1d, out, lines, args, first, True)
        return moved_back(out, at, first.ndim, x.ndim - 1)


def leading(lines):
    """The first line."""
    if lines.ndim == 1:
        return lines
    else:
        return leading(lines[0])


def fill_lines(f, out, lines, args, first, at_first):
    """Applies the function to each line; of the first one the result is known."""
    if lines.ndim == 1:
        if at_first:
            store(out, first)
        else:
            store(out, as_array(f(lines, *args)))
    else:
        for i in range(len(lines)):
            fill_lines(f, part(out, i), lines[i], args, first, at_first and i == 0)


def part(out, i):
    """A view of a part, also where no axis is left."""
    return prim.view(out, out.shape[1:], out.strides[1:], i * out.strides[0])


def store(out, result):
    if out.ndim == 0:
        out[()] = prim.cast(result[()], prim.dtype(out)) if result.ndim == 0 else refused(result)
    else:
        out[...] = result


def refused(result):
    prim.error("the function gives {} after a number", result)


def moved_back(out, at, count, lead):
    """The axes of the results in the place of the one that was taken."""
    if count == 0:
        return out
    elif count == 1:
        return moveaxis(out, -1, at)
    elif count == 2:
        return moveaxis(out, (lead, lead + 1), (at, at + 1))
    else:
        prim.error("the function of np.apply_along_axis() may give at most two axes here")


@implements("numpy.apply_over_axes")
def apply_over_axes(func, a, axes):
    """A function applied along each of several axes, one after the other."""
    x = as_array(a)
    if x.ndim == 0 and prim.is_tuple(axes) and len(axes) == 1:
        # Its result has as few axes, whatever it is.
        return func(x, axes[0])
    elif prim.is_tuple(axes):
        return over_each(func, x, axes, x.ndim)
    elif prim.is_integer(axes):
        return over_each(func, x, (axes,), x.ndim)
    else:
        prim.error("the axes must be a tuple here, not {}", axes)


def over_each(func, value, axes, ndim):
    if len(axes) == 0:
        return value
    elif not prim.is_literal(axes[0]):
        prim.error("the axes of np.apply_over_axes() must be constants")
    else:
        axis = axes[0] + ndim if axes[0] < 0 else axes[0]
        return over_each(func, of_rank(as_array(func(value, axis)), value.ndim, axis), axes[1:], ndim)


def of_rank(result, ndim, axis):
    if result.ndim == ndim:
        return result
    elif result.ndim + 1 == ndim:
        return expand_dims(result, axis)
    else:
        prim.error("function is not returning an array of the correct shape")


# Blocks


@implements("numpy.block")
def block(arrays):
    """An array of nested lists of blocks."""
    if prim.is_tuple(arrays):
        prim.error(
            "arrays is a tuple. Only lists can be used to arrange blocks, and np.block does not allow implicit conversion from tuple to ndarray."
        )
    else:
        depth = depth_of(arrays)
        rank = rank_of(arrays)
        return combined(arrays, depth, rank if rank > depth else depth)


def depth_of(x):
    """How deep lists are nested."""
    if prim.is_list(x):
        if len(x) == 0:
            raise ValueError("List at arrays cannot be empty")
        return 1 + depth_of(x[0])
    else:
        return 0


def rank_of(x):
    """The number of axes of the blocks."""
    if prim.is_list(x):
        return rank_of(x[0])
    elif prim.is_tuple(x):
        prim.error(
            "arrays is a tuple. Only lists can be used to arrange blocks, and np.block does not allow implicit conversion from tuple to ndarray."
        )
    else:
        return as_array(x).ndim


def combined(x, depth, ndim):
    if prim.is_list(x):
        if len(x) == 0:
            raise ValueError("List at arrays cannot be empty")
        return concatenate([combined(item, depth - 1, ndim) for item in x], -depth)
    else:
        return of_axes(as_array(x).copy(), ndim)


def of_axes(a, ndim):
    """The array with axes of one element in front."""
    if a.ndim < ndim:
        return of_axes(a[None], ndim)
    else:
        return a


# Vectorized functions


@implements("numpy.vectorize")
def vectorize(pyfunc, otypes=None, doc=None, excluded=None, cache=False, signature=None):
    """A function that is called for each element."""
    if excluded is not None:
        prim.error("excluded= of np.vectorize() is not compiled")
    elif signature is not None:
        prim.error("signature= of np.vectorize() is not compiled")
    elif not prim.is_literal(cache):
        prim.error("cache= of np.vectorize() must be a constant")
    else:
        return lambda *args: call_vectorized(pyfunc, otypes, cache, *args)


@implements("numpy.vectorize.__call__")
def call_vectorized(pyfunc, otypes, cache, *args):
    """A function of Python numbers called for each element, with the dtype of its first result."""
    if len(args) == 0:
        return pyfunc()
    else:
        operands = operands_of(args)
        if otypes is None:
            if any_empty(operands):
                raise ValueError("cannot call `vectorize` on size 0 inputs unless `otypes` is set")
            first = pyfunc(*first_of(operands))
            if cache:
                kept = prim.zeros(1, np.bool_)
                return filled(lambda *items: once(kept, first, pyfunc, items), dtypes_of(first), operands)
            else:
                return filled(pyfunc, dtypes_of(first), operands)
        else:
            return filled(pyfunc, given_dtypes(otypes), operands)


def once(done, first, f, items):
    """A function's results, of which the first is known."""
    if not done[0]:
        done[0] = True
        return first
    return f(*items)


def operands_of(args):
    """Arrays and numbers."""
    if len(args) == 0:
        return ()
    elif prim.is_number(args[0]) or prim.is_array(args[0]):
        return (args[0],) + operands_of(args[1:])
    else:
        return (as_array(args[0]),) + operands_of(args[1:])


def any_empty(operands):
    if len(operands) == 0:
        return False
    elif prim.is_array(operands[0]):
        return operands[0].size == 0 or any_empty(operands[1:])
    else:
        return any_empty(operands[1:])


def first_of(operands):
    """The first elements: NumPy's numbers."""
    if len(operands) == 0:
        return ()
    elif prim.is_array(operands[0]):
        return (prim.load(operands[0], 0),) + first_of(operands[1:])
    else:
        return (prim.to_numpy(operands[0]),) + first_of(operands[1:])


def dtypes_of(first):
    """The dtypes of results; a tuple where there are several."""
    if prim.is_tuple(first):
        return each_dtype(first)
    else:
        return result_dtype(first)


def each_dtype(items):
    if len(items) == 0:
        return ()
    else:
        return (result_dtype(items[0]),) + each_dtype(items[1:])


def result_dtype(value):
    if prim.is_number(value):
        return prim.dtype(value)
    elif prim.is_array(value) and value.ndim == 0:
        return prim.dtype(value)
    else:
        prim.error("the function of np.vectorize() gives {}, which is not an element of a compiled array", value)


def given_dtypes(otypes):
    """The dtypes that are asked for: one letter for each, or a tuple."""
    if prim.is_tuple(otypes):
        if len(otypes) == 1:
            return prim.dtype(otypes[0])
        else:
            return as_dtypes(otypes)
    elif prim.is_list(otypes):
        if len(otypes) != 1:
            raise NotImplementedError("otypes= of several dtypes must be a tuple in compiled code")
        return prim.dtype(otypes[0])
    elif not prim.is_str(otypes) or not prim.is_literal(otypes):
        prim.error("otypes= of np.vectorize() must be a tuple of dtypes or a constant string here, not {}", otypes)
    elif len(otypes) == 1:
        return prim.dtype(otypes)
    else:
        prim.error("otypes= of several dtypes must be a tuple here, not {}", otypes)


def as_dtypes(otypes):
    if len(otypes) == 0:
        return ()
    else:
        return (prim.dtype(otypes[0]),) + as_dtypes(otypes[1:])


def shapes_of(operands):
    if len(operands) == 0:
        return ()
    else:
        return (extents(operands[0]),) + shapes_of(operands[1:])


def filled(f, dtypes, operands):
    """Arrays of a function's results."""
    shape = common_shape(*shapes_of(operands))
    if prim.is_tuple(dtypes):
        outs = rooms(shape, dtypes)
        fill_each(f, outs, shape, spread(operands, shape))
        return outs
    else:
        out = prim.empty(shape, dtypes)
        fill_each(f, (out,), shape, spread(operands, shape))
        return out


def rooms(shape, dtypes):
    if len(dtypes) == 0:
        return ()
    else:
        return (prim.empty(shape, dtypes[0]),) + rooms(shape, dtypes[1:])


def fill_each(f, outs, shape, operands):
    if len(shape) == 0:
        put_results(outs, f(*python_elements(operands)))
    else:
        for i in range(shape[0]):
            fill_each(f, parts(outs, i), shape[1:], items_at(operands, i))


def parts(outs, i):
    if len(outs) == 0:
        return ()
    else:
        return (part(outs[0], i),) + parts(outs[1:], i)


def items_at(operands, i):
    """What operands have at a position of their first axis, as views."""
    if len(operands) == 0:
        return ()
    elif prim.is_array(operands[0]):
        return (part(operands[0], i),) + items_at(operands[1:], i)
    else:
        return (operands[0],) + items_at(operands[1:], i)


def python_elements(operands):
    """Python's numbers of what operands have."""
    if len(operands) == 0:
        return ()
    else:
        return (prim.to_python(element(operands[0])),) + python_elements(operands[1:])


def put_results(outs, value):
    if prim.is_tuple(value):
        if len(value) != len(outs):
            prim.error("the function of np.vectorize() must give as many results as there are otypes, not {}", value)
        else:
            put_each_result(outs, value)
    elif len(outs) != 1:
        prim.error("the function of np.vectorize() must give a tuple with as many items as there are otypes, not {}", value)
    else:
        put_result(outs[0], value)


def put_each_result(outs, values):
    if len(outs) > 0:
        put_result(outs[0], values[0])
        put_each_result(outs[1:], values[1:])


def put_result(out, value):
    """Stores a number as NumPy converts an object."""
    kind = prim.kind(prim.dtype(out))
    if prim.is_array(value):
        put_result(out, value[()])
    elif not prim.is_number(value):
        prim.error("the function of np.vectorize() gives {}, which is not an element of a compiled array", value)
    elif prim.kind(prim.dtype(value)) == "c" and kind != "c" and kind != "b":
        prim.error("a complex result can't be converted to the dtype of the first one or of otypes=: {}", value)
    elif kind == "b":
        out[()] = np.bool_(value != 0)
    elif kind == "i" or kind == "u":
        out[()] = int(value)
    else:
        out[()] = prim.cast(value, prim.dtype(out))
