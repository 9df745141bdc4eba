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
            f"itertools.chain({self.items()}, {self.items()})",
            # Sums of integers of any size are Python's own here: they stay small.
            f"itertools.accumulate(map({self.lambda_of(1)}, {self.items()}))",
            f"itertools.accumulate({self.items()}, {self.lambda_of(2)})",
            f"itertools.islice({self.items()}, {rng.randint(0, 4)})",
            f"itertools.islice(itertools.count({self.atom('int')} % 50, {rng.choice(['1', '2', '-3'])}), {rng.randint(0, 4)})",
            f"itertools.repeat({self.expression('int', 1)}, {rng.randint(0, 3)})",
            f"map({self.lambda_of(1)}, {self.items()})",
            f"filter({self.lambda_of(1)}, {self.items()})",
            f"reversed({self.items()})",
        ]
        double = [
            f"itertools.product(range({rng.randint(0, 2)}), {self.items()})",
            f"itertools.combinations({self.items()}, 2)",
            f"itertools.permutations({self.items()}, 2)",
            f"enumerate(map({self.lambda_of(1)}, {self.items()}))",
            f"zip({self.items()}, itertools.count())",
            f"zip({self.items()}, reversed({self.items()}))",
        ]
        if rng.random() < 0.6:
            self.turns(lines, depth, level, f"for {one} in {rng.choice(single)}:", {one: "int"})
        else:
            self.turns(lines, depth, level, f"for {one}, {two} in {rng.choice(double)}:", {one: "int", two: "int"})
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
        one, two = self.wrapped("int", depth - 1), self.wrapped("int", depth - 1)
        if kind == "int":
            forms = [
                f"functools.reduce({self.lambda_of(2)}, {self.items()}, {self.atom('int')})",
                f"functools.reduce(operator.{rng.choice(BITWISE)}, {self.items()})",
                f"operator.{rng.choice(BINARY)}({one}, {two})",
                f"divmod({one}, {two})[{rng.choice('01')}]",
                f"pow({one}, abs({two}) % 20, {rng.choice(['7', '1', '-5', '1000003'])})",
                f"({one}).bit_length()", f"({one}).bit_count()",
                f"math.gcd({one}, {two})", f"math.isqrt(abs({one}))", f"math.comb(abs({one}) % 9, abs({two}) % 9)",
                f"math.factorial(abs({one}) % 12)", f"math.lcm({one} % 100, {two} % 100)",
                f"sum(map({self.lambda_of(1)}, {self.items()}))",
                f"len(list(filter({self.lambda_of(1)}, {self.items()})))",
                f"bisect.bisect_left(sorted({self.items()}), {one})", f"bisect.bisect(sorted({self.items()}), {one})",
                f"max({self.items()}, key={self.lambda_of(1)})", f"min({self.items()}, default={self.atom('int')})",
                f"functools.partial({self.lambda_of(2)}, {one})({two})",
                f"int({rng.choice(['True', repr('12'), '2.75', '-0.5'])})",
            ]  # fmt: skip
            return rng.choice(forms)
        if kind == "float":
            x, y = self.expression("float", depth - 1), self.expression("float", depth - 1)
            forms = [
                f"math.copysign({x}, {y})", f"math.fmod({x}, {y})", f"round({x}, {rng.randint(-2, 3)})",
                f"math.ldexp({x}, {one} % 20)", f"math.frexp({x})[0]", f"math.modf({x})[0]", f"math.trunc({x}) * 0.5",
                f"divmod({x}, {y})[0]", f"float({one})", f"math.dist(({x}, 1.0), ({y}, 2.0)) * 0.0",
                f"abs(complex({x}, 0.0))", f"complex({x}, {y}).imag", f"math.fabs({x})", f"math.degrees({x})",
                f"math.nextafter({x}, {y})", f"math.ulp({x})",
            ]  # fmt: skip
            return rng.choice(forms)
        if kind == "bool":
            x, y = self.expression("float", depth - 1), self.expression("float", depth - 1)
            forms = [
                f"({x}).is_integer()", f"math.isfinite({x})", f"math.isnan({x})", f"math.isclose({x}, {y})",
                f"operator.lt({one}, {two})", f"any(map({self.lambda_of(1)}, {self.items()}))",
                f"all(map({self.lambda_of(1)}, {self.items()}))", f"{one} in {self.items()}",
            ]  # fmt: skip
            return rng.choice(forms)
        return None
