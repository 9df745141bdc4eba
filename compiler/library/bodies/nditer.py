"""`for x in np.nditer(...)`: arrays without axes, views of the elements, in NumPy's order.

The order is that of the memory: axes are sorted by their strides, and those that all
operands go through backwards are turned round (`npyiter_find_best_axis_ordering` and
`npyiter_flip_negative_strides`). It is a generator, so the object has none of NumPy's
attributes (`multi_index`, `index`, `operands`), and is used in a loop.
"""

from broadcasting import common_shape, spread_to
from copying import as_array


@implements("numpy.nditer")
def nditer(op, flags=None, op_flags=None, op_dtypes=None, order="K", casting="safe", op_axes=None, itershape=None, buffersize=0):
    if op_dtypes is not None or op_axes is not None or itershape is not None:
        prim.error("np.nditer takes op, flags=, op_flags= and order= in compiled code")
    elif not (order == "K" or order == "C" or order == "F"):
        prim.error("order= of np.nditer is 'K', 'C' or 'F' here")
    elif prim.is_tuple(op) and prim.is_array(op[0]):
        check_flags(flags)
        check_writable(op, op_flags)
        operands = guarded(spread_all(op, op_flags), op_flags, 0)
        not_empty(operands[0], flags)
        return elements_of_all(lined_up(operands, order))
    elif prim.is_array(op):
        check_flags(flags)
        check_writable((op,), op_flags)
        not_empty(op, flags)
        return elements(lined_up(guarded((op,), op_flags, 0), order)[0])
    else:
        prim.error("np.nditer takes an array or a tuple of arrays in compiled code, not {}", op)


def check_flags(flags):
    if flags is not None and not prim.is_tuple(flags):
        prim.error("flags= of np.nditer is a list of constants here")
    elif flags is not None and len(flags) > 0:
        if flags[0] == "multi_index" or flags[0] == "c_index" or flags[0] == "f_index":
            prim.error("np.nditer gives no indices in compiled code: write `for index, x in np.ndenumerate(a)`, or `for index in np.ndindex(a.shape)` and a[index]")
        elif flags[0] == "external_loop" or flags[0] == "buffered":
            prim.error("np.nditer gives single elements in compiled code: write a loop over the rows, or leave the flag out")
        elif flags[0] != "zerosize_ok" and flags[0] != "refs_ok":
            prim.error("flags= of np.nditer may have zerosize_ok here: single elements are given, without an index")
        else:
            check_flags(flags[1:])


def zero_size(flags):
    """Whether operands without elements are fine."""
    if flags is None or len(flags) == 0:
        return False
    else:
        return flags[0] == "zerosize_ok" or zero_size(flags[1:])


def check_writable(op, op_flags):
    """What may be written is each operand's; a list of flags for each, or one for all."""
    if op_flags is not None:
        if not prim.is_tuple(op_flags):
            prim.error("op_flags= of np.nditer is a list of constants here")
        elif len(op_flags) > 0 and prim.is_str(op_flags[0]):
            for_each(op, op_flags)
        elif len(op_flags) != len(op):
            raise ValueError("op_flags must be a tuple or array of per-op flag-tuples")
        else:
            each_own(op, op_flags)


def each_own(op, op_flags):
    if len(op) > 0:
        one_operand(op[0], op_flags[0])
        each_own(op[1:], op_flags[1:])


def for_each(op, flags):
    if len(op) > 0:
        one_operand(op[0], flags)
        for_each(op[1:], flags)


def one_operand(a, flags):
    if len(flags) > 0:
        if flags[0] == "readwrite" or flags[0] == "writeonly":
            if prim.readonly(a):
                raise ValueError("operand array with iterator write flag set is read-only")
        elif flags[0] != "readonly":
            prim.error("op_flags= of np.nditer are readonly, readwrite or writeonly here")
        one_operand(a, flags[1:])


def shapes_of(op):
    if len(op) == 0:
        return ()
    else:
        return (as_array(op[0]).shape,) + shapes_of(op[1:])


def spread_all(op, op_flags):
    return spread_each(op, common_shape(*shapes_of(op)), op_flags, 0)


def spread_each(op, shape, op_flags, k):
    if k == len(op):
        return ()
    else:
        return (spread_one(as_array(op[k]), shape, writable(op_flags, k)),) + spread_each(op, shape, op_flags, k + 1)


def spread_one(a, shape, written):
    if written:
        if a.ndim != len(shape) or not a.shape == shape:
            raise ValueError("non-broadcastable operand with shape " + str(a.shape) + " doesn't match the broadcast shape " + str(shape))
        return a
    else:
        return spread_to(a, shape)


