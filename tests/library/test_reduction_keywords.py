"""``out=``, ``where=``, ``initial=``, ``mean=``, ``correction=`` of reductions, and running results."""

import numpy as np
import pytest
from cumbia import CompileError

from tests.library.arrays import filled, layouts
from tests.library.differential import agree, compiled, nearly, same_effect

WITH_OUT = ["sum", "prod", "mean", "var", "min", "max", "any", "all", "nansum", "nanmean", "nanmin"]


@pytest.mark.parametrize("function", WITH_OUT)
@pytest.mark.parametrize("source", ["int32", "float32", "float64"])
def test_out(function, source):
    for wanted in ("float64", "float32") if function == "nanmean" else ("float64", "float32", "int64", "int8"):
        for shape, axis in (((), None), ((4,), 0), ((3,), 1)):

            def make(shape=shape, wanted=wanted):
                out = np.zeros(shape, wanted)
                return (filled((3, 4), source), out), [out]

            same_effect(f"return np.{function}(a, axis={axis}, out=b)", make)


def test_out_is_the_array_itself():
    a, out = filled((3, 4), "float64"), np.zeros(4)
    for call in ("np.sum(a, 0, out=b)", "a.max(0, b)", "np.median(a, 0, out=b)", "a.cumsum(0, out=a)"):
        result = compiled(f"return {call}", "a, b")(a, out)
        assert result is (a if "cumsum" in call else out)


@pytest.mark.parametrize("function", ["sum", "max", "any", "argmin", "cumsum", "median", "ptp", "std"])
def test_out_of_another_shape(function):
    kind = "int64" if function == "argmin" else "float64"
    for shape in [(3,), (1,), (5,)]:
        agree(f"np.{function}(a, 0, out=b)", filled((3, 4) if function != "cumsum" else (4,), "float64"), np.zeros(shape, kind))


def test_out_in_other_layouts():
    for function in ("sum", "mean", "min", "any"):
        for a in layouts((3, 4), "float64"):

            def make(a=a):
                memory = np.zeros((9, 2))
                return (a, memory[1::2, 0][::-1]), [memory]

            same_effect(f"np.{function}(a, axis=0, out=b)", make)
            same_effect(
                f"np.{function}(a, axis=0, keepdims=True, out=b)",
                lambda a=a: ((a, memory := np.zeros((1, 4))), [memory]),
            )


def test_out_overlaps():
    for function in ("sum", "cumsum", "argmax"):
        same_effect(
            f"np.{function}(a, axis=0, out=a[1] if {function != 'cumsum'} else a)",
            lambda: ((a := filled((3, 4), "int64"),), [a]),
        )


@pytest.mark.parametrize("function", ["argmin", "argmax"])
def test_positions_into_out(function):
    for kind in ("int64", "int32", "uint8"):
        for shape, axis in (((), None), ((4,), 0), ((3,), -1)):
            agree(f"np.{function}(a, axis={axis}, out=b)", filled((3, 4), "float64"), np.zeros(shape, kind))
            agree(f"a.{function}({axis}, b)", filled((3, 4), "float64"), np.zeros(shape, kind))


@pytest.mark.parametrize("function", ["sum", "prod", "mean", "var", "std", "any", "all"])
@pytest.mark.parametrize("dtype", ["bool", "uint8", "int32", "float32", "float64"])
def test_where(function, dtype):
    for a in layouts((3, 40), dtype) if dtype == "float64" else [filled((3, 40), dtype)]:
        mask = filled((3, 40), "bool")
        c_order = a.flags.c_contiguous
        for axis in (None, 0, 1, (0, 1)):
            for where in (mask, mask[:1], mask[0]):
                text = f"np.{function}(a, axis={axis}, where=b)"
                # NumPy walks through other layouts in the order of their strides.
                agree(text, a, where) if c_order else nearly(text, a, where, rtol=1e-14)
    agree(f"a.{function}(axis=1, where=b, keepdims=True)", filled((3, 4), dtype), filled((3, 4), "bool"))
    agree(f"np.{function}(a, where=False)", filled((3, 4), dtype))
    agree(f"np.{function}(a, where=b)", filled((3, 4), dtype), filled((4, 4), "bool"))
    agree(f"np.{function}(a, where=b)", filled((1, 4), dtype), filled((4, 4), "bool"))


