"""The package as type checkers see it: mypy and basedpyright, where they are installed.

`typed_program.txt` is a program whose lines with `# wrong` are mistakes; a checker has to
find these and no others.
"""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TEXT = Path(__file__).with_name("typed_program.txt").read_text()
WRONG = {n for n, line in enumerate(TEXT.splitlines(), 1) if "# wrong" in line}
CHECKERS = {
    "mypy": ["--strict", "--no-error-summary", "--no-color-output", "--cache-dir=cache"],
    "basedpyright": ["--level", "error", "--pythonpath", sys.executable],
}


@pytest.mark.parametrize("checker", CHECKERS)
def test_checked(checker, tmp_path):
    if importlib.util.find_spec(checker) is None:
        pytest.skip(f"{checker} isn't installed")
    program = tmp_path / "program.py"
    program.write_text(TEXT)
    command = [sys.executable, "-m", checker, *CHECKERS[checker], program.name]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    found = {
        int(n) for n in re.findall(r"program\.py:(\d+)(?::\d+)*(?: -)? ?:? error", done.stdout)
    }
    assert found == WRONG, done.stdout + done.stderr
    assert not re.search(r"^(?!.*program\.py).*\berror:", done.stdout, re.M), done.stdout


def test_every_public_type_is_known(tmp_path):
    """As a library's author checks it; types of NumPy's own are NumPy's."""
    if importlib.util.find_spec("basedpyright") is None:
        pytest.skip("basedpyright isn't installed")
    # It asks the first Python of the path where packages are, and takes no other.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    command = [sys.executable, "-m", "basedpyright", "--verifytypes", "cumbia", "--ignoreexternal"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env={**os.environ, "PATH": path})
    assert "Type completeness score: 100%" in done.stdout, done.stdout + done.stderr
    assert int(re.search(r'Symbols exported by "cumbia": (\d+)', done.stdout)[1]) > 400


def test_the_stub_of_dispatchers_is_what_is_there(tmp_path):
    """What else is in the native module is the package's own."""
    if importlib.util.find_spec("mypy") is None:
        pytest.skip("mypy isn't installed")
    command = [sys.executable, "-m", "mypy.stubtest", "cumbia._cumbia", "--concise"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert "cumbia._cumbia." in done.stdout, done.stdout + done.stderr
    wrong = [line for line in done.stdout.splitlines() if line.startswith("cumbia._cumbia.Dispatcher")]
    assert not wrong, "\n".join(wrong)


def test_marker():
    import cumbia

    assert (Path(cumbia.__file__).parent / "py.typed").exists()


def test_every_name_of_the_native_module_is_in_its_stub():
    import ast

    from cumbia import _cumbia

    tree = ast.parse((Path(_cumbia.__file__).parent / "_cumbia.pyi").read_text())
    named = {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    named |= {node.target.id for node in tree.body if isinstance(node, ast.AnnAssign)}
    assert {name for name in vars(_cumbia) if not name.startswith("__")} - named == set()
    # Methods that users have, too.
    (dispatcher,) = (node for node in tree.body if getattr(node, "name", "") == "Dispatcher")
    methods = {node.name for node in dispatcher.body if isinstance(node, ast.FunctionDef)}
    assert {name for name in dir(_cumbia.Dispatcher) if not name.startswith("_")} - methods == set()
