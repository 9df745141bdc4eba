"""What the examples share: their options, the table of times, and where pictures go.

Each example is a program with a `main`. It checks its result, prints the times of plain Python,
cumbia and a peer, and draws a picture. `--small` is for tests: little data, and Numba is left out.
"""

from __future__ import annotations

import argparse
import importlib.util
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FunctionType
from typing import Any

from PIL import Image

from cumbia import bench

HERE = Path(__file__).resolve().parent


class Frame:
    """An example's options, and what it does by them.

    Attributes
    ----------
    small : bool
        Whether little data is enough.
    """

    def __init__(self, description: str, file: str) -> None:
        parser = argparse.ArgumentParser(description=description.splitlines()[0])
        parser.add_argument("--small", action="store_true", help="little data, without Numba")
        parser.add_argument("--out", type=Path, default=HERE, help="folder for the picture")
        options = parser.parse_args()
        self.small: bool = options.small
        self.picture: Path = options.out / f"{Path(file).stem}.png"

    def compare(
        self, function: Any, *args: Any, peers: Mapping[str, Callable[..., Any]] | None = None,
        close: Callable[[Any, Any], object] | None = None, seconds: float = 0.5,
    ) -> Any:  # fmt: skip
        """Time the undecorated function, the compiled one and peers; print it; give the result.

        The compiled function's result has to be the undecorated one's to the bit. Peers may
        differ as `close` allows.
        """
        if self.small:
            seconds = 0.02
        plain = rebuilt(function, lambda one: one)
        ours = bench.compare({"Python": plain, "cumbia": function}, *args, seconds=seconds)
        result = ours.timings["cumbia"].result
        timings = dict(ours.timings)
        others = dict(peers or {})
        if not self.small and importlib.util.find_spec("numba") is not None:
            import numba  # pyright: ignore[reportMissingImports]

            others["Numba"] = rebuilt(function, numba.njit)
        for name, peer in others.items():
            try:
                timings[name] = bench.measure(peer, *args, seconds=seconds, fresh=True)
            except Exception as error:
                if name != "Numba":
                    raise
                print(f"Numba doesn't run it: {str(error).splitlines()[0]}")
                continue
            if name != "Numba" or close is not None:
                (close or _same)(result, timings[name].result)
        print(bench.Comparison(timings))
        return result

    def save(self, figure: Any) -> None:
        """Write the picture."""
        self.picture.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(self.picture, dpi=80, bbox_inches="tight", metadata={"Software": None})
        if self.picture.stat().st_size > 120 * 1024:
            # 256 colours are a third of the size.
            with Image.open(self.picture) as picture:
                picture.convert("RGB").quantize(256).save(self.picture, optimize=True)
        print(f"picture: {self.picture.name}")


def _same(a: Any, b: Any) -> None:
    assert bench.digest(a) == bench.digest(b), "results differ"


def rebuilt(function: Any, decorator: Callable[[Any], Any]) -> Any:
    """The undecorated function under another decorator, and those that it calls too."""
    done: dict[int, Any] = {}

    def made(one: Any) -> Any:
        if id(one) not in done:
            plain = one.py_func
            names = dict(plain.__globals__)
            done[id(one)] = decorator(FunctionType(plain.__code__, names, plain.__name__, plain.__defaults__))
            for name in plain.__code__.co_names:
                if hasattr(names.get(name), "py_func"):
                    names[name] = made(names[name])
        return done[id(one)]

    return made(function)
