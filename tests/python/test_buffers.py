"""`bytearray`, `array.array` and `memoryview` in compiled functions against CPython.

Arguments are used in place, so what an exception leaves behind, aliases among the arguments
and arrays over the same memory are compared as well.
"""

import array
import dataclasses
import threading
from typing import NamedTuple

import numpy as np
import pytest

import cumbia._cumbia as native
from cumbia import jit
from tests.python.harness import check, define, refused

CODES = "bBhHiIlLqQfd"


def buffers(code):
    numbers = [3, 1, 2, 0, 100] if code not in "fd" else [1.5, -2.25, 0.0]
    yield array.array(code, numbers)
    yield array.array(code)
    yield memoryview(array.array(code, numbers))


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize(
    "text",
    ["[x for x in b]", "sum(b, b[0])", "len(b)", "bool(b)", "b[0]", "b[-1]", "b[4]", "b[-6]", "list(b)", "sorted(b)", "max(b)",
     "2 in b", "b.tolist()", "b.tobytes()", "b.itemsize", "[i * x for i, x in enumerate(b)]", "list(reversed(b))",
     "list(zip(b, b))", "bytes(b)", "b == b", "[b[i] for i in range(len(b) - 1, -1, -1)]", "b is None", "isinstance(b, int)"],
)  # fmt: skip
def test_reading(code, text):
    function = define(f"def f(b):\n    return {text}\n")
    for b in buffers(code):
        if "isinstance" in text:
            continue
        check(function, b)
    assert native.live_allocations() == 0


@pytest.mark.parametrize("code", CODES)
def test_storing(code):
    store = define("def f(b, i, x):\n    b[i] = x\n    return b[i]\n")
    for value in (0, 1, -1, 127, 128, -128, -129, 255, 256, 2**15, 2**16, 2**31, -(2**31) - 1, 2**32, 2**63 - 1, -(2**63), True):
        check(store, array.array(code, [0, 0]), 1, value)
        check(store, memoryview(array.array(code, [0, 0])), 0, value)
    for at in (2, -3, -2):
        check(store, array.array(code, [0, 0]), at, 300)
        check(store, memoryview(array.array(code, [0, 0])), at, 1)
    if code in "fd":
        check(store, array.array(code, [0]), 0, 0.1)
        check(store, memoryview(array.array(code, [0])), 0, -0.1)
    else:
        refused(store, array.array(code, [0]), 0, 1.5, _code="CB0506")


ARRAY = """append(1) extend([1,2]) extend(range(3)) extend(b) pop() pop(0) pop(-2) pop(9) insert(1,7) insert(-9,7) insert(99,7)
    remove(2) remove(55) index(2) index(99) index(1,-3) count(1) reverse() fromlist([1,2]) frombytes(b'') frombytes(b'123')
    tolist() tobytes()""".split()


@pytest.mark.parametrize("text", [*(f"b.{t}" for t in ARRAY), "b[1:3]", "b[::-2]", "b[:]", "b + b", "b * 3", "-1 * b", "b == b[:]", "b != b[1:]"])
def test_methods_of_arrays(text):
    if text == "b.extend(b)":
        pytest.skip("the harness copies arguments")
    for source in (f"def f(b):\n    return {text}\n", f"def f(b):\n    x = {text}\n    b.append(5)\n    return x, b, len(b)\n"):
        function = define(source)
        for code in "bHiqd":
            check(function, array.array(code, [3, 1, 2, 0, 100]))
            check(function, array.array(code))
    assert native.live_allocations() == 0


BYTEARRAY = """append(1) append(256) extend(b'xy') extend([1,2]) extend([1,300]) extend(range(3)) pop() pop(0) pop(-2) pop(9)
    insert(1,7) insert(-9,7) insert(99,7) insert(0,256) remove(98) remove(5) index(b'b') index(98) index(b'z') count(b'a')
    reverse() clear() copy() find(b'b') find(98) rfind(b'a',1) startswith(b'a') endswith((b'c',b'')) decode() hex() hex(':')""".split()


