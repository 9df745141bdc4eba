"""Loops over fused elementwise operations.

The front end (`infer/fusion.rs`) makes of each group of operations a kernel `f`, which
takes one element of each operand, and calls what is here. `operands` are arrays, numbers
that stay the same, and functions for the kernel; `shape` is the shape of the result, which
all of them fit: it has been made, and checked, by `shape_of_one` and `shape_of_two`.

Where an operand overlaps with what is written, the result is as if all operands had been
read before.
"""

from arrays import assign, broadcasts, check_fits, copy_elements, may_overlap
from axes import product
from broadcasting import compatible, element, item, joint, strides_for
from on_threads import halves_on_threads, items_on_threads, line_on_threads, rows_on_threads
from outputs import start_with
from pairwise import pairwise
from sums import sum_as, sum_dtype
from warned import of_nothing


def extents(x):
    """The shape of an operand; a shape stands for an operand that has it."""
    if prim.is_array(x):
        return x.shape
    elif prim.is_tuple(x):
        return x
    else:
        return ()


def shape_of_one(x):
    return extents(x)


def shape_of_two(x, y):
    """The shape of two operands broadcast together."""
    s = extents(x)
    t = extents(y)
    prim.guard(
        compatible(s, t), "ValueError", "operands could not be broadcast together with shapes {} {} ", s, t
    )
    return joint(s, t)


def shape_of_three(x, y, mask):
    """As `shape_of_two`, with a mask."""
    s = extents(x)
    t = extents(y)
    prim.guard(
        compatible(s, t) and compatible(joint(s, t), mask.shape),
        "ValueError",
        "operands could not be broadcast together with shapes {} {} {} ",
        s,
        t,
        mask.shape,
    )
    return joint(joint(s, t), mask.shape)


def shape_of_all(s, t, u):
    """Three shapes broadcast together."""
    prim.guard(
        compatible(s, t) and compatible(s, u) and compatible(t, u),
        "ValueError",
        "operands could not be broadcast together with shapes {} {} {} ",
        s,
        t,
        u,
    )
    return joint(joint(s, t), u)


def shape_of_choice(condition, x, y):
    """The shape of what `where` chooses from."""
    return shape_of_all(extents(condition), extents(x), extents(y))


def in_place_shape(target, y):
    """As `shape_of_two`, for a result that is written into the first operand."""
    s = target.shape
    t = extents(y)
    prim.guard(
        compatible(s, t), "ValueError", "operands could not be broadcast together with shapes {} {} {} ", s, t, s
    )
    prim.guard(
        broadcasts(t, s) and len(t) <= len(s),
        "ValueError",
        "non-broadcastable output operand with shape {} doesn't match the broadcast shape {}",
        s,
        joint(s, t),
    )
    return s


def as_element(x, dtype):
    """A Python integer as an element, refused where it doesn't fit."""
    probe = prim.empty(1, dtype)
    probe[0] = x
    return probe[0]


def compute(f, dtype, shape, operands):
    """A new array, or a number where there are no axes."""
    if len(shape) == 0:
        return prim.cast(f(*elements(operands)), dtype)
    elif len(shape) == 1 or in_order(operands, "C", len(shape)):
        out = prim.empty(shape, dtype)
        into(f, out, operands)
        return out
    elif in_order(operands, "F", len(shape)):
        return compute(f, dtype, backwards(shape), turned(operands)).T
    else:
        room = prim.empty(shape, dtype)
        out = prim.view(room, shape, kept_strides(shape, spread(operands, shape), dtype.itemsize), 0)
        long_nest(f, out, spread(operands, shape))
        return out


def has_nan(x):
    """Whether there is a nan in an array."""
    if x.ndim == 1:
        found = False
        for i in range(len(x)):
            found = found | bool(x[i] != x[i])
        return found
    else:
        for i in range(len(x)):
            if has_nan(x[i]):
                return True
        return False


