#!/usr/bin/env python3
"""Writes speech_levels.txt: active speech level (dB of full scale) and activity by ITU-T P.56 method B of the real speech
that SHAKEDOWN_REAL_DATA names, by filters and running maxima over whole arrays. Run in this folder; needs scipy."""
import os
import pathlib

import numpy as np
import scipy.io.wavfile
import scipy.signal


def p56(x, rate):
    keep = np.exp(-1 / (rate * 0.03))
    envelope = np.abs(x)
    for _ in range(2):
        envelope = scipy.signal.lfilter([1 - keep], [1, -keep], envelope)
    hangover = int(np.ceil(0.2 * rate))
    n = np.arange(len(x))
    energy, before = np.sum(x**2), None
    for threshold in 2.0 ** np.arange(-15, 0):
        last = np.maximum.accumulate(np.where(envelope >= threshold, n, -10**9))
        level = 10 * np.log10(energy / np.sum(n - last <= hangover))
        excess = level - 20 * np.log10(threshold)
        if excess <= 15.9:
            share = (before[1] - 15.9) / (before[1] - excess)
            active = before[0] + share * (level - before[0])
            return active, energy / len(x) / 10 ** (active / 10)
        before = level, excess


root = pathlib.Path(os.environ["SHAKEDOWN_REAL_DATA"])
with open("speech_levels.txt", "w") as out:
    for file in sorted(root.glob("speech/**/*.wav")):
        rate, x = scipy.io.wavfile.read(file)
        if x.dtype != np.int16 or x.ndim != 1:
            continue
        level, activity = p56(x / 32768, rate)
        out.write(f"{file.relative_to(root)} {level:.4f} {activity:.4f}\n")
