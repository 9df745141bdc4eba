"""The solar system as point masses, by a fourth-order symplectic integrator.

Positions, velocities and masses at the start come from the astronomy-engine package
(a shortened VSOP87 theory, good to an arc minute), and so do the positions that the
orbits are judged by, two years on: later the small error of the start has grown with
the time, for Mercury to half its distance from the Sun after 165 years.
"""

from __future__ import annotations

import ctypes
import math

import numpy as np

from benches.kernels import Case, CPeer, Kernel
from benches.kernels.data import DataMissing

BODIES = (
    "Sun",
    "Mercury",
    "Venus",
    "EMB",
    "Mars",
    "Jupiter",
    "Saturn",
    "Uranus",
    "Neptune",
    "Pluto",
)

TWO_YEARS = 730.0


def nbody(position, velocity, gm, drift, kick, dt, steps, every, track, final):
    bodies = gm.shape[0]
    stages = drift.shape[0]
    x = np.empty((bodies, 3))
    v = np.empty((bodies, 3))
    for i in range(bodies):
        for k in range(3):
            x[i, k] = position[i, k]
            v[i, k] = velocity[i, k]
    sample = 0
    for step in range(steps):
        if step % every == 0:
            for i in range(bodies):
                for k in range(3):
                    track[sample, i, k] = x[i, k]
            sample += 1
        for stage in range(stages):
            h = drift[stage] * dt
            for i in range(bodies):
                for k in range(3):
                    x[i, k] += h * v[i, k]
            h = kick[stage] * dt
            if h == 0.0:
                continue
            for i in range(bodies):
                for j in range(i + 1, bodies):
                    dx = x[i, 0] - x[j, 0]
                    dy = x[i, 1] - x[j, 1]
                    dz = x[i, 2] - x[j, 2]
                    square = dx * dx + dy * dy + dz * dz
                    pull = h / (square * math.sqrt(square))
                    on_i = pull * gm[j]
                    on_j = pull * gm[i]
                    v[i, 0] -= dx * on_i
                    v[i, 1] -= dy * on_i
                    v[i, 2] -= dz * on_i
                    v[j, 0] += dx * on_j
                    v[j, 1] += dy * on_j
                    v[j, 2] += dz * on_j
    energy = 0.0
    for i in range(bodies):
        energy += 0.5 * gm[i] * (v[i, 0] * v[i, 0] + v[i, 1] * v[i, 1] + v[i, 2] * v[i, 2])
        for j in range(i + 1, bodies):
            dx = x[i, 0] - x[j, 0]
            dy = x[i, 1] - x[j, 1]
            dz = x[i, 2] - x[j, 2]
            energy -= gm[i] * gm[j] / math.sqrt(dx * dx + dy * dy + dz * dz)
    for i in range(bodies):
        for k in range(3):
            final[i, k] = x[i, k]
            final[i, k + 3] = v[i, k]
    return energy


def energy_of(x: np.ndarray, v: np.ndarray, gm: np.ndarray) -> float:
    """Return the total energy (times the gravitational constant), by NumPy."""
    kinetic = 0.5 * np.sum(gm * np.sum(v * v, axis=1))
    i, j = np.triu_indices(len(gm), 1)
    distance = np.sqrt(np.sum((x[i] - x[j]) ** 2, axis=1))
    return float(kinetic - np.sum(gm[i] * gm[j] / distance))