def compute_c(f, dtype, shape, operands):
    """As `compute`, in C order whatever the operands have."""
    out = prim.empty(shape, dtype)
    into(f, out, operands)
    return out


def compute_f(f, dtype, shape, operands):
    """As `compute`, in F order."""
    out = prim.empty_f(shape, dtype)
    write(f, out, operands)
    return out


def compute_where(f, dtype, shape, mask, operands):
    """As `compute`, where a mask is true, which `shape` includes; NumPy leaves the others undefined."""
    if len(shape) == 0:
        return prim.cast(f(*elements(operands)), dtype) if mask[()] else prim.cast(0, dtype)
    else:
        out = room_for(dtype, shape, (mask,) + operands)
        nest_where(f, out, spread((mask,), shape)[0], spread(operands, shape))
        return out


def room_for(dtype, shape, operands):
    """A new array in the order of the operands."""
    if len(shape) == 1 or in_order(operands, "C", len(shape)):
        return prim.zeros(shape, dtype)
    elif in_order(operands, "F", len(shape)):
        return prim.zeros_f(shape, dtype)
    else:
        room = prim.zeros(shape, dtype)
        return prim.view(room, shape, kept_strides(shape, spread(operands, shape), dtype.itemsize), 0)


def sum_of(f, dtype, shape, operands):
    """The sum over all elements, which are stored in part only, in NumPy's order."""
    wanted = sum_dtype(dtype)
    if len(shape) > 0 and whole(operands, len(shape)):
        if same_shape(operands, shape):
            return sum_of_lines(f, dtype, wanted, lines(operands, product(shape)), product(shape))
        return sum_as(compute(f, dtype, shape, operands), None, wanted, False, None)
    else:
        return sum_as(compute(f, dtype, shape, operands), None, wanted, False, None)


def mean_of(f, dtype, shape, operands):
    """The mean over all elements of a dtype of floats."""
    return mean_as(("np.mean(", ", "), f, dtype, shape, operands)


def mean_method_of(f, dtype, shape, operands):
    """The same as a method."""
    return mean_as(("", ".mean("), f, dtype, shape, operands)


def mean_as(call, f, dtype, shape, operands):
    """The mean, with the warnings of a call."""
    if product(shape) == 0:
        of_nothing(prim.cast(0, dtype), dtype, call, "")
    return prim.cast(prim.divide(sum_of(f, dtype, shape, operands), prim.cast(product(shape), dtype)), dtype)


def sum_of_lines(f, dtype, wanted, operands, n):
    if prim.on_threads_reduction and n >= prim.enough:
        if prim.kind(dtype) == "f":
            return start_with(None, 0, dtype) + halves_on_threads(f, dtype, operands, n, sum_of_halves)
        else:
            return items_on_threads(f, dtype, wanted, operands, n)
    elif prim.kind(dtype) == "f":
        room = prim.empty(128, dtype)
        return start_with(None, 0, dtype) + sum_of_halves(f, dtype, room, operands, n)
    else:
        total = prim.cast(0, wanted)
        for i in range(n):
            total += prim.cast(prim.cast(f(*items(operands, i)), dtype), wanted)
        return total


def sum_of_halves(f, dtype, room, operands, n):
    """As `pairwise`, over elements that are computed when their block is added up."""
    if n <= 128:
        part = prim.view_c(room, n)
        line(f, part, lines(operands, n))
        return pairwise(part, dtype)
    else:
        half = n // 2
        half -= half % 8
        return sum_of_halves(f, dtype, room, operands, half) + sum_of_halves(
            f, dtype, room, behind(operands, half), n - half
        )


def behind(operands, n):
    """The lines from a position on."""
    if len(operands) == 0:
        return ()
    elif prim.is_array(operands[0]):
        return (operands[0][n:],) + behind(operands[1:], n)
    else:
        return (operands[0],) + behind(operands[1:], n)


