"""Refusals name what is refused, in the words of the program, and say what to write."""

import enum

import numpy as np
import pytest

from cumbia import CompileError, jit
from tests.python.harness import define

CODE = {
    "star in a tuple": ("return (*tuple(x), 9)", [1], "CB0305", r"\*tuple\[int, ...\] in a tuple", "tuple\\(\\[\\*x, y\\]\\)"),
    "star among arguments": ("return (lambda *a: len(a))(*tuple(x))", [1], "CB0404", r"\*tuple\[int, ...\] as arguments", "max\\(x\\) in place of"),
    "shape of any length": ("return np.zeros(tuple(x))", [1], "CB0505", "a shape of a length that isn't known", "as a tuple"),
    "shape that is a list": ("return np.zeros(x)", [1], "CB0505", "a shape of a length that isn't known", "as a tuple"),
    "tuples of two lengths": (
        "t = ()\n    for i in x:\n        t += (i,)\n    return t", [1], "CB0301", "tuple\\(\\) on one path", "use a list",
    ),
    "a tuple that meets one of any length": (
        "return [(1, 2), tuple(x)]", [1], "CB0322", "tuple\\[int, ...\\]", "tuple of any length",
    ),
    "looked up among tuples": ("return {tuple(x): 1}[(1, 2)]", [1], "CB0303", "among keys", "tuple of any length"),
    "a slice of several types": ("return (1, 'a')[x:]", 1, "CB0502", "a slice of tuple", "one type"),
    "a repetition of several types": ("return (1, 'a') * x", 1, "CB0502", "a repetition of tuple", "one type"),
    "half precision": ("return np.zeros(x, np.float16)", 3, "CB0303", "dtype np.float16: half precision", "np.float32"),
    "half precision by name": ("return np.zeros(x, dtype='float16')", 3, "CB0303", "'float16': half", "np.float32"),
    "half precision by code": ("return np.zeros(x, 'f2')", 3, "CB0303", "'f2': half precision", "np.float32"),
    "half precision of a number": ("return np.float16(x)", 3, "CB0404", "np.float16\\(\\): half", "np.float32"),
    "long double": ("return np.zeros(x, np.longdouble)", 3, "CB0303", "np.longdouble: long double", "np.float64"),
    "long complex": ("return np.zeros(x, 'c32')", 3, "CB0303", "'c32': long double", "np.complex128"),
    "objects": ("return np.zeros(x, object)", 3, "CB0303", "dtype object: its elements", "a list"),
    "text": ("return np.zeros(x, 'U5')", 3, "CB0303", "'U5': arrays of text", "a list of strings"),
    "text by class": ("return np.zeros(x, str)", 3, "CB0303", "dtype str: arrays of text", "a list of strings"),
    "byte order": ("return np.zeros(x, '>f8')", 3, "CB0303", "'>f8': a foreign byte order", "newbyteorder"),
    "a number as a dtype": ("return np.zeros(2, 3)", 3, "CB0303", "cannot interpret 3 as a data type", "is a tuple"),
    "a shape as two arguments": ("return np.ones(x, x)", 3, "CB0303", "cannot interpret int as a data type", "is a tuple"),
    "a value as a dtype": ("return np.arange(3).astype(2.5)", 3, "CB0303", "cannot interpret float as a data type", "astype"),
    "an array as a dtype": ("return np.full(3, x, np.ones(2))", 3, "CB0303", "cannot interpret array", "x.dtype"),
    "a misspelt dtype": ("return np.zeros(x, 'flaot64')", 3, "CB0303", "'flaot64' is not known", "did you mean 'float64'"),
    "a misspelt keyword": ("return np.sum(np.ones(x), axs=0)", 3, "CB0410", "unexpected keyword argument 'axs'", "did you mean 'axis'"),
    "a misspelt method": ("return 'a'.uper()", 3, "CB0403", "'str' object has no attribute 'uper'", "did you mean 'upper'"),
    "a method of arrays": ("return [x].mean()", 3, "CB0403", "'list' object has no attribute 'mean'", "np.mean"),
    "text and a number": ("return 'a' + x", 3, "CB0506|CB0303", "can only concatenate str", "f-string"),
    "nothing and a number": ("return x * None", 3, "CB0303", "'int' and 'NoneType'", "if x is None"),
    "text among numbers": ("np.zeros(x)[0] = 'a'", 3, "CB0504", "str can't be an element", "float"),
    "a letter of a text": ("'abc'[x] = 'd'", 1, "CB0503", "does not support item assignment", "here as well"),
    "an open file": ("return open('x')", 3, "CB0404", "open\\(\\) can't be compiled", "np.loadtxt"),
    "a module of Python's own": ("return json.loads('1')", 3, "CB0402", "json.loads\\(\\) can't be compiled", "of its json/__init__.py: '_default_decoder'"),
    "no dtype at all": ("return np.zeros(x, 'flaot')", 3, "CB0303", "dtype 'flaot' is not known", "np.zeros"),
    "deep nesting": (f"return {'[' * 60}x{']' * 60}", 1, "CB0306", "nested too deep, more than 20 levels", "a list of their own"),
    "an item of args": (
        "try:\n        raise ValueError(x)\n    except ValueError as e:\n        return e.args[0]",
        3, "CB0503", "an item of an exception's args", "str\\(e\\)",
    ),
    "an attribute of an exception": (
        "try:\n        raise Own(x)\n    except Own as e:\n        return e.code",
        3, "CB0403", "attribute 'code' of a caught exception", "in a variable",
    ),
    "members of an enum": ("return [k for k in Color.__members__]", 3, "CB0403", "__members__ of Color", "m.name"),
    "keys with a hash of their own": ("return {Key(x): 1}", 3, "CB0321", "instances of Key as keys", "x.a, x.b"),
    "an attribute that is new": ("Key(x).other = 3", 3, "CB0225", "no attribute 'other' yet", "in __init__"),
    "kwargs that change": ("return (lambda **k: k.pop('a'))(a=x)", 3, "CB0404", "pop\\(\\) of a \\*\\*kwargs dict", "dict\\(kwargs\\)"),
}  # fmt: skip


