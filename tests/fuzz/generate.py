"""A random program from a seed: helper functions, a main function `f`, and calls of it.

Generation is typed, so that most programs run: each variable has one type, the type of
an operation is what NumPy says for sample values of its operands, and loops have few
turns. What may fail at run time is left in on purpose: indices out of range, division by
zero, overflow, unbound variables, raised exceptions.

Not generated: whatever the language refuses, mixed types where paths meet (a documented
deviation that would hide others), elementary functions (their last digits differ).
"""

from __future__ import annotations

import math
import random
import warnings
from functools import lru_cache

import numpy as np

__all__ = ["program"]

HEADER = "import math\n\nimport numpy as np\n\nfrom cumbia import jit\n\n"

PYTHON = ["int", "float", "bool"]
NUMPY = ["i64", "i32", "u8", "f64", "f32", "b1", "u64", "i8", "c128"]
NAMES = {
    "i64": "int64", "i32": "int32", "u8": "uint8", "f64": "float64", "f32": "float32",
    "b1": "bool_", "u64": "uint64", "i8": "int8", "c128": "complex128",
}  # fmt: skip
SAMPLES = {"int": 3, "float": 2.5, "bool": True, "complex": 1 + 2j} | {
    short: getattr(np, name)(1) for short, name in NAMES.items()
}
TYPES = {type(value): name for name, value in SAMPLES.items()}

# Weighted: what numeric code mostly is comes more often.
SCALAR_WEIGHTS = {
    "int": 10, "float": 8, "bool": 2, "f64": 6, "f32": 2, "i64": 3, "i32": 2, "u8": 2,
    "b1": 1, "u64": 1, "i8": 1, "c128": 1,
}  # fmt: skip
ARRAY_WEIGHTS = {"f64": 8, "i64": 4, "f32": 2, "u8": 2, "i32": 2, "b1": 1, "c128": 1, "u64": 1}

ARITHMETIC = ["+", "-", "*", "+", "-", "*", "/", "//", "%"]
BITS = ["&", "|", "^", "<<", ">>"]
COMPARISONS = ["<", "<=", ">", ">=", "==", "!="]

INTS = ["0", "1", "2", "3", "5", "7", "-1", "-2", "-3", "10", "100", "255", "-128"]
FAR_INTS = [
    "2147483648", "-2147483649", "4611686018427387904", "9223372036854775807",
    "-9223372036854775808", "1000000000000000000", "9007199254740993",
]  # fmt: skip
FLOATS = ["0.0", "1.0", "-1.0", "0.5", "2.5", "-0.0", "3.0", "1e300", "-2.25", "0.1", "1e-320"]
FAR_FLOATS = ["math.inf", "-math.inf", "math.nan"]


@lru_cache(maxsize=None)
def binary_type(operator: str, a: str, b: str) -> str | None:
    """The type of `a operator b` by name, or None where Python refuses it."""
    x, y = SAMPLES[a], SAMPLES[b]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            value = eval(f"x {operator} y", {"x": x, "y": y})
        except TypeError:
            return None
    return TYPES.get(type(value))


@lru_cache(maxsize=None)
def unary_type(operator: str, a: str) -> str | None:
    """The type of `operator a`, or None where Python refuses it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return TYPES.get(type(eval(f"{operator} x", {"x": SAMPLES[a]})))
        except TypeError:
            return None


def array(dtype: str, ndim: int) -> str:
    """The name of an array type."""
    return f"{dtype}[{ndim}]"


def is_array(kind: str) -> bool:
    """Whether a type name is an array's."""
    return kind.endswith("]")


def dtype_of(kind: str) -> str:
    """The element type of an array type."""
    return kind[: kind.index("[")]


def ndim_of(kind: str) -> int:
    """The number of axes of an array type."""
    return int(kind[kind.index("[") + 1 : -1])


def program(seed: int) -> str:
    """The text of a program: a module with `f` and `CALLS`."""
    rng = random.Random(seed)
    helpers: list[Signature] = []
    texts = []
    for number in range(rng.choice([0, 0, 1, 1, 2])):
        function = Function(rng, f"h{number}", list(helpers), small=True)
        texts.append(function.text())
        helpers.append(function.signature())
    main = Function(rng, "f", helpers, small=False)
    texts.append(main.text())
    calls = [
        "(" + "".join(f"{argument(rng, kind)}, " for _, kind in main.params) + ")"
        for _ in range(3)
    ]
    body = "\n\n".join(f"@jit\n{text}" for text in texts)
    return f"{HEADER}\n{body}\n\nCALLS = [\n" + "".join(f"    {c},\n" for c in calls) + "]\n"


