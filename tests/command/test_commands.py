"""The commands as a shell runs them: what they print, their status, and bad input."""

import json
import os
import re
import subprocess
import sys

import pytest

from cumbia import _cumbia
from cumbia._command import COMMANDS, completion
from cumbia.__main__ import main

LLVM = _cumbia._tiers()[1]
needs_llvm = pytest.mark.skipif(not LLVM, reason="there is no LLVM")

SCRIPT = """\
import sys
import numpy as np
from cumbia import jit

@jit
def twice(x):
    return 2.0 * x

@jit
def scaled(a):
    s = 0.0
    for i in range(a.shape[0]):
        s += twice(a[i])
    return s

@jit
def unused(a):
    return a

if __name__ == "__main__":
    print(scaled(np.ones(100)), sys.argv[1:], __file__)
"""


@pytest.fixture
def script(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "script.py").write_text(SCRIPT)
    return "script.py"


def cumbia(*words, **settings):
    environment = {**os.environ, "PYTHONUTF8": "1", **settings}
    for name in ("NO_COLOR", "FORCE_COLOR", "CUMBIA_DISABLE_JIT"):
        if name not in settings:
            environment.pop(name, None)
    return subprocess.run(
        [sys.executable, "-m", "cumbia", *words], env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=120
    )


def test_run(script):
    done = cumbia("run", script, "--steps", "3", "-x")
    assert (done.returncode, done.stdout, done.stderr) == (0, "200.0 ['--steps', '3', '-x'] script.py\n", "")
    done = cumbia("run", "--report", "--tier", "fast", "--no-cache", script)
    assert re.search(r"scaled[\s\S]*array\(float64, 1, C\)\) -> float64[\s\S]*fast", done.stderr)
    done = cumbia("run", "--json", script)
    (row,) = json.loads(done.stderr)
    assert (row["function"], row["calls"], row["line"]) == ("scaled", 1, 9)


MODULE = """\
import sys
from numba import njit

@njit
def doubled(x):
    return 2 * x

if __name__ == "__main__":
    print(doubled(4), sys.argv[1:], __name__, __package__, type(doubled).__module__)
    raise SystemExit(doubled(2))
"""


def test_run_of_a_module(script, tmp_path):
    os.mkdir("made")
    (tmp_path / "made" / "__init__.py").write_text("")
    (tmp_path / "made" / "part.py").write_text(MODULE)
    done = cumbia("run", "--as-numba", "-m", "made.part", "-m", "--report", "x")
    assert (done.returncode, done.stderr) == (4, "")
    assert done.stdout == "8 ['-m', '--report', 'x'] __main__ made cumbia._cumbia\n"
    (tmp_path / "made" / "__main__.py").write_text("from made import part\nprint(part.doubled(1.5))\n1 / 0")
    done = cumbia("run", "--as-numba", "--report", "-m", "made")
    assert done.returncode == 1 and done.stdout == "3.0\n"
    assert "doubled" in done.stderr and "ZeroDivisionError" in done.stderr
    assert "runpy" not in done.stderr and "_command" not in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run"], "a script is wanted, or a module with -m"),
        (["run", "-m"], "-m wants the name of a module"),
        (["run", "-m", "there_is_no_such_module"], "No module named there_is_no_such_module"),
        (["run", "-m", "xml"], "'xml' is a package and cannot be directly executed"),
    ],
)
def test_modules_that_cannot_be_run(script, words, told):
    done = cumbia(*words)
    assert done.returncode == 2 and told in done.stderr and "Traceback" not in done.stderr


def test_an_import_that_fails_in_a_module_is_its_own(script, tmp_path):
    (tmp_path / "broken.py").write_text("import there_is_no_such_module\n")
    done = cumbia("run", "-m", "broken")
    assert done.returncode == 1 and 'broken.py", line 1' in done.stderr


def test_ufuncs_are_told_by_their_functions(script):
    with open(script, "w") as file:
        file.write("import numpy as np\nfrom cumbia import vectorize\n@vectorize\ndef half(x):\n    return x / 2\nhalf(np.ones(3))\n")
    rows = json.loads(cumbia("run", "--json", script).stderr)
    assert [row["function"] for row in rows] == ["half"]
    assert "4     return x / 2" not in cumbia("annotate", "--text", script).stdout
    assert "5     return x / 2" in cumbia("annotate", "--text", script).stdout


