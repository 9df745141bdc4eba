"""`python -m tests.peer.cuda [MODULE ...]`: the tests of Numba's CUDA target, with cumbia in Numba's place.

The tests are read from where Numba is installed, with `numba` and `numba.cuda` being cumbia's,
and run under emulation. Tests say themselves what is right; those on Numba's inside, of which
there is nothing here, end with an ImportError or AttributeError and are counted apart, as is
what the compiler refuses. What is left either passes or is looked at.

Assumes that Numba is installed and isn't imported. Doesn't know which failures are meant:
`docs/gpu.md` and `docs/semantics.md` have the differences that are.
"""

import argparse
import collections
import contextlib
import importlib.machinery
import importlib.util
import io
import json
import linecache
import os
import pathlib
import signal
import subprocess
import sys
import types
import unittest
import warnings

import numpy as np

KINDS = ("passed", "refused", "absent", "different", "skipped")
# Seconds for one test, and for one module.
TEST, MODULE = 20, 300
PACKAGES = ("numba.cuda.tests.cudapy", "numba.cuda.tests.doc_examples", "numba.cuda.tests.cudadrv")
# Of Numba's marks, `skip_...`, those whose tests are run here, and those whose aren't.
RUN = """
    on_cudasim if_external_memmgr under_cuda_memcheck with_nvdisasm on_arm with_cuda_python if_mvc_enabled
""".split()
LEFT_OUT = """
    unless_cudasim unless_conda_cudatoolkit without_nvdisasm if_cuda_includes_missing
    if_mvc_libraries_unavailable unless_cffi
""".split()


class Case(unittest.TestCase):
    """What Numba's class of tests has beyond unittest's."""

    def assertPreciseEqual(self, first, second, prec="exact", ulps=1, msg=None, **_):  # noqa: N802
        """Equal in value and kind, or within some units in the last place."""
        first, second = np.asarray(first), np.asarray(second)
        if first.dtype.kind == second.dtype.kind == "c":
            self.assertPreciseEqual(first.real, second.real, prec, ulps, msg)
            self.assertPreciseEqual(first.imag, second.imag, prec, ulps, msg)
        elif prec == "single" and np.float64 in (first.dtype, second.dtype):
            self.assertPreciseEqual(first.astype(np.float32), second.astype(np.float32), "double", ulps, msg)
        elif prec == "exact" or "f" not in (first.dtype.kind, second.dtype.kind):
            np.testing.assert_array_equal(first, second, err_msg=msg or "")
        else:
            same = (first == second) | np.isnan(first) & np.isnan(second)
            first, second = np.where(same, 0, first), np.where(same, 0, second)
            np.testing.assert_array_almost_equal_nulp(first, second, nulp=ulps)

    def skip_if_lto(self, reason):
        """Nothing is linked here."""

    @contextlib.contextmanager
    def assertTypingError(self):  # noqa: N802
        """A type that isn't supported."""
        import cumbia.core.errors

        with self.assertRaises(cumbia.core.errors.TypingError) as caught:
            yield caught


def _as_it_is(function):
    return function


def _run(*_):
    return _as_it_is


def _left_out(*_):
    return unittest.skip("it needs what isn't here")


@contextlib.contextmanager
def _captured(name):
    kept = getattr(sys, name)
    setattr(sys, name, io.StringIO())
    try:
        yield getattr(sys, name)
    finally:
        setattr(sys, name, kept)


@contextlib.contextmanager
def _captured_of_device():
    """Output of kernels: it comes at the next synchronization."""
    from cumbia import cuda

    with _captured("stdout") as out:
        yield out
        cuda.synchronize()


@contextlib.contextmanager
def _config(name, value):
    yield


def _module(name, **names):
    made = types.ModuleType(name)
    made.__dict__.update(names)
    sys.modules[name] = made
    return made


