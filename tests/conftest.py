"""For all tests: see `tests`."""

import tests  # noqa: F401
