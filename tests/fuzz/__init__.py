"""Random programs over the compiled subset, run by CPython and by cumbia.

`generate.py` makes a program from a seed; `reference.py` runs it under CPython, with the
documented deviations built in; `compare.py` runs both and names what differs;
`shrink.py` makes a failing program small; `campaign.py` runs many, each batch in a
process of its own, so that a crash is a finding too. Failing programs are kept in
`corpus/` and replayed by `test_fuzz.py` from then on.
"""
