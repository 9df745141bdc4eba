"""A function under construction: its variables, and which families it draws from.

Variables have one type each (`kinds`); `bound` are those that are surely assigned. Names
tell what they may be used for: `v` assigned, `i` counts a loop, `p` a parameter. Nested
functions are functions under construction too, whose `own` variables alone they assign.

Each family is a mixin; its `*_statements` and `*_expressions` are listed here with their
weights. A statement gives False, an expression None, where it doesn't apply.
"""

from __future__ import annotations

import contextlib

from tests.fuzz.generate.arrays import Arrays
from tests.fuzz.generate.callables import Callables
from tests.fuzz.generate.choices import Choices
from tests.fuzz.generate.containers import Containers
from tests.fuzz.generate.handlers import Handlers
from tests.fuzz.generate.kinds import (
    ARRAY_WEIGHTS,
    SCALAR_WEIGHTS,
    array,
    choose,
    is_array,
    is_scalar,
)
from tests.fuzz.generate.library import Library
from tests.fuzz.generate.objects import Objects
from tests.fuzz.generate.scalars import Scalars
from tests.fuzz.generate.statements import Statements
from tests.fuzz.generate.text import Text

__all__ = ["Function", "Signature"]

# Families that bring one type, and its name.
SIMPLE = [("pairs", "pair"), ("dataclasses", "spot"), ("enums", "color"), ("bytes", "bytes")]

# Statements of the main function: mostly few, since compiling takes most of the time and
# most bugs need few.
BUDGETS = [1, 2, 2, 3, 3, 4, 4, 5, 6, 8, 12, 20]


class Signature:
    """What a caller has to know of a helper; `star` is the kind of `*rest`."""

    def __init__(self, name: str, params: list, result: str, star: str | None = None) -> None:
        self.name, self.params, self.result, self.star = name, params, result, star


