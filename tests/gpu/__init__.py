"""What is run on a machine with a GPU: see docs/gpu.md."""
