"""Random programs of `try` statements, loops and raises, compared with CPython.

Each seed gives a module of up to three functions that call each other. Integers are
Python's and stay small, so that a difference is one of control flow: of results, of what
was written to an array on the way, or of the exception with its causes and contexts.
"""

import random

import numpy as np
import pytest
from harness import IDENTITY, jit
from test_exceptions import execute, outcome

CLASSES = [
    "ValueError",
    "KeyError",
    "IndexError",
    "ZeroDivisionError",
    "LookupError",
    "ArithmeticError",
    "Exception",
    "MyA",
    "MyB",
    "(MyA, KeyError)",
    "(IndexError, ArithmeticError)",
]
RAISED = ["ValueError", "KeyError", "IndexError", "MyA", "MyB", "RuntimeError"]
ARGUMENTS = ["1", "x", '"t", y', "", '"m"']
MAX_DEPTH = 4


class Program:
    """Builds the text of one seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines = ["class MyA(ValueError): pass", "class MyB(MyA): pass"]
        self.caught = []
        self.names = 0
        self.left = 0
        self.helpers = 0
        count = self.random.randint(0, 2)
        for i in range(count):
            self.function(f"h{i}", i)
        self.function("f", count)
        self.text = "\n".join(self.lines)

    def put(self, depth, text):
        self.lines.append("    " * depth + text)

    def one_of(self, *choices):
        return self.random.choice(choices)

    def function(self, name, helpers):
        self.helpers, self.caught, self.left = helpers, [], self.one_of(15, 30, 50)
        self.put(0, "@jit")
        self.put(0, f"def {name}(a, b, x, y):")
        self.put(1, "z = 1")
        self.put(1, "k = 0")
        for _ in range(self.random.randint(2, 4)):
            self.statement(1, False, False)
        self.put(1, "return x + y * 7 + z * 31 + k")

    def expression(self, depth=0):
        kind = self.random.random()
        if kind < 0.3:
            return self.one_of(*"xyzk")
        if kind < 0.5:
            return str(self.random.randint(-2, 4))
        if kind < 0.6:
            return f"int(a[{self.one_of(*'xyzk')} & 7])"
        if kind < 0.66:
            return f"int(b[{self.one_of('x', 'y', 'k', '2')}])"
        if kind < 0.74:
            return f"{self.one_of(*'xyz')} // {self.one_of('x', 'y', 'k', '(k - 1)')}"
        if kind < 0.8 and self.helpers:
            function = self.random.randrange(self.helpers)
            return f"h{function}(a, b, {self.one_of(*'xyzk')}, {self.random.randint(0, 3)})"
        if depth > 1:
            return "1"
        operator = self.one_of("+", "-", "*", "&")
        return f"({self.expression(depth + 1)} {operator} {self.expression(depth + 1)})"

    def condition(self):
        return f"{self.expression()} {self.one_of('<', '>', '==', '!=')} {self.expression()}"

    def block(self, depth, loop, handling):
        for _ in range(self.random.randint(1, 3)):
            self.statement(depth, loop, handling)

    def statement(self, depth, loop, handling):
        self.left -= 1
        kind = self.random.random()
        if depth > MAX_DEPTH or self.left < 0:
            kind *= 0.45
        if kind < 0.25:
            target = self.one_of(*"xyz")
            self.put(depth, f"{target} = ({self.expression()}) % 1000")
        elif kind < 0.32:
            self.put(depth, f"b[0] = int(b[0]) * 3 % 100003 + {self.random.randint(1, 9)}")
        elif kind < 0.36:
            self.put(depth, f"b[{self.one_of('x', 'y', 'k', '1')}] = {self.expression()} % 50")
        elif kind < 0.40:
            self.put(depth, f"if {self.condition()}:")
            self.put(depth + 1, self.raising(handling))
        elif kind < 0.45:
            self.put(depth, f"if {self.condition()}:")
            leave = ["return x + y * 7 + z * 31"] + (["break", "continue"] * 2 if loop else [])
            self.put(depth + 1, self.one_of(*leave))
        elif kind < 0.55:
            self.put(depth, f"if {self.condition()}:")
            self.block(depth + 1, loop, handling)
            if self.random.random() < 0.5:
                self.put(depth, "else:")
                self.block(depth + 1, loop, handling)
        elif kind < 0.66:
            self.put(depth, f"for k in range({self.random.randint(1, 4)}):")
            self.block(depth + 1, True, handling)
            if self.random.random() < 0.2:
                self.put(depth, "else:")
                self.block(depth + 1, loop, handling)
        else:
            self.try_statement(depth, loop, handling)

    def raising(self, handling):
        new = f"raise {self.one_of(*RAISED)}({self.one_of(*ARGUMENTS)})"
        kind = self.random.random()
        if handling and kind < 0.3:
            return "raise"
        if self.caught and kind < 0.5:
            return f"{new} from {self.one_of('None', *self.caught)}"
        if self.caught and kind < 0.6:
            return f"raise {self.one_of(*self.caught)}"
        return new

    def try_statement(self, depth, loop, handling):
        self.put(depth, "try:")
        self.block(depth + 1, loop, handling)
        clauses = self.random.randint(0, 2)
        for _ in range(clauses):
            name = f"e{self.names}"
            self.names += 1
            named = self.random.random() < 0.5
            self.put(depth, f"except {self.one_of(*CLASSES)}{f' as {name}' if named else ''}:")
            self.caught += [name] * named
            self.block(depth + 1, loop, True)
            del self.caught[len(self.caught) - named :]
        if clauses and self.random.random() < 0.3:
            self.put(depth, "else:")
            self.block(depth + 1, loop, handling)
        if not clauses or self.random.random() < 0.4:
            self.put(depth, "finally:")
            self.block(depth + 1, loop, handling)


@pytest.mark.parametrize("seed", range(120))
def test_random_program(seed):
    text = Program(seed).text
    plain, plain_file = execute(text, lambda func: func)
    compiled, file = execute(text, jit)
    for x, y in ((0, 0), (1, 2), (-3, 5), (7, 1)):
        call = (np.array([3, 0, 5, 1, 2, 7, 4, 6]), np.array([1, 2, 3, 4, 0]), x, y)
        value, error, arguments = outcome(plain, call, plain_file)
        got, got_error, got_arguments = outcome(compiled, call, file)
        where = f"called with {x}, {y}:\n{text}"
        assert got_error == error, where
        assert got == value, where
        assert got_arguments[1].tolist() == arguments[1].tolist(), where
    if not IDENTITY:
        from cumbia import _cumbia

        assert _cumbia.live_allocations() == 0
