"""Positions in C or F order and back, and bits: ravel_multi_index, unravel_index, packbits, unpackbits, trim_zeros."""

from axes import normalize, product
from broadcasting import common_shape, shape_of, spread_to
from copying import as_array
from positions import flat
from taking import check_integers, check_mode


def check_order(order):
    if not prim.is_literal(order):
        prim.error("order must be a constant")
    elif order != "C" and order != "F":
        prim.error("only 'C' or 'F' order is permitted, not {}", order)


def extents(dims):
    if prim.is_tuple(dims):
        return dims
    else:
        return (dims,)


def mode_of(mode, k):
    """The mode of a position along an axis."""
    if prim.is_tuple(mode):
        return mode[k]
    else:
        return mode


def coordinate(i, n, mode):
    """A position within an extent."""
    if mode == "wrap":
        return i % n
    elif mode == "clip":
        return max(0, min(i, n - 1))
    else:
        if i < 0 or i >= n:
            raise ValueError("invalid entry in coordinates array")
        return i


def joined(position, dims, modes, k, order):
    """The flat position of a tuple of positions."""
    if k == len(dims):
        return 0
    elif order == "C":
        step = product(dims[k + 1:])
        return coordinate(int(position[k]), int(dims[k]), mode_of(modes, k)) * int(step) + joined(position, dims, modes, k + 1, order)
    else:
        step = product(dims[:k])
        return coordinate(int(position[k]), int(dims[k]), mode_of(modes, k)) * int(step) + joined(position, dims, modes, k + 1, order)


def each_element(items):
    if len(items) == 0:
        return ()
    elif prim.is_array(items[0]):
        return (items[0][()],) + each_element(items[1:])
    else:
        return (items[0],) + each_element(items[1:])


def each_item(items, i):
    if len(items) == 0:
        return ()
    elif prim.is_array(items[0]):
        return (items[0][i],) + each_item(items[1:], i)
    else:
        return (items[0],) + each_item(items[1:], i)


def shapes_of(items):
    if len(items) == 0:
        return ()
    else:
        return (shape_of(items[0]),) + shapes_of(items[1:])


def each_spread(items, shape):
    if len(items) == 0:
        return ()
    else:
        return (spread_to(items[0], shape),) + each_spread(items[1:], shape)


def as_operands(items):
    if len(items) == 0:
        return ()
    elif prim.is_number(items[0]):
        check_integers(items[0])
        return (items[0],) + as_operands(items[1:])
    else:
        check_integers(as_array(items[0]))
        return (as_array(items[0]),) + as_operands(items[1:])


def join_into(out, positions, dims, mode, order):
    if out.ndim == 1:
        for i in range(len(out)):
            out[i] = joined(each_item(positions, i), dims, mode, 0, order)
    else:
        for i in range(len(out)):
            join_into(out[i], each_item(positions, i), dims, mode, order)


def rows_of(a, n, k):
    """The rows of an array as a tuple."""
    if k == n:
        return ()
    else:
        return (a[k],) + rows_of(a, n, k + 1)


def check_modes(mode):
    if prim.is_tuple(mode):
        if len(mode) > 0:
            check_mode(mode[0])
            check_modes(mode[1:])
    else:
        check_mode(mode)


@implements("numpy.ravel_multi_index")
def ravel_multi_index(multi_index, dims, mode="raise", order="C"):
    check_modes(mode)
    check_order(order)
    shape = extents(dims)
    if prim.is_tuple(multi_index):
        if len(multi_index) != len(shape):
            prim.error("multi_index must be a sequence as long as dims, not {}", multi_index)
        else:
            return joined_positions(as_operands(multi_index), shape, mode, order)
    else:
        rows = as_array(multi_index)
        check_integers(rows)
        if rows.ndim == 0:
            prim.error("multi_index must be a sequence, not {}", multi_index)
        else:
            prim.guard(len(rows) == len(shape), "ValueError", "parameter multi_index must be a sequence of length {}", len(shape))
            return joined_positions(rows_of(rows, len(shape), 0), shape, mode, order)


def joined_positions(positions, dims, mode, order):
    common = common_shape(*shapes_of(positions))
    if len(common) == 0:
        return np.int64(joined(each_element(positions), dims, mode, 0, order))
    else:
        out = prim.empty(common, np.int64)
        join_into(out, each_spread(positions, common), dims, mode, order)
        return out