class Own(Exception):
    def __init__(self, code):
        super().__init__(code)
        self.code = code


class Color(enum.Enum):
    RED = 1


class Key:
    def __init__(self, x):
        self.x = x

    def __hash__(self):
        return hash(self.x)

    def __eq__(self, other):
        return self.x == other.x


@pytest.mark.parametrize(("body", "argument", "code", "what", "help_"), CODE.values(), ids=CODE)
def test_code(body, argument, code, what, help_):
    func = define(f"import json\nimport numpy as np\ndef f(x):\n    {body}\n", "f", Own=Own, Color=Color, Key=Key)
    with pytest.raises(CompileError, match=what) as caught:
        jit(func)(argument)
    assert caught.value.code in code.split("|")
    assert "^" in str(caught.value)
    with pytest.raises(CompileError, match=help_):
        jit(func)(argument)


ARGUMENTS = {
    "list": ([1, 2, "a"], "item 2 is str, and item 0 is int"),
    "long list": ([0.5] * 1000 + [None, "a"] + [1.5] * 10, "item 1001 is str, and item 0 is float"),
    "int and float": ([1, 2.0], "item 1 is float, and item 0 is int"),
    "set": ({"a"} | {(1, 2)}, "is tuple\\(int, int\\)|is str"),
    "key": ({1: 2, "a": 3}, "the key 'a' is str, and 1 is int"),
    "value": ({"b": 2, "a": "c"}, "the value at 'a' is str, and that at 'b' is int"),
    "nested": ([[1], ["a"]], "item 1 is list\\[str\\], and item 0 is list\\[int\\]"),
    "inside": ([[1, "a"]], "item 0 of the list: .*item 1 is str, and item 0 is int"),
    "dimensions": ([np.zeros(3), np.zeros((2, 2))], "item 1 is array\\(float64, 2, C\\)"),
    "lengths": ([(1, 2), (1,)], "item 1 is tuple\\(int\\), and item 0 is tuple\\(int, int\\)"),
}


@pytest.mark.parametrize(("argument", "which"), ARGUMENTS.values(), ids=ARGUMENTS)
def test_element_that_differs(argument, which):
    with pytest.raises(TypeError, match=which):
        jit(define("def f(x):\n    return len(x)\n"))(argument)
