"""The options of ``jit``: one table, and what follows from it.

A row says which values an option takes, what it means, and why the values that other
compilers know are refused here. Nothing else in the package lists options: the check,
the messages and the defaults are derived from the table. This module doesn't act on an
option; the compiler does.
"""

from __future__ import annotations

from typing import Any, NamedTuple

__all__ = ["OPTIONS", "Option", "resolve"]


class Option(NamedTuple):
    """One row of the table.

    ``accepted`` holds the values taken, or a type any instance of which is taken.
    ``refused`` maps the ``repr`` of a value that users may expect to work to the
    reason why it doesn't. Where there are ``flags``, a collection of these is taken too; where
    there are ``switches``, a dict that turns some of these on or off.
    """

    name: str
    default: Any
    accepted: tuple | type
    meaning: str
    refused: dict[str, str] = {}
    flags: tuple[str, ...] = ()
    switches: tuple[str, ...] = ()

    def accepts(self, value: Any) -> bool:
        """Whether `value` may be given for this option."""
        if self.flags and isinstance(value, (set, frozenset, list, tuple)):
            return all(isinstance(one, str) and one in self.flags for one in value)
        if self.switches and isinstance(value, dict):
            return all(type(on) is bool for on in value.values())
        if isinstance(self.accepted, type):
            return value is None or isinstance(value, self.accepted)
        return any(type(value) is type(one) and value == one for one in self.accepted)

    def choices(self) -> str:
        """The values taken, as text for a message."""
        if isinstance(self.accepted, type):
            return f"a {self.accepted.__name__}"
        choices = " or ".join(map(repr, self.accepted))
        if self.switches:
            return f"{choices} or a dict of {', '.join(map(repr, self.switches))} with True or False"
        return f"{choices} or a set of {', '.join(map(repr, self.flags))}" if self.flags else choices


class Declared(dict[str, str]):
    """`locals` that convert: names of number types by names of variables.

    `return` is the result, `arg.x` what is given for a parameter `x`, which may be assigned others.

    Numba's programs mean this by `locals=` and by signatures; a program of Python's, whose variables
    have the values that they are given, has no way to ask for it.
    """


# In order of `cumbia_ir::FastMath`.
FASTMATH = ("nnan", "ninf", "nsz", "arcp", "contract", "afn", "reassoc")
# The switches of `parallel`, as Numba names them.
PARALLEL = ("prange", "reduction", "comprehension", "setitem", "numpy", "stencil", "fusion")
# What `fastmath=True` stands for: a nan or an infinity is still one.
KEEPS_NAN = frozenset(FASTMATH) - {"nnan", "ninf"}

_ALWAYS_NATIVE = "a function is compiled whole or refused; it never falls back to the interpreter"

OPTIONS: dict[str, Option] = {
    option.name: option
    for option in (
        Option(
            "nopython", True, (True,),
            "Compile to native code; the only mode there is.",
            {"False": _ALWAYS_NATIVE},
        ),
        Option(
            "forceobj", False, (False,),
            "Numba's object mode; there is none here.",
            {"True": _ALWAYS_NATIVE},
        ),
        Option(
            "nogil", True, (True, False),
            "No effect: compiled code always runs without the GIL.",
        ),
        Option(
            "cache", None, (True, False, None),
            "Keep the compiled code on disk for the next process. None is True for a function whose "
            "source is in a file, and False for others: cells, `exec`.",
        ),
        Option(
            "parallel", False, (True, False),
            "Run loops over `prange` on several threads, and array expressions, reductions and what "
            "makes arrays where they are large enough. A dict turns some kinds off: 'prange', "
            "'reduction' (`np.sum` and its kin), 'numpy' (array expressions, integer products, arrays "
            "that are made), 'setitem' (assignments to views), 'fusion' (array expressions in one "
            "loop); 'comprehension' and 'stencil' are taken and have no effect. What it leaves out "
            "stays on. Results don't change.",
            switches=PARALLEL,
        ),
        Option(
            "schedule", "guided", ("guided", "static", "dynamic"),
            "How turns of a loop over `prange` are given to threads: ever fewer at once, the same "
            "number to each, or as they come. The result is the same.",
        ),
        Option(
            "chunk", None, int,
            "How many turns of a loop over `prange` a thread takes at once, at least.",
        ),
        Option(
            "race", None, ("detect", None),
            "'detect' runs the turns of loops over `prange` in order on one thread, notes who "
            "accesses which element, and raises `cumbia.errors.RaceError` where two turns race. "
            "Slow: for tests.",
        ),
        Option(
            "associative", False, (True, False),
            "The function's word that of three values it doesn't matter which neighbors it combines "
            "first: `v = f(v, x)` in a loop over `prange` is then a reduction.",
        ),
        Option(
            "fastmath", frozenset(), (True, False),
            "Let the second tier change floating-point operations of this function for speed, as "
            "the flags of LLVM's language reference say. True is all but 'nnan' and 'ninf', so that "
            "nan and infinity stay what they are; 'fast' is all of them. With 'afn' functions of "
            "`math` are NumPy's, which don't raise.",
            flags=(*FASTMATH, "fast"),
        ),
        Option(
            "boundscheck", True, (True, False, None),
            "Check every index; the default, since it keeps the process safe. With False an index "
            "of an array out of range reads or writes other memory.",
        ),
        Option(
            "error_model", "python", ("python", "numpy"),
            "What dividing Python numbers by zero does: 'python' raises, 'numpy' gives an infinity, "
            "a nan or for integers 0, without a warning. NumPy's scalars and elements of arrays "
            "divide as NumPy does anyway.",
        ),
        Option(
            "inline", "never", ("never", "always"),
            "A hint whether to copy the function into its callers.",
        ),
        Option("debug", False, (True, False), "Keep what a debugger needs."),
        Option(
            "locals", {}, dict,
            "Types of variables, by their names. No effect: types are inferred, and a variable has "
            "the value that it has in Python.",
        ),
        Option(
            "tier", "auto", ("auto", "fast", "best"),
            "Which compiler: 'fast' is done in milliseconds, 'best' optimizes and the first call "
            "waits for it, 'auto' begins with the one and goes on with the other.",
        ),
        Option(
            "target", "cpu", ("cpu", "cuda"),
            "'cuda' runs loops over `prange` on an NVIDIA device, each as a kernel; the rest of the "
            "function stays on the processor, as do loops that can't be kernels, of which "
            "`offload_report` says why. A call without a device raises.",
        ),
        Option(
            "hints", False, (True, False),
            "Compile at once for the types that the parameters' annotations name.",
        ),
        Option(
            "source", None, str,
            "The function's source, where Python doesn't have it.",
        ),
    )
}


