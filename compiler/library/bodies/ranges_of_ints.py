"""Membership and methods of `range` objects."""


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
