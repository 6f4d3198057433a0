#!/usr/bin/env python3
"""Audio perturbations beside what Debian packages offer: one run, one machine, one thread, one sound (5 s of 16 kHz
mono), medians of several repeats. On both sides the perturbation and then the perturbation with its dose measured, and
the dose that each really gave; the ratio is of the speeds with the dose measured, unless the row says otherwise.

    python3 bench/audio_peers.py build/release/bench/perturb_bench [PART OF A NAME ...]
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
import numpy as np
import scipy.io.wavfile
import scipy.signal
import torch
import torchaudio

torch.set_num_threads(1)
RATE, SECONDS, REPEATS = 16000, 5, 9


def speed(work, least=0.02):
    """Seconds of sound a second, median of the repeats."""
    work()
    times = []
    for _ in range(REPEATS):
        calls, start = 0, time.perf_counter()
        while time.perf_counter() - start < least:
            work()
            calls += 1
        times.append((time.perf_counter() - start) / calls)
    return SECONDS / statistics.median(times)


def ours(bench, names):
    """Median speed and dose of each of our benchmarks whose name holds one of `names`."""
    command = [bench, "--benchmark_filter=" + ("|".join(names) or "^audio"), "--benchmark_format=json",
               "--benchmark_min_time=0.03", f"--benchmark_repetitions={REPEATS}"]
    runs = {}
    for run in json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["benchmarks"]:
        if run["run_type"] == "iteration" and "error_occurred" not in run:
            runs.setdefault(run["run_name"], []).append(run)
    return {name: (statistics.median(run["media_s/s"] for run in some), some[0].get("realised", np.nan))
            for name, some in runs.items()}


def power(x):
    return float(np.dot(x, x)) / len(x)  # BLAS: the fastest pass that NumPy has


def decibels(ratio):
    return 10 * np.log10(ratio)


def low_pass_at(x, y):
    """-3 dB point by Welch's method."""
    f, xy = scipy.signal.csd(x, y, RATE, nperseg=1024)
    _, xx = scipy.signal.welch(x, RATE, nperseg=1024)
    return f[np.nonzero(np.abs(xy) / np.maximum(xx, 1e-30) >= 10 ** -0.1505)[0][-1]]


def decay_of(h):
    left = np.cumsum(h[::-1].astype(np.float64) ** 2)[::-1]
    left = decibels(left / left[0])
    begin, end = np.argmax(left < -5), np.argmax(left < -35)
    return -60 * (1 / RATE) / np.polyfit(np.arange(begin, end), left[begin:end], 1)[0]


