"""Containers by Numba's names: `cumbia.typed`, and `cumbia.literal_unroll`.

Lists and dicts are Python's. Where they are made empty, inference takes the call for a display,
so a body is there for what is copied, and for the names.
"""


@implements("cumbia.typed.List")
def typed_list(iterable=(), /):
    return list(iterable)


@implements("cumbia.typed.Dict")
def typed_dict(items=(), /):
    return dict(items)


@implements("cumbia.typed.List.empty_list")
def empty_list(item_type, allocated=0):
    return []


@implements("cumbia.typed.Dict.empty")
def empty_dict(key_type, value_type, n_keys=0):
    return {}


@implements("cumbia._unrolling.literal_unroll")
def literal_unroll(container, /):
    return container
