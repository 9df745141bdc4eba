"""Kernels of these tests run on the processor."""

import os

os.environ["CUMBIA_CUDA"] = "emulate"
