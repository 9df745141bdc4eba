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
