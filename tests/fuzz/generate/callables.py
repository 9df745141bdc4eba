"""Nested functions, lambdas, generators, and calls of helpers with `*rest`.

Nested functions are made at the top level of their function, so that they are always
bound, and are functions under construction with variables of their own.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Callables"]


class Closure(NamedTuple):
    """What a caller has to know of a nested function."""

    name: str
    params: list
    result: str
    generator: bool


class Callables:
    """What a function under construction says of functions within it."""

    def child(self, letter: str):
        """A nested function, under construction."""
        self.counter += 1
        name = f"{letter}{self.counter}"
        made = type(self)(self.rng, name, [], small=True, families=self.families, parent=self)
        made.budget = self.rng.randint(0, 3)
        return made

    def closure(self, lines, depth, level) -> bool:
        if level or self.nested and self.rng.random() < 0.8:
            return False
        made = self.child("c")
        made.result = self.rng.choice(["int", "float", made.result])
        body = [made.head()]
        shared = [n for n in sorted(self.bound) if n[0] == "v" and self.kinds[n] in ("int", "float", "str")]
        if shared and self.rng.random() < 0.4:
            name = self.rng.choice(shared)
            body.append(f"    nonlocal {name}")
            made.own.add(name)
        while made.budget > 0:
            made.statement(body, 1, 1)
        body.append(f"    return {made.returned()}")
        lines += ["    " * depth + line for text in body for line in text.split("\n")]
        self.closures.append(Closure(made.name, made.params, made.result, False))
        return True

    def lambda_(self, lines, depth, level) -> bool:
        if level:
            return False
        kind, result = self.rng.choice(["int", "float"]), self.rng.choice(["int", "float", "bool"])
        self.counter += 1
        name = f"c{self.counter}"
        with self.scoped(kind, "x") as x:
            lines.append(f"{'    ' * depth}{name} = lambda {x}: {self.expression(result, 2)}")
        self.closures.append(Closure(name, [(x, kind)], result, False))
        return True

    def called(self, kind: str, depth: int) -> str | None:
        fitting = [c for c in self.closures if c.result == kind and not c.generator]
        return self.calling(self.rng.choice(fitting), depth) if fitting and self.loops < 2 else None

    def calling(self, closure: Closure, depth: int) -> str:
        values = [self.value(kind, depth - 1) for _, kind in closure.params]
        return f"{closure.name}({', '.join(values)})"

    def generator(self, lines, depth, level) -> bool:
        if level or self.nested:
            return False
        made = self.child("g")
        item = self.rng.choice(["int", "int", "float"] + ["str"] * ("text" in self.families))
        for name, _ in made.params[1:]:
            made.bound.discard(name)
            del made.kinds[name]
        made.params = made.params[:1]
        body = [made.head()]
        made.result = None
        made.shape = []
        made.returned = lambda: ""
        if self.rng.random() < 0.4:
            body.append(f"    yield {made.value(item, 2)}")
        made.counter += 1
        index = f"i{made.counter}"
        body.append(f"    for {index} in range({self.rng.randint(0, 4)}):")
        before = set(made.bound)
        made.bind(index, "int")
        made.in_loop, made.loops = True, 1
        if self.rng.random() < 0.5:
            made.statement(body, 2, 2)
        body.append(f"        yield {made.value(item, 2)}")
        made.in_loop, made.loops, made.bound = False, 0, before
        if self.rng.random() < 0.3:
            body.append(f"    yield {made.value(item, 1)}")
        lines += ["    " * depth + line for text in body for line in text.split("\n")]
        self.closures.append(Closure(made.name, made.params, item, True))
        return True

    def loop_over_generator(self, lines, depth, level) -> bool:
        fitting = [c for c in self.closures if c.generator]
        if not fitting or not self.may_loop(level) or self.nested:
            return False
        closure, one = self.rng.choice(fitting), self.fresh()
        self.turns(lines, depth, level, f"for {one} in {self.calling(closure, 1)}:", {one: closure.result})
        return True

    def fold_of_generator(self, kind: str, depth: int) -> str | None:
        fitting = [c for c in self.closures if c.generator and c.result == kind]
        if not fitting or self.loops > 1:
            return None
        made = self.calling(self.rng.choice(fitting), depth)
        forms = [f"next({made}, {self.atom(kind)})", f"max({made}, default={self.atom(kind)})"]
        if kind == "int":
            forms += [f"sum({made})", f"len(list({made}))"]
        return self.rng.choice(forms)

    def sum_of_rest(self, lines) -> None:
        """What a helper makes of its `*rest`."""
        name, one = self.fresh(), self.fresh()
        start = "0" if self.star == "int" else "0.0"
        lines.append(f"    {name} = {start}")
        lines += [f"    for {one} in rest:", f"        {name} = ({name} + {one}) % 1000"]
        self.bind(name, self.star)

    def starred_call(self, kind: str, depth: int) -> str | None:
        fitting = [h for h in self.callable() if h.star and h.result == kind]
        return self.call(self.rng.choice(fitting), depth) if fitting else None
