"""Explicit signatures: from what a user may write to `Signature` values.

Taken are ``float64(float64[:], int64)``, the same as a string, a tuple of argument types
and lists of these. Strings are read by a small recursive-descent parser and never
evaluated. What the types in a signature mean is said in `cumbia.types`; whether a
function can be compiled for them is the compiler's business.
"""

from __future__ import annotations

from typing import Any

from cumbia import types

__all__ = ["is_signature", "parse", "parse_all", "parse_type"]

_DEEPEST = 32


def is_signature(value: Any) -> bool:
    """Whether `value` is meant as a signature or a list of them, not as a function.

    Examples
    --------
    >>> from cumbia._signature import is_signature
    >>> is_signature("f8(f8)"), is_signature(len)
    (True, False)
    """
    return isinstance(value, (str, tuple, list, types.Signature, types.Type))


def parse_all(given: Any) -> list[types.Signature]:
    """Read one signature or a list of them.

    Parameters
    ----------
    given : str, Signature, tuple of Type, or a list of these
        What was passed to ``jit``.

    Returns
    -------
    list of Signature
        In the order given, each once.

    Raises
    ------
    ValueError
        For a string that is no signature; the message marks the place.
    TypeError
        For an object that is no signature.

    Examples
    --------
    >>> from cumbia._signature import parse_all
    >>> parse_all(["f8(f8)", "f4(f4)"])
    [float64(float64), float32(float32)]
    """
    found = [_one(item) for item in given] if isinstance(given, list) else [_one(given)]
    return list(dict.fromkeys(found))


def _one(given: Any) -> types.Signature:
    if isinstance(given, types.Signature):
        return given
    if isinstance(given, str):
        return parse(given)
    if isinstance(given, tuple):
        return types.Signature(None, given)
    if isinstance(given, types.Type):
        raise TypeError(
            f"{given!r} is a type, not a signature; write the argument types in "
            f"parentheses after it, as in {given!r}(int64)"
        )
    raise TypeError(
        "a signature is a string, a call such as float64(int64), or a tuple of argument "
        f"types, not {given!r}"
    )


def parse(text: str) -> types.Signature:
    """Read a signature from a string.

    Parameters
    ----------
    text : str
        Such as ``"float64(float64[:], int64)"``, or ``"(f8[:], i8)"`` to leave the
        return type to be inferred.

    Returns
    -------
    Signature

    Examples
    --------
    >>> from cumbia._signature import parse
    >>> parse("void(f8[:, ::1], Tuple((i8, f4)))").canonical()
    'none(array(float64, 2, C), tuple(pyint, float32))'
    >>> try:
    ...     parse("float64(flaot64)")
    ... except ValueError as error:
    ...     print(error)
    unknown type 'flaot64' in a signature; did you mean 'float64'?
        float64(flaot64)
                ^^^^^^^
    """
    return _Parser(text).signature()


def parse_type(text: str) -> types.Type:
    """Read one type from a string.

    Parameters
    ----------
    text : str
        Such as ``"f8[:]"``.

    Returns
    -------
    Type

    Examples
    --------
    >>> from cumbia._signature import parse_type
    >>> parse_type("f8[:, ::1]")
    float64[:, ::1]
    """
    return _Parser(text).only_type()


