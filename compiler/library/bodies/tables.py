"""Methods and operators of sets and dicts.

Positions of entries (`table_find`, `table_next`) are the runtime's; an entry is gone once
the table changes.
"""


@implements("set.add")
def set_add(self, value, /):
    prim.set_add(self, value)


@implements("set.discard")
def set_discard(self, value, /):
    at = prim.table_find_as(self, value)
    if at >= 0:
        prim.table_remove(self, at)


@implements("set.remove")
def set_remove(self, value, /):
    at = prim.table_find_as(self, value)
    if at < 0:
        prim.raise_key_error(self, value)
    prim.table_remove(self, at)


@implements("set.pop")
def set_pop(self, /):
    at = prim.set_pop(self)
    value = prim.table_key(self, at)
    prim.table_remove(self, at)
    return value


@implements("set.clear", "dict.clear")
def clear(self, /):
    prim.table_clear(self)


@implements("set.copy", "dict.copy")
def copy(self, /):
    return prim.table_copy(self)


@implements("builtins.set")
def set_(iterable=(), /):
    if prim.is_set(iterable):
        return prim.table_copy(iterable)
    elif prim.is_dict(iterable):
        out = set()
        out.update(iterable)
        return out
    else:
        return {item for item in iterable}


@implements("set.update")
def update(self, iterable=(), /):
    if prim.same_type(self, iterable):
        prim.set_update(self, iterable)
    elif prim.is_dict(iterable) and prim.same_items(self, iterable):
        # It makes room for all keys at once, which shows in the order.
        prim.set_update_keys(self, iterable)
    else:
        for item in iterable:
            prim.set_add(self, item)


@implements("set.__ior__")
def set_ior(self, other, /):
    both_sets(self, other)
    update(self, other)
    return self


def as_set(like, iterable):
    if prim.same_type(like, iterable):
        return iterable
    else:
        out = prim.table_copy(like)
        prim.table_clear(out)
        for item in iterable:
            prim.set_add(out, item)
        return out


@implements("set.union")
def union(self, *others):
    out = prim.table_copy(self)
    for other in others:
        update(out, other)
    return out


@implements("set.union/*")
def union_of_items(self, others, /):
    out = prim.table_copy(self)
    for other in others:
        update(out, other)
    return out


@implements("set.intersection/*")
def intersection_of_items(self, others, /):
    out = prim.table_copy(self)
    for other in others:
        out = common(out, other)
    return out


@implements("set.difference/*")
def difference_of_items(self, others, /):
    out = prim.table_copy(self)
    for other in others:
        prim.set_difference_update(out, as_set(self, other))
    return out


def one_kind(self, other):
    # The elements of an intersection are those of the smaller set, or of an iterable.
    if not prim.same_items(self, other):
        prim.error("an intersection with {} may have elements of either type; convert them first", other)


@implements("set.intersection")
def intersection(self, *others):
    out = prim.table_copy(self)
    for other in others:
        out = common(out, other)
    return out


def common(self, other):
    one_kind(self, other)
    if prim.is_set(other):
        return prim.set_intersection(self, other)
    else:
        out = prim.table_copy(self)
        prim.table_clear(out)
        for item in other:
            if item in self:
                prim.set_add(out, item)
        return out


@implements("set.difference")
def difference(self, *others):
    out = prim.table_copy(self)
    for other in others:
        prim.set_difference_update(out, as_set(self, other))
    return out


@implements("set.symmetric_difference")
def symmetric_difference(self, other, /):
    return prim.set_symmetric_difference(self, as_set(self, other))


@implements("set.intersection_update")
def intersection_update(self, other, /):
    one_kind(self, other)
    prim.set_intersection_update(self, as_set(self, other))


@implements("set.__iand__")
def set_iand(self, other, /):
    both_sets(self, other)
    prim.set_intersection_update(self, other)
    return self


@implements("set.difference_update")
def difference_update(self, other, /):
    prim.set_difference_update(self, as_set(self, other))


@implements("set.__isub__")
def set_isub(self, other, /):
    both_sets(self, other)
    prim.set_difference_update(self, other)
    return self


@implements("set.symmetric_difference_update")
def symmetric_difference_update(self, other, /):
    prim.set_symmetric_difference_update(self, as_set(self, other))


@implements("set.__ixor__")
def set_ixor(self, other, /):
    both_sets(self, other)
    prim.set_symmetric_difference_update(self, other)
    return self


