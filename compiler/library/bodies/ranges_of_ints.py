"""Membership, slices, comparisons and methods of `range` objects; `slice.indices`.

Numbers are 64 bits wide: one beyond raises an OverflowError where it comes up.
"""


def place(self, value):
    """Where an integer is in a range; -1 if it isn't."""
    if self.step > 0:
        if not self.start <= value < self.stop:
            return -1
    elif not self.stop < value <= self.start:
        return -1
    distance = value - self.start
    if distance % self.step != 0:
        return -1
    return distance // self.step


def whole(value):
    if not prim.is_integer(value):
        prim.error("{} in a range is not compiled yet", value)
    return int(value)


@implements("range.__contains__")
def contains(self, value, /):
    return place(self, whole(value)) >= 0


@implements("range.index")
def index(self, value, /):
    at = place(self, whole(value))
    prim.guard(at >= 0, "ValueError", "{} is not in range", value)
    return at


@implements("range.count")
def count(self, value, /):
    return int(place(self, whole(value)) >= 0)


def picked(self, part):
    """A slice of a range."""
    start, stop, step = indices(part, len(self))
    first = self.start + start * self.step
    return range(first, self.start + stop * self.step, self.step * step)


def equal(a, b):
    if len(a) != len(b):
        return False
    if len(a) == 0:
        return True
    return a.start == b.start and (len(a) == 1 or a.step == b.step)


def not_equal(a, b):
    return not equal(a, b)


def whole_or(bound, default):
    """A part of a slice as a Python int; the default where it is None."""
    if bound is None:
        return default
    elif not prim.is_integer(bound):
        prim.error("slice indices must be integers or None or have an __index__ method, not {}", bound)
    else:
        return int(bound)


def within(bound, length, low, high):
    """A bound from either end, kept within the sequence."""
    if bound < 0:
        bound += length
    return min(max(bound, low), high)


@implements("slice.indices")
def indices(self, length, /):
    if not prim.is_integer(length):
        prim.error("'{}' object cannot be interpreted as an integer", length)
    n = int(length)
    if n < 0:
        raise ValueError("length should not be negative")
    step = whole_or(self.step, 1)
    if step == 0:
        raise ValueError("slice step cannot be zero")
    forward = step > 0
    low = 0 if forward else -1
    high = n if forward else n - 1
    if self.start is None:
        start = low if forward else high
    else:
        start = within(whole_or(self.start, 0), n, low, high)
    if self.stop is None:
        stop = high if forward else low
    else:
        stop = within(whole_or(self.stop, 0), n, low, high)
    return start, stop, step