@pytest.mark.parametrize(
    ("text", "status", "told"),
    [
        ("raise SystemExit(7)", 7, ""),
        ("raise SystemExit('that is all')", 1, "that is all"),
        ("raise SystemExit", 0, ""),
        ("1 / 0", 1, 'File "script.py", line 1'),
        ("import sys; sys.exit()", 0, ""),
    ],
)
def test_the_status_is_the_scripts(script, text, status, told):
    with open(script, "w") as file:
        file.write(text)
    done = cumbia("run", script)
    assert done.returncode == status and told in done.stderr
    assert "_command" not in done.stderr


NUMBA = """\
import numba
import numba as nb
import numpy as np
from numba import float64, int32, njit, prange, types, vectorize
from numba.core.errors import NumbaError, TypingError
from numba.extending import overload

@njit(float64(float64[:]), parallel=True, cache=True, nogil=True)
def total(a):
    s = 0.0
    for i in prange(a.size):
        s += a[i]
    return s

@nb.jit(nopython=True)
def cast(x):
    return nb.int32(x) + numba.float64(1)

@vectorize([float64(float64)])
def half(x):
    return x / 2

numba.set_num_threads(1)
print(total(np.ones(9)), cast(3), half(np.ones(2)), type(total).__module__, numba.__version__ >= "0.50", nb.config.THREADING_LAYER)
"""


def test_numba_scripts(script):
    with open(script, "w") as file:
        file.write(NUMBA)
    done = cumbia("run", "--as-numba", script)
    assert done.stdout == "9.0 4.0 [0.5 0.5] cumbia._cumbia True default\n", done.stderr
    for text, told in [
        ("from numba import jitclass", "it is numba.experimental.jitclass"),
        ("from numba import deferred_type", "keep positions in arrays or lists"),
        ("import numba.experimental; numba.experimental.function_type", "cumbia has no numba.experimental.function_type"),
        ("import numba.cuda.cudadrv.nvvm", "no module 'numba.cuda.cudadrv.nvvm'"),
        ("from numba import cuda; cuda.cudadrv.drvapi", "cumbia has no numba.cuda.cudadrv.drvapi"),
        ("import numba; numba.objmode()", "there is no object mode"),
        ("from numba import njit, objmode\n@njit\ndef f():\n    with objmode():\n        pass\nf()", "is Numba's object mode, and there is none"),
        ("from numba.extending import intrinsic\n@intrinsic\ndef f(c, x):\n    pass\nf(1)", "can be called in compiled code only"),
        (
            "from numba import njit\nfrom numba.extending import intrinsic\n@intrinsic\ndef g(c, x):\n    pass\n"
            "@njit\ndef f():\n    return g(1)\nf()",
            "g",
        ),
        ("from numba.core import cgutils; cgutils.pack_array", "cumbia has no numba.core.cgutils.pack_array"),
        ("import numba.np; numba.np.arraymath", "cumbia has no numba.np.arraymath"),
        ("from numba import nothing_of_it", "cannot import name 'nothing_of_it'"),
        ("import numba.misc.special", "no module 'numba.misc"),
    ]:
        with open(script, "w") as file:
            file.write(text)
        done = cumbia("run", "--as-numba", script)
        assert done.returncode == 1 and told in done.stderr


NAMES = """\
import numpy as np
import numba
from numba import config, literal_unroll, njit, optional
from numba.core import config as core_config
from numba.cuda.bf16 import bfloat16
from numba.cuda.types import bfloat16 as same_bfloat16
from numba.np.numpy_support import as_dtype, from_dtype
from numba.np.ufunc.gufunc import GUFunc
from numba.typed import Dict, List, typedlist
from numba.typed.typeddict import Dict as DictOfModule
from numba.types import DictType, FunctionType, ListType, NamedTuple, WrapperAddressProtocol, float32, int64

row = float32[::1]

@njit("float32(float32)", locals={"y": float32})
def one_and_a_half(x):
    y = 1.5
    return y

@njit(int64(FunctionType(int64(int64)), int64))
def called(f, x):
    return f(x)

@njit
def next_one(x):
    return x + 1

@njit
def containers(n, t):
    rows = List.empty_list(row)
    rows.append(np.full(2, n, np.float32))
    found = DictOfModule.empty(key_type=int64, value_type=row)
    found[n] = rows[0]
    names = typedlist.List()
    names.append("a")
    total = 0.0
    for x in literal_unroll(t):
        total += x[0]
    return rows, found, names, List((1, 2)), total, numba.config.NUMBA_NUM_THREADS > 0

print(one_and_a_half(np.float32(1)), called(next_one, 2), containers(3, (np.ones(1), (4, 5))))
print(as_dtype(from_dtype(np.dtype("i4"))), numba.np.numpy_support is not None, isinstance([], List), isinstance({}, List))
assert bfloat16 is same_bfloat16
print(core_config.DISABLE_JIT, config.DISABLE_JIT, ListType(int64), DictType(int64, optional(row)))
"""


