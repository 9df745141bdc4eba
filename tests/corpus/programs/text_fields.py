"""Texts of a fixed length: fields of structured dtypes, and arrays of them."""

import numpy as np

from tests.corpus import call, program

PERSON = np.dtype([("name", "U6"), ("code", "S4"), ("age", np.int32)])


def people():
    a = np.zeros(4, PERSON)
    a["name"] = ["Ann", "Bob", "", "Zoé"]
    a["code"] = [b"a1", b"b", b"abcd", b""]
    a["age"] = [30, 4, 5, 77]
    return a


def words():
    return np.array(["beta", "alpha", "", "délta", "beta"])


@program(call(people()))
def reads(a):
    return a[0]["name"], a[1]["code"], a[3]["name"], a[2]["name"], a[2]["code"], a[3]["code"]


@program(call(people(), "Bob"), call(people(), "Zoé"), call(people(), "nobody"))
def find_by_name(a, name):
    for i in range(len(a)):
        if a[i]["name"] == name:
            return i
    return -1


@program(call(people(), b"abcd"), call(people(), b"x"))
def find_by_code(a, code):
    for i, r in enumerate(a):
        if r["code"] == code:
            return i, r["age"]
    return -1, np.int32(0)


@program(call(people()))
def text_methods(a):
    out = []
    for r in a:
        out.append(r["name"].upper() + "/" + r["code"].decode() + "/" + str(len(r["name"])))
    return out


@program(call(people()))
def operators(a):
    n, c = a[1]["name"], a[1]["code"]
    return n + "!", "<" + n, n * 2, c + b"?", c * 2, n[0], n[-2:], c[0], c[:1], n < "C", "C" > n, n != c, n in "aBobx", "o" in n


@program(call(people()))
def as_text(a):
    r = a[3]
    return str(r["name"]), repr(r["name"]), f"{r['name']:>8}|{r['name']!s}", str(r["code"]), repr(a[0]["code"]), f"{a[0]['code']}"


@program(call(people()))
def truth(a):
    n = 0
    for r in a:
        if r["name"]:
            n += 1
        if not r["code"]:
            n += 10
    return n, bool(a[2]["name"])


@program(call(people(), "Alexander"), call(people(), "é"), call(people(), ""))
def stores_text(a, text):
    a[0]["name"] = text
    a["name"][1] = text
    a[2]["name"] = a[3]["name"]
    a[3]["code"] = "xyz12"
    return a[0]["name"] == text


@program(call(people(), "é"), call(people(), "ok"))
def bytes_of_text(a, text):
    a[0]["age"] = 1
    a[0]["code"] = text
    return a[0]["code"]


@program(call(people(), b"abcdef"), call(people(), b"a\x00"), call(people(), b"a\x00b"), call(people(), b"\xe9"))
def stores_bytes(a, code):
    a[0]["code"] = code
    a[1]["name"] = code
    return a[0]["code"], a[1]["name"]


@program(call(people()))
def stores_numbers(a):
    a[0]["name"] = 12
    a[0]["code"] = -7
    a[1]["name"] = 2.5
    a[1]["code"] = True
    a[2]["name"] = None
    a[3]["code"] = np.int64(12345)
    return a[0]["name"], a[1]["code"]


@program(call(people()))
def whole_elements(a):
    a[0] = a[3]
    a[1] = ("Eve", b"e", 9)
    b = a[2]
    b["name"] = "two"
    return a[0].item(), a.tolist()[1:3]


@program(call(people()))
def unpacked(a):
    total = 0
    names = ""
    for r in a:
        name, code, age = r
        names += name
        total += age + len(code)
    return names, total


@program(call(people()))
def slices_filled(a):
    a["name"][1:3] = "same"
    a["code"][:] = b"q"
    return a["name"]


@program(call(people()))
def field_arrays(a):
    names = a["name"]
    return names, a["code"][::-1], names[1:].copy(), len(names), names.shape, names.dtype.itemsize


@program(call(words()), call(words().astype("S")[:3] if False else np.array([b"x", b"", b"yz"])))
def array_of_texts(w):
    n = 0
    for x in w:
        n += len(x)
    return w[0], n, w.size, len(w), w.dtype.kind


@program(call(words(), "beta"), call(words(), ""))
def counted(w, what):
    n = 0
    for i in range(len(w)):
        if w[i] == what:
            n += 1
    return n


@program(call(words()))
def words_by_length(w):
    counts = {0: 0}
    for x in w:
        counts[len(x)] = counts.get(len(x), 0) + 1
    return counts


@program(call(words()))
def word_counts(w):
    counts = {"beta": 0}
    for x in w:
        key = str(x)
        counts[key] = counts.get(key, 0) + 1
    return counts, "alpha" in counts


