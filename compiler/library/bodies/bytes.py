"""Methods and operators of bytes, `bytes(...)`, and integers as bytes.

The work is the runtime's (`runtime/core/src/strings`); here are the signatures, defaults
and what the types decide. A limit or an end that isn't given is the largest integer.
"""

from strings import low, high


def one_byte(value):
    prim.guard(0 <= value < 256, "ValueError", "byte must be in range(0, 256)")
    return prim.bytes_of_list([int(value)])


def needle(sub):
    if prim.is_bytes(sub):
        return sub
    elif prim.is_integer(sub):
        return one_byte(sub)
    else:
        prim.error("argument should be integer or bytes-like object, not {}", sub)


def like_bytes(value):
    if prim.is_buffer(value):
        return prim.buffer_bytes(value)
    elif not prim.is_bytes(value):
        prim.error("a bytes-like object is required, not {}", value)
    return value


@implements("builtins.bytes")
def bytes_(source="<missing>", encoding=None, errors="strict"):
    if prim.is_missing(source):
        return b""
    elif prim.is_str(source):
        if encoding is None:
            prim.error("string argument without an encoding")
        return prim.str_encode(source, encoding, errors)
    elif prim.is_bytes(source):
        return source
    elif prim.is_buffer(source):
        return prim.buffer_bytes(source)
    elif prim.is_integer(source):
        return prim.bytes_zeros(source)
    elif prim.is_array(source):
        prim.error("bytes() of {} is not compiled", source)
    elif prim.is_list(source) and prim.same_type(source, [0]):
        return prim.bytes_of_list(source)
    else:
        return prim.bytes_of_list([checked(item) for item in source])


def checked(item):
    if not prim.is_integer(item):
        prim.error("bytes() of items that are {} is not compiled: they must be integers", item)
    return int(item)


@implements("bytes.find")
def find(self, sub, start=None, end=None, /):
    return prim.bytes_find(self, needle(sub), low(start), high(end))


@implements("bytes.rfind")
def rfind(self, sub, start=None, end=None, /):
    return prim.bytes_rfind(self, needle(sub), low(start), high(end))


@implements("bytes.index")
def index(self, sub, start=None, end=None, /):
    at = prim.bytes_find(self, needle(sub), low(start), high(end))
    prim.guard(at >= 0, "ValueError", "subsection not found")
    return at


@implements("bytes.rindex")
def rindex(self, sub, start=None, end=None, /):
    at = prim.bytes_rfind(self, needle(sub), low(start), high(end))
    prim.guard(at >= 0, "ValueError", "subsection not found")
    return at


@implements("bytes.count")
def count(self, sub, start=None, end=None, /):
    return prim.bytes_count(self, needle(sub), low(start), high(end))


@implements("bytes.startswith")
def startswith(self, prefix, start=None, end=None, /):
    return begins(self, prefix, low(start), high(end))


def begins(b, prefix, start, end):
    if prim.is_tuple(prefix):
        if len(prefix) == 0:
            return False
        else:
            if begins(b, prefix[0], start, end):
                return True
            return begins(b, prefix[1:], start, end)
    else:
        return prim.bytes_startswith(b, like_bytes(prefix), start, end)


@implements("bytes.endswith")
def endswith(self, suffix, start=None, end=None, /):
    return ends(self, suffix, low(start), high(end))


def ends(b, suffix, start, end):
    if prim.is_tuple(suffix):
        if len(suffix) == 0:
            return False
        else:
            if ends(b, suffix[0], start, end):
                return True
            return ends(b, suffix[1:], start, end)
    else:
        return prim.bytes_endswith(b, like_bytes(suffix), start, end)


@implements("bytes.replace")
def replace(self, old, new, count=-1, /):
    return prim.bytes_replace(self, like_bytes(old), like_bytes(new), count)


@implements("bytes.split")
def split(self, sep=None, maxsplit=-1):
    if sep is None:
        return prim.bytes_split_space(self, maxsplit)
    else:
        return prim.bytes_split(self, like_bytes(sep), maxsplit)