def install():
    """Put cumbia in Numba's place, and what tests need of Numba's support for them."""
    from cumbia._command import as_numba

    as_numba.install()
    import numba.core

    config = types.SimpleNamespace(
        ENABLE_CUDASIM=False, CUDA_USE_NVIDIA_BINDING=False, CUDA_LOW_OCCUPANCY_WARNINGS=1,
        CUDA_WARN_ON_IMPLICIT_COPY=1, CUDA_DEFAULT_PTX_CC=(7, 5), CUDA_MEMORY_MANAGER="default",
        CUDA_ENABLE_PYNVJITLINK=False, NUMBA_NUM_THREADS=2, CUDA_PER_THREAD_DEFAULT_STREAM=False, DEBUG=0,
        CAPTURED_ERRORS="new_style",
    )  # fmt: skip
    sys.modules["numba.core"].config = config
    _module("numba.core.config", **vars(config))
    names = {f"skip_{name}": _run for name in RUN}
    names |= {f"skip_{name}": _left_out for name in LEFT_OUT}
    names |= {f"skip_unless_cc_{n}": _as_it_is for n in (50, 53, 60, 75)}
    # No library of NVIDIA's is asked for.
    names["skip_if_cudadevrt_missing"] = _as_it_is
    _module(
        "numba.cuda.testing",
        unittest=unittest, CUDATestCase=Case, ContextResettingTestCase=Case, ForeignArray=Foreign,
        xfail_unless_cudasim=unittest.expectedFailure, cc_X_or_above=lambda *_: True, test_data_dir=pathlib.Path(_path("numba.cuda.tests.data")[:-3]),
        ensure_supported_ccs_initialized=lambda: None, captured_cuda_stdout=_captured_of_device, **names,
    )  # fmt: skip
    for outer in ("numba.tests", "numba.cuda.tests", *PACKAGES):
        _module(outer).__path__ = [_path(outer)[:-3]]
    _module(
        "numba.tests.support",
        TestCase=Case, SerialMixin=object, override_config=_config, captured_stdout=lambda: _captured("stdout"),
        captured_stderr=lambda: _captured("stderr"), captured_cuda_stdout=_captured_of_device,
        linux_only=_as_it_is, windows_only=_left_out(), ignore_internal_warnings=lambda: None,
        skip_unless_cffi=_left_out(),
    )  # fmt: skip
    sys.modules["numba.cuda.random"] = importlib.import_module("cumbia.cuda.random")
    # Numba's other places of what cumbia has, and its short names of types.
    import cumbia.extending
    from cumbia import cuda
    from cumbia import types as names_of_types

    def from_dtype(dtype):
        return names_of_types.from_dtype(np.dtype(dtype))

    def as_dtype(one):
        return np.dtype({"boolean": "bool"}.get(str(one), str(one)))

    numba.from_dtype = from_dtype
    sys.modules["numba.core"].types = names_of_types
    sys.modules["numba.core.types"] = names_of_types
    support = _module("numba.np.numpy_support", from_dtype=from_dtype, as_dtype=as_dtype)
    _module("numba.np", numpy_support=support)
    # Numba's table of vectors.
    vectors = {}
    for name in cuda._vectors.__all__:
        made = getattr(cuda, name)
        if made.__name__ == name:
            kind, count = name.split("x")
            vectors[name] = types.SimpleNamespace(
                name=name, user_facing_object=made, num_elements=int(count),
                base_type=getattr(names_of_types, kind),
            )  # fmt: skip
    _module("numba.cuda.vector_types", vector_types=vectors)
    compilers = ("compile_ptx", "compile_ptx_for_current_device")
    _module("numba.cuda.compiler", **{name: getattr(cuda, name) for name in compilers})
    errors = {name: getattr(cuda, name) for name in ("CudaAPIError", "LinkerError", "CudaSupportError")}
    driver = _module("numba.cuda.cudadrv.driver", Linker=None, **errors)
    error = _module("numba.cuda.cudadrv.error", NvrtcError=cuda.NvrtcError, **errors)
    devicearray = _module("numba.cuda.cudadrv.devicearray", DeviceNDArray=cuda.DeviceNDArray)
    _module("numba.cuda.cudadrv", driver=driver, error=error, devicearray=devicearray)
    extending = cumbia.extending
    _module("numba.core.extending", **{name: getattr(extending, name) for name in extending.__all__})
    for name in ("complex_usecases", "enum_usecases"):
        _read(f"numba.tests.{name}")
    for name in ("recursion_usecases", "cache_usecases", "extensions_usecases"):
        with contextlib.suppress(ImportError, AttributeError, TypeError):
            _read(f"numba.cuda.tests.cudapy.{name}")
    for outer, inner in (("numba.cuda.random", "cumbia.cuda.random"),):
        sys.modules[outer] = importlib.import_module(inner)
    return numba


def _read(name):
    """A module of Numba's tests, run with cumbia in Numba's place."""
    path = _path(name)
    spec = importlib.util.spec_from_file_location(name, path)
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise


def _path(name):
    root = importlib.machinery.PathFinder.find_spec("numba").origin
    return os.path.join(os.path.dirname(root), *name.split(".")[1:]) + ".py"


def _exec(text, *names):
    """As `exec`, with the text kept where tracebacks look for it."""
    if isinstance(text, str):
        file = f"<text {len(linecache.cache)}>"
        linecache.cache[file] = len(text), None, text.splitlines(True), file
        text = compile(text, file, "exec")
    exec(text, *names or (sys._getframe(1).f_globals, sys._getframe(1).f_locals))


