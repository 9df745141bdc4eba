"""`match`, values that may be None, and namedtuples."""

from __future__ import annotations

from tests.fuzz.generate.kinds import is_scalar, parts

__all__ = ["Choices"]


class Choices:
    """What a function under construction says of alternatives."""

    def match(self, lines, depth, level) -> bool:
        if level >= 3:
            return False
        rng = self.rng
        pad = "    " * depth
        subjects = [("int", self.wrapped("int", 2) + f" % {rng.randint(2, 5)}")]
        if "text" in self.families:
            subjects.append(("str", self.string(depth=1)))
        tuples = [n for n in self.like("tuple(") if all(map(is_scalar, parts(self.kinds[n])))]
        subjects += [(self.kinds[n], n) for n in tuples]
        subjects += [("pair", n) for n in self.of("pair")]
        kind, subject = rng.choice(subjects)
        lines.append(f"{pad}match {subject}:")
        before = set(self.bound)
        ends = []
        total = False
        for _ in range(rng.randint(1, 3)):
            self.bound = set(before)
            captures, pattern = self.pattern(kind)
            for name, captured in captures.items():
                self.bind(name, captured)
            guard = f" if {self.truth()}" if rng.random() < 0.25 else ""
            lines.append(f"{pad}    case {pattern}{guard}:")
            self.block(lines, depth + 2, level + 1)
            ends.append(self.bound)
        if rng.random() < 0.6:
            self.bound = set(before)
            lines.append(f"{pad}    case _:")
            self.block(lines, depth + 2, level + 1)
            ends.append(self.bound)
            total = True
        both = set.intersection(*ends) if total else before
        self.bound = self.known(both, before)
        return True

    def pattern(self, kind: str) -> tuple[dict[str, str], str]:
        """What a pattern binds, and its text; never one that leaves later ones unreachable."""
        rng = self.rng
        if kind == "int":
            return {}, rng.choice(["0", "1", "2 | 3", "-1", "4"])
        if kind == "str":
            return {}, rng.choice(['"a"', '"é" | "b c"', '""', '"12"'])
        name = self.fresh()
        if kind == "pair":
            return rng.choice(
                [({name: "float"}, f"Pair(0, {name})"), ({name: "int"}, f"Pair(first={name}, second=1.0)"),
                 ({}, "Pair(1, 2.5)")]
            )  # fmt: skip
        items = parts(kind)
        place = rng.randrange(len(items))
        texts = [rng.choice(["0", "1"]) if item in ("int", "f64") else "_" for item in items]
        texts[place] = name
        if all(text in ("_", name) for text in texts):
            texts = ["_"] * len(items)
            texts[place] = "True" if items[place] == "bool" else '"a"' if items[place] == "str" else "2.5"
            return {}, f"({', '.join(texts)})"
        return {name: items[place]}, f"({', '.join(texts)})"

    # Values that may be None.

    def optional_of(self, kind: str, depth: int) -> str:
        names = self.of(kind)
        if names and self.rng.random() < 0.4:
            return self.rng.choice(names)
        return f"(None if {self.truth()} else {self.expression(parts(kind)[0], depth)})"

    def new_optional(self, lines, depth, level) -> bool:
        kind = f"opt({self.rng.choice(['int', 'float'])})"
        name = self.target(kind)
        lines.append(f"{'    ' * depth}{name} = {self.optional_of(kind, 2)}")
        self.bind(name, kind)
        return True

    def narrowed(self, lines, depth, level) -> bool:
        names = self.like("opt(")
        if not names or level >= 3:
            return False
        name = self.rng.choice(names)
        kind = self.kinds[name]
        pad = "    " * depth
        before = set(self.bound)
        way = self.rng.random()
        if way < 0.3:
            if self.own is not None and name not in self.own:
                return False
            lines += [f"{pad}if {name} is None:", f"{pad}    {name} = {self.expression(parts(kind)[0], 1)}"]
            return True
        lines.append(f"{pad}if {name} is not None:")
        self.kinds[name] = parts(kind)[0]
        self.block(lines, depth + 1, level + 1)
        self.kinds[name] = kind
        first, self.bound = self.bound, set(before)
        second = before
        if self.rng.random() < 0.4:
            lines.append(f"{pad}else:")
            self.block(lines, depth + 1, level + 1)
            second = self.bound
        self.bound = self.known(first & second, before)
        return True

    def narrowed_value(self, kind: str, depth: int) -> str | None:
        names = self.of(f"opt({kind})")
        if kind == "bool" and self.like("opt("):
            return f"{self.rng.choice(self.like('opt('))} is {self.rng.choice(['', 'not '])}None"
        if not names:
            return None
        name = self.rng.choice(names)
        return f"({name} if {name} is not None else {self.expression(kind, depth)})"

    # Namedtuples.

    def pair_of(self, kind: str, depth: int) -> str:
        names = self.of("pair")
        if names and (depth <= 0 or self.rng.random() < 0.35):
            return self.rng.choice(names)
        first, second = self.expression("int", depth - 1), self.expression("float", depth - 1)
        if names and self.rng.random() < 0.3:
            part = self.rng.choice([f"first={first}", f"second={second}"])
            return f"{self.rng.choice(names)}._replace({part})"
        return self.rng.choice([f"Pair({first}, {second})", f"Pair(second={second}, first={first})"])

    def new_pair(self, lines, depth, level) -> bool:
        name = self.target("pair")
        pad = "    " * depth
        lines.append(f"{pad}{name} = {self.pair_of('pair', 2)}")
        self.bind(name, "pair")
        if self.rng.random() < 0.3:
            one, two = self.target("int"), self.target("float")
            lines.append(f"{pad}{one}, {two} = {name}")
            self.bind(one, "int")
            self.bind(two, "float")
        return True

    def part_of_pair(self, kind: str, depth: int) -> str | None:
        names = self.of("pair")
        if not names:
            return None
        name = self.rng.choice(names)
        forms = {"int": [f"{name}.first", f"{name}[0]"], "float": [f"{name}.second", f"{name}[-1]"]}
        return self.rng.choice(forms[kind]) if kind in forms else None