REFUSED = """\
from numba import njit

@njit("float64(float32[:], float64)")
def mixed(a, x):
    return [x, "a"][0]

print(type(mixed).__module__)
mixed
"""


def test_what_is_refused_for_its_signatures_is_refused_when_it_is_called(script):
    with open(script, "w") as file:
        file.write(REFUSED)
    done = cumbia("run", "--as-numba", script)
    assert (done.returncode, done.stdout) == (0, "cumbia._cumbia\n"), done.stderr
    with open(script, "a") as file:
        file.write("import numpy as np\nmixed(np.ones(1, np.float32), 1.0)\n")
    done = cumbia("run", "--as-numba", script)
    assert done.returncode == 1 and "error[CB0322]" in done.stderr


def test_names_of_numba(script):
    with open(script, "w") as file:
        file.write(NAMES)
    done = cumbia("run", "--as-numba", script)
    assert done.stdout.splitlines() == [
        "1.5 3 ([array([3., 3.], dtype=float32)], {3: array([3., 3.], dtype=float32)}, ['a'], [1, 2], np.float64(5.0), True)",
        "int32 True True False",
        "0 0 List(int64) DictType(int64, Optional(float32[::1]))",
    ], done.stderr


CLASSES = """\
import numpy as np
from numba import float32, int32, njit, types
from numba.experimental import jitclass, structref
import numba.experimental

@jitclass([("value", int32), ("data", float32[:])])
class Bag:
    def __init__(self, value):
        self.value = value
        self.data = np.zeros(value, np.float32)

    @property
    def size(self):
        return self.data.size

    def add(self, x):
        self.value += 1
        self.data[0] += x

@jitclass
class Plain:
    def __init__(self):
        self.bags = [Bag(1)]

inner = types.List(Bag.class_type.instance_type)

@njit
def work(n):
    bag = Bag(n)
    bag.add(0.5)
    plain = Plain()
    plain.bags[0].add(1)
    return bag, bag.size, plain.bags[0].value

bag, size, value = work(3)
bag.add(1)
print(bag.value, bag.data, size, value, inner, type(bag) is Bag)

@structref.register
class PairType(types.StructRef):
    pass

class Pair(structref.StructRefProxy):
    pass

numba.experimental.structref.define_proxy(Pair, PairType, ["a", "b"])

@njit
def swapped(pair):
    pair.a, pair.b = pair.b, pair.a
    return pair.a, Pair(1, 2.5).b

print(swapped(Pair(1, 2)))
for wrong in ([(1, int32)], [("value", 3)]):
    try:
        jitclass(wrong)
    except TypeError as error:
        print(error)
"""


def test_classes_of_numba(script):
    with open(script, "w") as file:
        file.write(CLASSES)
    done = cumbia("run", "--as-numba", script)
    assert done.stdout.splitlines() == [
        "5 [1.5 0.  0. ] 3 2 List(instance of Bag) True",
        "(2, 2.5)",
        "spec keys should be strings, got 1",
        "spec values should be Numba type instances, got 3",
    ], done.stderr


CUDA = """
import numpy as np
from numba import cuda, float32, from_dtype, void
from numba.cuda.random import create_xoroshiro128p_states

@cuda.jit(void(float32[:], from_dtype(np.dtype([("x", np.float32)]))[:]))
def gather(out, points):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = points[i].x

out = cuda.device_array(3, np.float32)
points = np.zeros(3, [("x", np.float32)])
points["x"] = 1, 2, 3
gather[1, 32](out, points)
print(out.copy_to_host(), cuda.__name__, len(create_xoroshiro128p_states(2, 1)))

import numba.cuda.cudadrv.error
from numba.cuda.cudadrv.driver import CudaAPIError
print(cuda.cudadrv.error.CudaSupportError is cuda.CudaSupportError, CudaAPIError is cuda.CudaAPIError, cuda.cudadrv.devices.gpus is cuda.gpus)
"""