class Signature:
    """What a caller has to know of a helper."""

    def __init__(self, name: str, params: list, result: str) -> None:
        self.name, self.params, self.result = name, params, result


def choose(rng: random.Random, weights: dict[str, int]) -> str:
    """One key, by weight."""
    return rng.choices(list(weights), list(weights.values()))[0]


def argument(rng: random.Random, kind: str) -> str:
    """An expression for an argument of a type."""
    if is_array(kind):
        return array_argument(rng, dtype_of(kind), ndim_of(kind))
    if kind == "bool":
        return rng.choice(["True", "False"])
    if kind == "int":
        return rng.choice(FAR_INTS if rng.random() < 0.06 else INTS)
    if kind == "float":
        return rng.choice(FAR_FLOATS if rng.random() < 0.06 else FLOATS)
    return f"np.{NAMES[kind]}({element(rng, kind)})"


def element(rng: random.Random, dtype: str) -> str:
    """A Python number that an element of a dtype can be made of."""
    if dtype == "b1":
        return rng.choice(["True", "False"])
    if dtype in ("f64", "f32"):
        return rng.choice(FLOATS[:-4] * 2 + FAR_FLOATS + ["0.1"])
    if dtype == "c128":
        return rng.choice(["0j", "1+2j", "-1.5", "2.5j", "-0.0"])
    info = np.iinfo(NAMES[dtype])
    # uint64's are beyond what compiled constants hold.
    extremes = [info.min, min(info.max, 2**63 - 1), min(info.max, 2**63 - 1) - 1]
    return str(rng.choice([0, 1, 2, 3, 5, 7, *extremes, 100]))


def array_argument(rng: random.Random, dtype: str, ndim: int) -> str:
    """An array, often not contiguous, sometimes empty or read-only."""
    extents = [rng.choice([0, 1, 2, 3, 5, 6, 9]) if rng.random() < 0.15 else 4 for _ in range(ndim)]
    count = math.prod(extents)
    items = ", ".join(element(rng, dtype) for _ in range(count))
    text = f"np.array([{items}], np.{NAMES[dtype]})"
    if ndim > 1:
        text += f".reshape({', '.join(map(str, extents))})"
    way = rng.random()
    if way < 0.15:
        text += "[::-1]"
    elif way < 0.25 and ndim == 2:
        text += ".T"
    elif way < 0.3:
        text += "[::2]"
    elif way < 0.35 and ndim == 2:
        text = f"np.asfortranarray({text})"
    return text


