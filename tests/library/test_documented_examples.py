"""Examples of NumPy's own docstrings, compiled and not: a part of them.

`python -m tests.library.documented_examples` takes all, and counts.
"""

import zlib

import pytest

from tests.library import documented_examples as examples

# Every tenth docstring, by name.
PART = 10
TAKEN = {
    name: text
    for name, text in examples.documented()
    if zlib.crc32(name.encode()) % PART == 3 and not name.startswith(examples.APART)
}


@pytest.mark.parametrize("name", TAKEN)
def test_examples(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for step in examples.steps(name, TAKEN[name]):
        if (step.name, step.number) in examples.DOCUMENTED:
            continue
        result = examples.outcome(step)
        assert result.word != "different", f"{step}\n{result.text}"


def test_there_are_examples():
    assert len(TAKEN) > 30
