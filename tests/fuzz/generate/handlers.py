"""`try` in all its forms, and exceptions raised from others."""

from __future__ import annotations

__all__ = ["Handlers"]

CLASSES = [
    "ZeroDivisionError", "IndexError", "ValueError", "OverflowError", "KeyError", "ArithmeticError",
    "LookupError", "Exception", "(IndexError, ZeroDivisionError)", "RuntimeError", "AssertionError",
]  # fmt: skip
# Those whose texts are the same in compiled code: overflow of integers has its own.
TEXTS = ["ZeroDivisionError", "IndexError", "KeyError", "RuntimeError"]


class Handlers:
    """What a function under construction says of exceptions."""

    def guarded(self, lines, depth, level) -> bool:
        if level >= 3:
            return False
        rng = self.rng
        pad = "    " * depth
        before = set(self.bound)
        lines.append(f"{pad}try:")
        self.block(lines, depth + 1, level + 1)
        if rng.random() < 0.5:
            self.risky(lines, depth + 1)
        after = set(self.bound)
        only_finally = rng.random() < 0.12
        ends = []
        classes = rng.sample(CLASSES, rng.choice([1, 1, 2]))
        classes.sort(key=lambda name: name in ("Exception", "ArithmeticError", "LookupError"))
        for name in [] if only_finally else classes:
            self.bound = set(before)
            self.handler(lines, depth, level, name)
            ends.append(self.bound)
        if not only_finally and rng.random() < 0.25:
            lines.append(f"{pad}else:")
            self.bound = set(after)
            self.block(lines, depth + 1, level + 1)
            after = self.bound
        if only_finally or rng.random() < 0.25:
            lines.append(f"{pad}finally:")
            self.bound = set(before)
            self.block(lines, depth + 1, level + 1)
        for bound in ends:
            after &= bound
        self.bound = self.known(after, before)
        return True

    def handler(self, lines, depth, level, name: str) -> None:
        rng = self.rng
        pad = "    " * depth
        caught = ""
        if rng.random() < 0.35:
            self.counter += 1
            caught = f"x{self.counter}"
        lines.append(f"{pad}except {name}{f' as {caught}' if caught else ''}:")
        if caught and name in TEXTS and "text" in self.families:
            target = self.target("str")
            lines.append(f"{pad}    {target} = str({caught})")
            self.bind(target, "str")
        self.block(lines, depth + 1, level + 1)
        way = rng.random()
        if way < 0.06:
            lines.append(f"{pad}    raise")
        elif way < 0.12 and caught:
            lines.append(f"{pad}    raise ValueError('from') from {caught}")
        elif way < 0.15:
            lines.append(f"{pad}    raise KeyError(1)")

    def risky(self, lines, depth) -> None:
        """A statement that often raises."""
        rng = self.rng
        pad = "    " * depth
        way = rng.random()
        if way < 0.4:
            name = self.target("int")
            lines.append(f"{pad}{name} = {self.wrapped('int', 1)} // ({self.wrapped('int', 1)} % 3)")
            self.bind(name, "int")
        elif way < 0.7:
            lines.append(f"{pad}if {self.truth()}:\n{pad}    {self.failure()}")
        else:
            name = self.target("int")
            lines.append(f"{pad}{name} = {self.wrapped('int', 1)} * {self.wrapped('int', 1)}")
            self.bind(name, "int")

    def raise_chained(self, lines, depth, level) -> bool:
        if not level:
            return False
        pad = "    " * depth
        kind = self.rng.choice(["ValueError", "RuntimeError"])
        lines.append(f"{pad}if {self.truth()}:")
        lines.append(f"{pad}    raise {kind}('outer') from None")
        return True
