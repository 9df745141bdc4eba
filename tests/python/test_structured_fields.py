"""Structured data beyond single fields: packed memory, fields that are arrays or structures,
whole elements, elements as arguments, subscripts with arrays, `np.recarray`.

Each body is run on copies of each array that it is for, by CPython and compiled, and the
arrays are compared afterwards.
"""

import sys

import numpy as np
import pytest
from harness import IDENTITY, check, define, jit, native, refused

PACKED = np.dtype([("c", "i1"), ("x", "f8"), ("n", "u2"), ("z", "c8")])
ALIGNED = np.dtype([("x", "f8"), ("n", "i4"), ("on", "?")], align=True)
BLOCKS = np.dtype([("k", "i1"), ("pos", "f8", 3), ("m", "i4", (2, 2)), ("w", "f4")])
NESTED = np.dtype([("a", "i2"), ("in", PACKED), ("q", ALIGNED, 2)])
TEXT = np.dtype([("name", "S5"), ("v", "f8"), ("u", "U3")])
DATES = np.dtype([("t", "M8[D]"), ("v", "f8"), ("d", "m8[s]")])
SCOPE = {"PACKED": PACKED, "BLOCKS": BLOCKS}


def filled(dtype, n):
    rng = np.random.default_rng(3)

    def fill(a):
        for name in a.dtype.names:
            field = a[name]
            if field.dtype.names:
                fill(field)
            elif field.dtype.kind in "SU":
                field[...] = "abc"
            elif field.dtype.kind in "Mm":
                field[...] = np.arange(field.size).reshape(field.shape)
            else:
                # No element twice: the order of equal ones is open.
                values = rng.permutation(np.arange(field.size))
                field[...] = values.reshape(field.shape) % (2 if field.dtype.kind == "b" else 120)

    a = np.zeros(n, dtype)
    fill(a)
    return a


def function(body, params="a"):
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    return define(f"def f({params}):\n{lines}", **SCOPE)


FIELDS = r"""
return a['x'].sum(), a['n'] * 2
return a['x'] + a['n']
a['x'] += 1\nreturn a['x'].max()
a['x'][2:5] = a['x'][0:3]
return a['x'][a['n'] > 4]
a['x'][a['n'] > 4] = -1.0
a['x'][:] = 7
a['x'] = np.arange(len(a))
return np.sort(a['x']), np.argsort(a['n'])
a['x'].sort()
return a['x'].copy(), a['x'][::-1], a['x'].tolist()
return a['x'][-1], a['x'][20]
return np.dot(a['x'], a['x']), np.where(a['x'] > 4, a['n'], 0)
return a['x'].mean(), np.median(a['x']), np.cumsum(a['n']), np.unique(a['n'])
return a['x'].astype(np.int32), a['x'].reshape(3, 3)
a['x'][1], a['x'][2] = a['x'][2], a['x'][1]
x = a['x']\nx *= 2\nx[1:] -= 1\nreturn x
s = 0.0\nfor x in a['x']:\n    s += x\nreturn s
return np.maximum.accumulate(a['x']), np.searchsorted(np.sort(a['x']), 3.0)
""".strip().split("\n")

