"""Library bodies: where a part of a complex number isn't finite, for kernels.

The table of `runtime/core/src/complex.rs`, which `cmath.py` asks for on processors: a number for
each function, part and kind of real part, in which each kind of imaginary part has four bits.
`tests/cuda/test_complex.py` compares the two at all kinds.
"""


def kind(x):
    """Minus infinity, negative, -0.0, 0.0, positive, infinity, nan."""
    size = prim.fabs(x)
    if x != x:
        return 6
    if size == np.inf:
        return 0 if x < 0.0 else 5
    if size == 0.0:
        return 2 if prim.signbit(x) else 3
    return 1 if x < 0.0 else 4


@implements("prim.cmath_special/device")
def special_part(which, re, im):
    rows = (
        247883372, 244248296, 143585000, 143585000, 244248296, 245366794, 250539758, 72700996, 241102564,
        241102564, 241102564, 241102564, 72700996, 241102564, 71582788, 240053988, 240053988, 240053988,
        240053988, 71582788, 240053988, 247883645, 244248297, 244248297, 244248297, 244248297, 245367067,
        250539758, 89478485, 241102565, 241102565, 240053988, 240053988, 71582788, 240053988, 245367067,
        244248297, 244248297, 244248297, 244248297, 245367067, 250479086, 17895697, 236908257, 18804449,
        978656, 235859680, 0, 235859680, 243829145, 244248297, 244248297, 244248297, 244248297, 243829145,
        244248297, 82068558, 250539758, 250539758, 250539758, 250539758, 82068558, 250539758, 249892942,
        250539758, 15658734, 15658734, 250539758, 249823582, 250478830, 0, 250539758, 250539758, 250539758,
        250539758, 82068558, 250539758, 272, 250539758, 250539758, 250539758, 250539758, 249823582,
        250479086, 71582788, 240053988, 240053988, 240053988, 240053988, 71582788, 240053988, 247883645,
        244248297, 244248297, 244248297, 244248297, 245367067, 250539758, 82138462, 250539758, 15658734,
        15658734, 250539758, 82068558, 250539758, 249823582, 250539758, 250539758, 250539758, 250539758,
        249823582, 250479086, 239075332, 240053988, 240053988, 240053988, 240053988, 71582788, 240053988,
        71583061, 240053989, 240053989, 240053989, 240053989, 239075605, 240053989, 53687091, 250539758,
        250539758, 250539758, 250539758, 35791394, 250539758, 272, 250539758, 250539758, 250539758,
        250539758, 272, 250479086, 82138462, 250539758, 978656, 978656, 250539758, 82068558, 250539758,
        249892942, 250539758, 978656, 978656, 250539758, 249823582, 250478830,
    )
    code = (prim.lookup(rows, which * 7 + kind(re)) >> (4 * kind(im))) & 15
    pi = 3.141592653589793
    size = 0.0
    if code == 2 or code == 3:
        size = 1.0
    elif code == 4 or code == 5:
        size = np.inf
    elif code == 6 or code == 7:
        size = pi
    elif code == 8 or code == 9:
        size = 0.5 * pi
    elif code == 10 or code == 11:
        size = 0.25 * pi
    elif code == 12 or code == 13:
        size = 0.75 * pi
    elif code == 14:
        size = np.nan
    return -size if (code & 1) == 1 else size


@implements("numpy.angle/device")
def np_angle(z):
    if prim.kind(prim.dtype(prim.to_numpy(z))) == "c":
        return np.arctan2(prim.imag(z), prim.real(z))
    else:
        return np.arctan2(prim.cast(0, prim.dtype(prim.promote_float(z))), z)
