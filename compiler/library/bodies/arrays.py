"""Assignment to views: ``view[...] = number`` and ``view[...] = array``.

The front end calls `fill` and `assign` for a subscript assignment whose target is a
view. Both follow NumPy: a number is converted once, by the rules for one element; an
array is broadcast and cast without checks; where source and target overlap, the
result is as if the source had been read completely before anything was written.

`spread` and `copy_elements` are the loops below them; they check nothing.
"""

from error_flags import converted_dtype, limit, lowest, may_not_fit, size_bits
from on_threads import copy_on_threads, spread_on_threads


def fill(view, value):
    """Assign a number to every element."""
    if prim.readonly(view):
        raise ValueError("assignment destination is read-only")
    elif view.size == 0:
        # The value is converted, and refused, also where there is nothing to store.
        probe = prim.empty(1, prim.dtype(view))
        probe[0] = value
    else:
        first = (0,) * view.ndim
        view[first] = value
        spread(view, view[first])


def converted(value, dtype):
    """A number as an array without axes: Python's are refused where they don't fit, NumPy's are cast."""
    one = prim.empty((), dtype)
    if prim.is_time(value) or prim.is_weak(value) or prim.kind(prim.dtype(value)) == "c":
        one[()] = value
    else:
        one[()] = prim.cast(value, dtype)
    return one


def spread(view, value):
    """Store a value of the view's own dtype to every element."""
    if view.ndim == 0:
        view[()] = value
    elif view.ndim == 1:
        if prim.on_threads_setitem and len(view) >= prim.enough:
            spread_on_threads(view, value)
        else:
            for i in range(len(view)):
                view[i] = value
    elif prim.layout(view) == "C":
        spread(prim.view_c(view, view.size), value)
    elif prim.layout(view) == "F":
        spread(view.T, value)
    else:
        for i in range(len(view)):
            spread(view[i], value)


def assign(view, source):
    """Assign an array, broadcast to the view."""
    if (prim.is_time(prim.dtype(view)) or prim.is_time(prim.dtype(source))) and prim.dtype(view) != prim.dtype(source):
        prim.error("{} can't be stored into an array of another unit: convert it with astype", source)
    if prim.readonly(view):
        raise ValueError("assignment destination is read-only")
    check_fits(source.shape, view.shape)
    assign_broadcast(view, source)


def check_fits(extents, shape):
    """Raise unless an array's extents fit a shape; the message is without leading extents of 1."""
    if len(extents) > len(shape):
        if extents[0] == 1:
            check_fits(extents[1:], shape)
        else:
            check_fits_as_it_is(extents, shape)
    else:
        check_fits_as_it_is(extents, shape)


def check_fits_as_it_is(extents, shape):
    prim.guard(
        broadcasts(extents, shape),
        "ValueError",
        "could not broadcast input array from shape {} into shape {}",
        extents,
        shape,
    )


def broadcasts(extents, shape):
    """Whether an array's extents fit a shape; leading extents of 1 are dropped."""
    if len(extents) == 0:
        return True
    elif len(extents) > len(shape):
        return extents[0] == 1 and broadcasts(extents[1:], shape)
    elif len(extents) < len(shape):
        return broadcasts(extents, shape[1:])
    else:
        return (extents[0] == shape[0] or extents[0] == 1) and broadcasts(extents[1:], shape[1:])


def assign_broadcast(view, source):
    """Assign an array whose shape fits."""
    if source.ndim > view.ndim:
        # A view rather than `source[0]`, which is no array when one axis is left.
        assign_broadcast(view, prim.view(source, source.shape[1:], source.strides[1:], 0))
    elif source.ndim == view.ndim and prim.layout(source) == prim.layout(view) and prim.layout(view) != "A":
        if source.shape == view.shape:
            assign_same(view, source)
        else:
            assign_same(view, broadcast_source(source, view.shape))
    else:
        assign_same(view, broadcast_source(source, view.shape))


def assign_same(view, source):
    """Assign an array of the same shape."""
    if may_overlap(view, source):
        if prim.on_device():
            raise ValueError("in a kernel, an array is not written while another part of it is read")
        else:
            buffer = prim.empty(source.shape, prim.dtype(source))
            copy_elements(buffer, source)
            copy_elements(view, buffer)
    else:
        copy_elements(view, source)


