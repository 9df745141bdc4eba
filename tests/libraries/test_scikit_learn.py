"""Compiled functions as metrics and transformers of scikit-learn, against the same in Python."""

import numpy as np
import pytest
from sklearn.cluster import DBSCAN
from sklearn.metrics import make_scorer, pairwise_distances
from sklearn.model_selection import cross_val_score
from sklearn.neighbors import BallTree, KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from cumbia import jit, vectorize


def canberra(a, b):
    total = 0.0
    for i in range(len(a)):
        both = abs(a[i]) + abs(b[i])
        if both > 0:
            total += abs(a[i] - b[i]) / both
    return total


def minkowski(a, b, p=3):
    total = 0.0
    for x, y in zip(a, b):
        total += abs(x - y) ** p
    return total ** (1 / p)


@pytest.fixture
def points():
    rng = np.random.default_rng(1)
    return rng.normal(size=(60, 4)), rng.integers(0, 3, 60)


def test_pairwise_distances(points):
    x, _ = points
    fast = jit(canberra)
    np.testing.assert_array_equal(pairwise_distances(x, metric=fast), pairwise_distances(x, metric=canberra))
    # A power is at most a unit in the last place from NumPy's own.
    np.testing.assert_allclose(
        pairwise_distances(x, x[:7], metric=jit(minkowski), p=2),
        pairwise_distances(x, x[:7], metric=minkowski, p=2), rtol=5e-16,
    )  # fmt: skip
    np.testing.assert_allclose(pairwise_distances(x, metric=fast), pairwise_distances(x, metric="canberra"))
    assert fast.stats["compiles"] + fast.stats["found"] == fast.stats["specializations"]


@pytest.mark.parametrize("algorithm", ["brute", "ball_tree"])
@pytest.mark.parametrize("model", [KNeighborsClassifier, KNeighborsRegressor])
def test_neighbours(points, model, algorithm):
    x, y = points
    made = [
        model(n_neighbors=3, metric=metric, algorithm=algorithm).fit(x[:40], y[:40]).predict(x[40:])
        for metric in (canberra, jit(canberra))
    ]
    np.testing.assert_array_equal(*made)


def test_neighbours_of_workers(points):
    x, y = points
    model = KNeighborsClassifier(metric=jit(canberra), algorithm="brute", n_jobs=2).fit(x, y)
    plain = KNeighborsClassifier(metric=canberra, algorithm="brute").fit(x, y)
    np.testing.assert_array_equal(model.predict(x), plain.predict(x))
    scores = cross_val_score(KNeighborsClassifier(metric=jit(canberra)), x, y, cv=3)
    np.testing.assert_array_equal(scores, cross_val_score(KNeighborsClassifier(metric=canberra), x, y, cv=3))


def test_trees_and_clusters(points):
    x, _ = points
    found = [BallTree(x, metric=metric).query(x[:5], k=3) for metric in (canberra, jit(canberra))]
    for fast, plain in zip(*found):
        np.testing.assert_array_equal(fast, plain)
    labels = [DBSCAN(eps=1.2, metric=metric).fit(x).labels_ for metric in (canberra, jit(canberra))]
    np.testing.assert_array_equal(*labels)


def test_transformers(points):
    @vectorize
    def softsign(x):
        return x / (1 + abs(x))

    @jit
    def centred(a):
        out = np.empty_like(a)
        for j in range(a.shape[1]):
            out[:, j] = a[:, j] - a[:, j].mean()
        return out

    x, y = points
    steps = make_pipeline(FunctionTransformer(centred), FunctionTransformer(softsign))
    plain = make_pipeline(FunctionTransformer(centred.py_func), FunctionTransformer(lambda a: a / (1 + np.abs(a))))
    np.testing.assert_allclose(steps.fit_transform(x), plain.fit_transform(x), rtol=1e-15)


def test_scorers(points):
    @jit
    def share(y, predicted):
        hits = 0
        for a, b in zip(y, predicted):
            hits += a == b
        return hits / len(y)

    x, y = points
    scorer = make_scorer(share)
    model = KNeighborsClassifier().fit(x, y)
    assert scorer(model, x, y) == model.score(x, y)
