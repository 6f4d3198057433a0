#!/usr/bin/env python3
"""Writes torchaudio.txt: log-mel spectrograms and MFCC of the tests' noise by torchaudio 0.13. Run in this folder; needs
python3-torchaudio."""
import numpy as np
import torch
import torchaudio.transforms as T

from make_golden import noise, write

x = torch.tensor(0.5 * noise(1600, 4), dtype=torch.float64)


def mel(**options):
    return T.MelSpectrogram(sample_rate=16000, **options).double()(x)


def htk(**options):
    return mel(mel_scale="htk", norm=None, **options)


def mfcc(**options):
    return T.MFCC(sample_rate=16000, **options).double()(x)


write("torchaudio.txt", {name: matrix.numpy().T for name, matrix in {
    "htk": torch.log(torch.clamp(htk(n_fft=400, hop_length=160, n_mels=64), min=1e-10)),
    "htk_add": torch.log(htk(n_fft=512, win_length=400, hop_length=160, n_mels=40, f_min=20, f_max=7600) + 1e-6),
    "slaney": torch.log10(torch.clamp(mel(n_fft=512, win_length=320, hop_length=200, n_mels=40, mel_scale="slaney",
                                          norm="slaney"), min=1e-10)),
    "slaney_unnormed": torch.log(torch.clamp(mel(n_fft=400, hop_length=160, n_mels=40, mel_scale="slaney", norm=None),
                                             min=1e-10)),
    "amplitude_db": T.AmplitudeToDB("magnitude", top_db=30)(htk(n_fft=400, hop_length=160, n_mels=40, power=1.0)),
    "hamming": torch.log(htk(n_fft=400, hop_length=160, n_mels=40, center=False, window_fn=torch.hamming_window) + 1e-6),
    "mfcc": mfcc(n_mfcc=13, melkwargs={"n_fft": 400, "hop_length": 160, "n_mels": 40}),
    "mfcc_log": mfcc(n_mfcc=20, log_mels=True, melkwargs={"n_fft": 400, "hop_length": 160, "n_mels": 40}),
}.items()})