@pytest.mark.parametrize(
    "text",
    [*(f"b.{t}" for t in BYTEARRAY), "b[1:3]", "b[::-2]", "b[:]", "b + b'x'", "b * 3", "0 * b", "b == b'abca'", "b != b[1:]", "b < b'b'",
     "b >= b[:2]", "97 in b", "b'bc' in b", "300 in b", "bytes(b)", "bytearray(b)", "b'x' + b", "b.replace", "list(b)", "b[0]", "b[77]",
     "int.from_bytes(b[:4], 'big')", "[x for x in b if x > 97]"],
)  # fmt: skip
def test_methods_of_bytearrays(text):
    if text in ("b.replace", "b'x' + b"):
        return
    for source in (f"def f(b):\n    return {text}\n", f"def f(b):\n    x = {text}\n    b.append(5)\n    return x, b, len(b)\n"):
        function = define(source)
        for b in (bytearray(b"abca"), bytearray(), bytearray(b"\xff"), bytearray(b"abcdefghijklmnop")):
            check(function, b)
    assert native.live_allocations() == 0


@pytest.mark.parametrize("text", ["b[1:2] = b'xyz'", "b[:] = b''", "b[1:1] = b", "b[-1:] = [1, 2]", "b[9:] = b'end'", "b[2:1] = b'x'", "b[0:2] = bytearray(b'q')",
                                  "b += b'more'", "b += b", "b[0] = 256", "b[9] = 300", "b[9] = 1", "b[-1] ^= 32"])  # fmt: skip
def test_assignment_in_bytearrays(text):
    function = define(f"def f(b):\n    {text}\n    return b\n")
    for b in (bytearray(b"abca"), bytearray(b"a")):
        check(function, b)
    assert native.live_allocations() == 0


@pytest.mark.parametrize(
    "text",
    ["bytearray()", "bytearray(n)", "bytearray([n, 1])", "bytearray(b'abc') * n", "bytearray(range(n))", "bytearray('é', 'utf-8')",
     "bytearray.fromhex('00 ff')", "array.array('d')", "array.array('i', [1, n])", "array.array('B', b'xyz')", "array.array('h', range(n))",
     "array.array('q', array.array('q', [n]))", "array.array('f', [0.1, n])", "bytearray(x * 2 for x in range(n))"],
)  # fmt: skip
def test_made_within(text):
    function = define(f"import array\ndef f(n):\n    return {text}\n")
    for n in (0, 1, 3, 255, 256, -1):
        check(function, n)
    source = f"import array\ndef f(n):\n    out = {text}\n    for i in range(100):\n        out.append(i)\n    return out, sum(out), out\n"
    check(define(source), 3)
    assert native.live_allocations() == 0


def test_loops_in_place():
    sieve = define(
        """
        def f(n):
            marks = bytearray(n)
            found = []
            for i in range(2, n):
                if not marks[i]:
                    found.append(i)
                    for k in range(i * i, n, i):
                        marks[k] = 1
            return found, marks
        """
    )
    check(sieve, 50)
    check(sieve, 2)
    running = define("def f(a):\n    total = 0.0\n    for i in range(len(a)):\n        total += a[i]\n        a[i] = total\n    return total\n")
    check(running, array.array("d", [1.5, 2.0, -1.0]))
    check(running, memoryview(array.array("d", [1.0, 2.0, 4.0])))
    growing = define("def f(b):\n    for x in b:\n        if len(b) < 9:\n            b.append(x + 1)\n    return b\n")
    check(growing, bytearray(b"\x01"))


def test_exceptions_leave_what_was_done():
    function = define("def f(b, n):\n    for i in range(n):\n        b.append(i)\n        b[i] = 7 // (3 - i)\n    return b\n")
    check(function, bytearray(b"xy"), 3)
    check(function, bytearray(b"xy"), 5)
    check(function, array.array("h", [9]), 5)
    assert native.live_allocations() == 0