def test_numba_scripts_with_kernels(script, monkeypatch):
    monkeypatch.setenv("CUMBIA_CUDA", "emulate")
    with open(script, "w") as file:
        file.write(CUDA)
    done = cumbia("run", "--as-numba", script)
    assert done.stdout == "[1. 2. 3.] cumbia.cuda 2\nTrue True True\n", done.stderr


def test_annotate(script):
    done = cumbia("annotate", script)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "script.html")
    with open("script.html") as file:
        page = file.read()
    assert "scaled" in page and "s += twice(a[i])" in page and "twice, called by it" in page
    assert "unused was not called" in done.stderr
    done = cumbia("annotate", "--text", "-f", "scaled", script, COLUMNS="40")
    assert done.stdout.startswith("scaled: (array(float64, 1, C)) ->") and "\x1b" not in done.stdout
    # What the script prints doesn't get in between.
    assert "200.0" in done.stderr
    done = cumbia("annotate", "--text", script, FORCE_COLOR="1")
    assert "\x1b[" in done.stdout
    assert "\x1b[" not in cumbia("annotate", "--text", script, FORCE_COLOR="1", NO_COLOR="1").stdout
    (one,) = json.loads(cumbia("annotate", "--json", script).stdout)
    assert one["blocks"][0]["lines"][0]["source"] == "def scaled(a):"


def test_disasm(script):
    done = cumbia("disasm", "--kind", "ir", script)
    assert "# scaled: (array(float64, 1, C)) -> float64\n" in done.stdout and "func @scaled.0" in done.stdout
    (one,) = json.loads(cumbia("disasm", "--tier", "fast", "--json", script).stdout)
    assert one["kind"] == "asm" and "@scaled.0" in one["text"]
    done = cumbia("disasm", "-f", "scald", script)
    assert done.returncode == 2 and "did you mean scaled?" in done.stderr
    done = cumbia("disasm", "-f", "scaled", "-s", "(int64)", script)
    assert done.returncode == 2 and "is not compiled for (int64)" in done.stderr
    done = cumbia("disasm", "-f", "unused", script)
    assert done.returncode == 1 and "called no function" in done.stderr
    done = cumbia("disasm", "--kind", "llvm", "--tier", "fast", script)
    assert done.returncode == 2


@needs_llvm
def test_disasm_by_llvm(script):
    assert "define " in cumbia("disasm", "--kind", "llvm", "-f", "scaled", script).stdout
    done = cumbia("disasm", "--kind", "llvm", script, CUMBIA_LLVM="0")
    assert done.returncode == 1 and "there is no LLVM" in done.stderr and "Traceback" not in done.stderr


def test_trace(script):
    done = cumbia("trace", script, CUMBIA_CACHE="0")
    assert done.returncode == 0 and re.search(r"compiled +1 ", done.stdout)
    with open("script.trace.json") as file:
        assert any(row.get("cat") == "compiled" for row in json.load(file)["traceEvents"])
    rows = json.loads(cumbia("trace", "--json", script, CUMBIA_CACHE="0").stdout)
    assert [row["kind"] for row in rows if row["function"].startswith("scaled")][0] == "compiled"


def test_bench(script):
    words = ("bench", script, "scaled(a)", "--setup", "a = np.arange(1000.0)", "--time", "0.05")
    done = cumbia(*words, "--engine", "interpreted", "--engine", "tier 1", "--json", "--html", "out.html")
    assert done.returncode == 0, done.stderr
    slow, fast = json.loads(done.stdout)["engines"]
    assert slow["engine"] == "interpreted" and slow["compiling"] is None and fast["compiling"] > 0
    assert slow["same"] and fast["same"] and slow["digest"] == fast["digest"]
    for one in (slow, fast):
        assert 0 < one["least"] <= one["median"] <= one["upper"] and one["lower"] <= one["median"] and one["samples"] >= 5
    with open("out.html") as file:
        page = file.read()
    assert "<svg" in page and "tier 1" in page and "scaled(a) of script.py" in page
    done = cumbia(*words, "--engine", "tier 1", COLUMNS="120")
    assert "engine" in done.stdout and "999000.0" in done.stdout


def test_bench_draws(script):
    pytest.importorskip("matplotlib")
    done = cumbia("bench", script, "twice(1.5)", "--time", "0.02", "--engine", "tier 1", "--png", "out.png")
    assert done.returncode == 0, done.stderr
    with open("out.png", "rb") as file:
        assert file.read(8) == b"\x89PNG\r\n\x1a\n"


