"""Programs with loops over `prange`, made from a seed.

A program is a function of an integer array, a float array, an array to write to and two
integers. Its loops reduce numbers and arrays, by operators and by functions that are marked as
associative, choose, keep variables of a turn's own, write elements of their own turn, have
conditions, inner loops, handlers and `continue`, go up, down, in steps or not at all, and come
several in a row or in an ordinary loop. Most do little, since compiling is what takes the time.
Everything is defined for every input, and turns don't depend on each other, so that Python's
result is the one there is. Float sums and products are kept apart: their last bits depend on the
blocks, and on nothing else.
"""

from __future__ import annotations

import random

INTS = ["+=", "-=", "*=", "&=", "|=", "^=", "min", "max"]


class Program:
    """The text of a function, and whether Python gives the same to the last bit."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lines: list[str] = []
        self.results: list[str] = []
        self.exact = True
        self.number = 0
        self.emit(0, "def f(a, x, out, n, k):")
        self.loops = self.random.randint(1, 8)
        for _ in range(self.loops):
            self.loop(1)
        self.emit(1, f"return ({', '.join(self.results) or '0'},)")
        self.text = "\n".join(self.lines) + "\n"

    def emit(self, depth: int, line: str) -> None:
        self.lines.append("    " * depth + line)

    def name(self, stem: str) -> str:
        self.number += 1
        return f"{stem}{self.number}"

    def bounds(self) -> tuple[str, str]:
        """What a loop goes over, and the index of a turn's own element."""
        return self.random.choice(
            [
                ("n", "i"),
                ("a.shape[0]", "i"),
                ("1, n", "i"),
                ("0, n, 3", "i"),
                ("n - 1, -1, -1", "i"),
                ("n - 1, 0, -2", "i"),
                ("-n, 0", "i"),
                ("n, 0", "i"),
                ("n // 2, n", "i"),
            ]
        )

    def integer(self, extra: list[str]) -> str:
        """An expression of a small integer."""
        one = self.random.choice
        leaf = ["i", "k", "a[i]", "3", *extra]
        form = one(["{0} % 17", "({0} + {1}) % 23", "({0} * {1}) % 11", "abs({0}) % 7", "{0} // 5 % 9"])
        return "(" + form.format(one(leaf), one(leaf)) + ")"

    def condition(self, extra: list[str]) -> str:
        return self.random.choice(
            [
                f"{self.integer(extra)} % 2 == 0",
                f"{self.integer(extra)} > 4",
                "i % 3 == 1",
                "x[i] > 0.0",
                "a[i] > k",
            ]
        )

    def loop(self, depth: int) -> None:
        outer = self.random.random() < 0.15
        reductions: list[tuple[str, str, str]] = []
        much = 1.0 if self.random.random() < 0.15 else 0.3
        for _ in range(self.random.randint(0, 3) if much == 1.0 else self.random.randint(0, 1)):
            var, op = self.name("r"), self.random.choice(INTS)
            start = str(self.random.randint(-5, 9))
            reductions.append((var, op, start))
            self.emit(depth, f"{var} = {start}")
            self.results.append(var)
        if self.random.random() < 0.25 * much:
            var = self.name("q")
            op = self.random.choice(["and", "or"])
            reductions.append((var, op, ""))
            self.emit(depth, f"{var} = {op == 'and'}")
            self.results.append(var)
        if self.random.random() < 0.25 * much:
            var = self.name("s")
            reductions.append((var, self.random.choice(["f+", "f-", "f*"]), ""))
            self.emit(depth, f"{var} = {self.random.choice(['0.0', '1.5', '-0.0'])}")
            self.results.append(var)
            self.exact = False
        if self.random.random() < 0.3 * much:
            var, op = self.name("h"), self.random.choice(["+=", "-=", "^=", "|=", "*="])
            reductions.append((var, "h" + op, ""))
            dtype = self.random.choice(["np.int64", "np.uint8", "np.int32"])
            self.emit(depth, f"{var} = np.full({self.random.choice(['5', '(5, 3)'])}, {self.random.randint(0, 9)}, {dtype})")
            reductions[-1] = (var, "h" + op, "2" if "(5, 3)" in self.lines[-1] else "1")
            self.results.append(var)
        if self.random.random() < 0.2 * much:
            var = self.name("w")
            reductions.append((var, "rows", ""))
            self.emit(depth, f"{var} = np.zeros(4, np.int64)")
            self.results.append(var)
        if self.random.random() < 0.3 * much:
            var = self.name("b")
            compare = self.random.choice(["<", "<=", ">", ">="])
            reductions.append((var, "choose", compare))
            self.emit(depth, f"{var} = {self.random.randint(-9, 30)}")
            self.emit(depth, f"{var}at = -7")
            self.results += [var, f"{var}at"]
        if self.random.random() < 0.2 * much:
            var = self.name("t")
            reductions.append((var, "pair", ""))
            self.emit(depth, f"{var}a, {var}b = 1, 2")
            self.results += [f"{var}a", f"{var}b"]
        if self.random.random() < 0.3 * much:
            var, op = self.name("m"), self.random.choice(["mix", "later"])
            first = self.random.random() < 0.5
            reductions.append((var, op, "first" if first else "second"))
            self.emit(depth, f"{var} = {'(1, 0)' if op == 'mix' else '7'}")
            self.results.append(var)
        last = self.name("v") if self.random.random() < 0.4 * much else None
        if last:
            self.emit(depth, f"{last} = -1")
            self.results.append(last)
        if outer:
            self.emit(depth, f"for t{self.number} in range(3):")
            depth += 1
        over, _ = self.bounds()
        self.emit(depth, f"for i in prange({over}):")
        self.body(depth + 1, reductions, last)
        if outer:
            depth -= 1

    def body(self, depth: int, reductions: list[tuple[str, str, str]], last: str | None) -> None:
        extra: list[str] = []
        one = self.random
        for _ in range(one.randint(0, 2)):
            var = self.name("p")
            self.emit(depth, f"{var} = {self.integer(extra)}")
            if one.random() < 0.4:
                self.emit(depth, f"if {self.condition(extra)}:")
                self.emit(depth + 1, f"{var} = {self.integer(extra)}")
            extra.append(var)
        if one.random() < 0.3:
            self.emit(depth, f"if {self.condition(extra)}:")
            self.emit(depth + 1, "continue")
        if one.random() < 0.3:
            var = self.name("p")
            self.emit(depth, f"{var} = 0")
            self.emit(depth, f"for j in range({self.integer(extra)} % 4):")
            self.emit(depth + 1, f"{var} += {self.integer([*extra, 'j'])}")
            extra.append(var)
        if one.random() < 0.2:
            var = self.name("p")
            self.emit(depth, "try:")
            # A number of Python: what is divided by NumPy's doesn't raise.
            self.emit(depth + 1, f"{var} = 100 // int({self.integer(extra)} % 3)")
            self.emit(depth, "except ZeroDivisionError:")
            self.emit(depth + 1, f"{var} = -1")
            extra.append(var)
        for reduction in reductions:
            at = depth
            how = one.random()
            if how < 0.3:
                self.emit(at, f"if {self.condition(extra)}:")
                at += 1
            elif how < 0.45:
                self.emit(at, f"for j in range({self.integer(extra)} % 3):")
                at += 1
            if reduction[1] == "choose":
                # One statement, with a value that has a name.
                value = self.name("p")
                self.emit(at, f"{value} = {self.integer(extra)}")
                self.emit(at, f"if {value} {reduction[2]} {reduction[0]}:")
                self.emit(at + 1, f"{reduction[0]} = {value}")
                self.emit(at + 1, f"{reduction[0]}at = i")
                continue
            for _ in range(one.randint(1, 2)):
                self.emit(at, self.reduction(reduction, extra))
        if one.random() < 0.7:
            # Every turn of these loops has another element, and no loop wraps around.
            self.emit(depth, f"out[i] = out[i] + {self.integer(extra)}")
        if last:
            at = depth
            if one.random() < 0.5:
                self.emit(at, f"if {self.condition(extra)}:")
                at += 1
            self.emit(at, f"{last} = {self.integer(extra)}")
        self.emit(depth, "pass")

    def text_of(self, var: str) -> str:
        """The line that makes an array."""
        return next(line for line in self.lines if line.strip().startswith(f"{var} = np."))

    def random_index(self, var: str) -> str:
        """How many axes an array has."""
        return "2" if "(5, 3)" in self.text_of(var) else "1"

    def reduction(self, of: tuple[str, str, str], extra: list[str]) -> str:
        var, op, _ = of
        value = self.integer(extra)
        match op:
            case "min" | "max":
                # One order in all statements of a variable.
                if int(var[1:]) % 3 == 0:
                    return f"{var} = {op}({value}, {var})"
                return f"{var} = {op}({var}, {value})"
            case "*=":
                # Small enough for 64 bits.
                return f"{var} *= 1 - 2 * ({value} % 2)"
            case "and":
                return f"{var} = {var} and {value} < 22"
            case "or":
                return f"{var} = {var} or {value} == 22"
            case "rows":
                return f"{var} += np.full(4, {value})"
            case "mix" | "later":
                # What functions that are marked as associative combine, from either side.
                value = f"({value} % 9, i)" if op == "mix" else value
                order = (var, value) if of[2] == "first" else (value, var)
                return f"{var} = {op}({', '.join(order)})"
            case "pair":
                return f"{var}a, {var}b = {var}a + {value}, {var}b - i"
            case _ if op.startswith("h"):
                k = self.integer(extra)
                index = f"{k} % 5" if self.random_index(var) == "1" else f"{k} % 5, {value} % 3"
                if op == "h*=":
                    return f"{var}[{index}] *= 1 - 2 * ({value} % 2)" if "uint8" not in self.text_of(var) else f"{var}[{index}] *= 1 + {value} % 2"
                if "uint8" in self.text_of(var) and op == "h-=":
                    return f"{var}[{index}] -= 1"
                return f"{var}[{index}] {op[1:]} abs({value}) % 9"
            case "f+":
                return f"{var} += x[i] * {value}"
            case "f-":
                return f"{var} = {var} - x[i]"
            case "f*":
                return f"{var} *= 1.0 + x[i] / 1000.0"
            case _ if self.random.random() < 0.3:
                return f"{var} = {var} {op[0]} {value}"
            case _:
                return f"{var} {op} {value}"
