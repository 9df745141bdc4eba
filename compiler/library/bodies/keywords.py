"""Library bodies: the dict of a `**kwargs` parameter as a whole, name by name.

Its names are constants and each value has a type of its own, so these go over tuples, one
item a call.
"""


def text(kwargs):
    return "{" + items_text(prim.keyword_names(kwargs), prim.keyword_values(kwargs), "") + "}"


def items_text(names, values, before):
    if len(names) == 0:
        return ""
    return before + repr(names[0]) + ": " + repr(values[0]) + items_text(names[1:], values[1:], ", ")


def equal(a, b):
    return dict(a) == dict(b)


def different(a, b):
    return dict(a) != dict(b)


def item(kwargs, key):
    return found(prim.keyword_names(kwargs), prim.keyword_values(kwargs), key)


def found(names, values, key):
    if len(names) == 0:
        raise KeyError(key)
    if len(names) == 1:
        if names[0] != key:
            raise KeyError(key)
        return values[0]
    return values[0] if names[0] == key else found(names[1:], values[1:], key)


def has(kwargs, key):
    return key in prim.keyword_names(kwargs)


def get(kwargs, key, default=None):
    return found_or(prim.keyword_names(kwargs), prim.keyword_values(kwargs), key, default)


def found_or(names, values, key, default):
    if len(names) == 0:
        return default
    return values[0] if names[0] == key else found_or(names[1:], values[1:], key, default)
