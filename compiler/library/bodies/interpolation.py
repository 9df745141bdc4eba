"""Points on piecewise linear curves: interp."""

from copying import as_array
from positions import flat


def interval(xp, x, guess):
    """The last place that isn't above `x`, which isn't below the first; tries near a guess first."""
    n = len(xp)
    if guess < n - 1 and xp[guess] <= x:
        if x < xp[guess + 1]:
            return guess
        if guess < n - 2 and x < xp[guess + 2]:
            return guess + 1
    low = 0
    size = n
    while size > 1:
        half = size // 2
        low = prim.select(xp[low + half] <= x, low + half, low)
        size -= half
    return low


def interpolate(x, xp, fp, j):
    """A point of the curve in an interval, with NumPy's arithmetic."""
    n = len(xp)
    if j >= n - 1 or xp[j] == x:
        return fp[min(j, n - 1)]
    if prim.kind(prim.dtype(fp)) == "c":
        re = between(x, xp[j], xp[j + 1], fp[j].real, fp[j + 1].real)
        im = between(x, xp[j], xp[j + 1], fp[j].imag, fp[j + 1].imag)
        return prim.complex(re, im)
    else:
        return between(x, xp[j], xp[j + 1], fp[j], fp[j + 1])


def between(x, x0, x1, y0, y1):
    """A point on a line through two points."""
    slope = (y1 - y0) / (x1 - x0)
    y = slope * (x - x0) + y0
    if np.isnan(y):
        # An infinite slope at one end: try from the other.
        y = slope * (x - x1) + y1
        if np.isnan(y) and y0 == y1:
            y = y0
    return y


def interpolate_line(out, x, xp, fp, left, right):
    """Points for a line of places."""
    n = len(xp)
    j = 0
    for i in range(len(x)):
        at = prim.cast(x[i], np.float64)
        if np.isnan(at):
            if n > 1:
                out[i] = at
            else:
                out[i] = fp[0]
        elif at > xp[n - 1]:
            out[i] = right
        elif at < xp[0]:
            out[i] = left
        else:
            j = interval(xp, at, j)
            out[i] = interpolate(at, xp, fp, j)


def curve_values(fp):
    """The values of a curve in the dtype of the result."""
    if prim.kind(prim.dtype(fp)) == "c":
        return fp.astype(np.complex128)
    else:
        return fp.astype(np.float64)


def end_value(value, default):
    """What `left=` or `right=` says, or the curve's end."""
    if value is None:
        return default
    else:
        return prim.cast(value, prim.dtype(default))


def interpolated(x, xp, fp, left, right):
    """Points of a curve for an array of places, or for one."""
    places = as_array(x)
    low = end_value(left, fp[0])
    high = end_value(right, fp[len(fp) - 1])
    out = prim.empty(places.shape, prim.dtype(fp))
    interpolate_line(prim.view_c(out, out.size), places if places.ndim == 1 else flat(places), xp, fp, low, high)
    if places.ndim == 0:
        return out[()]
    else:
        return out


def periodic(x, period):
    """Places in the first period."""
    return np.remainder(as_array(x).astype(np.float64), period)


def wrapped(points, before, behind):
    """A line with one more point before and one behind."""
    out = prim.empty(len(points) + 2, prim.dtype(points))
    out[0] = before
    for i in range(len(points)):
        out[i + 1] = points[i]
    out[len(points) + 1] = behind
    return out


def ordered(line, order):
    """The elements of a line in an order."""
    out = prim.empty(len(order), prim.dtype(line))
    for i in range(len(order)):
        out[i] = line[order[i]]
    return out


@implements("numpy.interp")
def interp(x, xp, fp, left=None, right=None, period=None):
    """Points of a piecewise linear curve."""
    points = as_array(xp).astype(np.float64)
    values = curve_values(as_array(fp))
    if points.ndim != 1 or values.ndim != 1:
        prim.error("np.interp needs data points of one dimension")
    elif prim.kind(prim.dtype(as_array(x))) == "c" or prim.kind(prim.dtype(as_array(xp))) == "c":
        prim.error("np.interp needs real places")
    elif period is None:
        if len(points) == 0:
            raise ValueError("array of sample points is empty")
        if len(points) != len(values):
            raise ValueError("fp and xp are not of the same length.")
        return interpolated(x, points, values, left, right)
    else:
        if period == 0:
            raise ValueError("period must be a non-zero value")
        if len(points) != len(values):
            raise ValueError("fp and xp are not of the same length")
        turn = np.float64(abs(period))
        folded = periodic(points, turn)
        order = np.argsort(folded, kind="stable")
        folded = ordered(folded, order)
        values = ordered(values, order)
        n = len(folded)
        return interpolated(
            periodic(x, turn),
            wrapped(folded, folded[n - 1] - turn, folded[0] + turn),
            wrapped(values, values[n - 1], values[0]),
            None,
            None,
        )
