"""Programs of loops over arrays that lie over each other: what passes over loops rely on.

A program of its own kind, not a part of others: one to three loops, alone or inside of each
other, whose limits, steps, indices and ways out have the shapes for which checks are moved,
loops are split, put in another order or made with vectors, and mustn't be. Elements are read
before and behind inner loops, sums are added to what is there, neighbours wrap around or stay
at the border. The arguments of a call are views of one buffer for each type, more often apart
than not, with steps of any sign and of 0.

Loops have up to 150 turns, since some passes want so many. Values stay small, or wrap as
NumPy's do; what Python's own integers become isn't this module's concern.
"""

from __future__ import annotations

__all__ = ["loops"]

HEAD = """import numpy as np

from cumbia import jit

WHOLE = np.arange(60_000) * 7919 % 13
REAL = WHOLE * 0.5 - 2.0


def rows(buffer, start, shape, steps):
    return np.ndarray(shape, buffer.dtype, buffer, 8 * (20_000 + start), [8 * step for step in steps])

"""
PARAMETERS = "m, w, x, y, a, b, n, k, flag"


def loops(rng, calls: int) -> str:
    """The text of a program: a module with `f` and `CALLS`."""
    body = Body(rng)
    body.write()
    text = "\n".join([f"@jit\ndef f({PARAMETERS}):", *body.lines])
    layouts = [rng.choice("CCCA") for _ in range(6)]
    longest = 33 if body.deepest > 2 else 130
    rows = "".join(f"    ({arguments(rng, layouts, longest)}),\n" for _ in range(calls))
    return f"{HEAD}\n{text}\n\n\nCALLS = [\n{rows}]\n"


