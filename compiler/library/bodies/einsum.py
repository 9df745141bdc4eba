"""Einstein's summation: products of elements of several arrays, summed over axes.

`prim.einsum_labels` takes the subscripts apart when compiling; labels are numbers, those of
the output first. Each operand is seen as a view with one axis for each label: strides of 0
where it doesn't have it, sums of strides for a diagonal. Two operands that are summed over
one label are products of matrices or vectors, if need be in a stack (`multiplying.py`);
everything else is plain loops, the labels of the output outside.
"""

from axes import dtype_or
from copying import as_array
from multiplying import fill_product, matrices
from outputs import check_out
from products import in_dtype, inner_line, is_routine, plus, routine_number, times
from multiplying import stored


def as_arrays(operands, dtype):
    if len(operands) == 0:
        return ()
    else:
        return (in_dtype(as_array(operands[0]), dtype),) + as_arrays(operands[1:], dtype)


def given_arrays(operands):
    if len(operands) == 0:
        return ()
    else:
        return (as_array(operands[0]),) + given_arrays(operands[1:])


def common_dtype(arrays):
    if len(arrays) == 1:
        return prim.dtype(arrays[0])
    else:
        return prim.result_type(prim.dtype(arrays[0]), common_dtype(arrays[1:]))


def find_extents(extents, labels, shape, operand, at):
    """Notes the extent of each label of an operand; extents of 1 are repeated."""
    if at < len(labels):
        n = shape[at]
        label = labels[at]
        have = extents[label]
        if have == -1 or have == 1:
            extents[label] = n
        else:
            prim.guard(
                n == have or n == 1,
                "ValueError",
                "operands could not be broadcast together: an axis of extent {} and one of extent {} have the same subscript",
                have,
                n,
            )
        find_extents(extents, labels, shape, operand, at + 1)


def find_all_extents(extents, labels, arrays, at):
    if at < len(arrays):
        find_extents(extents, labels[at], arrays[at].shape, at, 0)
        find_all_extents(extents, labels, arrays, at + 1)


def as_shape(extents, first, last):
    """Extents of labels as a tuple."""
    if first == last:
        return ()
    else:
        return (extents[first],) + as_shape(extents, first + 1, last)


def stride_of(label, labels, shape, strides, at):
    """How far apart an operand's elements are along a label."""
    if at == len(labels):
        return 0
    elif labels[at] == label:
        own = 0 if shape[at] == 1 else strides[at]
        return own + stride_of(label, labels, shape, strides, at + 1)
    else:
        return stride_of(label, labels, shape, strides, at + 1)


def label_strides(count, label, labels, x):
    if label == count:
        return ()
    else:
        return (stride_of(label, labels, x.shape, x.strides, 0),) + label_strides(count, label + 1, labels, x)


def views(shape, labels, arrays):
    """The operands as views with an axis for each label."""
    if len(arrays) == 0:
        return ()
    else:
        x = arrays[0]
        view = prim.view(x, shape, label_strides(len(shape), 0, labels[0], x), 0)
        return (view,) + views(shape, labels[1:], arrays[1:])


def product_at(items):
    """The product of numbers."""
    if len(items) == 1:
        return items[0]
    else:
        return times(items[0], product_at(items[1:]))


def rows(operands, i):
    if len(operands) == 0:
        return ()
    else:
        return (operands[0][i],) + rows(operands[1:], i)


def same_length(operands, n):
    """Lines with a length that they are known to have."""
    if len(operands) == 0:
        return ()
    else:
        return (prim.view(operands[0], (n,), operands[0].strides, 0),) + same_length(operands[1:], n)


def summed(total, operands, shape):
    """Adds the products of all elements."""
    if len(shape) == 1:
        lines = same_length(operands, shape[0])
        for i in range(shape[0]):
            total = plus(total, product_at(rows(lines, i)))
        return total
    else:
        for i in range(shape[0]):
            total = summed(total, rows(operands, i), shape[1:])
        return total


def contract(out, operands, shape, dtype):
    """Fills the output's axes, which are the first."""
    for i in range(shape[0]):
        items = rows(operands, i)
        if out.ndim > 1:
            contract(out[i], items, shape[1:], dtype)
        elif len(shape) == 1:
            out[i] = product_at(items)
        else:
            out[i] = summed(prim.cast(0, dtype), items, shape[1:])


def is_matrix_product(parsed):
    """Whether these are the labels of ``ij,jk->ik``."""
    return (
        len(parsed) == 4
        and parsed[0] == 2
        and parsed[1] == 3
        and len(parsed[2]) == 2
        and len(parsed[3]) == 2
        and parsed[2] == (0, 2)
        and parsed[3] == (2, 1)
    )


def has_label(labels, label):
    if len(labels) == 0:
        return False
    elif labels[0] == label:
        return True
    else:
        return has_label(labels[1:], label)


def has_twice(labels):
    """Whether a label is repeated: a diagonal."""
    if len(labels) == 0:
        return False
    elif has_label(labels[1:], labels[0]):
        return True
    else:
        return has_twice(labels[1:])


def holders(a, b, label, count):
    """For each label from one on which operand has it: 0 both, 1 the first, 2 the second."""
    if label == count:
        return ()
    elif not has_label(b, label):
        return (1,) + holders(a, b, label + 1, count)
    elif not has_label(a, label):
        return (2,) + holders(a, b, label + 1, count)
    else:
        return (0,) + holders(a, b, label + 1, count)


def same(a, b):
    """Whether tuples of constants are equal, known when compiling."""
    if len(a) != len(b):
        return False
    elif len(a) == 0:
        return True
    elif a[0] != b[0]:
        return False
    else:
        return same(a[1:], b[1:])


