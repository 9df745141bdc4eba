"""Discrete Fourier transforms: numpy.fft.

Lines are transformed by a function of the runtime (`runtime/core/src/fourier.rs`), in
single precision for float32 and complex64 and in double for all others, as NumPy does.
Values agree with NumPy's within some units in the last place of the largest one of a line.
Axes are constants, since they make the way through the array; lengths needn't be.
"""

from axes import counted, normalize, without
from contractions import reordered
from copying import as_array, duplicate
from outputs import check_out, deliver_same_kind


def spectrum_dtype(dtype):
    """The dtype of a transform."""
    if prim.kind(dtype) == "f" or prim.kind(dtype) == "c":
        return prim.result_type(dtype, prim.dtype(np.complex64))
    else:
        return prim.dtype(np.complex128)


def real_dtype(dtype):
    """The dtype of real numbers that have a transform, and of scales."""
    return prim.dtype(abs(prim.cast(0, spectrum_dtype(dtype))))


def in_dtype(x, dtype):
    """The array in the dtype that a transform takes."""
    if prim.dtype(x) == dtype:
        return x
    else:
        return duplicate(x, dtype, "K")


def each_plane(out, x, form, n, scale):
    """All lines along the last axis."""
    double = prim.dtype(real_part(out)) == prim.dtype(np.float64)
    if out.ndim == 1:
        prim.fourier_lines(form, double, n, scale, 1, x, 0, x.strides[0], len(x), out, 0, out.strides[0])
    elif out.ndim == 2:
        prim.fourier_lines(
            form, double, n, scale, len(out),
            x, x.strides[0], x.strides[1], x.shape[1], out, out.strides[0], out.strides[1],
        )
    else:
        for i in range(len(out)):
            each_plane(out[i], x[i], form, n, scale)


def real_part(a):
    """A number of the dtype of an array's real parts."""
    return abs(prim.cast(0, prim.dtype(a)))


def swapped(norm):
    """The norm that scales this direction as another one scales the other."""
    if norm is None or norm == "backward":
        return "forward"
    elif norm == "ortho":
        return "ortho"
    elif norm == "forward":
        return "backward"
    else:
        raise ValueError(f'Invalid norm value {norm}; should be "backward", "ortho" or "forward".')


def scale_of(norm, n, dtype):
    """What a transform is multiplied by, in its precision."""
    if norm is None or norm == "backward":
        return 1.0
    elif norm == "ortho":
        return float(prim.cast(1, dtype) / np.sqrt(prim.cast(n, dtype)))
    elif norm == "forward":
        return float(prim.cast(1, dtype) / prim.cast(n, dtype))
    else:
        raise ValueError(f'Invalid norm value {norm}; should be "backward","ortho" or "forward".')


def check_norm(norm):
    if norm is not None and not prim.is_str(norm):
        prim.error("norm must be a str or None, not {}", norm)


def axis_of(axis, x):
    """An axis counted from the front."""
    if x.ndim == 0:
        prim.error("tuple index out of range: a transform needs an axis, {} has none", x)
    else:
        return normalize(axis, x.ndim)


def lines_of(x, n, kept, dtype, axis, norm, form, out):
    """Transforms of length `n` along an axis, with so many elements each."""
    if not prim.is_integer(n):
        prim.error("n must be an integer or None, not {}", n)
    check_norm(norm)
    prim.guard(n >= 1, "ValueError", "Invalid number of FFT data points ({}) specified.", n)
    scale = scale_of(norm, n, real_dtype(prim.dtype(x)))
    shape = prim.tuple_set(x.shape, axis, int(kept))
    if out is not None:
        check_out(out)
        if out.ndim != x.ndim:
            raise ValueError("output array has wrong shape.")
        elif out.shape[axis] != kept:
            raise ValueError("output array has wrong shape.")
    order = without(counted(x.ndim), axis) + (axis,)
    if prim.layout(x) == "F":
        result = prim.empty_f(shape, dtype)
    else:
        result = prim.empty(shape, dtype)
    each_plane(reordered(result, order), reordered(x, order), form, int(n), scale)
    return deliver_same_kind(out, result)


def length_or(n, x, axis):
    """The length that is asked for, or the array's."""
    if n is None:
        return x.shape[axis]
    else:
        return n


# What `prim.fourier_lines` computes: a transform or the inverse of one, 2 more for that of
# real numbers, the half of one, or real numbers from one.


def complex_lines(a, n, axis, norm, inverse, out):
    """A complex transform."""
    x = as_array(a)
    at = axis_of(axis, x)
    dtype = spectrum_dtype(prim.dtype(x))
    form = 1 if inverse else 0
    if prim.kind(prim.dtype(x)) == "c":
        return lines_of(x, length_or(n, x, at), length_or(n, x, at), dtype, at, norm, form, out)
    else:
        real = in_dtype(x, real_dtype(prim.dtype(x)))
        return lines_of(real, length_or(n, x, at), length_or(n, x, at), dtype, at, norm, form + 2, out)


