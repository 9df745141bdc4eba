"""Array expressions: variables, views, new arrays, and indices into them.

Indices are mostly in range, and those of loops have the forms for which bounds checks
are removed, and mustn't be.
"""

from __future__ import annotations

from tests.fuzz.generate.kinds import (
    NAMES,
    array,
    dtype_of,
    ndim_of,
)

__all__ = ["Arrays"]


class Arrays:
    """What a function under construction says of arrays."""

    def arrays(self, kind: str) -> str:
        """An expression for an array: a variable, a view of one, or a new one."""
        rng = self.rng
        dtype, ndim = dtype_of(kind), ndim_of(kind)
        same = [n for n in sorted(self.bound) if self.kinds[n] == kind]
        above = [n for n in sorted(self.bound) if self.kinds[n] == array(dtype, ndim + 1)]
        way = rng.random()
        if same and way < 0.35:
            return rng.choice(same)
        if same and way < 0.65:
            name = rng.choice(same)
            return f"{name}[{self.slice(name)}]"
        if above and way < 0.8:
            name = rng.choice(above)
            return rng.choice([f"{name}[{self.near()}]", f"{name}[:, {self.near()}]", f"{name}.T[{self.near()}]"])
        if same and way < 0.85:
            return f"{rng.choice(same)}.T"
        make = rng.choice(["zeros", "ones"])
        extents = [str(rng.randint(0, 5)) for _ in range(ndim)]
        if rng.random() < 0.2:
            extents[0] = f"{self.atom('int')} % 6"
        shape = extents[0] if ndim == 1 else f"({', '.join(extents)})"
        if rng.random() < 0.2:
            return f"np.full({shape}, {self.expression(dtype, 1)}, np.{NAMES[dtype]})"
        return f"np.{make}({shape}, np.{NAMES[dtype]})"

    def near(self) -> str:
        """An index that is mostly in range."""
        way = self.rng.random()
        if way < 0.6:
            return str(self.rng.randint(-4, 3))
        if way < 0.9:
            return self.atom("int", small=True)
        return self.expression("int", 1)

    def index(self, name: str) -> str:
        ndim = ndim_of(self.kinds[name])
        parts = []
        for axis in range(ndim):
            extent = f"len({name})" if axis == 0 else f"{name}.shape[{axis}]"
            way = self.rng.random()
            loops = [n for n in sorted(self.bound) if n.startswith("i")]
            if way < 0.4 and loops:
                # What bounds checks are removed for, and what they mustn't be removed for.
                form = self.rng.choice(
                    ["{0}", "{0}", "{0}", "{0} + 1", "{0} - 1", "{0} - {1}", "-{0}", "-1 - {0}",
                     "{2} - 1 - {0}", "{2} - {0}", "2 * {0}", "{0} + {1}", "{0} // 2", "{0} * {1}"]
                )  # fmt: skip
                parts.append(form.format(self.rng.choice(loops), self.rng.choice(loops), extent))
            elif way < 0.84:
                parts.append(f"{self.atom('int')} % {extent}")
            elif way < 0.92:
                parts.append(str(self.rng.randint(-2, 1)))
            elif way < 0.97:
                loose = [n for n in sorted(self.bound) if self.kinds[n] in ("i64", "u8", "i32", "u64")]
                parts.append(self.rng.choice(loose) if loose else f"{extent} - 1")
            else:
                parts.append(self.expression("int", 1))
        return ", ".join(parts)

    def slice(self, name: str) -> str:
        parts = []
        for _ in range(self.rng.randint(1, ndim_of(self.kinds[name]))):
            edges = ["", str(self.rng.randint(-5, 5)), self.atom("int", small=True)]
            step = self.rng.choice(["", "", "", ":2", ":-1", ":-2", f":{self.atom('int')} % 3 + 1"])
            parts.append(f"{self.rng.choice(edges)}:{self.rng.choice(edges)}{step}")
        if self.rng.random() < 0.1:
            parts.append("...")
        return ", ".join(parts)
