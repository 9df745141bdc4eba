"""Expressions for `sweep.py`, for names whose list of parameters doesn't say how to call them.

`a` is the array that has its turn, `b` another one of its shape or of that without the first
axis.
"""

# Relative tolerances where compiled code isn't NumPy's own arithmetic: prefixes of names, or
# names.
NEAR = {
    "np.linalg": 1e-9,
    "np.fft": 1e-12,
    **dict.fromkeys(["np.nanstd", "np.nanvar", "np.std", "np.var", "a.std", "a.var"], 1e-14),
    "np.polynomial.polynomial": 1e-9,
    "np.polynomial.chebyshev": 1e-9,
    "np.polynomial.legendre": 1e-9,
    "np.polynomial.hermite": 1e-9,
    "np.polynomial.hermite_e": 1e-9,
    "np.polynomial.laguerre": 1e-9,
    **dict.fromkeys(
        ["np.cov", "np.corrcoef", "np.vander", "np.polyfit", "np.roots", "np.poly", "np.matmul", "np.dot", "np.inner"], 1e-9
    ),
    **dict.fromkeys(["np.vdot", "np.tensordot", "np.einsum", "np.vecdot", "np.matvec", "np.vecmat"], 1e-9),
    **dict.fromkeys(["a.dot", "np.convolve", "np.correlate", "np.logspace", "np.geomspace"], 1e-9),
    # The last digits of elementary functions (docs/accuracy.md).
    **dict.fromkeys(
        "np." + name
        for name in "sin cos tan arcsin arccos arctan arctan2 asin acos atan atan2 sinh cosh tanh arcsinh arccosh arctanh asinh acosh atanh exp exp2 expm1 log log2 log10 log1p power pow float_power cbrt hypot logaddexp logaddexp2 sinc i0 kaiser angle sqrt reciprocal absolute abs hanning hamming blackman".split()
    ),
}
NEAR = {name: 1e-14 if tolerance is None else tolerance for name, tolerance in NEAR.items()}
# Methods that change the generator beside their result.
STREAMS = ("rng.",)

SHORT = "a.reshape(-1)[:3]"
LINE = "a.reshape(-1)"
REAL = "a.real.reshape(-1).astype(np.float64)"
SQUARE = "np.ones((3, 3)) * a.reshape(-1)[:1] + np.eye(3) * 3"

