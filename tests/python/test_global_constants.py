"""Immutable globals: constants of compiled code, looked at again at each call."""

from __future__ import annotations

import pytest

from cumbia import jit

MAGIC: object = b"\x00ab"
PART: object = slice(1, None)
STEPS: object = range(0, 6, 2)
KNOWN: object = frozenset({"a", "ß"})
REST: object = ...


def used(xs, c):
    return MAGIC, xs[PART], [k for k in STEPS], c in KNOWN, len(KNOWN), REST is ...


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("MAGIC", [b"", b"other", "text", (b"a", b"b")]),
        ("PART", [slice(None), slice(-2, None, -1), slice(0, 2), 1]),
        ("STEPS", [range(0), range(3, 0, -1), range(2**62, 2**62 + 2), [4, 5], (1, 2)]),
        ("KNOWN", [frozenset({"b"}), frozenset({"ß", "b", "x"}), {"a"}]),
        ("REST", [None, 3]),
    ],
)
def test_another_value(monkeypatch, name, values):
    compiled = jit(used)
    assert repr(compiled([1, 2, 3], "ß")) == repr(used([1, 2, 3], "ß"))
    for value in values:
        monkeypatch.setitem(globals(), name, value)
        assert repr(compiled([1, 2, 3], "ß")) == repr(used([1, 2, 3], "ß")), value
        assert repr(compiled([1, 2, 3], "b")) == repr(used([1, 2, 3], "b")), value


def test_equal_but_of_another_class(monkeypatch):
    compiled = jit(used)
    compiled([1, 2, 3], "a")
    monkeypatch.setitem(globals(), "MAGIC", bytearray(b"\x00ab"))
    with pytest.raises(Exception, match="CB0402"):
        compiled([1, 2, 3], "a")


def test_a_slice_of_other_things_is_refused(monkeypatch):
    monkeypatch.setitem(globals(), "PART", slice("a"))
    with pytest.raises(Exception, match="CB0402"):
        jit(used)([1], "a")
