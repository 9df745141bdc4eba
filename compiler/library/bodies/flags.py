"""Members of flags: operators, values that Python makes members of, names and texts.

A member is its value. What is known of the class (`prim.flag_*`) is asked of a member or of
the class, here `like`.
"""


def either(a, b):
    return combined(prim.flag_int(a) | number(b), a, b)


def both(a, b):
    return combined(prim.flag_int(a) & number(b), a, b)


def one_of(a, b):
    return combined(prim.flag_int(a) ^ number(b), a, b)


def number(b):
    if prim.is_flag(b):
        return prim.flag_int(b)
    else:
        return int(b)


def combined(value, a, b):
    # Of two members, there is nothing to check.
    if prim.is_flag(b):
        return prim.flag_of(a, value)
    else:
        return of_value(value, a)


def inverted(a):
    if prim.flag_boundary(a) == 2:
        return of_value(~prim.flag_int(a), a)
    else:
        return prim.flag_of(a, prim.flag_mask(a) & ~prim.flag_int(a))


def contains(a, b):
    return prim.flag_int(b) & prim.flag_int(a) == prim.flag_int(b)


def count(a):
    return (prim.flag_int(a) + 0).bit_count()


def items(a):
    found = []
    collect(found, prim.flag_int(a), prim.flag_singles(a))
    return found


def collect(found, value, singles):
    if len(singles) > 0:
        if value & prim.flag_int(singles[0]):
            found.append(singles[0])
        collect(found, value, singles[1:])


def of_value(value, like):
    mask = prim.flag_mask(like)
    bits = (1 << mask.bit_length()) - 1
    if value < ~bits or value > bits or value & (bits ^ mask):
        if prim.flag_boundary(like) == 0:
            width = max(value.bit_length(), mask.bit_length())
            raise ValueError(
                prim.flag_shown(like)
                + " invalid value "
                + str(value)
                + "\n    given "
                + binary(value, width)
                + "\n  allowed "
                + binary(mask, width)
            )
        elif prim.flag_boundary(like) == 1:
            value = value & mask
        elif value < 0:
            value = max(bits + 1, 2 ** value.bit_length()) + value
    if value < 0:
        value = bits + 1 + value
    return prim.flag_of(like, value)


def binary(value, width):
    # As `enum.bin` shows numbers: a digit for the sign, then so many.
    if value < 0:
        digits = bin((1 << value.bit_length()) + value)[2:]
        return "0b1 " + digits.rjust(value.bit_length(), "0").rjust(width, "1")
    else:
        digits = bin(value)[2:]
        if value == 0:
            digits = ""
        return "0b0 " + digits.rjust(width, "0")


def has_name(a):
    return is_among(prim.flag_int(a), prim.flag_members(a))


def is_among(value, members):
    if len(members) == 0:
        return False
    else:
        return value == prim.flag_int(members[0]) or is_among(value, members[1:])


def name_of(a):
    return named(prim.flag_int(a), prim.flag_members(a), a)


def named(value, members, a):
    if len(members) == 0:
        return composed(value, a)
    else:
        if value == prim.flag_int(members[0]):
            return prim.flag_member_name(members[0])
        return named(value, members[1:], a)


def composed(value, a):
    text = together("", value, prim.flag_singles(a))
    if text == "":
        return None
    if prim.flag_boundary(a) == 2 and value & ~prim.flag_mask(a):
        return text + "|" + str(value & ~prim.flag_mask(a))
    return text


def together(text, value, singles):
    if len(singles) == 0:
        return text
    else:
        if value & prim.flag_int(singles[0]):
            if text != "":
                text = text + "|"
            text = text + prim.flag_member_name(singles[0])
        return together(text, value, singles[1:])


def flag_text(a, which):
    style = prim.flag_style(a, which)
    value = str(prim.flag_int(a))
    if style == 0:
        return value
    else:
        name = name_of(a)
        title = prim.flag_title(a)
        if style == 1:
            if name is None:
                return title + "(" + value + ")"
            return title + "." + name
        else:
            if name is None:
                return "<" + title + ": " + value + ">"
            return "<" + title + "." + name + ": " + value + ">"