def test_aliases_and_exports():
    @jit
    def both(a, b):
        a.append(1)
        b[0] = 9
        return a is b, len(b)

    b = bytearray(b"x")
    try:
        both(b, b)
    except Exception as error:
        assert "CB" in str(error)

    @jit
    def touch(b, x):
        b[0] = 5
        return x[0] + b[1]

    b = bytearray(b"\x01\x02")
    assert touch(b, np.frombuffer(b, np.uint8)) == 7 and b[0] == 5

    @jit
    def grow(b):
        b.append(1)

    held = memoryview(b)
    with pytest.raises(BufferError):
        grow(b)
    assert bytes(b) == b"\x05\x02"
    held.release()
    grow(b)
    assert bytes(b) == b"\x05\x02\x01"
    b.append(3)

    @jit
    def caught(b):
        try:
            b.append(1)
        except BufferError:
            return "held"
        return "free"

    held = memoryview(b)
    assert caught(b) == "held"
    del held
    assert caught(b) == "free"


def test_identity_of_results():
    @jit
    def same(b, a):
        b.append(1)
        return b, a, (b, b[:])

    b, a = bytearray(b"x"), array.array("d", [1.0])
    got = same(b, a)
    assert got[0] is b and got[1] is a and got[2][0] is b and got[2][1] is not b
    assert b == bytearray(b"x\x01")


def test_what_isnt_taken():
    function = define("def f(b):\n    return b[0]\n")
    for b in (memoryview(np.ones((2, 2))), memoryview(b"abc")[::2], array.array("u", "ab"), memoryview(np.array([1 + 2j]))):
        with pytest.raises(TypeError, match="can't be passed"):
            jit(function)(b)
    check(function, memoryview(b"abc"))
    check(define("def f(b):\n    b[0] = 1\n"), memoryview(b"abc"))
    check(define("def f(b):\n    return b.readonly, b.format, b.nbytes, b.shape, b.ndim\n"), memoryview(b"abc"))
    with pytest.raises(TypeError):
        jit(lambda xs: xs[0])([bytearray(b"a")])
    refused(define("def f(b):\n    return [b]\n"), bytearray(b"a"), _code="CB0320")


def test_stores_that_always_raise():
    for text in ("b[0] = 300", "b[0] = -1", "b[5] = 1"):
        for b in (array.array("b", [1]), memoryview(bytearray(b"a")), bytearray(b"a"), memoryview(b"abc")):
            check(define(f"def f(b):\n    {text}\n    return 1\n"), b)
            source = f"def f(b):\n    try:\n        {text}\n    except (OverflowError, ValueError, TypeError, IndexError) as e:\n        return str(e)\n    return ''\n"
            check(define(source), b)
    assert native.live_allocations() == 0


def test_in_generators_and_closures():
    check(define("def f(b):\n    def g():\n        for x in b:\n            yield x * 2\n    return list(g())\n"), bytearray(b"ab"))
    check(define("def f(b):\n    def add(x):\n        b.append(x)\n        return len(b)\n    return add(1) + add(2), b\n"), bytearray(b"ab"))
    assert native.live_allocations() == 0


def test_another_thread_cant_resize():
    @jit
    def spin(b, n):
        total = 0
        for _ in range(n):
            total += b[0]
        return total

    b = bytearray(b"\x01" * 4)
    spin(b, 1)
    thread = threading.Thread(target=spin, args=(b, 30_000_000))
    thread.start()
    refused_once = False
    while thread.is_alive():
        try:
            b.append(0)
            b.pop()
        except BufferError:
            refused_once = True
    thread.join()
    assert refused_once
    b.append(1)


