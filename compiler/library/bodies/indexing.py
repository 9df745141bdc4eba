"""Subscripts with arrays: boolean masks, arrays of integers, lists, mixed with the rest.

The front end calls `pick` for ``a[index]`` and `put` for ``a[index] = value`` where an
element of the index is an array or a list; the others are views and never come here. As in
NumPy a mask stands for the positions of its true elements, integers beside arrays are
arrays of no dimensions, and the dimensions of the arrays, broadcast together, take the
place of the first of them, or come first where a slice or a new axis lies between.

All positions are checked before anything is read or written. Results are in C order.
"""

from arrays import assign, converted, copy_elements, may_overlap, of_length
from axes import product
from broadcasting import compatible, joint, strides_for
from copying import as_array, from_items
from searching import nonzero


def pick(a, index):
    """``a[index]``"""
    if prim.is_tuple(index):
        return pick_parts(a, index)
    elif prim.is_list(index):
        return pick(a, of_list(as_array(index)))
    elif is_mask(index) and index.ndim == a.ndim and a.ndim > 0:
        check_mask(index.shape, a.shape, 0)
        return masked(a, index)
    elif is_positions(index) and index.ndim > 0 and a.ndim == 1:
        out = prim.empty(index.shape, prim.dtype(a))
        pick_each(out, a, index)
        return out
    else:
        return pick_parts(a, (index,))


def is_positions(x):
    if prim.is_array(x):
        return prim.kind(prim.dtype(x)) == "i" or prim.kind(prim.dtype(x)) == "u"
    else:
        return False


def pick_each(out, a, index):
    """Elements of a line, each checked when it is read: nothing is seen of a failure."""
    if out.ndim == 1:
        at = of_length(index, len(out))
        for i in range(len(out)):
            out[i] = a[at[i]]
    elif prim.layout(index) == "C":
        pick_each(prim.view_c(out, index.size), a, prim.view_c(index, index.size))
    else:
        for i in range(len(out)):
            pick_each(out[i], a, index[i])


def put(a, index, value):
    """``a[index] = value``"""
    if prim.readonly(a):
        raise ValueError("assignment destination is read-only")
    elif prim.is_time(prim.dtype(a)):
        put_times(a, index, value)
    elif prim.is_tuple(index):
        put_parts(a, index, value)
    elif prim.is_list(index):
        put(a, of_list(as_array(index)), value)
    elif is_mask(index) and index.ndim == a.ndim and a.ndim > 0:
        check_mask(index.shape, a.shape, 0)
        put_masked(a, index, value)
    else:
        put_parts(a, (index,), value)


def put_times(a, index, value):
    """Dates and differences, as the counts that they are: of one unit."""
    if prim.is_time(value) or prim.is_array(value):
        if prim.dtype(value) != prim.dtype(a):
            prim.error("{} can't be assigned to elements of another dtype", value)
        else:
            put(prim.ticks(a), index, prim.ticks(value))
    else:
        prim.error("{} can't be assigned to dates or differences", value)


def is_mask(x):
    if prim.is_array(x):
        return prim.kind(prim.dtype(x)) == "b"
    else:
        return False


def check_mask(extents, shape, axis):
    """Raises unless a mask has the extents of the axes that it stands for."""
    if len(extents) > 0:
        prim.guard(
            extents[0] == shape[0],
            "IndexError",
            "boolean index did not match indexed array along axis {}; size of axis is {} but size of corresponding boolean axis is {}",
            axis,
            shape[0],
            extents[0],
        )
        check_mask(extents[1:], shape[1:], axis + 1)


def count_true(mask):
    """How many elements are true."""
    if mask.ndim == 1:
        n = 0
        for i in range(len(mask)):
            n += prim.cast(mask[i], prim.dtype(np.int64))
        return int(n)
    elif prim.layout(mask) == "C":
        return count_true(prim.view_c(mask, mask.size))
    else:
        n = 0
        for i in range(len(mask)):
            n += count_true(mask[i])
        return n


def masked(a, mask):
    """The elements where the mask is true."""
    out = prim.empty(count_true(mask), prim.dtype(a))
    if len(out) > 0:
        if prim.layout(a) == "C" and prim.layout(mask) == "C":
            gather_true(prim.view_c(a, a.size), prim.view_c(mask, a.size), out, 0)
        else:
            gather_true(a, mask, out, 0)
    return out


