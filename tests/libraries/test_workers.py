"""Kernels in worker processes of joblib, Dask and multiprocessing.

One process compiles, and all others on the machine find its code in the cache: each program
tells how often its workers compiled and found. A function of ``__main__`` travels as its
text, one of a module by its name; ufuncs of `vectorize` do either as well.
"""

import json
import subprocess
import sys

import pytest

from tests.cache import environment

KERNELS = """
import os
import numpy as np
from cumbia import guvectorize, jit, vectorize

@jit
def kernel(a):
    s = 0.0
    for x in a:
        s += x * x
    return s

@vectorize(["float64(float64, float64)"])
def scaled(x, y):
    return x * y + 1

@guvectorize(["(float64[:], float64[:])"], "(n)->()")
def total(x, out):
    out[0] = 0
    for item in x:
        out[0] += item

def work(a):
    result = float(kernel(a)), scaled(a, 2.0).sum().item(), float(total(a))
    return result, kernel.stats["compiles"], kernel.stats["found"], os.getpid()

def told(expected, results):
    "What workers did: their results are right, and each process counts once."
    assert all(tuple(result) == expected for result, *_ in results), (expected, results)
    seen = {pid: (compiles, found) for _, compiles, found, pid in results}
    return [len(seen), sum(c for c, _ in seen.values()), min(f for _, f in seen.values())]
"""

PROGRAMS = {
    "joblib": """
from joblib import Parallel, delayed

def main(a, expected):
    results = Parallel(n_jobs=2)(delayed(work)(a) for _ in range(8))
    return told(expected, results)
""",
    "dask": """
from dask.distributed import Client, LocalCluster

def main(a, expected):
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        with Client(cluster) as client:
            results = client.run(work, a)
            # The function and the ufuncs themselves are tasks as well.
            assert client.submit(kernel, a).result() == expected[0]
            assert client.submit(scaled, a, 2.0).result().sum() == expected[1]
            assert client.submit(total, a).result() == expected[2]
            return told(expected, list(results.values()))
""",
    "spawn": """
import multiprocessing

def main(a, expected):
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        return told(expected, pool.map(work, [a] * 8, chunksize=1))
""",
    "fork": """
import multiprocessing

def main(a, expected):
    with multiprocessing.get_context("fork").Pool(2) as pool:
        return told(expected, pool.map(work, [a] * 8, chunksize=1))
""",
}

END = """
if __name__ == "__main__":
    import json
    a = np.arange(1000.0)
    result, compiles, found, _ = work(a)
    print(json.dumps([[compiles, found], main(a, tuple(result))]))
"""


def run(folder, cache, program, kernels="main"):
    folder.mkdir(exist_ok=True)
    script = folder / "program.py"
    if kernels == "main":
        script.write_text(KERNELS + PROGRAMS[program] + END)
    else:
        (folder / "kernels_of_workers.py").write_text(KERNELS)
        script.write_text("from kernels_of_workers import *\n" + PROGRAMS[program] + END)
    env = environment(cache)
    env["PYTHONPATH"] = str(folder)
    done = subprocess.run(
        [sys.executable, str(script)], env=env, capture_output=True, text=True, timeout=120, cwd=folder
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("kernels", ["main", "module"])
@pytest.mark.parametrize("program", ["joblib", "dask", "spawn"])
def test_workers_find_what_was_compiled(tmp_path, program, kernels):
    here, (processes, compiles, found) = run(tmp_path / "first", tmp_path / "cache", program, kernels)
    assert here == [1, 0]
    assert processes >= 1 and compiles == 0 and found >= 1


def test_forked_workers_have_what_was_compiled(tmp_path):
    here, (processes, compiles, _) = run(tmp_path / "first", tmp_path / "cache", "fork")
    # The counts are those of the process that was forked: nothing was added to them.
    assert here == [1, 0] and compiles == processes


def test_a_second_program_finds_all(tmp_path):
    run(tmp_path / "first", tmp_path / "cache", "joblib", "module")
    here, (_, compiles, found) = run(tmp_path / "first", tmp_path / "cache", "joblib", "module")
    assert here == [0, 1] and compiles == 0 and found >= 1
