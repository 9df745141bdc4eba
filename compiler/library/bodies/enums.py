"""Members of enums by value and by name, tried one after another."""


def by_value(value, cls):
    return with_value(value, cls, 0)


def with_value(value, cls, i):
    if i == prim.enum_count(cls):
        raise ValueError(repr(value) + " is not a valid " + prim.enum_title(cls))
    else:
        if value == prim.enum_value(cls, i):
            return prim.enum_named(cls, i)
        return with_value(value, cls, i + 1)


def by_name(name, cls):
    return with_name(name, cls, 0)


def with_name(name, cls, i):
    if i == prim.enum_names(cls):
        raise KeyError(name)
    else:
        if name == prim.enum_name(cls, i):
            return prim.enum_named(cls, i)
        return with_name(name, cls, i + 1)
