"""NumPy's own tests of ufuncs, as installed with it, over ufuncs of ``vectorize``.

The module of tests is executed with a `numpy` whose `add`, `multiply` and others are ours,
which have loops for the dtypes that they meet. A test that comes to a dtype which is not
compiled is skipped with those words; the other differences are listed here, each with its
reason.
"""

import builtins
import functools
import inspect
import types
import warnings
from pathlib import Path

import numpy as np
import pytest

from cumbia import vectorize
from tests.python.harness import IDENTITY

FOLDER = Path(np.__file__).parent / "_core" / "tests"


def add(x, y):
    return x + y


def subtract(x, y):
    return x - y


def multiply(x, y):
    return x * y


def divide(x, y):
    return x / y


def negative(x):
    return -x


def less(x, y):
    return x < y


def equal(x, y):
    return x == y


def not_equal(x, y):
    return x != y


def greater(x, y):
    return x > y


def square(x):
    return x * x


def logical_and(x, y):
    return bool(x) and bool(y)


def bitwise_and(x, y):
    return x & y


def bitwise_or(x, y):
    return x | y


IDENTITIES = {add: 0, multiply: 1, logical_and: 1, bitwise_and: -1, bitwise_or: 0}
FUNCTIONS = [
    add, subtract, multiply, divide, negative, less, equal, not_equal, greater, square, logical_and, bitwise_and,
    bitwise_or,
]  # fmt: skip
OURS = {one.__name__: vectorize(one, identity=IDENTITIES.get(one)) for one in FUNCTIONS}


# Tests that give something else, and why.
DIFFERENT = {
    "TestUfunc.test_pickle_name_is_qualname": "the module is executed here, so pickle can't import it",
    "TestUfunc.test_cast_safety_scalar_special": "Python's integers beyond 64 bits are no operands",
    "TestUfunc.test_reduceat_and_accumulate_out_shape_mismatch": (
        "a loop has the operands' dtypes: reduceat of integers into floats has to be asked for by dtype="
    ),
    "TestSpecialMethods.test_ufunc_docstring": "ours have their function in `__dict__`",
    "test_ufunc_methods_floaterrors": "compiled code doesn't warn of scalars' arithmetic (docs/semantics.md)",
    "TestLowlevelAPIAccess.test_resolve_dtypes_basic": "a loop has the operands' dtypes, mixed ones as well",
    "TestLowlevelAPIAccess.test_resolve_dtypes_comparison": "as above",
    "TestLowlevelAPIAccess.test_resolve_dtypes_reduction": "sums of small integers are those of NumPy's `add` alone",
}

# Which classes of which modules; None for all.
MODULES = {"test_ufunc.py": None, "test_umath.py": ("TestOut", "TestSpecialMethods", "TestSubclass", "TestMaskedArray")}


class OurNumPy(types.ModuleType):
    def __getattr__(self, name):
        return getattr(np, name)


def patched(file):
    """The names of a module of tests whose `numpy` has our ufuncs."""
    ours = OurNumPy("numpy")
    vars(ours).update(OURS)

    def importing(name, *rest):
        return ours if name == "numpy" and not (rest[2:] and rest[2]) else builtins.__import__(name, *rest)

    names = {
        "__name__": f"numpy._core.tests.{file.stem}", "__file__": str(file), "__package__": "numpy._core.tests",
        "__builtins__": {**vars(builtins), "__import__": importing},
    }  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(file.read_text(), str(file), "exec"), names)
    return names


def collected():
    if IDENTITY:
        return
    for file, wanted in MODULES.items():
        if not (FOLDER / file).exists():
            continue
        for name, value in patched(FOLDER / file).items():
            if name.startswith("Test") and inspect.isclass(value) and (wanted is None or name in wanted):
                for each, test in list(vars(value).items()):
                    if each.startswith("test") and inspect.isfunction(test):
                        setattr(value, each, judged(test, f"{name}.{each}"))
                yield name, value
            elif name.startswith("test") and inspect.isfunction(value) and wanted is None:
                yield name, judged(value, name)


def judged(test, name):
    @functools.wraps(test)
    def run(*args, **kwargs):
        try:
            return test(*args, **kwargs)
        except (Exception, pytest.fail.Exception) as error:
            if "is not compiled for arrays of" in str(error):
                pytest.skip(f"refused by name: {error}")
            if name in DIFFERENT:
                pytest.xfail(DIFFERENT[name])
            raise

    return run


def test_tests_see_our_ufuncs():
    names = patched(FOLDER / "test_ufunc.py")
    assert names["np"].add is OURS["add"] and names["np"].sin is np.sin
    assert type(OURS["add"]) is np.ufunc and OURS["add"] is not np.add


globals().update(collected())
