"""fast-hdbscan: groups are found as they were made, and as scikit-learn finds them."""

import numpy as np
import pytest
from fast_hdbscan import HDBSCAN, fast_hdbscan
from fast_hdbscan.boruvka import parallel_boruvka
from fast_hdbscan.cluster_trees import condense_tree, mst_to_linkage_tree
from fast_hdbscan.disjoint_set import ds_find, ds_rank_create, ds_union_by_rank
from fast_hdbscan.numba_kdtree import build_kdtree, parallel_tree_query
from sklearn.cluster import HDBSCAN as Known
from sklearn.datasets import make_blobs, make_moons
from sklearn.metrics import adjusted_rand_score
from sklearn.neighbors import KDTree

POINTS, GROUPS = make_blobs(400, n_features=3, centers=5, cluster_std=0.25, random_state=2)


@pytest.mark.parametrize("size", [5, 10, 25])
@pytest.mark.parametrize("method", ["eom", "leaf"])
def test_groups(size, method):
    labels = HDBSCAN(min_cluster_size=size, cluster_selection_method=method).fit_predict(POINTS)
    known = Known(min_cluster_size=size, cluster_selection_method=method, copy=True).fit_predict(POINTS)
    assert adjusted_rand_score(labels, GROUPS) > (0.9 if method == "eom" else 0.2)
    assert adjusted_rand_score(labels, known) > (0.95 if method == "eom" else 0.5)


def test_moons():
    points, halves = make_moons(300, noise=0.05, random_state=1)
    made = HDBSCAN(min_cluster_size=15).fit(points)
    assert adjusted_rand_score(made.labels_, halves) > 0.95
    assert made.probabilities_.min() >= 0 and made.probabilities_.max() == 1


@pytest.mark.parametrize("options", [
    {"allow_single_cluster": True}, {"cluster_selection_epsilon": 1.0}, {"max_cluster_size": 100}, {"min_samples": 3},
])  # fmt: skip
def test_options(options):
    labels, probabilities, *_ = fast_hdbscan(POINTS, min_cluster_size=10, return_trees=True, **options)
    assert labels.shape == probabilities.shape == (400,) and labels.max() >= 0


def test_weights():
    weights = np.ones(400, np.float32)
    weights[:50] = 3
    made = HDBSCAN(min_cluster_size=10).fit(POINTS, sample_weight=weights)
    assert adjusted_rand_score(made.labels_, GROUPS) > 0.9


def test_the_tree():
    edges, *_ = parallel_boruvka(build_kdtree(POINTS.astype(np.float32)), 1, min_samples=5)
    assert edges.shape == (399, 3)
    linked = mst_to_linkage_tree(edges[np.argsort(edges[:, 2])])
    condensed = condense_tree(linked, 10)
    assert linked.shape == (399, 4) and condensed.child_size.max() <= 400
    from scipy.sparse.csgraph import minimum_spanning_tree
    from scipy.spatial.distance import cdist

    whole = cdist(POINTS, POINTS)
    core = np.sort(whole, axis=1)[:, 5]
    reach = np.maximum(np.maximum(core[:, None], core[None]), whole)
    np.fill_diagonal(reach, 0)
    assert edges[:, 2].sum() == pytest.approx(minimum_spanning_tree(reach).sum(), rel=1e-4)


def test_neighbors():
    points = POINTS.astype(np.float32)
    far, near = parallel_tree_query(build_kdtree(points), points, k=7, output_rdist=False)
    true, places = KDTree(points).query(points, k=7)
    np.testing.assert_allclose(np.sort(far, axis=1), true, rtol=1e-4, atol=1e-6)
    assert np.mean(np.sort(near, axis=1) == np.sort(places, axis=1)) > 0.99


def test_disjoint_sets():
    sets = ds_rank_create(10)
    for a, b in ((1, 2), (3, 4), (2, 3), (7, 8)):
        ds_union_by_rank(sets, a, b)
    assert len({int(ds_find(sets, i)) for i in range(10)}) == 6
    assert ds_find(sets, 1) == ds_find(sets, 4) != ds_find(sets, 7)
