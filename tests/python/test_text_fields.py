"""Texts of a fixed length in arrays: memory of any kind, what is kept, what is refused.

Programs that are compared with CPython are in `tests/corpus/programs/text_fields.py`.
"""

from __future__ import annotations

import gc

import numpy as np
import pytest

from cumbia import _cumbia, jit
from tests.python.harness import IDENTITY, check, refused

PACKED = np.dtype([("flag", np.int8), ("name", "U3"), ("code", "S5"), ("words", "U2", (2,))])


def packed(n=4):
    a = np.zeros(n, PACKED)
    a["name"] = ["añb", "", "\U0001f600x", "abc"][:n]
    a["code"] = [b"a\x00b", b"\xff\xfe", b"12345", b""][:n]
    a["words"] = np.array([["a", "bc"], ["", "z"], ["é", "yy"], ["q", ""]])[:n]
    a["flag"] = np.arange(n)
    return a


def joined(a):
    names, codes = "", b""
    for r in a:
        names += r["name"] + r["words"][1] + ";"
        codes += r["code"] + b";"
    return names, codes


def stored(a, text, code):
    a[0]["name"] = text
    a[1]["words"][0] = text
    a["code"][2] = code
    a[3]["words"] = a[0]["words"]
    return a[0]["name"], a[2]["code"], a[1]["words"]


def swapped(a):
    a["name"][0], a["name"][1] = a["name"][1], a["name"][0]
    return a["name"] == "abc"


def arrays():
    memory = np.zeros(1 + 4 * PACKED.itemsize, np.uint8)
    unaligned = memory[1:].view(PACKED)
    unaligned[:] = packed()
    strided = np.zeros(8, PACKED)
    strided[::-2] = packed()
    return [packed(), unaligned, strided[::-2], packed().view(np.recarray)]


@pytest.mark.parametrize("which", range(4))
def test_memory_of_any_kind(which):
    check(joined, arrays()[which])
    for text in ("", "x", "längeres", "\U0001f600\U0001f600\U0001f600\U0001f600", "a\0b\0\0"):
        check(stored, arrays()[which], text, text.encode())
    check(swapped, arrays()[which])


def test_read_only():
    a = packed()
    a.setflags(write=False)
    check(joined, a)
    check(stored, a, "x", b"y")
    check(swapped, a)


def sized(w):
    n = 0
    for x in w:
        n += len(x)
    return n, w.nbytes, w.itemsize


@pytest.mark.parametrize("dtype", ["S1", "U1", "S7", "S8", "U4", "U5", "S65", "U65"])
def test_lengths(dtype):
    w = np.zeros(5, dtype)
    w[1:] = ["x", "x" * 64, "x" * 100, "y"]
    check(sized, w)
    check(sized, w[:0])
    check(sized, np.asfortranarray(np.array([w, w]))[:, 1])


def many(a, n):
    hits = 0
    for _ in range(n):
        for r in a:
            name, code = r["name"], r["code"]
            a[0]["code"] = code
            if name in ("abc", "x") or code[:1] == b"1":
                hits += 1
            for v in r:
                hits += 1
    return hits


@pytest.mark.skipif(IDENTITY, reason="about allocations")
def test_no_leaks():
    func = jit(many)
    check(many, packed(), 2)
    func(packed(), 2)
    gc.collect()
    before = _cumbia.live_allocations()
    func(packed(), 300)
    assert _cumbia.live_allocations() == before


def test_texts_live_longer_than_their_array():
    def kept(n):
        last = np.zeros(2, PACKED)[0]["name"]
        for i in range(n):
            a = np.zeros(3, PACKED)
            a[1]["name"] = str(i)
            last = a[1]["name"]
        return last

    check(kept, 0)
    check(kept, 5)


def kept_in_a_list(w):
    return [x for x in w]


def joined_with_a_string(w):
    x = ""
    for y in w:
        x = y
    return x


def ordered_with_bytes(w):
    return w < b"x"


def compared_with_a_number(w):
    return w == 1


def stored_list(w):
    w[0] = [1]



@pytest.mark.skipif(IDENTITY, reason="about refusals")
@pytest.mark.parametrize(
    ("func", "code"),
    [(kept_in_a_list, "CB0320"), (joined_with_a_string, "CB0301"), (ordered_with_bytes, "CB0506"),
     (compared_with_a_number, "CB0506"), (stored_list, "CB0504")],
)  # fmt: skip
def test_refused(func, code):
    refused(func, np.array(["a", "bc"]), _code=code)


@pytest.mark.skipif(IDENTITY, reason="about refusals")
def test_foreign_byte_order():
    with pytest.raises(TypeError):
        jit(sized)(np.array(["a"], ">U3"))


@pytest.mark.skipif(IDENTITY, reason="about refusals")
def test_structures_compared_with_others():
    def with_a_number(a):
        return a == 1

    def record_with_a_tuple(a):
        return a[0] == (1, 2)

    refused(with_a_number, packed(), _code="CB0506", _raises=TypeError)
    refused(record_with_a_tuple, packed(), _code="CB0303", _raises=TypeError)
