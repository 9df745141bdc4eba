"""umap-learn: embeddings keep neighbors together, whatever they are made of and by."""

import numba
import numpy as np
import pytest
import scipy.sparse
import umap
from sklearn.datasets import load_iris, make_blobs
from sklearn.manifold import trustworthiness
from umap import distances
from umap.umap_ import fuzzy_simplicial_set, nearest_neighbors, smooth_knn_dist

POINTS, GROUPS = make_blobs(240, n_features=6, centers=5, cluster_std=0.8, random_state=3)
POINTS = POINTS.astype(np.float32)
METRICS = (
    "euclidean", "manhattan", "chebyshev", "minkowski", "canberra", "braycurtis", "cosine", "correlation", "hellinger", "ll_dirichlet",
)


def embedded(points=POINTS, y=None, **options):
    given = {"n_neighbors": 12, "n_epochs": 60, "random_state": 5, **options}
    return umap.UMAP(**given).fit(points, y)


def held_together(made, least, points=POINTS):
    assert made.embedding_.shape[0] == points.shape[0] and np.isfinite(made.embedding_).all()
    assert trustworthiness(points, made.embedding_, n_neighbors=10) > least


@pytest.mark.parametrize("init", ["spectral", "random", "pca"])
def test_initial_places(init):
    held_together(embedded(init=init, n_epochs=150), 0.9)


@pytest.mark.parametrize("metric", METRICS)
def test_metrics(metric):
    made = embedded(np.abs(POINTS), metric=metric)
    assert np.isfinite(made.embedding_).all()
    if metric in ("euclidean", "manhattan", "minkowski"):
        held_together(made, 0.9, np.abs(POINTS))


@pytest.mark.parametrize("metric", [one for one in METRICS if one not in ("ll_dirichlet", "hellinger")])
def test_distances(metric):
    from sklearn.metrics import pairwise_distances

    wanted = pairwise_distances(np.abs(POINTS[:8]).astype(float), metric=metric)
    function = distances.named_distances[metric]
    got = [[function(a, b) for b in np.abs(POINTS[:8]).astype(float)] for a in np.abs(POINTS[:8]).astype(float)]
    np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("metric", ["jaccard", "dice", "hamming", "russellrao", "rogerstanimoto", "sokalmichener", "yule", "kulsinski", "matching"])
def test_distances_of_truth_values(metric):
    rows = POINTS[:20] > 0
    found = [distances.named_distances[metric](a, b) for a in rows for b in rows]
    assert np.isfinite(found).all() and found[0] == 0 or metric in ("russellrao", "kulsinski")


def test_a_metric_of_the_programs_own():
    @numba.njit()
    def first_only(a, b):
        return abs(a[0] - b[0])

    made = embedded(metric=first_only)
    order = np.argsort(POINTS[:, 0])
    near = np.linalg.norm(np.diff(made.embedding_[order], axis=0), axis=1)
    far = np.linalg.norm(made.embedding_[order][:-80] - made.embedding_[order][80:], axis=1)
    assert np.median(near) < np.median(far)


def test_of_a_sparse_matrix():
    rows = np.where(np.abs(POINTS) > 3, POINTS, 0)
    held_together(embedded(scipy.sparse.csr_matrix(rows)), 0.8, rows)


def test_with_groups():
    made = embedded(y=GROUPS)
    held_together(made, 0.85)
    centres = np.array([made.embedding_[GROUPS == one].mean(0) for one in range(5)])
    spread = max(made.embedding_[GROUPS == one].std() for one in range(5))
    assert np.linalg.norm(centres[:, None] - centres[None], axis=2)[~np.eye(5, dtype=bool)].min() > spread / 2


def test_new_points():
    made = embedded(POINTS[:200])
    new = made.transform(POINTS[200:])
    nearest = np.argmin(np.linalg.norm(made.embedding_[None] - new[:, None], axis=2), axis=1)
    assert np.mean(GROUPS[:200][nearest] == GROUPS[200:]) > 0.9


def test_back_from_the_plane():
    made = embedded(n_components=2)
    back = made.inverse_transform(made.embedding_[:10])
    assert back.shape == (10, 6) and np.isfinite(back).all()


def test_dense_maps():
    made = umap.UMAP(n_neighbors=12, n_epochs=60, random_state=5, densmap=True, output_dens=True)
    places, before, after = made.fit_transform(POINTS)
    assert np.isfinite(places).all() and before.shape == after.shape == (240,)


@pytest.mark.parametrize("metric", ["haversine", "hyperboloid", "gaussian_energy"])
def test_other_spaces(metric):
    made = embedded(output_metric=metric, n_components=5 if metric == "gaussian_energy" else 2, n_epochs=30)
    assert np.isfinite(made.embedding_).all()


def test_aligned():
    halves = [POINTS[:150], POINTS[90:]]
    same = {i + 90: i for i in range(60)}
    made = umap.AlignedUMAP(n_neighbors=10, n_epochs=40, random_state=4).fit(halves, relations=[same])
    assert [one.shape for one in made.embeddings_] == [(150, 2), (150, 2)]


def test_parts():
    indices, far, _ = nearest_neighbors(POINTS, 10, "euclidean", {}, False, np.random.RandomState(1))
    sigmas, rhos = smooth_knn_dist(far, 10.0)
    assert (sigmas > 0).all() and rhos == pytest.approx(far[:, 1])
    graph, *_ = fuzzy_simplicial_set(POINTS, 10, np.random.RandomState(1), "euclidean")
    assert graph.shape == (240, 240) and abs(graph - graph.T).max() < 1e-6 and 0 < graph.max() <= 1


def test_many_points_by_descent():
    points = np.random.RandomState(0).normal(size=(5000, 5)).astype(np.float32)
    indices, far, _ = nearest_neighbors(points, 10, "euclidean", {}, False, np.random.RandomState(1), low_memory=True)
    from sklearn.neighbors import NearestNeighbors

    true = NearestNeighbors(n_neighbors=10).fit(points).kneighbors(points[:200])[1]
    found = np.mean([len(np.intersect1d(a, b)) for a, b in zip(indices, true)]) / 10
    assert found > 0.9


def test_the_same_twice():
    iris = load_iris().data.astype(np.float32)
    one, other = embedded(iris), embedded(iris)
    assert np.array_equal(one.embedding_, other.embedding_)
    held_together(one, 0.95, iris)
