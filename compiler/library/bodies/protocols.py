"""Instances of the user's classes by the methods of Python's protocols: truth, iteration.

An instance is iterated over as a generator; `__iter__` comes before `__getitem__`, and
`__bool__` before `__len__`.
"""


def is_true(instance):
    if hasattr(instance, "__bool__"):
        truth = instance.__bool__()
        if not prim.is_truth(truth):
            prim.error("__bool__ should return bool, returned {}", truth)
        return truth
    else:
        return len(instance) != 0


def is_false(instance):
    return not is_true(instance)


def iterate(instance):
    if hasattr(instance, "__iter__"):
        iterator = instance.__iter__()
        if prim.is_generator(iterator):
            return iterator
        else:
            return by_next(iterator)
    else:
        return by_position(instance)


def by_next(iterator):
    while True:
        try:
            item = iterator.__next__()
        except StopIteration:
            return
        yield item


def by_position(sequence):
    position = 0
    while True:
        try:
            item = sequence[position]
        except (IndexError, StopIteration):
            return
        yield item
        position += 1


def contains(instance, value):
    for item in iterate(instance):
        if is_same(item, value):
            return True
    return False


def is_same(item, value):
    if prim.is_instance(item) and prim.is_instance(value):
        return item is value or item == value
    else:
        return item == value


def enumerated(iterable, start=0):
    position = start
    for item in iterable:
        yield position, item
        position += 1


def zipped(*iterables, strict=False):
    if not prim.is_literal(strict) or strict:
        prim.error("zip() of instances with strict=True is not compiled")
    iterators = each_iterator(iterables)
    while True:
        try:
            items = next_of_each(iterators)
        except StopIteration:
            return
        yield items


def each_iterator(iterables):
    if len(iterables) == 0:
        return ()
    else:
        return (iter(iterables[0]),) + each_iterator(iterables[1:])


def next_of_each(iterators):
    if len(iterators) == 0:
        return ()
    else:
        first = (next(iterators[0]),)
        return first + next_of_each(iterators[1:])


def backwards(sequence):
    if hasattr(sequence, "__reversed__"):
        return iter(sequence.__reversed__())
    else:
        return from_the_end(sequence)


def from_the_end(sequence):
    position = len(sequence) - 1
    while position >= 0:
        try:
            item = sequence[position]
        except (IndexError, StopIteration):
            return
        yield item
        position -= 1


def unpacked(count, iterable):
    iterator = iter(iterable)
    items = taken(iterator, count, 0)
    for item in iterator:
        raise ValueError("too many values to unpack (expected " + str(count) + ")")
    return items


def taken(iterator, count, got):
    if got == count:
        return ()
    else:
        first = (item_of(iterator, count, got),)
        return first + taken(iterator, count, got + 1)


def item_of(iterator, count, got):
    for item in iterator:
        return item
    raise ValueError("not enough values to unpack (expected " + str(count) + ", got " + str(got) + ")")


def sequence(before, instance):
    iterator = instance.__iter__()
    if prim.is_generator(iterator):
        return list(iterator)
    else:
        items = []
        for i in range(before):
            try:
                items.append(iterator.__next__())
            except StopIteration:
                return items
        # What is left is asked for its iterator anew.
        for item in iterator:
            items.append(item)
        return items
