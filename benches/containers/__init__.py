"""Lists, dicts, sets and strings: see `benches.containers.__main__`."""
