"""`python -m tests.parallel [--seconds S] [--loops N] [--seed N]`: random loops until time is up,
or until there were so many."""

import os

os.environ.setdefault("CUMBIA_NUM_THREADS", "7")

import argparse
import time

from tests.parallel.compare import compare
from tests.parallel.loops import Program


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--loops", type=int, default=None)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    begin, used = time.monotonic(), time.process_time()
    seed, wrong, loops = options.seed, 0, 0
    while time.monotonic() < begin + options.seconds and (options.loops is None or loops < options.loops):
        program = Program(seed)
        found = compare(program, seed)
        loops += program.loops
        if found:
            wrong += 1
            print(f"seed {seed}\n{found}\n", flush=True)
        seed += 1
    took, used = time.monotonic() - begin, time.process_time() - used
    print(
        f"{seed - options.seed} programs, {loops} loops, {wrong} wrong; {loops / took:.0f} loops a "
        f"second, {loops / used:.0f} a second of processor time"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
