"""Every racing loop of `racy.py` is caught, and none of the clean ones is complained of."""

import inspect
import warnings

import numpy as np
import pytest
from cumbia import CompileError, jit
from cumbia.errors import CumbiaParallelSafetyWarning, RaceError

from tests.parallel import clean_calls, clean_grids, clean_images, clean_vectors, racy
from tests.parallel.corpus_arguments import arguments


def loops_of(*modules):
    """The functions of modules that have parallel loops."""
    for module in modules:
        for name, func in vars(module).items():
            if inspect.isfunction(func) and func.__module__ == module.__name__:
                if "prange(" in inspect.getsource(func):
                    yield pytest.param(func, id=f"{module.__name__.rpartition('.')[2]}.{name}")


# Races by the text, of which each is put together: all turns do the same to the array.
PUT_TOGETHER = {
    "histogram", "histogram_of_image", "sum_of_rows", "nested_loops", "issue_3522", "issue_3681",
    "issue_4170", "issue_4170_element", "issue_7133", "halves", "one_place", "while_loop_scatter",
}  # fmt: skip
RACY = [one for one in loops_of(racy) if one.values[0].__name__ not in PUT_TOGETHER]
ADDED_UP = [one for one in loops_of(racy) if one.values[0].__name__ in PUT_TOGETHER]
CLEAN = list(loops_of(clean_calls, clean_vectors, clean_grids, clean_images))


def watched(func):
    """The function compiled so, run on the corpus's arguments: refused, warnings, race."""
    given = arguments(func)
    refused, race, result = None, None, None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", CumbiaParallelSafetyWarning)
        compiled = jit(parallel=True, race="detect", cache=False)(func)
        try:
            result = compiled(*given.values())
        except CompileError as error:
            refused = error
        except RaceError as error:
            race = error
    texts = [str(w.message) for w in caught if w.category is CumbiaParallelSafetyWarning]
    return refused, texts, race, result, given


def test_there_are_enough_of_both():
    assert len(RACY) >= 40
    assert len(CLEAN) >= 200


@pytest.mark.parametrize("func", RACY)
def test_a_race_is_caught(func, record_property):
    refused, texts, race, _, _ = watched(func)
    by = []
    if refused:
        by.append(f"refused ({refused.code})")
    if texts:
        by.append("warned of")
    if race:
        by.append("detected")
    record_property("caught", ", ".join(by))
    print(f"{func.__name__}: {', '.join(by) or 'not caught'}")
    assert by
    # What runs is found when it runs, warned of or not.
    assert refused or race


@pytest.mark.parametrize("func", ADDED_UP)
def test_what_is_put_together_is_right(func):
    refused, texts, race, result, given = watched(func)
    assert refused is None and texts == [] and race is None
    wanted = arguments(func)
    expected = func(*wanted.values())
    # The order of the blocks shows in last bits of floats.
    assert result is None or np.allclose(result, expected, rtol=1e-12)
    for name, value in wanted.items():
        assert np.allclose(given[name], value, rtol=1e-12), name


@pytest.mark.parametrize("func", CLEAN)
def test_a_clean_loop_is_let_be(func):
    refused, texts, race, result, given = watched(func)
    assert refused is None, refused
    assert texts == []
    assert race is None, race
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wanted = arguments(func)
        expected = func(*wanted.values())
    for mine, other in zip([*given.values(), result], [*wanted.values(), expected], strict=True):
        if isinstance(mine, np.ndarray) and mine.dtype.names:
            assert mine.tolist() == other.tolist()
        elif mine is not None:
            assert np.allclose(mine, other, rtol=1e-12, equal_nan=True)