class Function:
    """One function under construction."""

    def __init__(self, rng, name, helpers, small) -> None:
        self.rng, self.name, self.helpers, self.small = rng, name, helpers, small
        self.kinds: dict[str, str] = {}
        self.bound: set[str] = set()
        self.loops = 0
        self.in_loop = False
        self.counter = 0
        self.budget = rng.randint(3, 8) if small else rng.randint(6, 22)
        self.params = [(f"p{i}", self.parameter()) for i in range(rng.randint(1, 3 if small else 4))]
        for param, kind in self.params:
            self.kinds[param] = kind
            self.bound.add(param)
        self.result = self.scalar() if small else None

    def parameter(self) -> str:
        way = self.rng.random()
        if way < 0.45:
            return array(choose(self.rng, ARRAY_WEIGHTS), self.rng.choice([1, 1, 1, 2, 2]))
        return self.scalar()

    def scalar(self) -> str:
        return choose(self.rng, SCALAR_WEIGHTS)

    def signature(self) -> Signature:
        return Signature(self.name, self.params, self.result)

    def text(self) -> str:
        head = f"def {self.name}({', '.join(name for name, _ in self.params)}):"
        lines = []
        for _ in range(self.rng.randint(1, 3)):
            self.initialise(lines, 1)
        while self.budget > 0:
            self.statement(lines, 1, 0)
        lines.append(f"    return {self.returned()}")
        return "\n".join([head, *lines]) + "\n"

    def returned(self) -> str:
        if self.result:
            return self.expression(self.result, 2)
        if not hasattr(self, "shape"):
            pool = sorted(self.bound)
            picked = self.rng.sample(pool, min(len(pool), self.rng.randint(1, 4)))
            self.shape = [self.kinds[name] for name in picked]
        items = [self.some(kind) for kind in self.shape]
        return items[0] if len(items) == 1 else f"({', '.join(items)})"

    def some(self, kind: str) -> str:
        if is_array(kind):
            return self.arrays(kind)
        return self.expression(kind, 2)

    # Statements.

    def statement(self, lines, depth, level) -> None:
        self.budget -= 1
        rng = self.rng
        pad = "    " * depth
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
        names = [n for n, k in self.kinds.items() if k == kind and not n.startswith("i")]
        if names and self.rng.random() < 0.6:
            return self.rng.choice(names)
        return self.fresh()

    def bind(self, name: str, kind: str) -> None:
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
        names = [n for n in sorted(self.bound) if not is_array(self.kinds[n]) and n[0] == "v"]
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

    # Arrays.

    def arrays(self, kind: str) -> str:
        """An expression for an array: a variable, a view of one, or a new one."""
        rng = self.rng
        dtype, ndim = dtype_of(kind), ndim_of(kind)
        same = [n for n in sorted(self.bound) if self.kinds[n] == kind]
        above = [n for n in sorted(self.bound) if self.kinds[n] == array(dtype, ndim + 1)]
        way = rng.random()
        if same and way < 0.35:
            return rng.choice(same)
        if same and way < 0.65:
            name = rng.choice(same)
            return f"{name}[{self.slice(name)}]"
        if above and way < 0.8:
            name = rng.choice(above)
            return rng.choice([f"{name}[{self.near()}]", f"{name}[:, {self.near()}]", f"{name}.T[{self.near()}]"])
        if same and way < 0.85:
            return f"{rng.choice(same)}.T"
        make = rng.choice(["zeros", "ones"])
        extents = [str(rng.randint(0, 5)) for _ in range(ndim)]
        if rng.random() < 0.2:
            extents[0] = f"{self.atom('int')} % 6"
        shape = extents[0] if ndim == 1 else f"({', '.join(extents)})"
        if rng.random() < 0.2:
            return f"np.full({shape}, {self.expression(dtype, 1)}, np.{NAMES[dtype]})"
        return f"np.{make}({shape}, np.{NAMES[dtype]})"

    def near(self) -> str:
        """An index that is mostly in range."""
        way = self.rng.random()
        if way < 0.6:
            return str(self.rng.randint(-4, 3))
        if way < 0.9:
            return self.atom("int", small=True)
        return self.expression("int", 1)

    def index(self, name: str) -> str:
        ndim = ndim_of(self.kinds[name])
        parts = []
        for axis in range(ndim):
            extent = f"len({name})" if axis == 0 else f"{name}.shape[{axis}]"
            way = self.rng.random()
            loops = [n for n in sorted(self.bound) if n.startswith("i")]
            if way < 0.4 and loops:
                # What bounds checks are removed for, and what they mustn't be removed for.
                form = self.rng.choice(
                    ["{0}", "{0}", "{0}", "{0} + 1", "{0} - 1", "{0} - {1}", "-{0}", "-1 - {0}",
                     "{2} - 1 - {0}", "{2} - {0}", "2 * {0}", "{0} + {1}", "{0} // 2", "{0} * {1}"]
                )  # fmt: skip
                parts.append(form.format(self.rng.choice(loops), self.rng.choice(loops), extent))
            elif way < 0.84:
                parts.append(f"{self.atom('int')} % {extent}")
            elif way < 0.92:
                parts.append(str(self.rng.randint(-2, 1)))
            elif way < 0.97:
                loose = [n for n in sorted(self.bound) if self.kinds[n] in ("i64", "u8", "i32", "u64")]
                parts.append(self.rng.choice(loose) if loose else f"{extent} - 1")
            else:
                parts.append(self.expression("int", 1))
        return ", ".join(parts)

    def slice(self, name: str) -> str:
        parts = []
        for _ in range(self.rng.randint(1, ndim_of(self.kinds[name]))):
            edges = ["", str(self.rng.randint(-5, 5)), self.atom("int", small=True)]
            step = self.rng.choice(["", "", "", ":2", ":-1", ":-2", f":{self.atom('int')} % 3 + 1"])
            parts.append(f"{self.rng.choice(edges)}:{self.rng.choice(edges)}{step}")
        if self.rng.random() < 0.1:
            parts.append("...")
        return ", ".join(parts)

    # Expressions.

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
        if depth <= 0 or rng.random() < 0.15:
            return self.atom(kind)
        ways = [self.operation, self.operation, self.operation, self.element_of, self.choice]
        ways += [self.conversion, self.function, self.unary, self.result_of]
        if kind == "bool":
            ways += [self.comparison] * 8
        if kind in ("bool", "int", "float"):
            ways += [self.logic]
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
            self.arrays(kind) if is_array(kind) else self.expression(kind, depth)
            for _, kind in helper.params
        ]
        keywords = self.rng.random() < 0.2
        if keywords:
            values[-1] = f"{helper.params[-1][0]}={values[-1]}"
        return f"{helper.name}({', '.join(values)})"