@pytest.mark.parametrize("text", ["b[0]", "b[-1]", "b[9]", "b[1:3]", "b[:]", "b[::2]", "b[::-2]", "b[3:0:-1]", "b[5:2]", "b[n:]", "b[-n]", "b[1::3]"])
def test_deletion(text):
    function = define(f"def f(b, n):\n    del {text}\n    return b, len(b)\n")
    for b in (bytearray(b"abcdefg"), bytearray(b"a"), bytearray(), array.array("h", [1, -2, 3, 4]), array.array("d", [1.5])):
        for n in (0, 1, 2):
            check(function, b, n)
    refused(function, memoryview(bytearray(b"abc")), 1, _code="CB0506")
    assert native.live_allocations() == 0


SHRINKING = """b.pop() b.pop(0) b.remove(98) b.clear() b.insert(0,1) b.append(1) b.extend([1]) b.reverse() b+=b'x' b[0:2]=b'z' b[0:0]=b'z'
    b[:2]=b'yz' b[5:]=b''""".split()


@pytest.mark.parametrize("text", [*SHRINKING, "del b[0]", "del b[0:2]", "del b[::2]"])
def test_what_is_held_elsewhere_stays_as_it_is(text):
    """Another view of the memory forbids Python to resize: the content isn't touched."""
    function = jit(define(f"def f(b):\n    {text}\n"))
    plain = define(f"def f(b):\n    {text}\n")
    for make in (lambda: bytearray(b"abcd"), lambda: array.array("b", [97, 98, 99])):
        if ("b'" in text or "clear" in text) and isinstance(make(), array.array):
            continue
        outcomes = []
        for f in (plain, function):
            b = make()
            with memoryview(b):
                try:
                    f(b)
                    error = None
                except BufferError as caught:
                    error = str(caught)
            outcomes.append((error, b))
        assert outcomes[0] == outcomes[1]


def test_inside_tuples_and_instances():
    pair = define("def f(t):\n    t[0].append(1)\n    t[1][0] = 2.5\n    return t[0], t[1][0], len(t[0]), t\n")
    check(pair, (bytearray(b"xy"), array.array("d", [1.0])))
    check(define("def f(t):\n    b, (m, n) = t\n    m[0] = n\n    return b[0] + m[0]\n"), (bytearray(b"xy"), (memoryview(bytearray(b"z")), 5)))

    @jit
    def grown(t):
        t[0].append(7)
        return t[0]

    b = bytearray(b"x")
    assert grown((b, 1)) is b and b == bytearray(b"x\x07")
    b.append(1)
    with pytest.raises(TypeError):
        grown([(b, 1)])
    b.append(1)

    @jit
    def both(t, b):
        t[0].append(7)
        return len(b), t[0] is b

    assert both((b, 1), b) == (len(b), True)
    assert native.live_allocations() == 0


@dataclasses.dataclass
class Holder:
    data: bytearray
    count: int


class Pair(NamedTuple):
    first: bytearray
    second: memoryview


def test_fields():
    @jit
    def fill(holder, n):
        for i in range(n):
            holder.data.append(i)
        return holder.data

    holder = Holder(bytearray(b"a"), 0)
    assert fill(holder, 3) is holder.data and holder == Holder(bytearray(b"a\x00\x01\x02"), 0)

    @jit
    def first(pair):
        pair.second[0] = 9
        return pair.first[0] + pair.second[0], pair

    pair = Pair(bytearray(b"\x01"), memoryview(bytearray(2)))
    total, same = first(pair)
    assert total == 10 and same == pair and same.first is pair.first and same.second is pair.second
    assert native.live_allocations() == 0


