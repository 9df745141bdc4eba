"""Values, matrices of values and fits of series of polynomials, whatever their basis.

A basis is given by a function of a line of coefficients and a number (`rule`), or by its
recurrence. Coefficients of several axes are one series for each position of the others.
NumPy warns where a fit is poorly conditioned; there is no warning here.
"""

from broadcasting import strides_for
from copying import as_array
from elementwise import room_for, shape_of_two
from multiplying import inside
from series import is_double
from shape import atleast_1d
from views import moveaxis


def floats(c):
    """Coefficients of any number of axes; integers become float64."""
    a = atleast_1d(as_array(c))
    if prim.kind(prim.dtype(a)) == "f" or prim.kind(prim.dtype(a)) == "c":
        return a
    else:
        return a + 0.0


def clenshaw(step, end, c, x):
    """The value of a series by Clenshaw's recurrence (1955).

    `step(a, c0, c1, x, n)` gives the next two coefficients of the recurrence, `end` the value
    of the last two. The first steps are rounded to the coefficients' dtype, as NumPy's are.
    """
    n = len(c)
    dtype = prim.dtype(end(c[0], c[0], x))
    if n == 1:
        return prim.cast(end(c[0], 0, x), dtype)
    if n == 2:
        return end(c[0], c[1], x)
    if prim.dtype(c) == dtype:
        c0 = c[n - 2]
        c1 = c[n - 1]
        for i in range(n - 3, -1, -1):
            c0, c1 = step(c[i], c0, c1, x, i + 2)
        return end(c0, c1, x)
    else:
        first0, first1 = step(c[n - 3], c[n - 2], c[n - 1], x, n - 1)
        if n == 3:
            return end(first0, first1, x)
        second0, second1 = step(c[n - 4], first0, first1, x, n - 2)
        y0 = prim.cast(second0, dtype)
        y1 = prim.cast(second1, dtype)
        for i in range(n - 5, -1, -1):
            y0, y1 = step(c[i], y0, y1, x, i + 2)
        return end(y0, y1, x)


def part(a, i):
    """A view of a part, also where no axis is left."""
    return prim.view(a, a.shape[1:], a.strides[1:], i * a.strides[0])


def columns(c, i):
    """The series at a position of the axis behind the first."""
    return prim.view(c, (c.shape[0],) + c.shape[2:], (c.strides[0],) + c.strides[2:], i * c.strides[1])


def fill_line(rule, out, c, x):
    """Values of one series."""
    for i in range(len(out)):
        out[i] = rule(c, x[i])


def fill_each(rule, out, c, x):
    """Values of one series at all elements."""
    if out.ndim == 1:
        fill_line(rule, out, c, x)
    else:
        for i in range(len(out)):
            fill_each(rule, out[i], c, x[i])


def fill(rule, out, c, x):
    """Values of a series for each position, at the element of that position."""
    if out.ndim == 0:
        prim.store(out, 0, prim.cast(rule(c, prim.load(x, 0)), prim.dtype(out)))
    else:
        for i in range(len(out)):
            fill(rule, part(out, i), columns(c, i), part(x, i))


def fill_at(rule, out, c, x):
    """Values of a series for each position, at one number."""
    if out.ndim == 0:
        prim.store(out, 0, prim.cast(rule(c, x), prim.dtype(out)))
    else:
        for i in range(len(out)):
            fill_at(rule, part(out, i), columns(c, i), x)


def value_dtype(c, x):
    """The dtype of values; Python numbers are weak."""
    if prim.kind(prim.dtype(x)) == "b" and not prim.is_weak(x) and not is_double(prim.dtype(c)):
        prim.error("values in single precision at {} are not compiled: their dtype depends on the degree", x)
    else:
        sample = prim.cast(0, prim.dtype(x)) if prim.is_array(x) else x
        return prim.dtype(prim.promote(prim.cast(0, prim.dtype(c)), sample))


def values(rule, least, x, c, tensor):
    """Values of series; `least` is the index that NumPy doesn't find where there are no coefficients."""
    a = floats(c)
    prim.guard(a.shape[0] > 0, "IndexError", "index {} is out of bounds for axis 0 with size 0", least)
    if not prim.is_number(x):
        at = as_array(x)
        return values_at(rule, at, a, tensor, value_dtype(a, at))
    elif a.ndim == 1:
        return at_number(rule, a, x, value_dtype(a, x))
    else:
        out = prim.empty(a.shape[1:], value_dtype(a, x))
        fill_at(rule, out, a, x)
        return out


def at_number(rule, c, x, dtype):
    return prim.cast(rule(c, x), dtype)


