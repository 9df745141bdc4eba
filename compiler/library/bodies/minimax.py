"""Minimax polynomials of the elementary functions.

Written by `coefficients/generate.py`, which names the intervals and bounds: change it
there. Operands are `float64`. Estrin's scheme: pairs of terms that don't wait for one another.
Those that loops of vectors use most go on by Horner's from the fourth power on, which has fewer
products.
"""


def exp_tail(r):
    """`(exp(r) - 1 - r) / r**2`, within 2**-58 after its weight."""
    r2 = r * r
    r4 = r2 * r2
    r8 = r4 * r4
    t0 = prim.fma(2.5109340942994007e-08, r, 2.755727736452628e-07)
    t1 = prim.fma(2.7557243403611066e-06, r, 2.4801587323754086e-05)
    t2 = prim.fma(0.00019841269886852948, r, 0.0013888888888883588)
    t3 = prim.fma(0.008333333333321378, r, 0.04166666666666667)
    t4 = prim.fma(0.16666666666666677, r, 0.5)
    t5 = prim.fma(2.0912796645374115e-09, r2, t0)
    t6 = prim.fma(t1, r2, t2)
    t7 = prim.fma(t3, r2, t4)
    return prim.fma(t5, r8, prim.fma(t6, r4, t7))


def exp_tail_near(r):
    """`(exp(r) - 1 - r) / r**2`, within 2**-54 after its weight."""
    r2 = r * r
    r4 = r2 * r2
    t0 = prim.fma(2.5071186831601433e-08, r, 2.762596907976197e-07)
    t1 = prim.fma(2.7557338785879247e-06, r, 2.480150517309911e-05)
    t2 = prim.fma(0.00019841269814313133, r, 0.001388888893199016)
    t3 = prim.fma(0.008333333333337953, r, 0.041666666666574)
    t4 = prim.fma(0.16666666666666666, r, 0.5000000000000006)
    return prim.fma(prim.fma(t0, r4, prim.fma(t1, r2, t2)), r4, prim.fma(t3, r2, t4))


def exp_tail_single(r):
    """`(exp(r) - 1 - r) / r**2`, within 2**-33 after its weight."""
    r2 = r * r
    r4 = r2 * r2
    t0 = prim.fma(0.00019904116871351197, r, 0.0013888793394256985)
    t1 = prim.fma(0.008333293290134618, r, 0.041666666980061336)
    t2 = prim.fma(0.16666666718996243, r, 0.4999999999974066)
    return prim.fma(prim.fma(2.4893995134513998e-05, r2, t0), r4, prim.fma(t1, r2, t2))


def exp_rest(r):
    """`(exp(r) - 1 - r - r**2 / 2) / r**3`, within 2**-60 after its weight."""
    r2 = r * r
    r4 = r2 * r2
    r8 = r4 * r4
    t0 = prim.fma(2.094486661407371e-09, r, 2.5109273283844927e-08)
    t1 = prim.fma(2.755720599072251e-07, r, 2.75572435534603e-06)
    t2 = prim.fma(2.480158736920537e-05, r, 0.00019841269886766428)
    t3 = prim.fma(0.0013888888888876562, r, 0.008333333333321378)
    t4 = prim.fma(0.04166666666666667, r, 0.16666666666666677)
    return prim.fma(t0, r8, prim.fma(prim.fma(t1, r2, t2), r4, prim.fma(t3, r2, t4)))


def sinh_tail(z):
    """`(sinh(r) - r) / r**3, where z = r**2`, within 2**-60 after its weight."""
    z2 = z * z
    z4 = z2 * z2
    t0 = prim.fma(2.75572434321503e-06, z, 0.00019841269886830301)
    t1 = prim.fma(0.008333333333321383, z, 0.16666666666666677)
    return prim.fma(2.5109329527000476e-08, z4, prim.fma(t0, z2, t1))


def cosh_tail(z):
    """`(cosh(r) - 1 - r**2 / 2) / r**4, where z = r**2`, within 2**-60 after its weight."""
    z2 = z * z
    z4 = z2 * z2
    t0 = prim.fma(2.755725183659329e-07, z, 2.4801587349190628e-05)
    t1 = prim.fma(0.0013888888888873286, z, 0.041666666666666685)
    return prim.fma(2.092176241747534e-09, z4, prim.fma(t0, z2, t1))


