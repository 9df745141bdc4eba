"""Methods and operators of strings.

The work is the runtime's (`runtime/core/src/strings`); here are the signatures, defaults
and what the types decide. A limit or an end that isn't given is the largest integer.
"""


def low(start):
    if start is None:
        return 0
    else:
        return start


def high(end):
    if end is None:
        return 9223372036854775807
    else:
        return end


@implements("str.find")
def find(self, sub, start=None, end=None, /):
    return prim.str_find(self, sub, low(start), high(end))


@implements("str.rfind")
def rfind(self, sub, start=None, end=None, /):
    return prim.str_rfind(self, sub, low(start), high(end))


@implements("str.index")
def index(self, sub, start=None, end=None, /):
    at = prim.str_find(self, sub, low(start), high(end))
    prim.guard(at >= 0, "ValueError", "substring not found")
    return at


@implements("str.rindex")
def rindex(self, sub, start=None, end=None, /):
    at = prim.str_rfind(self, sub, low(start), high(end))
    prim.guard(at >= 0, "ValueError", "substring not found")
    return at


@implements("str.count")
def count(self, sub, start=None, end=None, /):
    return prim.str_count(self, sub, low(start), high(end))


@implements("str.startswith")
def startswith(self, prefix, start=None, end=None, /):
    return begins(self, prefix, low(start), high(end))


def begins(s, prefix, start, end):
    if prim.is_any_tuple(prefix):
        for one in prefix:
            if begins(s, one, start, end):
                return True
        return False
    elif prim.is_tuple(prefix):
        if len(prefix) == 0:
            return False
        else:
            if begins(s, prefix[0], start, end):
                return True
            return begins(s, prefix[1:], start, end)
    else:
        return prim.str_startswith(s, prefix, start, end)


@implements("str.endswith")
def endswith(self, suffix, start=None, end=None, /):
    return ends(self, suffix, low(start), high(end))


def ends(s, suffix, start, end):
    if prim.is_any_tuple(suffix):
        for one in suffix:
            if ends(s, one, start, end):
                return True
        return False
    elif prim.is_tuple(suffix):
        if len(suffix) == 0:
            return False
        else:
            if ends(s, suffix[0], start, end):
                return True
            return ends(s, suffix[1:], start, end)
    else:
        return prim.str_endswith(s, suffix, start, end)


@implements("str.replace")
def replace(self, old, new, count=-1, /):
    return prim.str_replace(self, old, new, count)


@implements("str.split")
def split(self, sep=None, maxsplit=-1):
    if sep is None:
        return prim.str_split_space(self, maxsplit)
    else:
        return prim.str_split(self, sep, maxsplit)


@implements("str.rsplit")
def rsplit(self, sep=None, maxsplit=-1):
    if sep is None:
        return prim.str_rsplit_space(self, maxsplit)
    else:
        return prim.str_rsplit(self, sep, maxsplit)


@implements("str.splitlines")
def splitlines(self, keepends=False):
    return prim.str_splitlines(self, keepends)


@implements("str.partition")
def partition(self, sep, /):
    prim.guard(len(sep) > 0, "ValueError", "empty separator")
    at = prim.str_find(self, sep, 0, len(self))
    if at < 0:
        return self, "", ""
    return self[:at], sep, self[at + len(sep) :]


@implements("str.rpartition")
def rpartition(self, sep, /):
    prim.guard(len(sep) > 0, "ValueError", "empty separator")
    at = prim.str_rfind(self, sep, 0, len(self))
    if at < 0:
        return "", "", self
    return self[:at], sep, self[at + len(sep) :]


@implements("str.join")
def join(self, iterable, /):
    if prim.is_str(iterable):
        return prim.str_join_characters(self, iterable)
    elif prim.is_list(iterable):
        return prim.str_join(self, iterable)
    else:
        return prim.str_join(self, [item for item in iterable])


def stripped(s, chars, sides):
    if chars is None:
        return prim.str_strip_space(s, sides)
    else:
        return prim.str_strip(s, chars, sides)


@implements("str.strip")
def strip(self, chars=None, /):
    return stripped(self, chars, 3)


@implements("str.lstrip")
def lstrip(self, chars=None, /):
    return stripped(self, chars, 1)


@implements("str.rstrip")
def rstrip(self, chars=None, /):
    return stripped(self, chars, 2)


@implements("str.removeprefix")
def removeprefix(self, prefix, /):
    if prim.str_startswith(self, prefix, 0, len(self)):
        return self[len(prefix) :]
    return self


