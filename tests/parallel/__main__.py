"""`python -m tests.parallel [--seconds S] [--seed N]`: random loops until time is up."""

import os

os.environ.setdefault("CUMBIA_NUM_THREADS", "7")

import argparse
import time

from tests.parallel.compare import check


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    end = time.monotonic() + options.seconds
    seed, wrong = options.seed, 0
    while time.monotonic() < end:
        found = check(seed)
        if found:
            wrong += 1
            print(f"seed {seed}\n{found}\n")
        seed += 1
    print(f"{seed - options.seed} programs, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
