"""Reading digits by their nearest neighbours

Each of 600 scanned digits is compared with 1,197 known ones; the five that are nearest vote. The
table comes with scikit-learn, whose classifier is the peer and has to give the same answers.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from frame import Frame
from matplotlib import pyplot as plt
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.neighbors import KNeighborsClassifier

from cumbia import jit


@jit
def classify(known: NDArray[np.float64], labels: NDArray[np.int64], asked: NDArray[np.float64], k: int) -> NDArray[np.int64]:
    answers = np.empty(len(asked), np.int64)
    nearest = np.empty(k)
    whose = np.empty(k, np.int64)
    for q in range(len(asked)):
        nearest[:] = np.inf
        for i in range(len(known)):
            distance = 0.0
            for j in range(known.shape[1]):
                difference = known[i, j] - asked[q, j]
                distance += difference * difference
            if distance < nearest[k - 1]:
                place = k - 1
                while place > 0 and nearest[place - 1] > distance:
                    nearest[place] = nearest[place - 1]
                    whose[place] = whose[place - 1]
                    place -= 1
                nearest[place] = distance
                whose[place] = labels[i]
        votes = np.zeros(10, np.int64)
        for label in whose:
            votes[label] += 1
        answers[q] = np.argmax(votes)
    return answers


def with_sklearn(known: Any, labels: Any, asked: Any, k: int) -> Any:
    return KNeighborsClassifier(k, algorithm="brute").fit(known, labels).predict(asked)


def mostly_same(a: Any, b: Any) -> None:
    """Neighbours at the same distance may be taken in another order."""
    assert np.mean(a == b) > 0.99


def main() -> None:
    frame = Frame(__doc__ or "", __file__)
    table = cast(Any, load_digits())
    data, labels = table.data, table.target
    known, asked = data[600:], data[:600]
    count = 2 if frame.small else 10
    frame.compare(classify, known, labels[600:], asked[:count], 5, peers={"scikit-learn": with_sklearn}, close=mostly_same)
    answers = classify(known, labels[600:], asked, 5)
    mostly_same(answers, with_sklearn(known, labels[600:], asked, 5))
    right = answers == labels[:600]
    print(f"{right.sum()} of {right.size} are read correctly")
    assert right.mean() > 0.95
    wrong = np.flatnonzero(~right)[:10]
    figure, axes = plt.subplots(1, len(wrong), figsize=(9, 1.4))
    for one, at in zip(axes, wrong):
        one.imshow(asked[at].reshape(8, 8), cmap="gray_r")
        one.set_title(f"{labels[at]}, read {answers[at]}", fontsize=8)
        one.axis("off")
    frame.save(figure)


if __name__ == "__main__":
    main()
