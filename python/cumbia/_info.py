"""What `cumbia info` tells: versions, the processor, tiers, settings and their origin.

Reading it changes nothing, but loads LLVM to ask for its version, as the first hot loop
would. What is broken is said, not raised.
"""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["SETTINGS", "Setting", "information", "report", "run"]


class Setting(NamedTuple):
    """An environment variable that cumbia reads.

    Attributes
    ----------
    name : str
        Its name.
    default : str
        What holds where it isn't set.
    meaning : str
        What it says.
    testing : bool
        Whether only tests need it.
    """

    name: str
    default: str
    meaning: str
    testing: bool = False


SETTINGS = (
    Setting("CUMBIA_TIER", "auto", "which compiler: auto, fast or best"),
    Setting("CUMBIA_DISABLE_JIT", "0", "1: jit gives the function itself, which Python runs"),
    Setting("CUMBIA_CPU", "native", "baseline: code that runs on every processor of the family, for a cache that many share"),
    Setting("CUMBIA_GDB", "0", "1: tell gdb and lldb the lines of compiled code"),
    Setting("CUMBIA_NUM_THREADS", "all that the process may use", "threads of parallel loops"),
    Setting("CUMBIA_CUDA", "driver", "emulate: kernels of cumbia.cuda run on the processor"),
    Setting("CUMBIA_CUDA_DRIVER", "libcuda.so.1", "a file that is loaded as the NVIDIA driver"),
    Setting("CUMBIA_CUDA_CHECK", "1", "0: emulated kernels aren't watched for races and memory that nobody has written"),
    Setting("CUMBIA_PERF", "0", "1: name compiled functions for `perf`, in /tmp/perf-PID.map; jitdump: with code and lines, in /tmp/jit-PID.dump"),
    Setting("CUMBIA_TRACE", "none", "a file: what was compiled and when, as Chrome's trace viewer reads it"),
    Setting("CUMBIA_LLVM", "beside the extension module", "LLVM's shared object; 0: do without"),
    Setting("CUMBIA_CACHE", "1", "0: keep no compiled code on disk"),
    Setting("CUMBIA_CACHE_DIR", "cumbia in $XDG_CACHE_HOME or ~/.cache", "where it is kept"),
    Setting("CUMBIA_CACHE_SIZE", "512M", "how much at most: bytes, or with K, M or G"),
    Setting("CUMBIA_CACHE_LAYERS", "none", "other directories to find code in, separated by ':'"),
    Setting("CUMBIA_BLAS", "NumPy's, else SciPy's, else none", "whose BLAS and LAPACK: numpy, scipy or none", testing=True),
    Setting("CUMBIA_VERIFY", "0", "1: check the IR after each pass", testing=True),
    Setting("CUMBIA_TIER1", "cranelift", "llvm: compile by it at once", testing=True),
    Setting("CUMBIA_TIER2", "llvm", "cranelift: in LLVM's place; 0: none", testing=True),
    Setting("CUMBIA_INTERPRET", "0", "1: run the reference interpreter", testing=True),
)

# Features of x86-64 processors that change what code is made.
FEATURES = ("sse4_2", "avx", "avx2", "fma", "bmi2", "f16c", "avx512f", "avx512dq", "avx512bw", "avx512vl")


def information() -> dict[str, Any]:
    """Gather what there is to tell.

    Returns
    -------
    dict
        Sections of names and values, all of them text, numbers, lists or None.
    """
    import numpy

    import cumbia
    from cumbia import _cache, _cumbia

    first, there, llvm = _cumbia._tiers()
    extension = Path(_cumbia.__file__)
    llvm_object = Path(os.environ.get("CUMBIA_LLVM") or extension.with_name("libcumbia_llvm.so"))
    return {
        "versions": {
            "cumbia": cumbia.__version__,
            "Python": f"{platform.python_implementation()} {platform.python_version()}",
            "NumPy": numpy.__version__,
            "platform": platform.platform(),
        },
        "processor": _processor(),
        "files": {
            "package": str(extension.parent),
            "extension": _file(extension),
            "LLVM": _file(llvm_object) if there or llvm_object.exists() else None,
        },
        "tiers": {
            "first": first,
            "second": llvm if there else None,
            "why there is no second": None if there else llvm,
        },
        "cache": _cache.report(),
        "settings": {
            one.name: {
                "value": os.environ.get(one.name, one.default),
                "origin": "environment" if one.name in os.environ else "default",
                "meaning": one.meaning,
            }
            for one in SETTINGS
            if not one.testing or one.name in os.environ
        },
        "unknown settings": sorted(
            name for name in os.environ
            if name.startswith("CUMBIA_") and name not in {one.name for one in SETTINGS}
        ),
    }  # fmt: skip


def _file(path: Path) -> str:
    try:
        return f"{path} ({path.stat().st_size / 2**20:.1f} MiB)"
    except OSError as error:
        return f"{path}: {error.strerror}"


def _processor() -> dict[str, Any]:
    found = {"machine": platform.machine(), "cores": len(os.sched_getaffinity(0)), "name": None, "features": []}
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return found
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name" and not found["name"]:
            found["name"] = value.strip()
        elif name.strip() == "flags" and not found["features"]:
            flags = set(value.split())
            found["features"] = [feature for feature in FEATURES if feature in flags]
    return found


def report(facts: dict[str, Any]) -> str:
    """Write the information as text.

    Parameters
    ----------
    facts : dict
        What `information` gave.

    Returns
    -------
    str
        A line for each fact.
    """
    lines = []
    for section, entries in facts.items():
        if section == "settings":
            for name, entry in entries.items():
                lines.append(f"{name:24} {entry['value']} ({entry['origin']}): {entry['meaning']}")
        elif section == "unknown settings":
            lines += [f"{name:24} is no setting of cumbia's" for name in entries]
        else:
            for name, value in entries.items():
                if value is None:
                    continue
                text = " ".join(value) if isinstance(value, list) else value
                lines.append(f"{section + ': ' + name:24} {text}")
    return "\n".join(lines)


def run(as_json: bool) -> int:
    """Print the information.

    Parameters
    ----------
    as_json : bool
        As JSON instead of lines.

    Returns
    -------
    int
        The exit status: 0.
    """
    facts = information()
    if as_json:
        import json

        print(json.dumps(facts, indent=2))
    else:
        print(report(facts))
    return 0