@pytest.mark.parametrize("code", CODES)
def test_copied_to_arrays(code):
    function = define("import numpy as np\ndef f(b):\n    x = np.array(b)\n    x[:1] = 7\n    return x, x.sum(), b\n")
    for b in buffers(code):
        if code in "LQq":
            refused(function, b, _code="CB0506")
        else:
            check(function, b)
    if code not in "LQq":
        check(define("import numpy as np\ndef f(b):\n    return np.array(b, dtype=np.float32)\n"), array.array(code, [1, 2]))
    refused(define("import numpy as np\ndef f(b):\n    return np.asarray(b)\n"), array.array(code, [1]), _code="CB0506")


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize(
    "text",
    ["list(b[1:3])", "b[:].tolist()", "b[-2:].tobytes()", "len(b[3:1])", "list(b[1:][1:][:-1])", "b[9:].nbytes", "b[:2] == b[:2]", "b[1:] is b[1:]",
     "sum(b[1:4], b[0])", "[list(b[i:i + 2]) for i in range(len(b))]", "b[1:3][5]", "bool(b[5:])", "b[1:].shape"],
)  # fmt: skip
def test_parts_of_memoryviews(code, text):
    check(define(f"def f(b):\n    return {text}\n"), memoryview(array.array(code, [3, 1, 2, 0, 100])))
    check(define(f"def f(b):\n    return {text}\n"), memoryview(array.array(code, [1])))
    assert native.live_allocations() == 0


def test_parts_look_at_the_same_memory():
    def plain(m, n):
        part = m[1:6]
        inner = part[1:]
        inner[0] = 200
        part[0] += n
        return part, inner, m[n:], (part, m)

    function = jit(plain)
    for n in (0, 3, 99):
        outcomes = []
        for f in (plain, function):
            b = bytearray(b"abcdefgh")
            got = f(memoryview(b), n)
            flat = [*got[:3], *got[3]]
            assert all(type(x) is memoryview and x.obj is b for x in flat)
            got[1][1] = 77
            outcomes.append((bytes(b), [(x.tolist(), x.format, x.readonly, x.shape) for x in flat]))
        assert outcomes[0] == outcomes[1]
    same = function(memoryview(bytearray(b"abcdefgh")), 1)
    assert same[3][0] is same[0]
    with pytest.raises(TypeError, match="cannot modify read-only memory"):
        function(memoryview(b"abcdefgh"), 1)
    rest = jit(lambda m: m[2:])(memoryview(b"abc"))
    assert rest == b"c" and rest.readonly
    assert native.live_allocations() == 0


def test_parts_in_loops_and_functions():
    source = """
        def total(m):
            if len(m) == 0:
                return 0
            return m[0] + total(m[1:])
        def f(m):
            def late():
                while len(m) > 2:
                    yield m[:2]
            first = next(late())
            return total(m), [int.from_bytes(m[i:i + 2], "big") for i in range(0, len(m), 2)], list(first)
    """
    check(define(source), memoryview(bytearray(b"abcdef")))
    check(define(source), memoryview(b"abc"))
    found = define("def f(m, c):\n    rest = m\n    n = 0\n    while len(rest) > 0 and rest[0] != c:\n        rest = rest[1:]\n        n += 1\n    return n, rest.tobytes()\n")
    check(found, memoryview(b"abcabc"), 99)
    check(found, memoryview(b"abcabc"), 7)
    assert native.live_allocations() == 0


@pytest.mark.parametrize("text", ["b[1:3] = b'xy'", "b[1:3] = b'x'", "b[:] = b", "b[1:] = b[:-1]", "b[:-1] = b[1:]", "b[9:] = b''", "b[1:3] = bytearray(b'zz')"])
def test_assignment_to_parts_of_memoryviews(text):
    function = define(f"def f(b):\n    {text}\n    return b.tobytes()\n")
    for b in (memoryview(bytearray(b"abcd")), memoryview(bytearray(b"a")), memoryview(b"abcd")):
        check(function, b)
    if "b'" in text:
        refused(function, memoryview(array.array("d", [1.0])), _code="CB0506")
    assert native.live_allocations() == 0


