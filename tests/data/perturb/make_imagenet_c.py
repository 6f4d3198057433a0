#!/usr/bin/env python3
"""Writes imagenet_c.png: a picture, and below it what ImageNet-C makes of it at severities 1 to 5.

Contrast, pixelation and JPEG as Hendrycks and Dietterich (ICLR 2019) define them, written out again with NumPy and
Pillow; values are cut off to whole codes at the end, as their published code does. Sides are multiples
of 16: else pixels lie just on the edge of two blocks, and Pillow's rounding decides.

    python3 make_imagenet_c.py        # beside this file
"""
import io
import pathlib

import numpy as np
from PIL import Image

WIDTH, HEIGHT = 64, 48


def picture():
    y, x, c = np.meshgrid(np.arange(HEIGHT), np.arange(WIDTH), np.arange(3), indexing="ij")
    wave = np.sin((x + 5 * c) / 3.1) * np.cos(y / 2.3) + np.sin((x + 5 * c) / 7.7 + y / 5.1) + np.sin(x * y / 300)
    return np.rint(128 + 40 * wave).astype(np.uint8)


def contrast(codes, factor):
    values = codes / 255.0
    means = values.mean(axis=(0, 1), keepdims=True)
    return (np.clip((values - means) * factor + means, 0, 1) * 255).astype(np.uint8)


def pixelation(codes, scale):
    small = Image.fromarray(codes).resize((int(WIDTH * scale), int(HEIGHT * scale)), Image.BOX)
    return np.array(small.resize((WIDTH, HEIGHT), Image.NEAREST))


def jpeg(codes, quality):
    file = io.BytesIO()
    Image.fromarray(codes).save(file, "JPEG", quality=quality)
    return np.array(Image.open(file))


LADDERS = [(contrast, [.4, .3, .2, .1, .05]), (pixelation, [.6, .5, .4, .3, .25]), (jpeg, [25, 18, 15, 10, 7])]

if __name__ == "__main__":
    original = picture()
    rows = [original] + [corrupted(original, dose) for corrupted, ladder in LADDERS for dose in ladder]
    Image.fromarray(np.concatenate(rows)).save(pathlib.Path(__file__).parent / "imagenet_c.png", optimize=True)