def test_bench_tells_when_results_differ(script):
    with open(script, "a") as file:
        file.write("import os\ndef named(): return os.environ.get('CUMBIA_TIER', 'none')\n")
    done = cumbia("bench", script, "named()", "--time", "0.02", "--engine", "interpreted", "--engine", "tier 1")
    assert done.returncode == 1 and "results differ" in done.stderr and "differs: 'fast'" in done.stdout


def test_bench_fails_where_cumbia_does(tmp_path):
    """Though plain Python has its time."""
    refused = tmp_path / "refused.py"
    refused.write_text("from cumbia import jit\n\n@jit\ndef f(n):\n    x = 1\n    if n > 1:\n        x = 's'\n    return x\n")
    words = ("bench", str(refused), "f(3)", "--time", "0.02", "--engine", "interpreted")
    assert cumbia(*words).returncode == 0
    done = cumbia(*words, "--engine", "tier 1")
    assert done.returncode == 1 and "tier 1: " in done.stderr and "interpreted" in done.stdout


def test_bench_bad_input(script):
    for words, status, told in [
        ((script, "scaled("), 2, "can't be parsed"),
        ((script, "scaled(1", "--time", "0"), 2, "can't be parsed"),
        ((script, "scaled(1)", "--time", "0"), 2, "more than 0"),
        (("absent.py", "f()"), 2, "absent.py"),
        ((script, "nothing()", "--engine", "tier 1"), 1, "name 'nothing' is not defined"),
        ((script, "scaled(a)", "--setup", "while True: pass", "--limit", "1", "--engine", "tier 1"), 1, "given up after 1 s"),
    ]:
        done = cumbia("bench", *words)
        assert done.returncode == status and told in done.stderr, (words, done)
        assert "Traceback" not in done.stderr


def test_bench_against_numba(script):
    pytest.importorskip("numba")
    words = ("bench", script, "scaled(a)", "--setup", "a = np.ones(9)", "--time", "0.02")
    rows = json.loads(cumbia(*words, "--engine", "numba", "--engine", "tier 1", "--json").stdout)["engines"]
    assert rows[0]["engine"] == "numba" and rows[0]["same"] and rows[1]["same"]
    assert rows[0]["compiling"] is None and rows[1]["compiling"] > 0


def test_cache(script, tmp_path):
    folder = tmp_path / "cache"
    here = {"CUMBIA_CACHE_DIR": str(folder), "CUMBIA_CACHE": "1"}
    cumbia("run", script, **here)
    assert cumbia("cache", "dir", **here).stdout == f"{folder}\n"
    rows = json.loads(cumbia("cache", "ls", "--json", **here).stdout)
    assert rows and {row["kind"] for row in rows} <= {"index", "tier 1", "tier 2"} and all(row["bytes"] > 0 for row in rows)
    assert len(cumbia("cache", "ls", **here).stdout.splitlines()) == len(rows) + 1
    done = cumbia("cache", "verify", **here)
    assert done.returncode == 0 and done.stdout == f"{len(rows)} files are whole, 0 damaged\n"
    (folder / rows[0]["name"]).write_bytes(b"something else")
    done = cumbia("cache", "verify", "--json", **here)
    assert done.returncode == 1 and json.loads(done.stdout)["damaged"] == [rows[0]["name"]]
    assert cumbia("cache", "verify", "--remove", **here).returncode == 1
    assert cumbia("cache", "verify", **here).returncode == 0
    assert cumbia("cache", "export", "code.tar", **here).returncode == 0
    done = cumbia("cache", "clear", "--json", **here)
    assert json.loads(done.stdout) == {"removed": len(rows) - 1, "left": 0}
    assert cumbia("cache", "import", "code.tar", **here).stdout == f"{len(rows) - 1} files taken, 0 refused\n"
    done = cumbia("cache", "import", "absent.tar", **here)
    assert done.returncode == 1 and "absent.tar" in done.stderr and "Traceback" not in done.stderr
    assert cumbia("cache", **here).returncode == 2


