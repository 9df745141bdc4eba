"""Dataclasses and namedtuples taken apart: `asdict`, `astuple`, `_asdict`.

What the fields hold is copied as Python copies it: dataclasses, tuples and lists are gone
into, numbers and text are themselves, arrays are copied. A dict has values of one type, so
the fields of `asdict` must have one, too.
"""


@implements("dataclasses.astuple")
def astuple(obj, *, tuple_factory=None):
    if tuple_factory is not None:
        prim.error("astuple() with tuple_factory= is not compiled", tuple_factory)
    if prim.is_dataclass(obj):
        return copied_items(prim.record_items(obj), True)
    else:
        raise TypeError("astuple() should be called on dataclass instances")


@implements("dataclasses.asdict")
def asdict(obj, *, dict_factory=None):
    if dict_factory is not None:
        prim.error("asdict() with dict_factory= is not compiled", dict_factory)
    if prim.is_dataclass(obj):
        return named(prim.record_names(obj), copied_items(prim.record_items(obj), False))
    else:
        raise TypeError("asdict() should be called on dataclass instances")


def of_namedtuple(self):
    items = prim.record_items(self)
    if alike(items):
        return named(prim.record_names(self), items)
    else:
        # Its values are of several types: it can be read by constant names alone.
        return prim.keywords_of(prim.record_names(self), items)


def alike(items):
    if len(items) < 2:
        return True
    else:
        return prim.same_type(items[0], items[1]) and alike(items[1:])


def made_of_items(cls, iterable, /):
    """`_make` of what has a length that isn't known when compiling."""
    count = prim.record_count(cls)
    items = [item for item in iterable]
    if len(items) != count:
        raise TypeError("Expected " + str(count) + " arguments, got " + str(len(items)))
    return prim.record_of(cls, first_of(items, 0, count))


def first_of(items, at, count):
    if at == count:
        return ()
    else:
        return (items[at],) + first_of(items, at + 1, count)


def named(names, items):
    result = {}
    put(result, names, items)
    return result


def put(result, names, items):
    if len(names) > 0:
        result[names[0]] = items[0]
        put(result, names[1:], items[1:])


def copied_items(items, as_tuples):
    if len(items) == 0:
        return ()
    else:
        return (copied(items[0], as_tuples),) + copied_items(items[1:], as_tuples)


def copied(value, as_tuples):
    if prim.is_dataclass(value):
        if as_tuples:
            return copied_items(prim.record_items(value), True)
        else:
            return named(prim.record_names(value), copied_items(prim.record_items(value), False))
    elif prim.is_plain(value):
        return value
    elif isinstance(value, list):
        return [copied(item, as_tuples) for item in value]
    elif isinstance(value, np.ndarray):
        return value.copy(order="K")
    elif prim.is_tuple(value):
        return copied_items(value, as_tuples)
    else:
        prim.error("a field of type {} is not copied by compiled code", value)