def split(at, dims, order):
    """The positions along each axis."""
    if len(dims) == 0:
        return ()
    elif order == "C":
        last = len(dims) - 1
        return split(at // int(dims[last]), dims[:last], order) + (np.int64(at % int(dims[last])),)
    else:
        return (np.int64(at % int(dims[0])),) + split(at // int(dims[0]), dims[1:], order)


def check_within(at, total):
    prim.guard(at >= 0 and at < total, "ValueError", "index {} is out of bounds for array with size {}", at, total)


def empty_each(dims, shape):
    if len(dims) == 0:
        return ()
    else:
        return (prim.empty(shape, np.int64),) + empty_each(dims[1:], shape)


def store_each(out, position, i):
    if len(out) > 0:
        line = prim.view_c(out[0], out[0].size)
        line[i] = position[0]
        store_each(out[1:], position[1:], i)


@implements("numpy.unravel_index")
def unravel_index(indices, shape, order="C"):
    check_order(order)
    dims = extents(shape)
    x = as_array(indices)
    if prim.kind(prim.dtype(x)) != "i" and prim.kind(prim.dtype(x)) != "u":
        prim.error("only int indices permitted, not {}", indices)
    else:
        total = int(product(dims))
        if x.ndim == 0:
            at = int(x[()])
            check_within(at, total)
            return split(at, dims, order)
        else:
            line = flat(x)
            out = empty_each(dims, x.shape)
            for i in range(len(line)):
                check_within(int(line[i]), total)
                store_each(out, split(int(line[i]), dims, order), i)
            return out


def is_little(bitorder):
    """Whether the first bit is the lowest."""
    if not prim.is_literal(bitorder):
        prim.error("bitorder must be a constant")
    elif bitorder == "little":
        return True
    elif bitorder == "big":
        return False
    else:
        prim.error("'order' must begin with 'l' or 'b', not {}", bitorder)


def pack_along(out, a, axis, little):
    if a.ndim == 1:
        for k in range(len(out)):
            byte = 0
            for i in range(8 * k, min(8 * k + 8, len(a))):
                if a[i]:
                    byte |= 1 << (i % 8 if little else 7 - i % 8)
            out[k] = byte
    elif axis > 0:
        for i in range(len(a)):
            pack_along(out[i], a[i], axis - 1, little)
    else:
        for k in range(a.shape[1]):
            pack_along(out[:, k], a[:, k], 0, little)


@implements("numpy.packbits")
def packbits(a, /, axis=None, bitorder="big"):
    x = as_array(a)
    little = is_little(bitorder)
    if prim.kind(prim.dtype(x)) == "f" or prim.kind(prim.dtype(x)) == "c":
        prim.error("Expected an input array of integer or boolean data type, not {}", a)
    elif axis is None or x.ndim == 0:
        line = flat(x)
        out = prim.empty((len(line) + 7) // 8, np.uint8)
        pack_along(out, line, 0, little)
        return out
    else:
        at = normalize(axis, x.ndim)
        out = prim.empty(prim.tuple_set(x.shape, at, (x.shape[at] + 7) // 8), np.uint8)
        pack_along(out, x, at, little)
        return out


def unpack_along(out, a, axis, little):
    if a.ndim == 1:
        for i in range(len(out)):
            if i // 8 < len(a):
                out[i] = (int(a[i // 8]) >> (i % 8 if little else 7 - i % 8)) & 1
            else:
                out[i] = 0
    elif axis > 0:
        for i in range(len(a)):
            unpack_along(out[i], a[i], axis - 1, little)
    else:
        for k in range(a.shape[1]):
            unpack_along(out[:, k], a[:, k], 0, little)


def bits_wanted(n, count):
    if count is None:
        return 8 * n
    else:
        if count < 0:
            if -count > 8 * n:
                raise ValueError("-count larger than number of elements")
            return 8 * n + int(count)
        return int(count)


@implements("numpy.unpackbits")
def unpackbits(a, /, axis=None, count=None, bitorder="big"):
    x = as_array(a)
    little = is_little(bitorder)
    if prim.dtype(x) != prim.dtype(np.uint8):
        prim.error("Expected an input array of unsigned byte data type, not {}", a)
    elif axis is None or x.ndim == 0:
        line = flat(x)
        out = prim.empty(bits_wanted(len(line), count), np.uint8)
        unpack_along(out, line, 0, little)
        return out
    else:
        at = normalize(axis, x.ndim)
        out = prim.empty(prim.tuple_set(x.shape, at, bits_wanted(x.shape[at], count)), np.uint8)
        unpack_along(out, x, at, little)
        return out


def has_nonzero(a):
    """Whether there is an element that isn't zero."""
    if a.ndim == 0:
        return bool(a[()])
    elif a.ndim == 1:
        for i in range(len(a)):
            if a[i]:
                return True
        return False
    else:
        for i in range(len(a)):
            if has_nonzero(a[i]):
                return True
        return False


def trimmed(a, axis, front, back):
    """The array without zeros at the ends of an axis."""
    prefix = (slice(None),) * axis
    low = 0
    high = a.shape[axis]
    while low < high and not has_nonzero(prim_row(a, axis, low)):
        low += 1
    if low == high:
        return a[prefix + (slice(0, 0),)]
    while not has_nonzero(prim_row(a, axis, high - 1)):
        high -= 1
    if not front:
        low = 0
    if not back:
        high = a.shape[axis]
    return a[prefix + (slice(low, high),)]


def prim_row(a, axis, i):
    """A view of one position along an axis."""
    return prim.view(a, a.shape[:axis] + a.shape[axis + 1:], a.strides[:axis] + a.strides[axis + 1:], i * a.strides[axis])


def trim_each(a, axes, front, back):
    if len(axes) == 0:
        return a
    else:
        return trim_each(trimmed(a, normalize(axes[0], a.ndim), front, back), axes[1:], front, back)


def all_axes(n):
    if n == 0:
        return ()
    else:
        return all_axes(n - 1) + (n - 1,)


@implements("numpy.trim_zeros")
def trim_zeros(filt, trim="fb", axis=None):
    a = as_array(filt)
    if prim.is_list(filt) or prim.is_tuple(filt):
        prim.error("np.trim_zeros of {} is not supported: pass an array", filt)
    elif not prim.is_literal(trim):
        prim.error("trim must be a constant")
    elif trim != "fb" and trim != "bf" and trim != "f" and trim != "b":
        prim.error("unexpected character(s) in `trim`: {}", trim)
    elif axis is None:
        return trim_each(a, all_axes(a.ndim), trim != "b", trim != "f")
    elif prim.is_tuple(axis):
        return trim_each(a, axis, trim != "b", trim != "f")
    else:
        return trim_each(a, (axis,), trim != "b", trim != "f")
