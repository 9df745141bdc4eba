"""A failing program made small: statements removed, expressions simplified.

Works on the syntax tree and knows nothing of types: a candidate that is no valid program
any more, or fails in another way, isn't taken. What counts as the same failure is the
caller's test.
"""

from __future__ import annotations

import ast
import copy
import time
import warnings
from collections.abc import Callable, Iterator

__all__ = ["shrink"]

BLOCKS = (ast.FunctionDef, ast.If, ast.For, ast.While, ast.Try, ast.ExceptHandler, ast.match_case)


def shrink(text: str, fails: Callable[[str], bool], seconds: float = 60.0) -> str:
    """The smallest program found in the given time for which `fails` holds."""
    end = time.monotonic() + seconds
    best = ast.unparse(ast.parse(text)) + "\n"
    if not fails(best):
        return text
    improved = True
    while improved and time.monotonic() < end:
        improved = False
        for candidate in candidates(best):
            if time.monotonic() > end:
                break
            if len(candidate) < len(best) and fails(candidate):
                best, improved = candidate, True
                break
    return best


def candidates(text: str) -> Iterator[str]:
    """Smaller programs, the boldest steps first."""
    tree = ast.parse(text)
    for change in (calls, functions, statements, branches, blocks, expressions, parameters):
        for smaller in change(tree):
            try:
                made = ast.unparse(ast.fix_missing_locations(smaller)) + "\n"
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    compile(made, "candidate", "exec")
            except (SyntaxError, ValueError, AttributeError, TypeError):
                continue
            yield made


def edits(tree: ast.AST, wanted) -> Iterator[tuple[ast.AST, ast.AST]]:
    """For each wanted node: a copy of the tree and the node in it."""
    count = sum(isinstance(node, wanted) for node in ast.walk(tree))
    for number in range(count):
        made = copy.deepcopy(tree)
        nodes = [node for node in ast.walk(made) if isinstance(node, wanted)]
        yield made, nodes[number]


def calls(tree: ast.Module) -> Iterator[ast.AST]:
    """One call instead of several."""
    for made, node in edits(tree, ast.Assign):
        if isinstance(node.targets[0], ast.Name) and node.targets[0].id == "CALLS":
            rows = getattr(node.value, "elts", ())
            for row in rows if len(rows) > 1 else []:
                node.value.elts = [row]
                yield copy.deepcopy(made)


def functions(tree: ast.Module) -> Iterator[ast.AST]:
    """Without one of the helpers."""
    for number, node in enumerate(tree.body):
        if isinstance(node, ast.FunctionDef) and node.name != "f":
            made = copy.deepcopy(tree)
            del made.body[number]
            yield made


def bodies(node: ast.AST) -> Iterator[list]:
    """The lists of statements of a node."""
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
            yield block


def parts_of(statement: ast.stmt) -> Iterator[list]:
    """The lists of statements in a compound one, those of its branches too."""
    yield from bodies(statement)
    for branch in getattr(statement, "handlers", []) + getattr(statement, "cases", []):
        yield from bodies(branch)


def statements(tree: ast.Module) -> Iterator[ast.AST]:
    """Without a run of statements: half of a block, then one at a time."""
    for made, node in edits(tree, BLOCKS):
        for place, block in enumerate(bodies(node)):
            kept = list(block)
            for size in (len(kept), len(kept) // 2, 1):
                for start in range(0, len(kept), size) if size else ():
                    rest = kept[:start] + kept[start + size :]
                    if isinstance(node, ast.FunctionDef) and not rest:
                        continue
                    block[:] = rest or ([] if place and not isinstance(node, ast.Try) else [ast.Pass()])
                    yield copy.deepcopy(made)
            block[:] = kept


def branches(tree: ast.Module) -> Iterator[ast.AST]:
    """Without one of the handlers of a `try` or of the cases of a `match`."""
    for made, node in edits(tree, (ast.Try, ast.Match)):
        listed = node.handlers if isinstance(node, ast.Try) else node.cases
        for place in range(len(listed)):
            kept = listed.pop(place)
            yield copy.deepcopy(made)
            listed.insert(place, kept)


def blocks(tree: ast.Module) -> Iterator[ast.AST]:
    """A compound statement replaced by what is in it."""
    for made, node in edits(tree, BLOCKS):
        for block in bodies(node):
            for place, statement in enumerate(list(block)):
                if isinstance(statement, ast.FunctionDef):
                    continue
                for inner in parts_of(statement):
                    kept = block[place]
                    block[place : place + 1] = inner
                    yield copy.deepcopy(made)
                    block[place : place + len(inner)] = [kept]


def expressions(tree: ast.Module) -> Iterator[ast.AST]:
    """An expression replaced by a part of it, or by a small constant."""
    for made, node in edits(tree, (ast.expr, ast.stmt)):
        for name, value in list(ast.iter_fields(node)):
            if isinstance(value, ast.expr) and isinstance(getattr(value, "ctx", ast.Load()), ast.Load):
                for smaller in parts(value):
                    setattr(node, name, smaller)
                    yield copy.deepcopy(made)
                setattr(node, name, value)
            elif isinstance(value, list) and value and isinstance(value[0], ast.expr):
                for place, item in enumerate(list(value)):
                    if name != "targets":
                        for smaller in parts(item):
                            value[place] = smaller
                            yield copy.deepcopy(made)
                        value[place] = item
                    if len(value) > 1 and isinstance(node, (ast.BoolOp, ast.Tuple, ast.List, ast.Assign)):
                        del value[place]
                        yield copy.deepcopy(made)
                        value.insert(place, item)


def parts(node: ast.expr) -> Iterator[ast.expr]:
    """Smaller expressions that may stand for one."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield child
    if isinstance(node, ast.Constant):
        if node.value not in (0, 1) and isinstance(node.value, (int, float)):
            yield ast.Constant(type(node.value)(1))
    elif not isinstance(node, (ast.Slice, ast.Tuple)):
        yield ast.Constant(1)
        yield ast.Constant(1.0)


def parameters(tree: ast.Module) -> Iterator[ast.AST]:
    """`f` without one of its parameters, in the calls too."""
    for number in range(8):
        made = copy.deepcopy(tree)
        main = next((n for n in made.body if isinstance(n, ast.FunctionDef) and n.name == "f"), None)
        listed = next((n.value for n in made.body if isinstance(n, ast.Assign)), None)
        if main is None or number >= len(main.args.args):
            return
        del main.args.args[number]
        rows = getattr(listed, "elts", ())
        if all(isinstance(row, ast.Tuple) and len(row.elts) > number for row in rows):
            for row in rows:
                del row.elts[number]
            yield made
