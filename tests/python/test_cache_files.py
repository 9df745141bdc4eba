"""The cache's directory and files: what isn't trusted, what isn't whole, what isn't there.

Whatever is wrong with it, functions work, nothing of it runs, and there is one warning at
most. Large counts of the same are `python -m tests.cache`.
"""

import io
import os
import random
import subprocess
import sys
import tarfile
import warnings

import pytest

from cumbia import _cumbia, jit
from cumbia.__main__ import main
from tests.python.harness import IDENTITY

pytestmark = pytest.mark.skipif(IDENTITY, reason="nothing is compiled")

# Which user owns what; root can give things away.
ROOT = os.geteuid() == 0


def total(a, b=2):
    s = 0
    for i in range(a):
        s += i * b
    return s


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("CUMBIA_CACHE", "1")
    monkeypatch.setenv("CUMBIA_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("CUMBIA_CACHE_LAYERS", raising=False)
    monkeypatch.delenv("CUMBIA_CACHE_SIZE", raising=False)
    return tmp_path / "cache"


def called(func=total, *args):
    """Whether the code of a new dispatcher of the function was found; it works anyway."""
    f = jit(func)
    args = args or (5,)
    with warnings.catch_warnings():
        # One in a process; the tests of it have processes of their own.
        warnings.simplefilter("ignore", RuntimeWarning)
        assert f(*args) == func(*args)
    return f.stats["found"] == 1


def test_the_directory_is_private(folder):
    assert not called()
    assert called()
    assert folder.stat().st_mode & 0o777 == 0o700
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600


def test_every_flipped_bit_and_every_cut(folder):
    called()
    choose = random.Random(0)
    for path in folder.iterdir():
        good = path.read_bytes()
        assert _cumbia._cache_is_whole(path.name, good)
        for bit in choose.sample(range(8 * len(good)), min(500, 8 * len(good))):
            damaged = bytearray(good)
            damaged[bit // 8] ^= 1 << bit % 8
            assert not _cumbia._cache_is_whole(path.name, bytes(damaged))
        for end in range(0, len(good), 7):
            assert not _cumbia._cache_is_whole(path.name, good[:end])
        assert not _cumbia._cache_is_whole(path.name, good + b"\0")


@pytest.mark.parametrize("kind", ["log", "code"])
@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "longer", "zeros"])
def test_a_damaged_file_is_replaced(folder, kind, damage):
    called()
    (path,) = folder.glob(f"*.{kind}")
    good = path.read_bytes()
    middle = len(good) // 2
    path.write_bytes({
        "flip": good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :],
        "cut": good[:middle],
        "empty": b"",
        "longer": good + b"x",
        "zeros": bytes(len(good)),
    }[damage])  # fmt: skip
    assert not called()
    assert path.read_bytes() == good
    assert called()


def replace_by_fifo(path):
    path.unlink()
    os.mkfifo(path)


def replace_by_link(path):
    other = path.parent.parent / path.name
    path.rename(other)
    path.symlink_to(other)


def replace_by_directory(path):
    path.unlink()
    path.mkdir()


def let_others_write(path):
    path.chmod(0o666)


def give_away(path):
    if not ROOT:
        pytest.skip("only root can give files away")
    os.chown(path, 65534, 65534)


CHANGES = [replace_by_fifo, replace_by_link, replace_by_directory, let_others_write, give_away]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("kind", ["log", "code"])
def test_a_file_that_is_none_is_not_used(folder, kind, change):
    called()
    (path,) = folder.glob(f"*.{kind}")
    change(path)
    assert not called()
    if change is not replace_by_directory:
        assert called()
        assert path.is_file() and not path.is_symlink()
        assert path.stat().st_mode & 0o777 == 0o600


def directory_is_link(folder):
    folder.mkdir(mode=0o700)
    folder.rename(folder.with_name("other"))
    folder.symlink_to(folder.with_name("other"))


def directory_is_fifo(folder):
    os.mkfifo(folder)


def directory_is_file(folder):
    folder.write_text("nothing")


def directory_is_open_to_all(folder):
    folder.mkdir()
    folder.chmod(0o777)


