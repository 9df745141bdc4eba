"""What a `with` statement calls: the methods of a class of the user, and the library's own
context managers by what they were made of.

A manager is left with what its entering has kept for it; a class of the user keeps nothing
outside of its instance. `infer/contexts.rs` says how a manager is added.
"""


def known(manager):
    if prim.is_manager(manager):
        return None
    elif prim.is_instance(manager):
        if hasattr(manager, "__enter__") and hasattr(manager, "__exit__"):
            return None
        else:
            prim.no_manager(manager)
    else:
        prim.no_manager(manager)


def enter(manager):
    if prim.is_manager(manager):
        return prim.enter(manager)
    else:
        return manager.__enter__(), None


def leave(manager, kept):
    if prim.is_manager(manager):
        prim.exit(manager, kept, None)
    else:
        manager.__exit__(None, None, None)


def leave_by(manager, kept, error):
    if prim.is_manager(manager):
        return prim.exit(manager, kept, error)
    else:
        return manager.__exit__(type(error), error, error.__traceback__)


@implements("contextlib.nullcontext")
def nullcontext(enter_result=None):
    return prim.manager("contextlib.nullcontext", enter_result)


@implements("contextlib.nullcontext.__enter__")
def enter_nothing(manager):
    return prim.made_of(manager), None


@implements("contextlib.nullcontext.__exit__")
def leave_nothing(manager, kept, error):
    return False


@implements("contextlib.suppress")
def suppress(*exceptions):
    return prim.manager("contextlib.suppress", exceptions)


@implements("contextlib.suppress.__enter__")
def start_suppressing(manager):
    return None, None


@implements("contextlib.suppress.__exit__")
def suppresses(manager, kept, error):
    if error is None:
        return False
    else:
        return isinstance(error, prim.made_of(manager))


@implements("numpy.errstate")
def errstate(*, call=None, all=None, divide=None, over=None, under=None, invalid=None):
    if call is not None:
        prim.error("np.errstate() with call= is not compiled: set it around the call, or by np.seterrcall()")
    else:
        check_mode(all)
        check_mode(divide)
        check_mode(over)
        check_mode(under)
        check_mode(invalid)
        kinds = modes_of(divide, all) + 8 * modes_of(over, all) + 64 * modes_of(under, all)
        return prim.manager("numpy.errstate", kinds + 512 * modes_of(invalid, all))


def modes_of(mode, all):
    """What is said about one kind of error: nothing, or the number of a mode."""
    said = all if mode is None else mode
    if said is None:
        return 0
    elif said == "ignore":
        return 1
    elif said == "warn":
        return 2
    elif said == "raise":
        return 3
    elif said == "print":
        return 4
    elif said == "log":
        return 5
    else:
        return 6


def joined_modes(inner, outer):
    """Three bits for each kind of error: those of the inner statement where it says something."""
    kept = 0
    for at in range(0, 12, 3):
        if inner >> at & 7 == 0:
            kept |= outer & 7 << at
    return inner | kept


def check_mode(mode):
    """Refuses what is no mode."""
    if mode is not None:
        if not prim.is_literal(mode) or not prim.is_str(mode):
            prim.error("a mode of np.errstate() must be a constant here, not {}", mode)
        elif mode not in ("ignore", "warn", "raise", "call", "print", "log"):
            prim.error("a mode of np.errstate() must be 'ignore', 'warn', 'raise', 'call', 'print' or 'log', not {}", mode)


@implements("numpy.errstate.__enter__")
def start_ignoring(manager):
    outer = prim.warn_modes(0)
    prim.warn_modes(joined_modes(prim.made_of(manager), outer))
    return None, outer


@implements("numpy.errstate.__exit__")
def stop_ignoring(manager, kept, error):
    prim.warn_modes(kept)
    return False


@implements("contextlib._GeneratorContextManager")
def of_a_generator(func, args, kwds):
    prim.error("the function of a contextlib.contextmanager is not called by compiled code: write a class with __enter__ and __exit__")
