"""Faults: what users, signals and other processes do to a running program, many times over.

Each kind is a function of a count that runs in a process of its own, since a crash or a hang
is an answer too. The suite runs each kind a few times (`test_faults.py`);
``python -m tests.faults`` runs them as often as the promise asks and prints what it measured.
"""
