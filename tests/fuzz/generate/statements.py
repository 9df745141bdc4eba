"""Statements of numbers and arrays: assignments, stores, conditions, loops, tuples, views."""

from __future__ import annotations

from tests.fuzz.generate.kinds import (
    ARITHMETIC,
    ARRAY_WEIGHTS,
    BITS,
    array,
    binary_type,
    choose,
    dtype_of,
    is_array,
    is_scalar,
    ndim_of,
)

__all__ = ["Statements"]


class Statements:
    """The statements of numbers and arrays."""

    def statement(self, lines, depth, level) -> None:
        self.budget -= 1
        rng = self.rng
        pad = "    " * depth
        if self.extra and rng.random() < 0.6:
            weights, makers = zip(*self.extra)
            if rng.choices(makers, weights)[0](lines, depth, level):
                return
        way = rng.random()
        if way < 0.22:
            self.assignment(lines, pad)
        elif way < 0.36:
            self.augmented(lines, pad)
        elif way < 0.50:
            self.store(lines, pad)
        elif way < 0.64 and level < 3:
            self.condition(lines, depth, level)
        elif way < 0.80 and level < 3 and self.loops < 3:
            self.loop(lines, depth, level)
        elif way < 0.84 and self.in_loop:
            word = rng.choice(["break", "continue"])
            lines.append(f"{pad}if {self.truth()}:\n{pad}    {word}")
        elif way < 0.845:
            lines.append(f"{pad}if {self.truth()}:\n{pad}    {self.failure()}")
        elif way < 0.85:
            message = rng.choice(["", ", 1", ", 'must hold'"])
            lines.append(f"{pad}assert {self.truth()}{message}")
        elif way < 0.865 and level:
            lines.append(f"{pad}if {self.truth()}:\n{pad}    return {self.returned()}")
        elif way < 0.92:
            self.tuples(lines, pad)
        elif way < 0.96 and self.callable():
            helper = rng.choice(self.callable())
            lines.append(f"{pad}{self.call(helper, 1)}")
        else:
            self.view(lines, pad)

    def failure(self) -> str:
        kind = self.rng.choice(["ValueError", "IndexError", "RuntimeError", "KeyError"])
        word = self.rng.choice(["", "('no')", "('a longer text')", "(3)"])
        return f"raise {kind}{word}"

    def initialise(self, lines, depth) -> None:
        kind = self.scalar()
        name = self.fresh()
        lines.append(f"{'    ' * depth}{name} = {self.expression(kind, 1)}")
        self.kinds[name] = kind
        self.bound.add(name)

    def fresh(self) -> str:
        self.counter += 1
        return f"v{self.counter}"

    def target(self, kind: str) -> str:
        """An existing variable of a type, or a new one."""
        names = [n for n, k in self.kinds.items() if k == kind and n[0] in "vpt" and self.owns(n)]
        if names and self.rng.random() < 0.6:
            return self.rng.choice(names)
        return self.fresh()

    def owns(self, name: str) -> bool:
        """Whether a variable may be assigned: those around a nested function may not."""
        return self.own is None or name in self.own

    def bind(self, name: str, kind: str) -> None:
        if self.own is not None:
            self.own.add(name)
        self.kinds[name] = kind
        self.bound.add(name)

    def assignment(self, lines, pad) -> None:
        kind = self.scalar()
        value = self.expression(kind, 3)
        if self.rng.random() < 0.1:
            one, other = self.target(kind), self.target(kind)
            lines.append(f"{pad}{one} = {other} = {value}")
            self.bind(other, kind)
        else:
            one = self.target(kind)
            lines.append(f"{pad}{one} = {value}")
        self.bind(one, kind)

    def augmented(self, lines, pad) -> None:
        names = [n for n in sorted(self.bound) if is_scalar(self.kinds[n]) and n[0] == "v" and self.owns(n)]
        if not names:
            return self.assignment(lines, pad)
        name = self.rng.choice(names)
        kind = self.kinds[name]
        operators = ARITHMETIC + (BITS if kind not in ("float", "f64", "f32", "c128") else [])
        for _ in range(8):
            operator, other = self.rng.choice(operators), self.scalar()
            if binary_type(operator, kind, other) == kind:
                operand = self.operand(operator, other, 2)
                lines.append(f"{pad}{name} {operator}= {operand}")
                return None
        return None

    def store(self, lines, pad) -> None:
        names = [n for n in sorted(self.bound) if is_array(self.kinds[n])]
        if not names:
            return self.assignment(lines, pad)
        name = self.rng.choice(names)
        dtype, ndim = dtype_of(self.kinds[name]), ndim_of(self.kinds[name])
        way = self.rng.random()
        value = self.stored(dtype)
        if way < 0.12:
            part = self.slice(name)
            if self.rng.random() < 0.7:
                lines.append(f"{pad}{name}[{part}] = {value}")
            else:
                other = self.arrays(array(dtype, ndim))
                lines.append(f"{pad}{name}[{part}] = {other}[{part}]")
        elif way < 0.5:
            lines.append(f"{pad}{name}[{self.index(name)}] = {value}")
        else:
            operator = self.rng.choice(["+", "-", "*", "+"])
            for _ in range(8):
                other = self.scalar()
                made = binary_type(operator, dtype, other)
                if made and self.fits(made, dtype):
                    operand = self.expression(other, 2)
                    lines.append(f"{pad}{name}[{self.index(name)}] {operator}= {operand}")
                    return None
        return None

    def stored(self, dtype: str) -> str:
        """A value for an element; a Python int mostly in the range of the dtype."""
        kind = self.storable(dtype)
        value = self.expression(kind, 2)
        if kind == "int" and dtype in ("u8", "i8", "i32", "u64") and self.rng.random() < 0.9:
            return f"({value}) & 127"
        return value

    def storable(self, dtype: str) -> str:
        for _ in range(8):
            kind = self.scalar()
            if self.fits(kind, dtype):
                return kind
        return dtype

    @staticmethod
    def fits(kind: str, dtype: str) -> bool:
        """Whether storing is defined: no C casts of floats out of range."""
        if kind == "c128":
            return dtype == "c128"
        floating = kind in ("f64", "f32")
        return not (floating and dtype in ("u8", "u64", "i8", "i32", "i64"))

    def condition(self, lines, depth, level) -> None:
        pad = "    " * depth
        lines.append(f"{pad}if {self.truth()}:")
        before = set(self.bound)
        self.block(lines, depth + 1, level + 1)
        first, self.bound = self.bound, set(before)
        second = set(before)
        if self.rng.random() < 0.3:
            lines.append(f"{pad}elif {self.truth()}:")
            self.block(lines, depth + 1, level + 1)
            first &= self.bound
            self.bound = set(before)
        if self.rng.random() < 0.5:
            lines.append(f"{pad}else:")
            self.block(lines, depth + 1, level + 1)
            second = self.bound
        self.bound = self.known(first & second, before)

    def known(self, both: set, before: set) -> set:
        """What may be used from here on; now and then what may be unbound, too."""
        if self.rng.random() < 0.05:
            return {name for name in self.kinds if name[0] == "v" or name in before} | both
        return both | before

    def block(self, lines, depth, level) -> None:
        start = len(lines)
        for _ in range(self.rng.randint(1, 3)):
            self.statement(lines, depth, level)
        if len(lines) == start:
            lines.append("    " * depth + "pass")

    def loop(self, lines, depth, level) -> None:
        pad = "    " * depth
        rng = self.rng
        before = set(self.bound)
        was, self.in_loop = self.in_loop, True
        self.loops += 1
        arrays = [n for n in sorted(self.bound) if is_array(self.kinds[n])]
        way = rng.random()
        tail = []
        if way < 0.2 and arrays:
            over = rng.choice(arrays)
            dtype, ndim = dtype_of(self.kinds[over]), ndim_of(self.kinds[over])
            kind = dtype if ndim == 1 else array(dtype, ndim - 1)
            name = self.fresh()
            lines.append(f"{pad}for {name} in {over}:")
            self.bind(name, kind)
        elif way < 0.3:
            name = self.fresh()
            kind = rng.choice(["int", "float", "bool"])
            items = ", ".join(self.expression(kind, 1) for _ in range(rng.randint(1, 3)))
            lines.append(f"{pad}for {name} in ({items},):")
            self.bind(name, kind)
        elif way < 0.8:
            self.counter += 1
            name = f"i{self.counter}"
            lines.append(f"{pad}for {name} in {self.range(arrays)}:")
            self.bind(name, "int")
        else:
            self.counter += 1
            fuel = f"i{self.counter}"
            lines.append(f"{pad}{fuel} = 0")
            self.bind(fuel, "int")
            before.add(fuel)
            lines.append(f"{pad}while {fuel} < {rng.randint(1, 6)} and ({self.truth()}):")
            tail = [f"{pad}    {fuel} += 1"]
            lines += tail
        self.block(lines, depth + 1, level + 1)
        self.in_loop = was
        self.loops -= 1
        inside, self.bound = self.bound, set(before)
        if rng.random() < 0.2:
            lines.append(f"{pad}else:")
            self.block(lines, depth + 1, level + 1)
        if rng.random() < 0.1:
            self.bound |= inside
        self.bound = self.known(self.bound, before)

    def range(self, arrays) -> str:
        rng = self.rng
        way = rng.random()
        if way < 0.35 and arrays:
            name = rng.choice(arrays)
            if ndim_of(self.kinds[name]) == 1:
                form = rng.choice(
                    ["{0}", "{0}", "{0} - 1", "1, {0}", "{0} - 1, -1, -1", "1, {0} - 1", "0, {0}, 2",
                     "{0} - 2, 0, -1", "{0} + 1", "-{0}, {0}", "{0} // 2", "2, {0}, 3", "-1, -{0} - 1, -1"]
                )  # fmt: skip
                extent = rng.choice(["len({0})", "{0}.size", "{0}.shape[0]"]).format(name)
                return f"range({form.format(extent)})"
            return f"range({name}.shape[{rng.choice([0, 1, -1])}])"
        if way < 0.6:
            return f"range({rng.randint(0, 6)})"
        small = f"{self.atom('int')} % {rng.randint(2, 6)}"
        if way < 0.75:
            return f"range({small})"
        step = rng.choice(["1", "2", "-1", "-2", f"{self.atom('int')} % 4 + 1"])
        return f"range({small}, {rng.randint(-6, 6)}, {step})"

    def tuples(self, lines, pad) -> None:
        kinds = [self.scalar() for _ in range(self.rng.randint(2, 3))]
        values = ", ".join(self.expression(kind, 2) for kind in kinds)
        names = [self.target(kind) for kind in kinds]
        if self.rng.random() < 0.5:
            lines.append(f"{pad}{', '.join(names)} = {values}")
        else:
            self.counter += 1
            holder = f"t{self.counter}"
            lines.append(f"{pad}{holder} = ({values})")
            if self.rng.random() < 0.5:
                lines.append(f"{pad}{', '.join(names)} = {holder}")
            else:
                lines += [f"{pad}{name} = {holder}[{i}]" for i, name in enumerate(names)]
        for name, kind in zip(names, kinds):
            self.bind(name, kind)

    def view(self, lines, pad) -> None:
        kind = array(choose(self.rng, ARRAY_WEIGHTS), self.rng.choice([1, 1, 2]))
        pool = [k for n, k in self.kinds.items() if is_array(k) and n in self.bound]
        if pool and self.rng.random() < 0.7:
            kind = self.rng.choice(pool)
        name = self.target(kind)
        lines.append(f"{pad}{name} = {self.arrays(kind)}")
        self.bind(name, kind)