def update(f, target, shape, operands):
    """Writes into an array that is an operand itself, and gives it."""
    if prim.readonly(target):
        raise ValueError("output array is read-only")
    elif not at_most(operands, target.ndim):
        raise ValueError("non-broadcastable output operand")
    else:
        write(f, target, operands)
        return target


def deliver(f, out, shape, operands):
    """Writes into an array that was given as ``out=``, and gives it."""
    check_out(out, shape)
    if len(shape) == out.ndim:
        write(f, out, operands)
    else:
        broadcast_store(f, out, shape, operands)
    return out


def check_out(out, shape):
    """Raises unless operands of a shape can be written into an array."""
    if prim.readonly(out):
        raise ValueError("output array is read-only")
    prim.guard(
        broadcasts(shape, out.shape) and len(shape) <= out.ndim,
        "ValueError",
        "non-broadcastable output operand with shape {} doesn't match the broadcast shape {}",
        out.shape,
        shape,
    )


def update_where(f, out, shape, mask, operands):
    """As `deliver`, where a mask is true; the other elements stay."""
    joint_shape = shape_of_two(shape, mask)
    check_out(out, joint_shape)
    if not at_most(operands, out.ndim) or mask.ndim > out.ndim:
        raise ValueError("non-broadcastable output operand")
    elif out.ndim == 0:
        if mask[()]:
            out[()] = prim.cast(f(*elements(operands)), prim.dtype(out))
        return out
    else:
        flags = spread((mask,), out.shape)
        if overlap(out, spread(operands, out.shape)) or overlap(out, flags):
            if prim.on_device():
                no_room()
            else:
                room = prim.empty(out.shape, prim.dtype(out))
                copy_elements(room, out)
                nest_where(f, room, flags[0], spread(operands, out.shape))
                copy_elements(out, room)
        else:
            nest_where(f, out, flags[0], spread(operands, out.shape))
        return out


def nest_where(f, out, flags, operands):
    """Operands and flags with the axes of `out`, or numbers."""
    if out.ndim == 1:
        marks = of_length((flags,), len(out))
        values = of_length(operands, len(out))
        for i in range(len(out)):
            if marks[0][i]:
                out[i] = prim.cast(f(*items(values, i)), prim.dtype(out))
    else:
        for i in range(len(out)):
            nest_where(f, out[i], flags[i], items(operands, i))


def store(f, view, shape, operands):
    """What ``view[...] = operations`` does."""
    if prim.readonly(view):
        raise ValueError("assignment destination is read-only")
    check_fits(shape, view.shape)
    if len(shape) == view.ndim:
        if shape == view.shape:
            write(f, view, operands)
        else:
            broadcast_store(f, view, shape, operands)
    else:
        broadcast_store(f, view, shape, operands)


def broadcast_store(f, view, shape, operands):
    """The operations have fewer elements than what they are assigned to."""
    room = prim.empty(shape, prim.dtype(view))
    into(f, room, operands)
    assign(view, room)


def write(f, out, operands):
    """Writes operations of the array's shape into it; operands may overlap with it."""
    if out.ndim == 0:
        out[()] = prim.cast(f(*elements(operands)), prim.dtype(out))
    elif overlap(out, spread(operands, out.shape)):
        if prim.on_device():
            no_room()
        else:
            room = prim.empty(out.shape, prim.dtype(out))
            into(f, room, operands)
            copy_elements(out, room)
    elif prim.layout(out) == "F" and in_order(operands, "F", out.ndim):
        into(f, out.T, turned(operands))
    else:
        into(f, out, operands)


def no_room():
    """Kernels have no memory for a copy of what would be overwritten."""
    raise ValueError("in a kernel, an array is not written while another part of it is read")


def at_most(operands, ndim):
    """Whether no operand has more axes than these; known when compiling."""
    if len(operands) == 0:
        return True
    elif prim.is_array(operands[0]) and operands[0].ndim > ndim:
        return False
    else:
        return at_most(operands[1:], ndim)


