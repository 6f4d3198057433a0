#!/usr/bin/env python3
"""Audio perturbations beside what Debian packages offer: one run, one machine, one thread, one sound (5 s of 16 kHz
mono), best of several repeats. Each row: seconds of sound a second on both sides and the dose that each really gave.

    python3 bench/audio_peers.py build/release/bench/perturb_bench
"""
import json
import os
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
RATE, SECONDS = 16000, 5


def speed(work, repeats=15, least=0.02):
    """Seconds of sound a second, from the fastest repeat: others share the machine."""
    work()
    best = 1e9
    for _ in range(repeats):
        calls, start = 0, time.perf_counter()
        while time.perf_counter() - start < least:
            work()
            calls += 1
        best = min(best, (time.perf_counter() - start) / calls)
    return SECONDS / best


def ours(bench):
    out = subprocess.run([bench, "--benchmark_filter=^audio", "--benchmark_format=json", "--benchmark_min_time=0.05",
                          "--benchmark_repetitions=5"], check=True, capture_output=True, text=True).stdout
    best = {}
    for run in json.loads(out)["benchmarks"]:
        if run["run_type"] != "iteration" or "error_occurred" in run:
            continue
        name = run["run_name"]
        if name not in best or run["media_s/s"] > best[name]["media_s/s"]:
            best[name] = run
    return best


def power(x):
    return float(np.mean(np.square(x, dtype=np.float64)))


def low_pass_at(x, y):
    """-3 dB point by Welch's method."""
    f, xy = scipy.signal.csd(x, y, RATE, nperseg=1024)
    _, xx = scipy.signal.welch(x, RATE, nperseg=1024)
    return f[np.nonzero(np.abs(xy) / np.maximum(xx, 1e-30) >= 10 ** -0.1505)[0][-1]]


def main(bench):
    voice = tempfile.NamedTemporaryFile(suffix=".wav")
    subprocess.run([bench, "--write-voice", voice.name], check=True)
    x = scipy.io.wavfile.read(voice.name)[1].astype(np.float32) / 32768
    t = torch.from_numpy(x)[None]
    generator = np.random.default_rng(1)
    rows = []

    def row(name, peer, work, dose, of=lambda y: y):
        rows.append((name, peer, speed(work), dose(np.asarray(of(work())).ravel())))

    def sox(*effect):
        return lambda: torchaudio.sox_effects.apply_effects_tensor(t, RATE, [list(effect)])[0]

    row("audio.gain", "numpy", lambda: x * np.float32(10**-0.6), lambda y: 10 * np.log10(power(y) / power(x)))
    row("audio.gain", "torchaudio sox gain", sox("gain", "-12"), lambda y: 10 * np.log10(power(y) / power(x)))

    def mute():
        y = x.copy()
        y[30000:50000] = 0
        return y

    row("audio.mute/mode:contiguous", "numpy", mute, lambda y: 20000 / len(y))

    def clip():
        ceiling = np.percentile(np.abs(x), 80)
        return np.clip(x, -ceiling, ceiling)

    row("audio.clipping/fraction:0.2", "numpy percentile, clip", clip, lambda y: np.mean(np.abs(y) < np.abs(x)))

    sos = scipy.signal.butter(6, 3400, fs=RATE, output="sos")
    row("audio.band_limit/preset:low_pass", "scipy sosfilt, order 6", lambda: scipy.signal.sosfilt(sos, x),
        lambda y: low_pass_at(x, y))
    row("audio.band_limit/preset:low_pass", "torchaudio lowpass_biquad, order 2",
        lambda: torchaudio.functional.lowpass_biquad(t, RATE, 3400.0), lambda y: low_pass_at(x, y))
    row("audio.band_limit/preset:low_pass", "torchaudio sox lowpass, order 2", sox("lowpass", "-2", "3400"),
        lambda y: low_pass_at(x, y))

    def packets():
        y = x.copy().reshape(-1, 320)
        bad, stay, turn = False, 0.5, 0.2 / 0.8 * 0.5
        for i, u in enumerate(generator.random(len(y))):
            bad = u < (stay if bad else turn)
            if bad:
                y[i] = 0
        return y

    row("audio.packet_loss/conceal:zero/rate:0.2", "numpy", packets, lambda y: np.mean((y.reshape(-1, 320) == 0).all(1)))

    def noise():
        n = generator.standard_normal(len(x), dtype=np.float32)
        gain = np.sqrt(np.mean(x * x) / np.mean(n * n) / 10)
        return x + np.float32(gain) * n

    row("audio.background_noise/noise:white/reference:rms", "numpy, float32", noise,
        lambda y: 10 * np.log10(power(x) / power(y - x)))

    for rt60 in ("0.4", "1.1"):
        h = generator.standard_normal(int(1.15 * float(rt60) * RATE)).astype(np.float32)
        h *= (10 ** (-3 * np.arange(len(h)) / (float(rt60) * RATE))).astype(np.float32)

        def fitted(_, h=h):
            left = 10 * np.log10(np.cumsum(h[::-1].astype(float) ** 2)[::-1] / np.sum(h.astype(float) ** 2))
            inside = (left < -5) & (left > -35)
            return -60 / np.polyfit(np.nonzero(inside)[0] / RATE, left[inside], 1)[0]

        row(f"audio.reverb/rt60:{rt60}", "scipy fftconvolve, response given",
            lambda h=h: scipy.signal.fftconvolve(x, h)[:len(x)], fitted)
        row(f"audio.reverb/rt60:{rt60}", "scipy oaconvolve, response given",
            lambda h=h: scipy.signal.oaconvolve(x, h)[:len(x)], fitted)
    row("audio.reverb/rt60:0.4", "torchaudio sox reverb", sox("reverb", "50"), lambda y: np.nan)

    def rubber_band(*options):
        out = tempfile.NamedTemporaryFile(suffix=".wav")

        def work():
            subprocess.run(["rubberband", "-q", *options, voice.name, out.name], check=True, capture_output=True)
            return scipy.io.wavfile.read(out.name)[1]
        return work

    for engine, flag in (("r3", "--fine"), ("r2", "--fast")):
        row(f"audio.pitch/direction:up/engine:{engine}", f"rubberband {flag} --pitch 2", rubber_band(flag, "-p", "2"),
            lambda y: np.nan)
        row(f"audio.tempo/direction:up/engine:{engine}", f"rubberband {flag} --tempo 1.25",
            rubber_band(flag, "-T", "1.25"), lambda y: len(x) / len(y))

    own = ours(bench)
    print(f"{'perturbation':52} {'x real time':>12} {'+ measure':>10} {'dose':>9}   "
          f"{'peer':38} {'x real time':>12} {'dose':>9} {'ratio':>6}")
    for name, peer, rate, dose in rows:
        run, measured = own[name], own[name + "/measured"]
        print(f"{name:52} {run['media_s/s']:12.0f} {measured['media_s/s']:10.0f} {run['realised']:9.4g}   "
              f"{peer:38} {rate:12.0f} {dose:9.4g} {run['media_s/s'] / rate:6.2f}")
    print("\nthe others:")
    for name in sorted(own):
        if not name.endswith("/measured") and name not in [r[0] for r in rows]:
            print(f"{name:62} {own[name]['media_s/s']:10.0f} {own[name]['realised']:9.4g}")


if __name__ == "__main__":
    main(sys.argv[1])