@program(call(words(), {"beta": 1.5, "alpha": 2.0}))
def looked_up(w, d):
    total = 0.0
    for x in w:
        if x in d:
            total += d[x]
    return total


@program(call(words()))
def replaced(w):
    for i in range(len(w)):
        if w[i].startswith("b"):
            w[i] = w[i].replace("b", "BBBB")
    return w


@program(call(words(), 9), call(words(), -1))
def bounds(w, i):
    return w[i]


@program(call(words()))
def class_of_a_text(w):
    x = w[0]
    return isinstance(x, str), isinstance(x, np.str_), isinstance(x, bytes), isinstance(x, np.generic), type(x) is np.str_, type(x) is str, isinstance(x, (int, str))


@program(call(words(), np.array([True, False, True, True, False])))
def picked(w, mask):
    return w[mask], w[np.array([1, 0])]


@program(call(np.array([["a", "bc"], ["d", ""]])))
def two_dimensions(w):
    s = ""
    for i in range(w.shape[0]):
        for j in range(w.shape[1]):
            s += w[i, j] + ","
    w[1, 1] = "z"
    return s, w[1]


def greet(name):
    return "hi " + name


@program(call(people()))
def passed_on(a):
    return [greet(a[i]["name"]) for i in range(len(a))]


@program(call(people().view(np.recarray)))
def records(a):
    r = a[1]
    r.name = "Robert the first"
    a[0].code = b"zz"
    return r.name, a[0].code, a.name[3]


@program(call(people()))
def integers_in_texts(a):
    a[0]["name"] = "42"
    a[1]["name"] = "2.5"
    return int(a[0]["name"]) + 1, float(a[1]["name"])


@program(call(people(), b"abcd"), call(people(), b"a1\x00"))
def arrays_compared(a, code):
    return a["code"] == code, a["code"] != code, a["name"] < "B", "B" <= a["name"], a["name"] == b"Ann", a["code"] >= a["code"]


@program(call(people()))
def masks(a):
    return a[a["name"] == "Bob"]["age"], np.count_nonzero(a["code"] != b""), np.where(a["name"] == "")[0], "Bob" in a["name"], b"b" not in a["code"]


@program(call(words(), words()[:2]), call(words(), words()[:1]))
def compared_lengths(v, w):
    return v == w


@program(call(people(), people()))
def records_compared(a, b):
    b[1]["age"] = 99
    b[2]["code"] = b""
    return a == b, a != b, a == a[1], a[1] == b[1], a[0] == b[0]


@program(call(people(), "age"), call(people(), "name"), call(people(), "none"))
def sorted_by(a, name):
    return np.sort(a, order=name), np.argsort(a, order=name)


@program(call(people()))
def sorted_by_several(a):
    a["age"] = [1, 2, 1, 2]
    order = np.argsort(a, order=["age", "name"])
    b = np.sort(a)
    a.sort(order=("code", "age"))
    return order, b


@program(call(words()))
def sorted_texts(w):
    v = np.sort(w)
    order = w.argsort()
    w.sort()
    return v, order, w[-1]


NUMBERS = np.dtype([("x", np.float64), ("k", np.int8), ("z", np.complex128), ("t", "M8[D]")])


def numbers():
    a = np.zeros(40, NUMBERS)
    a["x"] = np.arange(40) % 7
    a["x"][::9] = np.nan
    a["k"] = np.arange(40) % 3
    a["z"] = (np.arange(40) % 5) * 1j
    a["t"] = np.arange(40)[::-1].astype("M8[D]")
    a["t"][3] = "NaT"
    return a


@program(call(numbers()))
def sorted_numbers(a):
    return a.argsort(order="x", kind="stable"), np.argsort(a, order=("k", "z"), kind="stable"), np.sort(a)["t"]


@program(call(people()[:0]))
def nothing_to_sort(a):
    return np.sort(a, order="age"), np.argsort(a), a == a


@program(call(people()))
def loop_over_fields(a):
    out = ""
    n = 0
    for v in a[3]:
        n += 1
        out += str(v) + ","
        a[3]["age"] = 1
    return out, n, len(a[3]), a[3][0], tuple(a[0])


@program(call(numbers()[:2]), call(np.ones(3, [("a", np.float64), ("b", np.float64)])))
def fields_by_number(a):
    total = 0
    for i, v in enumerate(a[1]):
        total += i
    for u, v in zip(a[0], a[1]):
        if u == v:
            total += 10
    return total


@program(call(np.ones(3, [("a", np.float64), ("b", np.float64)])))
def fields_of_one_type(a):
    s = 0.0
    for r in a:
        for v in r:
            s += v
    return s, sum(a[0]), [v * 2 for v in a[1]], max(a[2])


@program(call(people()))
def names_of_the_dtype(a):
    return a.dtype.names, a[0].dtype.names, len(a.dtype.names), a["name"].dtype.names
