"""Dispatchers and errors as a real kernel shows them."""

import pytest

from tests.notebooks.harness import run
from tests.python.harness import IDENTITY

pytestmark = pytest.mark.skipif(IDENTITY, reason="nothing is compiled")

LOAD = "%load_ext cumbia\nimport numpy as np\nfrom cumbia import jit"


def test_a_dispatcher_needs_no_extension():
    done = run(
        "from cumbia import jit\n@jit(fastmath=True)\ndef f(x):\n    return x < 3\nf",
        "f(1), f(2.0), f(3)\nf",
        "[f]",
    )
    assert done[0].plain.splitlines()[0] == "f: Cell In[1], line 2"
    assert "not compiled yet" in done[0].plain and "not compiled yet" in done[0].html
    assert "3 calls, 2 compiled" in done[1].plain
    assert "(pyint) -> " in done[1].plain and "(pyfloat) -> " in done[1].plain
    assert "fastmath=['afn'" in done[1].plain
    assert done[1].html.count("<tr>") == 3 and "(pyint) -&gt; " in done[1].html
    assert "\n" not in done[2].plain and "jitted function f" in done[2].plain


BAD = "%%cumbia\ndef bad(a):\n    x = 1\n    if a > 1:\n        x = 'ä<b>'\n    return x\n\nbad(3)"


def test_an_error_of_the_compiler():
    done = run(LOAD, BAD, "bad(3)", "%cumbia errors=text", "bad(3)", "%unload_ext cumbia", "bad(3)")
    for one in done[1:3]:
        assert one.error == "TypingError" and len(one.shown) == 1
        assert "Cell In[2], line 3" in one.html and "CB0301" in one.html
        # The place is marked in an excerpt, and what the user wrote is text.
        assert '<span class="cb-mark">1</span>' in one.html
        assert "&#x27;ä&lt;b&gt;&#x27;" in one.html and "<b>&#x27;" not in one.html
        # Where there is no HTML all is told as text.
        assert "error[CB0301]" in one.plain and "--> Cell In[2]:3:9" in one.plain
        assert "Cell In[2], line 3" in one.traceback and "CB0301" in one.traceback
    assert done[1].traceback.startswith("Cell In[2], line 8: bad(3)")
    assert done[2].traceback.startswith("Cell In[3], line 1: bad(3)")
    assert not done[4].shown and "--> Cell In[2]:3:9" in done[4].traceback
    assert not done[6].shown and "Traceback (most recent call last)" in done[6].traceback


def test_a_place_in_a_library_is_shown_where_the_user_called_it():
    # IPython's own `open` is a Python function, in which the compiler finds the mistake.
    done = run(LOAD, "%%cumbia\ndef reads(a):\n    return open(a)\n\nreads(3)")
    assert done[1].error == "UnsupportedError"
    assert "Cell In[2], line 3: return open(a)" in done[1].traceback
    assert "interactiveshell" not in done[1].html and "cumbia library" not in done[1].html


def test_source_errors():
    done = run(LOAD, "scope = {}\nexec('def f(x): return x', scope)\njit(scope['f'])")
    assert done[1].error == "SourceError" and "CB0101" in done[1].traceback
    assert "linecache.cache" in done[1].html and "Cell In[2], line 3: jit(scope['f'])" in done[1].traceback


def test_an_error_in_compiled_code_is_at_its_line():
    done = run(LOAD, "@jit\ndef f(a):\n    k = 77\n    return a[k]\n\nf(np.ones(3))")
    assert done[1].error == "IndexError" and not done[1].shown
    assert "----> 4     return a[k]" in done[1].traceback and "----> 6 f(np.ones(3))" in done[1].traceback