def writable(op_flags, k):
    """Whether an operand's flags let it be written."""
    if op_flags is None or len(op_flags) == 0:
        return False
    elif prim.is_str(op_flags[0]):
        return writes(op_flags)
    else:
        return writes(op_flags[k])


def writes(flags):
    if len(flags) == 0:
        return False
    else:
        return flags[0] == "readwrite" or flags[0] == "writeonly" or writes(flags[1:])


def guarded(op, op_flags, k):
    """Operands as they may be used."""
    if k == len(op):
        return ()
    elif writable(op_flags, k):
        return (op[k],) + guarded(op, op_flags, k + 1)
    else:
        return (prim.frozen(op[k]),) + guarded(op, op_flags, k + 1)


def not_empty(a, flags):
    if a.size == 0 and not zero_size(flags):
        raise ValueError("Iteration of zero-sized operands is not enabled")


def put_steps(table, op, k):
    """Strides of each operand, 0 along axes of one element."""
    if k < len(op):
        for axis in range(op[k].ndim):
            if op[k].shape[axis] > 1:
                table[k, axis] = op[k].strides[axis]
        put_steps(table, op, k + 1)


def goes_inside(table, outer, inner):
    """Whether an axis belongs inside another one by all operands: 1, 0, or -1 if none says."""
    answer = -1
    for k in range(len(table)):
        x = abs(table[k, outer])
        y = abs(table[k, inner])
        if x != 0 and y != 0:
            if y <= x:
                answer = 0
            elif answer == -1:
                answer = 1
    return answer


def order_of_axes(table, order):
    """The axes of the loops, the outermost first."""
    n = table.shape[1]
    # As NumPy has them, the innermost first.
    axes = prim.empty(n, np.int64)
    for k in range(n):
        axes[k] = k if order == "F" else n - 1 - k
    if order == "K":
        for k in range(1, n):
            moved = axes[k]
            to = k
            for j in range(k - 1, -1, -1):
                answer = goes_inside(table, moved, axes[j])
                if answer == 1:
                    to = j
                elif answer == 0:
                    break
            for j in range(k, to, -1):
                axes[j] = axes[j - 1]
            axes[to] = moved
    return axes[::-1]


def goes_backwards(table, axis):
    """Whether an axis is turned round: some operand goes backwards, and none forwards."""
    found = False
    for k in range(len(table)):
        if table[k, axis] > 0:
            return False
        if table[k, axis] < 0:
            found = True
    return found


def as_tuple(line, n):
    if n == 0:
        return ()
    else:
        return as_tuple(line, n - 1) + (line[n - 1],)


def in_order(a, table, axes, order):
    """A view of an operand with the axes of the loops."""
    n = a.ndim
    shape = prim.empty(n, np.int64)
    strides = prim.empty(n, np.int64)
    offset = 0
    for k in range(n):
        axis = axes[k]
        for j in range(n):
            if j == axis:
                shape[k] = extent_of(a.shape, j)
                strides[k] = extent_of(a.strides, j)
        if order == "K" and goes_backwards(table, axis):
            offset += (shape[k] - 1) * strides[k]
            strides[k] = -strides[k]
    return prim.view(a, as_tuple(shape, n), as_tuple(strides, n), offset)


def extent_of(items, k):
    """An item of a tuple at a position that is known when running only."""
    if len(items) == 1:
        return items[0]
    else:
        if k == 0:
            return items[0]
        return extent_of(items[1:], k - 1)


def all_in_order(op, table, axes, order):
    if len(op) == 0:
        return ()
    else:
        return (in_order(op[0], table, axes, order),) + all_in_order(op[1:], table, axes, order)


def lined_up(op, order):
    """All operands, of one shape, with their axes in the order of the loops."""
    if op[0].ndim == 0 or order == "C":
        return op
    else:
        table = prim.zeros((len(op), op[0].ndim), np.int64)
        put_steps(table, op, 0)
        return all_in_order(op, table, order_of_axes(table, order), order)


def place(index, strides):
    if len(index) == 0:
        return 0
    else:
        return index[0] * strides[0] + place(index[1:], strides[1:])


def element_at(a, index):
    return prim.view(a, (), (), place(index, a.strides))


def elements_at(op, index):
    if len(op) == 0:
        return ()
    else:
        return (element_at(op[0], index),) + elements_at(op[1:], index)


def elements(a):
    for index in np.ndindex(a.shape):
        yield element_at(a, index)


def elements_of_all(op):
    for index in np.ndindex(op[0].shape):
        yield elements_at(op, index)
