"""`python -m tests.corpus`: run the corpus and print how much of each construct works.

With words, only programs whose names contain one of them are run, and what differs is
printed. `--bless` writes `status.txt` and the
sections of `docs/supported.md` that follow from it; `--peer numba` runs the same programs under
another compiler (`--python` names an interpreter that has it). `--interpreter` runs them on
the reference interpreter of the IR in place of machine code, over what the passes left or
what the front end gave (`lowered`), and compares with `status.txt` as well.
"""

from __future__ import annotations

import argparse
import collections
import sys

from tests.apart import Apart, serve
from tests.corpus import page, status
from tests.corpus.judge import judge, judge_apart, load


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.corpus",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("words", nargs="*", help="parts of names of programs")
    parser.add_argument("--bless", action="store_true", help="write status.txt and docs/supported.md")
    parser.add_argument("--codes", action="store_true", help="print refusals by code")
    parser.add_argument("-v", "--verbose", action="store_true", help="print reports of refusals too")
    parser.add_argument("--peer", choices=["numba", "none"], help="another compiler to run under")
    parser.add_argument("--python", default=sys.executable, help="the peer's interpreter")
    parser.add_argument(
        "--interpreter", nargs="?", const="optimized", choices=["optimized", "lowered"],
        help="run on the reference interpreter",
    )  # fmt: skip
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        serve(lambda name: tuple(judge(name)))
        return 0
    names = [name for name in load() if not options.words or any(w in name for w in options.words)]
    environment = {}
    if options.peer:
        environment = {"CUMBIA_CORPUS_COMPILER": options.peer, "CUMBIA_TESTS_IDENTITY": "1"}
    if options.interpreter:
        environment["CUMBIA_INTERPRET"] = options.interpreter
    found = {}
    with Apart("-m", "tests.corpus", "--worker", python=options.python, environment=environment) as worker:
        for name in names:
            found[name] = verdict = judge_apart(worker, name)
            if verdict.status == "wrong" or (options.verbose and verdict.status != "same"):
                print(f"==== {name}: {verdict.status}\n{verdict.report}\n", flush=True)
    table(found)
    if options.codes:
        codes = collections.Counter(v.status for v in found.values() if v.status.startswith("refused"))
        for code, count in codes.most_common():
            print(f"{count:5} {code}")
    listed = status.read()
    others = {name: v.status for name, v in found.items() if v.status != status.expected(listed, name, v.status)}
    if options.interpreter:
        for name, got in others.items():
            print(f"{name} is {got} on the interpreter, and {listed.get(name, 'not listed')} compiled")
        return int(bool(others))
    if options.bless and not options.peer:
        status.write({name: verdict.status for name, verdict in found.items()})
        page.write()
    return int(not options.peer and any(v.status == "wrong" for v in found.values()))


def table(found: dict) -> None:
    """How many programs of each construct came to what."""
    rows = collections.defaultdict(collections.Counter)
    for name, verdict in found.items():
        kind = verdict.status.split()[0]
        rows[name.partition(".")[0]][kind] += 1
        rows["together"][kind] += 1
    print(f"{'construct':24} {'programs':>8} {'same':>6} {'refused':>8} {'wrong':>6}")
    for family in sorted(rows, key=lambda name: (name == "together", name)):
        row = rows[family]
        counts = f"{row['same']:6} {row['refused']:8} {row['wrong']:6}"
        print(f"{family:24} {sum(row.values()):8} {counts}")


if __name__ == "__main__":
    sys.exit(main())
