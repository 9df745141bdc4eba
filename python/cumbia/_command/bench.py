"""`cumbia bench`: a call, interpreted, by each tier and by Numba, with results compared.

Each engine has a process of its own (`_measure`), so that none warms up another: it runs the
file under the name ``__bench__``, times the first call, and then as many as fit into the time
that it gets. Arguments and result of the first call are held against those of the interpreted
one, bit for bit. Medians are told with the middle half of the samples.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from cumbia._command import plots
from cumbia._command.terminal import Failure, Help, print_json, say, table, write_file

__all__ = ["add", "run"]

ENGINES = {
    "interpreted": {"CUMBIA_DISABLE_JIT": "1"},
    "tier 1": {"CUMBIA_TIER": "fast", "CUMBIA_CACHE": "0"},
    "tier 2": {"CUMBIA_TIER": "best", "CUMBIA_CACHE": "0"},
    "numba": {},
}


def add(commands: Any) -> None:
    """Describe the command."""
    made = commands.add_parser(
        "bench", help="time a call: interpreted, by each tier, by Numba; results are compared", formatter_class=Help,
        description="Time a call of a script's function with each engine, in processes of their own.",
        epilog="examples:\n  cumbia bench kernels.py 'total(a)' --setup 'a = np.ones(1000)'\n"
        "  cumbia bench kernels.py 'step(state, 100)' --engine 'tier 2' --engine numba --time 3\n"
        "  cumbia bench kernels.py 'total(a)' --png total.png --html total.html --json\n\n"
        "The file runs with __name__ == '__bench__'. Its functions are timed with arguments that\n"
        "earlier calls may have changed, as timeit does. Status 1: results differ, or nothing ran.",
    )  # fmt: skip
    made.add_argument("script", help="the file")
    made.add_argument("call", help="an expression of its names, such as 'total(a)'")
    made.add_argument("--setup", default="", metavar="CODE", help="statements that run in front of it")
    made.add_argument("--engine", action="append", choices=tuple(ENGINES), help="only this one; may be repeated")
    made.add_argument("--time", type=float, default=1.0, metavar="SECONDS", help="for the samples of an engine; 1 if not given")
    made.add_argument("--limit", type=float, default=120.0, metavar="SECONDS", help="after which an engine is given up; 120 if not given")
    made.add_argument("--as-numba", action="store_true", help="the file imports numba: cumbia takes its place for cumbia's engines")
    made.add_argument("--json", action="store_true", help="print all numbers as JSON")
    made.add_argument("--png", metavar="FILE", help="draw the times (needs Matplotlib)")
    made.add_argument("--html", metavar="FILE", help="write table and drawing as one page")
    made.set_defaults(run=run)


def run(options: Any) -> int:
    """Carry it out."""
    from cumbia._command import scripts

    scripts.parse(options.script)
    for text, kind in ((options.call, "eval"), (options.setup, "exec")):
        try:
            compile(text, "<words>", kind)
        except (SyntaxError, ValueError) as error:
            raise Failure(f"{text!r} can't be parsed: {error}") from None
    if not options.time > 0 or not options.limit > 0:
        raise Failure("--time and --limit are seconds, more than 0")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name in dict.fromkeys(options.engine or ENGINES):
            rows.append(_measured(name, options, Path(folder) / f"{name.replace(' ', '')}.json"))
    _compare(rows)
    facts = {"script": options.script, "call": options.call, "setup": options.setup, "engines": rows}
    title = f"{options.call} of {Path(options.script).name}"
    if options.png:
        write_file(options.png, plots.png(title, _timed(rows)))
    if options.html:
        write_file(options.html, plots.page(title, _table(rows), _timed(rows)))
    if options.json:
        print_json(facts)
    else:
        print(table(_table(rows), right=(1, 2, 3, 4, 5)))
        for one in rows:
            if one.get("why"):
                say(f"{one['engine']}: {one['why']}")
    if any(one.get("same") is False for one in rows):
        say("results differ: see the column `result`")
        return 1
    # Plain Python and Numba are there to compare with; cumbia has to run.
    peers = ("interpreted", "numba")
    asked = [one for one in rows if one["engine"] not in peers] or rows
    return 0 if all("median" in one for one in asked) else 1


def _measured(engine: str, options: Any, out: Path) -> dict[str, Any]:
    """What a process of its own measures."""
    environment = {**os.environ, **ENGINES[engine]}
    for name in ("CUMBIA_DISABLE_JIT", "CUMBIA_TIER"):
        if name not in ENGINES[engine]:
            environment.pop(name, None)
    asked = {
        "engine": engine, "script": options.script, "call": options.call, "setup": options.setup,
        "time": options.time, "as_numba": options.as_numba, "out": str(out),
    }  # fmt: skip
    command = [sys.executable, "-m", "cumbia._command._measure", json.dumps(asked)]
    try:
        done = subprocess.run(
            command, env=environment, timeout=options.limit, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return {"engine": engine, "why": f"given up after {options.limit:g} s"}
    try:
        return {"engine": engine, **json.loads(out.read_text())}
    except (OSError, ValueError):
        last = done.stderr.strip().splitlines() or [f"ended with status {done.returncode}"]
        return {"engine": engine, "why": last[-1]}


def _compare(rows: list[dict[str, Any]]) -> None:
    """Hold results against the interpreted ones, or the first there are."""
    first = next((one["digest"] for one in rows if "digest" in one), None)
    for one in rows:
        if "digest" in one:
            one["same"] = one["digest"] == first


def _timed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [one for one in rows if "median" in one]


def _table(rows: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    # Not at the top: other commands that load this one must not meet a user's `statistics.py`.
    from cumbia.bench import written

    base = next((one["median"] for one in rows if one["engine"] == "interpreted" and "median" in one), None)
    found: list[tuple[str, ...]] = [("engine", "first call", "compiling", "median", "middle half", "times faster", "result")]
    for one in rows:
        if "median" not in one:
            found.append((one["engine"], "", "", "", "", "", "did not run"))
            continue
        half = f"{written(one['lower'])} - {written(one['upper'])}"
        ratio = f"{base / one['median']:.1f}" if base and one["median"] else ""
        compiling = written(one["compiling"]) if one["compiling"] is not None else ""
        result = one["result"] if one["same"] else f"differs: {one['result']}"
        found.append((one["engine"], written(one["first"]), compiling, written(one["median"]), half, ratio, result))
    return found

