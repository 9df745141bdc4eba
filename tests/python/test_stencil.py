"""`stencil`: beside a plain Python implementation, and beside Numba's.

The plain implementation calls the kernel with objects that look an index up in an array that
was padded by `np.pad`; it shares nothing with `cumbia._stencil` but the kernel.
"""

import copy
import itertools
import os
import pickle
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import cumbia
from cumbia import jit, stencil

PADS = {"nearest": "edge", "reflect": "symmetric", "wrap": "wrap"}


class Around:
    """Elements around a place."""

    def __init__(self, array, place):
        self.array, self.place = array, place

    def __getitem__(self, index):
        index = index if isinstance(index, tuple) else (index,)
        shifted = [
            slice(p + i.start, p + i.stop, i.step) if isinstance(i, slice) else p + i
            for p, i in zip(self.place, index)
        ]
        return self.array[tuple(shifted)]

    @property
    def shape(self):
        return self.array.shape


def plain(kernel, bounds, *args, mode="constant", cval=0, standard=(), out=None):
    """What a stencil is."""
    shape = args[0].shape
    pads = [(0, 0)] * len(shape)
    if mode != "constant":
        pads = [(-low, high) for low, high in bounds]
    used = [
        np.pad(a, pads, mode=PADS[mode])
        if mode != "constant" and isinstance(a, np.ndarray) and at not in standard else a
        for at, a in enumerate(args)
    ]
    values = {}
    for place in itertools.product(*map(range, shape)):
        if mode == "constant" and any(
            p + low < 0 or p + high >= n for p, n, (low, high) in zip(place, shape, bounds)
        ):
            continue
        at = [p + before for p, (before, _) in zip(place, pads)]
        values[place] = kernel(
            *[
                Around(a, at) if isinstance(a, np.ndarray) and i not in standard else a
                for i, a in enumerate(used)
            ]
        )
    if out is None:
        dtype = np.array(list(values.values())).dtype if values else None
        out = np.full(shape, cval, dtype)
    for place, value in values.items():
        out[place] = value
    return out


def same(got, wanted):
    assert got.dtype == wanted.dtype and got.shape == wanted.shape
    assert np.array_equal(got, wanted, equal_nan=got.dtype.kind in "fc")


def cross(a):
    return 0.25 * (a[0, 1] + a[1, 0] + a[0, -1] + a[-1, 0])


def ends(a):
    return a[-2] - 2 * a[0] + a[1]


def ahead(a):
    return a[3] + a[1]


def several(a):
    total = a[0, 0]
    for i in range(2):
        if a[0, -1] > total:
            total += a[-1, 1] * i
        else:
            return a[1, 0]
    return total


def corner(a):
    return a[-1, -1, 2] * 2 + a[0, 1, 0]


def deep(a):
    return a[0, 1, 0, -1] + a[0, 0, 0, 0]


def compared(a):
    return a[-1] < a[1]


KERNELS = {
    cross: [(-1, 1), (-1, 1)],
    ends: [(-2, 1)],
    ahead: [(0, 3)],
    several: [(-1, 1), (-1, 1)],
    corner: [(-1, 0), (-1, 1), (0, 2)],
    deep: [(0, 0), (0, 1), (0, 0), (-1, 0)],
    compared: [(-1, 1)],
}
SIZES = {1: (9,), 2: (5, 7), 3: (4, 3, 5), 4: (2, 3, 2, 4)}


def numbers(shape, dtype="float64"):
    values = np.random.default_rng(4).random(shape) * 100
    return (values + 1j * values[::-1]).astype(dtype) if "complex" in dtype else values.astype(dtype)


@pytest.mark.parametrize("mode", ["constant", *PADS])
@pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.__name__)
def test_kernels(kernel, mode):
    bounds = KERNELS[kernel]
    made = stencil(mode)(kernel)
    for dtype in ("float64", "float32", "int64", "int8"):
        array = numbers(SIZES[len(bounds)], dtype)
        with np.errstate(over="ignore"):
            same(made(array), plain(kernel, bounds, array, mode=mode))


