"""Expressions of scalars: operators, conversions, elements, calls.

Each way of making one gives None where it doesn't apply, and another is tried.
"""

from __future__ import annotations

from tests.fuzz.generate.kinds import (
    ARITHMETIC,
    BITS,
    COMPARISONS,
    FAR_FLOATS,
    FAR_INTS,
    FLOATS,
    INTS,
    NAMES,
    SCALAR_WEIGHTS,
    binary_type,
    dtype_of,
    element,
    is_array,
    unary_type,
)

__all__ = ["Scalars"]

# Expressions within one another, whatever depth each began with.
DEEPEST = 6


class Scalars:
    """What a function under construction says of scalars."""

    def truth(self) -> str:
        way = self.rng.random()
        if way < 0.75:
            return self.expression("bool", 2)
        return self.expression(self.rng.choice(["int", "float", "f64", "b1", "i64"]), 1)

    def atom(self, kind: str, small: bool = False) -> str:
        rng = self.rng
        names = [n for n in sorted(self.bound) if self.kinds[n] == kind]
        if small:
            loop = [n for n in names if n.startswith("i")]
            names = loop if loop and rng.random() < 0.8 else names
        if names and rng.random() < 0.75:
            return rng.choice(names)
        if small and kind == "int":
            return str(rng.randint(-3, 4))
        return self.literal(kind)

    def literal(self, kind: str) -> str:
        rng = self.rng
        if kind == "int":
            far = rng.random() < 0.06
            return f"({rng.choice(FAR_INTS)})" if far else rng.choice(INTS)
        if kind == "float":
            return rng.choice(FAR_FLOATS if rng.random() < 0.06 else FLOATS)
        if kind == "bool":
            return rng.choice(["True", "False"])
        return f"np.{NAMES[kind]}({element(rng, kind)})"

    def operand(self, operator: str, kind: str, depth: int) -> str:
        if operator in ("<<", ">>") and kind == "int":
            return f"{self.atom(kind)} % {self.rng.choice([5, 5, 40, 70])}"
        if operator in ("/", "//", "%") and self.rng.random() < 0.8:
            # Not zero.
            if kind == "int":
                return f"({self.wrapped(kind, depth)} | 1)"
            if kind == "float":
                return f"(abs({self.expression(kind, depth)}) + 1.5)"
        return self.wrapped(kind, depth)

    def wrapped(self, kind: str, depth: int) -> str:
        text = self.expression(kind, depth)
        return text if text.isidentifier() or text.replace(".", "").isdigit() else f"({text})"

    def expression(self, kind: str, depth: int) -> str:
        rng = self.rng
        if depth <= 0 or self.within >= DEEPEST or rng.random() < 0.15:
            return self.atom(kind)
        self.within += 1
        text = self.composed(kind, depth)
        self.within -= 1
        return text

    # Expressions around the one under construction: arguments of calls and items of
    # containers begin with a depth of their own.
    within = 0

    def composed(self, kind: str, depth: int) -> str:
        rng = self.rng
        ways = [self.operation, self.operation, self.operation, self.element_of, self.choice]
        ways += [self.conversion, self.function, self.unary, self.result_of]
        if kind == "bool":
            ways += [self.comparison] * 8
        if kind in ("bool", "int", "float"):
            ways += [self.logic]
        if kind in ("bool", "int", "float", "f64"):
            ways += self.sources * 3
        for _ in range(6):
            text = rng.choice(ways)(kind, depth - 1)
            if text:
                return text
        return self.atom(kind)

    def operation(self, kind: str, depth: int) -> str | None:
        rng = self.rng
        for _ in range(6):
            operator = rng.choice(ARITHMETIC + BITS if rng.random() < 0.3 else ARITHMETIC)
            a = kind if rng.random() < 0.6 else self.scalar()
            b = kind if rng.random() < 0.6 else self.scalar()
            if binary_type(operator, a, b) == kind:
                return f"{self.wrapped(a, depth)} {operator} {self.operand(operator, b, depth)}"
        if kind in ("int", "float", "f64", "i64", "f32") and rng.random() < 0.5:
            return f"{self.wrapped(kind, depth)} ** {rng.choice(['0', '2', '3', '2'])}"
        return None

    def comparison(self, _kind: str, depth: int) -> str | None:
        rng = self.rng
        real = [k for k in SCALAR_WEIGHTS if k != "c128"]
        a, b = rng.choice(["int", "float", "f64", *real]), rng.choice(["int", "float", *real])
        if binary_type("<", a, b) != "bool":
            return None
        text = f"{self.wrapped(a, depth)} {rng.choice(COMPARISONS)} {self.wrapped(b, depth)}"
        if rng.random() < 0.15 and binary_type("<", b, "int") == "bool":
            text += f" {rng.choice(COMPARISONS)} {self.wrapped('int', depth)}"
        return text

    def logic(self, kind: str, depth: int) -> str:
        if kind == "bool" and self.rng.random() < 0.2:
            return f"not {self.wrapped(kind, depth)}"
        word = self.rng.choice(["and", "or"])
        return f"{self.wrapped(kind, depth)} {word} {self.wrapped(kind, depth)}"

    def unary(self, kind: str, depth: int) -> str | None:
        operator = self.rng.choice(["-", "-", "+", "~"])
        if unary_type(operator, kind) != kind:
            return None
        return f"{operator}{self.wrapped(kind, depth)}"

    def element_of(self, kind: str, depth: int) -> str | None:
        names = [n for n in sorted(self.bound) if is_array(self.kinds[n]) and dtype_of(self.kinds[n]) == kind]
        if names:
            name = self.rng.choice(names)
            return f"{name}[{self.index(name)}]"
        if kind == "int":
            names = [n for n in sorted(self.bound) if is_array(self.kinds[n])]
            if names:
                return self.rng.choice(["len({0})", "{0}.size", "{0}.shape[0]", "{0}.ndim"]).format(
                    self.rng.choice(names)
                )
        return None

    def choice(self, kind: str, depth: int) -> str:
        a, b = self.wrapped(kind, depth), self.wrapped(kind, depth)
        return f"({a} if {self.truth()} else {b})"

    def conversion(self, kind: str, depth: int) -> str | None:
        source = self.scalar()
        if kind == "complex" or source == "c128":
            return None
        inner = self.expression(source, depth)
        risky = self.rng.random() < 0.2
        if kind == "int" and source in ("float", "f64", "f32") and not risky:
            return None
        if kind in ("u8", "i8", "i32", "i64", "u64") and not risky:
            if source == "float":
                return None
            if source == "int":
                inner = f"({inner}) & {self.rng.choice([3, 63, 127])}"
        if kind in ("int", "float", "bool"):
            return f"{kind}({inner})"
        if kind in ("u8", "i8", "i32", "i64", "u64") and source in ("f64", "f32"):
            return None
        return f"np.{NAMES[kind]}({inner})"

    def function(self, kind: str, depth: int) -> str | None:
        rng = self.rng
        if kind == "c128":
            return None
        way = rng.random()
        if way < 0.35 and kind != "b1":
            word = rng.choice(["min", "max"])
            return f"{word}({self.expression(kind, depth)}, {self.expression(kind, depth)})"
        if way < 0.55 and kind not in ("bool", "b1"):
            return f"abs({self.expression(kind, depth)})"
        if kind == "int":
            if rng.random() < 0.7:
                return None
            return rng.choice(["math.floor({})", "math.ceil({})", "round({})"]).format(
                self.expression("float", depth)
            )
        if kind == "float":
            return rng.choice(["math.sqrt(abs({}))", "math.fabs({})", "math.sqrt({})"]).format(
                self.expression("float", depth)
            )
        if kind in ("f64", "f32"):
            return f"np.sqrt({self.expression(kind, depth)})"
        return None

    def callable(self) -> list[Signature]:
        """The helpers that may be called here: not in nested loops, to end in time."""
        return self.helpers if self.loops < (1 if self.small else 2) else []

    def result_of(self, kind: str, depth: int) -> str | None:
        fitting = [h for h in self.callable() if h.result == kind]
        return self.call(self.rng.choice(fitting), depth) if fitting else None

    def call(self, helper: Signature, depth: int) -> str:
        values = [
            self.value(kind, depth) for _, kind in helper.params
        ]
        if helper.star:
            rest = [self.expression(helper.star, depth - 1) for _ in range(self.rng.randint(0, 3))]
            starred = self.of(f"list({helper.star})") + self.of(f"tuple({helper.star},{helper.star})")
            if starred and self.rng.random() < 0.3:
                rest.append(f"*{self.rng.choice(starred)}")
            return f"{helper.name}({', '.join(values + rest)})"
        keywords = self.rng.random() < 0.2
        if keywords:
            values[-1] = f"{helper.params[-1][0]}={values[-1]}"
        return f"{helper.name}({', '.join(values)})"
