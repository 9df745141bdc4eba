"""Integers written in a base: binary_repr, base_repr."""


def digits_of(n, base):
    """The digits of a number that isn't negative; none of zero."""
    text = ""
    while n > 0:
        text = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[n % base] + text
        n //= base
    return text


def check_width(width, needed):
    if width is not None:
        if width < needed:
            raise ValueError(f"Insufficient bit width={width} provided for binwidth={needed}")


def padded(text, digit, width):
    if width is None:
        return text
    else:
        return digit * (width - len(text)) + text


@implements("numpy.binary_repr")
def binary_repr(num, width=None):
    """The binary digits, of negative numbers in two's complement if a width is given."""
    n = int(num)
    if n == 0:
        return zero(width)
    if n > 0:
        text = digits_of(n, 2)
        check_width(width, len(text))
        return padded(text, "0", width)
    if n == -(2**62) * 2:
        raise OverflowError("np.binary_repr() of -2**63 is not compiled")
    return negative(n, width)


def zero(width):
    if width is None:
        return "0"
    else:
        return "0" * (width if width != 0 else 1)


def negative(n, width):
    if width is None:
        return "-" + digits_of(-n, 2)
    else:
        bits = len(digits_of(-n, 2))
        if 1 << (bits - 1) == -n:
            bits -= 1
        # One bit more than the number needs: its sign.
        text = ""
        for i in range(bits + 1):
            text = str((n >> i) & 1) + text
        check_width(width, len(text))
        return padded(text, "1", width)


@implements("numpy.base_repr")
def base_repr(number, base=2, padding=0):
    """The digits in a base, with zeros in front."""
    if base > 36:
        raise ValueError("Bases greater than 36 not handled in base_repr.")
    if base < 2:
        raise ValueError("Bases less than 2 not handled in base_repr.")
    n = int(number)
    text = "0" * padding + digits_of(abs(n), base)
    if n < 0:
        text = "-" + text
    return text if len(text) > 0 else "0"
