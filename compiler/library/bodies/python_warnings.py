"""`warnings.warn`, at the user's line.

The text of the call is noted, as warnings of NumPy's functions are (`warned.py`), and
evaluated by Python in a frame at that line: filters, registries and exceptions are Python's.
"""


@implements("warnings.warn")
def warn(message, category=None, stacklevel=1, source=None):
    if not prim.is_str(message):
        prim.error("the message of warnings.warn is a string here, not {}", message)
    elif not prim.is_literal(stacklevel):
        prim.error("stacklevel= of warnings.warn is a constant here")
    elif stacklevel > 1:
        prim.error("stacklevel= of warnings.warn is 1 here: who calls a compiled function isn't known in it")
    elif source is not None:
        prim.error("source= of warnings.warn is not compiled")
    else:
        prim.warn_note("__import__('warnings').warn(" + repr(message) + ", " + name_of(category) + ")")


def name_of(category):
    """How Python names a class of warnings."""
    if category is None or category is UserWarning:
        return "UserWarning"
    elif category is DeprecationWarning:
        return "DeprecationWarning"
    elif category is RuntimeWarning:
        return "RuntimeWarning"
    elif category is FutureWarning:
        return "FutureWarning"
    elif category is PendingDeprecationWarning:
        return "PendingDeprecationWarning"
    elif category is SyntaxWarning:
        return "SyntaxWarning"
    elif category is ImportWarning:
        return "ImportWarning"
    elif category is UnicodeWarning:
        return "UnicodeWarning"
    elif category is BytesWarning:
        return "BytesWarning"
    elif category is ResourceWarning:
        return "ResourceWarning"
    elif category is Warning:
        return "Warning"
    else:
        prim.error("the category of warnings.warn is a class of Python's own here, not {}", category)
