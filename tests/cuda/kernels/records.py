"""Structured elements, and functions that processors have in C's library."""

import math

import numpy as np

from cumbia import cuda
from tests.cuda.kernels import golden

PARTICLE = np.dtype([("mass", "f4"), ("count", "i4"), ("place", "f8", (3,))], align=True)


@cuda.jit
def move_particles(particles, by):
    i = cuda.grid(1)
    if i < particles.size:
        particles[i].mass += by
        particles[i].place[2] = particles[i].count


@cuda.jit
def exchange_particles(particles):
    held = cuda.shared.array(64, PARTICLE)
    t = cuda.threadIdx.x
    held[t].mass = particles[t].mass
    held[t].count = t
    cuda.syncthreads()
    particles[t].mass = held[63 - t].mass
    particles[t].count = held[63 - t].count


@cuda.jit
def one_particle(particle, out):
    out[0] = particle.mass * particle.count


SOME = np.zeros(64, PARTICLE)
golden((SOME, np.float32(1)), has=("ld.global", "st.global"))(move_particles)
golden((SOME,), has=("st.shared", "ld.shared", "bar.sync"))(exchange_particles)
golden((SOME[0], np.zeros(1, np.float32)))(one_particle)


@golden("void(float64[::1], float64[::1])")
@cuda.jit
def math_waves(x, out):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = math.sin(x[i]) * math.cos(x[i]) + math.exp(-x[i] * x[i])


@golden("void(float64[::1], float64[::1])")
@cuda.jit
def remainders(x, out):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = x[i] % 0.75 + math.fmod(x[i], 0.5)


@golden("void(float64[::1], float64[::1])")
@cuda.jit
def math_rest(x, out):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = math.pow(x[i], 1.5) + math.erf(x[i]) + math.lgamma(x[i]) + math.hypot(x[i], 2.0)
