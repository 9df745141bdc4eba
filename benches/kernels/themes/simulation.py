"""Simulations and filters: a state that goes on from step to step."""

from __future__ import annotations

import math

import numpy as np

from benches.kernels.program import Program


def bodies(start, motion, mass, steps, dt, x, v):
    n = mass.shape[0]
    for i in range(n):
        for k in range(3):
            x[i, k] = start[i, k]
            v[i, k] = motion[i, k]
    for step in range(steps):
        for i in range(n):
            for j in range(i + 1, n):
                dx = x[i, 0] - x[j, 0]
                dy = x[i, 1] - x[j, 1]
                dz = x[i, 2] - x[j, 2]
                square = dx * dx + dy * dy + dz * dz + 0.01
                pull = dt / (square * math.sqrt(square))
                v[i, 0] -= dx * mass[j] * pull
                v[i, 1] -= dy * mass[j] * pull
                v[i, 2] -= dz * mass[j] * pull
                v[j, 0] += dx * mass[i] * pull
                v[j, 1] += dy * mass[i] * pull
                v[j, 2] += dz * mass[i] * pull
        for i in range(n):
            for k in range(3):
                x[i, k] += dt * v[i, k]


def accelerations(x, mass, out):
    n = mass.shape[0]
    for i in range(n):
        ax = 0.0
        ay = 0.0
        az = 0.0
        for j in range(n):
            dx = x[j, 0] - x[i, 0]
            dy = x[j, 1] - x[i, 1]
            dz = x[j, 2] - x[i, 2]
            square = dx * dx + dy * dy + dz * dz + 0.01
            pull = mass[j] / (square * math.sqrt(square))
            ax += dx * pull
            ay += dy * pull
            az += dz * pull
        out[i, 0] = ax
        out[i, 1] = ay
        out[i, 2] = az


def kalman(measured, noise, drift, out):
    level = measured[0]
    speed = 0.0
    p00 = 1.0
    p01 = 0.0
    p11 = 1.0
    for i in range(measured.shape[0]):
        level += speed
        p00 += 2.0 * p01 + p11 + drift
        p01 += p11
        p11 += drift
        s = p00 + noise
        k0 = p00 / s
        k1 = p01 / s
        miss = measured[i] - level
        level += k0 * miss
        speed += k1 * miss
        p11 -= k1 * p01
        p01 -= k0 * p01
        p00 -= k0 * p00
        out[i] = level


def ray_spheres(width, spheres, depth):
    count = spheres.shape[0]
    for i in range(width):
        for j in range(width):
            dx = 2.0 * j / width - 1.0
            dy = 2.0 * i / width - 1.0
            dz = 1.0
            norm = math.sqrt(dx * dx + dy * dy + dz * dz)
            dx = dx / norm
            dy = dy / norm
            dz = dz / norm
            nearest = 1e30
            for k in range(count):
                cx = spheres[k, 0]
                cy = spheres[k, 1]
                cz = spheres[k, 2]
                along = cx * dx + cy * dy + cz * dz
                rest = cx * cx + cy * cy + cz * cz - spheres[k, 3] * spheres[k, 3]
                under = along * along - rest
                if under > 0.0:
                    t = along - math.sqrt(under)
                    if 0.0 < t < nearest:
                        nearest = t
            depth[i, j] = nearest


def runge_kutta(x, y, z, dt, steps, out):
    for step in range(steps):
        ax = 10.0 * (y - x)
        ay = x * (28.0 - z) - y
        az = x * y - 2.6666666666666665 * z
        px = x + 0.5 * dt * ax
        py = y + 0.5 * dt * ay
        pz = z + 0.5 * dt * az
        bx = 10.0 * (py - px)
        by = px * (28.0 - pz) - py
        bz = px * py - 2.6666666666666665 * pz
        x += dt * bx
        y += dt * by
        z += dt * bz
        out[step, 0] = x
        out[step, 1] = y
        out[step, 2] = z


def integral(low, high, n):
    h = (high - low) / n
    s = 0.0
    for i in range(n):
        x = low + (i + 0.5) * h
        s += 4.0 / (1.0 + x * x)
    return s * h


def points_in_polygon(x, y, corners, inside):
    n = corners.shape[0]
    for p in range(x.shape[0]):
        odd = False
        j = n - 1
        for i in range(n):
            if (corners[i, 1] > y[p]) != (corners[j, 1] > y[p]):
                slope = (corners[j, 0] - corners[i, 0]) / (corners[j, 1] - corners[i, 1])
                if x[p] < slope * (y[p] - corners[i, 1]) + corners[i, 0]:
                    odd = not odd
            j = i
        inside[p] = odd


