"""k-means clustering (Lloyd's iteration) of scanned digits.

The start is ten given rows, so every engine walks the same way; sums run in the order
of the rows, so results agree to the bit. C with contraction rounds distances
differently, which moves centroids in their last digits but hardly ever a label.
"""

from __future__ import annotations

import ctypes

import numpy as np

from benches.kernels import Case, CPeer, Kernel, data


def kmeans(points, start, max_rounds, centroids, labels):
    count, width = points.shape
    groups = start.shape[0]
    sums = np.empty((groups, width))
    sizes = np.empty(groups)
    for group in range(groups):
        for k in range(width):
            centroids[group, k] = start[group, k]
    for i in range(count):
        labels[i] = -1
    inertia = 0.0
    for round_number in range(max_rounds):
        for group in range(groups):
            sizes[group] = 0.0
            for k in range(width):
                sums[group, k] = 0.0
        inertia = 0.0
        moved = 0
        for i in range(count):
            best = 0
            best_distance = -1.0
            for group in range(groups):
                distance = 0.0
                for k in range(width):
                    difference = points[i, k] - centroids[group, k]
                    distance += difference * difference
                if best_distance < 0.0 or distance < best_distance:
                    best_distance = distance
                    best = group
            if labels[i] != best:
                labels[i] = best
                moved += 1
            inertia += best_distance
            sizes[best] += 1.0
            for k in range(width):
                sums[best, k] += points[i, k]
        for group in range(groups):
            if sizes[group] > 0.0:
                for k in range(width):
                    centroids[group, k] = sums[group, k] / sizes[group]
        if moved == 0:
            break
    return inertia


def make_case(scale: str) -> Case:
    """Take all digits until nothing moves, some of them for a few rounds, or noise."""
    if scale == "tiny":
        rng = np.random.default_rng(2)
        points = rng.normal(size=(40, 3))
        shown = rng.integers(0, 10, 40)
        groups, rounds = 4, 5
    else:
        points, shown = data.digits()
        groups, rounds = 10, 100
        if scale == "reduced":
            points = np.ascontiguousarray(points[:400])
            shown = shown[:400]
            rounds = 3
    start = points[:groups].copy()
    centroids = np.ones_like(start)
    labels = np.ones(len(points), dtype=np.int64)
    label = f"{points.shape[0]} rows of {points.shape[1]}, {groups} groups"
    label += f", {rounds} rounds" if scale == "reduced" else ", to convergence"
    work = points.size * groups * rounds
    return Case((points, start, rounds, centroids, labels), work, label, {"shown": shown})


def outputs(case: Case, result) -> dict[str, np.ndarray]:
    """Name centroids, labels and the sum of squared distances."""
    _, _, _, centroids, labels = case.args
    return {
        "inertia": np.float64(result),
        "centroids": centroids.copy(),
        "labels": labels.copy(),
    }


def check(case: Case, got: dict[str, np.ndarray]) -> None:
    """Centroids must be their groups' means; if converged, labels the nearest."""
    points, start, rounds, _, _ = case.args
    labels = got["labels"]
    for group in range(len(start)):
        members = points[labels == group]
        if len(members):
            mean = members.mean(0)
            assert np.allclose(got["centroids"][group], mean, rtol=1e-12, atol=1e-12)
    if rounds >= 100:
        distances = ((points[:, None, :] - got["centroids"]) ** 2).sum(2)
        assert np.array_equal(distances.argmin(1), labels), "a row is not in the nearest group"
        assert np.isclose(distances.min(1).sum(), got["inertia"], rtol=1e-12)


def plot(figure, case: Case, got: dict[str, np.ndarray]) -> None:
    """Show the rows in their two main directions by group, and each group's mean."""
    points = case.args[0]
    labels = got["labels"]
    shown = case.context["shown"]
    centred = points - points.mean(0)
    directions = np.linalg.svd(centred, full_matrices=False)[2][:2]
    flat = centred @ directions.T
    left, right = figure.subfigures(1, 2, width_ratios=(1.5, 1))
    axis = left.subplots()
    axis.scatter(flat[:, 0], flat[:, 1], c=labels, cmap="tab10", s=6, linewidths=0)
    middle = (got["centroids"] - points.mean(0)) @ directions.T
    for group, (x, y) in enumerate(middle):
        axis.text(
            x,
            y,
            str(group),
            ha="center",
            va="center",
            weight="bold",
            bbox={"boxstyle": "circle", "facecolor": "white", "alpha": 0.8},
        )
    axis.set_title("scanned digits by group, first two principal axes")
    axis.set_xticks([])
    axis.set_yticks([])
    for group, small in enumerate(right.subplots(5, 2).flat):
        small.imshow(got["centroids"][group].reshape(8, 8), cmap="gray_r")
        members = shown[labels == group]
        most = np.bincount(members, minlength=10).argmax() if len(members) else "-"
        share = np.mean(members == most) if len(members) else 0.0
        small.set_title(f"group {group}: '{most}' {share:.0%}", fontsize=8)
        small.set_axis_off()


def bind(library, args):
    """Prepare a call of the C function."""
    points, start, rounds, centroids, labels = args
    sums = np.ones_like(start)
    sizes = np.ones(len(start))
    function = library.kmeans
    function.restype = ctypes.c_double
    call = (
        ctypes.c_int64(points.shape[0]),
        ctypes.c_int64(points.shape[1]),
        ctypes.c_int64(start.shape[0]),
        ctypes.c_void_p(points.ctypes.data),
        ctypes.c_void_p(start.ctypes.data),
        ctypes.c_int64(rounds),
        ctypes.c_void_p(centroids.ctypes.data),
        ctypes.c_void_p(labels.ctypes.data),
        ctypes.c_void_p(sums.ctypes.data),
        ctypes.c_void_p(sizes.ctypes.data),
    )
    return lambda _alive=(sums, sizes): function(*call)


KERNEL = Kernel(
    name="kmeans",
    title="k-means on scanned digits",
    function=kmeans,
    make_case=make_case,
    outputs=outputs,
    check=check,
    plot=plot,
    c=CPeer("kmeans.c", bind, {"inertia": 1e-3, "centroids": 1e-2, "labels": 1e-2}),
)
