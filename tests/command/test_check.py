"""`cumbia check`: thirty scripts with faults, thirty without, and what it writes."""

import json
import os
import re
import subprocess
import sys

import pytest

from cumbia.__main__ import main
from tests.command import clean, faulty

FAULTY = [one.lstrip("\n") for one in faulty.SCRIPTS.split("#---\n")]
CLEAN = [one.lstrip("\n") for one in clean.SCRIPTS.split("#---\n")]


def checked(tmp_path, capsys, text, *words):
    path = tmp_path / "script.py"
    path.write_text(text)
    status = main(["check", str(path), *words])
    return status, capsys.readouterr().out


@pytest.mark.parametrize("text", FAULTY, ids=range(len(FAULTY)))
def test_faults_are_found(tmp_path, capsys, text):
    wanted = [
        (number, match[1])
        for number, line in enumerate(text.splitlines(), 1)
        if (match := re.search(r"  # ([\w-]+)$", line))
    ]
    status, out = checked(tmp_path, capsys, text, "--json")
    (facts,) = json.loads(out)
    found = [(one["line"], one["kind"]) for one in facts["findings"]]
    assert wanted and found == wanted and status == 1


@pytest.mark.parametrize("text", CLEAN, ids=range(len(CLEAN)))
def test_nothing_else_is_told(tmp_path, capsys, text):
    status, out = checked(tmp_path, capsys, text, "--json")
    (facts,) = json.loads(out)
    assert facts["findings"] == [] and status == 0


def test_enough_of_them():
    assert len(FAULTY) >= 30 and len(CLEAN) >= 30


def test_most_clean_scripts_are_really_checked(tmp_path, capsys):
    """A check that checks nothing would find nothing."""
    done = [json.loads(checked(tmp_path, capsys, text, "--json")[1])[0] for text in CLEAN]
    assert sum(one["checked"] > 0 for one in done) >= 24
    why = {one["why"] for facts in done for one in facts["not checked"]}
    assert "it uses N, which only running the file tells" in why


def test_text(tmp_path, capsys):
    status, out = checked(tmp_path, capsys, FAULTY[2])
    assert status == 1
    text = " ".join(out.split())
    assert "script.py:7:9: warning[unstable-type] s is an int in line 5 and a float here (in total)" in text
    assert "help: begin with a float in line 5, such as 0.0" in text
    assert text.endswith("1 function checked, 1 finding") and "\x1b" not in out
    status, out = checked(tmp_path, capsys, CLEAN[7], "-v")
    assert status == 0 and "uses was not checked: it uses N" in " ".join(out.split())
    assert checked(tmp_path, capsys, CLEAN[7], "--strict")[0] == 1


def test_nothing_of_the_users_is_run(tmp_path):
    mark = tmp_path / "mark"
    writes = f"open({str(mark)!r}, 'w').close()\n"
    for name in ("statistics", "helper", "numpy"):
        (tmp_path / f"{name}.py").write_text(writes)
    (tmp_path / "script.py").write_text(
        "import statistics, helper\nfrom cumbia import jit\n" + writes
        + f"def default(): open({str(mark)!r}, 'w').close(); return 3\n"
        "SIZE = (0,) * 10**12\n"
        f"@jit\ndef f(x, n=default()):\n    return x + n\n@jit\ndef g(x):\n    open({str(mark)!r}, 'w')\n    return x\n"
        "g(default())\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "cumbia", "check", "script.py", "-v"], cwd=tmp_path, capture_output=True, text=True,
        env={**os.environ, "PYTHONSAFEPATH": ""},
    )  # fmt: skip
    assert not mark.exists(), done
    assert "a default value is known only when the file runs" in done.stdout and "CB0404" in done.stdout


def test_lines_are_wrapped_for_readers_alone(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    _, out = checked(tmp_path, capsys, FAULTY[0])
    assert len(out.splitlines()) == 3 and out.splitlines()[0].endswith("(in reads)")
    monkeypatch.setenv("COLUMNS", "40")
    _, out = checked(tmp_path, capsys, FAULTY[0])
    assert len(out.splitlines()) > 6


def test_what_is_left_out(tmp_path, capsys):
    assert checked(tmp_path, capsys, FAULTY[2], "--ignore", "unstable-type")[0] == 0
    assert checked(tmp_path, capsys, FAULTY[2].replace("# unstable-type", "# cumbia: ignore"))[0] == 0


def test_sarif(tmp_path, capsys):
    _, out = checked(tmp_path, capsys, FAULTY[0] + FAULTY[2], "--format", "sarif")
    log = json.loads(out)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = [one["id"] for one in run["tool"]["driver"]["rules"]]
    assert rules == ["CB0404", "unstable-type"]
    first, second = run["results"]
    assert (first["ruleId"], first["level"], rules[first["ruleIndex"]]) == ("CB0404", "error", "CB0404")
    region = first["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], region["startColumn"], region["endColumn"]) == (4, 9, 25)
    assert second["level"] == "warning" and second["message"]["text"].startswith("s is an int")


def test_files_and_folders(tmp_path, capsys):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one.py").write_text(FAULTY[0])
    (tmp_path / "a" / "two.py").write_text(CLEAN[0])
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "three.py").write_text(FAULTY[0])
    out = tmp_path / "report.json"
    assert main(["check", str(tmp_path), "--json", "-o", str(out)]) == 1
    assert [len(one["findings"]) for one in json.loads(out.read_text())] == [1, 0]
    assert capsys.readouterr().out == ""


def test_what_cant_be_checked(tmp_path, capsys):
    broken = tmp_path / "broken.py"
    broken.write_text("def f(:\n    pass\n")
    good = tmp_path / "good.py"
    good.write_text(FAULTY[0])
    # One file that can't be read doesn't hide what is in the others.
    assert main(["check", str(broken), str(good), str(tmp_path / "absent.py")]) == 2
    told = capsys.readouterr()
    assert "CB0404" in told.out
    assert "broken.py can't be parsed:" in told.err and "line 1" in told.err and "Traceback" not in told.err
    assert "absent.py: No such file" in told.err
    (tmp_path / "empty").mkdir()
    assert main(["check", str(tmp_path / "empty")]) == 2