@pytest.mark.parametrize("mode", ["constant", *PADS])
@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (1, 1), (1, 5), (2, 2), (2, 9), (3, 3)])
def test_small_arrays(shape, mode):
    made = stencil(cross, mode=mode)
    array = numbers(shape)
    got = made(array)
    assert got.dtype == np.float64 and got.shape == shape
    if 0 not in shape:
        assert np.array_equal(got, plain(cross, KERNELS[cross], array, mode=mode))


def test_far_beyond_the_edges():
    for mode in PADS:
        def far(a):
            return a[-7] + 10 * a[8]

        array = numbers(3)
        same(stencil(mode)(far)(array), plain(far, [(-7, 8)], array, mode=mode))


@pytest.mark.parametrize("mode", ["constant", *PADS])
def test_layouts(mode):
    base = numbers((10, 14))
    made = stencil(cross, mode=mode)
    for array in (base[::2, ::2], base[::-1], base.T, np.asfortranarray(base), base[:, ::-3]):
        same(made(array), plain(cross, KERNELS[cross], array, mode=mode))
    locked = base.copy()
    locked.flags.writeable = False
    same(made(locked), plain(cross, KERNELS[cross], locked, mode=mode))


def test_dtypes_of_results():
    array = numbers(6, "complex64")
    same(stencil(ends)(array), plain(ends, KERNELS[ends], array))
    truths = numbers(6) > 50

    def both(a):
        return a[0] and a[1]

    same(stencil(both)(truths), plain(both, [(0, 1)], truths))

    def constant(a):
        a[0]
        return 3

    assert stencil(constant)(numbers(3)).tolist() == [3, 3, 3]
    assert stencil(constant)(numbers(3)).dtype == np.int64


def test_cval():
    array = numbers(6)
    for cval in (1.5, -2, True, np.float64(3.5), float("nan")):
        made = stencil(cval=cval)(ends)
        same(made(array), plain(ends, KERNELS[ends], array, cval=cval))
    integers = numbers(6, "int64")
    same(stencil(cval=-7)(ends)(integers), plain(ends, KERNELS[ends], integers, cval=-7))
    with pytest.raises(ValueError, match="cval type does not match"):
        stencil(cval=1.5)(ends)(integers)
    with pytest.raises(cumbia.TypingError, match="a complex number can't be stored"):
        stencil(cval=1j)(ends)(array)
    with pytest.raises(OverflowError):
        stencil(cval=300)(ends)(numbers(6, "int8"))


def test_out():
    array = numbers(8)
    out = np.full(8, 9.0)
    got = stencil(ends)(array, out=out)
    assert got is out or np.shares_memory(got, out)
    same(out, plain(ends, KERNELS[ends], array, out=np.full(8, 9.0)))
    filled = np.full(8, 9.0)
    stencil(cval=2.0)(ends)(array, out=filled)
    same(filled, plain(ends, KERNELS[ends], array, cval=2.0))
    narrow = np.zeros(8, np.float32)
    stencil(ends)(array, out=narrow)
    same(narrow, plain(ends, KERNELS[ends], array).astype(np.float32))
    with pytest.raises(ValueError, match="shape of the first array"):
        stencil(ends)(array, out=np.zeros(7))
    with pytest.raises(TypeError, match="out is an array"):
        stencil(ends)(array, out=[0.0] * 8)


def weighted(a, b, scale, table):
    return (a[-1] * b[1] + scale) * table[2]


