"""Structured dtypes: stores into parts of arrays, copies, subscripts with arrays, comparison.

An element is copied as the integers that it is made of: `prim.units` gives them as an array
with one dimension more, and `prim.of_units` takes them for elements again. A store goes
field by field, as NumPy's does: what was stored before an exception stays.
"""

from arrays import assign, broadcasts, check_fits, fill
from copying import as_array
from indexing import pick, put


def store(place, value):
    """Stores into a field that is an array, an element, or a part of an array of records."""
    if prim.is_text_array(place):
        store_text(place, value)
    elif prim.is_row(place):
        store_row(place, value)
    elif prim.is_records(place):
        store_records(place, value)
    elif prim.is_array(value):
        assign(place, value)
    elif prim.is_tuple(value) or prim.is_list(value):
        assign(place, as_array(value))
    else:
        fill(place, value)


def store_text(place, value):
    """Stores a text, or what has one, into all items of an array of texts."""
    if prim.is_records(value):
        store_records(place, value)
    elif place.ndim == 0:
        write_text(place, value)
    else:
        # Converted once.
        one = prim.zeros((), prim.dtype(place))
        write_text(one, value)
        assign(prim.units(place), prim.units(one))


def write_text(place, value):
    if prim.is_points(place):
        if prim.is_bytes(value) or prim.is_numpy_text(value) and not isinstance(value, str):
            prim.points_into(bytes_of(value).decode("ascii"), prim.units(place), place.itemsize // 4)
        else:
            prim.points_into(str(value), prim.units(place), place.itemsize // 4)
    else:
        if prim.is_bytes(value) or prim.is_numpy_text(value) and not isinstance(value, str):
            prim.bytes_into(bytes_of(value), prim.units(place), place.itemsize)
        else:
            prim.bytes_into(str(value).encode("ascii"), prim.units(place), place.itemsize)


def bytes_of(value):
    if prim.is_bytes(value):
        return value
    else:
        return prim.plain_text(value)


def store_row(row, value):
    if prim.is_row(value):
        assign(prim.units(row), prim.units(value))
    elif prim.is_tuple(value):
        store_fields(row, value, 0)
    else:
        store_number(row, value, 0)


def store_fields(row, values, k):
    if k < len(values):
        row[k] = values[k]
        store_fields(row, values, k + 1)


def store_number(row, value, k):
    """The same number in every field; one of NumPy is cast."""
    if k < len(row):
        if prim.is_row(row[k]):
            store_number(row[k], value, 0)
        elif prim.is_array(row[k]):
            row[k] = value
        elif prim.is_records(row[k]):
            prim.error("{} in an array of structures is not compiled", value)
        elif prim.is_weak(value) or prim.is_numpy_text(row[k]):
            row[k] = value
        else:
            row[k] = prim.cast(value, prim.dtype(row[k]))
        store_number(row, value, k + 1)


def store_records(place, value):
    if prim.readonly(place):
        raise ValueError("assignment destination is read-only")
    elif prim.is_records(value):
        check_fits(value.shape, place.shape)
        assign(prim.units(place), prim.units(value))
    else:
        # Converted once.
        one = prim.zeros((), prim.dtype(place))
        store_row(one[()], value)
        assign(prim.units(place), prim.units(one[()]))


def pick_records(a, index):
    """``a[index]`` with arrays or lists in the index"""
    check_index(a, index)
    return prim.of_units(pick(prim.units(a), index), a)


def put_records(a, index, value):
    """``a[index] = value``"""
    check_index(a, index)
    if prim.is_records(value) or prim.is_row(value):
        if prim.dtype(value) != prim.dtype(a):
            prim.error("{} can't be assigned to records of another dtype", value)
        if prim.is_records(value):
            check_values(a, as_array(index), value.shape)
        put(prim.units(a), index, prim.units(value))
    else:
        one = prim.zeros((), prim.dtype(a))
        store_row(one[()], value)
        put(prim.units(a), index, prim.units(one[()]))


def check_values(a, index, shape):
    """Whether records of a shape can be assigned to elements: the units would be told."""
    if prim.dtype(index) == prim.dtype(np.bool_):
        if index.ndim != a.ndim or len(shape) > 1:
            prim.error("records assigned by a mask are compiled in one dimension")
        elif len(shape) == 1 and index.shape == a.shape:
            count = np.count_nonzero(index)
            prim.guard(
                shape[0] == count or shape[0] == 1,
                "ValueError",
                "NumPy boolean array indexing assignment cannot assign {} input values to the {} output values where the mask is true",
                shape[0],
                count,
            )
    else:
        target = index.shape + a.shape[1:]
        prim.guard(
            broadcasts(shape, target),
            "ValueError",
            "shape mismatch: value array of shape {} could not be broadcast to indexing result of shape {}",
            shape,
            target,
        )


def check_index(a, index):
    if prim.is_tuple(index):
        prim.error("arrays of records take one array or list as a subscript, not {}", index)



@implements("structured_array.copy")
def copy(self, order="C"):
    return copied(self, order)


@implements("numpy.copy/records")
def numpy_copy(a, order="K", subok=False):
    return copied(a, order)


def copied(a, order):
    if not (order == "C" or order == "K" or order == "A") or a.ndim > 1 and prim.layout(a) == "F":
        prim.error("copies of records in Fortran order are not compiled")
    return prim.of_units(prim.units(a).copy(), a)


@implements("numpy.empty_like/records")
def empty_like(prototype, dtype=None, order="K", subok=True, shape=None):
    return new_like(prototype, dtype, order, subok, shape)


@implements("numpy.zeros_like/records")
def zeros_like(a, dtype=None, order="K", subok=True, shape=None):
    return new_like(a, dtype, order, subok, shape)


def new_like(a, dtype, order, subok, shape):
    if not prim.is_records(a):
        prim.error("the _like functions of {} are not compiled", a)
    elif order == "F" or not subok:
        prim.error("the _like functions of records take no order='F' and subok=False")
    elif dtype is not None:
        if shape is None:
            return np.zeros(a.shape, dtype)
        else:
            return np.zeros(shape, dtype)
    elif a.ndim > 1 and prim.layout(a) == "F":
        prim.error("arrays of records in Fortran order are not compiled here")
    elif shape is None:
        return prim.of_units(prim.zeros(prim.units(a).shape, prim.dtype(prim.units(a))), a)
    else:
        new = prim.zeros(shape, prim.dtype(a))
        return prim.of_units(prim.units(new), a)


@implements("numpy.concatenate/records")
def concatenate(arrays, axis=0):
    if not prim.is_tuple(arrays):
        prim.error("np.concatenate of {} is not compiled", arrays)
    elif axis != 0:
        prim.error("np.concatenate of records is compiled along axis 0")
    else:
        return prim.of_units(np.concatenate(units_of(arrays, arrays[0])), arrays[0])


def units_of(arrays, first):
    if len(arrays) == 0:
        return ()
    elif prim.dtype(arrays[0]) != prim.dtype(first):
        prim.error("records of different dtypes don't go together: {}", arrays[0])
    else:
        return (prim.units(arrays[0]),) + units_of(arrays[1:], first)


@implements("numpy.take/records")
def numpy_take(a, indices, axis=None, out=None, mode="raise"):
    return taken(a, indices, axis, out, mode)


@implements("structured_array.take")
def take(self, indices, axis=None, out=None, mode="raise"):
    return taken(self, indices, axis, out, mode)


def taken(a, indices, axis, out, mode):
    if a.ndim != 1 or out is not None or not prim.is_array(indices):
        prim.error("take() of {} is compiled in one dimension, with an array of positions and without out=", a)
    return prim.of_units(np.take(prim.units(a), indices, 0, None, mode), a)


def fields_of(row):
    return fields_from(row, 0)


def fields_from(row, k):
    if k == len(row):
        return ()
    else:
        return (row[k],) + fields_from(row, k + 1)


@implements("void.item")
def item(self):
    return items_of(self, 0)


@implements("void.tolist")
def tolist(self):
    return items_of(self, 0)


def items_of(row, k):
    if k == len(row):
        return ()
    else:
        return (python_value(row[k]),) + items_of(row, k + 1)


def python_value(x):
    if prim.is_row(x):
        return items_of(x, 0)
    elif prim.is_number(x):
        return x.item()
    elif prim.is_array(x):
        return x
    elif prim.is_numpy_text(x):
        return prim.plain_text(x)
    else:
        prim.error("item() of a record with {} is not compiled", x)


@implements("structured_array.tolist")
def list_of_records(self):
    if self.ndim != 1:
        prim.error("tolist() of {} is compiled in one dimension", self)
    elif prim.is_text_array(self):
        return [prim.plain_text(text) for text in self]
    else:
        return [items_of(row, 0) for row in self]


@implements("void.copy")
def copy_of_row(self):
    one = prim.empty((), prim.dtype(self))
    assign(prim.units(one[()]), prim.units(self))
    return one[()]


def equal(a, b):
    return equal_fields(a, b, 0)


def unequal(a, b):
    return np.bool_(not equal_fields(a, b, 0))


def equal_fields(a, b, k):
    if k == len(a):
        return np.bool_(True)
    elif not equal_values(a[k], b[k]):
        return np.bool_(False)
    else:
        return equal_fields(a, b, k + 1)


def equal_values(x, y):
    if prim.is_row(x):
        return equal(x, y)
    elif prim.is_array(x):
        return np.all(x == y)
    elif prim.is_records(x):
        prim.error("comparison of records with {} is not compiled", x)
    else:
        return x == y
