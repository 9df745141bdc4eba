"""The `__init__` of a dataclass as text that the compiler reads.

`dataclasses` makes `__init__` by `exec`, and its text is gone. Here it is written once more,
for classes where more is to do than to set the fields: defaults that a function makes,
fields that `__init__` doesn't take, `InitVar`, `__post_init__`. It sets the same fields in
the same order from the same parameters; `self.__post_init__` is the last statement, which
the compiler knows. What a class has is assumed not to change after it was made.
"""

from __future__ import annotations

import dataclasses
from types import FunctionType
from typing import Any

from cumbia._source import SNAPSHOT, capture

__all__ = ["initializer"]


def initializer(cls: type) -> FunctionType:
    """A function with its text that does what the `__init__` of a dataclass does."""
    fields = [
        field
        for field in cls.__dataclass_fields__.values()  # type: ignore[attr-defined]
        if field._field_type is not dataclasses._FIELD_CLASSVAR  # type: ignore[attr-defined]
    ]
    scope: dict[str, Any] = {"_missing": dataclasses.MISSING, "__name__": cls.__module__}
    positional, keywords, body, given = ["self"], [], [], []
    for field in fields:
        name = field.name
        is_variable = field._field_type is dataclasses._FIELD_INITVAR  # type: ignore[attr-defined]
        made = field.default_factory is not dataclasses.MISSING
        if made:
            scope[f"_make_{name}"] = field.default_factory
        elif field.default is not dataclasses.MISSING:
            scope[f"_default_{name}"] = field.default
        if field.init:
            text = name
            if made:
                text += "=_missing"
            elif field.default is not dataclasses.MISSING:
                text += f"=_default_{name}"
            (keywords if field.kw_only else positional).append(text)
        if is_variable:
            given.append(name)
        elif field.init and made:
            body.append(f"self.{name} = _make_{name}() if {name} is _missing else {name}")
        elif field.init:
            body.append(f"self.{name} = {name}")
        elif made:
            body.append(f"self.{name} = _make_{name}()")
    if hasattr(cls, "__post_init__"):
        body.append(f"self.__post_init__({', '.join(given)})")
    if keywords:
        positional += ["*", *keywords]
    lines = [f"def __init__({', '.join(positional)}):", *(f"    {line}" for line in body or ["pass"])]
    text = "\n".join(lines) + "\n"
    exec(compile(text, "<string>", "exec"), scope)
    made_function = scope["__init__"]
    made_function.__qualname__ = f"{cls.__qualname__}.__init__"
    made_function.__dict__[SNAPSHOT] = capture(made_function, source=text)
    return made_function