def real_lines(a, n, axis, norm, out):
    """The first half of the transform of real numbers."""
    x = as_array(a)
    at = axis_of(axis, x)
    if prim.kind(prim.dtype(x)) == "c":
        prim.error("ufunc 'rfft_n_even' not supported for the input types: {}", x)
    else:
        real = in_dtype(x, real_dtype(prim.dtype(x)))
        length = length_or(n, x, at)
        return lines_of(real, length, length // 2 + 1, spectrum_dtype(prim.dtype(x)), at, norm, 4, out)


def lines_to_real(a, n, axis, norm, out):
    """Real numbers from the first half of their transform."""
    x = as_array(a)
    at = axis_of(axis, x)
    spectrum = in_dtype(x, spectrum_dtype(prim.dtype(x)))
    length = (x.shape[at] - 1) * 2 if n is None else n
    return lines_of(spectrum, length, length, real_dtype(prim.dtype(x)), at, norm, 5, out)


@implements("numpy.fft.fft")
def fft(a, n=None, axis=-1, norm=None, out=None):
    """The Fourier transform along an axis."""
    return complex_lines(a, n, axis, norm, False, out)


@implements("numpy.fft.ifft")
def ifft(a, n=None, axis=-1, norm=None, out=None):
    """The inverse transform along an axis."""
    return complex_lines(a, n, axis, swapped(norm), True, out)


@implements("numpy.fft.rfft")
def rfft(a, n=None, axis=-1, norm=None, out=None):
    """The first half of the transform of real numbers."""
    return real_lines(a, n, axis, norm, out)


@implements("numpy.fft.irfft")
def irfft(a, n=None, axis=-1, norm=None, out=None):
    """Real numbers from the first half of their transform."""
    return lines_to_real(a, n, axis, swapped(norm), out)


@implements("numpy.fft.hfft")
def hfft(a, n=None, axis=-1, norm=None, out=None):
    """The transform of a signal that is its own conjugate backwards, from its first half; `out` is ignored, as NumPy does."""
    return lines_to_real(np.conjugate(as_array(a)), n, axis, swapped(swapped(norm)), None)


@implements("numpy.fft.ihfft")
def ihfft(a, n=None, axis=-1, norm=None, out=None):
    """The inverse of `hfft`."""
    result = real_lines(a, n, axis, swapped(norm), out)
    return np.conjugate(result, out=result)


# Transforms along several axes


def axes_of(s, axes, ndim):
    """The axes as a tuple: all without `axes`."""
    if axes is None:
        if s is not None:
            prim.error("s= without axes= is deprecated in NumPy: pass axes=, too")
        else:
            return counted(ndim)
    elif prim.is_str(axes):
        if ndim < 2:
            prim.error("index -2 is out of bounds: a transform along two axes needs as many")
        else:
            return (-2, -1)
    elif not prim.is_tuple(axes):
        prim.error("axes must be a tuple of constants, not {}", axes)
    else:
        return axes


def extents(shape, axes):
    """The extents of axes."""
    if len(axes) == 0:
        return ()
    else:
        return (shape[normalize(axes[0], len(shape))],) + extents(shape, axes[1:])


def lengths(s, shape, axes):
    """A length for each axis; -1 stands for the array's."""
    if s is None:
        return extents(shape, axes)
    elif not prim.is_tuple(s):
        prim.error("s must be a tuple, not {}", s)
    elif len(s) != len(axes):
        raise ValueError("Shape and axes have different lengths.")
    else:
        return chosen(s, extents(shape, axes))


def chosen(s, whole):
    if len(s) == 0:
        return ()
    elif not prim.is_integer(s[0]):
        prim.error("s must have integers, not {}", s[0])
    else:
        return (whole[0] if s[0] == -1 else s[0],) + chosen(s[1:], whole[1:])


def over_axes(x, s, axes, norm, inverse, out):
    """Transforms along axes, the last first."""
    if len(axes) == 0:
        return x
    else:
        last = len(axes) - 1
        step = complex_lines(x, s[last], axes[last], norm, inverse, out)
        return over_axes(step, s[:last], axes[:last], norm, inverse, out)


def in_order(x, s, axes, norm):
    """Inverse transforms along axes, the first first."""
    if len(axes) == 0:
        return x
    else:
        return in_order(complex_lines(x, s[0], axes[0], norm, True, None), s[1:], axes[1:], norm)


def several(a, s, axes, norm, inverse, out):
    x = as_array(a)
    each = axes_of(s, axes, x.ndim)
    return over_axes(x, lengths(s, x.shape, each), each, norm, inverse, out)


def some_axis(axes):
    if len(axes) == 0:
        prim.error("list index out of range: a transform of real numbers needs an axis")


def several_real(a, s, axes, norm, out):
    """`rfftn`: the last axis by `rfft`."""
    x = as_array(a)
    each = axes_of(s, axes, x.ndim)
    some_axis(each)
    sizes = lengths(s, x.shape, each)
    last = len(each) - 1
    half = real_lines(x, sizes[last], each[last], norm, out)
    return over_axes(half, sizes[:last], each[:last], norm, False, out)


def several_to_real(a, s, axes, norm, out):
    """`irfftn`: the last axis by `irfft`, after all others."""
    x = as_array(a)
    each = axes_of(s, axes, x.ndim)
    some_axis(each)
    sizes = lengths(s, x.shape, each)
    last = len(each) - 1
    length = (x.shape[axis_of(each[last], x)] - 1) * 2 if s is None else sizes[last]
    others = in_order(x, sizes[:last], each[:last], swapped(norm))
    return lines_to_real(others, length, each[last], swapped(norm), out)


@implements("numpy.fft.fft2")
def fft2(a, s=None, axes="last two", norm=None, out=None):
    """The transform along two axes."""
    return several(a, s, axes, norm, False, out)


@implements("numpy.fft.ifft2")
def ifft2(a, s=None, axes="last two", norm=None, out=None):
    """The inverse transform along two axes; `out` is ignored, as NumPy does."""
    return several(a, s, axes, swapped(norm), True, None)


@implements("numpy.fft.fftn")
def fftn(a, s=None, axes=None, norm=None, out=None):
    """The transform along several axes."""
    return several(a, s, axes, norm, False, out)


@implements("numpy.fft.ifftn")
def ifftn(a, s=None, axes=None, norm=None, out=None):
    """The inverse transform along several axes."""
    return several(a, s, axes, swapped(norm), True, out)


@implements("numpy.fft.rfft2")
def rfft2(a, s=None, axes="last two", norm=None, out=None):
    """The first half of the transform of real numbers along two axes."""
    return several_real(a, s, axes, norm, out)


@implements("numpy.fft.irfft2")
def irfft2(a, s=None, axes="last two", norm=None, out=None):
    """Real numbers from the first half of their transform; `out` is ignored, as NumPy does."""
    return several_to_real(a, s, axes, norm, None)


@implements("numpy.fft.rfftn")
def rfftn(a, s=None, axes=None, norm=None, out=None):
    """The first half of the transform of real numbers along several axes."""
    return several_real(a, s, axes, norm, out)


@implements("numpy.fft.irfftn")
def irfftn(a, s=None, axes=None, norm=None, out=None):
    """Real numbers from the first half of their transform along several axes."""
    return several_to_real(a, s, axes, norm, out)


# Frequencies and shifts


def spacing(n, d):
    """The frequency of one step."""
    if not prim.is_number(d):
        prim.error("d must be a number, not {}", d)
    elif prim.kind(prim.dtype(d)) == "c":
        prim.error("complex d= is not supported")
    else:
        return prim.cast(1.0 / (n * d), np.float64)


def frequencies(n, d, device):
    if device is not None:
        prim.error("device= is not supported")
    elif not prim.is_integer(n):
        raise ValueError("n should be an integer")
    else:
        scale = spacing(n, d)
        out = prim.empty(n, np.float64)
        half = (n - 1) // 2 + 1
        for i in range(n):
            out[i] = (i if i < half else i - n) * scale
        return out


@implements("numpy.fft.fftfreq")
def fftfreq(n, d=1.0, device=None):
    """The frequencies of a transform's elements."""
    return frequencies(n, d, device)


@implements("numpy.fft.rfftfreq")
def rfftfreq(n, d=1.0, device=None):
    """The frequencies of the elements of a half."""
    if device is not None:
        prim.error("device= is not supported")
    elif not prim.is_integer(n):
        raise ValueError("n should be an integer")
    else:
        scale = spacing(n, d)
        out = prim.empty(max(int(n) // 2 + 1, 0), np.float64)
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


def shift(x, axes, back):
    a = as_array(x)
    each = axes_or_all(axes, a.ndim)
    if a.ndim == 0 and axes is None:
        # What np.roll raises then.
        raise ValueError("not enough values to unpack (expected 2, got 0)")
    elif len(each) == 0:
        return duplicate(a, prim.dtype(a), "K")
    else:
        return shifted(a, each, back)


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
    return shift(x, axes, False)


@implements("numpy.fft.ifftshift")
def ifftshift(x, axes=None):
    """Takes `fftshift` back."""
    return shift(x, axes, True)