def copy_elements(view, source):
    """Copy an array of the same shape that doesn't overlap, cast to the view's dtype."""
    if view.ndim == 0:
        if may_not_fit(source, prim.dtype(view)):
            cast_noted(prim.view_c(view, 1), prim.view(source, (1,), (0,), 0))
        else:
            view[()] = prim.cast(source[()], prim.dtype(view))
    elif view.ndim == 1:
        line = of_length(source, len(view))
        if prim.layout(view) == "C" and prim.layout(source) == "C" and prim.dtype(view) == prim.dtype(source):
            if prim.on_device():
                for i in range(len(view)):
                    view[i] = line[i]
            elif len(view) >= 256:
                prim.move_bytes(view, source, len(view) * view.itemsize)
            else:
                for i in range(len(view)):
                    view[i] = line[i]
        elif may_not_fit(source, prim.dtype(view)):
            cast_noted(view, line)
        elif prim.on_threads_setitem and len(view) >= prim.enough:
            copy_on_threads(view, line)
        else:
            for i in range(len(view)):
                view[i] = prim.cast(line[i], prim.dtype(view))
    elif prim.layout(view) == "C" and prim.layout(source) == "C":
        copy_elements(prim.view_c(view, view.size), prim.view_c(source, view.size))
    elif prim.layout(view) == "F":
        copy_elements(view.T, source.T)
    else:
        for i in range(len(view)):
            copy_elements(view[i], source[i])


def cast_noted(view, line):
    """Floats to integers; sets a flag where one doesn't fit."""
    if prim.kind(prim.dtype(view)) == "u" and view.itemsize >= 4:
        far = prim.cast(0, np.int64)
        for i in range(len(view)):
            view[i] = prim.cast(line[i], prim.dtype(view))
            size = size_bits(line[i])
            far = prim.select(size > far, size, far)
        if prim.rarely(far >= size_bits(limit(prim.dtype(view)))):
            prim.float_flags_raise(8)
    else:
        found = prim.cast(0, converted_dtype(prim.dtype(view)))
        for i in range(len(view)):
            x = prim.cast(line[i], prim.dtype(found))
            view[i] = prim.cast(x, prim.dtype(view))
            found = prim.select(x < found, x, found)
        if prim.rarely(found == lowest(prim.dtype(found))):
            prim.float_flags_raise(8)


def of_length(line, n):
    """The line with a length that it is known to have: bounds checks for one hold for both."""
    if prim.layout(line) == "C":
        return prim.view_c(line, n)
    else:
        return prim.view(line, (n,), line.strides, 0)


def broadcast_source(source, shape):
    """A view of an array as if it had the target's shape."""
    return prim.view(source, shape, broadcast_strides(source.shape, source.strides, shape), 0)


def broadcast_strides(extents, strides, shape):
    """Strides of an array in a broadcast shape, which it fits."""
    if len(shape) == 0:
        return ()
    elif len(extents) < len(shape):
        return (0,) + broadcast_strides(extents, strides, shape[1:])
    else:
        if extents[0] == shape[0]:
            stride = strides[0]
        else:
            stride = 0
        return (stride,) + broadcast_strides(extents[1:], strides[1:], shape[1:])


def may_overlap(a, b):
    """Whether writing to `a` in order could change what is still to be read from `b`.

    Compares the address ranges; the same elements in the same order don't count.
    """
    if a.size == 0 or b.size == 0:
        return False
    low_a, high_a = reach(a.shape, a.strides)
    low_b, high_b = reach(b.shape, b.strides)
    at_a = prim.address(a)
    at_b = prim.address(b)
    apart = at_a + high_a + a.itemsize <= at_b + low_b or at_b + high_b + b.itemsize <= at_a + low_a
    if apart:
        return False
    return at_a != at_b or a.itemsize != b.itemsize or not same_steps(a.shape, a.strides, b.strides)


def same_steps(shape, a, b):
    """Whether strides agree where there is more than one element."""
    if len(a) != len(b):
        return False
    elif len(shape) == 0:
        return True
    else:
        return (shape[0] == 1 or a[0] == b[0]) and same_steps(shape[1:], a[1:], b[1:])


def reach(shape, strides):
    """Lowest and highest offset of an element, in bytes from the first one."""
    if len(shape) == 0:
        return 0, 0
    else:
        low, high = reach(shape[1:], strides[1:])
        far = (shape[0] - 1) * strides[0]
        return low + min(far, 0), high + max(far, 0)


def assign_items(view, items):
    """`view[...] = items` of a tuple or list of numbers."""
    n = len(items)
    prim.guard(
        n == view.shape[view.ndim - 1] or n == 1,
        "ValueError",
        "could not broadcast input array from shape {} into shape {}",
        (n,),
        view.shape,
    )
    put_in_lines(view, items)


def put_in_lines(view, items):
    if view.ndim > 1:
        for i in range(len(view)):
            put_in_lines(view[i], items)
    elif len(items) == 1:
        for i in range(len(view)):
            view[i] = items[0]
    elif prim.is_tuple(items):
        put_items(view, items, 0)
    else:
        for i in range(len(items)):
            view[i] = items[i]


def put_items(view, items, at):
    if len(items) > 0:
        view[at] = items[0]
        put_items(view, items[1:], at + 1)
