"""Numba's own test suite, run over cumbia: what `numba.tests` compiles is called both ways."""