def overlap(out, operands):
    """Whether what is written could change an element that is still to be read."""
    if len(operands) == 0:
        return False
    elif prim.is_array(operands[0]):
        return may_overlap(out, operands[0]) or overlap(out, operands[1:])
    else:
        return overlap(out, operands[1:])


def into(f, out, operands):
    """The loops; `out` has at least one axis and doesn't overlap with an operand."""
    if prim.layout(out) == "C" and whole(operands, out.ndim):
        if same_shape(operands, out.shape):
            long_line(f, prim.view_c(out, out.size), lines(operands, out.size))
        else:
            long_nest(f, out, spread(operands, out.shape))
    else:
        long_nest(f, out, spread(operands, out.shape))


def no_gaps(operands):
    """Whether the elements of a line lie side by side, in all operands."""
    if len(operands) == 0:
        return True
    elif prim.is_array(operands[0]):
        x = operands[0]
        return x.strides[x.ndim - 1] == x.itemsize and no_gaps(operands[1:])
    else:
        return no_gaps(operands[1:])


def nest(f, out, operands):
    """Operands with the axes of `out`, or numbers; lines without gaps have a loop of their own."""
    if out.ndim == 1:
        if out.strides[0] == out.itemsize and no_gaps(operands):
            line(f, prim.view_c(out, len(out)), lines(operands, len(out)))
        else:
            line(f, out, of_length(operands, len(out)))
    else:
        for i in range(len(out)):
            nest(f, out[i], items(operands, i))


def long_nest(f, out, operands):
    """As `nest`, on several threads where that is asked for and pays."""
    if prim.on_threads_numpy and out.size >= prim.enough:
        if out.ndim == 1:
            if out.strides[0] == out.itemsize and no_gaps(operands):
                line_on_threads(f, prim.view_c(out, len(out)), lines(operands, len(out)))
            else:
                line_on_threads(f, out, of_length(operands, len(out)))
        elif len(out) > 1:
            rows_on_threads(f, out, operands, nest)
        else:
            nest(f, out, operands)
    else:
        nest(f, out, operands)


def long_line(f, out, operands):
    """As `line`, on several threads where that is asked for and pays."""
    if prim.on_threads_numpy and len(out) >= prim.enough:
        line_on_threads(f, out, operands)
    else:
        line(f, out, operands)


def line(f, out, operands):
    """Lines of the same length."""
    for i in range(len(out)):
        out[i] = prim.cast(f(*items(operands, i)), prim.dtype(out))


def items(operands, i):
    """What the operands have at a position of their first axis."""
    if len(operands) == 0:
        return ()
    else:
        return (item(operands[0], i),) + items(operands[1:], i)


def elements(operands):
    """What the operands have when all axes are gone."""
    if len(operands) == 0:
        return ()
    else:
        return (element(operands[0]),) + elements(operands[1:])


def in_order(operands, layout, ndim):
    """Whether all operands of several axes have them in an order, known when compiling."""
    if len(operands) == 0:
        return True
    elif prim.is_array(operands[0]):
        fits = operands[0].ndim < 2 or prim.layout(operands[0]) == layout
        if layout == "F" and operands[0].ndim < ndim:
            # Turned around, an operand of fewer axes would have them at the wrong end.
            return operands[0].ndim == 0 and in_order(operands[1:], layout, ndim)
        elif fits:
            return in_order(operands[1:], layout, ndim)
        else:
            return False
    else:
        return in_order(operands[1:], layout, ndim)


def backwards(shape):
    if len(shape) == 0:
        return ()
    else:
        return backwards(shape[1:]) + (shape[0],)


def turned(operands):
    """The operands with their axes in reverse."""
    if len(operands) == 0:
        return ()
    elif prim.is_array(operands[0]):
        return (operands[0].T,) + turned(operands[1:])
    else:
        return (operands[0],) + turned(operands[1:])