def _accelerations(x, mass, out):
    d = x[None] - x[:, None]
    square = (d * d).sum(2) + 0.01
    return (d * (mass[None] / square**1.5)[:, :, None]).sum(1)


def _bodies(start, motion, mass, steps, dt, x, v):
    x, v = start.copy(), motion.copy()
    for _ in range(steps):
        v += dt * _accelerations(x, mass, None)
        x += dt * v
    return x, v


def _kalman(measured, noise, drift, out):
    state, p = np.array([measured[0], 0.0]), np.eye(2)
    move, see = np.array([[1.0, 1.0], [0.0, 1.0]]), np.array([[1.0, 0.0]])
    want = []
    for value in measured:
        state = move @ state
        p = move @ p @ move.T + drift * np.eye(2)
        gain = p @ see.T / (see @ p @ see.T + noise)
        state = state + gain[:, 0] * (value - state[0])
        p = (np.eye(2) - gain @ see) @ p
        want.append(state[0])
    return np.array(want)


def _spheres(width, spheres, depth):
    j = 2.0 * np.arange(width) / width - 1.0
    d = np.stack([*np.broadcast_arrays(j[None, :], j[:, None]), np.ones((width, width))], -1)
    d = d / np.sqrt((d * d).sum(-1, keepdims=True))
    along = d @ spheres[:, :3].T
    under = along**2 - (spheres[:, :3] ** 2).sum(1) + spheres[:, 3] ** 2
    t = np.where(under > 0, along - np.sqrt(np.maximum(under, 0)), 1e30)
    return np.where(t > 0, t, 1e30).min(-1)


def _polygon(x, y, corners, inside):
    other = np.roll(corners, 1, axis=0)
    crossed = (corners[:, 1] > y[:, None]) != (other[:, 1] > y[:, None])
    slope = (other - corners)[:, 0] / (other - corners)[:, 1]
    left = x[:, None] < slope * (y[:, None] - corners[:, 1]) + corners[:, 0]
    return (crossed & left).sum(1) % 2 == 1


def _cluster(rng, n):
    return rng.normal(size=(n, 3)), rng.normal(size=(n, 3)), rng.uniform(0.1, 1, n)


def _star(n):
    angle = np.arange(n) * (2 * np.pi / n)
    radius = 1 + 0.5 * (-1) ** np.arange(n)
    return np.ascontiguousarray(np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1))


PROGRAMS = (
    Program(bodies,
            lambda rng, n: (*_cluster(rng, n), 300, 1e-3, np.ones((n, 3)), np.ones((n, 3))),
            40, 5, lambda n: (4_500.0 * n * n, 56.0 * n), ("x", "v"), rtol=0.0, fast_rtol=1e-4,
            reference=_bodies),
    Program(accelerations,
            lambda rng, n: (*_cluster(rng, n)[::2], np.ones((n, 3))),
            700, 9, lambda n: (19.0 * n * n, 56.0 * n), ("out",), reference=_accelerations),
    Program(kalman, lambda rng, n: (np.cumsum(rng.normal(size=n)), 0.5, 0.01, np.ones(n)),
            20_000, 23, lambda n: (24.0 * n, 16.0 * n), ("out",), reference=_kalman),
    Program(ray_spheres,
            lambda rng, n: (n, np.concatenate([rng.uniform(-5, 5, (20, 2)),
                                               rng.uniform(5, 15, (20, 1)),
                                               rng.uniform(0.5, 2, (20, 1))], 1), np.ones((n, n))),
            200, 7, lambda n: (300.0 * n * n, 8.0 * n * n), ("depth",), fast_rtol=1e-3,
            reference=_spheres),
    Program(runge_kutta, lambda rng, n: (1.0, 1.0, 20.0, 0.005, n, np.ones((n, 3))), 50_000, 23,
            lambda n: (33.0 * n, 24.0 * n), ("out",), fast_rtol=10.0),
    Program(integral, lambda rng, n: (0.0, 1.0, n), 200_000, 50, lambda n: (6.0 * n, 8.0),
            result=float),
    Program(points_in_polygon,
            lambda rng, n: (*rng.uniform(-1.5, 1.5, (2, n)), _star(16), np.ones(n, bool)),
            20_000, 37, lambda n: (40.0 * n, 17.0 * n), ("inside",), reference=_polygon),
)