def values_at(rule, x, a, tensor, dtype):
    """Values at the elements of an array."""
    if a.ndim == 1 and x.ndim == 0:
        return at_number(rule, a, x[()], dtype)
    elif a.ndim == 1:
        out = room_for(dtype, x.shape, (x,))
        fill_each(rule, out, a, x)
        return out
    elif not prim.is_literal(tensor):
        prim.error("tensor= must be a constant: the result's type depends on it")
    elif tensor:
        shape = a.shape[1:] + x.shape
        out = prim.empty(shape, dtype)
        each = prim.view(a, a.shape + x.shape, a.strides + (0,) * x.ndim, 0)
        fill(rule, out, each, prim.view(x, shape, (0,) * (a.ndim - 1) + x.strides, 0))
        return out
    else:
        shape = shape_of_two(a.shape[1:], x.shape)
        n = len(shape)
        out = prim.empty(shape, dtype)
        strides = (a.strides[0],) + strides_for(a.shape[1:], a.strides[1:], n)
        each = prim.view(a, (a.shape[0],) + shape, strides, 0)
        fill(rule, out, each, prim.view(x, shape, strides_for(x.shape, x.strides, n), 0))
        return out


def same_shapes(x, y):
    """Whether two arrays have one shape."""
    if x.ndim != y.ndim:
        return False
    else:
        return x.shape == y.shape


def values_2d(value, x, y, c):
    """Values of a series in two variables."""
    at = as_array(x)
    other = as_array(y)
    if not same_shapes(at, other):
        raise ValueError("x, y are incompatible")
    elif floats(c).ndim < 2:
        prim.error("the coefficients need two axes here, not {}", c)
    else:
        return value(other, as_array(value(at, c)), tensor=False)


def values_3d(value, x, y, z, c):
    """Values of a series in three variables."""
    at = as_array(x)
    second = as_array(y)
    third = as_array(z)
    if not same_shapes(at, second) or not same_shapes(at, third):
        raise ValueError("x, y, z are incompatible")
    elif floats(c).ndim < 3:
        prim.error("the coefficients need three axes here, not {}", c)
    else:
        return value(third, as_array(value(second, as_array(value(at, c)), tensor=False)), tensor=False)


def vandermonde(second, following, x, deg):
    """The values of the basis's polynomials, in a last axis; by their recurrence."""
    if not prim.is_integer(deg):
        prim.error("deg must be an integer, received {}", deg)
    elif deg < 0:
        raise ValueError("deg must be non-negative")
    else:
        at = atleast_1d(as_array(x)) + 0.0
        v = prim.empty((int(deg) + 1,) + at.shape, prim.dtype(at))
        v[0] = at * 0 + 1
        if deg > 0:
            v[1] = second(at)
            for i in range(2, int(deg) + 1):
                v[i] = following(v[i - 1], v[i - 2], at, i)
        return moveaxis(v, 0, -1)


def points(x, others):
    """An array in the dtype of all of them."""
    a = as_array(x)
    dtype = prim.result_type(prim.dtype(a), prim.dtype(others))
    return a.astype(dtype) + 0.0


def degree(deg, i, count):
    """One of the degrees."""
    if prim.is_number(deg):
        prim.error("the degrees must be a sequence, not {}", deg)
    else:
        if len(deg) != count:
            raise ValueError(f"Expected {count} dimensions of degrees, got {len(deg)}")
        return deg[i]


def agreeing(s, t):
    """How many extents two shapes have in common in front."""
    if len(s) == 0 or len(t) == 0:
        return 0
    else:
        return 1 + agreeing(s[1:], t[1:]) if s[0] == t[0] else 0


def shown(shape, n):
    """The first n extents as text behind another."""
    if len(shape) == 0:
        return ""
    else:
        return f", {shape[0]}" + shown(shape[1:], n - 1) if n > 0 else ""


def check_shapes(x, y, z, count):
    """Raises what NumPy does where points can't be stacked."""
    if not same_shapes(x, y) or not same_shapes(x, z):
        n = min(agreeing(x.shape, y.shape), agreeing(x.shape, z.shape))
        detected = f"({count},)" if n == 0 else f"({count}" + shown(x.shape, n) + ")"
        raise ValueError(
            "setting an array element with a sequence. The requested array has an inhomogeneous shape "
            + f"after {n + 1} dimensions. The detected shape was {detected} + inhomogeneous part."
        )


def products(left, right):
    """The products of each row with each row."""
    n = len(right)
    out = prim.empty((len(left) * n,) + left.shape[1:], prim.dtype(left))
    for i in range(len(left)):
        for j in range(n):
            out[i * n + j] = left[i] * right[j]
    return out


def rows_of(vander, x, deg):
    """The values of each polynomial as a row."""
    return moveaxis(vander(x, deg), -1, 0)


def some_points(x):
    """NumPy can't reshape what has no elements."""
    if x.size == 0:
        raise ValueError(f"cannot reshape array of size 0 into shape ({inside(x.shape)},newaxis)")


def vandermonde_2d(vander, x, y, deg):
    """Products of the values of two polynomials, in a last axis."""
    first = degree(deg, 0, 2)
    second = degree(deg, 1, 2)
    a = points(x, as_array(y))
    b = points(y, as_array(x))
    check_shapes(a, b, b, 2)
    some_points(a)
    return moveaxis(products(rows_of(vander, a, first), rows_of(vander, b, second)), 0, -1)


