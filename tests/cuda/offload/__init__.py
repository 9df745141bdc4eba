"""Loops over ``prange`` of ordinary functions on a device: ``jit(target="cuda")``."""
