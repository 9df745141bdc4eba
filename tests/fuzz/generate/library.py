"""Functions of the standard library: itertools, functools, operator, heapq, bisect, math.

They take lists of integers where there are any, else ranges and small tuples.
"""

from __future__ import annotations

__all__ = ["Library"]

BITWISE = ["xor", "and_", "or_"]
BINARY = ["add", "sub", "mul", *BITWISE]


class Library:
    """What a function under construction says of library functions."""

    def items(self, depth: int = 1) -> str:
        """Some integers, in whatever holds them."""
        rng = self.rng
        names = self.of("list(int)")
        if names and rng.random() < 0.7:
            return f"{rng.choice(names)}[:5]"
        way = rng.random()
        if way < 0.4:
            return f"range({rng.randint(0, 5)})"
        if way < 0.7:
            return f"[{', '.join(self.expression('int', depth) for _ in range(rng.randint(1, 3)))}]"
        return f"({self.expression('int', depth)}, {self.expression('int', depth)})"

    def lambda_of(self, count: int) -> str:
        """A lambda of integers."""
        with self.scoped("int", "x") as one:
            if count == 1:
                return f"lambda {one}: {self.wrapped('int', 1)} % 9"
            with self.scoped("int", "y") as two:
                return f"lambda {one}, {two}: {self.wrapped('int', 1)} % 100 + {two}"

    def loop_over_tools(self, lines, depth, level) -> bool:
        if not self.may_loop(level):
            return False
        rng = self.rng
        one, two = self.fresh(), self.fresh()
        single = [
            lambda: f"itertools.chain({self.items()}, {self.items()})",
            # Sums of integers of any size are Python's own here: they stay small.
            lambda: f"itertools.accumulate(map({self.lambda_of(1)}, {self.items()}))",
            lambda: f"itertools.accumulate({self.items()}, {self.lambda_of(2)})",
            lambda: f"itertools.islice({self.items()}, {rng.randint(0, 4)})",
            lambda: f"itertools.islice(itertools.count({self.atom('int')} % 50, {rng.choice(['1', '2', '-3'])}), {rng.randint(0, 4)})",
            lambda: f"itertools.repeat({self.expression('int', 1)}, {rng.randint(0, 3)})",
            lambda: f"map({self.lambda_of(1)}, {self.items()})",
            lambda: f"filter({self.lambda_of(1)}, {self.items()})",
            lambda: f"reversed({self.items()})",
        ]
        double = [
            lambda: f"itertools.product(range({rng.randint(0, 2)}), {self.items()})",
            lambda: f"itertools.combinations({self.items()}, 2)",
            lambda: f"itertools.permutations({self.items()}, 2)",
            lambda: f"enumerate(map({self.lambda_of(1)}, {self.items()}))",
            lambda: f"zip({self.items()}, itertools.count())",
            lambda: f"zip({self.items()}, reversed({self.items()}))",
        ]
        if rng.random() < 0.6:
            self.turns(lines, depth, level, f"for {one} in {rng.choice(single)()}:", {one: "int"})
        else:
            self.turns(lines, depth, level, f"for {one}, {two} in {rng.choice(double)()}:", {one: "int", two: "int"})
        return True

    def heap(self, lines, depth, level) -> bool:
        """Changes of a list by heapq and bisect."""
        names = self.of("list(int)")
        if not names or self.small:
            return False
        name, pad = self.rng.choice(names), "    " * depth
        value = self.expression("int", 2)
        grow = [f"heapq.heappush({name}, {value})", f"bisect.insort({name}, {value})"]
        other = [f"heapq.heapify({name})", f"{name}.sort()", f"heapq.heapreplace({name}, {value})"]
        if self.rng.random() < 0.5:
            lines += [f"{pad}if len({name}) < 10:", f"{pad}    {self.rng.choice(grow)}"]
        else:
            lines.append(pad + self.rng.choice(other))
        return True

    def number_of_library(self, kind: str, depth: int) -> str | None:
        rng = self.rng
        depth = max(depth, 1)
        one = two = lambda: self.wrapped("int", depth - 1)
        if kind == "int":
            forms = [
                lambda: f"functools.reduce({self.lambda_of(2)}, {self.items()}, {self.atom('int')})",
                lambda: f"functools.reduce(operator.{rng.choice(BITWISE)}, {self.items()})",
                lambda: f"operator.{rng.choice(BINARY)}({one()}, {two()})",
                lambda: f"divmod({one()}, {two()})[{rng.choice('01')}]",
                lambda: f"pow({one()}, abs({two()}) % 20, {rng.choice(['7', '1', '-5', '1000003'])})",
                lambda: f"({one()}).bit_length()", lambda: f"({one()}).bit_count()",
                lambda: f"math.gcd({one()}, {two()})", lambda: f"math.isqrt(abs({one()}))", lambda: f"math.comb(abs({one()}) % 9, abs({two()}) % 9)",
                lambda: f"math.factorial(abs({one()}) % 12)", lambda: f"math.lcm({one()} % 100, {two()} % 100)",
                lambda: f"sum(map({self.lambda_of(1)}, {self.items()}))",
                lambda: f"len(list(filter({self.lambda_of(1)}, {self.items()})))",
                lambda: f"bisect.bisect_left(sorted({self.items()}), {one()})", lambda: f"bisect.bisect(sorted({self.items()}), {one()})",
                lambda: f"max({self.items()}, key={self.lambda_of(1)})", lambda: f"min({self.items()}, default={self.atom('int')})",
                lambda: f"functools.partial({self.lambda_of(2)}, {one()})({two()})",
                lambda: f"int({rng.choice(['True', repr('12'), '2.75', '-0.5'])})",
            ]  # fmt: skip
            return rng.choice(forms)()
        if kind == "float":
            x = y = lambda: self.expression("float", depth - 1)
            forms = [
                lambda: f"math.copysign({x()}, {y()})", lambda: f"math.fmod({x()}, {y()})", lambda: f"round({x()}, {rng.randint(-2, 3)})",
                lambda: f"math.ldexp({x()}, {one()} % 20)", lambda: f"math.frexp({x()})[0]", lambda: f"math.modf({x()})[0]", lambda: f"math.trunc({x()}) * 0.5",
                lambda: f"divmod({x()}, {y()})[0]", lambda: f"float({one()})", lambda: f"math.dist(({x()}, 1.0), ({y()}, 2.0)) * 0.0",
                lambda: f"abs(complex({x()}, 0.0))", lambda: f"complex({x()}, {y()}).imag", lambda: f"math.fabs({x()})", lambda: f"math.degrees({x()})",
                lambda: f"math.nextafter({x()}, {y()})", lambda: f"math.ulp({x()})",
            ]  # fmt: skip
            return rng.choice(forms)()
        if kind == "bool":
            x = y = lambda: self.expression("float", depth - 1)
            forms = [
                lambda: f"({x()}).is_integer()", lambda: f"math.isfinite({x()})", lambda: f"math.isnan({x()})", lambda: f"math.isclose({x()}, {y()})",
                lambda: f"operator.lt({one()}, {two()})", lambda: f"any(map({self.lambda_of(1)}, {self.items()}))",
                lambda: f"all(map({self.lambda_of(1)}, {self.items()}))", lambda: f"{one()} in {self.items()}",
            ]  # fmt: skip
            return rng.choice(forms)()
        return None