def sinh_tail_single(z):
    """`(sinh(r) - r) / r**3, where z = r**2`, within 2**-33 after its weight."""
    z2 = z * z
    t0 = prim.fma(0.008333288943550909, z, 0.1666666675456552)
    return prim.fma(0.00019904971684248218, z2, t0)


def cosh_tail_single(z):
    """`(cosh(r) - 1 - r**2 / 2) / r**4, where z = r**2`, within 2**-33 after its weight."""
    return prim.fma(0.0013935401664192826, z, 0.04166645950981541)


def log_tail(z):
    """`(2 * atanh(s) - 2 * s) / s**3, where z = s**2`, within 2**-60 after its weight."""
    z2 = z * z
    z4 = z2 * z2
    t0 = prim.fma(0.13235004650531823, z, 0.13252123278945618)
    t1 = prim.fma(0.1538698991854268, z, 0.18181778332557946)
    t2 = prim.fma(0.22222222607218733, z, 0.28571428569409835)
    t3 = prim.fma(0.40000000000004926, z, 0.6666666666666666)
    return prim.fma(prim.fma(t0, z2, t1), z4, prim.fma(t2, z2, t3))


def log_tail_single(z):
    """`(2 * atanh(s) - 2 * s) / s**3, where z = s**2`, within 2**-34 after its weight."""
    z2 = z * z
    t0 = prim.fma(0.2358234909148931, z, 0.28537298421722557)
    t1 = prim.fma(0.4000033534633049, z, 0.6666666564481709)
    return prim.fma(t0, z2, t1)


def log_tail_long(z):
    """`(2 * atanh(s) - 2 * s - 2 / 3 * s**3 - 2 / 5 * s**5) / s**7, where z = s**2`, within 2**-73 after its weight."""
    z2 = z * z
    z4 = z2 * z2
    t0 = prim.fma(0.10946805800723132, z, 0.1043264585067243)
    t1 = prim.fma(0.11768069788800614, z, 0.13333261034725832)
    t2 = prim.fma(0.1538461633330118, z, 0.18181818174449016)
    t3 = prim.fma(0.22222222222252883, z, 0.2857142857142852)
    return prim.fma(prim.fma(t0, z2, t1), z4, prim.fma(t2, z2, t3))


def log_tail_near(z):
    """`(2 * atanh(s) - 2 * s - 2 / 3 * s**3) / s**5, where z = s**2`, within 2**-63 after its weight."""
    z2 = z * z
    z4 = z2 * z2
    t0 = prim.fma(0.13256814907752243, z, 0.153867574253695)
    t1 = prim.fma(0.18181784365668802, z, 0.22222222519933027)
    t2 = prim.fma(0.28571428570099555, z, 0.40000000000002256)
    return prim.fma(prim.fma(0.13196361024554376, z2, t0), z4, prim.fma(t1, z2, t2))


def sin_tail(z):
    """`(sin(r) - r) / r**3, where z = r**2`, within 2**-59 after its weight."""
    z2 = z * z
    z4 = z2 * z2
    t0 = prim.fma(1.6054126743344842e-10, z, -2.5052069603538104e-08)
    t1 = prim.fma(2.755731906960539e-06, z, -0.00019841269840955878)
    t2 = prim.fma(0.008333333333333038, z, -0.16666666666666666)
    return prim.fma(prim.fma(-7.379680910996754e-13, z2, t0), z4, prim.fma(t1, z2, t2))


def cos_tail(z):
    """`(cos(r) - 1 + r**2 / 2) / r**4, where z = r**2`, within 2**-59 after its weight."""
    z2 = z * z
    z4 = z2 * z2
    t0 = prim.fma(-1.1359924865080219e-11, z, 2.0875729125445622e-09)
    t1 = prim.fma(-2.7557314400096487e-07, z, 2.4801587289669155e-05)
    t2 = prim.fma(-0.0013888888888874472, z, 0.0416666666666666)
    return prim.fma(t0, z4, prim.fma(t1, z2, t2))


def sin_tail_single(z):
    """`(sin(r) - r) / r**3, where z = r**2`, within 2**-33 after its weight."""
    z2 = z * z
    t0 = prim.fma(2.7183030308695154e-06, z, -0.00019839333911338933)
    t1 = prim.fma(0.008333329383010029, z, -0.1666666664160414)
    return prim.fma(t0, z2, t1)