ELEMENTS = r"""
a[0] = a[1]\nreturn a[0]
a[0], a[1] = a[1], a[0]
t = a[0].copy()\na[0] = a[1]\na[1] = t
a[1:] = a[:-1]
a[:] = a[2]
a[:] = a[::-1]
a[2:4] = 0
a[:3] = 1.5
a[0] = 3
a[0] = 2.75
a[0] = np.int64(7)
a[:] = np.float32(2.5)
r = a[1]\nr['x'] = 5\nreturn r['x'], a[1]['x'], len(r)
r = a[0]\nreturn r[0], r[1], r[-1]
return a[1] == a[1], a[1] == a[2], a[1] != a[2]
return a[0].item(), a[1].tolist(), a.tolist()
return a[np.argsort(a['x'])]
return a[a['x'] > 3], a[[0, 2]], a[np.array([3, 1, 1])]
a[a['x'] > 3] = a[0]
a[np.array([0, 1])] = a[5:7]
a[np.array([0, 1])] = a[5:8]
a[a['x'] > 3] = a[:2]
a[[0, 30]] = a[1]
b = a.copy()\nb[0]['x'] = 5.5\nreturn b
return np.zeros_like(a), np.empty_like(a).shape, np.empty_like(a, shape=(2, 3)).shape, np.copy(a)
return np.concatenate((a, a[:2])), np.take(a, np.array([2, 0])), a.take(np.array([2, 0]))
b = np.zeros(3, dtype=a.dtype)\nb[:] = a[:3]\nreturn b
b = np.empty(len(a), a.dtype)\nfor i in range(len(a)):\n    b[i] = a[len(a) - 1 - i]\nreturn b
for i, r in enumerate(a):\n    r['x'] = i
for r, s in zip(a, a[::-1]):\n    r['x'] = s['x']
return [r['x'] for r in a], sum(r['n'] for r in a)
return a[1:3], a[0:0], a[::3], a[-1]
a[3]['x'] = a[2]['n']\na[3]['n'] = 7.9
a[0]['n'] = 2**40
a[1:3] = a[:7]
best = a[0]\nfor i in range(len(a)):\n    if a[i]['x'] > best['x']:\n        best = a[i]\nreturn best
""".strip().split("\n")

ARRAY_FIELDS = r"""
return a[0]['pos'], a['pos'][1], a['pos'].shape, a['pos'][::-1]
a[0]['pos'] = 5
a[0]['pos'] = (1, 2, 3)
a[0]['pos'] = [1, 2, 3]
a[0]['pos'] = np.arange(3)
a[0]['pos'] = np.arange(4)
a[0]['pos'][3] = 1
a[1]['pos'] = a[0]['pos']
a['pos'] = 1.5
a['pos'][:, 0] = 9
a['pos'][1] = a['pos'][2]
a[1]['pos'][2] = 4\nreturn a[1]['pos'].sum()
return a['pos'] @ np.ones(3), a['pos'].sum(axis=0), a['pos'].T
return a['m'][:, 0, 1], a[2]['m'][1, 1]
a[2]['m'][:] = 3
a[2]['m'] = a[1]['m'].T
a['m'][:, 0] += 1
a[0]['pos'] += 2.5
a[0] = (1, (1, 2, 3), 4, 2.5)
a[0] = (1, [1, 2, 3], np.ones((2, 2)), 2.5)
a[1] = a[0]
a[1:] = a[0]
return a[0] == a[1], a[0] == a[0], a[0].item()[0]
k, p, m, w = a[2]\np[0] = 99\nreturn k, p, m.sum(), w
for r in a:\n    for i in range(3):\n        r['pos'][i] += i
a['pos'][a['k'] > 2] = 0
return np.zeros(3, BLOCKS), np.zeros((2, 2), dtype=BLOCKS)['pos'].shape
""".strip().split("\n")

STRUCTURES = r"""
return a['in']['x'], a[0]['in']['x'], a['in'][1]['n'], a['in']
a['in']['x'] = 5
a[0]['in']['x'] = 5
a[0]['in'] = a[1]['in']
a[0]['in'] = (1, 2.0, 3, 4)
a[0]['in'] = 4
a['in'] = a['in'][0]
a['in'][1] = a['in'][2]
r = a[1]['in']\nr['x'] = 8\nreturn r
return a['q'].shape, a[0]['q'].shape, a['q'][0, 1]['x'], a['q']['n']
a[0]['q'][1]['x'] = 3
a[0]['q'][1] = (1.0, 2, True)
a[0]['q'] = a[1]['q']
a[0] = (3, (1, 2, 3, 4), a[1]['q'])
a[1] = a[0]
x, y, z = a[0]\nreturn x, y, z
return len(a[0]['in']), a[0]['in'].dtype.names, a[2]['in'], a[1]['in'] == a[1]['in']
""".strip().split("\n")

