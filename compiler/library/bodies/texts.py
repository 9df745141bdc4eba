"""Text of values, and values from text: `str`, `repr`, `format`, `print`, `int("12")`.

`prim.value_*` take any value that a container can hold. What numbers make of numbers
(`int(2.5)`) is the front end's (`numeric/builtins.rs`); here are the texts.
"""

from collections import text
from flags import flag_text


def is_its_storage(object):
    return not prim.is_collection(object) or prim.class_name(object) in ("frozenset", "tuple")


def has_text(value):
    if prim.is_array(value):
        prim.error("text of {} is not compiled yet", value)
    return True


def fields_of(heads, items):
    if len(items) == 0:
        return ")"
    return heads[0] + repr(items[0]) + fields_of(heads[1:], items[1:])


def record_text(name, heads, items):
    # A namedtuple would be passed on as the tuple that it is.
    if len(items) == 0:
        return name + "()"
    return name + fields_of(heads, items)


def text_of_member(member, which):
    if prim.is_flag(member):
        return flag_text(member, which)
    else:
        return prim.member_text(member, which)


@implements("builtins.str")
def text_of(object="", encoding="<missing>", errors="<missing>"):
    if not (prim.is_missing(encoding) and prim.is_missing(errors)):
        if not prim.is_bytes(object):
            prim.error("decoding to str needs bytes, not {}", object)
        return prim.bytes_decode(object, text_or(encoding, "utf-8"), text_or(errors, "strict"))
    elif prim.is_str(object):
        return object
    elif prim.is_record(object):
        return record_text(prim.record_name(object), prim.record_heads(object), prim.record_items(object))
    elif prim.is_member(object):
        return text_of_member(object, 0)
    elif is_its_storage(object):
        has_text(object)
        return prim.value_str(object)
    else:
        return text(object)


@implements("builtins.repr")
def repr_of(object, /):
    if prim.is_str(object):
        return prim.str_repr(object)
    elif prim.is_record(object):
        return record_text(prim.record_name(object), prim.record_heads(object), prim.record_items(object))
    elif prim.is_member(object):
        return text_of_member(object, 1)
    elif prim.is_numpy_text(object):
        return prim.class_of_text(object) + "(" + repr(prim.plain_text(object)) + ")"
    elif is_its_storage(object):
        has_text(object)
        return prim.value_repr(object)
    else:
        return text(object)


@implements("builtins.ascii")
def ascii_of(object, /):
    if prim.is_str(object):
        return prim.str_ascii(object)
    elif prim.is_record(object) or prim.is_member(object):
        prim.error("ascii() of {} is not compiled", object)
    else:
        has_text(object)
        return prim.value_ascii(object)


@implements("builtins.format")
def formatted(value, format_spec="", /):
    if not prim.is_str(format_spec):
        prim.error("format() argument 2 must be str, not {}", format_spec)
    if prim.is_str(value):
        return prim.format_str(value, format_spec)
    elif prim.is_record(value) or prim.is_member(value):
        if not prim.is_literal(format_spec) or format_spec != "":
            prim.error("a format of {} is not compiled", value)
        if prim.is_member(value):
            return text_of_member(value, 2)
        return record_text(prim.record_name(value), prim.record_heads(value), prim.record_items(value))
    elif is_its_storage(value):
        has_text(value)
        return prim.value_format(value, format_spec)
    elif prim.is_literal(format_spec) and format_spec == "":
        return text(value)
    else:
        prim.error("a format of {} is not compiled", value)


@implements("builtins.ord")
def code_of(c, /):
    if prim.is_bytes(c):
        return prim.bytes_ord(c)
    elif prim.is_str(c):
        return prim.str_ord(c)
    else:
        prim.error("ord() expected string of length 1, but {} found", c)


def text_or(text, default):
    if prim.is_missing(text):
        return default
    elif prim.is_str(text):
        return text
    else:
        prim.error("str() takes strings for the encoding and errors, not {}", text)


@implements("builtins.chr")
def character_of(i, /):
    if not prim.is_integer(i):
        prim.error("{} object cannot be interpreted as an integer", i)
    return prim.str_chr(i)


def based(x, kind, prefix):
    if not prim.is_integer(x):
        prim.error("{} object cannot be interpreted as an integer", x)
    digits = prim.format_int(x, kind)
    if x < 0:
        return "-" + prefix + digits[1:]
    return prefix + digits