class Function(
    Statements, Scalars, Arrays, Containers, Text, Handlers, Callables, Choices, Library, Objects
):  # fmt: skip
    """One function under construction."""

    def __init__(self, rng, name, helpers, small, families=(), parent=None) -> None:
        self.rng, self.name, self.helpers, self.small = rng, name, helpers, small
        self.families = families
        self.kinds: dict[str, str] = dict(parent.kinds) if parent else {}
        self.bound: set[str] = set(parent.bound) if parent else set()
        self.own: set[str] | None = set() if parent else None
        self.closures: list = list(parent.closures) if parent else []
        self.loops = 0
        self.in_loop = False
        self.counter = parent.counter + 50 if parent else 0
        self.nested = parent is not None
        self.budget = rng.randint(2, 5) if small else rng.choice(BUDGETS)
        self.star = None
        if small and not parent and "stars" in families and rng.random() < 0.7:
            self.star = rng.choice(["int", "float"])
        count = rng.randint(1, 2) if parent else rng.randint(1, 3 if small else 4)
        letter = f"q{self.counter}_" if parent else "p"
        self.params = [(f"{letter}{i}", self.parameter()) for i in range(count)]
        for param, kind in self.params:
            self.kinds[param] = kind
            self.bound.add(param)
        self.result = self.scalar() if small else None
        ways = self.ways()
        self.extra = [(w, s) for name in families for w, s in ways.get(name, ([], []))[0]]
        self.sources = [e for name in families for e in ways.get(name, ([], []))[1]]

    def ways(self) -> dict[str, tuple[list, list]]:
        """Statements with weights and sources of scalars, by family."""
        return {
            "lists": (
                [(3, self.new_list), (5, self.change_list), (3, self.loop_over_list), (1, self.list_target)],
                [self.item_of_list, self.fold_of_list, self.question_of_list],
            ),
            "dicts": (
                [(2, self.new_dict), (4, self.change_dict), (2, self.loop_over_dict)],
                [self.item_of_dict, self.question_of_dict],
            ),
            "sets": (
                [(2, self.new_set), (3, self.change_set), (2, self.loop_over_set)],
                [self.question_of_set],
            ),
            "text": (
                [(3, self.new_text), (2, self.grow_text), (2, self.loop_over_text)],
                [self.number_of_text, self.question_of_text],
            ),
            "handlers": ([(6, self.guarded), (1, self.raise_chained)], []),
            "closures": ([(4, self.closure), (2, self.lambda_)], [self.called]),
            "generators": ([(4, self.generator), (3, self.loop_over_generator)], [self.fold_of_generator]),
            "match": ([(5, self.match)], []),
            "optional": ([(3, self.new_optional), (4, self.narrowed)], [self.narrowed_value]),
            "pairs": ([(3, self.new_pair)], [self.part_of_pair]),
            "tuples": ([(3, self.new_tuple), (2, self.loop_over_tuple)], [self.item_of_tuple]),
            "stars": ([], [self.starred_call]),
            "library": ([(3, self.loop_over_tools), (2, self.heap)], [self.number_of_library]),
            "dataclasses": ([(3, self.new_spot)], [self.part_of_spot]),
            "enums": ([(3, self.new_color)], [self.part_of_color]),
            "bytes": ([(3, self.new_bytes), (2, self.loop_over_bytes)], [self.part_of_bytes]),
            "globals": ([(2, self.loop_over_global), (1, self.store_global)], [self.global_value]),
            "names": ([(3, self.walrus), (1, self.unbind), (2, self.chained)], []),
        }

    def parameter(self) -> str:
        if self.families and not self.nested and self.rng.random() < 0.4:
            kind = self.compound(argument=True)
            if kind:
                return kind
        way = self.rng.random()
        if way < 0.45 and not self.nested:
            return array(choose(self.rng, ARRAY_WEIGHTS), self.rng.choice([1, 1, 1, 2, 2]))
        return self.scalar()

    def compound(self, argument: bool = False) -> str | None:
        """A type that the families in use bring."""
        pool = []
        if "text" in self.families:
            pool.append("str")
        if "lists" in self.families:
            pool += [self.list_kind()] * 2
        if "dicts" in self.families:
            pool.append(self.dict_kind())
        if "sets" in self.families:
            pool.append(self.set_kind())
        if "tuples" in self.families:
            pool.append(self.tuple_kind())
        pool += [kind for family, kind in SIMPLE if family in self.families]
        if "optional" in self.families and argument:
            pool.append(f"opt({self.rng.choice(['int', 'float'])})")
        return self.rng.choice(pool) if pool else None

    def scalar(self) -> str:
        return choose(self.rng, SCALAR_WEIGHTS)

    def signature(self) -> Signature:
        return Signature(self.name, self.params, self.result, self.star)

    def head(self) -> str:
        names = [name for name, _ in self.params] + (["*rest"] if self.star else [])
        return f"def {self.name}({', '.join(names)}):"

    def text(self) -> str:
        lines = []
        for _ in range(self.rng.randint(1, 3)):
            self.initialise(lines, 1)
        if self.star:
            self.sum_of_rest(lines)
        for family in self.families:
            self.begin(family, lines)
        while self.budget > 0:
            self.statement(lines, 1, 0)
        lines.append(f"    return {self.returned()}")
        return "\n".join([self.head(), *lines]) + "\n"

    def begin(self, family: str, lines: list[str]) -> None:
        """Something of a family to begin with."""
        first = {
            "lists": self.new_list, "dicts": self.new_dict, "sets": self.new_set, "text": self.new_text,
            "optional": self.new_optional, "pairs": self.new_pair, "tuples": self.new_tuple,
            "dataclasses": self.new_spot, "enums": self.new_color, "bytes": self.new_bytes,
        }  # fmt: skip
        if family in first and not self.nested and self.rng.random() < 0.8:
            first[family](lines, 1, 0)

    def returned(self) -> str:
        if self.result:
            return self.expression(self.result, 2)
        if not hasattr(self, "shape"):
            pool = sorted(self.bound)
            rich = [name for name in pool if not is_scalar(self.kinds[name])]
            pool += rich * 2
            picked = self.rng.sample(pool, min(len(pool), self.rng.randint(1, 4)))
            self.shape = [self.kinds[name] for name in dict.fromkeys(picked)]
        items = [self.some(kind) for kind in self.shape]
        return items[0] if len(items) == 1 else f"({', '.join(items)})"

    def some(self, kind: str) -> str:
        return self.value(kind, 2)

    def value(self, kind: str, depth: int) -> str:
        """An expression of any type."""
        if is_array(kind):
            return self.arrays(kind)
        if is_scalar(kind):
            return self.expression(kind, depth)
        makers = {
            "str": self.string, "list": self.list_of, "dict": self.dict_of, "set": self.set_of,
            "tuple": self.tuple_of, "opt": self.optional_of, "pair": self.pair_of,
            "spot": self.spot_of, "color": self.color_of, "bytes": self.bytes_of,
        }  # fmt: skip
        return makers[kind.partition("(")[0]](kind, depth)

    def of(self, kind: str) -> list[str]:
        """The bound variables of a type."""
        return [name for name in sorted(self.bound) if self.kinds[name] == kind]

    def like(self, start: str) -> list[str]:
        """The bound variables whose type begins so."""
        return [name for name in sorted(self.bound) if self.kinds[name].startswith(start)]

    @contextlib.contextmanager
    def scoped(self, kind: str, letter: str = "e"):
        """A variable that is bound for a while: of a comprehension or a lambda."""
        self.counter += 1
        name = f"{letter}{self.counter}"
        self.kinds[name] = kind
        self.bound.add(name)
        try:
            yield name
        finally:
            self.bound.discard(name)
            del self.kinds[name]

    def turns(self, lines, depth, level, head: str, names: dict[str, str]) -> None:
        """A loop: its head, what the head binds, and a body."""
        lines.append(f"{'    ' * depth}{head}")
        before, was = set(self.bound), self.in_loop
        self.in_loop = True
        self.loops += 1
        for name, kind in names.items():
            self.bind(name, kind)
        self.block(lines, depth + 1, level + 1)
        self.loops -= 1
        self.in_loop = was
        self.bound = self.known(before, before)

    def may_loop(self, level: int) -> bool:
        return level < 3 and self.loops < 2
