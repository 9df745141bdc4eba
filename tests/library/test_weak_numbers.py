"""Python's numbers beside arrays: where they are weak, where they wrap, and where they are refused."""

import numpy as np
import pytest
from cumbia import CompileError

from tests.library.differential import agree, compiled, plain

DTYPES = ["u1", "i1", "i8", "u8", "f4", "?"]

VALUES = """
np.where(b, 300, a)
np.where(b, a, -1)
np.where(True, 300, a)
np.where(b, 300, a[0])
np.where(a > 1, a + a, -7) * a
np.where(b, 2.5, a)
np.choose(b.astype(np.int64), (a, 300))
np.select([b], [a], 300)
np.select([b], [a], 2.5)
np.concatenate((a, 300), axis=None)
np.concatenate((a, 2.5), axis=None)
np.concatenate((3, 2.5), axis=None)
np.union1d(a, 300)
np.union1d(300, a)
np.union1d(a, [300])
np.append(a, 300)
np.linspace(a, 300, 3)
np.linspace(2.5, a, 3)
np.insert(a, 1, 300)
np.insert(a, 1, 7)
np.insert(a, 1, [300, 2])
np.insert(a, 1, np.int16(300))
np.insert(a, 1, a)
np.r_[a, 300]
np.r_[a, 7]
np.pad(a, 1, constant_values=300)
np.pad(a, 1, constant_values=(-1, 3))
np.pad(a, 1, constant_values=np.int16(300))
np.max(a, initial=300)
np.max(a, initial=np.int16(300))
np.array(np.int16(300), a.dtype)
""".strip().split("\n")

STATEMENTS = """
a[b] = 300
a[b] = np.int16(300)
a[b] = [300, 1]
a[np.array([0, 1])] = 300
a[np.array([0, 1])] = np.int16(300)
a[np.array([0, 1])] = (300, 1)
np.copyto(a, np.int16(7), where=b)
np.put(a, [0, 1], 300)
np.put(a, [0, 1], np.int16(300))
np.put(a, [0, 1], [300, 1])
np.put_along_axis(a, np.array([0, 1]), 300, 0)
np.put_along_axis(a, np.array([0, 1]), [300, 1], 0)
np.putmask(a, b, 7)
np.place(a, b, [5, 300])
""".strip().split("\n")

ONLY_INTEGERS = """
np.add.at(a, np.array([0, 1]), 300)
np.copyto(a, 300, where=b)
np.copyto(a, np.int16(300))
np.putmask(a, b, np.int16(300))
""".strip().split("\n")


def operand(dtype):
    return np.array([1, 2, 3, 5]).astype(dtype), np.array([True, False, True, False])


@pytest.mark.parametrize("dtype", DTYPES)
def test_values(dtype):
    for expression in VALUES:
        agree(expression, *operand(dtype))


def effect(function, arguments):
    """The array after a statement, or what was raised; a refusal stands for a TypeError."""
    try:
        return function(*arguments).tolist()
    except CompileError:
        return TypeError
    except OverflowError as error:
        return str(error)
    except TypeError:
        return TypeError


@pytest.mark.parametrize("dtype", DTYPES)
def test_statements(dtype):
    for statement in STATEMENTS + (ONLY_INTEGERS if dtype in ("u1", "i1", "i8") else []):
        body = f"{statement}\nreturn a"
        want = effect(plain(body, "a, b"), operand(dtype))
        assert effect(compiled(body, "a, b"), operand(dtype)) == want, (statement, dtype)


def test_digitize_of_complex_numbers_is_refused():
    with pytest.raises(CompileError, match="complex"):
        compiled("return np.digitize(a, b)", "a, b")(np.ones(2, complex), np.ones(2))
