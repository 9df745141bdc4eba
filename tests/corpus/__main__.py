"""`python -m tests.corpus`: run the corpus and print how much of each construct works.

With words, only programs whose names contain one of them are run, and what differs is
printed. `--bless` writes `status.txt`; `--peer numba` runs the same programs under
another compiler (`--python` names an interpreter that has it); `--interpreter` runs the
IR of programs over numbers on the reference interpreter instead.
"""

from __future__ import annotations

import argparse
import collections
import sys

from tests.apart import Apart, serve
from tests.corpus import status
from tests.corpus.interpreted import interpret
from tests.corpus.judge import judge, judge_apart, load


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.corpus",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("words", nargs="*", help="parts of names of programs")
    parser.add_argument("--bless", action="store_true", help="write status.txt")
    parser.add_argument("--codes", action="store_true", help="print refusals by code")
    parser.add_argument("-v", "--verbose", action="store_true", help="print reports of refusals too")
    parser.add_argument("--peer", choices=["numba", "none"], help="another compiler to run under")
    parser.add_argument("--python", default=sys.executable, help="the peer's interpreter")
    parser.add_argument("--interpreter", action="store_true", help="run on the reference interpreter")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        serve(lambda name: tuple(judge(name)))
        return 0
    names = [name for name in load() if not options.words or any(w in name for w in options.words)]
    if options.interpreter:
        return interpreted(names)
    environment = {}
    if options.peer:
        environment = {"CUMBIA_CORPUS_COMPILER": options.peer, "CUMBIA_TESTS_IDENTITY": "1"}
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
    if options.bless and not options.peer:
        status.write({name: verdict.status for name, verdict in found.items()})
    return int(not options.peer and any(v.status == "wrong" for v in found.values()))


def interpreted(names: list[str]) -> int:
    """Run what can be run on the reference interpreter, and count."""
    programs = load()
    counts: collections.Counter = collections.Counter()
    for name in names:
        found = interpret(programs[name])
        counts[found if found in ("same", "skipped") else "wrong"] += 1
        if found not in ("same", "skipped"):
            print(f"==== {name}\n{found}")
    print(dict(counts))
    return int(bool(counts["wrong"]))


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
