"""Bytes, frozen dataclasses, members of enums, globals of the module, and names as such."""

from __future__ import annotations

__all__ = ["GLOBALS", "Objects"]

GLOBALS = (
    'LIMIT = 7\nRATE = 0.25\nTABLE = (3, 1, 4, 1, 5)\nWORD = "añb"\n'
    "GRID = np.array([1.5, -2.0, 0.0, 8.0])\nCOUNTS = np.array([3, 0, -7], np.int32)\n"
)
BYTES = ['b""', 'b"a"', 'b"ab\\x00\\xff"', 'b"abcab"']
COLORS = ["Color.RED", "Color.GREEN", "Color.BLUE"]


class Objects:
    """What a function under construction says of objects."""

    # Dataclasses.

    def spot_of(self, kind: str, depth: int) -> str:
        names = self.of("spot")
        if names and (depth <= 0 or self.rng.random() < 0.4):
            return self.rng.choice(names)
        x, y = self.expression("int", depth - 1), self.expression("float", depth - 1)
        return self.rng.choice([f"Spot({x}, {y})", f"Spot(y={y}, x={x})", f"Spot({x})"])

    def new_spot(self, lines, depth, level) -> bool:
        name = self.target("spot")
        lines.append(f"{'    ' * depth}{name} = {self.spot_of('spot', 2)}")
        self.bind(name, "spot")
        return True

    def part_of_spot(self, kind: str, depth: int) -> str | None:
        names = self.of("spot")
        forms = {"int": "{}.x", "float": "{}.y", "bool": "{}.x == {}.x"}
        if not names or kind not in forms:
            return None
        return forms[kind].format(self.rng.choice(names), self.rng.choice(names))

    # Enums.

    def color_of(self, kind: str, depth: int) -> str:
        names = self.of("color")
        if names and self.rng.random() < 0.5:
            return self.rng.choice(names)
        way = self.rng.random()
        if way < 0.2:
            return f"({self.rng.choice(COLORS)} if {self.truth()} else {self.rng.choice(COLORS)})"
        return self.rng.choice(COLORS)

    def new_color(self, lines, depth, level) -> bool:
        name = self.target("color")
        lines.append(f"{'    ' * depth}{name} = {self.color_of('color', 2)}")
        self.bind(name, "color")
        return True

    def part_of_color(self, kind: str, depth: int) -> str | None:
        names = self.of("color")
        if not names:
            return None
        name, other = self.rng.choice(names), self.rng.choice(COLORS + names)
        if kind == "int":
            return f"{name}.value"
        if kind == "bool":
            return f"{name} {self.rng.choice(['is', 'is not', '==', '!='])} {other}"
        return None

    # Bytes.

    def bytes_of(self, kind: str = "bytes", depth: int = 2) -> str:
        rng = self.rng
        names = self.of("bytes")
        if names and (depth <= 0 or rng.random() < 0.4):
            return rng.choice(names)
        if depth <= 0 or rng.random() < 0.4:
            return rng.choice(BYTES)
        inner = self.bytes_of(depth=depth - 1)
        edge = str(rng.randint(-3, 3))
        return rng.choice([f"{inner}[{edge}:]", f"{inner}[::-1]", f"({inner} + {self.bytes_of(depth=0)})[:8]", f"({inner} * 2)"])

    def new_bytes(self, lines, depth, level) -> bool:
        name = self.target("bytes")
        lines.append(f"{'    ' * depth}{name} = ({self.bytes_of()})[:9]")
        self.bind(name, "bytes")
        return True

    def loop_over_bytes(self, lines, depth, level) -> bool:
        names = self.of("bytes")
        if not names or not self.may_loop(level):
            return False
        one = self.fresh()
        self.turns(lines, depth, level, f"for {one} in {self.rng.choice(names)}:", {one: "int"})
        return True

    def part_of_bytes(self, kind: str, depth: int) -> str | None:
        names = self.of("bytes")
        if not names:
            return None
        name, other = self.rng.choice(names), self.bytes_of(depth=1)
        if kind == "int":
            return self.rng.choice([f"len({name})", f"{name}[{self.atom('int', small=True)}]", f"{name}[-1]"])
        if kind == "bool":
            compare = self.rng.choice(["==", "!=", "<", ">="])
            return self.rng.choice([f"{name} {compare} {other}", f"{self.atom('int', small=True)} % 256 in {name}"])
        return None

    # Globals.

    def global_value(self, kind: str, depth: int) -> str | None:
        index = self.atom("int", small=True)
        forms = {
            "int": ["LIMIT", f"TABLE[{index}]", "len(WORD)", "TABLE[-1]", "len(GRID)"],
            "float": ["RATE"], "f64": [f"GRID[{index}]", "GRID[-1]"], "i32": [f"COUNTS[{index}]"],
            "bool": ["LIMIT in TABLE", "RATE < LIMIT", "WORD == 'x'"],
        }  # fmt: skip
        return self.rng.choice(forms[kind]) if kind in forms else None

    def loop_over_global(self, lines, depth, level) -> bool:
        if not self.may_loop(level):
            return False
        one = self.fresh()
        over, kind = self.rng.choice([("TABLE", "int"), ("GRID", "f64"), ("COUNTS", "i32"), ("range(LIMIT)", "int")])
        self.turns(lines, depth, level, f"for {one} in {over}:", {one: kind})
        return True

    def store_global(self, lines, depth, level) -> bool:
        pad = "    " * depth
        lines.append(f"{pad}GRID[{self.atom('int', small=True)}] = {self.expression('float', 2)}")
        return True

    # Names.

    def walrus(self, lines, depth, level) -> bool:
        if level >= 3:
            return False
        pad = "    " * depth
        kind = self.rng.choice(["int", "float"])
        name, value = self.target(kind), self.expression(kind, 2)
        compare = self.rng.choice(["<", ">", "!="])
        lines.append(f"{pad}if ({name} := {value}) {compare} {self.expression(kind, 1)}:")
        self.bind(name, kind)
        before = set(self.bound)
        self.block(lines, depth + 1, level + 1)
        self.bound = self.known(before, before)
        return True

    def unbind(self, lines, depth, level) -> bool:
        names = [n for n in sorted(self.bound) if n[0] == "v" and self.owns(n) and self.kinds[n] in ("int", "float")]
        if not names or level or self.nested or self.closures:
            return False
        name = self.rng.choice(names)
        lines.append(f"{'    ' * depth}del {name}")
        self.bound.discard(name)
        return True

    def chained(self, lines, depth, level) -> bool:
        """Several targets, starred ones too."""
        pad = "    " * depth
        first, rest = self.fresh(), self.fresh()
        items = ", ".join(self.expression("int", 1) for _ in range(self.rng.randint(2, 4)))
        form = self.rng.choice(["{0}, *{1} = {2}", "*{1}, {0} = {2}", "{0}, *{1} = [{2}]", "({0}, *{1}) = ({2})"])
        lines.append(pad + form.format(first, rest, items))
        self.bind(first, "int")
        self.bind(rest, "list(int)")
        return True
