"""Exceptions that are made before they are raised, kept, and given as causes."""

import pytest

import cumbia

from tests.python.harness import check


class Refused(ValueError):
    pass


def raised_later(n):
    error = ValueError(f"bad {n}", n, 2.5)
    n = n * 2
    if n > 0:
        raise error
    return n


def of_the_user(n):
    error = Refused("refused", n)
    try:
        raise error
    except ValueError as e:
        text = str(e)
    if n:
        raise error
    return text


def texts(n):
    a, b, c = ValueError(), KeyError("k"), Refused("x", n)
    return str(a), repr(a), str(b), repr(b), f"{c}", f"{c!r}", isinstance(b, (OSError, LookupError))


def cause_without_a_traceback(n):
    raise ValueError("outer") from IndexError(f"inner {n}")


def cause_made_before(n):
    cause = KeyError(n)
    error = ValueError("outer")
    raise error from cause


def in_a_handler(n):
    kept = TypeError("kept")
    try:
        raise ValueError(n)
    except ValueError:
        raise kept


def raised_twice(n):
    error = ValueError(n)
    try:
        raise error
    except ValueError:
        pass
    raise error


def raised_as_its_own_cause(n):
    error = ValueError(n)
    try:
        raise error
    except ValueError as e:
        raise error from e


def made(n):
    return OverflowError(f"made {n}")


def made_elsewhere(n):
    error = made(n)
    raise error


def chosen(n):
    error = ValueError("v") if n > 0 else KeyError("k")
    raise error


def kept_if_any(n):
    last = None
    for i in range(n):
        if i % 2:
            last = IndexError(i)
    if last is not None:
        raise last
    return n


def dropped(n):
    for i in range(n):
        error = ValueError(f"{i}" * 3, i)
    text = str(error)
    error = None
    return text


@pytest.mark.parametrize("n", [0, 1, 3])
@pytest.mark.parametrize(
    "function",
    [
        raised_later, of_the_user, texts, cause_without_a_traceback, cause_made_before,
        in_a_handler, raised_twice, raised_as_its_own_cause, made_elsewhere, chosen, kept_if_any,
    ],
)  # fmt: skip
def test_made_before(function, n):
    check(function, n)


def test_none_is_left():
    check(dropped, 5)
    check(dropped, 1)


class Kept(Exception):
    pass


def asked(n):
    texts = []
    for i in range(n):
        try:
            if i % 3 == 0:
                raise Kept((i, f"text {i}"), None)
            if i % 3 == 1:
                raise KeyError(*(f"key {i}", b"x" + str(i).encode()))
            texts.append(str(1 // (i - i)))
        except Exception as e:
            e.add_note(f"in round {i}")
            if type(e) is Kept or type(e) in (KeyError, OSError):
                texts.append(f"{type(e).__name__} {e.args} {len(e.args)}")
            elif e.__context__ is None:
                texts.append(e.__class__.__name__ + repr(e))
    return texts


def linked(n):
    try:
        try:
            raise KeyError((n, f"k{n}"))
        except KeyError as e:
            raise ValueError(f"v{n}") from e
    except ValueError as e:
        inner = e.__cause__
        around = e.__context__
        if inner is not None and around is not None and inner is around:
            raise inner
    return 0


@pytest.mark.parametrize("n", [0, 1, 2, 9])
def test_what_is_asked(n):
    check(asked, n)
    assert cumbia._cumbia.live_allocations() == 0


def test_a_cause_that_is_raised():
    check(linked, 3)
    assert cumbia._cumbia.live_allocations() == 0


def test_notes_are_kept_in_order():
    def noted(n):
        try:
            return 1 // n
        except ZeroDivisionError as e:
            e.add_note("first")
            for i in range(3):
                e.add_note(f"{i}")
            raise

    for func in (noted, cumbia.jit(noted)):
        with pytest.raises(ZeroDivisionError) as info:
            func(0)
        assert info.value.__notes__ == ["first", "0", "1", "2"]


@pytest.mark.parametrize(
    "body",
    [
        "return e.args[0]",
        "return type(e)",
        "return e.args",
        "return [type(e)]",
        "return e.code",
        "e.add_note(3)",
        "e.add_note()",
        "for a in e.args: print(a)",
        "return type(e) is int",
        "return type(e) < ValueError",
        "return str(type(e))",
        "raise ValueError([1, 2])",
        "raise ValueError(*[1, 2])",
        "raise ValueError(code=3)",
        "return (e, type(e))",
        "x = {type(e): 1}",
        "return type(e)('again')",
        "return len(type(e))",
        "return e.__cause__",
        "return isinstance(e.__cause__, int)",
    ],
)
def test_what_is_refused_of_an_exception(body):
    text = f"def f(n):\n    try:\n        return 1 // n\n    except Exception as e:\n        {body}\n"
    scope = {}
    exec(text, scope)
    compiled = cumbia.jit(source=text)(scope["f"])
    with pytest.raises(cumbia.CompileError) as info:
        compiled(0)
    assert info.value.code.startswith("CB")