def is_product(kinds):
    """Whether labels of two operands are those of a product in a stack, the summed one last."""
    if same(kinds, (1, 2, 0)) or same(kinds, (2, 1, 0)):
        return True
    elif same(kinds, (1, 0)) or same(kinds, (2, 0)) or same(kinds, (0, 0)):
        return True
    elif len(kinds) > 2 and kinds[0] == 0:
        return is_product(kinds[1:])
    else:
        return False


def is_stack_of_products(parsed):
    """Whether two operands of floats are summed over one label that both have."""
    if len(parsed) != 4 or parsed[1] != parsed[0] + 1 or parsed[0] == 0:
        return False
    elif has_twice(parsed[2]) or has_twice(parsed[3]):
        return False
    else:
        return is_product(holders(parsed[2], parsed[3], 0, parsed[1]))


def fill_products(out, x, y, kinds):
    """Products of views with an axis for each label."""
    s = x.strides
    t = y.strides
    n = x.shape[len(kinds) - 1]
    if same(kinds, (1, 2, 0)):
        left = prim.view(x, (out.shape[0], n), (s[0], s[2]), 0)
        fill_product(out, left, prim.view(y, (n, out.shape[1]), (t[2], t[1]), 0))
    elif same(kinds, (2, 1, 0)):
        left = prim.view(y, (out.shape[0], n), (t[0], t[2]), 0)
        fill_product(out, left, prim.view(x, (n, out.shape[1]), (s[2], s[1]), 0))
    elif same(kinds, (1, 0)):
        prim.matrix_product(routine_number(prim.dtype(out)), len(out), 1, n, x, s[0], s[1], y, t[1], 0, out)
    elif same(kinds, (2, 0)):
        prim.matrix_product(routine_number(prim.dtype(out)), len(out), 1, n, y, t[0], t[1], x, s[1], 0, out)
    elif same(kinds, (0, 0)):
        for i in range(len(out)):
            out[i] = inner_line(x[i], y[i], prim.dtype(out))
    else:
        for i in range(len(out)):
            fill_products(out[i], x[i], y[i], kinds[1:])


def einsum_of(parsed, arrays, dtype):
    """The sum for labels and operands of one dtype."""
    labels = parsed[2:]
    extents = prim.empty(parsed[1], np.int64)
    for i in range(parsed[1]):
        extents[i] = -1
    find_all_extents(extents, labels, arrays, 0)
    shape = as_shape(extents, 0, parsed[1])
    operands = views(shape, labels, arrays)
    if is_routine(dtype) and is_stack_of_products(parsed):
        out = prim.empty(as_shape(extents, 0, parsed[0]), dtype)
        fill_products(out, operands[0], operands[1], holders(parsed[2], parsed[3], 0, parsed[1]))
        return out
    elif is_matrix_product(parsed):
        left = prim.view(operands[0], (shape[0], shape[2]), (operands[0].strides[0], operands[0].strides[2]), 0)
        right = prim.view(operands[1], (shape[2], shape[1]), (operands[1].strides[2], operands[1].strides[1]), 0)
        return matrices(left, right, dtype)
    elif parsed[0] == 0 and parsed[1] == 0:
        return product_at(elements(operands))
    elif parsed[0] == 0:
        return summed(prim.cast(0, dtype), operands, shape)
    else:
        out = prim.empty(as_shape(extents, 0, parsed[0]), dtype)
        contract(out, operands, shape, dtype)
        return out


def is_view(parsed):
    """Whether one operand's axes are only put in another order, or taken along diagonals."""
    return len(parsed) == 3 and parsed[0] > 0 and parsed[0] == parsed[1]


def einsum_view(parsed, arrays):
    """What NumPy gives then: a view of the operand."""
    extents = prim.empty(parsed[1], np.int64)
    for i in range(parsed[1]):
        extents[i] = -1
    find_all_extents(extents, parsed[2:], arrays, 0)
    return views(as_shape(extents, 0, parsed[1]), parsed[2:], arrays)[0]


def elements(operands):
    if len(operands) == 0:
        return ()
    else:
        return (operands[0][()],) + elements(operands[1:])


@implements("numpy.einsum")
def einsum(subscripts, /, *operands, out=None, dtype=None, order="K", casting="safe", optimize=False):
    """Sums of products over subscripts, which are a constant string."""
    if not prim.is_str(subscripts):
        prim.error("np.einsum takes subscripts as a string, not {}", subscripts)
    elif not prim.is_literal(subscripts):
        prim.error("the subscripts of np.einsum must be a constant: the result's type depends on them")
    elif order != "K" and order != "C":
        prim.error("order= of np.einsum is not supported")
    elif casting != "safe":
        prim.error("casting= of np.einsum is not supported")
    elif len(operands) == 0:
        prim.error("must specify the einstein sum subscripts string and at least one operand")
    else:
        given = given_arrays(operands)
        if out is None and dtype is None and is_view(prim.einsum_labels(subscripts, given)):
            return einsum_view(prim.einsum_labels(subscripts, given), given)
        else:
            return einsum_new(subscripts, given, dtype_or(dtype, common_dtype(given)), out)


def einsum_new(subscripts, given, wanted, out):
    """A new array, or what is stored in `out`."""
    if prim.result_type(wanted, common_dtype(given)) != wanted:
        prim.error("np.einsum can't cast to {} with casting 'safe'", wanted)
    arrays = as_arrays(given, wanted)
    result = einsum_of(prim.einsum_labels(subscripts, arrays), arrays, wanted)
    if out is None:
        return result
    elif not prim.is_array(result):
        check_out(out)
        out[()] = prim.cast(result, prim.dtype(out))
        return out
    else:
        check_out(out)
        return stored(out, result)