def cos_tail_single(z):
    """`(cos(r) - 1 + r**2 / 2) / r**4, where z = r**2`, within 2**-33 after its weight."""
    z2 = z * z
    t0 = prim.fma(-0.0013887367245649543, z, 0.04166664686109713)
    return prim.fma(2.4438423696698215e-05, z2, t0)


def sin_tail_wide(z):
    """`(sin(r) - r) / r**3, where z = r**2, for r to pi / 2`, within 2**-54 after its weight."""
    z2 = z * z
    z4 = z2 * z2
    t0 = prim.fma(2.7222451748654425e-15, z, -7.64309679612487e-13)
    t1 = prim.fma(1.6058943905893859e-10, z, -2.5052106959697576e-08)
    t2 = prim.fma(2.755731921212649e-06, z, -0.00019841269841215252)
    t3 = prim.fma(0.008333333333333212, z, -0.16666666666666666)
    return prim.fma(prim.fma(t0, z2, t1), z4, prim.fma(t2, z2, t3))


def asin_tail(z):
    """`(asin(s) - s) / s**3, where z = s**2`, within 2**-59 after its weight."""
    z2 = z * z
    z4 = z2 * z2
    z8 = z4 * z4
    t0 = prim.fma(-0.02110931283053731, z, 0.021785537104028228)
    t1 = prim.fma(0.003674230302008759, z, 0.010788795560806043)
    t2 = prim.fma(0.011397383719878437, z, 0.013981007869965196)
    t3 = prim.fma(0.017351596351775047, z, 0.02237221586078961)
    t4 = prim.fma(0.030381942676793644, z, 0.04464285717525639)
    t5 = prim.fma(0.07499999999970128, z, 0.16666666666666763)
    t6 = prim.fma(t0, z2, t1)
    t7 = prim.fma(t2, z2, t3)
    t8 = prim.fma(t4, z2, t5)
    return prim.fma(prim.fma(0.03269742847967852, z4, t6), z8, prim.fma(t7, z4, t8))


def asin_tail_single(z):
    """`(asin(s) - s) / s**3, where z = s**2`, within 2**-33 after its weight."""
    z2 = z * z
    z4 = z2 * z2
    t0 = prim.fma(0.007465833965044302, z, 0.024619377601422472)
    t1 = prim.fma(0.030110103121650793, z, 0.04466017413872978)
    t2 = prim.fma(0.07499948124741401, z, 0.16666667190118162)
    return prim.fma(prim.fma(0.03469707592735999, z2, t0), z4, prim.fma(t1, z2, t2))


def atan_tail(z):
    """`(atan(q) - q) / q**3, where z = q**2`, within 2**-59 after its weight."""
    z2 = z * z
    z4 = z2 * z2
    z8 = z4 * z4
    t0 = prim.fma(0.03807049139846251, z, -0.05039542711808355)
    t1 = prim.fma(0.05847942996744205, z, -0.06663111516447441)
    t2 = prim.fma(0.07692060875722714, z, -0.0909089779483024)
    t3 = prim.fma(0.11111110784737784, z, -0.142857142802216)
    t4 = prim.fma(0.19999999999953827, z, -0.333333333333332)
    t5 = prim.fma(-0.017913564992201227, z2, t0)
    t6 = prim.fma(t1, z2, t2)
    t7 = prim.fma(t3, z2, t4)
    return prim.fma(t5, z8, prim.fma(t6, z4, t7))


def atan_tail_single(z):
    """`(atan(q) - q) / q**3, where z = q**2`, within 2**-33 after its weight."""
    z2 = z * z
    z4 = z2 * z2
    t0 = prim.fma(0.04747976526388516, z, -0.08478271046419156)
    t1 = prim.fma(0.11045071060675754, z, -0.14282040392085762)
    t2 = prim.fma(0.19999905131758836, z, -0.3333333251400442)
    return prim.fma(t0, z4, prim.fma(t1, z2, t2))


def erf_rest(z):
    """`(erf(x) - 2 / sqrt(pi) * (x - x**3 / 3)) / x**5, where z = x**2`, within 2**-59 after its weight."""
    z2 = z * z
    z4 = z2 * z2
    z8 = z4 * z4
    t0 = prim.fma(-8.755969453328713e-10, z, 1.4161703026833467e-08)
    t1 = prim.fma(-1.629656573315277e-07, z, 1.6457389846112555e-06)
    t2 = prim.fma(-1.4925439390782268e-05, z, 0.00012055326814917072)
    t3 = prim.fma(-0.0008548326908754723, z, 0.005223977624173346)
    t4 = prim.fma(-0.026866170645059206, z, 0.11283791670954992)
    return prim.fma(t0, z8, prim.fma(prim.fma(t1, z2, t2), z4, prim.fma(t3, z2, t4)))


