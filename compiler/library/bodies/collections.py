"""Methods and operators of `deque`, `Counter`, `defaultdict`, `OrderedDict`, `frozenset`.

Each is a list, dict or set in memory: `prim.storage(x)` is that, `prim.like(x, storage)`
another object of x's class. A deque's list can lose and get elements in front without
moving the others (`runtime/core/src/objects/list.rs`). What a method says about the type
of the elements is the front end's (`infer/containers.rs`).
"""

from lists import position
from tables import update, common, difference_update


@implements("deque.__init__")
def deque_init(self, iterable="<missing>", maxlen=None):
    if maxlen is not None:
        limit = position(maxlen)
        prim.guard(limit >= 0, "ValueError", "maxlen must be non-negative")
        prim.list_set_limit(prim.storage(self), limit)
    if not prim.is_missing(iterable):
        extend(self, iterable)


@implements("deque.maxlen")
def maxlen_of(self, /):
    limit = prim.list_limit(prim.storage(self))
    if limit < 0:
        return None
    return limit


def trim_front(items):
    limit = prim.list_limit(items)
    if limit >= 0 and len(items) > limit:
        prim.list_delete(items, 0, len(items) - limit)


def trim_back(items):
    limit = prim.list_limit(items)
    if limit >= 0 and len(items) > limit:
        prim.list_delete(items, limit, len(items) - limit)


def with_limit_of(self, items):
    prim.list_set_limit(items, prim.list_limit(prim.storage(self)))
    trim_front(items)
    return prim.like(self, items)


@implements("deque.append")
def append(self, value, /):
    items = prim.storage(self)
    items.append(value)
    trim_front(items)


@implements("deque.appendleft")
def appendleft(self, value, /):
    items = prim.storage(self)
    prim.list_insert(items, 0, value)
    trim_back(items)


@implements("deque.extend")
def extend(self, iterable, /):
    items = prim.storage(self)
    if prim.class_name(iterable) == "deque":
        # It may be the same.
        extend(self, prim.storage(iterable)[:])
    elif prim.same_type(items, iterable):
        prim.list_extend(items, iterable)
        trim_front(items)
    else:
        for item in iterable:
            items.append(item)
            trim_front(items)


@implements("deque.extendleft")
def extendleft(self, iterable, /):
    items = prim.storage(self)
    if prim.class_name(iterable) == "deque":
        extendleft(self, prim.storage(iterable)[:])
    else:
        for item in iterable:
            prim.list_insert(items, 0, item)
            trim_back(items)


@implements("deque.pop")
def deque_pop(self, /):
    items = prim.storage(self)
    last = len(items) - 1
    prim.guard(last >= 0, "IndexError", "pop from an empty deque")
    value = items[last]
    prim.list_delete(items, last, 1)
    return value


@implements("deque.popleft")
def popleft(self, /):
    items = prim.storage(self)
    prim.guard(len(items) > 0, "IndexError", "pop from an empty deque")
    value = items[0]
    prim.list_delete(items, 0, 1)
    return value


@implements("deque.rotate")
def rotate(self, n=1, /):
    prim.list_rotate(prim.storage(self), position(n))


@implements("deque.reverse")
def deque_reverse(self, /):
    prim.list_reverse(prim.storage(self))


@implements("deque.clear")
def deque_clear(self, /):
    prim.list_clear(prim.storage(self))


@implements("deque.copy")
def deque_copy(self, /):
    return with_limit_of(self, prim.storage(self)[:])


@implements("deque.count")
def deque_count(self, value, /):
    return prim.list_count_as(prim.storage(self), value)


@implements("deque.index")
def deque_index(self, value, start=0, stop=9223372036854775807, /):
    at = prim.list_find_as(prim.storage(self), value, position(start), position(stop))
    if at < 0:
        prim.raise_text(1, repr(value) + " is not in deque")
    return at


@implements("deque.insert")
def deque_insert(self, index, value, /):
    items = prim.storage(self)
    limit = prim.list_limit(items)
    prim.guard(limit < 0 or len(items) != limit, "IndexError", "deque already at its maximum size")
    prim.list_insert(items, position(index), value)


@implements("deque.remove")
def deque_remove(self, value, /):
    items = prim.storage(self)
    at = prim.list_find_as(items, value, 0, len(items))
    if at < 0:
        prim.raise_text(1, repr(value) + " is not in deque")
    prim.list_delete(items, at, 1)