@pytest.mark.parametrize("command", ["run", "annotate", "disasm", "trace", "check"])
def test_scripts_that_cant_be_read(script, tmp_path, command):
    (tmp_path / "broken.py").write_text("x = 1\ndef f(:\n    pass\n")
    (tmp_path / "binary.py").write_bytes(b"\xff\xfe\x00x")
    (tmp_path / "folder.py").mkdir()
    for name, told in [
        ("absent.py", "No such file"),
        ("broken.py", "line 2"),
        ("binary.py", "binary.py"),
        *([("folder.py", "Is a directory")] if command != "check" else []),
    ]:
        done = cumbia(command, name)
        assert done.returncode == 2 and told in done.stderr and "Traceback" not in done.stderr
        assert done.stdout == "" or command == "check"


def test_files_that_cant_be_written(script, tmp_path):
    (tmp_path / "there").mkdir()
    for out, told in [("there", "it is a directory"), ("absent/x.html", "No such file")]:
        done = cumbia("annotate", "-o", out, script)
        assert done.returncode == 2 and told in done.stderr and "Traceback" not in done.stderr
    # A file in a folder's place: nothing may be made below it, whoever asks.
    done = cumbia("trace", "-o", "script.py/x.json", script)
    assert done.returncode == 2 and "can't write" in done.stderr
    assert sorted(one.name for one in tmp_path.iterdir() if one.name != "__pycache__") == ["script.py", "there"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_no_permission(script, tmp_path):
    (tmp_path / "kept.html").write_text("kept")
    (tmp_path / "kept.html").chmod(0o400)
    done = cumbia("annotate", "-o", "kept.html", script)
    assert done.returncode == 2 and "no permission" in done.stderr
    assert (tmp_path / "kept.html").read_text() == "kept"
    (tmp_path / "closed").mkdir(0o500)
    done = cumbia("annotate", "-o", "closed/x.html", script)
    assert done.returncode == 2 and "Permission denied" in done.stderr


def test_a_script_that_compiles_nothing(script):
    with open(script, "w") as file:
        file.write("x = 1\n")
    for command in ("annotate", "disasm"):
        done = cumbia(command, script)
        assert done.returncode == 1 and "decorate one with @jit" in done.stderr
    assert cumbia("trace", script).returncode == 0


def test_a_script_that_fails_is_told_as_far_as_it_came(script):
    with open(script, "a") as file:
        file.write("    1 / 0\n")
    done = cumbia("annotate", "--text", script)
    assert done.returncode == 1 and "ZeroDivisionError" in done.stderr and "s += twice(a[i])" in done.stdout


def test_explain(capsys):
    assert main(["explain", "cb0301", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["code"] == "CB0301"
    assert main(["explain", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)) > 50
    assert main(["explain", "CB9999", "--json"]) == 2
    assert "there is no code CB9999" in capsys.readouterr().err


def test_help(capsys):
    for name in COMMANDS:
        with pytest.raises(SystemExit) as left:
            main([name, "--help"])
        told = capsys.readouterr().out
        assert left.value.code == 0 and f"cumbia {name}" in told and "example" in told, name
    assert main([]) == 2
    assert "check" in capsys.readouterr().err
    assert main(["--version"]) == 0
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", capsys.readouterr().out)
    with pytest.raises(SystemExit) as left:
        main(["nothing"])
    assert left.value.code == 2


def test_completion(capsys):
    found = completion.words()
    assert set(found[()].commands) == set(COMMANDS)
    assert {"ls", "clear", "verify", "export", "import", "dir", "info"} == set(found["cache",].commands)
    assert "--as-numba" in found["run",].options and found["completion",].choices == ("bash", "zsh", "fish")
    main(["completion", "fish"])
    assert "-l as-numba" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "wanted"),
    [("cumbia ch", ["check"]), ("cumbia cache ve", ["verify"]), ("cumbia run --as", ["--as-numba"]), ("cumbia cache import --t", ["--to"])],
)
def test_completion_in_bash(words, wanted, tmp_path):
    program = 'eval "$(python -m cumbia completion bash)"; COMP_WORDS=($1); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _cumbia; echo "${COMPREPLY[@]}"'
    program = program.replace("python -m", f"{sys.executable} -m")
    done = subprocess.run(["bash", "-c", program, "bash", words], capture_output=True, text=True, cwd=tmp_path)
    assert done.stdout.split() == wanted, done.stderr


def test_whoever_reads_may_stop(script):
    command = f"{sys.executable} -m cumbia explain --json | head -n 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert "Traceback" not in done.stderr and "BrokenPipe" not in done.stderr


def test_a_narrow_terminal(script):
    done = cumbia("run", "--report", script, COLUMNS="30")
    assert "  signature: (array(float64, 1, C)) -> float64" in done.stderr
