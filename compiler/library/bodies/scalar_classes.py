"""NumPy's scalar classes called with what arrays are made of: `np.float64(a)`."""

from copying import asarray


def of_items(dtype, x):
    """An array of the dtype, `x` itself where it is one; of no dimension its element."""
    made = asarray(x, dtype)
    if made.ndim == 0:
        return made[()]
    else:
        return made