CASES = {
    # Creation
    "np.nditer": ["[x.item() for x in np.nditer(a, flags=['zerosize_ok'])]"],
    "np.add.reduceat": ["np.add.reduceat(a, [0, 2, 1])", "np.add.reduceat(a, [0], axis=-1)"],
    "np.multiply.reduceat": ["np.multiply.reduceat(a, [0, 2, 1])", "np.multiply.reduceat(a, [1], axis=-1)"],
    "np.arange": ["np.arange(a.size)", "np.arange(a.size, dtype=a.dtype)", "np.arange(1, a.size, 2)", "np.arange(0.0, 3.0, 0.5)"],
    "np.array": ["np.array(a)", "np.array(a, order='F')", "np.array(a, ndmin=3)", "np.array([a, a])", "np.array(a, dtype=np.float64)"],
    "np.base_repr": ["np.base_repr(a.size, 3)"],
    "np.binary_repr": ["np.binary_repr(a.size, 6)", "np.binary_repr(-a.size, 6)"],
    "np.empty": ["np.empty(a.shape).shape", "np.empty(a.shape, a.dtype).dtype"],
    "np.empty_like": ["np.empty_like(a).shape", "np.empty_like(a, shape=(2, 3)).size", "np.empty_like(a, order='F').ndim"],
    "np.eye": ["np.eye(a.size % 5)", "np.eye(3, a.size % 5, 1, dtype=a.dtype)"],
    "np.full": ["np.full(a.shape, 3)", "np.full(a.shape, 2.5, dtype=a.dtype)", "np.full(3, a.reshape(-1)[0])"],
    "np.full_like": ["np.full_like(a, 3)", "np.full_like(a, 2.5, dtype=np.float32)", "np.full_like(a, b)"],
    "np.identity": ["np.identity(a.size % 5)", "np.identity(3, a.dtype)"],
    "np.linspace": ["np.linspace(0, a.size, 5)", "np.linspace(a, b, 3)", "np.linspace(a, 2.0, 4, endpoint=False, axis=-1)"],
    "np.logspace": ["np.logspace(0, 2, 4)"],
    "np.geomspace": ["np.geomspace(1, 100, 5)"],
    "np.ones": ["np.ones(a.shape, a.dtype)"],
    "np.zeros": ["np.zeros(a.shape, a.dtype)"],
    "np.tri": ["np.tri(3, a.size % 4, 1, a.dtype)"],
    "np.frombuffer": ["np.frombuffer(a.tobytes(), dtype=a.dtype)"],
    "np.fromfunction": ["np.fromfunction(lambda i, j: i + 2 * j, (2, 3))"],
    "np.fromiter": [f"np.fromiter((x for x in {LINE}), a.dtype)"],
    "np.indices": ["np.indices(a.shape)", "np.indices(a.shape, sparse=True)"],
    "np.vander": [f"np.vander({SHORT})", f"np.vander({SHORT}, 2, True)"],
    "np.bartlett": ["np.bartlett(a.size)"],
    "np.blackman": ["np.blackman(a.size)"],
    "np.hamming": ["np.hamming(a.size)"],
    "np.hanning": ["np.hanning(a.size)"],
    "np.kaiser": ["np.kaiser(a.size, 2.5)"],
    "np.diag_indices": ["np.diag_indices(a.size % 5)"],
    "np.tril_indices": ["np.tril_indices(a.size % 5, 1)"],
    "np.triu_indices": ["np.triu_indices(a.size % 5, -1)"],
    "np.mask_indices": ["np.mask_indices(3, np.triu)"],
    # Shape
    "np.broadcast_to": ["np.broadcast_to(a, a.shape)", "np.broadcast_to(a, (2,) + a.shape)", "np.broadcast_to(a, (4,))"],
    "np.broadcast_shapes": ["np.broadcast_shapes(a.shape, (1,))"],
    "np.expand_dims": ["np.expand_dims(a, 0)", "np.expand_dims(a, -1)", "np.expand_dims(a, (0, 1))"],
    "np.moveaxis": ["np.moveaxis(a, 0, -1)"],
    "np.rollaxis": ["np.rollaxis(a, -1)"],
    "np.permute_dims": ["np.permute_dims(a)"],
    "np.reshape": ["np.reshape(a, -1)", "np.reshape(a, (-1, 1))", "np.reshape(a, a.shape[::-1])", "np.reshape(a, (-1,), order='F')"],
    "a.reshape": ["a.reshape(-1)", "a.reshape((-1, 1))", "a.reshape(-1, 2)", "a.reshape(a.shape[::-1], order='F')"],
    "np.resize": ["np.resize(a, (3, 2))", "np.resize(a, 7)"],
    "np.squeeze": ["np.squeeze(a, axis=0)", "np.squeeze(a, axis=-1)"],
    "a.squeeze": ["a.squeeze(axis=0)", "a.squeeze(axis=1)"],
    "np.swapaxes": ["np.swapaxes(a, 0, -1)"],
    "a.swapaxes": ["a.swapaxes(0, -1)"],
    "np.transpose": ["np.transpose(a)"],
    "np.tile": ["np.tile(a, 2)", "np.tile(a, (2, 1))"],
    "np.repeat": ["np.repeat(a, 2)", "np.repeat(a, 2, axis=0)", "np.repeat(a, [2], axis=-1)"],
    "a.repeat": ["a.repeat(2)", "a.repeat(2, axis=-1)"],
    "np.pad": ["np.pad(a, 1)", "np.pad(a, (1, 2), mode='edge')", "np.pad(a, 1, mode='wrap')", "np.pad(a, 1, mode='reflect')"],
    "np.roll": ["np.roll(a, 2)", "np.roll(a, -1, axis=0)"],
    "np.rot90": ["np.rot90(a)", "np.rot90(a, 2)", "np.rot90(a, -1)"],
    "np.split": ["np.split(a, 1)", "np.split(a, [1, 2])", "np.split(a, 2, axis=-1)"],
    "np.array_split": ["np.array_split(a, 2)", "np.array_split(a, [1], axis=-1)"],
    "np.hsplit": ["np.hsplit(a, 1)", "np.hsplit(a, [1])"],
    "np.vsplit": ["np.vsplit(a, 1)", "np.vsplit(a, [1])"],
    "np.dsplit": ["np.dsplit(a, 1)", "np.dsplit(a, [1])"],
    **{
        f"np.{name}": [f"np.{name}((a, a))", f"np.{name}([a, b])"]
        for name in ["hstack", "vstack", "row_stack", "dstack", "column_stack", "stack", "block"]
    },
    **{
        f"np.{name}": [f"np.{name}((a, a))", f"np.{name}((a, a), axis=-1)", f"np.{name}((a, a), axis=None)", f"np.{name}((a, b))"]
        for name in ["concatenate", "concat"]
    },
    "np.lib.stride_tricks.as_strided": [f"np.lib.stride_tricks.as_strided(np.resize(a, 9), (2, 2), (2 * a.itemsize, a.itemsize))"],
    "np.lib.stride_tricks.sliding_window_view": [
        f"np.lib.stride_tricks.sliding_window_view({LINE}, 2)",
        "np.lib.stride_tricks.sliding_window_view(a, 2, axis=-1)",
    ],
    "np.astype": ["np.astype(a, np.float32)", "np.astype(a, np.complex128)", "np.astype(a, a.dtype, copy=False)"],
    "a.astype": ["a.astype(np.float32)", "a.astype(np.complex128)", "a.astype(bool)", "a.astype('i8', copy=False)"],
    "a.view": ["a.view()", "a.view(a.dtype)", "a.view(np.uint8)"],
    "a.fill": ["a.fill(3)"],
    "a.byteswap": ["a.byteswap()"],
    "a.transpose": ["a.transpose()"],
    "a.tobytes": ["a.tobytes()", "a.tobytes('F')"],
    "a.item": ["a.item()", "a.item(0)", "a.item(-1)"],
    "a.tolist": ["a.tolist()"],
    # Indexing
    "np.take": ["np.take(a, [0, -1])", "np.take(a, 1, axis=-1)", "np.take(a, [5, 1], mode='wrap')", "np.take(a, [7], axis=0, mode='clip')"],
    "a.take": ["a.take([0, -1])", "a.take(0, axis=-1)"],
    "np.put": ["np.put(a, [0, -1], 1)", "np.put(a, [0, 99], 1, mode='clip')"],
    "a.put": ["a.put([0, -1], 1)"],
    "np.place": ["np.place(a, a == a, [1, 0])"],
    "np.putmask": ["np.putmask(a, a != 0, 1)"],
    "np.copyto": ["np.copyto(a, 1)", "np.copyto(a, b)", "np.copyto(a, a + 0, where=a != 0)"],
    "np.take_along_axis": ["np.take_along_axis(a, np.argsort(a, axis=-1), axis=-1)", "np.take_along_axis(a, np.zeros(3, int), None)"],
    "np.put_along_axis": ["np.put_along_axis(a, np.zeros_like(a, dtype=int), 1, axis=-1)"],
    "np.choose": ["np.choose(np.zeros(a.shape, int), (a, b))", "np.choose(a != 0, (a, b))"],
    "a.choose": ["(a != 0).astype(int).choose((b, 3))"],
    "np.compress": ["np.compress([True, False], a)", "np.compress([True], a, axis=0)"],
    "a.compress": ["a.compress([True, False])", "a.compress([True], axis=-1)"],
    "np.extract": ["np.extract(a != 0, a)"],
    "np.select": ["np.select([a != 0, a == 0], [a, b], 7)"],
    "np.where": ["np.where(a)", "np.where(a != 0, a, b)", "np.where(a == 0, 1, a)"],
    "np.piecewise": ["np.piecewise(a, [a != 0], [3, 1])", "np.piecewise(a, [a != 0], [lambda x: x * 2, lambda x: x])"],
    "np.ix_": [f"np.ix_({LINE} != 0)", "np.ix_([0, 1], [2])"],
    "np.unravel_index": ["np.unravel_index([0, 1], (2, 3))", "np.unravel_index(a.size, a.shape)"],
    "np.ravel_multi_index": ["np.ravel_multi_index((1, 2), (2, 3))"],
    "np.delete": ["np.delete(a, 0)", "np.delete(a, [0, -1], axis=-1)", "np.delete(a, slice(0, 2), axis=0)"],
    "np.insert": ["np.insert(a, 0, 1)", "np.insert(a, 1, 2, axis=0)", "np.insert(a, [0, -1], 3, axis=-1)"],
    "np.append": ["np.append(a, b)", "np.append(a, a, axis=0)"],
    "np.fill_diagonal": ["np.fill_diagonal(a, 1)"],
    "np.trim_zeros": [f"np.trim_zeros({LINE})"],
    # Sorting and searching
    "np.partition": ["np.partition(a, 0)[..., :1]", "np.partition(a, -1, axis=0)[-1:]"],
    "np.argpartition": ["np.argpartition(a, 0).shape"],
    "a.partition": ["a[...].copy().partition(0)"],
    "a.argpartition": ["a.argpartition(0).shape"],
    "np.argsort": ["np.argsort(a, kind='stable')", "np.argsort(a, axis=0, stable=True)", "np.argsort(a, axis=None, kind='stable')"],
    "a.argsort": ["a.argsort(kind='stable')"],
    "a.sort": ["a.sort()", "a.sort(axis=0)"],
    "np.searchsorted": [f"np.searchsorted(np.sort({LINE}), b)", f"np.searchsorted(np.sort({LINE}), 3, side='right')"],
    "a.searchsorted": [f"np.sort({LINE}).searchsorted(b)"],
    "np.digitize": ["np.digitize(a, [0, 1, 2])", "np.digitize(a, np.array([3.5, 1.0]), right=True)"],
    "np.lexsort": [f"np.lexsort(({LINE}, {LINE}[::-1]))", "np.lexsort((a, a))"],
    "np.unique_values": ["np.sort(np.unique_values(a))"],
    "np.unique": ["np.unique(a)", "np.unique(a, True, True, True)"],
    "np.interp": [f"np.interp(a, [0.0, 1.0, 5.0], [3.0, 2.0, 8.0])", "np.interp(1.5, [0, 1, 5], [1, 2, 3], left=-1)"],
    "np.isin": ["np.isin(a, b)", "np.isin(a, [0, 1], invert=True)"],
    # Statistics
    "np.bincount": [f"np.bincount({LINE})", f"np.bincount((a.real.reshape(-1) > 0).astype(int), minlength=3)"],
    "np.average": ["np.average(a)", "np.average(a, axis=0)", "np.average(a, weights=a)"],
    "np.histogram": ["np.histogram(a)", "np.histogram(a, 3, (0, 4))", "np.histogram(a, [0, 1, 5])"],
    "np.histogram_bin_edges": ["np.histogram_bin_edges(a, 4)", "np.histogram_bin_edges(a, 4, (0, 3))"],
    "np.histogram2d": [f"np.histogram2d({REAL}, {REAL}, 2, ((0, 4), (0, 4)))"],
    "np.histogramdd": [f"np.histogramdd(({REAL}, {REAL}), 2, ((0, 4), (0, 4)))"],
    **{
        f"np.{name}": [f"np.{name}(a, {q})", f"np.{name}(a, {q}, axis=0)", f"np.{name}(a, [0, {q}], axis=-1, keepdims=True)"]
        for name, q in [("percentile", 30), ("quantile", 0.3)]
    },
    **{
        f"np.{name}": [f"np.{name}(a, {q})", f"np.{name}(a, {q}, axis=0)", f"np.{name}(a, {q}, axis=-1, keepdims=True)"]
        for name, q in [("nanpercentile", 30), ("nanquantile", 0.3)]
    },
    "np.diff": ["np.diff(a)", "np.diff(a, axis=0)", "np.diff(a, 2)", "np.diff(a, prepend=0)"],
    "np.gradient": ["np.gradient(a)", "np.gradient(a, 2.0, axis=0)", "np.gradient(a, axis=-1, edge_order=2)"],
    "np.trapezoid": ["np.trapezoid(a)", "np.trapezoid(a, dx=0.5, axis=0)"],
    "np.clip": ["np.clip(a, 1, 3)", "np.clip(a, None, b)", "np.clip(a, 2, None)"],
    "a.clip": ["a.clip(1, 3)", "a.clip(max=2)"],
    "np.convolve": [f"np.convolve({LINE}, [1, 2])", f"np.convolve({LINE}, {LINE}, 'same')"],
    "np.correlate": [f"np.correlate({LINE}, [1, 2])", f"np.correlate({LINE}, {LINE}, 'full')"],
    "np.round": ["np.round(a)", "np.round(a, 1)", "np.round(a, -1)"],
    "np.around": ["np.around(a)", "np.around(a, 1)"],
    "np.cross": [f"np.cross({SHORT}, {SHORT}[::-1])", f"np.cross({SHORT}.real, [1, 2, 3])"],
    "np.ldexp": ["np.ldexp(a, 2)"],
    # Functions of functions
    "np.apply_along_axis": ["np.apply_along_axis(lambda x: x.sum(), 0, a)", "np.apply_along_axis(lambda x: x * 2, -1, a)"],
    "np.apply_over_axes": ["np.apply_over_axes(np.sum, a, (0,))"],
    "np.vectorize": ["np.vectorize(lambda x: x != 0)(a)", "np.vectorize(lambda x, y: x == y)(a, b)"],
    # Linear algebra
    "np.vecmat": ["np.vecmat(np.ones(a.shape[-1:]), a.T)", "np.vecmat(a, b)"],
    "np.matvec": ["np.matvec(a, np.ones(a.shape[-1:]))", "np.matvec(a, b.reshape(-1))"],
    "np.matmul": ["np.matmul(a, a.T)", "np.matmul(a, b)", "np.matmul(a, a.reshape(-1)[: a.shape[-1]])"],
    "np.dot": ["np.dot(a, a.T)", "np.dot(a, b)", "np.dot(a, 3)"],
    "a.dot": ["a.dot(a.T)", "a.dot(b)"],
    "np.einsum": ["np.einsum('...->...', a)", f"np.einsum('i,i->', {LINE}, {LINE})", f"np.einsum('i,j', {SHORT}, {SHORT})"],
    "np.tensordot": [f"np.tensordot({LINE}, {LINE}, 1)", "np.tensordot(a, b, 0)"],
    **{
        f"np.linalg.{name}": [f"np.linalg.{name}({SQUARE})", f"np.linalg.{name}(a)"]
        for name in "det inv slogdet cond matrix_rank svdvals matrix_norm trace diagonal matrix_transpose".split()
    },
    "np.linalg.pinv": [f"np.linalg.pinv({SQUARE})", "np.linalg.pinv(a.astype(np.complex64))"],
    "np.cov": ["np.cov(a.real)", f"np.cov({LINE}, ddof=0)"],
    "np.linalg.cholesky": [f"np.linalg.cholesky(np.eye(3) * {SHORT}[:1])", "np.linalg.cholesky(a)"],
    "np.linalg.eig": [f"np.linalg.eig({SQUARE})[0].shape", "np.linalg.eig(a)[0].dtype"],
    "np.linalg.eigvals": [f"np.linalg.eigvals({SQUARE}).shape"],
    "np.linalg.eigh": ["np.linalg.eigh(np.eye(3) * 2)[0]", "np.linalg.eigh(a)[0].dtype"],
    "np.linalg.eigvalsh": [f"np.linalg.eigvalsh({SQUARE})"],
    "np.linalg.lstsq": [f"np.linalg.lstsq({SQUARE}, np.ones(3))[0]"],
    "np.linalg.solve": [f"np.linalg.solve({SQUARE}, np.ones(3))", "np.linalg.solve(a, b)"],
    "np.linalg.svd": [f"np.linalg.svd({SQUARE})[1]", "np.linalg.svd(a, compute_uv=False)"],
    "np.linalg.qr": [f"np.abs(np.linalg.qr({SQUARE})[1])", "np.linalg.qr(a)[0].shape"],
    "np.linalg.matrix_power": [f"np.linalg.matrix_power({SQUARE}, 2)", "np.linalg.matrix_power(a, 3)"],
    "np.linalg.multi_dot": [f"np.linalg.multi_dot(({SQUARE}, np.eye(3), {SQUARE}))"],
    "np.linalg.outer": [f"np.linalg.outer({LINE}, {LINE})"],
    "np.linalg.cross": [f"np.linalg.cross({SHORT}.real, {SHORT}.real[::-1])"],
    "np.linalg.tensordot": ["np.linalg.tensordot(a, a, axes=0)"],
    "np.linalg.tensorinv": ["np.linalg.tensorinv(np.eye(4).reshape(2, 2, 2, 2) * (a.size + 1))"],
    "np.linalg.tensorsolve": ["np.linalg.tensorsolve(np.eye(4).reshape(2, 2, 2, 2), np.ones((2, 2)) * a.size)"],
    "np.linalg.norm": ["np.linalg.norm(a)", "np.linalg.norm(a, axis=-1)", "np.linalg.norm(a, 1, axis=0)"],
    "np.fft.fftfreq": ["np.fft.fftfreq(a.size + 1)"],
    "np.fft.rfftfreq": ["np.fft.rfftfreq(a.size + 1)"],
    # Polynomials
    "np.poly": ["np.poly([1.0, a.size])"],
    "np.roots": [f"np.roots({SHORT}).shape"],
    "np.polyfit": [f"np.polyfit(np.arange(5.0), np.arange(5.0) * a.size, 1)"],
    "np.polyval": ["np.polyval([1, 2, 3], b)", f"np.polyval(np.resize(a, 3), {REAL})"],
    "np.polyder": [f"np.polyder({SHORT})"],
    "np.polyint": [f"np.polyint({SHORT})"],
    "np.polyadd": [f"np.polyadd({SHORT}, {LINE})"],
    "np.polysub": [f"np.polysub({SHORT}, {LINE})"],
    "np.polymul": [f"np.polymul({SHORT}, {SHORT})"],
    "np.polydiv": [f"np.polydiv({SHORT}, {SHORT})"],
    # Dtypes
    "np.can_cast": ["np.can_cast(a.dtype, np.float32)", "np.can_cast(np.int64, a.dtype, 'same_kind')"],
    "np.promote_types": ["np.promote_types(a.dtype, np.float32)"],
    "np.errstate": ["np.errstate(all='ignore') is None"],
    "np.packbits": ["np.packbits(a)", "np.packbits(a, axis=-1, bitorder='little')"],
    "np.unpackbits": ["np.unpackbits(a)", "np.unpackbits(a, axis=-1, bitorder='little')"],
}

