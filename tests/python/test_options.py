"""The options of jit: what is taken, what is refused, and in which words."""

import cumbia
import pytest

from cumbia._options import OPTIONS, resolve


def test_defaults_cover_the_whole_table():
    resolved = resolve({})
    assert list(resolved) == list(OPTIONS)
    assert resolved["boundscheck"] is True
    assert resolved["tier"] == "auto"


@pytest.mark.parametrize("name", list(OPTIONS))
def test_every_default_is_accepted(name):
    option = OPTIONS[name]
    assert option.accepts(option.default)
    assert resolve({name: option.default})[name] == option.default


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("nopython", True),
        ("nogil", True),
        ("nogil", False),
        ("cache", True),
        ("boundscheck", None),
        ("boundscheck", False),
        ("inline", "always"),
        ("debug", True),
        ("locals", {}),
        ("tier", "fast"),
        ("source", "def f(): pass"),
    ],
)
def test_accepted(name, value):
    resolved = resolve({name: value})[name]
    assert resolved == (True if value is None else value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (option.name, eval(text, {}))
        for option in OPTIONS.values()
        for text in option.refused
    ],
)
def test_refused_with_its_reason(name, value):
    with pytest.raises(ValueError) as caught:
        resolve({name: value})
    text = str(caught.value)
    assert f"{name}={value!r}" in text
    assert OPTIONS[name].refused[repr(value)] in text
    assert "Accepted:" in text


def test_the_values_named_in_the_docs_are_refused():
    refused = {(option.name, text) for option in OPTIONS.values() for text in option.refused}
    assert refused >= {
        ("nopython", "False"),
        ("forceobj", "True"),
    }


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("cache", 1, TypeError),
        ("cache", "yes", TypeError),
        ("parallel", {"prange": 1}, TypeError),
        ("parallel", {"pranges": True}, ValueError),
        ("fastmath", {"sloppy"}, TypeError),
        ("fastmath", "fast", TypeError),
        ("fastmath", 1, TypeError),
        ("inline", "sometimes", ValueError),
        ("locals", {"x": int}, TypeError),
        ("locals", {"x": "flaot64"}, ValueError),
        ("locals", {"not a name": cumbia.int8}, ValueError),
        ("locals", 3, TypeError),
        ("tier", "slow", ValueError),
        ("source", 3, TypeError),
    ],
)
def test_other_values(name, value, kind):
    with pytest.raises(kind, match=name):
        resolve({name: value})


def test_unknown_option_lists_the_known_ones():
    with pytest.raises(TypeError) as caught:
        resolve({"paralel": True})
    text = str(caught.value)
    assert "did you mean 'parallel'?" in text
    for name in OPTIONS:
        assert name in text


def test_unknown_option_without_a_likeness():
    with pytest.raises(TypeError) as caught:
        resolve({"zzz": True})
    assert "did you mean" not in str(caught.value)


def test_types_of_locals_have_no_effect():
    assert resolve({"locals": {"x": cumbia.float32, "a": cumbia.float64[:], "n": "u1[:]"}})["locals"] == {}

    @cumbia.jit(locals={"x": cumbia.float32, "n": cumbia.uint8})
    def f(n):
        x = n + 0.1
        return x

    assert f(300) == 300.1


def test_resolving_shares_nothing_with_the_table():
    resolve({})["locals"]["x"] = 1
    assert resolve({})["locals"] == {}


def test_jit_refuses_before_it_sees_a_function():
    import cumbia

    with pytest.raises(TypeError, match="no option"):
        cumbia.jit(speed=11)
    with pytest.raises(ValueError, match="schedule"):
        cumbia.njit("f8(f8)", schedule="random")
    for chunk in (0, -1, 2**31):
        with pytest.raises(ValueError, match="chunk"):
            cumbia.njit("f8(f8)", chunk=chunk)


def test_flags_of_fastmath():
    exact = resolve({})["fastmath"]
    assert exact == resolve({"fastmath": False})["fastmath"] == frozenset()
    default = resolve({"fastmath": True})["fastmath"]
    assert default == {"nsz", "arcp", "contract", "afn", "reassoc"}
    assert resolve({"fastmath": ["reassoc", "nnan"]})["fastmath"] == {"reassoc", "nnan"}
    assert resolve({"fastmath": {"fast"}})["fastmath"] == default | {"nnan", "ninf"}
    assert resolve({"fastmath": set()})["fastmath"] == exact