def resolve(given: dict[str, Any]) -> dict[str, Any]:
    """Check `given` against the table and fill in the defaults.

    Parameters
    ----------
    given : dict
        Option names and values, as the user wrote them.

    Returns
    -------
    dict
        A value for every option of the table.

    Raises
    ------
    TypeError
        For a name that isn't in the table, or a value of the wrong type.
    ValueError
        For a value that isn't taken.

    Examples
    --------
    >>> from cumbia._options import resolve
    >>> resolve({"cache": True})["cache"]
    True
    >>> resolve({"cahce": True})
    Traceback (most recent call last):
        ...
    TypeError: jit() has no option 'cahce'; did you mean 'cache'? The options are: \
nopython, forceobj, nogil, cache, parallel, schedule, chunk, race, associative, fastmath, boundscheck, error_model, inline, \
debug, locals, tier, target, hints, source
    """
    _check_locals(given.get("locals"))
    for name, value in given.items():
        option = OPTIONS.get(name)
        if option is None:
            raise TypeError(_unknown(name))
        if option.switches and isinstance(value, dict):
            for switch in value:
                if switch not in option.switches:
                    raise ValueError(
                        f"jit() option {name!r} has no switch {switch!r}; the switches are: "
                        f"{', '.join(option.switches)}"
                    )
        if option.accepts(value):
            continue
        reason = option.refused.get(repr(value))
        if reason is not None:
            raise ValueError(
                f"jit() doesn't take {name}={value!r}: {reason}. Accepted: {option.choices()}"
            )
        wrong_type = isinstance(option.accepted, type) or all(
            type(value) is not type(one) for one in option.accepted
        )
        raise (TypeError if wrong_type else ValueError)(
            f"jit() option {name!r} takes {option.choices()}, not {value!r}"
        )
    resolved = {name: option.default for name, option in OPTIONS.items()}
    resolved.update(given)
    # Others than these have no effect.
    if not isinstance(resolved["locals"], Declared):
        resolved["locals"] = {}
    flags = resolved["fastmath"]
    if isinstance(flags, bool):
        resolved["fastmath"] = KEEPS_NAN if flags else frozenset()
    else:
        resolved["fastmath"] = frozenset(FASTMATH if "fast" in flags else flags)
    if isinstance(resolved["parallel"], dict):
        resolved["parallel"] = dict.fromkeys(PARALLEL, True) | resolved["parallel"]
    switches = resolved["parallel"]
    if not (switches["prange"] if isinstance(switches, dict) else switches):
        for name in ("schedule", "chunk", "race"):
            if resolved[name] != OPTIONS[name].default:
                raise ValueError(
                    f"jit() option {name!r} is for loops over prange on several threads: it needs "
                    "parallel=True"
                )
    chunk = resolved["chunk"]
    if chunk is not None and not 1 <= chunk < 2**31:
        raise ValueError(f"jit() option 'chunk' is a number of turns, at least 1, not {chunk}")
    if resolved["boundscheck"] is None:
        resolved["boundscheck"] = True
    return resolved


def _check_locals(given: Any) -> None:
    """Refuse what `locals` can't mean, though it has no effect."""
    if not given or not isinstance(given, dict) or isinstance(given, Declared):
        return
    from cumbia._signature import parse_type
    from cumbia.types import Type

    for name, one in given.items():
        if not isinstance(name, str) or not name.isidentifier():
            raise ValueError(f"jit() option 'locals' has names of variables, not {name!r}")
        if isinstance(one, str):
            try:
                parse_type(one)
            except ValueError as error:
                raise ValueError(f"jit() option 'locals', {name!r}: {error}") from None
        elif not isinstance(one, Type):
            raise TypeError(f"jit() option 'locals' gives variables types of cumbia.types, not {name!r} {one!r}")


def _unknown(name: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, OPTIONS, n=1)
    hint = f"; did you mean {near[0]!r}?" if near else "."
    return f"jit() has no option {name!r}{hint} The options are: {', '.join(OPTIONS)}"
