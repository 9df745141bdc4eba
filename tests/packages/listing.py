"""Which packages are run, and which of their tests.

Versions are fixed, so that two runs are of the same code. Tests are those of the source
distribution; where they take hours with Numba as well, some files of them are named. Packages
whose distribution has no tests are run by files of `own/`.
"""

from typing import NamedTuple

__all__ = ["NOTES", "PACKAGES", "REQUIREMENTS", "Package"]

#: What all of them share.
REQUIREMENTS = ("numba==0.68.1", "numpy==2.4.6", "scipy==1.17.1", "scikit-learn==1.9.1", "pytest", "pytest-timeout")


class Package(NamedTuple):
    """One package.

    Attributes
    ----------
    name, version : str
        Of the distribution.
    tests : tuple of str
        Patterns of files below the source distribution.
    needs : tuple of str
        What its tests need besides.
    options : tuple of str
        Options for pytest.
    own : bool
        Whether the tests are files of `own/` here, since the distribution has none.
    """

    name: str
    version: str
    tests: tuple[str, ...]
    needs: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    own: bool = False

    @property
    def pinned(self) -> str:
        """As pip wants it."""
        return f"{self.name}=={self.version}"

PACKAGES = (
    Package("antropy", "0.2.3", ("tests/test_utils.py",)),
    Package("clifford", "1.5.1", ("clifford/test/test_aliases.py", "clifford/test/test_bit_helpers.py")),
    Package("fast-hdbscan", "0.3.4", ("test_fast_hdbscan.py",), own=True),
    Package(
        "galois", "0.4.11",
        tuple(f"tests/{name}.py" for name in (
            "polys/test_arithmetic_functions", "polys/test_lagrange_poly", "polys/test_operations", "test_berlekamp_massey",
            "test_galois_lfsr", "test_number_theory",
        )),
    ),
    Package("numba-celltree", "0.4.2", ("tests/test_celltree.py", "tests/test_utils.py")),
    Package("numba-stats", "1.14.0", ("tests/test_*.py",), ("pytest-benchmark",)),
    Package(
        "numbagg", "0.9.6",
        tuple(f"numbagg/test/test_{name}.py" for name in ("funcs", "grouped", "moving", "moving_exp", "utils")),
        ("bottleneck", "pandas", "xarray", "hypothesis", "pytest-benchmark", "tabulate"),
    ),
    Package(
        "pynndescent", "0.7.0",
        tuple(f"pynndescent/tests/test_{name}.py" for name in (
            "distances", "hub_search_tree", "hub_trees", "pynndescent_", "rank", "search_graph",
        )),
    ),
    Package(
        "quantecon", "0.11.4",
        tuple(f"quantecon/{name}.py" for name in (
            "game_theory/tests/test_lemke_howson", "game_theory/tests/test_normal_form_game",
            "game_theory/tests/test_pure_nash", "markov/tests/test_core", "markov/tests/test_ddp",
            "markov/tests/test_gth_solve", "optimize/tests/test_nelder_mead", "optimize/tests/test_pivoting",
            "optimize/tests/test_root_finding", "optimize/tests/test_scalar_max", "random/tests/test_utilities",
        )),
    ),
    Package("resampy", "0.4.3", ("tests/test_*.py",)),
    Package(
        "sparse", "0.19.3",
        tuple(f"sparse/numba_backend/tests/test_{name}.py" for name in (
            "compressed_2d", "compressed_convert", "conversion", "coo_numba", "dok", "dot",
        )),
        ("dask", "hypothesis"),
    ),
    Package(
        "stumpy", "1.14.1",
        tuple(f"tests/test_{name}.py" for name in ("aamp", "chains", "core", "stump")),
        ("pandas", "polars", "dask", "distributed"),
    ),
    Package("umap-learn", "0.5.12", ("test_umap_learn.py",), own=True),
)  # fmt: skip

#: What stands in the way, for the page: written by hand after a look at each kind of failure.
NOTES = {
    "antropy": "nothing.",
    "clifford": "it serializes functions by parts of Numba's inside (`numba.core.serialize`), so it can't be imported.",
    "fast-hdbscan": "a variable that is `np.int64` on one path and `np.int32` on another (CB0301).",
    "galois": "its arrays are a subclass of NumPy's, which compiled code refuses as an argument, since its methods may mean "
    "something else. It also sets globals before it makes each function and expects that they stay as they were then.",
    "numba-celltree": "memory on the stack by an `@intrinsic`.",
    "numba-stats": "`np.empty(n, T)` with a class that is found at run time, `T = type(p)` (CB0303); `math.log` of a number "
    "for which it has no value, which raises as in Python, where Numba gives nan.",
    "numbagg": "functions that are made by `exec` of a changed syntax tree, whose text nobody has (CB0101); storing nan into "
    "an array of integers, which raises as in Python; a running sum of `float32` elements from `0.0` that stays "
    "`float32`, as NumPy 2 has it, where Numba's is `float64`.",
    "pynndescent": "sums of `float32` elements from `0.0` stay `float32`, as NumPy 2 has it, and differ from Numba's in the "
    "last digits.",
    "quantecon": "a variable that is an integer of NumPy's on one path and a Python float on another (CB0301); a tuple of "
    "arrays that is indexed by a number known at run time only (CB0502).",
    "resampy": "nothing.",
    "sparse": "extensions of Numba's compiler for its own class of arrays (CB0402, CB0404, an argument); a variable that is "
    "`np.int32` on one path and `np.int64` on another (CB0301); one file that wasn't done in time.",
    "stumpy": "nothing in these files; Numba's compiling didn't fit into the time limit here.",
    "umap-learn": "variables and results that are `np.float32` on one path and `np.float64` on another (CB0301, CB0302); a set "
    "that threads share (CB0253); `1.0 + 1e-8` that joins `np.float32` and is rounded to 1, where Numba's is `float64`.",
}