def gather_true(a, mask, out, k):
    """Stores the elements of a part from a position on; gives the position after them."""
    if a.ndim == 1:
        flags = of_length(mask, len(a))
        for i in range(len(a)):
            if k == len(out):
                break
            # Without a branch: what is stored for nothing is stored over.
            out[k] = a[i]
            k += int(flags[i])
        return k
    else:
        for i in range(len(a)):
            k = gather_true(a[i], mask[i], out, k)
        return k


def put_masked(a, mask, value):
    """Stores where the mask is true."""
    if prim.is_number(value) or prim.is_time(value):
        one = converted(value, prim.dtype(a))[()]
        if prim.layout(a) == "C" and prim.layout(mask) == "C":
            fill_true(prim.view_c(a, a.size), prim.view_c(mask, a.size), one)
        else:
            fill_true(a, mask, one)
    elif prim.is_list(value) or prim.is_tuple(value):
        put_masked(a, mask, from_items(value, prim.dtype(a)))
    elif not prim.is_array(value):
        prim.error("{} can't be assigned to elements of an array", value)
    elif value.ndim == 0:
        put_masked(a, mask, prim.cast(value[()], prim.dtype(a)))
    elif value.ndim > 1:
        put_parts(a, (mask,), value)
    else:
        n = count_true(mask)
        prim.guard(
            len(value) == n or len(value) == 1,
            "ValueError",
            "NumPy boolean array indexing assignment cannot assign {} input values to the {} output values where the mask is true",
            len(value),
            n,
        )
        source = prim.empty(len(value), prim.dtype(a))
        copy_elements(source, value)
        if len(value) == 1:
            fill_true(a, mask, source[0])
        else:
            scatter_true(a, mask, source, 0)


def fill_true(a, mask, value):
    if a.ndim == 1:
        flags = of_length(mask, len(a))
        for i in range(len(a)):
            if flags[i]:
                a[i] = value
    else:
        for i in range(len(a)):
            fill_true(a[i], mask[i], value)


def scatter_true(a, mask, values, k):
    if a.ndim == 1:
        flags = of_length(mask, len(a))
        for i in range(len(a)):
            if flags[i]:
                a[i] = values[k]
                k += 1
        return k
    else:
        for i in range(len(a)):
            k = scatter_true(a[i], mask[i], values, k)
        return k


def as_index(x):
    """An element of an index: lists become arrays, arrays of no dimensions integers."""
    if prim.is_list(x):
        return of_list(as_array(x))
    elif prim.is_array(x):
        if prim.kind(prim.dtype(x)) == "f" or prim.kind(prim.dtype(x)) == "c":
            prim.error("arrays used as indices must be of integer (or boolean) type, not {}", x)
        elif x.ndim == 0:
            if prim.kind(prim.dtype(x)) == "b":
                prim.error("an index that is a truth value is not supported, {}", x)
            else:
                return x[()]
        else:
            return x
    else:
        return x


def of_list(x):
    """A list as an array; an empty one stands for no positions, whatever it is of."""
    if prim.kind(prim.dtype(x)) == "f" and x.ndim == 1:
        prim.guard(len(x) == 0, "IndexError", "arrays used as indices must be of integer (or boolean) type")
        return prim.empty(0, prim.dtype(np.int64))
    else:
        return as_index(x)


def consumed(index):
    """How many axes the elements of an index stand for."""
    if len(index) == 0:
        return 0
    else:
        return axes_of(index[0]) + consumed(index[1:])


def axes_of(x):
    if x is None or x is ...:
        return 0
    elif is_mask(x):
        return x.ndim
    else:
        return 1


def has_ellipsis(index):
    if len(index) == 0:
        return False
    elif index[0] is ...:
        return True
    else:
        return has_ellipsis(index[1:])


def normalized(index):
    """The elements with lists as arrays."""
    if len(index) == 0:
        return ()
    else:
        return (as_index(index[0]),) + normalized(index[1:])