def main(bench, *names):
    voice = tempfile.NamedTemporaryFile(suffix=".wav")
    subprocess.run([bench, "--write-voice", voice.name], check=True)
    x = scipy.io.wavfile.read(voice.name)[1].astype(np.float32) / 32768
    t = torch.from_numpy(x)[None]
    generator = np.random.default_rng(1)
    rows = []  # ours, peer, its speed, its speed with the dose measured, its dose, what is compared

    def row(name, peer, work, dose=None, of=lambda y: y):
        if names and not any(part in name for part in names):
            return
        if dose is None:
            rows.append((name, peer, speed(work), np.nan, np.nan))
            return

        def measured():
            return dose(np.asarray(of(work())).ravel())
        rows.append((name, peer, speed(work), speed(measured), measured()))

    def sox(*effect):
        return lambda: torchaudio.sox_effects.apply_effects_tensor(t, RATE, [list(effect)])[0]

    # "No slower than NumPy plus one pass for the measure": the level of the result alone.
    level = decibels(power(x))
    row("audio.gain", "numpy", lambda: x * np.float32(10**-0.6), lambda y: decibels(power(y)) - level)
    row("audio.gain", "torchaudio sox gain", sox("gain", "-12"), lambda y: decibels(power(y)) - level)

    def mute():
        y = x.copy()
        y[30000:50000] = 0
        return y

    row("audio.mute/mode:contiguous", "numpy", mute, lambda y: np.count_nonzero(y == 0) / len(y))

    def clip():
        ceiling = np.percentile(np.abs(x), 80)
        return np.clip(x, -ceiling, ceiling)

    def partition():
        loud = np.abs(x)
        ceiling = np.partition(loud, int(0.8 * len(x)))[int(0.8 * len(x))]
        return np.clip(x, -ceiling, ceiling)

    row("audio.clipping/fraction:0.2", "numpy percentile, clip", clip, lambda y: np.count_nonzero(y != x) / len(y))
    row("audio.clipping/fraction:0.2", "numpy partition, clip", partition, lambda y: np.count_nonzero(y != x) / len(y))

    sos = scipy.signal.butter(6, 3400, fs=RATE, output="sos").astype(np.float32)
    row("audio.band_limit/preset:low_pass", "scipy sosfilt, order 6", lambda: scipy.signal.sosfilt(sos, x),
        lambda y: low_pass_at(x, y))
    row("audio.band_limit/preset:low_pass", "torchaudio lowpass_biquad, order 2",
        lambda: torchaudio.functional.lowpass_biquad(t, RATE, 3400.0), lambda y: low_pass_at(x, y))
    row("audio.band_limit/preset:low_pass", "torchaudio sox lowpass, order 2", sox("lowpass", "-2", "3400"),
        lambda y: low_pass_at(x, y))
    row("audio.band_limit/preset:low_pass", "torchaudio sox lowpass, three times",
        lambda: torchaudio.sox_effects.apply_effects_tensor(t, RATE, [["lowpass", "-2", "3400"]] * 3)[0],
        lambda y: low_pass_at(x, y))

    def packets():
        y = x.copy().reshape(-1, 320)
        bad, stay, turn = False, 0.5, 0.2 / 0.8 * 0.5
        for i, u in enumerate(generator.random(len(y)).tolist()):
            bad = u < (stay if bad else turn)
            if bad:
                y[i] = 0
        return y

    row("audio.packet_loss/conceal:zero/rate:0.2", "numpy", packets,
        lambda y: np.count_nonzero((y != x).reshape(-1, 320).any(1)) / (len(y) / 320))

    def noise():
        n = generator.standard_normal(len(x), dtype=np.float32)
        n *= np.float32(np.sqrt(power(x) / power(n) / 10))
        n += x
        return n

    row("audio.background_noise/noise:white/reference:rms", "numpy, float32", noise,
        lambda y: decibels(power(x) / power(y - x)))

    for rt60 in ("0.4", "1.1"):
        h = generator.standard_normal(int(1.15 * float(rt60) * RATE)).astype(np.float32)
        h *= (10 ** (-3 * np.arange(len(h)) / (float(rt60) * RATE))).astype(np.float32)
        row(f"audio.reverb/rt60:{rt60}", "scipy fftconvolve, response given",
            lambda h=h: scipy.signal.fftconvolve(x, h)[:len(x)], lambda _, h=h: decay_of(h))
        row(f"audio.reverb/rt60:{rt60}", "scipy oaconvolve, response given",
            lambda h=h: scipy.signal.oaconvolve(x, h)[:len(x)], lambda _, h=h: decay_of(h))
    row("audio.reverb/rt60:0.4", "torchaudio sox reverb", sox("reverb", "50"))

    def rubber_band(*options):
        out = tempfile.NamedTemporaryFile(suffix=".wav")

        def work():
            subprocess.run(["rubberband", "-q", *options, voice.name, out.name], check=True, capture_output=True)
            return scipy.io.wavfile.read(out.name)[1]
        return work

    for engine, flag in (("r3", "--fine"), ("r2", "--fast")):
        row(f"audio.pitch/direction:up/engine:{engine}", f"rubberband {flag} -F --pitch 2",
            rubber_band(flag, "-F", "-p", "2"))
        row(f"audio.tempo/direction:up/engine:{engine}", f"rubberband {flag} --tempo 1.25",
            rubber_band(flag, "-T", "1.25"), lambda y: len(x) / len(y))

    own = ours(bench, names)
    # The library's own calls, timed by the same program: nothing is measured on either side.
    for name, (rate, _) in sorted(own.items()):
        bare = None
        if name.startswith("audio_convolve/"):
            bare = name.replace("audio_convolve", "audio_bare/fftw")
        for kind in ("pitch", "tempo", "formant"):
            if name.startswith(f"audio.{kind}/") and not name.endswith("/measured"):
                engine = "r2" if name.endswith(":r2") and kind != "formant" else "r3"
                bare = f"audio_bare/rubber_band/engine:{engine}/{kind}"
        if bare in own:
            rows.append((name, bare, own[bare][0], np.nan, np.nan))
    print(f"{'perturbation':50} {'x real time':>12} {'+ measure':>10} {'dose':>8}   "
          f"{'peer':38} {'x real time':>12} {'+ measure':>10} {'dose':>8} {'ratio':>6}")
    for name, peer, rate, rate_measured, dose in rows:
        mine, realised = own[name]
        mine_measured = own.get(name + "/measured", (np.nan, 0))[0]
        ratio = mine / rate if np.isnan(rate_measured) else mine_measured / rate_measured
        print(f"{name:50} {mine:12.0f} {mine_measured:10.0f} {realised:8.4g}   "
              f"{peer:38} {rate:12.0f} {rate_measured:10.0f} {dose:8.4g} {ratio:6.2f}")
    print("\nthe others:")
    for name in sorted(own):
        if not name.endswith("/measured") and name not in [r[0] for r in rows] and "bare" not in name:
            print(f"{name:62} {own[name][0]:10.0f} {own.get(name + '/measured', (np.nan, 0))[0]:10.0f} {own[name][1]:9.4g}")


if __name__ == "__main__":
    main(*sys.argv[1:])
