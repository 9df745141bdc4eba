"""`python -m tests.packages`: what becomes of published packages with cumbia in Numba's place.

Fetches them, runs their tests with both, and writes `results.json` and `docs/packages.md`. Needs
the network and some hours of time for all of them, which is why it isn't among the tests.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from tests.packages import running, telling
from tests.packages.listing import PACKAGES


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(prog="python -m tests.packages", description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("/tmp/cumbia-packages"), help="where packages and logs lie")
    parser.add_argument("--limit", type=float, default=600, help="seconds for a file of tests")
    parser.add_argument("--engine", choices=running.ENGINES, action="append", help="run with this one only")
    parser.add_argument("--files", default="", help="only files of tests whose name has this")
    parser.add_argument("--keep", action="store_true", help="leave out what an earlier run with these versions has done")
    parser.add_argument("--table", action="store_true", help="run nothing: write the page from results.json")
    parser.add_argument("--why", action="store_true", help="run nothing: print what goes wrong, by kind")
    parser.add_argument("--write", action="store_true", help="write results.json and the page at the end")
    parser.add_argument("packages", nargs="*", help="some of: " + ", ".join(p.name for p in PACKAGES))
    options = parser.parse_args()
    named = {p.name: p for p in PACKAGES}
    chosen = [named[name] for name in options.packages] or list(PACKAGES)
    if options.table:
        telling.write_page()
        return
    work = options.work
    work.mkdir(parents=True, exist_ok=True)
    if not options.why:
        python = running.make_venv(work, list(PACKAGES))
        for package in chosen:
            root = running.source(work, python, package)
            for engine in options.engine or running.ENGINES:
                kept = work / "results" / engine / f"{package.pinned}.json"
                kept.parent.mkdir(parents=True, exist_ok=True)
                done = json.loads(kept.read_text()) if kept.exists() else {}
                for file in running.files(root, package):
                    if options.files not in file or options.keep and file in done:
                        continue
                    done[file] = running.run(work, python, root, package, file, engine, options.limit)
                    kept.write_text(json.dumps(done, indent=1))
                    print(package.name, engine, file, telling.brief(done[file]), flush=True)
    for package in chosen:
        telling.print_package(work, package, options.why)
    if options.write:
        telling.write_results(work)
        telling.write_page()


if __name__ == "__main__":
    main()
