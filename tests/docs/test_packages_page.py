"""`docs/packages.md` says what the committed results of `python -m tests.packages` say."""

import json

from tests.packages import telling
from tests.packages.listing import PACKAGES


def test_the_page_is_made_of_the_results():
    assert telling.PAGE.read_text() == telling.page(), "python -m tests.packages --table"


def test_the_counts_add_up():
    versions = {package.name: package.version for package in PACKAGES}
    for row in json.loads(telling.RESULTS.read_text()):
        assert row["tests"] == row["same"] + sum(row["why not"].values()) > 0
        assert versions[row["package"]] == row["version"]


def test_failures_are_told_apart():
    def failed(text, outcome="failed", chain=()):
        return telling.kind({"outcome": outcome, "text": text, "chain": chain})

    assert failed("error[CB0301]: variable") == "CB0301"
    assert failed("assert 1 == 2", chain=[["TypingError", "error[CB0402]: x"]]) == "CB0402"
    assert failed("cumbia has no 'pycc' in Numba's place") == "name"
    assert failed("assert 1 == 2") == "other"
    assert failed("", outcome="signal SIGSEGV") == "crash"
    assert failed("", outcome="time limit") == "time"
    assert telling.kind(None) == "not run"
