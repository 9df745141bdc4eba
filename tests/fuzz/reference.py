"""A program under CPython, with the documented deviations of integers built in.

Compiled Python integers have 64 bits, so comparing with plain CPython would find nothing
but that. Instead the program's syntax tree is rewritten: each operation that can make an
integer hands its result to a check, which raises OverflowError just where compiled code
has to. What the program did up to there, arguments included, is then comparable. Nothing
else about the program changes; lines stay as they are. Constants may have up to 128 bits:
only what is computed from one has to fit.

Integers of which only low bits are asked for may leave 64 bits (decision 0034): lines can
be named whose integers are Python's, as wide as they come.

Exceptions that stand for a documented deviation carry `documented`: their class is
compared, their text isn't.
"""

from __future__ import annotations

import ast
import math
import operator
from functools import partial
from typing import Any

__all__ = ["documented", "load"]

LOW, HIGH = -(2**63), 2**63
# Wider ones might take for ever.
WIDEST = 1 << 4096


class WideInteger(OverflowError):
    """A Python integer left 64 bits, on a line, if that is known."""

    documented = True

    def __init__(self, value, line: int | None = None) -> None:
        super().__init__(value)
        self.line = line


class HintedPower(ValueError):
    """A power whose type Python chooses by the values of its operands."""

    documented = True


def documented(error: BaseException | None) -> bool:
    """Whether an exception stands for a documented deviation."""
    return getattr(error, "documented", False)


def load(text: str, filename: str, wide: frozenset[int] = frozenset()) -> dict[str, Any]:
    """Execute a program, rewritten, with integers as wide as `WIDEST` on some lines; its namespace."""
    tree = Rewrite().visit(ast.parse(text, filename))
    ast.fix_missing_locations(tree)
    scope = {
        "__name__": "program",
        "jit": lambda func: func,
        "_check": partial(check, wide=wide),
        "_shift": partial(shift, wide=wide),
        "_power": partial(power, wide=wide),
        "_range": bounded_range,
        "_sum": total,
        "_display": display,
    } | {f"_{kind.__name__}": function for kind, function in IN_PLACE.items()}
    exec(compile(tree, filename, "exec"), scope)
    return scope


def check(value, line=None, wide=frozenset()):
    """Give back a value whose integers fit 64 bits."""
    most = WIDEST if line in wide else HIGH
    if type(value) is int and not -most <= value < most:
        raise WideInteger(value, line)
    if type(value) is tuple:
        for item in value:
            check(item, line, wide)
    return value


def shift(a, b, line=None, wide=frozenset()):
    """`a << b`, without making huge integers first."""
    if isinstance(a, int) and isinstance(b, int) and a and b > (4096 if line in wide else 64):
        raise WideInteger(f"{a} << {b}", line)
    return check(a << b, line, wide)


def power(a, b, line=None, wide=frozenset()):
    """`a ** b`, with the deviations of powers."""
    if isinstance(a, int) and isinstance(b, int):
        if b < 0:
            raise HintedPower("negative exponent")
        if abs(a) > 1 and b > (4096 if line in wide else 64):
            raise WideInteger(f"{a} ** {b}", line)
    elif type(a) in (int, float) and type(b) is float and a < 0:
        if math.isfinite(b) and b != int(b):
            raise HintedPower("complex result")
    return check(a**b, line, wide)


def bounded_range(*args):
    """`range`, of integers that fit."""
    made = range(*args)
    if len(args) > 1 and not LOW <= made.stop - made.start < HIGH and len_of(made):
        raise WideInteger("range")
    return made


def display(items: tuple) -> set:
    """A set display of constants, as it is when none of them was interned before."""
    made = set()
    made.update(frozenset(items))
    return made


def constant(node: ast.expr) -> int | None:
    """The value of an expression of integer constants, by way of at most 128 bits."""
    match node:
        case ast.Constant(int() as value) if type(value) is int:
            pass
        case ast.UnaryOp(op, operand) if type(op) in UNARY and (a := constant(operand)) is not None:
            value = UNARY[type(op)](a)
        case ast.BinOp(left, op, right) if type(op) in BINARY:
            a, b = constant(left), constant(right)
            # The result of a shift or power isn't made where its size alone is too large.
            if a is None or b is None or (type(op) in (ast.LShift, ast.RShift, ast.Pow) and (b < 0 or too_long(op, a, b))):
                return None
            if b == 0 and type(op) in (ast.FloorDiv, ast.Mod):
                return None
            value = BINARY[type(op)](a, b)
        case _:
            return None
    return value if -(2**127) <= value < 2**127 else None


def too_long(op: ast.operator, a: int, b: int) -> bool:
    """Whether `a << b` or `a ** b` has far more than 128 bits, or would for other values of `a`."""
    return b > 127 and (isinstance(op, ast.LShift) or (isinstance(op, ast.Pow) and abs(a) > 1))


