"""What a call costs: see `benches.dispatch.__main__`."""