def ephemeris(days: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return positions, velocities (AU, days) and masses, `days` after noon 2000-01-01."""
    try:
        import astronomy
    except ImportError:
        raise DataMissing("package 'astronomy-engine' is not installed; `make demo` installs it")
    time = astronomy.Time(days)
    states = [astronomy.BaryState(getattr(astronomy.Body, name), time) for name in BODIES]
    x = np.array([[s.x, s.y, s.z] for s in states])
    v = np.array([[s.vx, s.vy, s.vz] for s in states])
    gm = np.array([astronomy.MassProduct(getattr(astronomy.Body, name)) for name in BODIES])
    return x, v, gm


def make_case(scale: str) -> Case:
    """Take 165 years (one round of Neptune), 2 years, or three invented bodies."""
    if scale == "tiny":
        x = np.array([[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 2.0, 0.5]])
        v = np.array([[0.0, 0.0, 0.0], [0.0, 1.0, 0.0], [-0.7, 0.0, 0.1]])
        gm = np.array([1.0, 1e-3, 2e-3])
        steps, every, dt = 30, 7, 0.05
    else:
        x, v, gm = ephemeris(0.0)
        steps, every, dt = (120530, 10, 0.5) if scale == "full" else (1470, 10, 0.5)
    root = 2.0 ** (1.0 / 3.0)
    outer = 1.0 / (2.0 - root)
    inner = -root * outer
    drift = np.array([outer / 2, (outer + inner) / 2, (outer + inner) / 2, outer / 2])
    kick = np.array([outer, inner, outer, 0.0])
    track = np.ones((-(-steps // every), len(gm), 3))
    final = np.ones((len(gm), 6))
    work = steps * 3 * len(gm) * (len(gm) - 1) // 2
    label = f"{len(gm)} bodies, {steps} steps"
    args = (x, v, gm, drift, kick, dt, steps, every, track, final)
    return Case(args, work, label, {"real": scale != "tiny"})


def outputs(case: Case, result) -> dict[str, np.ndarray]:
    """Name the sampled orbits, the last state and the energy."""
    return {
        "energy": np.float64(result),
        "track": case.args[8].copy(),
        "final": case.args[9].copy(),
    }


def check(case: Case, got: dict[str, np.ndarray]) -> None:
    """Energy must be kept, and the planets must be where the ephemeris has them."""
    x, v, gm, _, _, dt, _, every, _, _ = case.args
    start = energy_of(x, v, gm)
    end = energy_of(got["final"][:, :3], got["final"][:, 3:], gm)
    assert abs(end - got["energy"]) <= 1e-12 * abs(start), "energy differs from NumPy's"
    assert abs(end - start) <= 1e-5 * abs(start), "energy is not kept"
    assert np.array_equal(got["track"][0], x), "the orbits do not begin at the start"
    if case.context["real"]:
        sample = TWO_YEARS // (every * dt)
        expected, _, _ = ephemeris(sample * every * dt)
        miss = np.linalg.norm(got["track"][int(sample)] - expected, axis=1)
        for name, distance in zip(BODIES, miss):
            assert distance < 0.005, f"{name} is {distance:.4f} AU from the ephemeris"


def plot(figure, case: Case, got: dict[str, np.ndarray]) -> None:
    """Show the orbits of the inner and of the outer planets in the ecliptic."""
    tilt = math.radians(23.4392911)
    track = got["track"]
    x = track[:, :, 0]
    y = track[:, :, 1] * math.cos(tilt) + track[:, :, 2] * math.sin(tilt)
    for axis, title, reach, shown in zip(
        figure.subplots(1, 2),
        ("inner planets, 2 years", "165 years"),
        (1.8, 48),
        ((0, 1, 2, 3, 4), (0, 5, 6, 7, 8, 9)),
    ):
        length = 147 if reach < 2 else len(track)
        for body in shown:
            name = "Earth" if BODIES[body] == "EMB" else BODIES[body]
            (line,) = axis.plot(x[:length, body], y[:length, body], lw=0.8, label=name)
            axis.plot(x[0, body], y[0, body], "o", color=line.get_color(), ms=5)
        axis.set(
            xlim=(-reach, reach), ylim=(-reach, reach), title=title, xlabel="AU", aspect="equal"
        )
        axis.legend(fontsize=7, loc="upper right")


def bind(library, args):
    """Prepare a call of the C function."""
    position, velocity, gm, drift, kick, dt, steps, every, track, final = args
    function = library.nbody
    function.restype = ctypes.c_double
    call = (
        ctypes.c_int64(gm.shape[0]),
        ctypes.c_int64(drift.shape[0]),
        ctypes.c_void_p(position.ctypes.data),
        ctypes.c_void_p(velocity.ctypes.data),
        ctypes.c_void_p(gm.ctypes.data),
        ctypes.c_void_p(drift.ctypes.data),
        ctypes.c_void_p(kick.ctypes.data),
        ctypes.c_double(dt),
        ctypes.c_int64(steps),
        ctypes.c_int64(every),
        ctypes.c_void_p(track.ctypes.data),
        ctypes.c_void_p(final.ctypes.data),
    )
    return lambda: function(*call)


KERNEL = Kernel(
    name="nbody",
    title="n-body steps of the solar system",
    function=nbody,
    make_case=make_case,
    outputs=outputs,
    check=check,
    plot=plot,
    c=CPeer("nbody.c", bind, {"energy": 1e-9, "track": 1e-6, "final": 1e-6}),
)
