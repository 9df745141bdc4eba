"""Instances of ordinary classes: attributes, methods, operators, writing back, making them."""

import numpy as np

from tests.corpus import call, program


class Account:
    rate = 0.05

    def __init__(self, owner, balance):
        self.owner = owner
        self.balance = balance
        self.history = [balance]

    def deposit(self, amount):
        self.balance += amount
        self.history.append(self.balance)
        return self

    @property
    def interest(self):
        return self.balance * self.rate

    @staticmethod
    def fee(amount):
        return amount * 0.01

    @classmethod
    def yearly(cls, balance):
        return balance * (1 + cls.rate)


class Savings(Account):
    rate = 0.1

    def deposit(self, amount):
        self.history.append(amount)
        self.balance += amount - self.fee(amount)
        return self


class Grid:
    def __init__(self, n):
        self.cells = np.zeros((n, n))
        self.n = n
        self.steps = 0
        self.callback = print

    def __getitem__(self, at):
        return self.cells[at]

    def __setitem__(self, at, value):
        self.cells[at] = value

    def __len__(self):
        return self.n


class Point:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return self.x + other.x, self.y + other.y

    def __eq__(self, other):
        return self.x == other.x and self.y == other.y

    def __lt__(self, other):
        return (self.x, self.y) < (other.x, other.y)

    def __repr__(self):
        return f"Point({self.x!r}, {self.y!r})"

    def __bool__(self):
        return self.x != 0 or self.y != 0


class Particle:
    def __init__(self, position, charge):
        self.position = position
        self.charge = charge
        self.on = True


def account():
    return Account("ann", 100.0)


@program(call(account(), 5.0), method=True)
def a_method(self, amount):
    self.deposit(amount).deposit(1.5)
    return self.balance, len(self.history)


@program(call(Savings("bob", 100.0), 50.0), method=True)
def an_inherited_class(self, amount):
    self.deposit(amount)
    return self.interest, self.fee(10.0), self.yearly(100.0), isinstance(self, Account)


@program(call(Grid(4), 3))
def items_of_its_own(g, n):
    for k in range(n):
        g[k, k] = k + 1.0
        g.steps += 1
    return g[1, 1], len(g), g.cells.sum()


@program(call(Point(1, 2), Point(3, 4)), call(Point(1, 2), Point(1, 2)))
def operators(p, q):
    return p + q, p == q, p != q, p < q, str(p), f"{q!r}"


@program(call([Particle(Point(0.0, 1.0), 1.5), Particle(Point(2.0, 3.0), -1.0)]))
def nested_in_a_list(particles):
    total = 0.0
    for p in particles:
        p.position.x += p.charge
        if p.charge < 0:
            p.on = False
        total += p.position.y
    return total


@program(call(account(), 0), call(account(), 3))
def half_done(a, n):
    a.owner = "eve"
    a.history.append(1.0)
    a.balance = 10.0 / n
    return a


@program(call(account()))
def not_there(a):
    a.balance = 0.0
    return a.limit


@program(call(account()))
def by_name(a):
    setattr(a, "balance", 7.5)
    return getattr(a, "balance"), getattr(a, "limit", -1), hasattr(a, "limit"), hasattr(a, "owner")


@program(call(Grid(2)))
def what_cannot_be_taken(g):
    return g.callback


@program(call(account(), account()))
def identity(a, b):
    c = a
    return a is b, a is c, a == b, a == c, type(a) is Account, type(a) is type(b)


@program(call(Point(0, 0)), call(Point(0, 2)))
def truth_of_its_own(p):
    return 1 if p else 2


class Counter:
    def __init__(self, start, by=1):
        self.value = start
        self.by = by
        self.seen = []

    def step(self):
        self.value += self.by
        self.seen.append(self.value)
        return self.value


class Doubling(Counter):
    def __init__(self, start):
        super().__init__(start, by=2)
        self.twice = self.value * 2

    def step(self):
        return super().step() * 10


@program(call(3), call(0))
def made_within(n):
    c, d = Counter(n, by=n), Doubling(n)
    total = 0
    for _ in range(3):
        total += c.step() + d.step()
    return total, c.seen, d.twice, c


@program(call(4))
def a_list_made_within(n):
    counters = [Counter(i) for i in range(n)]
    for c in counters:
        c.step()
    return counters, max([c.value for c in counters])


@program(call(1.0, 2.0))
def a_result_of_an_operator(x, y):
    class_of = type(Point(x, y))
    return class_of(x, y) == Point(x, y), Point(y, x)


class Window:
    def __init__(self, xs, size):
        self.xs = xs
        self.size = size

    def __len__(self):
        return len(self.xs) - self.size + 1

    def __getitem__(self, i):
        if i >= len(self):
            raise IndexError(i)
        total = 0.0
        for k in range(self.size):
            total += self.xs[i + k]
        return total / self.size


class Steps:
    def __init__(self, stop):
        self.at = 0
        self.stop = stop

    def __iter__(self):
        return self

    def __next__(self):
        if self.at >= self.stop:
            raise StopIteration
        self.at += 2
        return self.at

    def __bool__(self):
        return self.at < self.stop


@program(call(Window([1.0, 2.0, 3.0, 4.0], 2)), call(Window([1.0], 1)))
def iteration_by_position(w):
    return [x for x in w], max(w), len(w)


@program(call(Steps(5)), call(Steps(0)))
def iteration_by_next(s):
    total = 0
    for x in s:
        total += x
    return total, s.at, list(s)


@program(call(Steps(3)), call(Steps(0)), call(Window([1.0], 2)))
def truth_by_a_method(s):
    if s:
        return "some", not s
    return "none", not s


@program(call(Steps(5)), call(Steps(0)))
def counted_and_paired(s):
    return [(i, x) for i, x in enumerate(s)], list(zip([1, 2], Steps(9)))


@program(call(Window([1.0, 2.0, 3.0, 4.0], 2)), call(Window([1.0, 2.0], 1)), call(Window([1.0], 1)))
def unpacked(w):
    a, b, c = w
    return a, b, c


@program(call(Steps(9)), call(Steps(2)), call(Steps(0)))
def unpacked_to_a_list(s):
    a, *b = s
    return a, b


@program(call(Window([1.0, 2.0], 1), 2.0), call(Window([1.0, 2.0], 1), 7.0))
def searched(w, x):
    return x in w, x not in w


@program(call([Point(1, 2), Point(3, 4)]), call([]))
def found_by_equality(points):
    return Point(3, 4) in points, points.count(Point(1, 2)), Point(0, 0) not in points


@program(call([Steps(1), Steps(2)]))
def keys_by_identity(steps):
    seen = {}
    for s in steps:
        seen[s] = s.stop
    return seen[steps[1]], steps[0] in seen, Steps(1) in seen, len({steps[0], steps[0]})


@program(call([Point(3, 1), Point(1, 2), Point(2, 0)]), call([]))
def sorted_by_less(points):
    return [(p.x, p.y) for p in sorted(points)]
