"""Discrete Fourier transforms: numpy.fft.

Lines whose length is a power of two are transformed in place by Cooley and Tukey's
algorithm with base 2, all others by Bluestein's as a convolution of such a length
(C. Van Loan, Computational Frameworks for the Fast Fourier Transform, 1992, 1.5 and 4.2).
All is computed in complex128; float32 and complex64 give complex64. Values agree with
NumPy's within some units in the last place of the largest one.
"""

from axes import counted, no_out, normalize, without
from contractions import reordered
from copying import as_array


def spectrum_dtype(dtype):
    """The dtype of a transform."""
    if prim.kind(dtype) == "f" or prim.kind(dtype) == "c":
        return prim.result_type(dtype, prim.dtype(np.complex64))
    else:
        return prim.dtype(np.complex128)


def turn(k, n):
    """``exp(-2j pi k / n)`` for ``0 <= k < n``."""
    angle = -2.0 * np.pi * (float(k) / float(n))
    return np.complex128(prim.cos(angle) + prim.sin(angle) * 1j)


def turns(n):
    """The first half of the roots of unity."""
    w = prim.empty(max(n // 2, 1), np.complex128)
    for k in range(len(w)):
        w[k] = turn(k, n)
    return w


def reverse_bits(a):
    """Puts elements where their positions' bits are reversed."""
    n = len(a)
    j = 0
    for i in range(1, n):
        bit = n >> 1
        while j & bit:
            j = j ^ bit
            bit = bit >> 1
        j = j | bit
        if i < j:
            t = a[i]
            a[i] = a[j]
            a[j] = t


def transform_power(a, w):
    """The transform of a line whose length is a power of two, in place."""
    n = len(a)
    reverse_bits(a)
    half = 1
    while half < n:
        step = n // (2 * half)
        for first in range(0, n, 2 * half):
            for k in range(half):
                x = a[first + k]
                y = a[first + k + half] * w[k * step]
                a[first + k] = x + y
                a[first + k + half] = x - y
        half = 2 * half


def conjugate(a):
    for i in range(len(a)):
        a[i] = np.conjugate(a[i])


def power_above(n):
    """The least power of two that isn't less."""
    m = 1
    while m < n:
        m = 2 * m
    return m


def chirp(n):
    """``exp(-1j pi k**2 / n)``"""
    c = prim.empty(n, np.complex128)
    square = 0
    for k in range(n):
        c[k] = turn(square, 2 * n)
        square = (square + 2 * k + 1) % (2 * n)
    return c


def chirp_spectrum(c, w, m):
    """The transform of the filter that a chirp makes."""
    n = len(c)
    b = prim.zeros(m, np.complex128)
    for k in range(n):
        b[k] = np.conjugate(c[k])
        if k > 0:
            b[m - k] = np.conjugate(c[k])
    transform_power(b, w)
    return b


def transform_any(a, c, b, w, room):
    """The transform of a line of any length, as a convolution."""
    n = len(a)
    m = len(room)
    for k in range(n):
        room[k] = a[k] * c[k]
    for k in range(n, m):
        room[k] = np.complex128(0)
    transform_power(room, w)
    for k in range(m):
        room[k] = np.conjugate(room[k] * b[k])
    transform_power(room, w)
    for k in range(n):
        a[k] = np.conjugate(room[k]) * c[k] / m


def transform_line(a, inverse, scale, c, b, w, room):
    """A line in place; an inverse one by conjugates."""
    if inverse:
        conjugate(a)
    if len(room) == 0:
        transform_power(a, w)
    else:
        transform_any(a, c, b, w, room)
    if inverse:
        conjugate(a)
    if scale != 1.0:
        for i in range(len(a)):
            a[i] = a[i] * scale


def load_line(line, x, hermitian):
    """The elements of a line, cut or filled up with zeros; the other half of a real one's spectrum."""
    n = len(line)
    have = min(len(x), n // 2 + 1 if hermitian else n)
    for i in range(have):
        line[i] = prim.cast(x[i], np.complex128)
    for i in range(have, n):
        line[i] = np.complex128(0)
    if hermitian:
        line[0] = np.complex128(line[0].real)
        if n % 2 == 0:
            line[n // 2] = np.complex128(line[n // 2].real)
        for i in range(1, (n + 1) // 2):
            line[n - i] = np.conjugate(line[i])


def store_line(out, line):
    for i in range(len(out)):
        if prim.kind(prim.dtype(out)) == "c":
            out[i] = prim.cast(line[i], prim.dtype(out))
        else:
            out[i] = prim.cast(line[i].real, prim.dtype(out))


def each_line(out, x, line, hermitian, inverse, scale, c, b, w, room):
    """All lines along the last axis."""
    if out.ndim == 1:
        load_line(line, x, hermitian)
        transform_line(line, inverse, scale, c, b, w, room)
        store_line(out, line)
    else:
        for i in range(len(out)):
            each_line(out[i], x[i], line, hermitian, inverse, scale, c, b, w, room)


def scale_for(norm, n, inverse):
    """What a norm divides by."""
    if norm is None or norm == "backward":
        return 1.0 / n if inverse else 1.0
    elif norm == "ortho":
        return 1.0 / np.sqrt(float(n))
    elif norm == "forward":
        return 1.0 if inverse else 1.0 / n
    else:
        prim.error('Invalid norm value; should be a constant "backward", "ortho" or "forward".')


def lines_of(x, n, kept, dtype, axis, norm, hermitian, inverse):
    """Transforms of length `n` along an axis, of which the first elements are kept."""
    if x.ndim == 0:
        prim.error("tuple index out of range: a transform needs an axis, {} has none", x)
    else:
        prim.guard(n >= 1, "ValueError", "Invalid number of FFT data points ({}) specified.", n)
        at = normalize(axis, x.ndim)
        out = prim.empty(prim.tuple_set(x.shape, at, kept), dtype)
        order = without(counted(x.ndim), at) + (at,)
        scale = float(scale_for(norm, n, inverse))
        line = prim.empty(n, np.complex128)
        m = power_above(n)
        if m == n:
            none = prim.empty(0, np.complex128)
            each_line(reordered(out, order), reordered(x, order), line, hermitian, inverse, scale, none, none, turns(n), none)
        else:
            m = power_above(2 * n - 1)
            w = turns(m)
            c = chirp(n)
            b = chirp_spectrum(c, w, m)
            room = prim.empty(m, np.complex128)
            each_line(reordered(out, order), reordered(x, order), line, hermitian, inverse, scale, c, b, w, room)
        return out


def length_or(n, x, axis):
    """The length that is asked for, or the array's."""
    if n is None:
        return x.shape[normalize(axis, x.ndim)]
    else:
        return n


def complex_lines(a, n, axis, norm, inverse):
    """A complex transform."""
    x = as_array(a)
    length = length_or(n, x, axis)
    return lines_of(x, length, length, spectrum_dtype(prim.dtype(x)), axis, norm, False, inverse)


@implements("numpy.fft.fft")
def fft(a, n=None, axis=-1, norm=None, out=None):
    """The Fourier transform along an axis."""
    no_out(out)
    return complex_lines(a, n, axis, norm, False)


@implements("numpy.fft.ifft")
def ifft(a, n=None, axis=-1, norm=None, out=None):
    """The inverse transform along an axis."""
    no_out(out)
    return complex_lines(a, n, axis, norm, True)


@implements("numpy.fft.rfft")
def rfft(a, n=None, axis=-1, norm=None, out=None):
    """The first half of the transform of real numbers."""
    no_out(out)
    x = as_array(a)
    if prim.kind(prim.dtype(x)) == "c":
        prim.error("ufunc 'rfft_n_even' did not contain a loop with signature matching types: {}", x)
    else:
        length = length_or(n, x, axis)
        return lines_of(x, length, length // 2 + 1, spectrum_dtype(prim.dtype(x)), axis, norm, False, False)


@implements("numpy.fft.irfft")
def irfft(a, n=None, axis=-1, norm=None, out=None):
    """Real numbers from the first half of their transform."""
    no_out(out)
    x = as_array(a)
    length = (x.shape[normalize(axis, x.ndim)] - 1) * 2 if n is None else n
    dtype = prim.dtype(abs(prim.cast(0, spectrum_dtype(prim.dtype(x)))))
    return lines_of(x, length, length, dtype, axis, norm, True, True)


def over_axes(x, axes, norm, inverse):
    """Transforms along axes, the last first."""
    if len(axes) == 0:
        return x
    else:
        last = len(axes) - 1
        return over_axes(complex_lines(x, None, axes[last], norm, inverse), axes[:last], norm, inverse)


def several(a, s, axes, norm, inverse):
    x = as_array(a)
    if s is not None:
        prim.error("s= of transforms along several axes is not supported")
    elif axes is None:
        return over_axes(x, counted(x.ndim), norm, inverse)
    elif prim.is_str(axes):
        return over_axes(x, (-2, -1), norm, inverse)
    elif not prim.is_tuple(axes):
        prim.error("axes must be a tuple of constants, not {}", axes)
    else:
        return over_axes(x, axes, norm, inverse)


@implements("numpy.fft.fft2")
def fft2(a, s=None, axes="last two", norm=None, out=None):
    """The transform along two axes."""
    no_out(out)
    return several(a, s, axes, norm, False)


@implements("numpy.fft.ifft2")
def ifft2(a, s=None, axes="last two", norm=None, out=None):
    """The inverse transform along two axes."""
    no_out(out)
    return several(a, s, axes, norm, True)


@implements("numpy.fft.fftn")
def fftn(a, s=None, axes=None, norm=None, out=None):
    """The transform along several axes."""
    no_out(out)
    return several(a, s, axes, norm, False)


@implements("numpy.fft.ifftn")
def ifftn(a, s=None, axes=None, norm=None, out=None):
    """The inverse transform along several axes."""
    no_out(out)
    return several(a, s, axes, norm, True)


# Frequencies and shifts


@implements("numpy.fft.fftfreq")
def fftfreq(n, d=1.0, device=None):
    """The frequencies of a transform's elements."""
    if device is not None:
        prim.error("device= is not supported")
    else:
        scale = 1.0 / (n * d)
        out = prim.empty(n, np.float64)
        half = (n - 1) // 2 + 1
        for i in range(n):
            out[i] = (i if i < half else i - n) * scale
        return out


@implements("numpy.fft.rfftfreq")
def rfftfreq(n, d=1.0, device=None):
    """The frequencies of the elements of a half."""
    if device is not None:
        prim.error("device= is not supported")
    else:
        scale = 1.0 / (n * d)
        out = prim.empty(n // 2 + 1, np.float64)
        for i in range(len(out)):
            out[i] = i * scale
        return out


def shifted(x, axes, back):
    """The array rolled by half of each axis."""
    if len(axes) == 0:
        return x
    else:
        n = x.shape[normalize(axes[0], x.ndim)]
        return shifted(np.roll(x, -(n // 2) if back else n // 2, axes[0]), axes[1:], back)


def axes_or_all(axes, ndim):
    if axes is None:
        return counted(ndim)
    elif prim.is_tuple(axes):
        return axes
    else:
        return (axes,)


@implements("numpy.fft.fftshift")
def fftshift(x, axes=None):
    """Brings the element of frequency zero to the middle."""
    a = as_array(x)
    return shifted(a, axes_or_all(axes, a.ndim), False)


@implements("numpy.fft.ifftshift")
def ifftshift(x, axes=None):
    """Takes `fftshift` back."""
    a = as_array(x)
    return shifted(a, axes_or_all(axes, a.ndim), True)