@pytest.mark.parametrize("mode", ["constant", *PADS])
def test_several_arguments(mode):
    a, b, table = numbers(7), numbers(7)[::-1].copy(), numbers(3)
    made = stencil(mode, standard_indexing="table")(weighted)
    wanted = plain(weighted, [(-1, 1)], a, b, 2.5, table, mode=mode, standard=(3,))
    same(made(a, b, 2.5, table), wanted)
    same(made(a, b=b, table=table, scale=2.5), wanted)
    same(made(a.astype("f4"), b.astype("f4"), 2.0, table.astype("f4")), plain(
        weighted, [(-1, 1)], a.astype("f4"), b.astype("f4"), 2.0, table.astype("f4"),
        mode=mode, standard=(3,),
    ))
    if mode == "constant":
        longer = numbers(9)
        same(made(a, longer, 1, table), plain(weighted, [(-1, 1)], a, longer, 1, table, standard=(3,)))
    with pytest.raises(ValueError, match="Secondary stencil array"):
        made(a, b[:-1], 2.5, table)


def window(a, n):
    total = 0.0
    for i in range(-n, n + 1):
        total += a[i]
    return total


def slices(a):
    return np.mean(a[-1:2, 0]) + a[0, -1:2].max()


def halves(a):
    return a[-2:1].sum()


def test_neighborhood():
    array = numbers(12)
    made = stencil(neighborhood=((-2, 2),))(window)
    assert made.neighborhood == ((-2, 2),)
    same(made(array, 2), plain(window, [(-2, 2)], array, 2))
    same(made(array, 1), plain(window, [(-2, 2)], array, 1))
    for mode in PADS:
        looked = stencil(mode, neighborhood=((-2, 2),))(window)
        same(looked(array, 2), plain(window, [(-2, 2)], array, 2, mode=mode))
    # Indices beyond the neighborhood that was said are those of no other element.
    with pytest.raises(IndexError):
        made(array, 5)


def test_slices():
    array = numbers((5, 6))
    for option in ({}, {"neighborhood": ((-1, 1), (-1, 1))}):
        same(stencil(**option)(slices)(array), plain(slices, [(-1, 1)] * 2, array))
    same(stencil(halves)(array[0]), plain(halves, [(-2, 0)], array[0]))


def test_shape_in_kernels():
    def relative(a):
        return a[1] / a.shape[0]

    array = numbers(6)
    same(stencil(relative)(array), plain(relative, [(0, 1)], array))


def test_constants_of_indices():
    def computed(a):
        return a[2 - 1] - a[-(1 + 1)] + a[+1]

    array = numbers(6)
    same(stencil(computed)(array), plain(computed, [(-2, 1)], array))


LAMBDAS = stencil(lambda a: a[0] + a[1]), stencil(lambda a: a[0] - a[-1])


def test_lambdas_on_a_line():
    array = numbers(5)
    same(LAMBDAS[0](array), plain(lambda a: a[0] + a[1], [(0, 1)], array))
    same(LAMBDAS[1](array), plain(lambda a: a[0] - a[-1], [(-1, 0)], array))


@stencil
def shared(a):
    return a[-1] + a[1]


@stencil("wrap")
def around(a, k):
    return a[-1] * k + a[1]


@pytest.mark.parametrize("parallel", [False, True])
def test_in_compiled_code(parallel):
    def both(x, k, out):
        y = shared(x)
        shared(x, out=out)
        return y + around(x, k) * 2

    compiled = jit(both, parallel=parallel)
    x = numbers(9)
    mine, theirs = np.full(9, 7.0), np.full(9, 7.0)
    wanted = both(x, 1.5, theirs)
    same(compiled(x, 1.5, mine), wanted)
    same(mine, theirs)
    same(theirs[1:-1], x[:-2] + x[2:])


