"""Methods and operators of lists, `list`, `sorted`, `reversed` copies.

Lists are mutable and shared: a body changes the very list it is given. What a method
says about the type of the elements is the front end's (`infer/containers.rs`).
"""

from protocols import is_same


def position(index):
    """An index as a Python int."""
    if not prim.is_integer(index):
        prim.error("'{}' object cannot be interpreted as an integer", index)
    return int(index)


@implements("list.insert")
def insert(self, index, value, /):
    prim.list_insert(self, position(index), value)


@implements("list.extend")
def extend(self, iterable, /):
    if prim.same_type(self, iterable):
        prim.list_extend(self, iterable)
    else:
        for item in iterable:
            self.append(item)


@implements("list.pop")
def pop(self, index=-1, /):
    length = len(self)
    prim.guard(length > 0, "IndexError", "pop from empty list")
    at = position(index)
    if at < 0:
        at += length
    prim.guard(0 <= at < length, "IndexError", "pop index out of range")
    value = self[at]
    prim.list_delete(self, at, 1)
    return value


def find(items, value, start, stop):
    if prim.is_probe(items, value):
        return prim.list_find_as(items, value, start, stop)
    else:
        # By a method of the class's own, which may change the list.
        if start < 0:
            start = max(start + len(items), 0)
        if stop < 0:
            stop += len(items)
        while start < stop and start < len(items):
            if is_same(items[start], value):
                return start
            start += 1
        return -1


@implements("list.remove")
def remove(self, value, /):
    at = find(self, value, 0, len(self))
    prim.guard(at >= 0, "ValueError", "list.remove(x): x not in list")
    prim.list_delete(self, at, 1)


@implements("list.index")
def index(self, value, start=0, stop=9223372036854775807, /):
    at = find(self, value, position(start), position(stop))
    if at < 0:
        prim.raise_text(1, repr(value) + " is not in list")
    return at


@implements("list.count")
def count(self, value, /):
    if prim.is_probe(self, value):
        return prim.list_count_as(self, value)
    else:
        found = 0
        for item in self:
            if is_same(item, value):
                found += 1
        return found


@implements("list.clear")
def clear(self, /):
    prim.list_clear(self)


@implements("list.copy")
def copy(self, /):
    return self[:]


@implements("list.reverse")
def reverse(self, /):
    prim.list_reverse(self)


@implements("list.sort")
def sort(self, /, *, key=None, reverse=False):
    if key is None:
        if prim.has_order(self):
            prim.list_sort(self, bool(reverse))
        else:
            sort_by_method(self, bool(reverse))
    else:
        # The key function sees an empty list, and what it puts there is lost.
        items = self[:]
        prim.list_clear(self)
        changes = prim.list_changes(self)
        try:
            if prim.is_comparison(key):
                order = order_by_comparison(items, key.args[0], bool(reverse))
            else:
                order = order_of([key(item) for item in items], bool(reverse))
            items = prim.list_take(items, order)
            if prim.list_changes(self) != changes:
                raise ValueError("list modified during sort")
        finally:
            prim.list_clear(self)
            prim.list_extend(self, items)


def order_of(keys, reverse):
    if prim.has_order(keys):
        return prim.list_order(keys, reverse)
    else:
        return order_by_method(keys, reverse)


def sort_by_method(items, reverse):
    # The methods see an empty list, and what they put there is lost.
    keys = items[:]
    prim.list_clear(items)
    changes = prim.list_changes(items)
    ordered = keys
    try:
        ordered = prim.list_take(keys, order_by_method(keys, reverse))
        if prim.list_changes(items) != changes:
            raise ValueError("list modified during sort")
    finally:
        prim.list_clear(items)
        prim.list_extend(items, ordered)


def order_by_method(keys, reverse):
    """`__lt__` alone is asked, of the later item first."""
    return merged_order(keys, reverse, lambda a, b: a < b)


def order_by_comparison(keys, compare, reverse):
    return merged_order(keys, reverse, lambda a, b: compare(a, b) < 0)


def merged_order(keys, reverse, is_less):
    """Positions in order, by merging runs."""
    count = len(keys)
    order = [i for i in range(count)]
    if reverse:
        order.reverse()
    width = 1
    while width < count:
        merged = []
        start = 0
        while start < count:
            middle, stop = min(start + width, count), min(start + 2 * width, count)
            left, right = start, middle
            while left < middle and right < stop:
                if is_less(keys[order[right]], keys[order[left]]):
                    merged.append(order[right])
                    right += 1
                else:
                    merged.append(order[left])
                    left += 1
            for i in range(left, middle):
                merged.append(order[i])
            for i in range(right, stop):
                merged.append(order[i])
            start = stop
        order = merged
        width *= 2
    if reverse:
        order.reverse()
    return order


@implements("builtins.sorted")
def sorted(iterable, /, *, key=None, reverse=False):
    out = [item for item in iterable]
    out.sort(key=key, reverse=reverse)
    return out


@implements("builtins.list")
def list_(iterable=(), /):
    if prim.is_list(iterable):
        return iterable[:]
    else:
        return [item for item in iterable]


@implements("list.__add__")
def add(self, other, /):
    if not prim.is_list(other):
        prim.error("can only concatenate list (not {}) to list", other)
    if prim.same_type(self, other):
        return prim.list_concat(self, other)
    else:
        out = [item for item in self]
        for item in other:
            out.append(item)
        return out


@implements("list.__iadd__")
def iadd(self, other, /):
    self.extend(other)
    return self


@implements("list.__mul__")
def mul(self, count, /):
    return prim.list_repeat(self, position(count))


@implements("list.__imul__")
def imul(self, count, /):
    prim.list_repeat_in_place(self, position(count))
    return self


@implements("list.__contains__")
def contains(self, value, /):
    return find(self, value, 0, len(self)) >= 0


@implements("list.__setitem__")
def setitem(self, where, values, /):
    if prim.same_type(self, values):
        prim.list_assign_steps(self, where, values)
    else:
        new = self[:0]
        for value in values:
            new.append(value)
        prim.list_assign_steps(self, where, new)


@implements("list.__delitem__")
def delitem(self, where, /):
    if prim.is_slice(where):
        prim.list_delete_steps(self, where)
    else:
        length = len(self)
        at = position(where)
        if at < 0:
            at += length
        prim.guard(0 <= at < length, "IndexError", "list assignment index out of range")
        prim.list_delete(self, at, 1)
