"""Disks that are full, read-only, another user's or gone: functions work, nothing is told.

Each case runs `SCRIPT` in a process of its own. What needs root (mounting, another user) is
left out elsewhere; what a mount would show is shown without one as well, by limits.
"""

import contextlib
import os
import resource
import subprocess
import sys

import pytest

from tests.cache import PROGRAM, environment
from tests.python.harness import IDENTITY

pytestmark = pytest.mark.skipif(
    IDENTITY or not sys.platform.startswith("linux"), reason="disks as Linux has them"
)

ROOT = os.geteuid() == 0
NOBODY = 65534


def run(tmp_path, cache, before=None, program=PROGRAM, **settings):
    """How many functions were compiled and found, and the warnings."""
    script = tmp_path / "script.py"
    script.write_text(program)
    script.chmod(0o644)
    done = subprocess.run(
        [sys.executable, str(script)], env=environment(cache, **settings),
        capture_output=True, text=True, timeout=120, preexec_fn=before,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    compiles, found = map(int, done.stdout.split())
    return compiles, found, done.stderr


@contextlib.contextmanager
def mounted(folder, size):
    """A file system of so many bytes."""
    folder.mkdir(exist_ok=True)
    made = ROOT and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "none", folder], capture_output=True
    )
    if not made or made.returncode:
        pytest.skip("nothing can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@pytest.mark.parametrize("size", ["4k", "16k", "40k"])
def test_a_full_disk(tmp_path, size):
    """Some files fit, or none; what doesn't is left out whole."""
    cache = tmp_path / "disk"
    with mounted(cache, size):
        (cache / "filler").write_bytes(b"x" * 4096 * (int(size[:-1]) // 4 - 1))
        (cache / "filler").chmod(0o600)
        assert run(tmp_path, cache) == (5, 0, "")
        left = [path for path in cache.iterdir() if path.name != "filler"]
        # Nothing of what didn't fit stays.
        assert all(path.suffix in (".log", ".code", ".best") for path in left), left
        assert all(path.stat().st_size > 0 for path in left)
        compiles, found, said = run(tmp_path, cache)
        assert compiles + found == 5 and not said
        # Room again: all of it is kept.
        (cache / "filler").unlink()
        subprocess.run(["mount", "-o", "remount,size=16m", cache], check=True)
        compiles, found, said = run(tmp_path, cache)
        assert compiles + found == 5 and not said
        assert run(tmp_path, cache) == (0, 5, "")


@pytest.mark.parametrize("most", [0, 100, 5000, 20000])
def test_files_of_limited_size(tmp_path, most):
    """As on a full disk, writing fails in the midst of a file."""
    cache = tmp_path / "cache"

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    assert run(tmp_path, cache, limit) == (5, 0, "")
    left = list(cache.iterdir()) if cache.exists() else []
    assert all(0 < path.stat().st_size <= most for path in left)
    assert all(path.suffix in (".log", ".code") for path in left), left
    compiles, found, said = run(tmp_path, cache, limit)
    assert compiles + found == 5 and not said
    run(tmp_path, cache)
    assert run(tmp_path, cache, limit) == (0, 5, "")


def test_no_more_files(tmp_path):
    """A disk without room for further files."""
    cache = tmp_path / "disk"
    cache.mkdir()
    made = ROOT and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "nr_inodes=3,mode=700", "none", cache], capture_output=True
    )
    if not made or made.returncode:
        pytest.skip("nothing can be mounted here")
    try:
        assert run(tmp_path, cache) == (5, 0, "")
        compiles, found, said = run(tmp_path, cache)
        assert compiles + found == 5 and not said
    finally:
        subprocess.run(["umount", "-l", cache], check=True)


def test_a_read_only_disk(tmp_path):
    """What is there is used, nothing is written, nothing is said."""
    cache = tmp_path / "disk"
    with mounted(cache, "16m"):
        subprocess.run(["mount", "-o", "remount,ro", cache], check=True)
        assert run(tmp_path, cache) == (5, 0, "")
        subprocess.run(["mount", "-o", "remount,rw", cache], check=True)
        assert run(tmp_path, cache) == (5, 0, "")
        subprocess.run(["mount", "-o", "remount,ro", cache], check=True)
        assert run(tmp_path, cache) == (0, 5, "")
        before = sorted(path.name for path in cache.iterdir())
        edited = PROGRAM.replace("K = 3.0", "K = 4.0")
        compiles, found, said = run(tmp_path, cache, program=edited)
        assert compiles + found == 5 and compiles >= 2 and not said
        assert sorted(path.name for path in cache.iterdir()) == before
        # The directory itself can't be made there.
        assert run(tmp_path, cache / "below") == (5, 0, "")


def test_a_disk_that_becomes_read_only_and_goes_away(tmp_path):
    """While a process runs."""
    cache = tmp_path / "disk"
    program = (
        "import subprocess\nfrom cumbia import jit\n"
        "@jit\ndef f(a):\n    return a + 1\n"
        f"cache = {str(cache)!r}\n"
        "assert f(1) == 2\n"
        "subprocess.run(['mount', '-o', 'remount,ro', cache], check=True)\n"
        "assert f(1.0) == 2.0\n"
        "subprocess.run(['umount', '-l', cache], check=True)\n"
        "assert f(True) == 2 and f(1j) == 1 + 1j\n"
        "subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=1m', 'none', cache], check=True)\n"
        "print(f.stats['compiles'], f.stats['found'])\n"
    )
    with mounted(cache, "16m"):
        assert run(tmp_path, cache, program=program) == (4, 0, "")


AS_NOBODY = f"""
import contextlib, io, os, runpy, sys
# All that is imported is, while it can be read.
os.environ["CUMBIA_CACHE"] = "0"
with contextlib.redirect_stdout(io.StringIO()):
    runpy.run_path(sys.argv[1])
os.setgroups([])
os.setgid({NOBODY})
os.setuid({NOBODY})
os.environ["CUMBIA_CACHE"] = "1"
runpy.run_path(sys.argv[1])
"""


def run_as_nobody(tmp_path, cache, **settings):
    """As `run`, as another user than root."""
    if not ROOT:
        pytest.skip("only root can be somebody else")
    script, starter = tmp_path / "script.py", tmp_path / "starter.py"
    script.write_text(PROGRAM)
    starter.write_text(AS_NOBODY)
    # The folders of tests are root's; this one's way is open.
    for folder in [tmp_path, *tmp_path.parents]:
        if folder.stat().st_uid == os.getuid() and len(folder.parts) > 2:
            folder.chmod(folder.stat().st_mode | 0o055)
    done = subprocess.run(
        [sys.executable, str(starter), str(script)], env=environment(cache, **settings),
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    compiles, found = map(int, done.stdout.split())
    return compiles, found, done.stderr


def test_another_users_directory(tmp_path):
    """One warning, and nothing of it is used, though it could be read."""
    cache = tmp_path / "cache"
    assert run(tmp_path, cache) == (5, 0, "")
    for path in [cache, *cache.iterdir()]:
        path.chmod(0o755)
    before = {path.name: path.stat().st_mtime_ns for path in cache.iterdir()}
    compiles, found, said = run_as_nobody(tmp_path, cache)
    assert (compiles, found) == (5, 0)
    assert said.count("RuntimeWarning: compiled code isn't kept") == 1
    assert "belongs to another user" in said
    assert before == {path.name: path.stat().st_mtime_ns for path in cache.iterdir()}
    # As a layer, root's is trusted.
    own = tmp_path / "own"
    own.mkdir()
    os.chown(own, NOBODY, NOBODY)
    own.chmod(0o700)
    assert run_as_nobody(tmp_path, own, CUMBIA_CACHE_LAYERS=str(cache)) == (0, 5, "")
    # Root, in turn, takes nothing of what another user has.
    compiles, found, said = run(tmp_path, own)
    assert (compiles, found) == (5, 0) and said.count("RuntimeWarning") == 1


def test_a_read_only_directory(tmp_path):
    if not ROOT:
        pytest.skip("root makes it for another user")
    cache = tmp_path / "cache"
    cache.mkdir()
    os.chown(cache, NOBODY, NOBODY)
    cache.chmod(0o500)
    assert run_as_nobody(tmp_path, cache) == (5, 0, "")
    assert list(cache.iterdir()) == []
    cache.chmod(0o700)
    assert run_as_nobody(tmp_path, cache) == (5, 0, "")
    cache.chmod(0o500)
    assert run_as_nobody(tmp_path, cache) == (0, 5, "")


def test_another_users_files_in_ones_own_directory(tmp_path):
    if not ROOT:
        pytest.skip("only root can give files away")
    cache = tmp_path / "cache"
    assert run(tmp_path, cache) == (5, 0, "")
    for path in cache.iterdir():
        os.chown(path, NOBODY, NOBODY)
    assert run(tmp_path, cache) == (5, 0, "")
    assert {path.stat().st_uid for path in cache.iterdir()} == {os.getuid()}
    assert run(tmp_path, cache) == (0, 5, "")


def test_removed_while_running(tmp_path):
    """The directory goes between two compilations, and its path becomes something else."""
    cache = tmp_path / "cache"
    program = (
        "import os, shutil\nfrom cumbia import jit\n"
        "@jit\ndef f(a):\n    return a + 1\n"
        f"cache = {str(cache)!r}\n"
        "assert f(1) == 2 and os.listdir(cache)\n"
        "shutil.rmtree(cache)\n"
        "assert f(1.0) == 2.0 and os.listdir(cache)\n"
        "shutil.rmtree(cache)\n"
        "open(cache, 'w').close()\n"
        "import warnings\n"
        "with warnings.catch_warnings(record=True) as caught:\n"
        "    warnings.simplefilter('always')\n"
        "    assert f(True) == 2 and f(1j) == 1 + 1j\n"
        "assert len(caught) <= 1, caught\n"
        "os.unlink(cache)\n"
        "print(f.stats['compiles'], f.stats['found'])\n"
    )
    assert run(tmp_path, cache, program=program) == (4, 0, "")


def test_another_processor(tmp_path):
    """Code for this processor's features isn't that for any, nor the other way round."""
    cache = tmp_path / "cache"
    for tier in ("auto", "best"):
        cold = 5 if tier == "auto" else 0
        settings = {"CUMBIA_TIER": tier}
        assert run(tmp_path, cache, **settings)[:2] == (cold, 5 - cold)
        assert run(tmp_path, cache, CUMBIA_CPU="baseline", **settings)[:2] == (cold, 5 - cold)
        assert run(tmp_path, cache, CUMBIA_CPU="baseline", **settings) == (0, 5, "")
        assert run(tmp_path, cache, CUMBIA_CPU="native", **settings) == (0, 5, "")


def test_a_processor_that_is_none(tmp_path):
    script = tmp_path / "script.py"
    script.write_text("from cumbia import jit\njit(lambda x: x)(1)\n")
    done = subprocess.run(
        [sys.executable, str(script)], env={**os.environ, "CUMBIA_CPU": "pentium"},
        capture_output=True, text=True,
    )  # fmt: skip
    assert "ValueError: CUMBIA_CPU is 'pentium', not 'native' or 'baseline'" in done.stderr
