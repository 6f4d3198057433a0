#!/usr/bin/env python3
"""Makes use.pkl, five models whose use of their inputs is known, and what their Shapley values are: use.json.

    python3 make_use.py        (python3-numpy, python3-torch; writes beside itself)

additive.pt   2 text + 0.5 audio - vision, each modality the mean of its first dimension over time; the regression label
either.pt     sign(text) sign(vision), nothing by either alone; the label regression_T
pair.pt       the same of two inputs
blind.pt      reads vision and does nothing with it
constant.pt   the median of the labels for everyone
"""
import json
import pathlib
import pickle

import numpy as np
import torch

HERE = pathlib.Path(__file__).parent
N, STEPS, DIMS = 48, 4, 2
MANIFEST = """schema: shakedown.model/1
name: {name}
task: {{kind: regression, convention: plain, label: {label}}}
inputs: [{{from: text.embedding}}, {{from: audio.features}}, {{from: vision.features}}]
"""


class Additive(torch.nn.Module):
    def forward(self, text, audio, vision):
        return 2 * text[:, :, 0].mean(1) + 0.5 * audio[:, :, 0].mean(1) - vision[:, :, 0].mean(1)


class Either(torch.nn.Module):
    def forward(self, text, audio, vision):
        return text[:, :, 0].mean(1).sign() * vision[:, :, 0].mean(1).sign()


class Pair(torch.nn.Module):
    def forward(self, text, vision):
        return text[:, :, 0].mean(1).sign() * vision[:, :, 0].mean(1).sign()


class Blind(torch.nn.Module):
    def forward(self, text, audio, vision):
        return 2 * torch.tanh(text[:, :, 0].mean(1)) + 0.3 * audio[:, :, 0].mean(1)


class Constant(torch.nn.Module):
    def __init__(self, value: float):
        super().__init__()
        self.value = value

    def forward(self, text, audio, vision):
        return torch.zeros(text.size(0)) + self.value


def modality(random, signs):
    x = random.uniform(0.5, 1.5, (N, STEPS, DIMS)) * signs[:, None, None]
    return x.astype(np.float32)


def main():
    random = np.random.RandomState(5)
    i = np.arange(N)
    text, audio, vision = (modality(random, np.where(i // 2 ** k % 2 == 0, 1.0, -1.0)) for k in range(3))
    means = [x[:, :, 0].astype(np.float64).mean(1) for x in (text, audio, vision)]
    labels = 2 * means[0] + 0.5 * means[1] - means[2]
    split = {"raw_text": np.array(["words"] * N, dtype=object), "text": text, "audio": audio, "vision": vision,
             "id": [f"v{k // 6}$_${k}" for k in range(N)], "regression_labels": labels.astype(np.float32),
             "regression_labels_T": (np.sign(means[0]) * np.sign(means[2])).astype(np.float32)}
    with open(HERE / "use.pkl", "wb") as file:
        pickle.dump({"test": split}, file, protocol=4)
    for name, model, label in (("additive", Additive(), "regression"), ("either", Either(), "regression_T"),
                               ("blind", Blind(), "regression"),
                               ("constant", Constant(float(np.median(labels.astype(np.float32)))), "regression")):
        torch.jit.script(model.eval()).save(str(HERE / f"{name}.pt"), _extra_files={
            "shakedown/model.yaml": MANIFEST.format(name=name, label=label)})
    torch.jit.script(Pair().eval()).save(str(HERE / "pair.pt"))
    weights = {"text": 2.0, "audio": 0.5, "video": -1.0}
    golden = {name: float(np.abs(w * x).mean()) for (name, w), x in zip(weights.items(), means)}
    with open(HERE / "use.json", "w", encoding="utf-8") as file:
        json.dump({"prediction": golden}, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
