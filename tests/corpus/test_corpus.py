"""Every program of the corpus comes to what `status.txt` says, and none is wrong."""

import pytest

from tests.apart import Apart
from tests.corpus import status
from tests.corpus.judge import judge_apart, load
from tests.corpus.registry import COMPILER, PROGRAMS

load()
LISTED = status.read()
BLESS = "run `python -m tests.corpus --bless` if that is meant"


@pytest.fixture(scope="module")
def worker():
    with Apart("-m", "tests.corpus", "--worker") as made:
        yield made


@pytest.mark.parametrize("name", list(PROGRAMS))
def test_program(worker, name):
    found, report = judge_apart(worker, name)
    assert found != "wrong", report
    if COMPILER != "cumbia":
        assert found == "same", report
        return
    listed = status.expected(LISTED, name, found)
    assert found == listed, f"{name} is {found}, and was {listed}; {BLESS}\n{report}"


def test_the_list_has_no_others():
    assert set(LISTED) <= set(PROGRAMS)


def test_the_corpus_is_as_large_as_it_has_to_be():
    assert len(PROGRAMS) >= 450
