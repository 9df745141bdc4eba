"""Structured dtypes and record arrays; dtypes as objects."""

import numpy as np

from tests.corpus import call, program

PARTICLE = np.dtype([("x", np.float64), ("v", np.float32), ("id", np.int32), ("on", np.bool_)])
NESTED = np.dtype([("pos", np.float64, (3,)), ("w", np.float64)])


def particles(n=3):
    a = np.zeros(n, PARTICLE)
    a["x"] = np.arange(n) * 0.5
    a["v"] = 2.0
    a["id"] = np.arange(n) * 10
    a["on"][::2] = True
    return a


@program(call(particles()))
def field_of_an_item(a):
    return a[0]["x"], a[1]["v"], a[2]["id"], a[0]["on"]


@program(call(particles()))
def field_of_the_array(a):
    return a["x"].sum(), a["id"][1], a["v"]


@program(call(particles()))
def stores(a):
    a[0]["x"] = 9.0
    a["v"][1] = 0.1
    for i in range(len(a)):
        a[i]["id"] += i


@program(call(particles()))
def loop_over_records(a):
    s = 0.0
    for p in a:
        if p["on"]:
            s += p["x"] * p["v"]
        p["x"] = -1.0
    return s


@program(call(particles().view(np.recarray)))
def attributes(a):
    s = 0.0
    for i in range(len(a)):
        s += a[i].x * a[i].v
        a[i].id = 5
    return s, a.x[1]


@program(call(particles()[1]))
def a_record_argument(r):
    return r["x"] * 2, r["id"]


@program(call(particles()))
def a_record_result(a):
    return a[1]


@program(call(np.zeros(2, NESTED)))
def subarrays(a):
    for i in range(len(a)):
        for k in range(3):
            a[i]["pos"][k] = i + k
        a[i]["w"] = 1.0
    return a["pos"][1].sum()


@program(call(particles()))
def whole_record_is_copied(a):
    a[0] = a[2]
    return a["id"]


@program(call(4))
def made_within(n):
    a = np.zeros(n, PARTICLE)
    for i in range(n):
        a[i]["id"] = i
    return a


@program(call(particles()))
def unknown_field(a):
    return a[0]["mass"]


@program(call(particles(), 1), call(particles(), 3))
def index_out_of_range(a, i):
    return a[i]["x"]


ALIGNED = np.dtype([("x", np.float64), ("id", np.int32), ("on", np.bool_)], align=True)


@program(call(np.zeros(3, ALIGNED).view(np.recarray)), call(particles().view(np.recarray)))
def attributes_of_rows(a):
    for i in range(len(a)):
        row = a[i]
        row.x = i * 1.5
        row.id += 2
        a[i].on = i > 0
    return a[1].x, a[2].id


@program(call(np.zeros(3, ALIGNED).view(np.recarray), 2**40))
def attribute_out_of_bounds(a, n):
    a[0].id = n


@program(call(np.zeros(3, ALIGNED)), call(particles()))
def what_the_dtype_says(a):
    return a.dtype.names, a.dtype.itemsize, a.dtype.kind, len(a.dtype.names)


@program(call(np.ones(3)), call(np.ones(3, np.float32)), call(np.arange(3)))
def dtype_of_a_class(a):
    if a.dtype == float:
        return a.sum()
    return a.dtype == int, a.dtype.kind


PACKED = np.dtype([("k", np.int8), ("x", np.float64), ("n", np.uint16)])
INNER = np.dtype([("in", PACKED), ("q", ALIGNED, 2), ("pos", np.float64, (2, 2))])


def packed(n=5):
    a = np.zeros(n, PACKED)
    a["k"] = np.arange(n)
    a["x"] = np.arange(n)[::-1] * 1.5
    a["n"] = np.arange(n) * 7 % 5
    return a


@program(call(packed()), call(packed()[::-2]))
def packed_fields_are_arrays(a):
    a["x"] += a["n"]
    a["x"][a["k"] > 1] *= 2
    return a["x"].sum(), np.sort(a["x"]), a["n"][1:]


@program(call(packed()))
def swapped_elements_are_views(a):
    a[0], a[1] = a[1], a[0]
    return a[0]["x"], a[1]["x"]


@program(call(packed()), call(packed(1)), call(packed(0)))
def sorted_by_a_field(a):
    return a[np.argsort(a["n"], kind="stable")], a[a["x"] > 2], a.copy()


@program(call(packed()[1]), call(packed().view(np.recarray)[1]))
def changed_argument(r):
    r["x"] += 1
    r[0] = len(r)
    k, x, n = r
    return k + n, x, r.dtype.names, r.item(), r


@program(call(packed()[1], packed()[2]))
def two_records(r, s):
    return r == s, r == r, s if r["x"] > s["x"] else r


@program(call(packed(), 3), call(packed(), 300))
def whole_elements(a, n):
    a[0] = (n, 2, 3)
    a[1] = a[0]
    a[2:4] = (1, 2.5, 4)
    a[4] = 9
    return a


@program(call(np.zeros(3, INNER)))
def structures_within(a):
    a["in"]["x"] = 5
    a[1]["in"] = (1, 2.0, 3)
    a[0]["q"][1]["id"] = 7
    a["q"]["x"][:, 0] = 4
    a[2]["pos"] = [[1, 2], [3, 4]]
    a["pos"][0] = a["pos"][2] * 2
    return a["in"]["x"], a[1]["in"], a["pos"].sum(axis=0), a["q"].shape


@program(call(packed()))
def like_another(a):
    b = np.zeros_like(a)
    c = np.empty(2, a.dtype)
    b[1:] = a[:-1]
    c[:] = a[0]
    return b, c, np.concatenate((b, c))


@program(call(packed(), packed(3)))
def too_many_records(a, b):
    a[:2] = b


TEXTS = np.array([("ab", 1.5), ("c", 2.5)], [("name", "S4"), ("v", np.float64)])


@program(call(TEXTS))
def beside_text(a):
    a[0] = a[1]
    return a["v"].sum(), a


@program(call(TEXTS))
def text_fields(a):
    return len(a[0]["name"])