def place(items, index):
    if prim.is_slice(index):
        prim.error("sequence index must be integer, not 'slice'")
    at = position(index)
    if at < 0:
        at += len(items)
    prim.guard(0 <= at < len(items), "IndexError", "deque index out of range")
    return at


@implements("deque.__getitem__")
def deque_getitem(self, index, /):
    items = prim.storage(self)
    return items[place(items, index)]


@implements("deque.__setitem__")
def deque_setitem(self, index, value, /):
    items = prim.storage(self)
    items[place(items, index)] = value


@implements("deque.__delitem__")
def deque_delitem(self, index, /):
    items = prim.storage(self)
    prim.list_delete(items, place(items, index), 1)


@implements("deque.__add__")
def deque_add(self, other, /):
    if prim.class_name(other) != "deque":
        prim.error("can only concatenate deque (not {}) to deque", other)
    return with_limit_of(self, prim.storage(self) + prim.storage(other))


@implements("deque.__iadd__")
def deque_iadd(self, other, /):
    extend(self, other)
    return self


@implements("deque.__mul__")
def deque_mul(self, count, /):
    return with_limit_of(self, prim.storage(self) * position(count))


@implements("deque.__imul__")
def deque_imul(self, count, /):
    items = prim.storage(self)
    prim.list_repeat_in_place(items, position(count))
    trim_front(items)
    return self


@implements("Counter.__init__")
def counter_init(self, iterable=None, /):
    counter_update(self, iterable)


@implements("Counter.__getitem__")
def counter_getitem(self, key, /):
    counts = prim.storage(self)
    at = prim.table_find_as(counts, key)
    if at >= 0:
        return prim.dict_value(counts, at)
    else:
        return 0


@implements("Counter.__delitem__")
def counter_delitem(self, key, /):
    counts = prim.storage(self)
    at = prim.table_find_as(counts, key)
    if at >= 0:
        prim.table_remove(counts, at)


@implements("Counter.update")
def counter_update(self, iterable=None, /):
    counts = prim.storage(self)
    if iterable is None:
        pass
    elif prim.class_name(iterable) == "Counter":
        counter_update(self, prim.storage(iterable))
    elif prim.is_dict(iterable):
        for key, count in iterable.items():
            counts[key] = count + counter_getitem(self, key)
    else:
        for key in iterable:
            counts[key] = counter_getitem(self, key) + 1


@implements("Counter.subtract")
def counter_subtract(self, iterable=None, /):
    counts = prim.storage(self)
    if iterable is None:
        pass
    elif prim.class_name(iterable) == "Counter":
        counter_subtract(self, prim.storage(iterable))
    elif prim.is_dict(iterable):
        for key, count in iterable.items():
            counts[key] = counter_getitem(self, key) - count
    else:
        for key in iterable:
            counts[key] = counter_getitem(self, key) - 1


@implements("Counter.most_common")
def most_common(self, n=None):
    counts = prim.storage(self)
    pairs = [(key, count) for key, count in counts.items()]
    order = prim.list_order([count for count in counts.values()], True)
    pairs = prim.list_take(pairs, order)
    if n is None:
        return pairs
    else:
        return pairs[:max(position(n), 0)]


@implements("Counter.elements")
def elements(self, /):
    for key, count in prim.storage(self).items():
        for i in range(count):
            yield key


@implements("Counter.total")
def total(self, /):
    all = 0
    for count in prim.storage(self).values():
        all += count
    return all


@implements("Counter.copy", "defaultdict.copy", "OrderedDict.copy", "defaultdict.__copy__")
def dict_copy(self, /):
    return prim.like(self, prim.table_copy(prim.storage(self)))


def none_of(self):
    counts = prim.table_copy(prim.storage(self))
    prim.table_clear(counts)
    return counts


def two_counters(a, b):
    if prim.class_name(a) != "Counter" or prim.class_name(b) != "Counter":
        prim.error("this operator takes two Counters")
    if not prim.same_items(prim.storage(a), prim.storage(b)):
        prim.error("this operator takes two Counters of keys and counts of one type, not {}", b)


@implements("Counter.__add__")
def counter_add(self, other, /):
    two_counters(self, other)
    out = none_of(self)
    for key, count in prim.storage(self).items():
        new = count + counter_getitem(other, key)
        if new > 0:
            out[key] = new
    for key, count in prim.storage(other).items():
        if count > 0 and key not in self:
            out[key] = count
    return prim.like(self, out)


