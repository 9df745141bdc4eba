"""Loops over `prange` without races: images."""

import numpy as np
from cumbia import prange


def life(img, res):
    h, w = img.shape
    for y in prange(h):
        for x in range(w):
            around = 0
            for dy in range(-1, 2):
                for dx in range(-1, 2):
                    if dy != 0 or dx != 0:
                        around += img[(y + dy) % h, (x + dx) % w] & 1
            res[y, x] = 1 if around == 3 else 0


def sobel(img, res):
    for y in prange(1, img.shape[0] - 1):
        for x in range(1, img.shape[1] - 1):
            gx = int(img[y, x + 1]) - int(img[y, x - 1])
            gy = int(img[y + 1, x]) - int(img[y - 1, x])
            res[y, x] = min(255, abs(gx) + abs(gy))


def convolution(img, R, k):
    kernel = np.ones((3, 3))
    for y in prange(R.shape[0] - k):
        for x in range(R.shape[1] - k):
            t = 0.0
            for j in range(3):
                for i in range(3):
                    t += img[y + j, x + i] * kernel[j, i]
            R[y, x] = t


def median_filter(img, res):
    for y in prange(1, img.shape[0] - 1):
        part = np.empty(9, dtype=np.uint8)
        for x in range(1, img.shape[1] - 1):
            at = 0
            for dy in range(-1, 2):
                for dx in range(-1, 2):
                    part[at] = img[y + dy, x + dx]
                    at += 1
            part.sort()
            res[y, x] = part[4]


def threshold(img, res, k):
    for y in prange(img.shape[0]):
        for x in range(img.shape[1]):
            res[y, x] = 255 if img[y, x] > k else 0


def flipped(img, res):
    h, w = img.shape
    for y in prange(h):
        for x in range(w):
            res[y, w - 1 - x] = img[y, x]


def turned_upside_down(img, res):
    for y in prange(img.shape[0]):
        res[img.shape[0] - 1 - y] = img[y]


def turned_in_place(img):
    h = img.shape[0]
    for y in prange(h // 2):
        for x in range(img.shape[1]):
            t = img[y, x]
            img[y, x] = img[h - 1 - y, x]
            img[h - 1 - y, x] = t


def half_size(img):
    h, w = img.shape
    small = np.empty((h // 2, w // 2))
    for y in prange(h // 2):
        for x in range(w // 2):
            small[y, x] = (img[2 * y, 2 * x] + 0.0 + img[2 * y + 1, 2 * x + 1]) / 2
    return small


def twice_the_size(img):
    h, w = img.shape
    large = np.empty((2 * h, 2 * w), dtype=np.uint8)
    for y in prange(h):
        for x in range(w):
            large[2 * y, 2 * x] = img[y, x]
            large[2 * y, 2 * x + 1] = img[y, x]
            large[2 * y + 1, 2 * x] = img[y, x]
            large[2 * y + 1, 2 * x + 1] = img[y, x]
    return large
