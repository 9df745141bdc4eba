"""A plugin of pytest that writes down how each test ended, as it ends.

A line of JSON for each test goes to the file that `CUMBIA_PACKAGES_RECORD` names, so what was
found before a crash or a time limit is not lost. Loaded by its name, without the rest of this
directory. It judges nothing.
"""

import json
import os
import time

import pytest

FILE = os.environ["CUMBIA_PACKAGES_RECORD"]
# Of what an exception says.
MOST = 4000


def _write(line):
    with open(FILE, "a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def pytest_runtest_logstart(nodeid, location):
    _write({"test": nodeid, "at": time.time()})


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call" or report.outcome != "passed":
        error = call.excinfo
        _write({
            "test": report.nodeid,
            "outcome": report.outcome,
            "seconds": round(call.duration, 3),
            "error": error and error.typename,
            "text": str(error.value)[:MOST] if error and report.outcome == "failed" else "",
            "chain": _chain(error.value) if error and report.outcome == "failed" else [],
        })
    return report


def _chain(error):
    found = []
    while error is not None and len(found) < 6:
        found.append([type(error).__name__, str(error)[:MOST]])
        error = error.__cause__ or error.__context__
    return found[1:]


def pytest_collectreport(report):
    if report.failed:
        _write({"test": report.nodeid, "outcome": "collect", "seconds": 0, "error": "", "text": str(report.longrepr)[-MOST:]})
