"""Bytes in arrays: hashes, checksums, encodings and counts."""

from __future__ import annotations

import base64
import zlib

import numpy as np

from benches.kernels.program import Program


def fnv_hash(data):
    h = 2166136261
    for i in range(data.shape[0]):
        h = ((h ^ int(data[i])) * 16777619) & 0xFFFFFFFF
    return h


def crc32(data, table):
    crc = 0xFFFFFFFF
    for i in range(data.shape[0]):
        crc = (crc >> 8) ^ int(table[(crc ^ int(data[i])) & 0xFF])
    return crc ^ 0xFFFFFFFF


def adler32(data):
    a = 1
    b = 0
    for i in range(data.shape[0]):
        a = (a + int(data[i])) % 65521
        b = (b + a) % 65521
    return (b << 16) | a


def base64_encode(data, alphabet, out):
    at = 0
    for i in range(0, data.shape[0] - 2, 3):
        word = (int(data[i]) << 16) | (int(data[i + 1]) << 8) | int(data[i + 2])
        out[at] = alphabet[(word >> 18) & 63]
        out[at + 1] = alphabet[(word >> 12) & 63]
        out[at + 2] = alphabet[(word >> 6) & 63]
        out[at + 3] = alphabet[word & 63]
        at += 4


def byte_counts(data, counts):
    for k in range(256):
        counts[k] = 0
    for i in range(data.shape[0]):
        counts[data[i]] += 1


def word_count(text):
    words = 0
    inside = False
    for i in range(text.shape[0]):
        c = text[i]
        space = c == 32 or c == 10 or c == 9
        if not space and not inside:
            words += 1
        inside = not space
    return words


def upper_case(text, out):
    for i in range(text.shape[0]):
        c = text[i]
        if 97 <= c <= 122:
            out[i] = c - 32
        else:
            out[i] = c


def run_lengths(data, values, lengths):
    at = 0
    i = 0
    n = data.shape[0]
    while i < n:
        value = data[i]
        j = i + 1
        while j < n and data[j] == value:
            j += 1
        values[at] = value
        lengths[at] = j - i
        at += 1
        i = j
    return at


def _bytes(rng, n):
    return rng.integers(0, 256, n).astype(np.uint8)


def _text(rng, n):
    letters = np.frombuffer(b"etaoinshrdluETAO  \n", np.uint8)
    return letters[rng.integers(0, len(letters), n)]


def _table():
    table = np.arange(256, dtype=np.int64)
    for _ in range(8):
        table = (table >> 1) ^ (0xEDB88320 * (table & 1))
    return table


def _fnv(data):
    h = 2166136261
    for byte in data.tobytes():
        h = (h ^ byte) * 16777619 % (1 << 32)
    return h


def _runs(data, values, lengths):
    ends = np.flatnonzero(np.diff(data)) + 1
    edges = np.concatenate([[0], ends, [len(data)]])
    count = len(edges) - 1
    want_values, want_lengths = np.ones_like(values), np.ones_like(lengths)
    want_values[:count] = data[edges[:-1]]
    want_lengths[:count] = np.diff(edges)
    return count, want_values, want_lengths


_ALPHABET = np.frombuffer(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", np.uint8
).copy()

PROGRAMS = (
    Program(fnv_hash, lambda rng, n: (_bytes(rng, n),), 500_000, 37,
            lambda n: (2.0 * n, 1.0 * n), result=int, reference=_fnv),
    Program(crc32, lambda rng, n: (_bytes(rng, n), _table()), 500_000, 37,
            lambda n: (4.0 * n, 1.0 * n), result=int,
            reference=lambda data, table: zlib.crc32(data.tobytes())),
    Program(adler32, lambda rng, n: (_bytes(rng, n),), 300_000, 37,
            lambda n: (4.0 * n, 1.0 * n), result=int,
            reference=lambda data: zlib.adler32(data.tobytes())),
    Program(base64_encode,
            lambda rng, n: (_bytes(rng, 3 * n), _ALPHABET, np.ones(4 * n, np.uint8)),
            200_000, 17, lambda n: (10.0 * n, 7.0 * n), ("out",),
            reference=lambda data, alphabet, out: np.frombuffer(
                base64.b64encode(data.tobytes()), np.uint8)),
    Program(byte_counts, lambda rng, n: (_bytes(rng, n), np.ones(256, np.int64)), 500_000, 37,
            lambda n: (1.0 * n, 1.0 * n), ("counts",),
            reference=lambda data, counts: np.bincount(data, minlength=256)),
    Program(word_count, lambda rng, n: (_text(rng, n),), 500_000, 37,
            lambda n: (4.0 * n, 1.0 * n), result=int,
            reference=lambda text: len(text.tobytes().split())),
    Program(upper_case, lambda rng, n: (_text(rng, n), np.ones(n, np.uint8)), 1_000_000, 37,
            lambda n: (3.0 * n, 2.0 * n), ("out",),
            reference=lambda text, out: np.frombuffer(text.tobytes().upper(), np.uint8)),
    Program(run_lengths,
            lambda rng, n: (np.sort(_bytes(rng, n)) // 3 ^ _bytes(rng, n) // 240,
                            np.ones(n, np.uint8), np.ones(n, np.int32)),
            200_000, 97, lambda n: (2.0 * n, 3.0 * n), ("values", "lengths"), int, _runs),
)