def directory_is_open_to_a_group(folder):
    folder.mkdir()
    folder.chmod(0o770)


def directory_is_anothers(folder):
    folder.mkdir(mode=0o700)
    give_away(folder)


REFUSED = [
    directory_is_link, directory_is_fifo, directory_is_file, directory_is_open_to_all,
    directory_is_open_to_a_group, directory_is_anothers,
]  # fmt: skip

WORDS = {
    directory_is_link: "symbolic link",
    directory_is_fifo: "no directory",
    directory_is_file: "no directory",
    directory_is_anothers: "another user",
}


@pytest.mark.parametrize("change", REFUSED)
def test_a_directory_that_is_not_safe_is_refused(folder, change):
    change(folder)
    assert not called()
    assert not called()
    assert not list(folder.iterdir()) if folder.is_dir() else True
    report = _cumbia._cache_report()
    assert not report["used"]
    assert WORDS.get(change, "by others") in report["why"]


SCRIPT = """
import sys, warnings
from cumbia import jit
@jit
def f(a, b=2):
    s = 0
    for i in range(a):
        s += i * b
    return s
@jit
def g(a):
    return a + 1
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    print(f(5), f(True), g(1), g(1.0))
for one in caught:
    print(one.category.__name__, one.message)
print(f.stats["found"] + g.stats["found"])
"""