def both_sets(a, b):
    if not prim.is_set(a) or not prim.is_set(b):
        prim.error("this operator takes two sets")


@implements("set.__or__")
def set_or(a, b, /):
    both_sets(a, b)
    return prim.set_union(a, b)


@implements("set.__and__")
def set_and(a, b, /):
    both_sets(a, b)
    return prim.set_intersection(a, b)


@implements("set.__sub__")
def set_sub(a, b, /):
    both_sets(a, b)
    return prim.set_difference(a, b)


@implements("set.__xor__")
def set_xor(a, b, /):
    both_sets(a, b)
    return prim.set_symmetric_difference(a, b)


@implements("set.issubset", "set.__le__")
def issubset(self, other, /):
    return prim.set_is_subset(self, as_set(self, other))


@implements("set.issuperset", "set.__ge__")
def issuperset(self, other, /):
    return prim.set_is_subset(as_set(self, other), self)


@implements("set.__lt__")
def set_lt(self, other, /):
    return len(self) < len(other) and prim.set_is_subset(self, other)


@implements("set.__gt__")
def set_gt(self, other, /):
    return len(other) < len(self) and prim.set_is_subset(other, self)


@implements("set.isdisjoint")
def isdisjoint(self, other, /):
    return prim.set_is_disjoint(self, as_set(self, other))


@implements("set.__contains__", "dict.__contains__")
def contains(self, key, /):
    return prim.table_find_as(self, key) >= 0


@implements("dict.get")
def get(self, key, default=None, /):
    at = prim.table_find_as(self, key)
    if at >= 0:
        return prim.dict_value(self, at)
    else:
        return default


@implements("dict.setdefault")
def setdefault(self, key, default, /):
    at = prim.table_find_as(self, key)
    if at < 0:
        self[key] = default
        return self[key]
    else:
        return prim.dict_value(self, at)


@implements("dict.pop")
def dict_pop(self, key, default="\0missing", /):
    at = prim.table_find_as(self, key)
    if prim.is_literal(default) and default == "\0missing":
        if at < 0:
            prim.raise_key_error(self, key)
        value = prim.dict_value(self, at)
        prim.table_remove(self, at)
        return value
    elif at < 0:
        return default
    else:
        value = prim.dict_value(self, at)
        prim.table_remove(self, at)
        return value


@implements("dict.popitem")
def popitem(self, /):
    at = prim.dict_popitem(self)
    item = (prim.table_key(self, at), prim.dict_value(self, at))
    prim.table_remove(self, at)
    return item


@implements("dict.__delitem__")
def dict_delitem(self, key, /):
    at = prim.table_find_as(self, key)
    if at < 0:
        prim.raise_key_error(self, key)
    prim.table_remove(self, at)


@implements("dict.update")
def dict_update(self, other="<missing>", /, **named):
    update_pairs(self, other)
    put_named(self, prim.keyword_names(named), prim.keyword_values(named))


def put_named(self, names, values):
    if len(names) > 0:
        self[names[0]] = values[0]
        put_named(self, names[1:], values[1:])


def update_pairs(self, other):
    if prim.is_missing(other):
        pass
    elif prim.is_keywords(other):
        put_named(self, prim.keyword_names(other), prim.keyword_values(other))
    elif prim.is_dict(other):
        if prim.same_type(self, other):
            prim.dict_update(self, other)
        else:
            for key in other:
                self[key] = other[key]
    else:
        for key, value in other:
            self[key] = value


@implements("dict.__ior__")
def dict_ior(self, other, /):
    update_pairs(self, other)
    return self


@implements("dict.__or__")
def dict_or(self, other, /):
    if not prim.is_dict(other):
        prim.error("this operator takes two dicts, not {}", other)
    out = prim.table_copy(self)
    update_pairs(out, other)
    return out


@implements("builtins.dict")
def dict_(other="<missing>", /, **named):
    if prim.is_keywords(other):
        out = {}
        put_named(out, prim.keyword_names(other), prim.keyword_values(other))
    elif prim.is_dict(other):
        out = prim.table_copy(other)
    else:
        out = {}
        if not prim.is_missing(other):
            for key, value in other:
                out[key] = value
    put_named(out, prim.keyword_names(named), prim.keyword_values(named))
    return out


@implements("builtins.dict.fromkeys")
def fromkeys(iterable, value=None, /):
    out = {}
    for key in iterable:
        out[key] = value
    return out


@implements("dict_values.__contains__")
def value_in(self, value, /):
    for item in self:
        if item == value:
            return True
    return False


