#!/usr/bin/env python3
"""Writes the sweep that bench/sweep.sh measures into the folder given: 686 samples of MOSI's shape (sweep.pkl), a model
of some 10 ms a batch of 32 on one thread (sweep.pt, sweep.yaml), and two suites over the same three kinds of masks:
sweep_suite.yaml of 11 rates x 5 seeds x 3 modes, and small_suite.yaml of 2 rates x 1 seed x 3 modes.

    python3 sweep_data.py FOLDER        # Debian's python3-torch (1.13) and python3-numpy
"""
import pathlib
import pickle
import sys

import numpy as np
import torch
from torch import nn

FOLDER = pathlib.Path(sys.argv[1])
N, TEXT, AUDIO, VISION = 686, (50, 768), (375, 5), (500, 20)
PRESETS = ("tfrnet", "openvna-random", "openvna-structural")


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.text, self.audio, self.vision = nn.Linear(TEXT[1], 96), nn.Linear(AUDIO[1], 16), nn.Linear(VISION[1], 16)
        self.head = nn.Linear(128, 1)

    def forward(self, text, audio, vision):
        text, audio, vision = self.text(text), self.audio(audio), self.vision(vision)
        return self.head(torch.cat([torch.relu(x).mean(1) for x in (text, audio, vision)], 1))


def split(random):
    lengths = {"text": random.randint(5, 51, N), "audio": random.randint(50, 376, N), "vision": random.randint(60, 501, N)}
    out = {"regression_labels": random.uniform(-3, 3, N).astype("f4"), "id": [f"v{i // 7}$_${i}" for i in range(N)]}
    for name, shape in (("text", TEXT), ("audio", AUDIO), ("vision", VISION)):
        out[name] = random.normal(size=(N, *shape)).astype("f4")
        for i, length in enumerate(lengths[name]):
            out[name][i, length:] = 0
    out["audio_lengths"], out["vision_lengths"] = ([int(x) for x in lengths[m]] for m in ("audio", "vision"))
    bert = np.zeros((N, 3, TEXT[0]), "f4")
    for i, length in enumerate(lengths["text"]):
        bert[i, 0, :length] = random.randint(1000, 29000, length)
        bert[i, 0, 0], bert[i, 0, length - 1] = 101, 102
        bert[i, 1, :length] = 1
    out["text_bert"] = bert
    return out


def suite(name, rates, replicates):
    cells = "".join(f"  - {{perturb: missing.protocol, preset: {preset}, levels: {{rate: {rates}}}, replicates: {replicates}}}\n"
                    for preset in PRESETS)
    (FOLDER / name).write_text(f"schema: shakedown.suite/1\nname: sweep\ncells:\n{cells}")


FOLDER.mkdir(parents=True, exist_ok=True)
torch.manual_seed(1)
torch.jit.script(Model().eval()).save(str(FOLDER / "sweep.pt"))
with open(FOLDER / "sweep.pkl", "wb") as file:
    pickle.dump({"test": split(np.random.RandomState(1))}, file, protocol=4)
inputs = "".join(f"  - {{from: {source}.{kind}}}\n" for source, kind in
                 (("text", "embedding"), ("audio", "features"), ("vision", "features")))
(FOLDER / "sweep.yaml").write_text("schema: shakedown.model/1\nname: sweep\ntorchscript: sweep.pt\n"
                                   "task: {kind: regression, convention: mosi, label: regression, primary: mae}\n"
                                   f"inputs:\n{inputs}")
suite("sweep_suite.yaml", [round(0.1 * i, 1) for i in range(11)], 5)
suite("small_suite.yaml", [0.3, 0.7], 1)