@implements("bytes.rsplit")
def rsplit(self, sep=None, maxsplit=-1):
    if sep is None:
        return prim.bytes_rsplit_space(self, maxsplit)
    else:
        return prim.bytes_rsplit(self, like_bytes(sep), maxsplit)


@implements("bytes.splitlines")
def splitlines(self, keepends=False):
    return prim.bytes_splitlines(self, keepends)


@implements("bytes.partition")
def partition(self, sep, /):
    prim.guard(len(like_bytes(sep)) > 0, "ValueError", "empty separator")
    at = prim.bytes_find(self, sep, 0, len(self))
    if at < 0:
        return self, b"", b""
    return self[:at], sep, self[at + len(sep) :]


@implements("bytes.rpartition")
def rpartition(self, sep, /):
    prim.guard(len(like_bytes(sep)) > 0, "ValueError", "empty separator")
    at = prim.bytes_rfind(self, sep, 0, len(self))
    if at < 0:
        return b"", b"", self
    return self[:at], sep, self[at + len(sep) :]


@implements("bytes.join")
def join(self, iterable_of_bytes, /):
    if prim.is_list(iterable_of_bytes):
        return prim.bytes_join(self, iterable_of_bytes)
    else:
        return prim.bytes_join(self, [like_bytes(item) for item in iterable_of_bytes])


def stripped(b, chars, sides):
    if chars is None:
        return prim.bytes_strip_space(b, sides)
    else:
        return prim.bytes_strip(b, like_bytes(chars), sides)


@implements("bytes.strip")
def strip(self, bytes=None, /):
    return stripped(self, bytes, 3)


@implements("bytes.lstrip")
def lstrip(self, bytes=None, /):
    return stripped(self, bytes, 1)


@implements("bytes.rstrip")
def rstrip(self, bytes=None, /):
    return stripped(self, bytes, 2)


@implements("bytes.removeprefix")
def removeprefix(self, prefix, /):
    if prim.bytes_startswith(self, like_bytes(prefix), 0, len(self)):
        return self[len(prefix) :]
    return self


@implements("bytes.removesuffix")
def removesuffix(self, suffix, /):
    if len(like_bytes(suffix)) > 0 and prim.bytes_endswith(self, suffix, 0, len(self)):
        return self[: len(self) - len(suffix)]
    return self


@implements("bytes.upper")
def upper(self, /):
    return prim.bytes_case(self, 0)


@implements("bytes.lower")
def lower(self, /):
    return prim.bytes_case(self, 1)


@implements("bytes.title")
def title(self, /):
    return prim.bytes_case(self, 2)


@implements("bytes.capitalize")
def capitalize(self, /):
    return prim.bytes_case(self, 3)


@implements("bytes.swapcase")
def swapcase(self, /):
    return prim.bytes_case(self, 4)


@implements("bytes.isalnum")
def isalnum(self, /):
    return prim.bytes_is(self, 0)


@implements("bytes.isalpha")
def isalpha(self, /):
    return prim.bytes_is(self, 1)


@implements("bytes.isdigit")
def isdigit(self, /):
    return prim.bytes_is(self, 2)


@implements("bytes.islower")
def islower(self, /):
    return prim.bytes_is(self, 3)


@implements("bytes.isupper")
def isupper(self, /):
    return prim.bytes_is(self, 4)


@implements("bytes.istitle")
def istitle(self, /):
    return prim.bytes_is(self, 5)


@implements("bytes.isspace")
def isspace(self, /):
    return prim.bytes_is(self, 6)


@implements("bytes.isascii")
def isascii(self, /):
    return prim.bytes_isascii(self)