@pytest.mark.parametrize("text", ["b[1:3] = b", "b[:] = b[1:]", "b[1:1] = b[:2]", "b[9:] = b", "b[2:0] = b[:1]", "b[-1:] = array.array('h', [7, 8, 9])", "b[:] = array.array('h')"])
def test_assignment_to_parts_of_arrays(text):
    function = define(f"import array\ndef f(b):\n    {text}\n    return b, len(b)\n")
    for b in (array.array("h", [1, -2, 3, 4]), array.array("h", [5]), array.array("h")):
        check(function, b)
    refused(define("def f(b):\n    b[1:2] = [1]\n"), array.array("h", [1, 2]), _code="CB0506")
    refused(define("def f(b):\n    b[::2] = b\n"), array.array("h", [1, 2]), _code="CB0506")
    assert native.live_allocations() == 0


def test_patterns():
    source = "def f(b):\n    match b:\n        case {}:\n            return 1\n        case _:\n            return 0\n"
    for pattern in ("[x, y]", "[]", "[*rest]", "[1, *rest]"):
        check(define(source.format(pattern)), bytearray(b"ab"))
        for b in (array.array("h", [1, 2]), memoryview(b"ab")):
            refused(define(source.format(pattern)), b, _code="CB0303")
    for pattern in ("bytearray()", "bytearray(x)", "bytes()", "memoryview()", "[] | bytearray()"):
        check(define(source.format(pattern)), bytearray(b"ab"))
        check(define(source.format(pattern)), b"ab")
    check(define(source.format("memoryview()")), memoryview(b"ab"))


@pytest.mark.parametrize("make", [lambda: bytearray(b"abc"), lambda: array.array("h", [1, 2])])
def test_operands_that_are_no_integers(make):
    for text in ("b * 2.5", "2.5 * b", "b * '2'", "b[1.5]", "b['a']", "b.pop(1.0)", "b.append(None)", "b.insert('a', 1)", "b + 1", "b - b", "-b"):
        function = jit(define(f"def f(b):\n    return {text}\n"))
        with pytest.raises(TypeError):
            function(make())


@pytest.mark.parametrize("text", ["b *= n", "b *= 2", "b += b * n", "b *= True"])
def test_operators_in_place(text):
    function = define(f"def f(b, n):\n    c = b\n    {text}\n    return b, c is b, len(c)\n")
    for make in (lambda: bytearray(b"abc"), lambda: bytearray(), lambda: array.array("h", [1, 2]), lambda: array.array("d")):
        for n in (0, 1, 3, -1):
            check(function, make(), n)
            mine, plain = make(), make()
            jit(function)(mine, n)
            function(plain, n)
            assert mine == plain


def test_generators_that_leave():
    """A generator lives longer than the call, which has the memory exported."""
    refused(define("def f(b):\n    for x in b:\n        yield x\n"), bytearray(b"ab"), _code="CB0312")
    refused(define("def f(n):\n    b = bytearray(n)\n    yield b\n"), 3, _code="CB0312")
    refused(define("def f(t):\n    yield t[0][0]\n"), (memoryview(b"ab"), 1), _code="CB0312")

    @jit
    def counted(n):
        b = bytearray(n)
        for i in range(n):
            b[i] = i
            yield b[i] + len(b)

    assert list(counted(3)) == [3, 4, 5]
    some = counted(3)
    next(some)
    del some
    assert native.live_allocations() == 0


def test_numbers_times_sequences_in_place():
    """`n *= b` makes a new one."""
    for value in (bytearray(b"ab"), array.array("h", [1]), [1, 2]):
        check(define("def f(b):\n    n = 2\n    n *= b\n    return n, b\n"), value)


def test_elements_that_are_no_ints():
    function = jit(define("def f(b):\n    return b[1]\n"))
    for code in "LQ":
        numbers = array.array(code, [1, 2**63 - 1, 2**63])
        assert function(numbers) == 2**63 - 1
        for b in (numbers[1:], memoryview(numbers)[1:]):
            with pytest.raises(OverflowError):
                function(b)
