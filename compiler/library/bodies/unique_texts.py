"""np.unique of arrays of texts of one dimension; not of records."""

from records_sorted import ordered
from sets import constant, first_positions, with_returns


@implements("numpy.unique/records")
def unique_texts(ar, return_index=False, return_inverse=False, return_counts=False, axis=None, *, equal_nan=True, sorted=True):
    """The different texts in order, and what the flags ask for."""
    constant(return_index)
    constant(return_inverse)
    constant(return_counts)
    if not prim.is_records(ar) or not prim.is_text_array(ar):
        prim.error("np.unique of {} is not compiled: take one of its fields", ar)
    elif axis is not None and axis != 0 and axis != -1:
        prim.error("np.unique of texts has the axis 0, not {}", axis)
    else:
        order = ordered(ar, -1, None)
        starts = starts_of_texts(ar, order)
        first = first_positions(order, starts)
        values = prim.of_units(np.take(prim.units(ar), first, 0), ar)
        if not return_index and not return_inverse and not return_counts:
            return values
        else:
            return with_returns(values, order, starts, ar.shape, return_index, return_inverse, return_counts)


def starts_of_texts(a, order):
    """Where runs of equal texts begin in their order, and where the last one ends."""
    starts = prim.empty(len(order) + 1, np.int64)
    count = 0
    for k in range(len(order)):
        if k == 0 or a[order[k]] != a[order[k - 1]]:
            starts[count] = k
            count += 1
    starts[count] = len(order)
    return starts[: count + 1]