def justified(b, width, fill, how):
    if fill is None:
        return prim.bytes_justify(b, width, b" ", how)
    elif len(like_bytes(fill)) != 1:
        # The method's name is in Python's text.
        if how == 0:
            raise TypeError("ljust() argument 2 must be a byte string of length 1, not bytes")
        elif how == 1:
            raise TypeError("rjust() argument 2 must be a byte string of length 1, not bytes")
        else:
            raise TypeError("center() argument 2 must be a byte string of length 1, not bytes")
    return prim.bytes_justify(b, width, fill, how)


@implements("bytes.ljust")
def ljust(self, width, fillchar=None, /):
    return justified(self, width, fillchar, 0)


@implements("bytes.rjust")
def rjust(self, width, fillchar=None, /):
    return justified(self, width, fillchar, 1)


@implements("bytes.center")
def center(self, width, fillchar=None, /):
    return justified(self, width, fillchar, 2)


@implements("bytes.zfill")
def zfill(self, width, /):
    return prim.bytes_zfill(self, width)


@implements("bytes.expandtabs")
def expandtabs(self, tabsize=8):
    return prim.bytes_expandtabs(self, tabsize)


@implements("builtins.bytes.maketrans")
def maketrans(frm, to, /):
    prim.guard(
        len(like_bytes(frm)) == len(like_bytes(to)),
        "ValueError",
        "maketrans arguments must have same length",
    )
    return prim.bytes_maketrans(frm, to)


@implements("bytes.translate")
def translate(self, table, /, delete=None):
    if delete is None:
        return translated(self, table, b"")
    else:
        return translated(self, table, like_bytes(delete))


def translated(b, table, delete):
    if table is None:
        return prim.bytes_translate(b, prim.bytes_maketrans(b"", b""), delete)
    else:
        prim.guard(
            len(like_bytes(table)) == 256,
            "ValueError",
            "translation table must be 256 characters long",
        )
        return prim.bytes_translate(b, table, delete)


@implements("bytes.decode")
def decode(self, encoding="utf-8", errors="strict"):
    return prim.bytes_decode(self, encoding, errors)


@implements("bytes.hex")
def to_hex(self, sep=None, bytes_per_sep=1):
    if sep is None:
        return prim.bytes_hex(self)
    elif prim.is_bytes(sep):
        return prim.bytes_hex_grouped(self, prim.bytes_decode(sep, "latin-1", "strict"), bytes_per_sep)
    else:
        return prim.bytes_hex_grouped(self, sep, bytes_per_sep)


@implements("builtins.bytes.fromhex")
def from_hex(string, /):
    return prim.bytes_from_hex(string)


@implements("bytes.__add__")
def add(self, other, /):
    if not prim.is_bytes(other) and not prim.is_buffer(other):
        prim.error("can't concat {} to bytes", other)
    return prim.bytes_concat(self, like_bytes(other))


@implements("bytes.__mul__")
def mul(self, count, /):
    return prim.bytes_repeat(self, count)


@implements("bytes.__mod__")
def mod(self, values, /):
    prim.error("`%` formatting of bytes is not compiled: format a string and encode it")


@implements("bytes.__contains__")
def contains(self, value, /):
    if prim.is_bytes(value):
        return prim.bytes_contains(self, value)
    elif prim.is_integer(value):
        prim.guard(0 <= value < 256, "ValueError", "byte must be in range(0, 256)")
        return prim.bytes_has(self, value)
    else:
        prim.error("a bytes-like object is required, not {}", value)


@implements("int.to_bytes")
def to_bytes(self, length=1, byteorder="big", *, signed=False):
    return prim.int_to_bytes(self, length, byteorder, signed)


@implements("builtins.int.from_bytes")
def from_bytes(bytes, byteorder="big", *, signed=False):
    if prim.is_bytes(bytes):
        return prim.int_from_bytes(bytes, byteorder, signed)
    elif prim.is_buffer(bytes):
        return prim.int_from_bytes(prim.buffer_bytes(bytes), byteorder, signed)
    elif prim.is_str(bytes) or prim.is_number(bytes):
        prim.error("cannot convert {} to bytes", bytes)
    else:
        return prim.int_from_bytes(bytes_(bytes), byteorder, signed)