def vandermonde_3d(vander, x, y, z, deg):
    """The same in three variables."""
    first = degree(deg, 0, 3)
    second = degree(deg, 1, 3)
    third = degree(deg, 2, 3)
    a = points(x, points(as_array(y), as_array(z)))
    b = points(y, a)
    c = points(z, a)
    check_shapes(a, b, c, 3)
    some_points(a)
    both = products(rows_of(vander, a, first), rows_of(vander, b, second))
    return moveaxis(products(both, rows_of(vander, c, third)), 0, -1)


def fit(name, vander, x, y, deg, rcond, full, w):
    """The coefficients of the series closest to points, by least squares."""
    if not prim.is_literal(full) or full:
        prim.error("full= of a fit is not compiled")
    else:
        at = as_array(x) + 0.0
        ys = as_array(y) + 0.0
        degrees = as_array(deg)
        if degrees.ndim > 1 or (prim.kind(prim.dtype(degrees)) != "i" and prim.kind(prim.dtype(degrees)) != "u"):
            raise TypeError("deg must be an int or non-empty 1-D array of int")
        else:
            if degrees.size == 0:
                raise TypeError("deg must be an int or non-empty 1-D array of int")
            if np.min(degrees) < 0:
                raise ValueError("expected deg >= 0")
            if at.ndim != 1:
                raise TypeError("expected 1D vector for x")
            else:
                if at.size == 0:
                    raise TypeError("expected non-empty vector for x")
                if ys.ndim < 1 or ys.ndim > 2:
                    raise TypeError("expected 1D or 2D array for y")
                else:
                    if at.shape[0] != ys.shape[0]:
                        raise TypeError("expected x and y to have same length")
                    limit = len(at) * np.finfo(prim.dtype(at)).eps if rcond is None else rcond
                    return fit_degrees(name, vander, at, ys, degrees, limit, w)


def fit_degrees(name, vander, x, y, degrees, limit, w):
    """A fit of all degrees up to one, or of those in a line."""
    if degrees.ndim == 0:
        return fitted(name, vander(x, int(degrees[()])).T, y, limit, w)
    else:
        ordered = np.sort(degrees)
        most = int(ordered[len(ordered) - 1])
        all_degrees = vander(x, most).T
        chosen = prim.empty((len(ordered), len(x)), prim.dtype(all_degrees))
        for j in range(len(ordered)):
            chosen[j] = all_degrees[int(ordered[j])]
        found = fitted(name, chosen, y, limit, w)
        out = prim.zeros((most + 1,) + found.shape[1:], prim.dtype(found))
        for j in range(len(ordered)):
            out[int(ordered[j])] = found[j]
        return out


def fitted(name, rows, y, limit, w):
    """The solution; `rows` has the values of one polynomial in each row."""
    if w is None:
        return solved(name, rows, y, limit)
    else:
        weights = as_array(w) + 0.0
        if weights.ndim != 1:
            raise TypeError("expected 1D vector for w")
        else:
            if weights.shape[0] != rows.shape[1]:
                raise TypeError("expected x and w to have same length")
            return solved(name, rows * weights, (y.T * weights).T, limit)


def solved(name, rows, y, limit):
    """The solution, each polynomial's values scaled to norm 1."""
    scale = prim.empty(len(rows), prim.dtype(abs(prim.cast(0, prim.dtype(rows)))))
    scaled = prim.empty(rows.shape, prim.dtype(rows))
    for i in range(len(rows)):
        norm = np.sqrt(sum_of_squares(rows[i]))
        scale[i] = norm if norm != 0 else prim.cast(1, prim.dtype(scale))
        scaled[i] = rows[i] / scale[i]
    solution = np.linalg.lstsq(scaled.T, y, limit)
    if solution[2] != len(rows):
        prim.warn_note(name + "(np.ones(2), np.ones(2), 1)")
    return (solution[0].T / scale).T


def sum_of_squares(line):
    if prim.kind(prim.dtype(line)) == "c":
        return np.sum(np.square(line.real) + np.square(line.imag))
    else:
        return np.sum(np.square(line))


def companion(a, below, above, last, single):
    """The matrix that has the roots of a series for eigenvalues.

    `below(i, n)` and `above(i, n)` stand beside the diagonal, `last(a, i, n)` is subtracted from
    the last column; `single(a, b)` is the root of ``a + b * p_1``.
    """
    prim.guard(len(a) >= 2, "ValueError", "Series must have maximum degree of at least 1.")
    n = len(a) - 1
    dtype = prim.dtype(a)
    out = prim.zeros((n, n), dtype)
    if n == 1:
        out[0, 0] = single(a[0], a[1])
        return out
    for i in range(1, n):
        out[i, i - 1] = prim.cast(below(i, n), dtype)
        out[i - 1, i] = prim.cast(above(i, n), dtype)
    for i in range(n):
        out[i, n - 1] = prim.cast(out[i, n - 1] - last(a, i, n), dtype)
    return out


def roots(matrix, single, a):
    """The roots of a series, always complex; in ascending order."""
    dtype = prim.result_type(prim.dtype(a), prim.dtype(np.complex64))
    if len(a) < 2:
        return prim.zeros(0, dtype)
    if len(a) == 2:
        out = prim.zeros(1, dtype)
        out[0] = prim.cast(single(a[0], a[1]), dtype)
        return out
    return np.sort(np.linalg.eigvals(matrix(a)))
