"""The command line: `cumbia`, or `python -m cumbia`; see `cumbia._command`."""

from __future__ import annotations

import sys

from cumbia._command import main

__all__ = ["main"]


if __name__ == "__main__":
    sys.exit(main())