# What parameters without a default are given, by name: those of series ...
SERIES = {
    "c": SHORT, "c1": SHORT, "c2": LINE, "pol": SHORT, "roots": REAL, "x": "b", "y": "b", "z": "b",
    "deg": "2", "pow": "2", "off": "1.5", "scl": "2", "npts": "a.size + 1", "func": "lambda x: x * x",
    "old": "[0.0, 1.0]", "new": "[2.0, 5.0]", "alist": "(a, b)", "r": SHORT,
}  # fmt: skip
# ... and those of distributions, which draw from a generator of their own or NumPy's.
SIZES = "np.abs(np.nan_to_num(a.real, posinf=7, neginf=2)).astype(np.float64) % 100"
DRAWN = {
    "rng": "np.random.default_rng(7)", "a": f"{SIZES} + 1.5", "b": "2.0", "df": f"{SIZES} + 1", "dfnum": "3.0",
    "dfden": f"{SIZES} + 1", "nonc": "1.5", "shape": SIZES, "p": f"{SIZES} / 1e3 + 0.25", "n": "5", "lam": SIZES,
    "mu": SIZES, "kappa": "2.0", "mean": f"{SIZES} + 1", "scale": "1.5", "left": f"-({SIZES})", "mode": "1.0",
    "right": "2.0", "ngood": "5", "nbad": "6", "nsample": "4", "alpha": f"{SIZES} + 0.5", "length": "a.size",
    "pvals": "[0.25, 0.75]", "colors": "[3, 4, 5]", "low": "a.size + 1", "seed": "a.size", "x": "a[...].copy()",
}  # fmt: skip
CASES |= {
    **{
        f"{of}.multivariate_normal": [f"{of}.multivariate_normal([1.0, 2.0], np.eye(2) * (a.size + 1))"]
        for of in ["np.random", "rng"]
    },
    **{f"{of}.dirichlet": [f"{of}.dirichlet(({SIZES}).reshape(-1) + 0.5)"] for of in ["np.random", "rng"]},
    "np.random.rand": ["np.random.rand()", "np.random.rand(a.size, 2)"],
    "np.random.randn": ["np.random.randn()", "np.random.randn(a.size, 2)"],
    "np.random.seed": ["np.random.seed(a.size)\nnp.random.rand()"],
    "np.random.default_rng": ["np.random.default_rng(a.size).random()"],
    }
