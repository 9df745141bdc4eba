"""`zip(*rows)` and `zip_longest(*rows)`: columns, whose number or length isn't in the text.

All rows are read before the first column is made. A column is a tuple of any length.
"""

from combinatorics import alike


@implements("builtins.zip/*")
def zip_items(rows, /, *, strict=False):
    return columns([items_of_row(row) for row in rows], bool(strict))


def items_of_row(row):
    if prim.is_tuple(row):
        if not alike(row):
            prim.refuse("zip(*x) of tuples with items of several types isn't compiled here", "unpack the columns, as in `a, b = zip(*pairs)`, or write a comprehension for each")
        return [*row]
    else:
        return [item for item in row]


def columns(rows, strict):
    count = len(rows)
    if count == 0:
        return
    length = len(rows[0])
    for k in range(1, count):
        if len(rows[k]) < length:
            length = len(rows[k])
    for k in range(length):
        yield tuple([row[k] for row in rows])
    if strict:
        # The first that ended is told apart by what those before it had.
        if len(rows[0]) == length:
            for k in range(1, count):
                if len(rows[k]) > length:
                    raise ValueError("zip() argument " + str(k + 1) + " is longer than argument" + those(k))
        else:
            for k in range(1, count):
                if len(rows[k]) == length:
                    raise ValueError("zip() argument " + str(k + 1) + " is shorter than argument" + those(k))


def those(k):
    if k == 1:
        return " 1"
    else:
        return "s 1-" + str(k)


@implements("builtins.zip/rows")
def zip_rows(rows, /, *, strict=False):
    """The columns where they are unpacked: of tuples of a known length each has a type."""
    if not prim.is_list(rows):
        return zip_rows([row for row in rows], strict=strict)
    count = prim.row_length(rows)
    if count < 0:
        return zip_items(rows, strict=strict)
    prim.guard(len(rows) > 0, "ValueError", "not enough values to unpack (expected {}, got 0)", count)
    return columns_from(rows, 0, count)


def columns_from(rows, k, count):
    if k == count:
        return ()
    else:
        return (tuple([row[k] for row in rows]),) + columns_from(rows, k + 1, count)


@implements("itertools.zip_longest/*")
def zip_longest_items(rows, *, fillvalue=None):
    return longest_columns([items_of_row(row) for row in rows], fillvalue)


def longest_columns(rows, fillvalue):
    length = 0
    for row in rows:
        if len(row) > length:
            length = len(row)
    for k in range(length):
        yield tuple([row[k] if k < len(row) else fillvalue for row in rows])
