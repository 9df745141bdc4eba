"""`docs/supported.md` says what the corpus comes to, and leaves no refusal out."""

import builtins
import importlib
import sys

import pytest

from tests.corpus import page, status
from tests.corpus.constructs import AS_PYTHON_RAISES, CONSTRUCTS
from tests.corpus.judge import load
from tests.corpus.programs import module_names
from tests.corpus.registry import COMPILER

SHOWN = {name for rows in CONSTRUCTS.values() for names in rows.values() for name in names.split()}

# Names without an expression, by module: `APART` says of them why.
WITHOUT = {
    "builtins": {
        "breakpoint", "classmethod", "copyright", "credits", "exit", "help", "input", "license", "property",
        "quit", "staticmethod",
    },
    "functools": {
        "WRAPPER_ASSIGNMENTS", "WRAPPER_UPDATES", "partialmethod", "singledispatchmethod", "total_ordering",
        "update_wrapper",
    },
    "time": {
        "altzone", "asctime", "clock_getres", "clock_gettime", "clock_gettime_ns", "clock_settime",
        "clock_settime_ns", "daylight", "get_clock_info", "mktime", "pthread_getcpuclockid", "strptime",
        "struct_time", "timezone", "tzname", "tzset",
    },
}  # fmt: skip


def public(module: str) -> set[str]:
    """Names of a module that its documentation has."""
    loaded = importlib.import_module(module)
    names = set(getattr(loaded, "__all__", None) or (name for name in dir(loaded) if name[0] != "_"))
    if module == "builtins":
        names = {name for name in names if callable(getattr(builtins, name))}
        names -= {name for name in names if name[0].isupper()}
        # IPython adds a name when another test has started it.
        names -= {name for name in names if getattr(builtins, name).__module__.startswith("IPython")}
    if module == "time":
        names -= {name for name in names if name.startswith("CLOCK_")}
    return names


@pytest.mark.parametrize("module", list(module_names.EXPRESSIONS))
def test_each_public_name_has_an_expression(module):
    expressions = set(module_names.EXPRESSIONS[module])
    assert public(module) - expressions == WITHOUT.get(module, set()) & public(module)


def test_later_names_are_those_that_the_list_lacks():
    programs = {f"module_names.{m}_{name}" for m, names in module_names.EXPRESSIONS.items() for name in names}
    assert programs - set(status.read()) == module_names.LATER


def test_rows_name_programs():
    assert SHOWN | set(AS_PYTHON_RAISES) <= set(load())


@pytest.mark.skipif(COMPILER != "cumbia", reason="of cumbia's refusals")
def test_each_refusal_is_in_the_page():
    refused = {name for name, found in status.read().items() if found.startswith("refused")}
    names = {name for name in refused if name.startswith("module_names.")}
    assert refused - names - SHOWN == set(AS_PYTHON_RAISES)


@pytest.mark.skipif(
    COMPILER != "cumbia" or sys.version_info[:2] != page.WRITTEN_UNDER, reason="made under another Python"
)
def test_the_page_is_fresh():
    assert page.written() == page.sections(), "run `python -m tests.corpus --bless`"