def erf_tail_single(z):
    """`(erf(x) - 2 / sqrt(pi) * x) / x**3, where z = x**2`, within 2**-31 after its weight."""
    z2 = z * z
    z4 = z2 * z2
    t0 = prim.fma(8.734737325077168e-05, z, -0.0008225437149700064)
    t1 = prim.fma(0.0052080671252703395, z, -0.026862160224668478)
    t2 = prim.fma(0.11283744942140991, z, -0.3761263708568332)
    return prim.fma(t0, z4, prim.fma(t1, z2, t2))


def erfcx_near(s):
    """`erfcx(7 / 8 + s)`, within 2**-57 after its weight."""
    s2 = s * s
    s4 = s2 * s2
    s8 = s4 * s4
    s16 = s8 * s8
    t0 = prim.fma(-4.803159948530253e-12, s, 8.166159770007902e-11)
    t1 = prim.fma(-8.702997102802128e-10, s, 6.577732120949694e-09)
    t2 = prim.fma(-3.7977903754226475e-08, s, 1.7718898181685824e-07)
    t3 = prim.fma(-7.019606492084875e-07, s, 2.47228223740152e-06)
    t4 = prim.fma(-8.051351653707514e-06, s, 2.4919568572936362e-05)
    t5 = prim.fma(-7.430296121333994e-05, s, 0.00021411516402583156)
    t6 = prim.fma(-0.0005951993196655293, s, 0.0015905466195569409)
    t7 = prim.fma(-0.004069562619514497, s, 0.009922783727192217)
    t8 = prim.fma(-0.022925812826559498, s, 0.049828415500265615)
    t9 = prim.fma(-0.10091439213892296, s, 0.18795692377367756)
    t10 = prim.fma(-0.3158338964908493, s, 0.464311583202669)
    t11 = prim.fma(1.3244989142241286e-13, s2, t0)
    t12 = prim.fma(t1, s2, t2)
    t13 = prim.fma(t3, s2, t4)
    t14 = prim.fma(t5, s2, t6)
    t15 = prim.fma(t7, s2, t8)
    t16 = prim.fma(t9, s2, t10)
    t17 = prim.fma(t11, s4, t12)
    t18 = prim.fma(t13, s4, t14)
    t19 = prim.fma(t15, s4, t16)
    return prim.fma(t17, s16, prim.fma(t18, s8, t19))


def erfcx_near_single(s):
    """`erfcx(7 / 8 + s)`, within 2**-30 after its weight."""
    s2 = s * s
    s4 = s2 * s2
    s8 = s4 * s4
    t0 = prim.fma(-0.00012901652100766502, s, 0.0007935654276412691)
    t1 = prim.fma(-0.0031102265999670845, s, 0.009141518044873825)
    t2 = prim.fma(-0.022511159287114824, s, 0.04969198801668054)
    t3 = prim.fma(-0.10088867172854714, s, 0.18795450107973827)
    t4 = prim.fma(-0.31583381029138297, s, 0.4643115827134534)
    t5 = prim.fma(9.710876337349858e-06, s2, t0)
    t6 = prim.fma(t1, s2, t2)
    t7 = prim.fma(t3, s2, t4)
    return prim.fma(t5, s8, prim.fma(t6, s4, t7))