@pytest.mark.parametrize("function", ["min", "max", "nanmin", "nanmax"])
def test_where_with_initial(function):
    for dtype in ("int8", "float64"):
        a, mask = filled((3, 7), dtype), filled((3, 7), "bool")
        for axis in (None, 0, 1):
            agree(f"np.{function}(a, axis={axis}, where=b, initial=3)", a, mask)
            agree(f"np.{function}(a, axis={axis}, where=b, initial=2.5)", a, mask)
        agree(f"np.{function}(a, initial=300)", a)
        agree(f"np.{function}(a, initial=5)", a[:0])
    with pytest.raises(CompileError, match="does not have an identity"):
        compiled(f"return np.{function}(a, where=b)", "a, b")(filled((3,), "float64"), filled((3,), "bool"))


def test_masked_complex_numbers():
    a, mask = filled((3, 7), "complex128"), filled((3, 7), "bool")
    for function in ("sum", "mean", "var"):
        for axis in (None, 0, 1):
            agree(f"np.{function}(a, axis={axis}, where=b)", a, mask)


def test_given_means():
    for dtype in ("int32", "float32", "float64"):
        a = filled((3, 4), dtype)
        for function in ("var", "std"):
            agree(f"np.{function}(a, axis=0, mean=b)", a, np.ones(4))
            agree(f"np.{function}(a, axis=1, mean=b)", a, a.mean(1, keepdims=True))
            agree(f"np.{function}(a, mean=2)", a)
            agree(f"a.{function}(mean=2.5)", a)
            agree(f"np.{function}(a, axis=1, mean=b)", a, np.ones(3))


def test_correction():
    a = filled((3, 4), "float64")
    for function in ("var", "std", "nanvar", "nanstd"):
        agree(f"np.{function}(a, correction=1)", a)
        agree(f"np.{function}(a, axis=0, correction=0.5)", a)
        agree(f"np.{function}(a, correction=1, ddof=b)", a, 1)


def test_sums_of_bool():
    for a in layouts((3, 7), "bool"):
        for function in ("sum", "prod", "cumsum", "cumprod"):
            agree(f"np.{function}(a, dtype=bool)", a)
            agree(f"np.{function}(a, axis=0, dtype=bool)", a)


@pytest.mark.parametrize("function", ["cumulative_sum", "cumulative_prod"])
def test_cumulative(function):
    for dtype in ("bool", "int8", "uint32", "float32"):
        agree(f"np.{function}(a)", filled((5,), dtype))
        for a in layouts((3, 4), dtype):
            agree(f"np.{function}(a, axis=0)", a)
            agree(f"np.{function}(a, axis=-1, include_initial=True)", a)
            agree(f"np.{function}(a, axis=1, dtype=np.float32)", a)
    same_effect(
        f"np.{function}(a, axis=1, include_initial=True, out=b)",
        lambda: ((filled((2, 3), "int32"), out := np.zeros((2, 4))), [out]),
    )


@pytest.mark.parametrize("function", ["cumsum", "cumprod"])
def test_running_into_out(function):
    for source in ("int8", "float64"):
        for wanted in ("int8", "int64", "float64"):
            for shape, axis in (((12,), None), ((3, 4), 1), ((3, 4), 0)):
                same_effect(
                    f"return np.{function}(a, axis={axis}, out=b)",
                    lambda s=source, w=wanted, n=shape: ((filled((3, 4), s), out := np.zeros(n, w)), [out]),
                )


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("np.sum(a, 0, out=a)", "wrong number of dimensions"),
        ("np.sum(a, out=1)", "output must be an array"),
        ("np.sum(a, where=a)", "where must be of bool"),
        ("np.argmin(a, 0, out=a[0])", "Cannot cast"),
        ("np.std(a, 0, out=a[0].astype(np.int64))", "sqrt"),
        ("np.ptp(a, 0, out=a[0].astype(np.int64))", "same_kind"),
        ("np.cumulative_sum(a)", "argument is required"),
        ("np.cumsum(a, out=a)", "wrong size"),
        ("np.nanmean(a, dtype=int)", "dtype must be inexact"),
        ("np.max(a, where=a > 0)", "does not have an identity"),
    ],
)
def test_refusals(expression, words):
    with pytest.raises(CompileError, match=words):
        compiled(f"return {expression}", "a")(np.ones((2, 3)))


def test_read_only_out():
    out = np.zeros(3)
    out.flags.writeable = False
    for function in ("sum", "mean", "min", "any", "median"):
        agree(f"np.{function}(a, 0, out=b)", np.ones((2, 3)), out)