def run(tmp_path, folder, **settings):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    environment = {**os.environ, "CUMBIA_CACHE": "1", "CUMBIA_CACHE_DIR": str(folder), **settings}
    done = subprocess.run(
        [sys.executable, str(script)], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    lines = done.stdout.splitlines()
    assert lines[0] == "20 0 2 2.0"
    return lines[1:-1], int(lines[-1])


@pytest.mark.parametrize("change", [directory_is_open_to_all, directory_is_link])
def test_one_warning(tmp_path, folder, change):
    change(folder)
    (warning,), found = run(tmp_path, folder)
    assert warning.startswith("RuntimeWarning compiled code isn't kept: ")
    assert found == 0


def test_no_warning(tmp_path, folder):
    """Neither where all is well nor where there can be no cache."""
    assert run(tmp_path, folder) == ([], 0)
    assert run(tmp_path, folder) == ([], 4)
    assert run(tmp_path, "/proc/nowhere/at/all") == ([], 0)
    assert run(tmp_path, "/dev/null/below") == ([], 0)
    assert run(tmp_path, folder, HOME="", CUMBIA_CACHE_DIR="", XDG_CACHE_HOME="") == ([], 0)
    assert run(tmp_path, "", XDG_CACHE_HOME=str(tmp_path / "xdg")) == ([], 0)
    assert run(tmp_path, "", XDG_CACHE_HOME=str(tmp_path / "xdg")) == ([], 4)
    assert (tmp_path / "xdg" / "cumbia").is_dir()


def test_a_directory_that_moves(folder, tmp_path, monkeypatch):
    called()
    folder.rename(tmp_path / "moved")
    monkeypatch.setenv("CUMBIA_CACHE_DIR", str(tmp_path / "moved"))
    assert called()


def test_a_directory_that_is_removed_while_it_is_used(folder):
    called()
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    assert not called()
    assert called()
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_directory_that_becomes_unsafe_while_it_is_used(folder):
    called()
    folder.chmod(0o777)
    assert not called()
    folder.chmod(0o700)
    assert called()


@pytest.mark.skipif(ROOT, reason="root writes everywhere")
def test_a_directory_that_is_read_only(folder):
    called()
    folder.chmod(0o500)
    try:
        assert called()
        assert not called(total, True)
    finally:
        folder.chmod(0o700)


def test_no_room(folder, monkeypatch):
    """Files are as large as there is room, and a full directory loses the oldest."""
    monkeypatch.setenv("CUMBIA_CACHE_SIZE", "100")
    assert not called()
    assert not called()
    assert not list(folder.glob("*.code"))


def test_the_size_is_bounded(folder, monkeypatch):
    monkeypatch.setenv("CUMBIA_CACHE_SIZE", "60K")
    for number in range(60):
        scope = {}
        text = f"def f(a):\n    return (a, {number})\n"
        exec(text, scope)
        assert jit(scope["f"], source=text, cache=True)(1) == (1, number)
    size = sum(path.stat().st_size for path in folder.iterdir())
    assert 5_000 < size < 70_000
    # The newest is there.
    again = jit(scope["f"], source=text, cache=True)
    again(1)
    assert again.stats["found"] == 1


def test_the_remains_of_killed_writers_go(folder, monkeypatch):
    called()
    old, new = folder / "tmp-1-0-1", folder / "tmp-2-0-1"
    for path in (old, new):
        path.write_bytes(b"x")
    os.utime(old, (1, 1))
    monkeypatch.setenv("CUMBIA_CACHE_SIZE", "60K")
    for number in range(30):
        scope = {}
        text = f"def f(a):\n    return (a, a, {number})\n"
        exec(text, scope)
        jit(scope["f"], source=text, cache=True)(1)
    assert new.exists()
    assert not old.exists()


def test_layers(folder, tmp_path, monkeypatch, capsys):
    called()
    archive, layer = tmp_path / "code.tar", tmp_path / "layer"
    assert main(["cache", "export", str(archive)]) == 0
    assert main(["cache", "import", str(archive), "--to", str(layer)]) == 0
    assert main(["cache", "clear"]) == 0
    assert "2 files taken, 0 refused" in capsys.readouterr().out
    assert not list(folder.iterdir())
    monkeypatch.setenv("CUMBIA_CACHE_LAYERS", f"{tmp_path / 'nothing'}:{layer}")
    assert called()
    # Nothing is written into a layer, and nothing copied out of it.
    assert len(list(layer.iterdir())) == 2
    assert not list(folder.iterdir())
    assert not called(total, True)
    assert len(list(layer.iterdir())) == 2
    assert called(total, True)
    layer.chmod(0o777)
    monkeypatch.setenv("CUMBIA_CACHE_LAYERS", str(layer))
    assert not called()


def test_import_checks_what_it_takes(folder, tmp_path, capsys):
    called()
    archive = tmp_path / "code.tar"
    main(["cache", "export", str(archive)])
    with tarfile.open(archive) as members:
        content = {m.name: members.extractfile(m).read() for m in members}
    (code,) = [name for name in content if name.endswith(".code")]
    main(["cache", "clear"])
    bad = tmp_path / "bad.tar"
    with tarfile.open(bad, "w") as out:
        for name, data in [
            (code, content[code][:-1] + b"!"),
            ("../escaped.log", content[code]),
            ("0" * 64 + ".code", content[code]),
            ("readme", b"hello"),
        ]:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            out.addfile(member, io.BytesIO(data))
        link = tarfile.TarInfo("1" * 64 + ".log")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        out.addfile(link)
    capsys.readouterr()
    assert main(["cache", "import", str(bad)]) == 1
    assert "0 files taken, 5 refused" in capsys.readouterr().out
    assert not list(folder.iterdir())
    assert not (tmp_path / "escaped.log").exists()
    assert main(["cache", "import", str(archive)]) == 0
    assert called()
    assert main(["cache", "import", str(tmp_path / "absent.tar")]) == 1
    assert main(["cache", "import", __file__]) == 1
    assert main(["cache", "export", str(tmp_path / "no" / "where.tar")]) == 1


def test_what_is_told(folder, capsys):
    called()
    assert main(["cache", "info"]) == 0
    text = capsys.readouterr().out
    assert str(folder) in text
    assert "files:       2" in text
    assert "state:       used" in text


def test_descriptors_that_others_close(folder):
    """A program that closes every descriptor, as daemons do, gets others in their place."""
    called()
    report = _cumbia._cache_report()
    assert report["used"]
    root, replaced = os.open("/", os.O_RDONLY), []
    for fd in [int(fd) for fd in os.listdir("/proc/self/fd")]:
        try:
            is_cache = os.path.samestat(os.fstat(fd), folder.stat())
        except OSError:
            continue
        if is_cache:
            os.dup2(root, fd)
            replaced.append(fd)
    os.close(root)
    try:
        assert replaced
        assert called()
    finally:
        # Nobody has closed what is another's now.
        for fd in replaced:
            os.close(fd)