OTHER_FIELDS = r"""
return a['v'].sum(), a[0]['v'], a.copy(), a[a['v'] > 0], a[1:]
a[0] = a[1]
a[0]['v'] = 5\nreturn a
""".strip().split("\n")

TIMES = r"""
return a['t'][0], a[1]['d'], a[2]['t'] - a[1]['t'], a[0] == a[1]
a[0]['t'] = a[1]['t']
a['t'][1] = np.datetime64('2020-01-01')
a[0] = (np.datetime64('2020-01-01'), 2.0, np.timedelta64(5, 's'))
""".strip().split("\n")

IN_TWO_DIMENSIONS = r"""
return a['x'].sum(axis=0), a[1], a[1, 2], a[:, 1], a.shape, a.size, len(a)
a[1] = a[0]
a[:, 1] = a[:, 2]
a[1, 1] = (1, 2, 3, 4)
return a[a['x'] > 3], a[np.array([0, 2])]
a[np.array([0, 2])] = a[1]
a[a['x'] > 3] = a[0, 0]
for r in a:\n    for c in r:\n        c['x'] = 1
a['x'] += a['n']\nreturn a['x'].T @ a['x'], a['x'][::-1, 1:3] * 2
a[0], a[2] = a[2].copy(), a[0].copy()
""".strip().split("\n")

RECARRAY = r"""
return a.x.sum(), a.n, a['x'], a[0], a[1:]
a.x = 3
a.x += 2
a.x[1] = 3\nreturn a[1].x
a[1].x = 4\na[2].n += 1
for r in a:\n    r.x += 1
return a[a.x > 3], a.copy(), np.zeros_like(a)
a.x[a.n > 2] = 0
a[0], a[2] = a[2], a[0]
""".strip().split("\n")

ELEMENT = r"""
return r['x'], r[0], r[-1], len(r)
r['x'] = 9\nreturn r
r[1] = 5\nr['n'] += 2
return r == r, r != r
return r.item(), r.tolist(), r.dtype.names, r.copy()
x = r\nx['x'] = 1.5\nreturn x, r['x']
return r.itemsize, r.nbytes, r.ndim, r.shape, r.size
return (r, 5, r['x'])
return r['n'] // 7, r['x'] * r['n']
b = np.zeros(3, r.dtype)\nb[:] = r\nb[1]['x'] = 8\nreturn b
""".strip().split("\n")


def rows(bodies, *arrays):
    return [(body.replace("\\n", "\n"), array) for body in bodies for array in arrays]


TABLE = [
    *rows(FIELDS + ELEMENTS, filled(PACKED, 9), filled(PACKED, 18)[::2], filled(ALIGNED, 9)),
    *rows(ARRAY_FIELDS, filled(BLOCKS, 4)),
    *rows(STRUCTURES, filled(NESTED, 4)),
    *rows(OTHER_FIELDS, filled(TEXT, 3)),
    *rows(TIMES, filled(DATES, 4)),
    *rows(IN_TWO_DIMENSIONS, filled(PACKED, 12).reshape(3, 4)),
    *rows(RECARRAY, filled(PACKED, 4).view(np.recarray), filled(ALIGNED, 4).view(np.recarray)),
    *rows(["a[:] = (1, 2, 3, 4)", "a['x'] = 5\nreturn a.copy(), a[a['x'] > 1], np.sort(a['x'])"], filled(PACKED, 2)[:0], filled(PACKED, 1)),
    *rows(["return a['x'], a[()]", "a['x'] = 5", "a[()] = (1, 2, 3, 4)"], filled(PACKED, 1).reshape(())),
]


@pytest.mark.parametrize(("body", "array"), TABLE)
def test_arrays(body, array):
    check(function(body), array)


@pytest.mark.parametrize("array", [filled(PACKED, 2), filled(ALIGNED, 2), filled(PACKED, 2).view(np.recarray)])
@pytest.mark.parametrize("body", [b.replace("\\n", "\n") for b in ELEMENT])
def test_an_element_as_an_argument(body, array):
    check(function(body, "r"), array[1])


