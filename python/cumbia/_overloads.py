"""What a function is compiled for, by signatures as text and as Numba's programs ask: by types.

`overloads` of a jitted function is a dict of these dicts. It is a copy: what is compiled later
isn't in it. Not here: the code's address, which nothing outside of a call may use.
"""

from __future__ import annotations

import re
from typing import Any

from cumbia.types import Array, NoneType, Scalar, Signature, Tuple, Type, Weak
from cumbia._type_kinds import Opaque, _WEAK, bytes_type, unicode_type

__all__ = ["Overload", "Overloads"]


class Overload(dict[str, Any]):
    """What is known of one signature.

    Attributes
    ----------
    signature : Signature
        Types of the arguments and of the result.
    """

    def __init__(self, text: str, facts: dict[str, Any]) -> None:
        super().__init__(facts)
        args, _, result = text.rpartition(" -> ")
        self.signature: Signature = Signature(_parse(result), [_parse(one) for one in _split(args[1:-1])])


class Overloads(dict[str, Overload]):
    """What a function is compiled for, by signatures.

    A key is the text that `signatures` has, or a tuple of types.
    """

    def __init__(self, facts: dict[str, dict[str, Any]]) -> None:
        super().__init__({text: Overload(text, one) for text, one in facts.items()})

    def __missing__(self, key: Any) -> Overload:
        if isinstance(key, Signature):
            key = key.args
        if isinstance(key, tuple) and all(isinstance(one, Type) for one in key):
            wanted = f"({', '.join(one.canonical() for one in key)})"
            for text, one in self.items():
                if text.rpartition(" -> ")[0] == wanted:
                    return one
        raise KeyError(key)


def _split(text: str) -> list[str]:
    """The parts of a list between commas that stand in no brackets."""
    parts, depth, begin = [], 0, 0
    for at, char in enumerate(text):
        depth += (char in "([{") - (char in ")]}")
        if char == "," and depth == 0:
            parts.append(text[begin:at].strip())
            begin = at + 1
    return [*parts, text[begin:].strip()] if text.strip() else []


def _of_literal(text: str) -> Type:
    """The type of a constant, as results have it."""
    if text[:1] in "\"'":
        return unicode_type
    if text in ("True", "False"):
        return Scalar("bool")
    return Scalar("int64" if re.fullmatch(r"-?\d+", text) else "float64")


def _parse(text: str) -> Type:
    """The type of a text; what `cumbia.types` has no name for is an opaque one."""
    if text in _WEAK:
        return Scalar(_WEAK[text])
    if re.fullmatch(r"bool|u?int(8|16|32|64)|float(16|32|64)|complex(64|128)", text):
        return Scalar(text)
    if text == "none":
        return NoneType()
    if text in ("str", "bytes"):
        return unicode_type if text == "str" else bytes_type
    literal = re.fullmatch(r"Literal\[(.*)\]", text)
    if literal:
        return _of_literal(literal.group(1))
    found = re.fullmatch(r"(array|tuple)\((.*)\)", text)
    if found and found.group(1) == "tuple":
        return Tuple([_parse(one) for one in _split(found.group(2))])
    if found:
        element, axes, layout, *rest = _split(found.group(2))
        parsed = _parse(element)
        if isinstance(parsed, Scalar):
            return Array(parsed, int(axes), layout, "readonly" in rest)
    return Opaque(text)
