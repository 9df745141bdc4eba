"""Lists, dicts, sets and tuples: made, changed, iterated, asked.

Whatever grows in a loop is guarded by its length, so that programs end and stay small.
"""

from __future__ import annotations

from tests.fuzz.generate.kinds import parts

__all__ = ["Containers"]

SMALL = 10
# Not floats: in a container CPython finds a nan equal to itself by its identity.
COMPARED = {"int", "bool", "str"}
TEXT_KEYS = ['"a"', '"b"', '"é"', '""', '"key"']


class Containers:
    """What a function under construction says of containers."""

    # Kinds.

    def item_kind(self) -> str:
        pool = ["int"] * 5 + ["float"] * 3 + ["bool"]
        if "text" in self.families:
            pool += ["str"] * 4
        if "tuples" in self.families:
            pool += ["tuple(int,float)"]
        return self.rng.choice(pool)

    def list_kind(self) -> str:
        item = self.item_kind()
        if self.rng.random() < 0.12:
            item = f"list({item})"
        elif "dicts" in self.families and self.rng.random() < 0.1:
            item = "dict(int,int)"
        return f"list({item})"

    def key_kind(self) -> str:
        return "str" if "text" in self.families and self.rng.random() < 0.6 else "int"

    def dict_kind(self) -> str:
        item = self.item_kind()
        if "lists" in self.families and self.rng.random() < 0.3:
            item = f"list({item})"
        return f"dict({self.key_kind()},{item})"

    def set_kind(self) -> str:
        return f"set({self.key_kind()})"

    def tuple_kind(self) -> str:
        pool = ["int", "float", "bool", "f64"] + ["str"] * 2 * ("text" in self.families)
        if "lists" in self.families:
            pool.append("list(int)")
        return f"tuple({','.join(self.rng.choice(pool) for _ in range(self.rng.randint(2, 3)))})"

    # Lists.

    def list_of(self, kind: str, depth: int) -> str:
        rng = self.rng
        item = parts(kind)[0]
        names = self.of(kind)
        if names and (depth <= 0 or rng.random() < 0.35):
            return rng.choice(names)
        ways = [self.list_literal] * 2 + [self.list_comprehension] * 2
        if names:
            ways += [self.list_from_list] * 4
        if item in ("int", "str"):
            ways += [self.list_from_others] * 2
        text = rng.choice(ways)(kind, item, max(depth - 1, 0))
        return text or self.list_literal(kind, item, max(depth - 1, 0))

    def list_literal(self, kind: str, item: str, depth: int) -> str:
        items = [self.value(item, depth) for _ in range(self.rng.randint(1, 3))]
        text = f"[{', '.join(items)}]"
        return f"({text} * ({self.atom('int', small=True)} % 4))" if self.rng.random() < 0.1 else text

    def list_comprehension(self, kind: str, item: str, depth: int) -> str:
        rng = self.rng
        names = self.of(kind)
        if names and rng.random() < 0.5:
            source, over = rng.choice(names), item
        else:
            source, over = f"range({rng.randint(0, 4)})", "int"
        with self.scoped(over) as name:
            made = self.value(item, depth)
            condition = f" if {self.truth()}" if rng.random() < 0.4 else ""
        return f"[{made} for {name} in {source}{condition}]"

    def list_from_list(self, kind: str, item: str, depth: int) -> str:
        rng = self.rng
        name, other = rng.choice(self.of(kind)), rng.choice(self.of(kind))
        part = f"{self.edge()}:{self.edge()}{rng.choice(['', '', ':2', ':-1'])}"
        forms = [f"{name}[{part}]", f"({name} + {other})[:{SMALL}]", f"{name}.copy()", f"list({name})",
                 f"list(reversed({name}))", f"[*{name}[:4], *{other}[:3]]"]
        if item in ("int", "str", "bool", "tuple(int,float)"):
            forms += [f"sorted({name})", f"sorted({name}, reverse=True)"]
        if item == "int":
            with self.scoped("int", "x") as x:
                forms.append(f"sorted({name}, key=lambda {x}: {self.wrapped('int', 1)} % 7)")
                forms.append(f"list(map(lambda {x}: {self.expression('int', 1)}, {name}))")
        return rng.choice(forms)

    def list_from_others(self, kind: str, item: str, depth: int) -> str | None:
        rng = self.rng
        pool = [f"list({n})" for n in self.like(f"dict({item},")]
        pool += [f"sorted({n})" for n in self.of(f"set({item})")]
        if item == "str" and "text" in self.families:
            pool += [f"{self.string('str', depth)}.split()", f"list({self.string('str', depth)})",
                     f"{self.string('str', depth)}.split({rng.choice(TEXT_KEYS[:3])})"]
        if item == "int":
            pool.append(f"list(range({rng.randint(0, 5)}))")
        return rng.choice(pool) if pool else None

    def edge(self) -> str:
        return self.rng.choice(["", str(self.rng.randint(-4, 4)), self.atom("int", small=True)])

    def new_list(self, lines, depth, level) -> bool:
        pad = "    " * depth
        kind = self.rng.choice(self.like("list(") or [""])
        kind = self.kinds[kind] if kind and self.rng.random() < 0.4 else self.list_kind()
        name = self.target(kind)
        if self.rng.random() < 0.3 and self.may_loop(level):
            lines.append(f"{pad}{name} = []")
            self.counter += 1
            index = f"i{self.counter}"
            lines.append(f"{pad}for {index} in range({self.rng.randint(0, 5)}):")
            before = set(self.bound)
            self.bind(index, "int")
            lines.append(f"{pad}    {name}.append({self.value(parts(kind)[0], 2)})")
            self.bound = before
        else:
            lines.append(f"{pad}{name} = {self.list_of(kind, 2)}")
        self.bind(name, kind)
        return True

    def place(self, name: str) -> str:
        """An index into a list, mostly in range."""
        return self.rng.choice(
            ["0", "-1", str(self.rng.randint(-3, 3)), f"{self.atom('int')} % len({name})",
             self.atom("int", small=True)]
        )  # fmt: skip

    def change_list(self, lines, depth, level) -> bool:
        names = self.like("list(")
        if not names:
            return False
        rng = self.rng
        pad = "    " * depth
        name = rng.choice(names)
        kind = self.kinds[name]
        item = parts(kind)[0]
        if item.startswith("list(") and rng.random() < 0.6:
            # A list in the list.
            inner = parts(item)[0]
            form = rng.choice([".append({v})", "[{i}] = {v}", ".pop()"])
            target = f"{name}[{self.place(name)}]"
            line = target + form.format(v=self.value(inner, 2), i=self.place(target))
            # The list that grows is the one that is asked, since a loop may be over it.
            guard = f"if len({name}) and len({target}) < {SMALL}:"
            lines += [f"{pad}{guard}", f"{pad}    {line}"]
            return True
        value = self.value(item, 2)
        grow = [f"{name}.append({value})", f"{name}.insert({self.place(name)}, {value})",
                f"{name}.extend({self.list_of(kind, 1)}[:4])", f"{name}[{self.edge()}:{self.edge()}] = [{value}]", f"{name} += {self.list_of(kind, 1)}[:3]"]  # fmt: skip
        if name.startswith("p") or self.own is not None and name not in self.own:
            # A captured variable would become a local one; a parameter stays as it is.
            grow.pop()
        other = [f"{name}[{self.place(name)}] = {value}", f"{name}.pop()", f"{name}.pop({self.place(name)})",
                 f"{name}.reverse()", f"del {name}[{self.place(name)}]"]  # fmt: skip
        if item in ("int", "str", "bool"):
            other += [f"{name}.sort()", f"{name}.sort(reverse=True)", f"{name}.remove({value})"]
        if item in ("int", "float"):
            other += [f"{name}[{self.place(name)}] {rng.choice(['+', '-', '*'])}= {value}"] * 2
        if rng.random() < 0.05:
            other.append(f"{name}.clear()")
        if rng.random() < 0.45:
            line = rng.choice(grow)
            if self.loops or self.nested or self.small:
                lines.append(f"{pad}if len({name}) < {SMALL}:")
                pad += "    "
            lines.append(f"{pad}{line}")
        else:
            lines.append(f"{pad}{rng.choice(other)}")
        return True

    def list_target(self, lines, depth, level) -> bool:
        """Unpacking a list, with a star or without."""
        names = [n for n in self.like("list(")]
        if not names:
            return False
        pad = "    " * depth
        name = self.rng.choice(names)
        kind = self.kinds[name]
        item = parts(kind)[0]
        first, rest = self.fresh(), self.fresh()
        form = self.rng.choice(["{0}, *{1} = {2}", "*{1}, {0} = {2}"])
        lines.append(pad + form.format(first, rest, name))
        self.bind(first, item)
        self.bind(rest, kind)
        return True

    def loop_over_list(self, lines, depth, level) -> bool:
        names = self.like("list(")
        if not names or not self.may_loop(level):
            return False
        rng = self.rng
        name = rng.choice(names)
        item = parts(self.kinds[name])[0]
        one, two = self.fresh(), self.fresh()
        self.counter += 1
        index = f"i{self.counter}"
        way = rng.random()
        source = rng.choice([name, name, name, f"reversed({name})", f"{name}[:]"])
        if way < 0.5:
            self.turns(lines, depth, level, f"for {one} in {source}:", {one: item})
        elif way < 0.75:
            start = rng.choice(["", ", 1", ", start=-2"])
            self.turns(lines, depth, level, f"for {index}, {one} in enumerate({source}{start}):", {index: "int", one: item})
        else:
            other = rng.choice(names)
            kind = parts(self.kinds[other])[0]
            strict = ", strict=True" if rng.random() < 0.1 else ""
            self.turns(lines, depth, level, f"for {one}, {two} in zip({name}, {other}{strict}):", {one: item, two: kind})
        return True

    def item_of_list(self, kind: str, depth: int) -> str | None:
        names = self.of(f"list({kind})")
        if not names:
            return None
        name = self.rng.choice(names)
        if self.rng.random() < 0.06:
            return f"{name}.pop()"
        return f"{name}[{self.place(name)}]"

    def fold_of_list(self, kind: str, depth: int) -> str | None:
        names = self.of(f"list({kind})")
        if not names or kind not in ("int", "float"):
            return None
        name = self.rng.choice(names)
        with self.scoped(kind) as x:
            inner = self.expression(kind, depth - 1)
            condition = f" if {self.truth()}" if self.rng.random() < 0.4 else ""
            fold = f"sum({inner} for {x} in {name}{condition})"
            key = f"max({name}, key=lambda {x}: {self.wrapped('int', 1)} % 5)"
        forms = [f"min({name})", f"max({name}, default={self.atom(kind)})", fold]
        forms += [f"sum({name})", f"sum({name}, {self.atom(kind)})", key]
        # An empty sum is the int 0, which joins a float.
        return self.rng.choice(forms[:2] if kind == "float" else forms)

    def question_of_list(self, kind: str, depth: int) -> str | None:
        names = self.like("list(")
        if not names:
            return None
        name = self.rng.choice(names)
        item = parts(self.kinds[name])[0]
        if kind == "int":
            forms = [f"len({name})"]
            if item in ("int", "str"):
                value = self.value(item, 1)
                forms += [f"{name}.count({value})", f"{name}.index({value})"]
            return self.rng.choice(forms)
        if kind == "bool" and item in COMPARED:
            other = self.rng.choice(self.of(self.kinds[name]))
            with self.scoped(item) as x:
                folded = f"{self.rng.choice(['any', 'all'])}({self.truth()} for {x} in {name})"
            compare = self.rng.choice(["==", "!=", "<", "<="])
            return self.rng.choice([f"({self.value(item, 1)}) in {name}", f"{name} {compare} {other}", folded])
        return None

    # Dicts.

    def key(self, kind: str) -> str:
        if kind == "int":
            return f"{self.wrapped('int', 1)} % {self.rng.choice([3, 5])}"
        names = self.of("str")
        if names and self.rng.random() < 0.3:
            return f"{self.rng.choice(names)}[:2]"
        return self.rng.choice(TEXT_KEYS)

    def dict_of(self, kind: str, depth: int) -> str:
        rng = self.rng
        key, item = parts(kind)
        names = self.of(kind)
        if names and (depth <= 0 or rng.random() < 0.4):
            return rng.choice(names)
        way = rng.random()
        depth = max(depth - 1, 0)
        if names and way < 0.2:
            return f"{rng.choice(names)}.copy()"
        if names and way < 0.35:
            return f"{{**{rng.choice(names)}, {self.key(key)}: {self.value(item, depth)}}}"
        if names and way < 0.45:
            return f"{rng.choice(names)} | {rng.choice(names)}"
        if key == "int" and way < 0.7:
            with self.scoped("int") as x:
                return f"{{{x}: {self.value(item, depth)} for {x} in range({rng.randint(0, 4)})}}"
        pairs = [f"{self.key(key)}: {self.value(item, depth)}" for _ in range(rng.randint(1, 3))]
        return f"{{{', '.join(pairs)}}}"

    def new_dict(self, lines, depth, level) -> bool:
        pad = "    " * depth
        kind = self.dict_kind()
        name = self.target(kind)
        key, item = parts(kind)
        if self.rng.random() < 0.25:
            lines.append(f"{pad}{name} = {{}}")
            lines.append(f"{pad}{name}[{self.key(key)}] = {self.value(item, 2)}")
        else:
            lines.append(f"{pad}{name} = {self.dict_of(kind, 2)}")
        self.bind(name, kind)
        return True

    def change_dict(self, lines, depth, level) -> bool:
        names = self.like("dict(")
        if not names:
            return False
        rng = self.rng
        pad = "    " * depth
        name = rng.choice(names)
        key, item = parts(self.kinds[name])
        place, value = self.key(key), self.value(item, 2)
        forms = [f"{name}[{place}] = {value}"] * 3
        forms += [f"{name}.setdefault({place}, {value})", f"{name}.pop({place}, {value})", f"del {name}[{place}]",
                  f"{name}.update({self.dict_of(self.kinds[name], 1)})", f"{name}.pop({place})", f"{name}.popitem()"]  # fmt: skip
        if item in ("int", "float"):
            forms += [f"{name}[{place}] += {value}", f"{name}[{place}] = {name}.get({place}, {self.atom(item)}) + {self.atom(item)}"]
        if item.startswith("list("):
            added = f"{name}.setdefault({place}, []).append({self.value(parts(item)[0], 1)})"
            forms += [added] * 3 if not self.loops else []
        lines.append(f"{pad}{rng.choice(forms)}")
        return True

    def loop_over_dict(self, lines, depth, level) -> bool:
        names = self.like("dict(")
        if not names or not self.may_loop(level):
            return False
        rng = self.rng
        name = rng.choice(names)
        key, item = parts(self.kinds[name])
        one, two = self.fresh(), self.fresh()
        way = rng.random()
        if way < 0.35:
            source = rng.choice([name, f"{name}.keys()", f"list({name})", f"sorted({name})"])
            self.turns(lines, depth, level, f"for {one} in {source}:", {one: key})
        elif way < 0.55:
            self.turns(lines, depth, level, f"for {one} in {name}.values():", {one: item})
        else:
            self.turns(lines, depth, level, f"for {one}, {two} in {name}.items():", {one: key, two: item})
        return True

    def item_of_dict(self, kind: str, depth: int) -> str | None:
        names = [n for n in self.like("dict(") if parts(self.kinds[n])[1] == kind]
        if not names:
            return None
        name = self.rng.choice(names)
        place = self.key(parts(self.kinds[name])[0])
        return self.rng.choice([f"{name}[{place}]", f"{name}.get({place}, {self.atom(kind)})"])

    def question_of_dict(self, kind: str, depth: int) -> str | None:
        names = self.like("dict(")
        if not names:
            return None
        name = self.rng.choice(names)
        key, item = parts(self.kinds[name])
        if kind == "int":
            return f"sum({name}.values())" if item == "int" and self.rng.random() < 0.5 else f"len({name})"
        if kind == "bool":
            other = self.rng.choice(self.of(self.kinds[name]))
            forms = [f"{self.key(key)} in {name}", f"{self.key(key)} not in {name}"]
            return self.rng.choice(forms + [f"{name} == {other}"] * (item in COMPARED))
        return None

    # Sets.

    def set_of(self, kind: str, depth: int) -> str:
        rng = self.rng
        item = parts(kind)[0]
        names = self.of(kind)
        if names and (depth <= 0 or rng.random() < 0.3):
            return rng.choice(names)
        if names and rng.random() < 0.5:
            one, other = rng.choice(names), rng.choice(names)
            return rng.choice([f"{one} {rng.choice('|&-^')} {other}", f"{one}.copy()", f"{one}.union({other})"])
        lists = self.of(f"list({item})")
        if lists and rng.random() < 0.4:
            return f"set({rng.choice(lists)})"
        if item == "int" and rng.random() < 0.5:
            with self.scoped("int") as x:
                return f"{{{self.wrapped('int', 1)} % 9 for {x} in range({rng.randint(1, 5)})}}"
        # The order of three constant strings depends on what was interned before.
        most = 2 if item == "str" else 4
        return f"{{{', '.join(self.key(item) for _ in range(rng.randint(1, most)))}}}"

    def new_set(self, lines, depth, level) -> bool:
        pad = "    " * depth
        kind = self.set_kind()
        name = self.target(kind)
        if self.rng.random() < 0.2:
            lines.append(f"{pad}{name} = set()")
            lines.append(f"{pad}{name}.add({self.key(parts(kind)[0])})")
        else:
            lines.append(f"{pad}{name} = {self.set_of(kind, 2)}")
        self.bind(name, kind)
        return True

    def change_set(self, lines, depth, level) -> bool:
        names = self.like("set(")
        if not names:
            return False
        name = self.rng.choice(names)
        kind = self.kinds[name]
        item = self.key(parts(kind)[0])
        other = self.set_of(kind, 1)
        forms = [f"{name}.add({item})"] * 3
        forms += [f"{name}.discard({item})", f"{name}.remove({item})", f"{name}.update({other})",
                  f"{name}.intersection_update({other})"]  # fmt: skip
        if not name.startswith("p") and self.own is None:
            forms += [f"{name} |= {other}", f"{name} -= {other}"]
        lines.append("    " * depth + self.rng.choice(forms))
        return True

    def loop_over_set(self, lines, depth, level) -> bool:
        names = self.like("set(")
        if not names or not self.may_loop(level):
            return False
        name = self.rng.choice(names)
        one = self.fresh()
        # The order of a set that was passed in depends on how it came about, too.
        passed = self.kinds[name] in (kind for _, kind in self.params)
        source = self.rng.choice([name, name, f"sorted({name})"]) if not passed else f"sorted({name})"
        self.turns(lines, depth, level, f"for {one} in {source}:", {one: parts(self.kinds[name])[0]})
        return True

    def question_of_set(self, kind: str, depth: int) -> str | None:
        names = self.like("set(")
        if not names:
            return None
        name = self.rng.choice(names)
        item = parts(self.kinds[name])[0]
        if kind == "int":
            return f"len({name})"
        if kind == "bool":
            other = self.rng.choice(self.of(self.kinds[name]))
            compare = self.rng.choice(["==", "<=", "<"])
            return self.rng.choice([f"{self.key(item)} in {name}", f"{name} {compare} {other}", f"{name}.isdisjoint({other})"])
        return None

    # Tuples.

    def tuple_of(self, kind: str, depth: int) -> str:
        names = self.of(kind)
        if names and (depth <= 0 or self.rng.random() < 0.5):
            return self.rng.choice(names)
        return f"({', '.join(self.value(item, max(depth - 1, 0)) for item in parts(kind))})"

    def new_tuple(self, lines, depth, level) -> bool:
        kind = self.tuple_kind()
        name = self.target(kind)
        lines.append(f"{'    ' * depth}{name} = {self.tuple_of(kind, 2)}")
        self.bind(name, kind)
        if self.rng.random() < 0.4:
            targets = [self.target(item) for item in parts(kind)]
            if len(set(targets)) == len(targets):
                lines.append(f"{'    ' * depth}{', '.join(targets)} = {name}")
                for target, item in zip(targets, parts(kind)):
                    self.bind(target, item)
        return True

    def loop_over_tuple(self, lines, depth, level) -> bool:
        names = [n for n in self.like("tuple(") if len(set(parts(self.kinds[n]))) == 1]
        if not names or not self.may_loop(level):
            return False
        name, one = self.rng.choice(names), self.fresh()
        self.turns(lines, depth, level, f"for {one} in {name}:", {one: parts(self.kinds[name])[0]})
        return True

    def item_of_tuple(self, kind: str, depth: int) -> str | None:
        pool = []
        for name in self.like("tuple("):
            items = parts(self.kinds[name])
            pool += [f"{name}[{place}]" for place, item in enumerate(items) if item == kind]
            if kind == "bool" and set(items) <= COMPARED:
                other = self.rng.choice(self.of(self.kinds[name]))
                pool.append(f"{name} {self.rng.choice(['==', '!=', '<'])} {other}")
        return self.rng.choice(pool) if pool else None
