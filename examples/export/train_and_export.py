#!/usr/bin/env python3
# SPDX-License-Identifier: MIT-0
"""Trains a small sentiment model on an MMSA-style feature pickle and exports it for shakedown.

    python3 train_and_export.py data/val_data.pkl --out model --check data/test_data.pkl

Writes model/msa.pt (TorchScript, with its manifest inside), model/model.yaml (the same manifest beside it) and,
with --check, model/predictions.csv: what Python predicts, to compare with `shakedown dump RUN --only 'clean#0'`.
Needs PyTorch and NumPy. Unpickling runs whatever the file says: only open pickles that you trust.
"""
import argparse
import csv
import pathlib
import pickle

import numpy as np
import torch
from torch import nn

MANIFEST = """schema: shakedown.model/1
name: msa
task: {kind: regression, convention: plain, label: regression, primary: mae}
inputs:
  - {from: text.embedding, layout: BC}
  - {from: audio.features, layout: BC}
  - {from: vision.features, layout: BC}
batch: any
"""


class AnyNumpy(pickle.Unpickler):
    """NumPy 2 renamed its modules; this reads its files with NumPy 1 as well."""

    def find_class(self, module, name):
        try:
            return super().find_class(module, name)
        except ModuleNotFoundError:
            return super().find_class(module.replace("numpy._core", "numpy.core"), name)


def read(path):
    """language [N, 768], acoustic [N, 40], visual [N, 35], labels [N]; -inf and NaN become 0, as loaders do."""
    with open(path, "rb") as file:
        data = AnyNumpy(file).load()
    arrays = [np.asarray(data[key], dtype=np.float32) for key in ("language", "acoustic", "visual", "labels")]
    return [torch.from_numpy(np.where(np.isfinite(array), array, 0)) for array in arrays]


class Standardise(nn.Module):
    """Part of the model, not of the loader: whoever runs the checkpoint then cannot forget it."""

    def __init__(self, x):
        super().__init__()
        self.register_buffer("mean", x.mean(0))
        self.register_buffer("scale", 1 / x.std(0).clamp_min(1e-3))

    def forward(self, x):
        return ((x - self.mean) * self.scale).clamp(-5, 5)


class Sentiment(nn.Module):
    def __init__(self, text, audio, vision):
        super().__init__()
        self.encoders = nn.ModuleList(
            nn.Sequential(Standardise(x), nn.Dropout(0.3), nn.Linear(x.shape[1], size), nn.Tanh())
            for x, size in ((text, 32), (audio, 8), (vision, 8)))
        self.head = nn.Sequential(nn.Dropout(0.3), nn.Linear(48, 1))

    def forward(self, text, audio, vision):
        parts = [encode(x) for encode, x in zip(self.encoders, (text, audio, vision))]
        return self.head(torch.cat(parts, 1))


def train(arrays, seed):
    torch.manual_seed(seed)
    *inputs, labels = arrays
    model = Sentiment(*inputs)
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=0.1)
    for _ in range(60):
        for rows in torch.randperm(len(labels)).split(32):
            loss = (model(*(x[rows] for x in inputs))[:, 0] - labels[rows]).abs().mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
    return model


def export(model, example, folder):
    model.eval()  # before tracing: else dropout stays on and no two runs agree
    with torch.no_grad():
        traced = torch.jit.trace(model, example)
    folder.mkdir(parents=True, exist_ok=True)
    traced.save(str(folder / "msa.pt"), _extra_files={"shakedown/model.yaml": MANIFEST})
    (folder / "model.yaml").write_text(MANIFEST.replace("name: msa", "torchscript: msa.pt\nname: msa"), encoding="utf-8")
    return traced


def check(model, arrays, trained_on, folder):
    *inputs, labels = arrays
    with torch.no_grad():
        predicted = model(*inputs)[:, 0]
    constant = trained_on.median()
    print(f"{len(labels)} samples: mae {(predicted - labels).abs().mean():.4f}, "
          f"correlation {np.corrcoef(predicted, labels)[0, 1]:.4f}, "
          f"mae of a constant {(constant - labels).abs().mean():.4f}")
    with open(folder / "predictions.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["sample", "prediction"])
        writer.writerows((f"row:{i:06d}", f"{value:.9g}") for i, value in enumerate(predicted.tolist()))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", help="pickle to train on")
    parser.add_argument("--out", default="model", type=pathlib.Path)
    parser.add_argument("--check", help="pickle to predict")
    parser.add_argument("--seed", default=1, type=int)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    arrays = read(arguments.data)
    model = train(arrays, arguments.seed)
    traced = export(model, tuple(x[:4] for x in arrays[:3]), arguments.out)
    print(f"wrote {arguments.out / 'msa.pt'} and {arguments.out / 'model.yaml'}")
    if arguments.check:
        check(traced, read(arguments.check), arrays[-1], arguments.out)


if __name__ == "__main__":
    main()