def whole(operands, ndim):
    """Whether the operands are numbers, or arrays of so many axes without gaps."""
    if len(operands) == 0:
        return True
    elif prim.is_array(operands[0]):
        if operands[0].ndim == ndim and prim.layout(operands[0]) == "C":
            return whole(operands[1:], ndim)
        else:
            return False
    else:
        return whole(operands[1:], ndim)


def same_shape(operands, shape):
    """Whether all arrays have the shape."""
    if len(operands) == 0:
        return True
    elif prim.is_array(operands[0]):
        return operands[0].shape == shape and same_shape(operands[1:], shape)
    else:
        return same_shape(operands[1:], shape)


def lines(operands, n):
    """Arrays without gaps as lines of a length that they are known to have."""
    if len(operands) == 0:
        return ()
    elif prim.is_array(operands[0]):
        return (prim.view_c(operands[0], n),) + lines(operands[1:], n)
    else:
        return (operands[0],) + lines(operands[1:], n)


def of_length(operands, n):
    """Lines with a length that they are known to have."""
    if len(operands) == 0:
        return ()
    elif prim.is_array(operands[0]):
        return (prim.view(operands[0], (n,), operands[0].strides, 0),) + of_length(operands[1:], n)
    else:
        return (operands[0],) + of_length(operands[1:], n)


def spread(operands, shape):
    """The operands as views of a shape that they fit."""
    if len(operands) == 0:
        return ()
    elif prim.is_array(operands[0]):
        x = operands[0]
        view = prim.view(x, shape, strides_for(x.shape, x.strides, len(shape)), 0)
        return (view,) + spread(operands[1:], shape)
    else:
        return (operands[0],) + spread(operands[1:], shape)


def kept_strides(shape, operands, itemsize):
    """Strides that pack the elements in the order in which the operands have their axes.

    As NumPy's iterators order axes: `order` has the innermost first, and each further axis
    goes before those that it should be inside of.
    """
    ndim = len(shape)
    table = prim.empty((len(operands), ndim), np.int64)
    fill_strides(table, operands, 0)
    order = prim.empty(ndim, np.int64)
    for i in range(ndim):
        order[i] = ndim - 1 - i
        place_axis(table, order, i)
    strides = prim.empty(ndim, np.int64)
    extent = prim.empty(ndim, np.int64)
    fill_extents(extent, shape, 0)
    stride = np.int64(itemsize)
    for i in range(ndim):
        strides[order[i]] = stride
        stride *= extent[order[i]]
    return as_tuple(strides, ndim)


def place_axis(table, order, i):
    """Moves the axis at a position of `order` inward, as far as the operands ask."""
    axis = order[i]
    to = i
    for k in range(i - 1, -1, -1):
        answer = belongs_inside(table, axis, order[k])
        if answer == 0:
            break
        elif answer == 1:
            to = k
    for k in range(i, to, -1):
        order[k] = order[k - 1]
    order[to] = axis


def belongs_inside(table, outer, inner):
    """Whether an axis should be inside of another: 1, 0, or -1 where no operand says it.

    Operands decide that have strides on both axes; where they disagree, it stays.
    """
    answer = -1
    for k in range(len(table)):
        a = abs(table[k, outer])
        b = abs(table[k, inner])
        if a != 0 and b != 0:
            if b <= a:
                return 0
            answer = 1
    return answer


def fill_strides(table, operands, k):
    if len(operands) > 0:
        if prim.is_array(operands[0]):
            fill_extents(table[k], operands[0].strides, 0)
        else:
            for i in range(table.shape[1]):
                table[k, i] = 0
        fill_strides(table, operands[1:], k + 1)


def fill_extents(row, extents, i):
    if i < len(extents):
        row[i] = extents[i]
        fill_extents(row, extents, i + 1)


def as_tuple(row, n):
    if n == 0:
        return ()
    else:
        return as_tuple(row, n - 1) + (row[n - 1],)