@implements("builtins.hash")
def hash_of(obj, /):
    if not prim.is_hashable(obj):
        if prim.is_range(obj):
            return hash_of_range(obj)
        prim.error("hash() of {} is not compiled", obj)
    elif prim.is_member(obj):
        prim.refuse("hash() of {} is not compiled", "take that of its value", obj)
    elif prim.is_instance(obj) and not prim.record_hashes_fields(obj):
        return prim.hash_of(obj)
    else:
        return prim.hash_of(as_tuples(obj))


def as_tuples(obj):
    """What namedtuples and frozen dataclasses are hashed as."""
    if prim.is_record(obj) and prim.record_hashes_fields(obj):
        return each_as_tuples(prim.record_items(obj))
    elif prim.is_tuple(obj):
        return each_as_tuples(obj)
    else:
        return obj


def each_as_tuples(items):
    if len(items) == 0:
        return ()
    else:
        return (as_tuples(items[0]),) + each_as_tuples(items[1:])


def hash_of_range(r):
    """Of equal ranges equal: what an empty one or one of a single item doesn't use counts as None."""
    if len(r) == 0:
        return hash_of((0, None, None))
    elif len(r) == 1:
        return hash_of((1, r.start, None))
    else:
        return hash_of((len(r), r.start, r.step))


@implements("float.hex")
def float_hex(self, /):
    return prim.float_hex(self)


@implements("builtins.float.fromhex")
def float_from_hex(string, /):
    return prim.float_from_hex(string)


@implements("builtins.hex")
def hex_of(number, /):
    return based(number, "x", "0x")


@implements("builtins.oct")
def oct_of(number, /):
    return based(number, "o", "0o")


@implements("builtins.bin")
def bin_of(number, /):
    return based(number, "b", "0b")


@implements("builtins.int")
def int_from(x, /, base=10):
    if prim.is_str(x):
        return prim.int_of_str(x, base)
    elif prim.is_array(x) and x.ndim == 0:
        return int(x[()])
    elif prim.is_array(x):
        prim.refuse("int() and the functions of math take numbers, not {}", "use the function of NumPy, as np.sqrt in place of math.sqrt, or take one item", x)
    elif is_no_number(x):
        prim.refuse("int() argument must be a string, a bytes-like object or a real number, not {}", "of a list or tuple np.asarray(x, int) converts all items", x)
    else:
        prim.error("int() of {} is not compiled yet", x)


def is_no_number(x):
    """What Python makes no number of, whatever is in it."""
    return prim.is_none(x) or prim.is_list(x) or prim.is_tuple(x) or prim.is_set(x) or prim.is_dict(x)


@implements("builtins.float")
def float_from(x, /):
    if prim.is_str(x):
        return prim.float_of_str(x)
    elif prim.is_array(x) and x.ndim == 0:
        return float(x[()])
    elif prim.is_array(x):
        prim.refuse("float() and the functions of math take numbers, not {}", "use the function of NumPy, as np.sqrt in place of math.sqrt, or take one item", x)
    elif is_no_number(x):
        prim.refuse("float() argument must be a string or a real number, not {}", "of a list or tuple np.asarray(x, float) converts all items", x)
    else:
        prim.error("float() of {} is not compiled yet", x)


@implements("builtins.complex")
def complex_from(real, imag=None, /):
    if imag is not None:
        prim.error("complex() of {} and {} is not compiled yet", real, imag)
    elif prim.is_str(real):
        return complex(prim.complex_of_str_real(real), prim.complex_of_str_imag(real))
    elif prim.is_array(real) and real.ndim == 0:
        return complex(real[()])
    else:
        prim.error("complex() of {} is not compiled yet", real)


@implements("builtins.print")
def printed(*values, sep=" ", end="\n", file=None, flush=False):
    """What is printed goes to Python's `print` at once, and from there as `flush` says there."""
    if file is not None:
        prim.refuse("print() to a file is not compiled", "print() without file= writes to sys.stdout")
    prim.print_text(joined(values, separator(sep, " ")) + separator(end, "\n"))


@implements("builtins.print/*")
def printed_items(values, *, sep=" ", end="\n", file=None, flush=False):
    if file is not None:
        prim.refuse("print() to a file is not compiled", "print() without file= writes to sys.stdout")
    prim.print_text(separator(sep, " ").join([str(item) for item in values]) + separator(end, "\n"))


def separator(text, default):
    if text is None:
        return default
    elif prim.is_str(text):
        return text
    else:
        prim.error("sep and end of print() must be None or a string, not {}", text)


def joined(values, sep):
    if len(values) == 0:
        return ""
    elif len(values) == 1:
        return str(values[0])
    else:
        return str(values[0]) + sep + joined(values[1:], sep)
