"""Minimax polynomials of the elementary functions of `float32` on devices.

Written by `coefficients/generate.py`, which names the intervals and bounds: change it
there. Operands are `float32`. Horner's scheme: other threads run while one waits.
"""


def exp_tail(r):
    """`(exp(r) - 1 - r) / r**2`, within 2**-28 after its weight."""
    p = np.float32(0.00019932794384658337)
    p = prim.fma(p, r, np.float32(0.0013932358706369996))
    p = prim.fma(p, r, np.float32(0.008333222009241581))
    p = prim.fma(p, r, np.float32(0.04166649281978607))
    p = prim.fma(p, r, np.float32(0.1666666716337204))
    return prim.fma(p, r, np.float32(0.5))


def exp_rest(r):
    """`(exp(r) - 1 - r - r**2 / 2) / r**3`, within 2**-28 after its weight."""
    p = np.float32(0.00019946465909015387)
    p = prim.fma(p, r, np.float32(0.0013932841829955578))
    p = prim.fma(p, r, np.float32(0.008333222009241581))
    p = prim.fma(p, r, np.float32(0.04166649281978607))
    return prim.fma(p, r, np.float32(0.1666666716337204))


def sinh_tail(z):
    """`(sinh(r) - r) / r**3, where z = r**2`, within 2**-29 after its weight."""
    p = np.float32(0.0001997412327909842)
    p = prim.fma(p, z, np.float32(0.00833317544311285))
    return prim.fma(p, z, np.float32(0.1666666716337204))


def cosh_tail(z):
    """`(cosh(r) - 1 - r**2 / 2) / r**4, where z = r**2`, within 2**-34 after its weight."""
    p = np.float32(2.500572009012103e-05)
    p = prim.fma(p, z, np.float32(0.0013888583052903414))
    return prim.fma(p, z, np.float32(0.0416666679084301))


def log_rest(f):
    """`(log(1 + f) - f + f**2 / 2) / f**3`, within 2**-29 after its weight."""
    p = np.float32(0.06919960677623749)
    p = prim.fma(p, f, np.float32(-0.11796894669532776))
    p = prim.fma(p, f, np.float32(0.11873782426118851))
    p = prim.fma(p, f, np.float32(-0.12383514642715454))
    p = prim.fma(p, f, np.float32(0.14218619465827942))
    p = prim.fma(p, f, np.float32(-0.1666927933692932))
    p = prim.fma(p, f, np.float32(0.20002223551273346))
    p = prim.fma(p, f, np.float32(-0.24999986588954926))
    return prim.fma(p, f, np.float32(0.3333331048488617))


def log_tail_long(z):
    """`(2 * atanh(s) - 2 * s - 2 / 3 * s**3 - 2 / 5 * s**5) / s**7, where z = s**2`, within 2**-37 after its weight."""
    p = np.float32(0.19265206158161163)
    p = prim.fma(p, z, np.float32(0.2219826877117157))
    return prim.fma(p, z, np.float32(0.2857159674167633))


def sin_tail(z):
    """`(sin(r) - r) / r**3, where z = r**2`, within 2**-28 after its weight."""
    p = np.float32(-0.00019518010958563536)
    p = prim.fma(p, z, np.float32(0.008332188241183758))
    return prim.fma(p, z, np.float32(-0.16666655242443085))


def cos_tail(z):
    """`(cos(r) - 1 + r**2 / 2) / r**4, where z = r**2`, within 2**-28 after its weight."""
    p = np.float32(2.4430672056041658e-05)
    p = prim.fma(p, z, np.float32(-0.00138873013202101))
    return prim.fma(p, z, np.float32(0.04166664555668831))


def asin_tail(z):
    """`(asin(s) - s) / s**3, where z = s**2`, within 2**-28 after its weight."""
    p = np.float32(0.037673480808734894)
    p = prim.fma(p, z, np.float32(0.014329052530229092))
    p = prim.fma(p, z, np.float32(0.03183606639504433))
    p = prim.fma(p, z, np.float32(0.04451363533735275))
    p = prim.fma(p, z, np.float32(0.07500521093606949))
    return prim.fma(p, z, np.float32(0.16666659712791443))


def atan_tail(z):
    """`(atan(q) - q) / q**3, where z = q**2`, within 2**-28 after its weight."""
    p = np.float32(-0.06091587245464325)
    p = prim.fma(p, z, np.float32(0.10599774867296219))
    p = prim.fma(p, z, np.float32(-0.1424446702003479))
    p = prim.fma(p, z, np.float32(0.1999853104352951))
    return prim.fma(p, z, np.float32(-0.33333316445350647))


def erf_rest(z):
    """`(erf(x) - 2 / sqrt(pi) * (x - x**3 / 3)) / x**5, where z = x**2`, within 2**-28 after its weight."""
    p = np.float32(8.802457887213677e-05)
    p = prim.fma(p, z, np.float32(-0.0008241665200330317))
    p = prim.fma(p, z, np.float32(0.005209537222981453))
    p = prim.fma(p, z, np.float32(-0.02686277963221073))
    return prim.fma(p, z, np.float32(0.11283756792545319))


def erfcx_near(s):
    """`erfcx(7 / 8 + s)`, within 2**-28 after its weight."""
    p = np.float32(1.783711581992975e-06)
    p = prim.fma(p, s, np.float32(0.00012852631334681064))
    p = prim.fma(p, s, np.float32(-0.001388209406286478))
    p = prim.fma(p, s, np.float32(0.0066225104965269566))
    p = prim.fma(p, s, np.float32(-0.02036154270172119))
    p = prim.fma(p, s, np.float32(0.04863496869802475))
    p = prim.fma(p, s, np.float32(-0.10060557723045349))
    p = prim.fma(p, s, np.float32(0.18791797757148743))
    p = prim.fma(p, s, np.float32(-0.31583207845687866))
    return prim.fma(p, s, np.float32(0.4643115699291229))


def erfc_tail(u):
    """`((1 + 5 / 4 * x) * erfcx(x) - its middle) / u, where u = (x - 3.75) / (x + 3.75)`, within 2**-28 after its weight."""
    p = np.float32(1.491055081714876e-05)
    p = prim.fma(p, u, np.float32(-0.00012857578985858709))
    p = prim.fma(p, u, np.float32(0.0001508622954133898))
    p = prim.fma(p, u, np.float32(0.0010459182085469365))
    p = prim.fma(p, u, np.float32(-0.005432310048490763))
    p = prim.fma(p, u, np.float32(0.014667967334389687))
    p = prim.fma(p, u, np.float32(-0.027623610571026802))
    p = prim.fma(p, u, np.float32(0.03713248670101166))
    p = prim.fma(p, u, np.float32(-0.02952687256038189))
    p = prim.fma(p, u, np.float32(-0.009915685281157494))
    p = prim.fma(p, u, np.float32(0.08699396997690201))
    return prim.fma(p, u, np.float32(-0.190183624625206))


def inverse_cube_root(m):
    """`m**(-1 / 3)`, within 2**-9 after its weight."""
    p = np.float32(0.02499161846935749)
    p = prim.fma(p, m, np.float32(-0.2728160321712494))
    p = prim.fma(p, m, np.float32(1.2145578861236572))
    p = prim.fma(p, m, np.float32(-2.849489450454712))
    p = prim.fma(p, m, np.float32(3.824571132659912))
    p = prim.fma(p, m, np.float32(-3.0698153972625732))
    return prim.fma(p, m, np.float32(2.1283316612243652))