class _Parser:
    """Recursive descent over the tokens of one string."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = self._tokens()
        self.at = 0
        self.depth = 0

    def _tokens(self) -> list[tuple[str, int]]:
        import re

        tokens = []
        place = 0
        pattern = re.compile(r"\s*(::1|::|[A-Za-z_]\w*|\d+|'[^']*'|\"[^\"]*\"|[][(),:=])")
        end = len(self.text.rstrip())
        while place < end:
            match = pattern.match(self.text, place)
            if match is None:
                place += len(self.text[place:]) - len(self.text[place:].lstrip())
                self._fail(f"{self.text[place]!r} has no place in a signature", place, 1)
            tokens.append((match.group(1), match.start(1)))
            place = match.end()
        tokens.append(("", end))
        return tokens

    def _fail(self, message: str, place: int, width: int) -> None:
        start = self.text.rfind("\n", 0, place) + 1
        stop = self.text.find("\n", place)
        line = self.text[start : stop if stop >= 0 else None].replace("\t", " ")
        raise ValueError(f"{message}\n    {line}\n    {' ' * (place - start)}{'^' * max(width, 1)}")

    def _fail_here(self, message: str) -> None:
        token, place = self.tokens[self.at]
        self._fail(message, place, len(token))

    def _next(self) -> str:
        return self.tokens[self.at][0]

    def _take(self, token: str) -> bool:
        if self._next() == token:
            self.at += 1
            return True
        return False

    def _expect(self, token: str, where: str) -> None:
        if not self._take(token):
            got = repr(self._next()) if self._next() else "the end"
            self._fail_here(f"expected {token!r} {where}, got {got}")

    def signature(self) -> types.Signature:
        returns = None if self._next() == "(" else self._type()
        if returns is not None and not self._next():
            self._fail_here(
                "a signature needs its argument types in parentheses, as in 'float64(int64)'"
            )
        self._expect("(", "before the argument types")
        args = self._list("after an argument type")
        if self._next():
            self._fail_here("a signature ends after its argument types")
        return types.Signature(returns, args)

    def only_type(self) -> types.Type:
        found = self._type()
        if self._next():
            self._fail_here("a type ends here")
        return found

    def _list(self, where: str) -> list[types.Type]:
        items: list[types.Type] = []
        while not self._take(")"):
            if items:
                self._expect(",", where)
                if self._take(")"):
                    break
            items.append(self._type())
        return items

    def _type(self) -> types.Type:
        name, place = self.tokens[self.at]
        if not name or not (name[0].isalpha() or name[0] == "_"):
            self._fail_here("expected a type" + (f", got {name!r}" if name else ""))
        self.at += 1
        if name in ("Tuple", "UniTuple"):
            self.depth += 1
            if self.depth > _DEEPEST:
                self._fail(f"tuples are nested more than {_DEEPEST} deep", place, len(name))
            found = self._tuple() if name == "Tuple" else self._uniform_tuple()
            self.depth -= 1
            return found
        if name == "Array":
            return self._array()
        if name == "CPointer":
            return self._pointer()
        found = types.NAMED.get(name)
        if found is None:
            self._fail(_unknown_type(name), place, len(name))
        if self._next() == "[":
            if not isinstance(found, types.Scalar):
                self._fail(f"there are no arrays of {name!r}", place, len(name))
            return self._axes(found)
        return found

    def _tuple(self) -> types.Tuple:
        self._expect("(", "after 'Tuple'")
        self._expect("(", "before the items' types, as in 'Tuple((float64, int64))'")
        items = self._list("after an item's type")
        self._expect(")", "after 'Tuple((...)'")
        return types.Tuple(items)

    def _uniform_tuple(self) -> types.Tuple:
        self._expect("(", "after 'UniTuple'")
        item = self._type()
        self._expect(",", "after the items' type")
        number_at = self.at
        count = self._number("the number of items")
        if count > 1000:
            self.at = number_at
            self._fail_here("a tuple type has at most 1000 items")
        self._expect(")", "after the number of items")
        return types.UniTuple(item, count)

    def _number(self, what: str) -> int:
        token = self._next()
        if not token.isdecimal() or len(token) > 9:
            self._fail_here(f"expected {what}")
        self.at += 1
        return int(token)

    def _pointer(self) -> types.CPointer:
        self._expect("(", "after 'CPointer'")
        name, place = self.tokens[self.at]
        dtype = self._type()
        self._expect(")", "after the values' type")
        if not isinstance(dtype, types.Scalar):
            self._fail("a pointer is one to numbers; others are a voidptr", place, len(name))
        return types.CPointer(dtype)

    def _array(self) -> types.Array:
        self._expect("(", "after 'Array'")
        place = self.tokens[self.at][1]
        dtype = self._type()
        if not isinstance(dtype, types.Scalar):
            self._fail("an array's elements are of a number type", place, 1)
        self._expect(",", "after the elements' type")
        number_at = self.at
        ndim = self._number("the number of axes")
        if ndim > 64:
            self.at = number_at
            self._fail_here("an array has at most 64 axes")
        self._expect(",", "after the number of axes")
        layout = self._next().strip("'\"")
        if layout not in ("C", "F", "A"):
            self._fail_here("an array's layout is 'C', 'F' or 'A'")
        self.at += 1
        readonly = False
        if self._take(","):
            self._expect("readonly", "as the last part of 'Array(...)'")
            self._expect("=", "after 'readonly'")
            if self._next() not in ("True", "False"):
                self._fail_here("'readonly' is True or False")
            readonly = self._take("True") or not self._take("False")
        self._expect(")", "after 'Array(...'")
        return types.Array(dtype, ndim, layout, readonly)

    def _axes(self, dtype: types.Scalar) -> types.Array:
        opening = self.tokens[self.at][1]
        self.at += 1
        axes = []
        while True:
            if self._take(":"):
                axes.append(slice(None))
            elif self._take("::1"):
                axes.append(slice(None, None, 1))
            else:
                self._fail_here("an axis is written ':' or '::1'")
            if self._take("]"):
                break
            self._expect(",", "or ']' after an axis")
        closing = self.tokens[self.at - 1][1]
        try:
            return dtype[tuple(axes)]
        except ValueError as error:
            self._fail(str(error), opening, closing - opening + 1)
        raise AssertionError


def _unknown_type(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, [*types.NAMED, "Array", "CPointer", "Tuple", "UniTuple"], n=1)
    hint = f"; did you mean {near[0]!r}?" if near else "; the types are listed in cumbia.types"
    return f"unknown type {name!r} in a signature{hint}"
