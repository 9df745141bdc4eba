"""A spell checker

Words and how frequent they are come from the manual's chapters that each Python brings (`help("topics")`).
For a word that isn't among them the checker names those that are fewest edits away, the more frequent first; an
edit is a letter more, less, changed or swapped with the next.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from typing import Any

from frame import Frame
from matplotlib import pyplot as plt
from pydoc_data import topics

from cumbia import jit

MISSPELT = ["funtcion", "exeption", "agruments", "dictionery", "retruned", "statment", "refrence", "seperate", "atribute", "modlue", "opertor", "itreable"]
MEANT = ["function", "exception", "arguments", "dictionary", "returned", "statement", "reference", "separate", "attribute", "module", "operator", "iterable"]


@jit
def distance(a: str, b: str, limit: int) -> int:
    """How many edits lie between two words, or something above the limit."""
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    before = [0] * (len(b) + 1)
    row = list(range(len(b) + 1))
    for i in range(1, len(a) + 1):
        older, before = before, row
        row = [i] * (len(b) + 1)
        least = i
        for j in range(1, len(b) + 1):
            edits = before[j - 1] + (a[i - 1] != b[j - 1])
            edits = min(edits, before[j] + 1, row[j - 1] + 1)
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                edits = min(edits, older[j - 2] + 1)
            row[j] = edits
            least = min(least, edits)
        if least > limit:
            return least
    return row[len(b)]


@jit
def suggest(asked: list[str], words: dict[str, int]) -> list[str]:
    """The best word for each."""
    answers = []
    for one in asked:
        best, least, often = "", 3, 0
        for word, count in words.items():
            edits = distance(one, word, least)
            if edits < least or edits == least and count > often:
                best, least, often = word, edits, count
        answers.append(best)
    return answers


def with_difflib(asked: list[str], words: dict[str, int]) -> list[str]:
    """Python's library; it measures likeness in another way."""
    return [(difflib.get_close_matches(one, words, 1, 0.6) or [""])[0] for one in asked]


def both_good(ours: Any, theirs: Any) -> None:
    assert sum(a == b for a, b in zip(ours, theirs)) >= 0.5 * len(ours)


def main() -> None:
    frame = Frame(__doc__ or "", __file__)
    counts = Counter(re.findall(r"[a-z]{3,}", " ".join(topics.topics.values()).lower()))
    words = {word: count for word, count in counts.items() if count > 1}
    asked = MISSPELT[: 1 if frame.small else None]
    if frame.small:
        words = dict(list(words.items())[:300])
    answers = frame.compare(suggest, asked, words, peers={"difflib": with_difflib}, close=(lambda a, b: None) if frame.small else both_good)
    print(", ".join(f"{one}: {other}" for one, other in zip(asked, answers)))
    if not frame.small:
        assert answers == MEANT
    assert distance("abcdef", "abdcef", 3) == 1 and distance("kitten", "sitting", 3) == 3
    lengths = Counter(distance("function", word, 20) for word in words)
    figure, axes = plt.subplots(figsize=(7, 2.6))
    axes.bar(list(lengths), [lengths[one] for one in lengths])
    axes.set_xlabel('edits from "function"')
    axes.set_ylabel("words")
    frame.save(figure)


if __name__ == "__main__":
    main()
