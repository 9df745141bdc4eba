"""Strings: literals, methods, f-strings, iteration, questions.

Results are cut, so that strings stay short.
"""

from __future__ import annotations

__all__ = ["Text"]

LITERALS = ['""', '"a"', '"b c"', '"é"', '"Xy1"', '"12"', '"a,b,a"', '"\\U0001f40d!"', '" -3 "', '"ß\\n"']
SPECS = {
    "int": ["", "", ":5", ":<4", ":03d", ":+", ":x", ":,", "!r", ":e"],
    "float": ["", "", ":.2f", ":8.3f", ":g", ":.3e", ":+.1f", ":.0f", ":%", ":,.1f"],
    "str": ["", "", ":>6", ":<4", ":^7", "!r", ":.2", ":*>5"],
    "bool": ["", "!r", ":>6", ":d"],
}
METHODS = [
    "upper()", "lower()", "strip()", "title()", "capitalize()", "swapcase()", "lstrip()", "rstrip()",
    "casefold()", "zfill(4)", "center(6)", "ljust(4, '.')", "rjust(5)", "expandtabs(3)", "strip('a!')",
]  # fmt: skip


class Text:
    """What a function under construction says of strings."""

    def string(self, _kind: str = "str", depth: int = 2) -> str:
        rng = self.rng
        names = self.of("str")
        if names and (depth <= 0 or rng.random() < 0.3):
            return rng.choice(names)
        if depth <= 0 or rng.random() < 0.1:
            return rng.choice(LITERALS)
        depth -= 1
        way = rng.random()
        if way < 0.12:
            return f"({self.string(depth=depth)} + {self.string(depth=depth)})[:12]"
        if way < 0.2:
            return f"{self.held(depth)}[{self.edge()}:{self.edge()}{rng.choice(['', '', ':-1', ':2'])}]"
        if way < 0.26:
            return f"{self.held(depth)}[{rng.choice(['0', '-1', '1', self.atom('int', small=True)])}]"
        if way < 0.42:
            return f"{self.held(depth)}.{rng.choice(METHODS)}"
        if way < 0.48:
            return f"{self.held(depth)}.replace({rng.choice(LITERALS)}, {rng.choice(LITERALS)})[:12]"
        if way < 0.56:
            kind = rng.choice(["int", "int", "float", "bool"])
            return f"{rng.choice(['str', 'str', 'repr'])}({self.expression(kind, depth)})"
        if way < 0.6:
            return f"chr(97 + {self.wrapped('int', depth)} % 26)"
        if way < 0.64:
            return f"({rng.choice(LITERALS)} * ({self.atom('int', small=True)} % 4))"
        lists = self.of("list(str)")
        if way < 0.7 and lists:
            return f"{rng.choice(LITERALS)}.join({rng.choice(lists)}[:4])"
        if way < 0.74:
            return f"({self.string(depth=depth)} if {self.truth()} else {self.string(depth=depth)})"
        return self.formatted(depth)

    def held(self, depth: int) -> str:
        """A string that a method can be called on as it stands."""
        text = self.string(depth=depth)
        return text if text[0] != "-" else f"({text})"

    def formatted(self, depth: int) -> str:
        rng = self.rng
        pieces = []
        for _ in range(rng.randint(1, 2)):
            kind = rng.choice(["int", "int", "float", "str", "bool"])
            names = self.of(kind)
            # Nested quotes aren't allowed within an f-string before Python 3.12.
            value = rng.choice(names) if names else {"int": "1", "float": "2.5", "str": "'q'", "bool": "True"}[kind]
            pieces.append(rng.choice(["", "x=", "é ", "{{"]) + f"{{{value}{rng.choice(SPECS[kind])}}}")
        return 'f"' + "".join(pieces) + '"'

    def new_text(self, lines, depth, level) -> bool:
        name = self.target("str")
        lines.append(f"{'    ' * depth}{name} = {self.string(depth=3)}")
        self.bind(name, "str")
        return True

    def grow_text(self, lines, depth, level) -> bool:
        names = [n for n in self.of("str") if n[0] == "v" and (self.own is None or n in self.own)]
        if not names:
            return False
        name = self.rng.choice(names)
        pad = "    " * depth
        lines += [f"{pad}if len({name}) < 12:", f"{pad}    {name} += {self.string(depth=1)}"]
        return True

    def loop_over_text(self, lines, depth, level) -> bool:
        names = self.of("str")
        if not names or not self.may_loop(level):
            return False
        name, one = self.rng.choice(names), self.fresh()
        self.counter += 1
        index = f"i{self.counter}"
        if self.rng.random() < 0.7:
            self.turns(lines, depth, level, f"for {one} in {name}[:6]:", {one: "str"})
        else:
            head = f"for {index}, {one} in enumerate({name}[:6]):"
            self.turns(lines, depth, level, head, {index: "int", one: "str"})
        return True

    def number_of_text(self, kind: str, depth: int) -> str | None:
        names = self.of("str")
        if kind == "float" and names and self.rng.random() < 0.2:
            return f"float({self.rng.choice(names)})"
        if kind != "int" or not names:
            return None
        name, other = self.rng.choice(names), self.string(depth=1)
        forms = [f"len({name})", f"len({name})", f"{name}.find({other})", f"{name}.count({other})", f"ord({name}[0])",
                 f"{name}.rfind({other})", f"{name}.index({other})", f"int({name})"]  # fmt: skip
        return self.rng.choice(forms)

    def question_of_text(self, kind: str, depth: int) -> str | None:
        names = self.of("str")
        if kind != "bool" or not names:
            return None
        name, other = self.rng.choice(names), self.string(depth=1)
        compare = self.rng.choice(["==", "!=", "<", "<=", ">", ">="])
        question = self.rng.choice(["isdigit", "isalpha", "isupper", "islower", "isspace", "isalnum", "istitle"])
        return self.rng.choice(
            [f"{name} {compare} {other}", f"{other} in {name}", f"{name}.startswith({other})",
             f"{name}.endswith({other})", f"{name}.{question}()"]
        )  # fmt: skip
