"""Evenly spaced numbers: arange, linspace.

Lengths and elements follow NumPy's arithmetic: `arange` stores ``start`` and
``start + step`` in the result's dtype and continues with their difference.
"""

from axes import dtype_or
from broadcasting import pair_dtype
from copying import as_array
from datetimes import time_cast
from on_threads import progress_on_threads, spaced_on_threads
from views import moveaxis


def count_integers(distance, step):
    """``ceil(distance / step)`` of integers."""
    if step == 0:
        raise ZeroDivisionError("division by zero")
    return max(-(-distance // step), 0)


def count_floats(start, stop, step):
    """``ceil((stop - start) / step)`` with one rounding for each operation."""
    distance = stop - start
    steps = float(distance / step)
    if np.isnan(steps):
        raise ValueError("arange: cannot compute length")
    if steps >= 1e18:
        raise ValueError("Maximum allowed size exceeded")
    if steps == 0.0 and distance != 0:
        # The quotient is too small for a float: its sign counts.
        return 0 if np.signbit(steps) else 1
    if steps <= 0.0:
        return 0
    return int(np.ceil(steps))


@implements("numpy.arange")
def arange(start, stop=None, step=None, dtype=None):
    if prim.is_str(start) or prim.is_str(stop):
        return arange_of_dates(start, stop, step, dtype)
    elif stop is None:
        return arange_from(0, start, 1 if step is None else step, dtype)
    elif step is None:
        return arange_from(start, stop, 1, dtype)
    else:
        return arange_from(start, stop, step, dtype)


def arange_of_dates(start, stop, step, dtype):
    """Dates written as texts, of a dtype with a unit."""
    if dtype is None or not prim.is_time(prim.dtype(dtype)) or not (prim.is_literal(start) and prim.is_literal(stop)):
        prim.error("np.arange of texts takes dates that are constants, with a dtype such as 'M8[D]'")
    elif step is None:
        return np.arange(date_in(start, prim.dtype(dtype)), date_in(stop, prim.dtype(dtype)))
    else:
        return np.arange(date_in(start, prim.dtype(dtype)), date_in(stop, prim.dtype(dtype)), step)


def date_in(x, dtype):
    if prim.is_str(x):
        return time_cast(np.datetime64(x), dtype)
    elif prim.is_time(x):
        return time_cast(x, dtype)
    else:
        prim.error("np.arange of dates takes two dates, not {}", x)


def arange_from(start, stop, step, dtype):
    """`arange` with all arguments given."""
    if not (prim.is_number(start) and prim.is_number(stop) and prim.is_number(step)):
        prim.error("np.arange takes numbers")
    else:
        natural = prim.result_type(prim.dtype(start), prim.result_type(prim.dtype(stop), prim.dtype(step)))
        wanted = dtype_or(dtype, prim.result_type(natural, np.int64))
        if prim.kind(natural) == "c" or prim.kind(wanted) == "c":
            prim.error("np.arange of complex numbers is not supported")
        elif prim.kind(wanted) == "b":
            prim.error("np.arange with dtype=bool is not supported")
        elif prim.is_integer(start) and prim.is_integer(stop) and prim.is_integer(step):
            # NumPy integers wrap here, as in NumPy.
            out = prim.empty(count_integers(int(stop - start), int(step)), wanted)
            progress(out, start, step)
            return out
        else:
            out = prim.empty(count_floats(start, stop, step), wanted)
            progress(out, start, step)
            return out


def progress(out, start, step):
    """Stores the first two numbers and goes on by their difference."""
    n = len(out)
    if n > 0:
        out[0] = start
    if n > 1:
        out[1] = start + step
        first = out[0]
        delta = out[1] - first
        if prim.on_threads_numpy and n >= prim.enough:
            progress_on_threads(out, first, delta)
        else:
            for i in range(2, n):
                out[i] = first + prim.cast(i, prim.dtype(out)) * delta


def inexact(dtype):
    """The dtype, or float64 for integers."""
    if prim.kind(dtype) == "f" or prim.kind(dtype) == "c":
        return prim.dtype_given(dtype)
    else:
        return prim.dtype(np.float64)


def in_work(x, work):
    """A number, or an array in a dtype."""
    if x.ndim == 0:
        return prim.cast(x[()], work)
    else:
        return x.astype(work)


def common(start, stop):
    """The dtype in which samples between arrays are computed; Python's numbers are weak."""
    if (prim.is_number(start) or prim.is_array(start)) and (prim.is_number(stop) or prim.is_array(stop)):
        return inexact(pair_dtype(start, stop))
    else:
        return inexact(prim.result_type(prim.dtype(as_array(start)), prim.dtype(as_array(stop))))


def between_arrays(start, stop, work, num, endpoint, retstep, dtype, axis):
    """`linspace` between arrays, broadcast: the samples are along a new axis."""
    if start.ndim == 0 and stop.ndim == 0:
        return linspace(start[()], stop[()], num, endpoint, retstep, dtype, axis)
    elif retstep:
        prim.error("retstep= of np.linspace between arrays is not supported")
    elif not prim.is_integer(num):
        prim.error("the number of samples must be an integer, not {}", num)
    else:
        if num < 0:
            raise ValueError("Number of samples must be non-negative.")
        first = in_work(start, work)
        delta = in_work(stop, work) - first
        parts = num - 1 if endpoint else num
        tiny = parts > 0 and np.any(delta / prim.cast(max(parts, 1), work) == 0)
        out = prim.empty((num,) + delta.shape, dtype_or(dtype, work))
        for i in range(num):
            row = out[i]
            if parts <= 0:
                row[...] = in_steps(prim.cast(i, work) * delta + first, out)
            elif endpoint and num > 1 and i == num - 1:
                row[...] = in_steps(in_work(stop, work), out)
            elif tiny:
                row[...] = in_steps(prim.cast(i, work) / prim.cast(parts, work) * delta + first, out)
            else:
                row[...] = in_steps(prim.cast(i, work) * (delta / prim.cast(parts, work)) + first, out)
        return moveaxis(out, 0, axis)


def in_steps(x, out):
    """Samples for the result's dtype: integers are rounded down."""
    if prim.kind(prim.dtype(out)) == "i" or prim.kind(prim.dtype(out)) == "u":
        return np.floor(x)
    else:
        return x


@implements("numpy.linspace")
def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0):
    if not (prim.is_number(start) and prim.is_number(stop)):
        return between_arrays(as_array(start), as_array(stop), common(start, stop), num, endpoint, retstep, dtype, axis)
    elif not prim.is_integer(num):
        prim.error("the number of samples must be an integer, not {}", num)
    elif not prim.is_literal(retstep):
        prim.error("retstep must be a constant: the result's type depends on it")
    else:
        if num < 0:
            raise ValueError("Number of samples must be non-negative.")
        work = inexact(pair_dtype(start, stop))
        first = prim.cast(start, work)
        last = prim.cast(stop, work)
        parts = num - 1 if endpoint else num
        out = prim.empty(num, dtype_or(dtype, work))
        step = spaced(out, first, last, parts)
        if endpoint and num > 1:
            out[num - 1] = finish(last, out)
        if retstep:
            return out, step
        else:
            return out


def spaced(out, first, last, parts):
    """Stores ``first + i * step``; gives the step, nan if there are no parts."""
    delta = last - first
    work = prim.dtype(first)
    step = prim.cast(np.nan, work)
    if parts > 0:
        step = delta / prim.cast(parts, work)
        if step == 0:
            # Too small a step for a float: divide first.
            for i in range(len(out)):
                out[i] = finish(prim.cast(i, work) / prim.cast(parts, work) * delta + first, out)
        elif prim.on_threads_numpy and len(out) >= prim.enough:
            spaced_on_threads(out, first, step, finish)
        else:
            for i in range(len(out)):
                out[i] = finish(prim.cast(i, work) * step + first, out)
    else:
        for i in range(len(out)):
            out[i] = finish(prim.cast(i, work) * delta + first, out)
    return step


def finish(x, out):
    """A sample in the result's dtype; integers are rounded down."""
    if prim.kind(prim.dtype(out)) == "i" or prim.kind(prim.dtype(out)) == "u":
        return prim.cast(np.floor(x), prim.dtype(out))
    else:
        return prim.cast(x, prim.dtype(out))
