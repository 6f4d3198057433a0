#!/usr/bin/env python3
"""Compares a pickle that shakedown wrote with the one it was read from, as Python and NumPy read both.

    python3 check_written.py ORIGINAL COPY [SPLIT]     # exit code 0: equal
    python3 check_written.py --probe                   # exit code 0: NumPy is there

Values that are not finite are 0 in the copy, and float64 became float32: shakedown reads features so.
"""

import pickle
import sys

import numpy as np

if sys.argv[1] == "--probe":
    sys.exit(0)

with open(sys.argv[1], "rb") as file:
    original = pickle.load(file)
with open(sys.argv[2], "rb") as file:
    copy = pickle.load(file)
split = sys.argv[3] if len(sys.argv) > 3 else "test"
assert list(copy) == [split], list(copy)
original, copy = original[split], copy[split]

for key in ("text", "audio", "vision", "text_bert"):
    wanted = np.asarray(original[key], dtype="f4")
    wanted = np.where(np.isfinite(wanted), wanted, np.float32(0))
    assert copy[key].dtype == np.float32 and copy[key].shape == wanted.shape, (key, copy[key].shape)
    assert np.array_equal(copy[key], wanted), key
for key in ("id", "raw_text", "annotations"):
    assert list(copy[key]) == [str(value) for value in original[key]], key
assert copy["audio_lengths"] == list(original["audio_lengths"])
for key in ("regression_labels", "regression_labels_T", "regression_labels_A", "regression_labels_V"):
    assert np.array_equal(copy[key], np.asarray(original[key], dtype="f8"), equal_nan=True), key