@implements("Counter.__sub__")
def counter_sub(self, other, /):
    two_counters(self, other)
    out = none_of(self)
    for key, count in prim.storage(self).items():
        new = count - counter_getitem(other, key)
        if new > 0:
            out[key] = new
    for key, count in prim.storage(other).items():
        if count < 0 and key not in self:
            out[key] = 0 - count
    return prim.like(self, out)


@implements("Counter.__or__")
def counter_or(self, other, /):
    two_counters(self, other)
    out = none_of(self)
    for key, count in prim.storage(self).items():
        new = counter_getitem(other, key)
        if new < count:
            new = count
        if new > 0:
            out[key] = new
    for key, count in prim.storage(other).items():
        if count > 0 and key not in self:
            out[key] = count
    return prim.like(self, out)


@implements("Counter.__and__")
def counter_and(self, other, /):
    two_counters(self, other)
    out = none_of(self)
    for key, count in prim.storage(self).items():
        new = counter_getitem(other, key)
        if count < new:
            new = count
        if new > 0:
            out[key] = new
    return prim.like(self, out)


def keep_positive(self):
    counts = prim.storage(self)
    for key in [key for key, count in counts.items() if not count > 0]:
        del counts[key]
    return self


@implements("Counter.__iadd__")
def counter_iadd(self, other, /):
    two_counters(self, other)
    counts = prim.storage(self)
    for key, count in prim.storage(other).items():
        counts[key] = counter_getitem(self, key) + count
    return keep_positive(self)


@implements("Counter.__isub__")
def counter_isub(self, other, /):
    two_counters(self, other)
    counts = prim.storage(self)
    for key, count in prim.storage(other).items():
        counts[key] = counter_getitem(self, key) - count
    return keep_positive(self)


@implements("Counter.__ior__", "Counter.__iand__")
def counter_in_place(self, other, /):
    prim.error("this operator in place isn't compiled for {}; write c = c | d", self)


def covers(self, other):
    for key, count in prim.storage(self).items():
        if count != counter_getitem(other, key):
            return False
    return True


@implements("Counter.__eq__")
def counter_eq(self, other, /):
    return covers(self, other) and covers(other, self)


@implements("Counter.__ne__")
def counter_ne(self, other, /):
    return not counter_eq(self, other)


@implements("defaultdict.__init__")
def defaultdict_init(self, iterable="<missing>", /):
    if not prim.is_missing(iterable):
        prim.storage(self).update(iterable)


@implements("defaultdict.__getitem__")
def defaultdict_getitem(self, key, /):
    items = prim.storage(self)
    at = prim.table_find_as(items, key)
    if at >= 0:
        return prim.dict_value(items, at)
    elif prim.factory(self) is None:
        prim.raise_key_error(items, key)
    else:
        made = prim.factory(self)()
        items[key] = made
        return items[key]


@implements("OrderedDict.__init__")
def ordered_init(self, iterable="<missing>", /):
    if not prim.is_missing(iterable):
        prim.storage(self).update(iterable)


@implements("OrderedDict.move_to_end")
def move_to_end(self, key, last=True):
    items = prim.storage(self)
    at = prim.table_find_as(items, key)
    if at < 0:
        prim.raise_key_error(items, key)
    kept = prim.table_key(items, at)
    value = prim.dict_value(items, at)
    if last:
        if prim.table_next(items, at + 1) >= 0:
            prim.table_remove(items, at)
            items[kept] = value
    elif prim.table_next(items, 0) != at:
        prim.table_remove(items, at)
        others = prim.table_copy(items)
        prim.table_clear(items)
        items[kept] = value
        for other, held in others.items():
            items[other] = held


@implements("OrderedDict.popitem")
def ordered_popitem(self, last=True):
    items = prim.storage(self)
    if len(items) == 0:
        raise KeyError("dictionary is empty")
    if last:
        at = prim.dict_popitem(items)
    else:
        at = prim.table_next(items, 0)
    item = (prim.table_key(items, at), prim.dict_value(items, at))
    prim.table_remove(items, at)
    return item


@implements("OrderedDict.__eq__")
def ordered_eq(self, other, /):
    a, b = prim.storage(self), prim.storage(other)
    if len(a) != len(b):
        return False
    for (key, value), (name, held) in zip(a.items(), b.items()):
        if key != name or value != held:
            return False
    return True


@implements("OrderedDict.__ne__")
def ordered_ne(self, other, /):
    return not ordered_eq(self, other)


@implements("tuple.__init__")
def tuple_init(self, iterable, /):
    items = prim.storage(self)
    if prim.same_type(items, iterable):
        prim.list_extend(items, iterable)
    else:
        for item in iterable:
            items.append(item)


