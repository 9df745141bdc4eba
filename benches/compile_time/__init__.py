"""How compiling grows with the function: see `benches.compile_time.__main__`."""