def random_case(seed):
    """A kernel of random indices, its bounds, and arrays."""
    rng = np.random.default_rng(seed)
    axes = int(rng.integers(1, 4))
    count = int(rng.integers(1, 3))
    terms, bounds = [], [(0, 0)] * axes
    for _ in range(int(rng.integers(1, 6))):
        index = rng.integers(-3, 4, axes).tolist()
        name = "ab"[int(rng.integers(0, count))]
        terms.append(f"{name}[{', '.join(map(str, index))}] * {int(rng.integers(-3, 4))}")
        bounds = [(min(l, i), max(h, i)) for (l, h), i in zip(bounds, index)]
    zero = f"a[{', '.join('0' * axes)}]"
    names = ["a", "b"][:count]
    text = f"def kernel({', '.join(names)}):\n    return {' + '.join([zero, *terms])}\n"
    shape = tuple(int(n) for n in rng.integers(1, 9 if axes < 3 else 6, axes))
    dtype = ["float64", "float32", "int64", "int16"][int(rng.integers(0, 4))]
    arrays = [(rng.random(shape) * 50).astype(dtype) for _ in names]
    if rng.random() < 0.3:
        arrays = [np.asfortranarray(one) for one in arrays]
    return text, bounds, arrays, ["constant", *PADS][int(rng.integers(0, 4))]


@pytest.mark.parametrize("seed", range(40))
def test_random_kernels(seed, tmp_path):
    text, bounds, arrays, mode = random_case(seed)
    file = tmp_path / "kernel.py"
    file.write_text(text)
    space = {}
    exec(compile(text, str(file), "exec"), space)
    kernel = space["kernel"]
    got = stencil(mode)(kernel)(*arrays)
    wanted = plain(kernel, bounds, *arrays, mode=mode)
    if mode == "constant" and any(n <= h - l for n, (l, h) in zip(arrays[0].shape, bounds)):
        # No place has all its neighbors.
        assert got.shape == wanted.shape and not got.any()
    else:
        same(got, wanted)


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("mode", ["constant", *PADS])
def test_parallel(threads, mode):
    array = numbers((37, 23))
    before = cumbia.get_num_threads()
    made = stencil(mode, parallel=True)(cross)
    try:
        cumbia.set_num_threads(min(threads, before))
        same(made(array), plain(cross, KERNELS[cross], array, mode=mode))
        line = stencil(mode, parallel=True)(ends)
        same(line(array[0]), plain(ends, KERNELS[ends], array[0], mode=mode))
    finally:
        cumbia.set_num_threads(before)


def test_exceptions_have_the_kernels_lines():
    def divides(a, by):
        return 1 // by + a[0]

    with pytest.raises(ZeroDivisionError) as caught:
        stencil(divides)(numbers(3), 0)
    names = [entry.name for entry in caught.traceback]
    assert names[-1] == "divides" and "apply" not in names


def test_attributes():
    assert shared.__name__ == "shared" and "shared" in repr(shared)
    assert shared.py_func(Around(np.arange(5.0), (2,))) == 4.0
    again = stencil(jit(ends))
    same(again(numbers(5)), plain(ends, KERNELS[ends], numbers(5)))


def test_pickles():
    assert pickle.loads(pickle.dumps(shared)) is shared
    assert copy.deepcopy(shared) is shared
    with pytest.raises((pickle.PicklingError, AttributeError)):
        pickle.dumps(stencil(lambda a: a[0] + a[1]))


def no_result(a):
    a[0] + a[1]


def writes(a):
    a[0] = 1
    return a[1]


def varying(a, n):
    return a[n]


def whole(a):
    return np.sum(a) + a[0]


def two_counts(a):
    return a[0] + a[0, 1]


def open_slice(a):
    return a[:1].sum()


REFUSED = [
    (no_result, "returns nothing", ()),
    (writes, "writes to 'a'", ()),
    (varying, "how far this index of 'a' reaches", (1,)),
    (whole, "what is read of 'a'", ()),
    (two_counts, "2 indices here and with 1", ()),
    (open_slice, "how far this index", ()),
]


@pytest.mark.parametrize(("kernel", "words", "more"), REFUSED, ids=lambda x: getattr(x, "__name__", ""))
def test_refused(kernel, words, more):
    with pytest.raises(cumbia.UnsupportedError, match=words) as caught:
        stencil(kernel)(numbers(5), *more)
    assert caught.value.code == "CB0270"
    assert f"{__file__}:{caught.value.diagnostics[0]['spans'][0]['line']}:" in str(caught.value)
    first = kernel.__code__.co_firstlineno
    assert first <= caught.value.diagnostics[0]["spans"][0]["line"] <= first + 3


