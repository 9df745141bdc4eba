"""Windows of signal processing: bartlett, blackman, hamming, hanning, kaiser.

NumPy's formulas, in terms of ``1 - M, 3 - M, ..., M - 1``; cosines may differ from
NumPy's in their last bits.
"""


def cosines(M, a, b, c):
    """``a + b cos(pi n / (M - 1)) + c cos(2 pi n / (M - 1))``"""
    size = float(M)
    if size < 1:
        return np.zeros(0)
    if size == 1:
        return np.ones(1)
    n = np.arange(1 - size, size, 2)
    if c == 0:
        return a + b * np.cos(np.pi * n / (size - 1))
    else:
        return a + b * np.cos(np.pi * n / (size - 1)) + c * np.cos(2.0 * np.pi * n / (size - 1))


@implements("numpy.hanning")
def hanning(M):
    """A raised cosine that ends at zero."""
    return cosines(M, 0.5, 0.5, 0)


@implements("numpy.hamming")
def hamming(M):
    """A raised cosine on a pedestal."""
    return cosines(M, 0.54, 0.46, 0)


@implements("numpy.blackman")
def blackman(M):
    """The first three terms of a sum of cosines."""
    return cosines(M, 0.42, 0.5, 0.08)


@implements("numpy.bartlett")
def bartlett(M):
    """A triangle that ends at zero."""
    size = float(M)
    if size < 1:
        return np.zeros(0)
    if size == 1:
        return np.ones(1)
    n = np.arange(1 - size, size, 2)
    return np.where(n <= 0, 1 + n / (size - 1), 1 - n / (size - 1))


@implements("numpy.kaiser")
def kaiser(M, beta):
    """A window of Bessel functions."""
    size = float(M)
    if size == 1:
        return np.ones(1)
    n = np.arange(0, size)
    middle = (size - 1) / 2.0
    return np.i0(float(beta) * np.sqrt(1 - ((n - middle) / middle) ** 2.0)) / np.i0(float(beta))
