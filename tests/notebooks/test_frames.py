"""Frames of compiled functions in IPython's tracebacks, and for whoever asks them for arguments."""

import inspect
import re
import sys

import numpy as np
import pytest

ultratb = pytest.importorskip("IPython.core.ultratb")

from cumbia import jit  # noqa: E402
from tests.python.harness import IDENTITY  # noqa: E402

pytestmark = pytest.mark.skipif(IDENTITY, reason="nothing is compiled")
NOT_KEPT = "<not kept by compiled code>"


@jit
def element(a, i):
    k = i + 1
    return a[k]


@jit
def total(a, i, scale=2.0, *rest, key=3, **more):
    found = 0.0
    i = i + 5
    for _ in range(3):
        found += element(a, i) * scale
    return found


@jit
def quotient(a, /, b):
    return a // b


@jit
def rebinds(a, b, items):
    for a in range(3):
        if items[a] == 0:
            del b
            return 1 // items[a]
    return 0


@jit
def in_a_comprehension(items, d):
    return [x // d for x in items]


@jit
def shares(n):
    def inner(k):
        return k // n

    return inner(3)


@jit
def counts(n):
    yield 1
    yield 1 // n


def raised(function, *args, **kwargs):
    with pytest.raises(Exception) as caught:
        function(*args, **kwargs)
    traceback = caught.value.__traceback__.tb_next
    frames = []
    while traceback is not None:
        frames.append(traceback.tb_frame)
        traceback = traceback.tb_next
    return frames


def shown(function, args, kwargs, mode):
    """What IPython makes of the error, without the part that the caller's frame is."""
    try:
        function(*args, **kwargs)
    except Exception:
        try:
            form = ultratb.FormattedTB(mode=mode, theme_name="nocolor")
        except TypeError:  # IPython before 9
            form = ultratb.FormattedTB(mode=mode, color_scheme="NoColor")
        return form.text(*sys.exc_info()).split("\nFile ", 2)[2]
    raise AssertionError("nothing was raised")


CALLS = [
    (total, (np.zeros(3), 4, 1.5, 7), {"key": 9, "z": 1}),
    (element, (np.zeros(3), 5), {}),
    (quotient, (3,), {"b": 0}),
    (rebinds, (1, 2, [1, 0]), {}),
]


# IPython can't show an argument that Python's frame has no more.
@pytest.mark.parametrize(("function", "args", "kwargs"), CALLS[:-1], ids=lambda of: getattr(of, "__name__", ""))
def test_the_usual_mode_shows_what_python_shows(function, args, kwargs):
    found = shown(function, args, kwargs, "Context")
    assert found == shown(function.py_func, args, kwargs, "Context")
    assert "failed resolving" not in found


@pytest.mark.parametrize(
    ("function", "args"),
    [*[(function, args) for function, args, kwargs in CALLS if not kwargs], (in_a_comprehension, ([1], 0)), (shares, (0,))],
    ids=lambda of: getattr(of, "__name__", ""),
)
@pytest.mark.parametrize("mode", ["Context", "Verbose"])
def test_arguments_are_resolved(function, args, mode):
    found = shown(function, args, {}, mode)
    assert "failed resolving" not in found and "Exception trying" not in found


def test_verbose_shows_the_caller_s_arguments():
    found = shown(total, (np.zeros(3), 4, 1.5, 7), {"key": 9, "z": 1}, "Verbose")
    first, second = re.findall(r"in (\w+\(.*\))\n", found)
    assert first == f"total(a=array([0., 0., 0.]), i={NOT_KEPT}, scale=1.5, key=9, *rest=(7,), **more={{'z': 1}})"
    assert second == f"element(a={NOT_KEPT}, i={NOT_KEPT})"


def test_what_a_frame_has():
    a = np.zeros(3)
    outer, inner = raised(total, a, 4)
    values = inspect.getargvalues(outer)
    assert values.locals["a"] is a and values.locals["scale"] == 2.0 and values.locals["key"] == 3
    assert values.locals["rest"] == () and values.locals["more"] == {}
    assert repr(values.locals["i"]) == NOT_KEPT
    assert {repr(inner.f_locals[name]) for name in ("a", "i")} == {NOT_KEPT}
    # Other variables aren't there, and nothing is after a debugger's clearing.
    assert "found" not in outer.f_locals and "k" not in inner.f_locals
    outer.clear()
    assert dict(outer.f_locals) == {}


def test_a_rebound_parameter_is_never_shown_with_its_old_value():
    (frame,) = raised(rebinds, 1, 2, [1, 0])
    assert repr(frame.f_locals["a"]) == repr(frame.f_locals["b"]) == NOT_KEPT
    assert frame.f_locals["items"] == [1, 0]


def test_arguments_of_every_call_are_its_own():
    for b in (0, 0.0):
        (frame,) = raised(quotient, 7, b)
        assert dict(frame.f_locals) == {"a": 7, "b": b} and type(frame.f_locals["b"]) is type(b)
    (frame,) = raised(quotient, 1, b=0)
    assert dict(frame.f_locals) == {"a": 1, "b": 0}


def test_a_generator_s_frame():
    items = counts(0)
    next(items)
    frames = raised(next, items)
    assert frames[-1].f_code.co_name == "counts"
    assert inspect.getargvalues(frames[-1]).args in (["n"], [])
    inspect.formatargvalues(*inspect.getargvalues(frames[-1]))


def test_nothing_is_kept_alive_by_an_error_that_is_gone():
    a = np.zeros(3)
    before = sys.getrefcount(a)
    for _ in range(10):
        try:
            total(a, 4)
        except IndexError:
            pass
    assert sys.getrefcount(a) == before
