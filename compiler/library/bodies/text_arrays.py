"""Functions of arrays of texts: numpy.strings, which numpy.char has, too.

Of arrays, with one text and numbers as further arguments. Results are
numbers, or texts of the same length as the array's, since an array's type has the length of
its texts. Not here: what makes texts of other lengths (`replace`, `add`, `multiply`, ...).
"""


def check_texts(a):
    if not prim.is_records(a):
        prim.error("np.strings takes an array of texts here, not {}", a)
    elif not prim.is_text_array(a):
        prim.error("np.strings takes an array of texts here, not {}", a)
    elif a.ndim == 0:
        prim.error("np.strings takes arrays with axes in compiled code, not {}", a)


def check_text(x):
    """Refuses a further argument that isn't one text for all."""
    if not (prim.is_str(x) or prim.is_bytes(x)):
        prim.error("np.strings takes one str or bytes as a further argument in compiled code, not {}", x)


def numbers(a, dtype, f):
    """What a function gives for each text."""
    check_texts(a)
    out = prim.empty(a.shape, dtype)
    put_each(out, a, f)
    return out


def put_each(out, a, f):
    """What a function gives for each text, along all axes."""
    if a.ndim == 1:
        for i in range(len(a)):
            out[i] = f(a[i])
    else:
        for i in range(len(a)):
            put_each(out[i], a[i], f)


def searched(a, sub, start, end, dtype, f):
    """What a search gives in each text, between positions."""
    check_texts(a)
    check_text(sub)
    out = prim.empty(a.shape, dtype)
    if end is None:
        put_found(out, a, sub, int(start), 9223372036854775807, f)
    else:
        put_found(out, a, sub, int(start), int(end), f)
    return out


def put_found(out, a, sub, start, end, f):
    if a.ndim == 1:
        for i in range(len(a)):
            out[i] = f(a[i], sub, start, end)
    else:
        for i in range(len(a)):
            put_found(out[i], a[i], sub, start, end, f)


def texts(a, f):
    """Texts of the same length."""
    check_texts(a)
    out = np.empty_like(a)
    put_each(out, a, f)
    return out


@implements("numpy.strings.str_len")
def str_len(x):
    return numbers(x, prim.dtype(np.int64), lambda s: len(s))


@implements("numpy.strings.isalpha")
def isalpha(x):
    return numbers(x, prim.dtype(np.bool_), lambda s: s.isalpha())


@implements("numpy.strings.isdigit")
def isdigit(x):
    return numbers(x, prim.dtype(np.bool_), lambda s: s.isdigit())


@implements("numpy.strings.isspace")
def isspace(x):
    return numbers(x, prim.dtype(np.bool_), lambda s: s.isspace())


@implements("numpy.strings.isalnum")
def isalnum(x):
    return numbers(x, prim.dtype(np.bool_), lambda s: s.isalnum())


@implements("numpy.strings.islower")
def islower(x):
    return numbers(x, prim.dtype(np.bool_), lambda s: s.islower())


@implements("numpy.strings.isupper")
def isupper(x):
    return numbers(x, prim.dtype(np.bool_), lambda s: s.isupper())


@implements("numpy.strings.istitle")
def istitle(x):
    return numbers(x, prim.dtype(np.bool_), lambda s: s.istitle())


@implements("numpy.strings.isdecimal")
def isdecimal(x):
    return numbers(x, prim.dtype(np.bool_), lambda s: s.isdecimal())


@implements("numpy.strings.isnumeric")
def isnumeric(x):
    return numbers(x, prim.dtype(np.bool_), lambda s: s.isnumeric())


@implements("numpy.strings.index")
def index(a, sub, start=0, end=None):
    return found(find(a, sub, start, end))


@implements("numpy.strings.rindex")
def rindex(a, sub, start=0, end=None):
    return found(rfind(a, sub, start, end))


def found(positions):
    if np.any(positions < 0):
        raise ValueError("substring not found")
    return positions


@implements("numpy.strings.find")
def find(a, sub, start=0, end=None):
    return searched(a, sub, start, end, prim.dtype(np.int64), lambda s, t, i, j: s.find(t, i, j))


@implements("numpy.strings.rfind")
def rfind(a, sub, start=0, end=None):
    return searched(a, sub, start, end, prim.dtype(np.int64), lambda s, t, i, j: s.rfind(t, i, j))


@implements("numpy.strings.count")
def count(a, sub, start=0, end=None):
    return searched(a, sub, start, end, prim.dtype(np.int64), lambda s, t, i, j: s.count(t, i, j))


@implements("numpy.strings.startswith")
def startswith(a, prefix, start=0, end=None):
    return searched(a, prefix, start, end, prim.dtype(np.bool_), lambda s, t, i, j: s.startswith(t, i, j))


@implements("numpy.strings.endswith")
def endswith(a, suffix, start=0, end=None):
    return searched(a, suffix, start, end, prim.dtype(np.bool_), lambda s, t, i, j: s.endswith(t, i, j))


@implements("numpy.strings.upper")
def upper(a):
    return texts(a, lambda s: s.upper())


@implements("numpy.strings.lower")
def lower(a):
    return texts(a, lambda s: s.lower())


@implements("numpy.strings.swapcase")
def swapcase(a):
    return texts(a, lambda s: s.swapcase())


@implements("numpy.strings.capitalize")
def capitalize(a):
    return texts(a, lambda s: s.capitalize())


@implements("numpy.strings.title")
def title(a):
    return texts(a, lambda s: s.title())


def trimmed(a, chars, f, g):
    """Texts without what is at their ends; a character set is a text."""
    check_texts(a)
    if chars is not None:
        check_text(chars)
    out = np.empty_like(a)
    if chars is None:
        put_each(out, a, f)
    else:
        put_trimmed(out, a, chars, g)
    return out


def put_trimmed(out, a, chars, g):
    if a.ndim == 1:
        for i in range(len(a)):
            out[i] = g(a[i], chars)
    else:
        for i in range(len(a)):
            put_trimmed(out[i], a[i], chars, g)


@implements("numpy.strings.strip")
def strip(a, chars=None):
    return trimmed(a, chars, lambda s: s.strip(), lambda s, c: s.strip(c))


@implements("numpy.strings.lstrip")
def lstrip(a, chars=None):
    return trimmed(a, chars, lambda s: s.lstrip(), lambda s, c: s.lstrip(c))


@implements("numpy.strings.rstrip")
def rstrip(a, chars=None):
    return trimmed(a, chars, lambda s: s.rstrip(), lambda s, c: s.rstrip(c))