def erfc_log_rest(x):
    """`(-log(erfc(x)) / x - 2 / sqrt(pi)) / x`, within 2**-54 after its weight."""
    x2 = x * x
    x4 = x2 * x2
    t0 = prim.fma(1.6049374888622122e-13, x, -3.350855623295149e-12)
    t1 = prim.fma(4.29226286568282e-11, x, -3.758097237760685e-10)
    t2 = prim.fma(2.362005656529773e-09, x, -1.0793996365928701e-08)
    t3 = prim.fma(3.470721942706469e-08, x, -6.621483934932566e-08)
    t4 = prim.fma(-1.0321054916314575e-08, x, 5.675857941333298e-07)
    t5 = prim.fma(-2.031998364874013e-06, x, 3.1260586137141743e-06)
    t6 = prim.fma(3.176837761799041e-06, x, -2.9581435331354e-05)
    t7 = prim.fma(6.442402896183127e-05, x, 2.5902848938225128e-05)
    t8 = prim.fma(-0.0005901318679077806, x, 0.001696207534160031)
    t9 = prim.fma(-0.00020919483182128663, x, -0.01912844699535456)
    t10 = prim.fma(0.1027726033014448, x, 0.6366197723675876)
    t11 = prim.fma(-3.5609761543157235e-15, x2, t0)
    t12 = prim.fma(t1, x2, t2)
    t13 = prim.fma(t3, x2, t4)
    t14 = prim.fma(t5, x2, t6)
    t15 = prim.fma(t7, x2, t8)
    t16 = prim.fma(t9, x2, t10)
    t17 = prim.fma(t11, x4, t12)
    return prim.fma(prim.fma(prim.fma(prim.fma(t17, x4, t13), x4, t14), x4, t15), x4, t16)


def erfc_tail(u):
    """`((1 + 5 / 4 * x) * erfcx(x) - its middle) / u, where u = (x - 3.75) / (x + 3.75)`, within 2**-58 after its weight."""
    u2 = u * u
    u4 = u2 * u2
    u8 = u4 * u4
    u16 = u8 * u8
    t0 = prim.fma(2.4070674089436385e-10, u, 2.3019369506172047e-10)
    t1 = prim.fma(-2.959834782130659e-09, u, -2.7599696075821755e-09)
    t2 = prim.fma(2.2258706744158503e-08, u, 1.7877750915186237e-08)
    t3 = prim.fma(-1.4973706350800388e-07, u, -6.290779636123825e-08)
    t4 = prim.fma(1.0258767679502554e-06, u, -3.612271231615576e-07)
    t5 = prim.fma(-6.8718106397939775e-06, u, 1.1671379240800954e-05)
    t6 = prim.fma(3.362454915831052e-05, u, -0.00016338426099489156)
    t7 = prim.fma(0.0001263975496125891, u, 0.0010876904092388035)
    t8 = prim.fma(-0.00541550131872333, u, 0.014643690454079487)
    t9 = prim.fma(-0.0276296651287508, u, 0.0371393282146099)
    t10 = prim.fma(-0.029525839326522432, u, -0.009916499265130104)
    t11 = prim.fma(0.0869939097721483, u, -0.19018359842675178)
    t12 = prim.fma(t0, u2, t1)
    t13 = prim.fma(t2, u2, t3)
    t14 = prim.fma(t4, u2, t5)
    t15 = prim.fma(t6, u2, t7)
    t16 = prim.fma(t8, u2, t9)
    t17 = prim.fma(t10, u2, t11)
    t18 = prim.fma(t12, u4, t13)
    t19 = prim.fma(t14, u4, t15)
    t20 = prim.fma(t16, u4, t17)
    return prim.fma(t18, u16, prim.fma(t19, u8, t20))


def erfc_tail_single(u):
    """`((1 + 5 / 4 * x) * erfcx(x) - its middle) / u, where u = (x - 3.75) / (x + 3.75)`, within 2**-31 after its weight."""
    u2 = u * u
    u4 = u2 * u2
    u8 = u4 * u4
    t0 = prim.fma(-3.78807723402967e-06, u, 1.0036575451077133e-05)
    t1 = prim.fma(2.8983595532283098e-05, u, -0.0001608896608773968)
    t2 = prim.fma(0.00013025461022268917, u, 0.0010858173581119721)
    t3 = prim.fma(-0.005417315261860851, u, 0.014644429412215988)
    t4 = prim.fma(-0.027629200516884247, u, 0.03713918169658197)
    t5 = prim.fma(-0.029525896580302195, u, -0.009916486927579625)
    t6 = prim.fma(0.08699391219608087, u, -0.19018359869662793)
    t7 = prim.fma(t1, u2, t2)
    t8 = prim.fma(t3, u2, t4)
    t9 = prim.fma(t5, u2, t6)
    return prim.fma(prim.fma(t0, u4, t7), u8, prim.fma(t8, u4, t9))


