"""Arrays made of coordinates and rules: meshgrid, indices, tri, vander, diagflat, logspace, geomspace."""

from axes import dtype_or
from copying import as_array, duplicate
from creation import zeros
from products import diag
from ranges import linspace
from shape import ravel


def ones_but(n, axis, extent):
    """A shape of ones but for one axis."""
    return prim.tuple_set((1,) * n, axis, extent)


def along(x, n, axis):
    """A line as a view with n axes, along one of them."""
    line = ravel(x)
    return prim.view(line, ones_but(n, axis, len(line)), prim.tuple_set((0,) * n, axis, line.strides[0]), 0)


def place_of(k, n, swap):
    """The axis of the k-th line: the first two are swapped for 'xy'."""
    if swap and n > 1 and k < 2:
        return 1 - k
    else:
        return k


def grid_shape(lines, k, shape, swap):
    """The shape of the grid."""
    if k == len(lines):
        return shape
    else:
        axis = place_of(k, len(lines), swap)
        return grid_shape(lines, k + 1, prim.tuple_set(shape, axis, as_array(lines[k]).size), swap)


def grids(lines, k, shape, swap, sparse, copy):
    """One array for each line."""
    if k == len(lines):
        return ()
    else:
        n = len(lines)
        axis = place_of(k, n, swap)
        part = along(lines[k], n, axis)
        if not sparse:
            strides = prim.tuple_set((0,) * n, axis, part.strides[axis])
            made = prim.view(part, shape, strides, 0)
        else:
            made = part
        if copy:
            result = duplicate(made, prim.dtype(made), "C")
        else:
            result = made
        return (result,) + grids(lines, k + 1, shape, swap, sparse, copy)


@implements("numpy.meshgrid")
def meshgrid(*xi, copy=True, sparse=False, indexing="xy"):
    """The coordinates of all points of a grid."""
    if indexing != "xy" and indexing != "ij":
        prim.error("Valid values for `indexing` are 'xy' and 'ij'.")
    elif not (prim.is_literal(sparse) and prim.is_literal(copy)):
        prim.error("sparse and copy must be constants here")
    elif len(xi) == 0:
        return ()
    else:
        swap = indexing == "xy"
        return grids(xi, 0, grid_shape(xi, 0, (0,) * len(xi), swap), swap, sparse, copy)


def count_up(line):
    for i in range(len(line)):
        line[i] = prim.cast(i, prim.dtype(line))


def index_lines(dimensions, k, dtype):
    """A line of positions for each axis, with as many axes."""
    if k == len(dimensions):
        return ()
    else:
        line = prim.empty(dimensions[k], dtype)
        count_up(line)
        return (prim.view_c(line, ones_but(len(dimensions), k, dimensions[k])),) + index_lines(dimensions, k + 1, dtype)


def put_each(out, parts, k):
    """Stores arrays, broadcast, in the rows of an array."""
    if k < len(parts):
        row = out[k]
        row[...] = parts[k]
        put_each(out, parts, k + 1)


@implements("numpy.indices")
def indices(dimensions, dtype=None, sparse=False):
    """The positions of all elements of a shape, axis by axis."""
    wanted = dtype_or(dtype, prim.dtype(np.int64))
    if not prim.is_tuple(dimensions):
        prim.error("the dimensions must be a tuple, not {}", dimensions)
    elif not prim.is_literal(sparse):
        prim.error("sparse must be a constant here")
    elif sparse:
        return index_lines(dimensions, 0, wanted)
    else:
        out = prim.empty((len(dimensions),) + dimensions, wanted)
        put_each(out, index_lines(dimensions, 0, wanted), 0)
        return out


@implements("numpy.tri")
def tri(N, M=None, k=0, dtype=None):
    """Ones at and below a diagonal."""
    columns = N if M is None else M
    out = zeros((max(N, 0), max(columns, 0)), dtype)
    for i in range(out.shape[0]):
        for j in range(min(max(i + k + 1, 0), out.shape[1])):
            out[i, j] = prim.cast(1, prim.dtype(out))
    return out


@implements("numpy.diagflat")
def diagflat(v, k=0):
    """A matrix with all elements on a diagonal."""
    return diag(ravel(v), k)


@implements("numpy.vander")
def vander(x, N=None, increasing=False):
    """Powers of the elements, in rows."""
    line = as_array(x)
    if line.ndim != 1:
        prim.error("x must be a one-dimensional array or sequence.")
    else:
        n = len(line) if N is None else N
        work = prim.result_type(prim.dtype(line), prim.dtype(np.int64))
        out = prim.empty((len(line), n), work)
        for i in range(len(line)):
            power = prim.cast(1, work)
            for j in range(n):
                out[i, j if increasing else n - 1 - j] = power
                power = power * prim.cast(line[i], work)
        return out


def in_dtype(a, dtype):
    """A new array in the dtype that is asked for; integers are rounded towards zero."""
    if dtype is None or prim.dtype(a) == dtype_or(dtype, prim.dtype(a)):
        return a
    else:
        return duplicate(a, prim.dtype_given(dtype), "C")


@implements("numpy.logspace")
def logspace(start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0):
    """Powers of a base, evenly spaced in their exponents."""
    if not prim.is_number(base):
        prim.error("np.logspace with an array of bases is not supported")
    else:
        return in_dtype(np.power(base, linspace(start, stop, num, endpoint, False, None, axis)), dtype)


def signed_parts(start, stop, num, endpoint, work):
    """`geomspace` of two real numbers in their dtype."""
    if start == 0 or stop == 0:
        raise ValueError("Geometric sequence cannot include zero")
    sign = np.sign(prim.cast(start, work))
    first = prim.cast(start, work) / sign
    last = prim.cast(stop, work) / sign
    out = np.power(prim.cast(10, work), linspace(np.log10(first), np.log10(last), num, endpoint))
    if num > 0:
        out[0] = first
        if num > 1 and endpoint:
            out[num - 1] = last
    out *= sign
    return out


@implements("numpy.geomspace")
def geomspace(start, stop, num=50, endpoint=True, dtype=None, axis=0):
    """Numbers with one quotient between neighbours."""
    if not (prim.is_number(start) and prim.is_number(stop)):
        prim.error("np.geomspace between arrays is not supported")
    elif prim.kind(prim.result_type(prim.dtype(start), prim.dtype(stop))) == "c":
        prim.error("np.geomspace of complex numbers is not supported")
    elif dtype is not None and prim.kind(prim.dtype_given(dtype)) == "c":
        prim.error("np.geomspace with a complex dtype is not supported")
    else:
        work = prim.dtype(prim.promote(prim.promote(start, stop), 1.0))
        common = prim.result_type(work, dtype_or(dtype, work))
        return in_dtype(signed_parts(start, stop, num, endpoint, common), dtype)


def call_each(function, dimensions, k, parts, dtype):
    """The function of the positions of all elements."""
    if k == len(dimensions):
        return function(*parts)
    else:
        position = prim.empty(dimensions, dtype)
        position[...] = index_lines(dimensions, 0, dtype)[k]
        return call_each(function, dimensions, k + 1, parts + (position,), dtype)


@implements("numpy.fromfunction")
def fromfunction(function, shape, *, dtype=None):
    """What a function gives for the arrays of all positions, which are float64 by default."""
    if not prim.is_tuple(shape):
        prim.error("the shape must be a tuple, not {}", shape)
    else:
        return call_each(function, shape, 0, (), dtype_or(dtype, prim.dtype(np.float64)))
