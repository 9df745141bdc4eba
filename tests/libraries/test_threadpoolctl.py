"""`threadpoolctl` limits the threads of parallel loops, whichever package comes first."""

import subprocess
import sys

import pytest

pytest.importorskip("threadpoolctl")

FIRST = {"cumbia": "import cumbia\nimport threadpoolctl", "threadpoolctl": "import threadpoolctl\nimport cumbia"}

PROGRAM = """
import sys, threading
{imports}
assert not [finder for finder in sys.meta_path if "threadpoolctl" in type(finder).__module__]
assert type(threadpoolctl.__loader__).__module__ != "cumbia._threadpoolctl"
assert threadpoolctl.__spec__.loader is threadpoolctl.__loader__
seen = []
most = cumbia.get_num_threads()
with threadpoolctl.threadpool_limits(1):
    seen.append(cumbia.get_num_threads())
with threadpoolctl.threadpool_limits(1, user_api="cumbia"):
    seen.append(cumbia.get_num_threads())
    other = threading.Thread(target=lambda: seen.append(cumbia.get_num_threads()))
    other.start()
    other.join()
with threadpoolctl.threadpool_limits(1000, user_api="cumbia"):
    seen.append(cumbia.get_num_threads())
seen.append(cumbia.get_num_threads())
(info,) = [info for info in threadpoolctl.threadpool_info() if info["user_api"] == "cumbia"]
print(seen, info["num_threads"], info["version"] == cumbia.__version__)
"""


@pytest.mark.parametrize("first", FIRST)
def test_limits(first):
    program = PROGRAM.format(imports=FIRST[first])
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True, text=True, check=False, env={"CUMBIA_NUM_THREADS": "3"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == "[1, 1, 3, 3, 3] 3 True\n"


def test_without_the_package_nothing_is_imported():
    program = "import sys, cumbia; print('threadpoolctl' in sys.modules, 'cumbia._cumbia' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"
