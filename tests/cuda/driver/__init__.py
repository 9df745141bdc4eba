"""Launches by a driver, where there is no GPU: a stand-in (`tests/cuda/standin`) takes its place.

It does what is asked late and strictly; kernels that are launched run by their emulation, on
the arguments that are read back from the packed parameters by the layout that the assembly
declares.
"""
