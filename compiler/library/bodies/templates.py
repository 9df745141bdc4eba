"""`str.format` and `%` of strings: values put into a template.

A constant template is taken apart when compiling (`infer/templates.rs` says how the
pieces look); the functions here recurse over its pieces. A value is written as `format`,
`str` or `repr` write it, and what `%` has beyond that is asked of Python itself.
"""


@implements("str.format")
def format_template(self, /, *args, **kwargs):
    return fields(prim.format_fields(self), args, kwargs)


@implements("str.format_map")
def format_map(self, mapping, /):
    prim.error("format_map() is not compiled: write the keys as arguments of format()")


def fields(parts, args, keywords):
    if len(parts) == 0:
        return ""
    elif len(parts) == 1:
        return field(parts[0], args, keywords)
    else:
        return field(parts[0], args, keywords) + fields(parts[1:], args, keywords)


def field(part, args, keywords):
    if prim.is_str(part):
        return part
    else:
        value = followed(argument(part[0], args, keywords), part[1])
        return written(value, part[2], specification(part[3], args, keywords))


def specification(spec, args, keywords):
    if prim.is_str(spec):
        return spec
    else:
        return fields(spec, args, keywords)


def argument(key, args, keywords):
    if prim.is_str(key):
        if key not in keywords:
            prim.error("a name in this template isn't among the arguments of format()")
        return keywords[key]
    else:
        if key >= len(args):
            prim.error("this template has more fields than format() has arguments")
        return args[key]


def followed(value, path):
    if len(path) == 0:
        return value
    elif path[0][0]:
        return followed(part_of(value, path[0][1]), path[1:])
    else:
        return followed(value[path[0][1]], path[1:])


def part_of(value, name):
    if name == "real":
        return value.real
    elif name == "imag":
        return value.imag
    else:
        prim.error("an attribute in a template is not compiled for {}: pass its value", value)


def written(value, conversion, spec):
    if conversion == "r":
        return format(repr(value), spec)
    elif conversion == "s":
        return format(str(value), spec)
    elif conversion == "a":
        return format(ascii(value), spec)
    else:
        return format(value, spec)


@implements("str.__mod__")
def mod(self, values, /):
    if prim.is_record(values):
        prim.error("`%` formatting of {} is not compiled: write its fields as a tuple", values)
    if not prim.is_literal(self):
        return of_unknown(self, values)
    elif prim.is_tuple(values):
        return filled(prim.percent_fields(self), values)
    else:
        return filled_one(prim.percent_fields(self), values)


def of_unknown(template, value):
    # Python itself reads the template.
    if prim.is_str(value):
        return prim.percent_str(template, value)
    elif prim.is_number(value) and prim.is_weak(value):
        if prim.kind(prim.dtype(value)) == "i":
            return prim.percent_int(template, value)
        elif prim.kind(prim.dtype(value)) == "f":
            return prim.percent_float(template, value)
        else:
            prim.error("`%` formatting of {} by a template that isn't known when compiling is not compiled", value)
    else:
        prim.error("`%` formatting of {} by a template that isn't known when compiling is not compiled", value)


def filled(parts, args):
    if len(parts) == 0:
        if len(args) > 0:
            raise TypeError("not all arguments converted during string formatting")
        return ""
    elif prim.is_str(parts[0]):
        return parts[0] + filled(parts[1:], args)
    else:
        return with_widths(parts[0], parts[1:], parts[0][2][0], parts[0][2][1:], args)


def with_widths(part, others, text, behind, args):
    if len(args) == 0:
        raise TypeError("not enough arguments for format string")
    elif len(behind) == 0:
        if not prim.is_bool_literal(part[1]):
            prim.error("format requires a mapping")
        return conversion(part[0], text, part[3], args[0]) + filled(others, args[1:])
    elif not prim.is_integer(args[0]):
        prim.error("* wants int, not {}", args[0])
    else:
        return with_widths(part, others, text + str(int(args[0])) + behind[0], behind[1:], args[1:])


def filled_one(parts, value):
    if prim.is_collection(value) and prim.class_name(value) == "tuple":
        prim.error("`%` formatting of {}, whose length isn't known, is not compiled; write an f-string", value)
    # One value that is no tuple: for the one field, or for all that have a key.
    if prim.is_dict(value) and any_key(parts):
        return from_keys(parts, value)
    elif any_field(parts):
        return filled(parts, (value,))
    elif prim.is_number(value) and prim.is_weak(value) or prim.is_str(value):
        return filled(parts, (value,))
    elif prim.is_dict(value) or prim.is_list(value) or prim.is_bytes(value) or prim.is_array(value):
        return from_keys(parts, value)
    elif prim.is_number(value):
        # NumPy's scalars have subscripts, which is what Python asks.
        return from_keys(parts, value)
    else:
        prim.error("`%` formatting of {} by a template without fields is not compiled", value)


def any_field(parts):
    if len(parts) == 0:
        return False
    elif prim.is_str(parts[0]):
        return any_field(parts[1:])
    else:
        return True


def any_key(parts):
    if len(parts) == 0:
        return False
    elif prim.is_str(parts[0]):
        return any_key(parts[1:])
    else:
        return not prim.is_bool_literal(parts[0][1])


def from_keys(parts, mapping):
    if len(parts) == 0:
        return ""
    elif prim.is_str(parts[0]):
        return parts[0] + from_keys(parts[1:], mapping)
    else:
        part = parts[0]
        value = mapping[part[1]]
        return conversion(part[0], part[2][0], part[3], value) + from_keys(parts[1:], mapping)


def conversion(kind, text, spec, value):
    if kind == "s":
        return placed(text, spec, str(value))
    elif kind == "r":
        return placed(text, spec, repr(value))
    elif kind == "a":
        return placed(text, spec, ascii(value))
    elif kind == "c":
        if prim.is_str(value):
            return prim.percent_str(text, value)
        elif prim.is_integer(value):
            return prim.percent_int(text, int(value))
        else:
            prim.error("%c requires int or char, not {}", value)
    elif not prim.is_number(value):
        prim.error("a real number is required in this format, not {}", value)
    elif prim.kind(prim.dtype(value)) == "c":
        prim.error("a real number is required in this format, not {}", value)
    elif prim.kind(prim.dtype(value)) == "b" and not prim.is_weak(value):
        prim.error("this format of {} is not compiled", value)
    elif kind == "f":
        if spec == "-":
            return prim.percent_float(text, float(value))
        else:
            return format(float(value), spec)
    elif prim.is_integer(value):
        if spec == "-":
            return prim.percent_int(text, int(value))
        else:
            return format(int(value), spec)
    elif kind != "d" and not prim.is_weak(value):
        prim.error("an integer is required in this format, not {}", value)
    else:
        # A float is cut for `%d`, and Python's to refuse for `%x`.
        return prim.percent_float(text, float(value))


def placed(text, spec, shown):
    if spec == "-":
        return prim.percent_str(text, shown)
    else:
        return shown