def stirling_tail(w):
    """`z * (log(gamma(z + 1 / 2)) - z * log(z) + z - log(2 * pi) / 2), where w = z**-2`, within 2**-60 after its weight."""
    w2 = w * w
    w4 = w2 * w2
    w8 = w4 * w4
    t0 = prim.fma(0.31444158242138137, w, -0.10217455007821409)
    t1 = prim.fma(0.025273448612955534, w, -0.006239018335687445)
    t2 = prim.fma(0.001911884877835664, w, -0.0008400207055809975)
    t3 = prim.fma(0.0005905868174106199, w, -0.0007688492000832042)
    t4 = prim.fma(0.002430555555536987, w, -0.04166666666666665)
    t5 = prim.fma(-0.4979292292992485, w2, t0)
    t6 = prim.fma(t1, w2, t2)
    t7 = prim.fma(t3, w2, t4)
    return prim.fma(t5, w8, prim.fma(t6, w4, t7))


def stirling_tail_single(w):
    """`z * (log(gamma(z + 1 / 2)) - z * log(z) + z - log(2 * pi) / 2), where w = z**-2`, within 2**-34 after its weight."""
    w2 = w * w
    t0 = prim.fma(0.00046951690333009303, w, -0.000762045347261756)
    t1 = prim.fma(0.0024304082503271754, w, -0.041666665794819556)
    return prim.fma(t0, w2, t1)


def sin_pi_rest(z):
    """`(sin(pi * r) / (pi * r) - 1 + (pi * r)**2 / 6) / r**4, where z = r**2`, within 2**-60 after its weight."""
    z2 = z * z
    z4 = z2 * z2
    t0 = prim.fma(-6.972455641961148e-06, z, 0.00014842799257359018)
    t1 = prim.fma(-0.002346080929185079, z, 0.026147847809768202)
    t2 = prim.fma(-0.19075182412178715, z, 0.8117424252833494)
    return prim.fma(prim.fma(2.453723742545158e-07, z2, t0), z4, prim.fma(t1, z2, t2))


def sin_pi_tail_single(z):
    """`(sin(pi * r) / (pi * r) - 1) / r**2, where z = r**2`, within 2**-33 after its weight."""
    z2 = z * z
    z4 = z2 * z2
    t0 = prim.fma(0.026118734635409556, z, -0.19074821518576282)
    t1 = prim.fma(0.811742229776108, z, -1.6449340634072789)
    return prim.fma(-0.002239083886471127, z4, prim.fma(t0, z2, t1))


def log_gamma_tail(d):
    """`(log(gamma(2 + d)) / d - 1 + Euler's constant) / d`, within 2**-59 after its weight."""
    d2 = d * d
    d4 = d2 * d2
    d8 = d4 * d4
    t0 = prim.fma(-9.783654189369274e-06, d, 2.098271716530309e-05)
    t1 = prim.fma(-4.490653831779507e-05, d, 9.943778894505373e-05)
    t2 = prim.fma(-0.00022315524911325766, d, 0.0005096699187742267)
    t3 = prim.fma(-0.0011927539064985084, d, 0.0028905103268978736)
    t4 = prim.fma(-0.007385551028691043, d, 0.02058080842780028)
    t5 = prim.fma(-0.0673523010531981, d, 0.3224670334241132)
    t6 = prim.fma(t0, d2, t1)
    t7 = prim.fma(t2, d2, t3)
    t8 = prim.fma(t4, d2, t5)
    return prim.fma(t6, d8, prim.fma(t7, d4, t8))


def log_gamma_tail_single(d):
    """`(log(gamma(2 + d)) / d - 1 + Euler's constant) / d`, within 2**-33 after its weight."""
    d2 = d * d
    d4 = d2 * d2
    t0 = prim.fma(-0.007392062635575352, d, 0.020580799993682793)
    t1 = prim.fma(-0.06735229315786709, d, 0.32246703342856725)
    return prim.fma(0.0028943726822075397, d4, prim.fma(t0, d2, t1))


def inverse_cube_root(m):
    """`m**(-1 / 3)`, within 2**-9 after its weight."""
    m2 = m * m
    m4 = m2 * m2
    t0 = prim.fma(-0.27281607187185375, m, 1.2145579995758276)
    t1 = prim.fma(-2.8494898507123314, m, 3.8245716296495584)
    t2 = prim.fma(-3.0698156971795556, m, 2.1283317296320456)
    return prim.fma(prim.fma(0.024991621251552815, m2, t0), m4, prim.fma(t1, m2, t2))
