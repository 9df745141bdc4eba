"""Each name of NumPy that `docs/supported.md` lists, over dtypes, shapes and layouts.

`python -m tests.library.test_sweep TURNS [PREFIX ...]` takes more arrays, and prints what differs.
"""

import sys

import pytest

from tests.library import sweep
from tests.library.sweep_cases import ELSEWHERE

NAMES = {
    name: parameters
    for name, parameters in sweep.names().items()
    if not name.startswith(ELSEWHERE)
}


def test_every_name_has_a_case():
    assert len(NAMES) > 600
    assert [name for name, parameters in NAMES.items() if not sweep.cases(name, parameters)] == []


@pytest.mark.parametrize("start", range(0, len(NAMES), 20))
def test_names(start):
    for name in list(NAMES)[start : start + 20]:
        found, done = sweep.swept(name, NAMES[name], sweep.TURNS)
        for case, a, b, text in found:
            at = [(x.dtype.name, x.shape, x.strides) for x in (a, b)]
            raise AssertionError(f"{case} of {at}: {text}\na = {a!r}\nb = {b!r}")
        # Of some dtypes everything is refused: half precision, for one.
        done = done or sweep.swept(name, NAMES[name], 11)[1]
        assert done > 0, f"{name}: everything is refused"


if __name__ == "__main__":
    for name, parameters in NAMES.items():
        if not sys.argv[2:] or name.startswith(tuple(sys.argv[2:])):
            for case, a, b, text in sweep.swept(name, parameters, int(sys.argv[1]))[0]:
                print(f"{case} of {a!r}, {b!r}: {text}")
