"""Arrays in pieces: split, array_split, hsplit, vsplit, dsplit.

The pieces are views, in a list: they have one type.
"""

from axes import normalize
from copying import as_array


def piece(x, axis, begin, end):
    """A view of a range along an axis."""
    return x[(slice(None),) * axis + (slice(begin, end),)]


def equal_pieces(x, sections, axis):
    """As many pieces as asked for, the first ones longer by one."""
    if sections <= 0:
        raise ValueError("number sections must be larger than 0.")
    n = x.shape[axis]
    each = n // sections
    longer = n % sections
    return [piece(x, axis, i * each + min(i, longer), (i + 1) * each + min(i + 1, longer)) for i in range(sections)]


def pieces_at(x, places, axis):
    """The pieces between positions."""
    n = len(places)
    return [
        piece(x, axis, int(places[i - 1]) if i > 0 else 0, int(places[i]) if i < n else x.shape[axis])
        for i in range(n + 1)
    ]


def places_of(indices):
    """Positions as a line of integers."""
    places = as_array(indices)
    if places.ndim != 1:
        prim.error("the positions must be an integer or one-dimensional, not {}", indices)
    elif prim.kind(prim.dtype(places)) in ("f", "c"):
        prim.error("slice indices must be integers or None or have an __index__ method: the positions are {}", indices)
    else:
        return places


@implements("numpy.array_split")
def array_split(ary, indices_or_sections, axis=0):
    """Pieces along an axis, which may differ by one."""
    x = as_array(ary)
    at = normalize(axis, x.ndim)
    if prim.is_integer(indices_or_sections):
        return equal_pieces(x, int(indices_or_sections), at)
    else:
        return pieces_at(x, places_of(indices_or_sections), at)


@implements("numpy.split")
def split(ary, indices_or_sections, axis=0):
    """Pieces of one length along an axis."""
    x = as_array(ary)
    at = normalize(axis, x.ndim)
    if prim.is_integer(indices_or_sections):
        sections = int(indices_or_sections)
        if sections == 0:
            raise ZeroDivisionError("integer modulo by zero")
        if x.shape[at] % sections != 0:
            raise ValueError("array split does not result in an equal division")
        return equal_pieces(x, sections, at)
    else:
        return pieces_at(x, places_of(indices_or_sections), at)


@implements("numpy.hsplit")
def hsplit(ary, indices_or_sections):
    """Pieces side by side."""
    x = as_array(ary)
    if x.ndim == 0:
        prim.error("hsplit only works on arrays of 1 or more dimensions")
    elif x.ndim == 1:
        return split(x, indices_or_sections, 0)
    else:
        return split(x, indices_or_sections, 1)


@implements("numpy.vsplit")
def vsplit(ary, indices_or_sections):
    """Pieces one below the other."""
    x = as_array(ary)
    if x.ndim < 2:
        prim.error("vsplit only works on arrays of 2 or more dimensions")
    else:
        return split(x, indices_or_sections, 0)


@implements("numpy.dsplit")
def dsplit(ary, indices_or_sections):
    """Pieces along the third axis."""
    x = as_array(ary)
    if x.ndim < 3:
        prim.error("dsplit only works on arrays of 3 or more dimensions")
    else:
        return split(x, indices_or_sections, 2)