UNARY = {ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Invert: operator.invert}
BINARY = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod, ast.Pow: operator.pow, ast.LShift: operator.lshift, ast.RShift: operator.rshift,
    ast.BitAnd: operator.and_, ast.BitOr: operator.or_, ast.BitXor: operator.xor,
}  # fmt: skip


def len_of(made: range) -> int:
    """The number of items, which `len` can't always tell."""
    return max(0, (made.stop - made.start + made.step - (1 if made.step > 0 else -1)) // made.step)


def total(items, start=0):
    """`sum`, of integers that fit at each step."""
    for item in items:
        start = check(start + item)
    return start


IN_PLACE = {
    ast.Add: operator.iadd, ast.Sub: operator.isub, ast.Mult: operator.imul, ast.BitOr: operator.ior,
    ast.BitAnd: operator.iand, ast.BitXor: operator.ixor, ast.Div: operator.itruediv,
    ast.FloorDiv: operator.ifloordiv, ast.Mod: operator.imod, ast.RShift: operator.irshift,
}  # fmt: skip


class Rewrite(ast.NodeTransformer):
    """Puts checks around what makes integers."""

    def visit_ImportFrom(self, node):
        return None if node.module == "cumbia" else node

    def visit_FunctionDef(self, node):
        node.body = [self.visit(statement) for statement in node.body]
        node.body = [one for part in node.body for one in (part if isinstance(part, list) else [part])]
        return node

    def visit_Assign(self, node):
        if isinstance(node.targets[0], ast.Name) and node.targets[0].id == "CALLS":
            return node
        return self.generic_visit(node)

    def visit_BinOp(self, node):
        value = constant(node)
        if value is not None:
            return placed(ast.Constant(value), node)
        self.generic_visit(node)
        name = {ast.LShift: "_shift", ast.Pow: "_power"}.get(type(node.op))
        # A negative literal exponent gives a float in compiled code too.
        if name == "_power" and isinstance(node.right, ast.UnaryOp):
            name = None
        if name:
            return call(name, [node.left, node.right, line_of(node)], node)
        return checked(node, node)

    def visit_UnaryOp(self, node):
        if isinstance(node.operand, ast.Constant) or isinstance(node.op, ast.Not):
            return self.generic_visit(node)
        value = constant(node)
        if value is not None:
            return placed(ast.Constant(value), node)
        self.generic_visit(node)
        return checked(node, node)

    def visit_Set(self, node):
        if len(node.elts) < 3 or not all(isinstance(item, ast.Constant) for item in node.elts):
            return self.generic_visit(node)
        return call("_display", [placed(ast.Constant(tuple(item.value for item in node.elts)), node)], node)

    def visit_Call(self, node):
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in ("range", "sum"):
            node.func.id = f"_{node.func.id}"
            return node
        return checked(node, node)

    def visit_AugAssign(self, node):
        value = self.visit(node.value)
        if isinstance(node.target, ast.Name):
            old = ast.copy_location(ast.Name(node.target.id, ast.Load()), node)
            return placed(ast.Assign([node.target], self.in_place(node, old, value)), node)
        if not isinstance(node.target, ast.Subscript) or isinstance(node.target.slice, (ast.Slice, ast.Tuple)):
            node.target, node.value = self.generic_visit(node.target), value
            return node
        # The container and the index are evaluated once, before the value.
        self.temporaries += 1
        names = [f"_container{self.temporaries}", f"_index{self.temporaries}"]
        parts = [self.visit(node.target.value), self.visit(node.target.slice)]
        made = [
            placed(ast.Assign([ast.Name(name, ast.Store())], part), node)
            for name, part in zip(names, parts)
        ]
        item, target = (
            placed(ast.Subscript(*(ast.Name(name, ast.Load()) for name in names), context()), node)
            for context in (ast.Load, ast.Store)
        )
        return [*made, placed(ast.Assign([target], self.in_place(node, item, value)), node)]

    temporaries = 0

    def in_place(self, node, old, value):
        """The value of an augmented assignment; a container changes in place."""
        name = {ast.LShift: "_shift", ast.Pow: "_power"}.get(type(node.op))
        if name:
            return call(name, [old, value, line_of(node)], node)
        return checked(call(f"_{type(node.op).__name__}", [old, value], node), node)


def placed(made: ast.AST, at: ast.AST) -> ast.AST:
    """A new node and what it is made of, at the place of another."""
    for node in ast.walk(made):
        if not hasattr(node, "lineno"):
            ast.copy_location(node, at)
    return made


def line_of(node: ast.AST) -> ast.Constant:
    """The line of a node, as a constant at its place."""
    return ast.copy_location(ast.Constant(node.lineno), node)


def checked(value: ast.expr, at: ast.AST) -> ast.Call:
    """`_check(value, line)`, at the place of a node."""
    return call("_check", [value, line_of(at)], at)


def call(name: str, arguments: list, at: ast.AST) -> ast.Call:
    """`name(arguments)`, at the place of a node."""
    made = ast.Call(ast.Name(name, ast.Load()), arguments, [])
    for node in (made, made.func):
        ast.copy_location(node, at)
    return made