@implements("tuple.copy")
def tuple_copy(self, /):
    return self


@implements("tuple.__getitem__")
def tuple_getitem(self, index, /):
    items = prim.storage(self)
    if prim.is_slice(index):
        return prim.like(self, items[index])
    else:
        at = position(index)
        if at < 0:
            at += len(items)
        prim.guard(0 <= at < len(items), "IndexError", "tuple index out of range")
        return items[at]


def items_of(some):
    if prim.is_collection(some):
        return prim.storage(some)
    else:
        return [*some]


@implements("tuple.__add__")
def tuple_add(self, other, /):
    if prim.class_name(self) != "tuple":
        prim.error("unsupported operand type(s) for +: {} and {}", self, other)
    if prim.class_name(other) != "tuple":
        prim.error("can only concatenate tuple (not {}) to tuple", other)
    joined = items_of(self) + items_of(other)
    if prim.is_collection(self):
        return prim.like(self, joined)
    else:
        return prim.like(other, joined)


@implements("tuple.__mul__")
def tuple_mul(self, count, /):
    return prim.like(self, prim.storage(self) * position(count))


def repeated(items, count):
    return tuple(list(items) * count)


def sliced(items, index):
    return tuple(list(items)[index])


@implements("tuple.__eq__")
def tuple_eq(self, other, /):
    return len(self) == len(other) and prim.storage(self) == [*other]


@implements("tuple.__ne__")
def tuple_ne(self, other, /):
    return not tuple_eq(self, other)


@implements("tuple.__lt__")
def tuple_lt(self, other, /):
    return prim.storage(self) < [*other]


@implements("tuple.__le__")
def tuple_le(self, other, /):
    return prim.storage(self) <= [*other]


@implements("tuple.__gt__")
def tuple_gt(self, other, /):
    return prim.storage(self) > [*other]


@implements("tuple.__ge__")
def tuple_ge(self, other, /):
    return prim.storage(self) >= [*other]


@implements("frozenset.__init__")
def frozenset_init(self, iterable="<missing>", /):
    if not prim.is_missing(iterable):
        prim.storage(self).update(iterable)


@implements("frozenset.copy")
def frozenset_copy(self, /):
    return self


@implements("frozenset.union")
def frozen_union(self, *others):
    out = prim.table_copy(prim.storage(self))
    for other in others:
        update(out, other)
    return prim.like(self, out)


@implements("frozenset.intersection")
def frozen_intersection(self, *others):
    out = prim.table_copy(prim.storage(self))
    for other in others:
        out = common(out, other)
    return prim.like(self, out)


@implements("frozenset.difference")
def frozen_difference(self, *others):
    out = prim.table_copy(prim.storage(self))
    for other in others:
        difference_update(out, other)
    return prim.like(self, out)


@implements("frozenset.symmetric_difference")
def frozen_symmetric_difference(self, other, /):
    return prim.like(self, prim.storage(self).symmetric_difference(other))


@implements("frozenset.__or__")
def frozen_or(self, other, /):
    return prim.like(self, prim.storage(self) | other)


@implements("frozenset.__and__")
def frozen_and(self, other, /):
    return prim.like(self, prim.storage(self) & other)


@implements("frozenset.__sub__")
def frozen_sub(self, other, /):
    return prim.like(self, prim.storage(self) - other)


@implements("frozenset.__xor__")
def frozen_xor(self, other, /):
    return prim.like(self, prim.storage(self) ^ other)


def factory_text(self):
    made = prim.factory(self)
    if made is None:
        return "None"
    elif prim.is_library_class(made):
        return "<class '" + prim.library_class(made) + "'>"
    else:
        prim.error("the text of {} is not compiled", self)


def text(self):
    name = prim.class_name(self)
    items = prim.storage(self)
    if name == "deque":
        limit = prim.list_limit(items)
        if limit < 0:
            return "deque(" + repr(items) + ")"
        else:
            return "deque(" + repr(items) + ", maxlen=" + repr(limit) + ")"
    elif name == "defaultdict":
        return "defaultdict(" + factory_text(self) + ", " + repr(items) + ")"
    elif name == "Counter":
        if len(items) == 0:
            return "Counter()"
        out = {}
        for key, count in most_common(self):
            out[key] = count
        return "Counter(" + repr(out) + ")"
    else:
        prim.error("the text of {} is not compiled: it depends on the version of Python", self)