@implements("dict_items.__contains__")
def item_in(self, pair, /):
    if not prim.is_tuple(pair) or len(pair) != 2:
        return False
    else:
        items = plain(prim.view_of(self))
        at = prim.table_find_as(items, pair[0])
        return at >= 0 and prim.dict_value(items, at) == pair[1]


def plain(mapping):
    if prim.is_collection(mapping):
        return prim.storage(mapping)
    else:
        return mapping


def keys_of(view):
    # Sets are made of other mappings in another way, which shows in their order.
    if prim.class_name(view) != "dict_keys" or prim.is_collection(prim.view_of(view)):
        prim.error("this operator takes keys of dicts and sets here, not {}", view)
    return prim.view_of(view)


def other_keys(other):
    if prim.is_set(other):
        return other
    else:
        return keys_of(other)


@implements("dict_keys.__and__")
def keys_and(self, other, /):
    mine, others = keys_of(self), other_keys(other)
    if prim.is_set(others) and len(mine) <= len(others):
        return others.intersection(self)
    out = set()
    if prim.is_dict(others) and len(others) > len(mine):
        for key in mine:
            if key in others:
                out.add(key)
    else:
        for key in others:
            if key in mine:
                out.add(key)
    return out


@implements("dict_keys.__or__")
def keys_or(self, other, /):
    out = set(keys_of(self))
    if prim.is_set(other):
        out.update(other)
    else:
        # A view is gone over key by key.
        for key in keys_of(other):
            out.add(key)
    return out


@implements("dict_keys.__sub__")
def keys_sub(self, other, /):
    out = set(keys_of(self))
    for key in other_keys(other):
        out.discard(key)
    return out


@implements("dict_keys.__xor__")
def keys_xor(self, other, /):
    out = set(keys_of(self))
    for key in other_keys(other):
        if key in out:
            out.remove(key)
        else:
            out.add(key)
    return out


def items_of(view):
    if prim.class_name(view) != "dict_items" or prim.is_collection(prim.view_of(view)):
        prim.error("this operator takes items of dicts and sets here, not {}", view)
    return view


def other_items(other):
    if prim.is_set(other):
        return other
    else:
        return items_of(other)


@implements("dict_items.__and__")
def items_and(self, other, /):
    mine, others = items_of(self), other_items(other)
    if prim.is_set(others) and len(mine) <= len(others):
        return others.intersection(mine)
    out = set()
    if not prim.is_set(others) and len(others) > len(mine):
        for item in mine:
            if item in others:
                out.add(item)
    else:
        for item in others:
            if item in mine:
                out.add(item)
    return out


@implements("dict_items.__or__")
def items_or(self, other, /):
    out = set(items_of(self))
    if prim.is_set(other):
        out.update(other)
    else:
        for item in items_of(other):
            out.add(item)
    return out


@implements("dict_items.__sub__")
def items_sub(self, other, /):
    out = set(items_of(self))
    for item in other_items(other):
        out.discard(item)
    return out


@implements("dict_items.__xor__")
def items_xor(self, other, /):
    if prim.is_set(other):
        out = set(items_of(self))
        for item in other:
            if item in out:
                out.remove(item)
            else:
                out.add(item)
        return out
    else:
        # Of two views: first what only the other has, then what is left.
        mine, others = items_of(self), items_of(other)
        out = set()
        for item in others:
            if item not in mine:
                out.add(item)
        for item in mine:
            if item not in others:
                out.add(item)
        return out


def reversed_keys(d):
    return keys_backwards(d, list(d))


def reversed_view(view):
    d = prim.view_of(view)
    if prim.class_name(view) == "dict_keys":
        return keys_backwards(d, list(d))
    elif prim.class_name(view) == "dict_values":
        return values_backwards(d, list(d))
    else:
        return items_backwards(d, list(d))


def unchanged(d, length):
    if len(d) != length:
        raise RuntimeError("dictionary changed size during iteration")


def keys_backwards(d, keys):
    for i in range(len(keys)):
        unchanged(d, len(keys))
        key = keys[len(keys) - 1 - i]
        if key not in d:
            raise RuntimeError("dictionary keys changed during iteration")
        yield key
    unchanged(d, len(keys))


def values_backwards(d, keys):
    for key in keys_backwards(d, keys):
        yield d[key]


def items_backwards(d, keys):
    for key in keys_backwards(d, keys):
        yield key, d[key]