@implements("str.removesuffix")
def removesuffix(self, suffix, /):
    if len(suffix) > 0 and prim.str_endswith(self, suffix, 0, len(self)):
        return self[: len(self) - len(suffix)]
    return self


@implements("str.upper")
def upper(self, /):
    return prim.str_upper(self)


@implements("str.lower")
def lower(self, /):
    return prim.str_lower(self)


@implements("str.title")
def title(self, /):
    return prim.str_title(self)


@implements("str.capitalize")
def capitalize(self, /):
    return prim.str_capitalize(self)


@implements("str.swapcase")
def swapcase(self, /):
    return prim.str_swapcase(self)


@implements("str.casefold")
def casefold(self, /):
    return prim.str_casefold(self)


@implements("str.isalnum")
def isalnum(self, /):
    return prim.str_isalnum(self)


@implements("str.isalpha")
def isalpha(self, /):
    return prim.str_isalpha(self)


@implements("str.isascii")
def isascii(self, /):
    return prim.str_isascii(self)


@implements("str.isdecimal")
def isdecimal(self, /):
    return prim.str_isdecimal(self)


@implements("str.isdigit")
def isdigit(self, /):
    return prim.str_isdigit(self)


@implements("str.isidentifier")
def isidentifier(self, /):
    return prim.str_isidentifier(self)


@implements("str.islower")
def islower(self, /):
    return prim.str_islower(self)


@implements("str.isnumeric")
def isnumeric(self, /):
    return prim.str_isnumeric(self)


@implements("str.isprintable")
def isprintable(self, /):
    return prim.str_isprintable(self)


@implements("str.isspace")
def isspace(self, /):
    return prim.str_isspace(self)


@implements("str.istitle")
def istitle(self, /):
    return prim.str_istitle(self)


@implements("str.isupper")
def isupper(self, /):
    return prim.str_isupper(self)


@implements("str.ljust")
def ljust(self, width, fillchar=" ", /):
    return prim.str_justify(self, width, fillchar, 0)


@implements("str.rjust")
def rjust(self, width, fillchar=" ", /):
    return prim.str_justify(self, width, fillchar, 1)


@implements("str.center")
def center(self, width, fillchar=" ", /):
    return prim.str_justify(self, width, fillchar, 2)


@implements("str.zfill")
def zfill(self, width, /):
    return prim.str_zfill(self, width)


@implements("str.expandtabs")
def expandtabs(self, tabsize=8):
    return prim.str_expandtabs(self, tabsize)


@implements("str.encode")
def encode(self, encoding="utf-8", errors="strict"):
    return prim.str_encode(self, encoding, errors)


@implements("str.__add__")
def add(self, other, /):
    if not prim.is_str(other):
        prim.error("can only concatenate str (not {}) to str", other)
    return prim.str_concat(self, other)


@implements("str.__mul__")
def mul(self, count, /):
    return prim.str_repeat(self, count)


@implements("str.__contains__")
def contains(self, part, /):
    return prim.str_contains(self, part)


def character_key(c):
    prim.guard(len(c) == 1, "ValueError", "string keys in translate table must be of length 1")
    return ord(c)


@implements("builtins.str.maketrans")
def maketrans(x, y=None, z=None, /):
    if y is None:
        if not prim.is_dict(x):
            prim.error("if you give only one argument to maketrans it must be a dict, not {}", x)
        return {key_of(key): value for key, value in x.items()}
    else:
        prim.guard(
            len(x) == len(y), "ValueError", "the first two maketrans arguments must have equal length"
        )
        if z is None:
            return {ord(x[i]): ord(y[i]) for i in range(len(x))}
        else:
            table = {ord(x[i]): ord(y[i]) for i in range(len(x))}
            return without(table, z)


def key_of(key):
    if prim.is_str(key):
        return character_key(key)
    elif prim.is_integer(key):
        return key
    else:
        prim.error("keys in translate table must be strings or integers, not {}", key)


def without(table, gone):
    out = {}
    for key, value in table.items():
        out[key] = value
    for c in gone:
        out[ord(c)] = None
    return out


@implements("str.translate")
def translate(self, table, /):
    if not prim.is_dict(table):
        prim.error("translate() of {} is not compiled: its table must be a dict", table)
    return "".join([translated(c, table) for c in self])


def translated(c, table):
    point = ord(c)
    if point in table:
        return replaced(table[point])
    return c


def replaced(value):
    if value is None:
        return ""
    elif prim.is_str(value):
        return value
    elif prim.is_integer(value):
        if 0 <= value < 1114112:
            return chr(value)
        raise ValueError("character mapping must be in range(0x110000)")
    else:
        prim.error("translate() of a table with {} is not compiled", value)
