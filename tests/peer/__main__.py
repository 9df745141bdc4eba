"""`python -m tests.peer [MODULE ...] [-r] [-j FILE]`: counts, and what differs.

Each module of `numba.tests` (by default those of `MODULES`) runs in a process of its own.
`-r` prints what is refused as well, by its reason; `-j` keeps all as JSON.
"""

import argparse
import collections
import json
import os
import signal
import subprocess
import sys

# Of the language and of NumPy. Left out are those on Numba's inside, its decorators beside
# `jit`, its caching, threading and typed containers.
MODULES = """
    array_analysis array_attr array_constants array_exprs array_iterators array_manipulation array_methods
    array_reductions array_return auto_constants blackscholes boundscheck builtins casting chained_assign closure
    complex comprehension conditions_as_predicates controlflow conversion copy_propagate dataflow dicts dyn_array
    enums exceptions extended_arg fancy_indexing flow_control generators getitem_on_types globals hashing heapq
    indexing interproc intwidth iteration lists linalg literal_dispatch locals looplifting mandelbrot
    map_filter_reduce mathlib maxmin multi3 nan ndarray_subclasses nested_calls np_functions np_randomgen npdatetime
    numberctor numbers numconv obj_lifetime objects operators optional overlap polynomial practical_lowering_issues
    print python_int random range recarray_usecases record_dtype recursion return_values sets slices sort ssa
    storeslice tracing try_except tuples typeof ufuncs unicode unicode_array unicode_names unpack_sequence usecases
    vectorization
""".split()
# Seconds for one test, and for one module.
TEST, MODULE = 20, 600
# Of the differences of one function.
MOST_SHOWN = 3


def main():
    """Runs what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m tests.peer", description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", metavar="MODULE")
    parser.add_argument("-r", "--refused", action="store_true")
    parser.add_argument("-j", "--json", metavar="FILE")
    parser.add_argument("--inner", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inner is not None:
        return inner(options.modules[0], options.inner)
    counts, reasons, everything = collections.Counter(), collections.Counter(), []
    for module in options.modules or MODULES:
        command = [sys.executable, "-m", "tests.peer", module, "--inner"]
        environment = {**os.environ, "CUMBIA_CACHE": "0", "PYTHONWARNINGS": "ignore"}
        # What the tests print goes nowhere; outcomes come by a pipe of their own.
        read, write = os.pipe()
        process = subprocess.Popen(
            [*command, str(write)], pass_fds=[write], env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        os.close(write)
        with os.fdopen(read) as lines:
            found = [json.loads(line) for line in lines if line.endswith("\n")]
        errors = process.stderr.read().decode(errors="replace")
        own = collections.Counter(kind for kind, *_ in found)
        counts += own
        everything += found
        ended = "" if process.wait() == 0 else f"  ENDED WITH {process.returncode}: {errors[-300:]}"
        print(f"{module:28} same {own['same']:6} refused {own['refused']:6} different {own['different']:5}{ended}", flush=True)
        seen = collections.Counter()
        for kind, function, arguments, text in found:
            if kind == "different":
                seen[function] += 1
                if seen[function] > MOST_SHOWN:
                    continue
                print(f"    {function} ({arguments}) {text}"[:400])
            elif kind == "refused":
                reasons[text.splitlines()[0][:110] if text else ""] += 1
    print(dict(counts))
    if options.refused:
        for reason, count in reasons.most_common():
            print(f"{count:6} {reason}")
    if options.json:
        with open(options.json, "w") as file:
            json.dump(everything, file, indent=0)


def inner(name, descriptor):
    """One module; the outcomes are written to the pipe."""
    import importlib
    import unittest

    import numba

    from tests.peer import both

    pipe = os.fdopen(descriptor, "w", buffering=1)
    numba.jit = numba.njit = both.stand_in
    module = importlib.import_module(f"numba.tests.test_{name}")

    class TookTooLong(BaseException):
        pass

    def too_long(*_):
        raise TookTooLong

    signal.signal(signal.SIGALRM, too_long)

    def tests(suite):
        for test in suite:
            yield from tests(test) if isinstance(test, unittest.TestSuite) else [test]

    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for test in tests(unittest.defaultTestLoader.loadTestsFromModule(module)):
        signal.alarm(TEST)
        try:
            test.run(unittest.TestResult())
        except TookTooLong:
            pass
        except BaseException as error:
            both.outcomes.append(both.Outcome("error", str(test), "", repr(error)[:200]))
        finally:
            signal.alarm(0)
        for outcome in both.outcomes:
            pipe.write(json.dumps(outcome) + "\n")
        both.outcomes.clear()


if __name__ == "__main__":
    main()