def test_refused_in_compiled_code():
    varies = stencil(varying)

    @jit
    def calls(x):
        return varies(x, 1)

    with pytest.raises(cumbia.CompileError, match="how far this index of 'a' reaches"):
        calls(numbers(5))


def test_slices_need_constant():
    with pytest.raises(cumbia.UnsupportedError, match="mode='constant' alone"):
        stencil("wrap")(halves)


def test_wrong_uses():
    for bad, error, words in [
        (lambda: stencil("mirror"), ValueError, "constant, nearest, reflect, wrap"),
        (lambda: stencil(ends, mode="zero"), ValueError, "mode is one of"),
        (lambda: stencil(ends, cvla=0), TypeError, "no option 'cvla'"),
        (lambda: stencil(ends, cval="x"), TypeError, "cval is a number"),
        (lambda: stencil(ends, neighborhood=3), TypeError, "pair of ints"),
        (lambda: stencil(ends, neighborhood=((1, -1),)), TypeError, "pair of ints"),
        (lambda: stencil(ends, neighborhood=((-1, 1),)), ValueError, "beyond the neighborhood"),
        (lambda: stencil(ends, neighborhood=((-2, 1), (0, 0))), ValueError, "2 dimensional"),
        (lambda: stencil(weighted, standard_indexing="tab"), ValueError, "not present"),
        (lambda: stencil(weighted, standard_indexing=["a"]), ValueError, "first argument"),
        (lambda: stencil(lambda x, y: 1.0), ValueError, "no accesses to relatively indexed"),
        (lambda: stencil(lambda *x: x[0]), TypeError, "plain parameters"),
        (lambda: stencil(5), TypeError, "Python function"),
        (lambda: stencil(ends)(), TypeError, "takes 1 arguments, not 0"),
        (lambda: stencil(ends)(3.0), TypeError, "must be an array"),
        (lambda: stencil(ends)(numbers((3, 3))), ValueError, "indexed with 1 indices"),
        (lambda: stencil(ends)(np.array(3.0)), TypeError, "1 to 4 axes"),
        (lambda: stencil(weighted)(numbers(3), numbers((3, 3)), 1, numbers(3)), ValueError, "has 2 axes"),
    ]:
        with pytest.raises(error, match=words):
            bad()


def test_without_compiling(tmp_path):
    program = """
        import numpy as np
        from cumbia import stencil

        @stencil
        def ends(a):
            return a[-1] + a[1]

        @stencil("wrap")
        def around(a):
            return a[-1] < a[1]

        print(ends(np.arange(5)).tolist(), around(np.arange(3)).tolist())
        print(ends(np.arange(2), out=np.zeros(2)).tolist(), ends(np.zeros(0)).tolist())
    """
    file = tmp_path / "program.py"
    file.write_text(textwrap.dedent(program))
    run = subprocess.run(
        [sys.executable, file], capture_output=True, text=True, timeout=60, check=True,
        env={**os.environ, "CUMBIA_DISABLE_JIT": "1"},
    )
    assert run.stdout == "[0, 2, 4, 6, 0] [False, True, False]\n[0.0, 0.0] []\n"


@pytest.mark.parametrize("kernel", [cross, ends, ahead, several], ids=lambda kernel: kernel.__name__)
def test_beside_numba(kernel):
    numba = pytest.importorskip("numba")
    array = numbers(SIZES[len(KERNELS[kernel])])
    theirs = numba.stencil(kernel, cval=1.5)
    ours = stencil(kernel, cval=1.5)
    same(ours(array), theirs(array))


def test_as_an_argument_of_compiled_code():
    @cumbia.stencil
    def cross(a):
        return a[-1, 0] + a[1, 0] + a[0, -1] + a[0, 1]

    @cumbia.jit
    def apply(function, a):
        return function(a)

    a = np.arange(30.0).reshape(5, 6)
    assert np.array_equal(apply(cross, a), cross(a))