def expanded(index, shape, axis, free):
    """One integer, slice, new axis or array of integers for each axis.

    `free` axes are those that no element of the index stands for.
    """
    if len(index) == 0:
        return ()
    elif index[0] is ...:
        return (slice(None),) * free + expanded(index[1:], shape[free:], axis + free, 0)
    elif index[0] is None:
        return (None,) + expanded(index[1:], shape, axis, free)
    elif is_mask(index[0]):
        n = index[0].ndim
        check_mask(index[0].shape, shape[:n], axis)
        return nonzero(index[0]) + expanded(index[1:], shape[n:], axis + n, free)
    else:
        return (index[0],) + expanded(index[1:], shape[1:], axis + 1, free)


def complete(index, a):
    """The index with something for each axis."""
    free = a.ndim - consumed(index)
    if free < 0:
        prim.error("too many indices for array: {} has fewer dimensions than were indexed", a)
    elif has_ellipsis(index):
        return expanded(index, a.shape, 0, free)
    else:
        return expanded(index + (...,), a.shape, 0, free)


def is_advanced(x):
    return prim.is_array(x) or prim.is_number(x)


def count_arrays(parts):
    if len(parts) == 0:
        return 0
    elif prim.is_array(parts[0]):
        return 1 + count_arrays(parts[1:])
    else:
        return count_arrays(parts[1:])


def opened(parts):
    """The index of the view in which the positions are looked up."""
    if len(parts) == 0:
        return ()
    elif is_advanced(parts[0]):
        return (slice(None),) + opened(parts[1:])
    else:
        return (parts[0],) + opened(parts[1:])


def check_integers(parts, shape, axis):
    """Raises if an integer is out of range: NumPy looks at these before it looks at arrays."""
    if len(parts) == 0:
        pass
    elif parts[0] is None:
        check_integers(parts[1:], shape[1:], axis)
    else:
        if prim.is_number(parts[0]):
            check_position(int(parts[0]), shape[0], axis)
        check_integers(parts[1:], shape[1:], axis + 1)


def positions(parts, shape, axis):
    """The arrays of positions, checked and made non-negative."""
    if len(parts) == 0:
        return ()
    elif parts[0] is None:
        return positions(parts[1:], shape[1:], axis)
    elif is_advanced(parts[0]):
        return (checked(parts[0], shape[0], axis),) + positions(parts[1:], shape[1:], axis + 1)
    else:
        return positions(parts[1:], shape[1:], axis + 1)


def checked(x, n, axis):
    """Positions in an axis as int64, counted from the front."""
    if prim.is_array(x):
        out = prim.empty(x.shape, prim.dtype(np.int64))
        check_into(out, x, n, axis)
        return out
    else:
        out = prim.empty((), prim.dtype(np.int64))
        at = int(x)
        check_position(at, n, axis)
        out[()] = at + n if at < 0 else at
        return out


def check_position(at, n, axis):
    prim.guard(-n <= at and at < n, "IndexError", "index {} is out of bounds for axis {} with size {}", at, axis, n)


def check_into(out, x, n, axis):
    if x.ndim == 1:
        line = of_length(x, len(out))
        for i in range(len(out)):
            at = int(line[i])
            if at < -n or at >= n:
                prim.guard(
                    False, "IndexError", "index {} is out of bounds for axis {} with size {}", at, axis, n
                )
            out[i] = at + n if at < 0 else at
    elif prim.layout(x) == "C":
        check_into(prim.view_c(out, x.size), prim.view_c(x, x.size), n, axis)
    else:
        for i in range(len(out)):
            check_into(out[i], x[i], n, axis)


def kept_of(parts, values):
    """What belongs to the axes that slices and new axes keep."""
    if len(parts) == 0:
        return ()
    elif is_advanced(parts[0]):
        return kept_of(parts[1:], values[1:])
    else:
        return (values[0],) + kept_of(parts[1:], values[1:])


def taken_of(parts, values):
    """What belongs to the axes that positions are given for."""
    if len(parts) == 0:
        return ()
    elif is_advanced(parts[0]):
        return (values[0],) + taken_of(parts[1:], values[1:])
    else:
        return taken_of(parts[1:], values[1:])


def joint_positions(parts, shape):
    """The shape of all arrays of positions, broadcast together."""
    if len(parts) == 0:
        return shape
    elif prim.is_array(parts[0]):
        prim.guard(
            compatible(shape, parts[0].shape),
            "IndexError",
            "shape mismatch: indexing arrays could not be broadcast together with shapes {} {} ",
            shape,
            parts[0].shape,
        )
        return joint_positions(parts[1:], joint(shape, parts[0].shape))
    else:
        return joint_positions(parts[1:], shape)


