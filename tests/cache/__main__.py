"""`python -m tests.cache`: the cache under damage, crowds and kills, in large numbers.

Bits are flipped and files cut in the cache itself, and functions called in this process after
each: none may run what is damaged, and none may raise. Then processes start together on an
empty cache, and others are killed at random moments; a process that runs afterwards checks
all results.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import tempfile
import time
import warnings
from pathlib import Path

from tests.cache import PROGRAM, environment, finish, start


def functions():
    """Give functions of the kinds that files of the cache hold, with arguments."""
    import numpy as np

    def scalar(a, b):
        return a * b + 1.0

    def loop(a):
        s = 0.0
        for i in range(a.shape[0]):
            s += a[i]
        return s

    return [(scalar, (2.0, 3.0)), (loop, (np.arange(5.0),))]


def damage(flips: int, seed: int, with_cuts: bool) -> None:
    """Flip bits and cut files, and call what would use them."""
    from cumbia import _cumbia, jit

    choose = random.Random(seed)
    with tempfile.TemporaryDirectory() as temporary:
        cache = Path(temporary) / "cache"
        os.environ.update(environment(cache))
        cases = functions()
        for function, args in cases:
            first = jit(function)
            first(*args)
            first.wait()
        good = {path: path.read_bytes() for path in cache.iterdir()}
        expected = [function(*args) for function, args in cases]
        found = 0

        def check(path: Path, damaged: bytes) -> None:
            nonlocal found
            path.write_bytes(damaged)
            assert not _cumbia._cache_is_whole(path.name, damaged)
            for (function, args), value in zip(cases, expected, strict=True):
                again = jit(function)
                assert again(*args) == value
                found += again.stats["found"]
            for other, content in good.items():
                other.write_bytes(content)

        paths = sorted(good)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            start = time.perf_counter()
            for _ in range(flips):
                path = choose.choice(paths)
                bit = choose.randrange(8 * len(good[path]))
                damaged = bytearray(good[path])
                damaged[bit // 8] ^= 1 << bit % 8
                check(path, bytes(damaged))
            cuts = sum(len(content) for content in good.values()) if with_cuts else 0
            for path, content in good.items():
                for end in range(len(content) if with_cuts else 0):
                    check(path, content[:end])
        kinds = ", ".join(f"{path.suffix[1:]} {len(good[path])}" for path in paths)
        print(
            f"{flips} flips and {cuts} cuts over {len(paths)} files ({kinds} bytes): none ran, "
            f"none raised; {found} of {(flips + cuts) * len(cases)} calls used what was whole "
            f"({time.perf_counter() - start:.0f} s)",
            flush=True,
        )


def crowd(count: int) -> None:
    """Start processes together on an empty cache."""
    with tempfile.TemporaryDirectory() as temporary:
        script = Path(temporary) / "program.py"
        script.write_text(PROGRAM)
        runs = [start(script, Path(temporary) / "cache") for _ in range(count)]
        counts = [finish(process) for process in runs]
        found = sum(one["found"] for one in counts)
        after = finish(start(script, Path(temporary) / "cache"))
        assert after["compiles"] == 0, after
        print(f"{count} processes together: no error, {found} of {5 * count} found; then {after}", flush=True)


def kills(count: int, seed: int) -> None:
    """Kill children at random moments while they compile and write; the next one has to find a
    cache that is whole."""
    from cumbia import jit

    choose = random.Random(seed)
    cases = functions()
    expected = [function(*args) for function, args in cases]

    def child() -> int:
        """Start a child that calls all functions; its status is how many it found."""
        process = os.fork()
        if process:
            return process
        status = 100
        try:
            found = 0
            for (function, args), value in zip(cases, expected, strict=True):
                compiled = jit(function)
                assert compiled(*args) == value
                found += compiled.stats["found"]
            status = found
        finally:
            os._exit(status)

    def finished(process: int) -> int:
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])

    with tempfile.TemporaryDirectory() as temporary:
        cache = Path(temporary) / "cache"
        os.environ.update(environment(cache))
        took = []
        for _ in range(5):
            begin = time.perf_counter()
            assert finished(child()) == 0
            took.append(time.perf_counter() - begin)
            for path in cache.iterdir():
                path.unlink()
        whole, killed = min(took), 0
        for turn in range(count):
            if turn % 2 == 0:
                for path in cache.iterdir():
                    path.unlink()
            process = child()
            time.sleep(choose.uniform(0, whole))
            os.kill(process, signal.SIGKILL)
            killed += finished(process) == -signal.SIGKILL
            assert 0 <= finished(child()) <= len(cases)
            assert finished(child()) == len(cases)
        left = sum(path.name.startswith("tmp-") for path in cache.iterdir())
        print(
            f"{count} kills, {killed} before the end: no bad load, all found by the next but one; "
            f"{left} unfinished files left by the last two",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.cache", description=__doc__)
    parser.add_argument("--flips", type=int, default=10_000)
    parser.add_argument("--processes", type=int, default=64)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--no-cuts", action="store_true", help="flip bits, but cut no files")
    options = parser.parse_args()
    damage(options.flips, options.seed, not options.no_cuts)
    crowd(options.processes)
    kills(options.kills, options.seed)


if __name__ == "__main__":
    main()
