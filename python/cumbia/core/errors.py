"""`cumbia.errors`, under the name that Numba's programs import it by."""

from cumbia.errors import *  # noqa: F403
from cumbia.errors import __all__ as __all__