def spread_each(arrays, shape):
    if len(arrays) == 0:
        return ()
    else:
        x = arrays[0]
        view = prim.view(x, shape, strides_for(x.shape, x.strides, len(shape)), 0)
        return (view,) + spread_each(arrays[1:], shape)


def leading(parts):
    """How many kept axes stand before the first position."""
    if is_advanced(parts[0]):
        return 0
    else:
        return 1 + leading(parts[1:])


def is_run(parts):
    """Whether the positions stand together, from the first one on."""
    if len(parts) == 0:
        return True
    elif is_advanced(parts[0]):
        return is_run(parts[1:])
    else:
        return count_advanced(parts) == 0


def count_advanced(parts):
    if len(parts) == 0:
        return 0
    elif is_advanced(parts[0]):
        return 1 + count_advanced(parts[1:])
    else:
        return count_advanced(parts[1:])


def front(parts):
    """How many kept axes come before those of the positions in the result."""
    before = leading(parts)
    if is_run(parts[before:]):
        return before
    else:
        return 0


def positions_first(x, before, count):
    """A view with `count` axes that follow `before` others moved to the front."""
    if before == 0:
        return x
    else:
        shape = x.shape
        strides = x.strides
        there = before + count
        return prim.view(
            x,
            shape[before:there] + shape[:before] + shape[there:],
            strides[before:there] + strides[:before] + strides[there:],
            0,
        )


def pick_parts(a, index):
    """`pick` in general."""
    parts = complete(normalized(index), a)
    if count_arrays(parts) == 0:
        return a[parts]
    else:
        v = a[opened(parts)]
        check_integers(parts, v.shape, 0)
        shape = joint_positions(parts, ())
        where = positions(parts, v.shape, 0)
        rest = kept_of(parts, v.shape)
        before = front(parts)
        out = prim.empty(rest[:before] + shape + rest[before:], prim.dtype(a))
        if out.size > 0:
            gather(
                positions_first(out, before, len(shape)),
                v,
                spread_each(where, shape),
                taken_of(parts, v.strides),
                rest,
                kept_of(parts, v.strides),
            )
        return out


def put_parts(a, index, value):
    """`put` in general."""
    parts = complete(normalized(index), a)
    if prim.is_list(value) or prim.is_tuple(value):
        put_parts(a, index, from_items(value, prim.dtype(a)))
    elif count_arrays(parts) == 0:
        a[parts] = value
    else:
        v = a[opened(parts)]
        check_integers(parts, v.shape, 0)
        shape = joint_positions(parts, ())
        rest = kept_of(parts, v.shape)
        before = front(parts)
        source = source_of(a, value, rest[:before] + shape + rest[before:])
        where = positions(parts, v.shape, 0)
        if source.size > 0:
            scatter(
                positions_first(source, before, len(shape)),
                v,
                spread_each(where, shape),
                taken_of(parts, v.strides),
                rest,
                kept_of(parts, v.strides),
            )


def source_of(a, value, shape):
    """What is assigned, as a view of the result's shape with the array's dtype."""
    if prim.is_number(value) or prim.is_time(value):
        return prim.view(converted(value, prim.dtype(a)), shape, (0,) * len(shape), 0)
    elif prim.is_array(value):
        prim.guard(
            fits(value.shape, shape),
            "ValueError",
            "shape mismatch: value array of shape {} could not be broadcast to indexing result of shape {}",
            value.shape,
            shape,
        )
        return spread_source(as_elements(a, value), shape)
    else:
        prim.error("{} can't be assigned to elements of an array", value)


def as_elements(a, value):
    """A source of the array's dtype that doesn't overlap with it."""
    if prim.dtype(value) == prim.dtype(a) and not may_overlap(a, value):
        return prim.view(value, value.shape, value.strides, 0)
    else:
        copy = prim.empty(value.shape, prim.dtype(a))
        copy_elements(copy, value)
        return prim.view(copy, copy.shape, copy.strides, 0)


