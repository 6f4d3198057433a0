#!/usr/bin/env python3
"""Frames a second of imagecorruptions on the kinds that it shares with shakedown, severity 3, 224 x 224 x 3, one thread.

    video_peers.py CHECKOUT [video_ratio's output]

CHECKOUT is a checkout of bethgelab/imagecorruptions; python3-skimage, python3-opencv, python3-scipy and python3-pil are
needed. Numba compiles glass_blur only, which is not raced, and may be absent. Times are processor times, medians of
five rounds. With a file that bench/video_ratio wrote in the same session, the ratio stands beside.
"""
import re
import statistics
import sys
import time
import types

try:
    import numba  # noqa: F401
except ImportError:
    sys.modules["numba"] = types.SimpleNamespace(njit=lambda *a, **k: a[0] if a and callable(a[0]) else (lambda f: f),
                                                 prange=range)
import cv2
import numpy as np

cv2.setNumThreads(1)
sys.path.insert(0, sys.argv[1])
from imagecorruptions import corrupt  # noqa: E402

# theirs, the row of video_ratio, at least so many times as fast
KINDS = [("contrast", "video.contrast", 5), ("gaussian_noise", "video.noise amount=0.08", 5),
         ("motion_blur", "video.motion_blur length=0.20", 2), ("defocus_blur", "video.defocus radius=0.07", 2),
         ("jpeg_compression", "video.compression quality=15", 1.5),
         ("pixelate", "video.low_resolution ladder=imagenet-c", 1.5)]

y, x, c = np.meshgrid(np.arange(224), np.arange(224), np.arange(3), indexing="ij")
frame = (110 + 60 * (np.sin((3 * x + c) / 17) * np.cos(y / 11) + np.sin((3 * x + c) * y / 2000))).clip(0, 255).astype(np.uint8)
ours = {}
if len(sys.argv) > 2:
    for line in open(sys.argv[2]):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if re.match(r"video\.", cells[0]):
            ours[cells[0]] = float(cells[1])

print("| imagecorruptions | frames/s | ours | frames/s | ratio | at least | met |\n| --- | --- | --- | --- | --- | --- | --- |")
for theirs, row, least in KINDS:
    rates = []
    for _ in range(6):  # the first warms up
        start, count = time.process_time(), 10
        for _ in range(count):
            corrupt(frame, corruption_name=theirs, severity=3)
        rates.append(count / (time.process_time() - start))
    rate = statistics.median(rates[1:])
    mine = ours.get(row)
    ratio = mine / rate if mine else float("nan")
    print(f"| {theirs} | {rate:.0f} | {row} | {mine or 0:.0f} | {ratio:.1f} | {least} | {'yes' if ratio >= least else 'NO'} |")
