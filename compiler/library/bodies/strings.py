"""Methods and operators of strings, and the few of bytes.

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
    if prim.is_tuple(prefix):
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
    if prim.is_tuple(suffix):
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


@implements("str.__mod__")
def mod(self, values, /):
    prim.error("formatting with '%' is not compiled yet: write an f-string")


@implements("str.__contains__")
def contains(self, part, /):
    return prim.str_contains(self, part)


@implements("bytes.__add__")
def bytes_add(self, other, /):
    return prim.bytes_concat(self, other)


@implements("bytes.__mul__")
def bytes_mul(self, count, /):
    return prim.bytes_repeat(self, count)


@implements("bytes.__contains__")
def bytes_contains(self, value, /):
    if prim.is_bytes(value):
        prim.error("a search for bytes in bytes is not compiled yet")
    prim.guard(0 <= value < 256, "ValueError", "byte must be in range(0, 256)")
    return prim.bytes_has(self, value)


@implements("bytes.decode")
def decode(self, encoding="utf-8", errors="strict"):
    return prim.bytes_decode(self, encoding, errors)


@implements("bytes.hex")
def to_hex(self, /):
    return prim.bytes_hex(self)