class Foreign:
    """An array of another library: it has the interface and nothing else."""

    def __init__(self, array):
        self._array = array
        self.__cuda_array_interface__ = array.__cuda_array_interface__


def places():
    """Modules of tests, by name, with their files."""
    found = {}
    for package in PACKAGES:
        folder = _path(package)[:-3]
        for file in sorted(os.listdir(folder)):
            if file.startswith(("test_", "ex_")) and file.endswith(".py"):
                found[file[:-3]] = (package, os.path.join(folder, file))
    return found


class Result(unittest.TestResult):
    """Writes each outcome down at once."""

    def __init__(self, file):
        super().__init__()
        self.file = file

    def say(self, test, kind, text=""):
        self.file.write(json.dumps([kind, str(test.id()), text]) + "\n")
        self.file.flush()

    def addSuccess(self, test):  # noqa: N802
        self.say(test, "passed")

    def addSkip(self, test, reason):  # noqa: N802
        self.say(test, "skipped", reason)

    def addExpectedFailure(self, test, err):  # noqa: N802
        self.say(test, "passed")

    def addUnexpectedSuccess(self, test):  # noqa: N802
        self.say(test, "passed")

    def addFailure(self, test, err):  # noqa: N802
        self.say(test, "different", _text(err))

    def addError(self, test, err):  # noqa: N802
        import cumbia.errors

        text = _text(err)
        inside = isinstance(err[1], (ImportError, AttributeError))
        refused = isinstance(err[1], (cumbia.CompileError, cumbia.errors.SourceError))
        self.say(test, "refused" if refused else "absent" if inside else "different", text)

    def addSubTest(self, test, subtest, err):  # noqa: N802
        if err is not None:
            (self.addFailure if issubclass(err[0], AssertionError) else self.addError)(subtest, err)


def _text(err):
    place, traceback = "", err[2]
    while traceback is not None:
        if "/numba/cuda/tests/" in traceback.tb_frame.f_code.co_filename:
            place = f"{os.path.basename(traceback.tb_frame.f_code.co_filename)}:{traceback.tb_lineno}: "
        traceback = traceback.tb_next
    return f"{place}{err[0].__name__}: {str(err[1]).strip()}"[:1000]


def inner(name, file):
    """Run the tests of one module."""
    os.environ.setdefault("CUMBIA_CUDA", "emulate")
    warnings.simplefilter("ignore")
    install()
    package, path = places()[name]
    result = Result(file)
    spec = importlib.util.spec_from_file_location(f"{package}.{name}", path)
    module = importlib.util.module_from_spec(spec)
    module.exec = _exec
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException as error:
        kind = "absent" if isinstance(error, (ImportError, AttributeError)) else "different"
        text = _text((type(error), error, error.__traceback__))
        file.write(json.dumps([kind, name, text]) + "\n")
        return

    def late(*_):
        raise TimeoutError("no end")

    signal.signal(signal.SIGALRM, late)

    def run(suite):
        for one in suite:
            if isinstance(one, unittest.TestSuite):
                run(one)
            else:
                signal.alarm(TEST)
                with contextlib.suppress(TimeoutError):
                    one.run(result)
                signal.alarm(0)

    run(unittest.defaultTestLoader.loadTestsFromModule(module))


def main():
    """Runs what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m tests.peer.cuda", description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", metavar="MODULE")
    parser.add_argument("-a", "--all", action="store_true", help="print what is refused and absent as well")
    parser.add_argument("--inner", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inner is not None:
        with os.fdopen(options.inner, "w") as file:
            return inner(options.modules[0], file)
    counts = collections.Counter()
    for name in options.modules or places():
        read, write = os.pipe()
        command = [sys.executable, "-m", "tests.peer.cuda", name, "--inner", str(write)]
        process = subprocess.Popen(
            command, pass_fds=[write], env={**os.environ, "CUMBIA_CACHE": "0"},
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        os.close(write)
        with os.fdopen(read) as lines:
            found = [json.loads(line) for line in lines if line.endswith("\n")]
        errors = process.stderr.read().decode(errors="replace")
        ended = "" if process.wait() == 0 else f"  ENDED WITH {process.returncode}: {errors[-300:]}"
        own = collections.Counter(kind for kind, *_ in found)
        counts += own
        print(f"{name:32} " + " ".join(f"{kind} {own[kind]:4}" for kind in KINDS) + ended, flush=True)
        for kind, test, text in found:
            if kind == "different" or options.all and kind in ("refused", "absent"):
                print(f"    {kind} {test.split('.', 4)[-1]}: {text}"[:700])
    print(dict(counts))


if __name__ == "__main__":
    main()