def fits(extents, shape):
    """Whether an array's extents can be broadcast to a shape; leading 1s are dropped."""
    if len(extents) == 0:
        return True
    elif len(extents) > len(shape):
        return extents[0] == 1 and fits(extents[1:], shape)
    elif len(extents) < len(shape):
        return fits(extents, shape[1:])
    else:
        return (extents[0] == shape[0] or extents[0] == 1) and fits(extents[1:], shape[1:])


def spread_source(x, shape):
    if x.ndim > len(shape):
        return spread_source(prim.view(x, x.shape[1:], x.strides[1:], 0), shape)
    else:
        return prim.view(x, shape, strides_for(x.shape, x.strides, len(shape)), 0)


def offset(where, strides):
    """The distance of an element from the first one, in bytes."""
    if len(where) == 1:
        return where[0] * strides[0]
    else:
        return where[0] * strides[0] + offset(where[1:], strides[1:])


def each(arrays, i):
    if len(arrays) == 0:
        return ()
    else:
        return (arrays[0][i],) + each(arrays[1:], i)


def last(arrays):
    if len(arrays) == 0:
        return ()
    else:
        return (arrays[0][()],) + last(arrays[1:])


def of_lengths(arrays, n):
    if len(arrays) == 0:
        return ()
    else:
        return (of_length(arrays[0], n),) + of_lengths(arrays[1:], n)


def is_whole(shape, strides, size):
    """Whether elements of a size lie in C order without gaps."""
    if len(shape) == 0:
        return True
    else:
        last = len(shape) - 1
        return (strides[last] == size or shape[last] == 1) and is_whole(shape[:last], strides[:last], size * shape[last])


def gather(out, v, where, strides, rest, rest_strides):
    """Reads what the positions say; `out` has their axes first, then the kept ones."""
    if where[0].ndim == 0:
        part = prim.view(v, rest, rest_strides, int(offset(last(where), strides)))
        copy_elements(out, part)
    elif where[0].ndim == 1 and len(rest) == 0:
        lines = of_lengths(where, len(out))
        for i in range(len(out)):
            out[i] = prim.load(v, offset(each(lines, i), strides))
    elif where[0].ndim == 1:
        size = product(rest) * v.itemsize
        whole = is_whole(rest, rest_strides, v.itemsize) and is_whole(rest, out.strides[1:], v.itemsize)
        if size >= 128 and whole:
            for i in range(len(out)):
                part = prim.view(v, rest, rest_strides, int(offset(each(where, i), strides)))
                prim.move_bytes(out[i], part, size)
        else:
            for i in range(len(out)):
                part = prim.view(v, rest, rest_strides, int(offset(each(where, i), strides)))
                copy_elements(out[i], part)
    else:
        for i in range(len(out)):
            gather(out[i], v, each(where, i), strides, rest, rest_strides)


def scatter(source, v, where, strides, rest, rest_strides):
    """Writes where the positions say, in their order."""
    if where[0].ndim == 0:
        part = prim.view(v, rest, rest_strides, int(offset(last(where), strides)))
        copy_elements(part, source)
    elif where[0].ndim == 1 and len(rest) == 0:
        lines = of_lengths(where, len(source))
        for i in range(len(source)):
            prim.store(v, offset(each(lines, i), strides), source[i])
    elif where[0].ndim == 1:
        for i in range(len(source)):
            part = prim.view(v, rest, rest_strides, int(offset(each(where, i), strides)))
            copy_elements(part, source[i])
    else:
        for i in range(len(source)):
            scatter(source[i], v, each(where, i), strides, rest, rest_strides)


@implements("numpy.ix_")
def ix_(*args):
    return open_mesh(args, len(args), 0)


def open_mesh(args, n, at):
    """Arrays whose axes lie in different directions."""
    if at == n:
        return ()
    else:
        x = as_array(args[at])
        if x.ndim != 1:
            prim.error("Cross index must be 1 dimensional, not {}", x)
        elif is_mask(x):
            return (nonzero(x)[0][axis_of(n, at)],) + open_mesh(args, n, at + 1)
        else:
            return (as_index(x)[axis_of(n, at)],) + open_mesh(args, n, at + 1)


def axis_of(n, at):
    """The index that puts an array's only axis at a place among `n`."""
    return (None,) * at + (slice(None),) + (None,) * (n - at - 1)