for module, short in [("polynomial", "poly"), ("chebyshev", "cheb"), ("legendre", "leg"), ("laguerre", "lag"), ("hermite", "herm"), ("hermite_e", "herme")]:
    start = f"np.polynomial.{module}.{short}"
    CASES |= {
        # Which of them are real depends on values (docs/semantics.md).
        f"{start}roots": [f"{start}roots({SHORT}).shape"],
        f"{start}val2d": [f"{start}val2d({REAL}, {REAL}, np.ones((2, 3)))"],
        f"{start}val3d": [f"{start}val3d({REAL}, {REAL}, {REAL}, np.ones((2, 3, 2)))"],
        f"{start}grid2d": [f"{start}grid2d({REAL}, {REAL}, np.ones((2, 3)))"],
        f"{start}grid3d": [f"{start}grid3d({SHORT}.real, {SHORT}.real, [1.0, 2.0], np.ones((2, 3, 2)))"],
        f"{start}vander2d": [f"{start}vander2d({REAL}, {REAL}, [1, 2])"],
        f"{start}vander3d": [f"{start}vander3d({REAL}, {REAL}, {REAL}, [1, 2, 1])"],
        f"{start}fit": [f"{start}fit(np.arange(5.0), np.arange(5.0) * a.size + 1, 1)"],
    }
CASES["np.polynomial.polyutils.trimseq"] = [f"np.polynomial.polyutils.trimseq({LINE})"]
# Values of NumPy's texts are those of test_text_arrays.py, which has arrays of texts.
ELSEWHERE = ("np.strings.",)