@pytest.mark.parametrize(
    "body",
    [
        "return r['x'] - s['x'], r == s",
        "r['x'], s['x'] = s['x'], r['x']",
        "return s if r['x'] > s['x'] else r",
        "for q in (r, s):\n    q['x'] = 0",
        "return max(r['x'], s['x'])",
    ],
)
def test_two_elements(body):
    a = filled(PACKED, 3)
    check(function(body, "r, s"), a[1], a[2])


def test_elements_are_views():
    a = filled(NESTED, 3)
    row = a[1]
    same = native(function("return r", "r"))
    assert same(row) is row
    part = native(function("return r['in']", "r"))(row)
    assert type(part) is np.void
    part["x"] = 77
    assert a[1]["in"]["x"] == 77
    native(function("r['in']['x'] = 78", "r"))(row)
    assert a[1]["in"]["x"] == 78
    block = native(function("return r['q']", "r"))(row)
    block["x"][1] = 79
    assert a[1]["q"][1]["x"] == 79
    records = filled(PACKED, 3).view(np.recarray)
    got = native(function("return a[1]"))(records)
    got.x = 80
    assert records[1].x == 80
    assert type(got) is np.record


def test_references():
    a = filled(NESTED, 3)
    row = a[1]
    function_ = native(function("return r['in'], r['q'], r", "r"))
    function_(row)
    before = sys.getrefcount(row), sys.getrefcount(a)
    for _ in range(10):
        function_(row)
    assert (sys.getrefcount(row), sys.getrefcount(a)) == before


def test_read_only_elements():
    a = filled(PACKED, 3)
    a.flags.writeable = False
    for body in ("r['x'] = 1", "r[0] = 1", "return r['x']", "return r"):
        plain = function(body, "r")
        outcomes = []
        for f in (plain, native(plain)):
            try:
                outcomes.append(repr(f(a[1])))
            except ValueError as error:
                outcomes.append(str(error))
        assert outcomes[0] == outcomes[1]


def unaligned():
    a = np.zeros(41, np.uint8)[1:].view(np.float64)
    a[:] = [3, 1, 2, 5, 4]
    return a


@pytest.mark.parametrize(
    "body",
    [
        "return a.sum(), a * 2, a.mean()",
        "a.sort()",
        "a[1:] = a[:-1]",
        "return np.sort(a), np.argsort(a), np.partition(a, 2)",
        "a += 1\nreturn a",
        "return a[a > 2], np.median(a), np.unique(a)",
        "return a.reshape(5, 1) @ a.reshape(1, 5)",
        "np.random.default_rng(1).random(out=a)",
        "np.random.default_rng(1).shuffle(a)",
        "for i in range(len(a)):\n    a[i] = i",
    ],
)
def test_arrays_at_any_address(body):
    check(function(body), unaligned())


def test_dtypes_from_elsewhere():
    def made():
        dtype = PACKED

        def f(n):
            a = np.zeros(n, dtype=dtype)
            b = np.empty(n, dtype)
            for i in range(n):
                a[i] = (i, i * 0.5, i + 1, i * 1j)
                b[i] = a[i]
            b["x"][0] = 4
            return a, b

        return f

    check(made(), 4)


def test_refused_parts():
    a = filled(BLOCKS, 2)
    for body, code in (
        ("return a['nothing']", "CB0503"),
        ("return a[0]['nothing']", "CB0503"),
        ("return a[0][9]", "CB0502"),
        ("a[0] = (1, 2)", "CB0504"),
        ("a[0] = 'text'", "CB0504"),
        ("a[0] = a", "CB0504"),
        ("return [r for r in a]", "CB0320"),
    ):
        refused(function(body), a, _code=code)


@pytest.mark.skipif(IDENTITY, reason="about compiled code")
def test_a_tuple_that_fits_half_way():
    # Fields are stored one after the other.
    a = filled(PACKED, 2)
    with pytest.raises(OverflowError, match="300 out of bounds for int8"):
        jit(function("a[0] = (1, 2.5, 3, 4)\na[0] = (v, 0, 0, 0)", "a, v"))(a, 300)
    assert a[0]["x"] == 2.5