def arguments(rng, layouts: list[str], longest: int) -> str:
    """The arguments of a call, as text: two tables and two rows of floats, two of integers."""
    n = rng.choice([0, 1, 2, 3, 8, 9, 16, 17, 20, 20, 33, longest])
    k = rng.choice([0, 1, 1, 2, 3, n, max(n - 1, 0), n // 2, -1])
    long = rng.random() < 0.8
    shown = []
    for at, layout in enumerate(layouts):
        buffer = "REAL" if at < 4 else "WHOLE"
        start = rng.choice([0, 0, 1, 2, 5, n, n + 1, 9_000])
        extents = [n + rng.choice([0, 0, 1, 2]) if long else rng.choice([0, 1, 2, n, n, 20]) for _ in range(2)]
        if at >= 2:
            step = 1 if layout == "C" else rng.choice([1, 2, -1, -2, 0])
            shown.append(f"rows({buffer}, {start}, ({extents[0]},), ({step},))")
            continue
        across = extents[1]
        steps = [(across, 1)]
        if layout == "A":
            steps = [(1, across), (-across, 1), (across, -1), (across + 3, 1), (1, 1), (0, 1), (1, 0), (2, 3)]
        shown.append(f"rows({buffer}, {start}, ({extents[0]}, {across}), {rng.choice(steps)})")
    return ", ".join([*shown, str(n), str(k), str(rng.random() < 0.5)])


class Body:
    """The statements of a function under construction."""

    def __init__(self, rng) -> None:
        self.rng = rng
        self.lines: list[str] = []
        self.counters: list[str] = []
        self.made = self.deepest = 0
        self.budget = rng.choice([2, 3, 4, 5, 7])
        self.plain = rng.random() < 0.5

    def write(self) -> None:
        self.out(1, "s = np.int64(0)")
        self.out(1, "t = np.float64(0.0)")
        while self.budget > 0:
            self.loop(1)
        self.out(1, "return s, t, n, k")

    def out(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)

    def pick(self, *of: str) -> str:
        return self.rng.choice(of)

    def counter(self) -> str:
        return self.rng.choice(self.counters)

    def near(self) -> str:
        """An index beside a counter, mostly one that is in range."""
        i, by = self.counter(), self.rng.choice([1, 1, 2, 3, 7])
        if self.rng.random() < (0.8 if self.plain else 0.5):
            return i
        return self.pick(
            f"{i} - {by}", f"{i} + {by}", f"({i} + {by}) % n", f"({i} - {by}) % n", f"n - 1 - {i}", f"-1 - {i}",
            f"min({i} + {by}, n - 1)", f"max({i} - {by}, 0)", f"{i} // 2", f"b[{i}]", f"{i} & 7", f"{i} ^ 1", "k",
            f"{i} + {self.counter()}", f"{self.counter()} - {i}", f"{i} * {by}", str(by), str(-by),
        )  # fmt: skip

    def real(self, depth: int = 0) -> str:
        """A float."""
        if depth > 1 or self.rng.random() < 0.4:
            return self.pick(self.place("mwxy"), self.place("mwxy"), self.place("xy"), "t", "0.5", self.counter())
        return f"({self.real(depth + 1)} {self.pick('+', '-', '*')} {self.real(depth + 1)})"

    def whole(self, depth: int = 0) -> str:
        """An integer."""
        if depth > 1 or self.rng.random() < 0.4:
            return self.pick(self.place("ab"), self.place("ab"), self.counter(), "k", "3")
        return f"({self.whole(depth + 1)} {self.pick('+', '-', '^', '&', '*')} {self.whole(depth + 1)})"

    def place(self, names: str) -> str:
        """An element of one of the arrays."""
        name = self.pick(*names)
        if name not in "mw":
            return f"{name}[{self.near()}]"
        one, other = self.near(), self.near()
        if len(self.counters) > 1 and self.rng.random() < 0.7:
            one, other = self.rng.sample(self.counters, 2)
        return f"{name}[{one}, {other}]"

    def condition(self) -> str:
        i, by = self.counter(), self.rng.choice([1, 2, 3])
        return self.pick(
            f"{i} == 0", f"{i} == n - 1", f"{i} != k", f"{i} < k", f"{i} > 0", f"0 < {i} < n - 1", f"{i} + {by} < n",
            f"{self.place('ab')} < {by}", f"{i} % 2 == 0", "flag", f"{i} == {by}", f"{self.real(1)} > 1.0",
        )  # fmt: skip

    def statement(self, depth: int) -> None:
        self.budget -= 1
        way = self.rng.random()
        if way < 0.45:
            place = self.place("mwxy")
            self.out(depth, f"{place} {self.pick('=', '+=', '+=', '-=')} {self.real()}")
        elif way < 0.6:
            self.out(depth, f"{self.place('ab')} {self.pick('=', '+=', '^=')} {self.whole()}")
        elif way < 0.75 or self.plain:
            self.out(depth, self.pick(f"t += {self.real()}", f"s += {self.whole()}", f"t = np.float64({self.real()})"))
        elif way < 0.9:
            self.out(depth, f"if {self.condition()}:")
            self.statement(depth + 1)
        elif way < 0.95:
            self.out(depth, f"if {self.condition()}:")
            self.out(depth + 1, self.pick("break", "return s, t, n, k", "raise ValueError(n)"))
        else:
            self.out(depth, self.pick("n = min(n + 1, 150)", "n -= 1", "k = min(k + 1, 150)"))

    def loop(self, depth: int) -> None:
        """A loop, mostly with a statement in front of an inner one and one behind it."""
        self.made += 1
        i, limit = f"i{self.made}", self.pick("n", "n", "n", "len(x)", "m.shape[0]", "m.shape[1]", "n - 1", "k")
        by = self.rng.choice([0, 1, 1, 2, 3])
        step = 0
        if self.rng.random() < 0.75:
            heads = [f"{limit}"] * 6 + [
                f"{by}, {limit}", f"{limit} - 1, -1, -1", f"{limit}, {by}, -1", f"0, {limit}, 2", f"k, {limit}", "3",
                f"{by}, {limit}, {by + 1}", f"-{by}, {limit}",
            ]  # fmt: skip
            if self.counters:
                heads += [f"{self.counter()}", f"{self.counter()}, {limit}", f"{self.counter()} + 1, {limit}"]
            self.out(depth, f"for {i} in range({self.rng.choice(heads)}):")
        else:
            step = self.rng.choice([1, 1, 2, -1])
            self.out(depth, f"{i} = {limit}" if step < 0 else f"{i} = {self.pick('0', str(by), 'k')}")
            self.out(depth, f"while {i} {self.pick('>', '>=')} {by}:" if step < 0 else f"while {i} < {limit}:")
            if step < 0:
                self.out(depth + 1, f"{i} -= 1")
        self.counters.append(i)
        self.deepest = max(self.deepest, len(self.counters))
        if len(self.counters) < 3 and self.made < 4 and self.rng.random() < 0.6:
            self.nested(depth + 1)
        for _ in range(self.rng.choice([1, 1, 2])):
            self.statement(depth + 1)
        if step > 0:
            self.out(depth + 1, f"{i} += {step}")
        self.counters.pop()

    def nested(self, depth: int) -> None:
        """An inner loop between what begins a sum and what becomes of it."""
        place = self.place("mwxy")
        summed = self.rng.random() < 0.5
        if summed:
            self.out(depth, f"t = np.float64({self.pick('0.0', '0.0', place, self.real())})")
        self.loop(depth)
        if summed:
            behind = self.pick(f"{place} = t", f"{place} += t", f"{place} = 0.5 * {place} + t", f"{place} -= t * t")
            self.out(depth, behind)
