#!/usr/bin/env python3
"""Writes a data set, two random-weight models of the shape of EMT-DLFR and TFR-Net, and what Python predicts with
them over the whole sweep of TFR-Net's protocol: pair.pkl, pair.pt, pair_class.pt, one_level.pt, predictions.json.

    python3 make_protocols.py        # Debian's python3-torch (1.13) and python3-numpy; writes beside itself

The models take nested tuples: both views of the text, and of audio and vision both views, the missing mask and the
lengths. pair.pt is a regression, pair_class.pt has three classes; one_level.pt is pair.pt with other weights. Some rows
of audio are zero to begin with: their missing mask is what was drawn, not what can be seen.
"""
import json
import os
import pathlib
import pickle

import numpy as np
import torch
from torch import nn

HERE = pathlib.Path(__file__).parent
N, TEXT, AUDIO, VISION, AUDIO_DIMS, VISION_DIMS = 26, 12, 20, 15, 5, 4
RATES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
SEEDS = (111, 1111, 11111)


class Pair(nn.Module):
    def __init__(self, outputs):
        super().__init__()
        self.words = nn.Embedding(128, 8)
        self.audio, self.vision = nn.Linear(AUDIO_DIMS, 6), nn.Linear(VISION_DIMS, 6)
        self.head = nn.Sequential(nn.Linear(2 * 20, 16), nn.Tanh(), nn.Linear(16, outputs))

    def read(self, bert):
        mask = bert[:, 1].unsqueeze(-1)
        return (self.words(bert[:, 0].long()) * mask).sum(1) / mask.sum(1)

    def steps(self, layer, x, weight, lengths):
        return (torch.tanh(layer(x)) * weight.unsqueeze(-1)).sum(1) / lengths.unsqueeze(-1)

    def view(self, bert, audio, a_weight, a_len, vision, v_weight, v_len):
        return torch.cat([self.read(bert), self.steps(self.audio, audio, a_weight, a_len),
                          self.steps(self.vision, vision, v_weight, v_len)], 1)

    def forward(self, text, audio, vision):
        whole = self.view(text[0], audio[0], torch.ones_like(audio[2]), audio[3], vision[0],
                          torch.ones_like(vision[2]), vision[3])
        lossy = self.view(text[1], audio[1], audio[2], audio[3], vision[1], vision[2], vision[3])
        return self.head(torch.cat([lossy, 0.1 * whole], 1))


def data():
    random = np.random.RandomState(5)
    text = np.zeros((N, 3, TEXT), np.float32)
    t_len, a_len, v_len = (random.randint(3, n + 1, N) for n in (TEXT, AUDIO, VISION))
    t_len[0] = TEXT
    for i, length in enumerate(t_len):
        text[i, 0, :length] = random.randint(1, 99, length)
        text[i, 0, 0], text[i, 0, length - 1] = 101, 102
        text[i, 1, :length] = 1
    audio = random.normal(size=(N, AUDIO, AUDIO_DIMS)).astype(np.float32)
    vision = random.normal(size=(N, VISION, VISION_DIMS)).astype(np.float32)
    for rows, lengths in ((audio, a_len), (vision, v_len)):
        for i, length in enumerate(lengths):
            rows[i, length:] = 0
    audio[::3, 1] = 0
    values = np.round(random.uniform(-3, 3, N) * 5) / 5
    return {"text_bert": text, "audio": audio, "vision": vision, "audio_lengths": [int(x) for x in a_len],
            "vision_lengths": [int(x) for x in v_len], "id": [f"v{i // 2}$_${i}" for i in range(N)],
            "regression_labels": values.astype(np.float32), "classification_labels": (values > 0.5).astype(np.int64)
            + (values > -0.5).astype(np.int64)}


def keep_mask(lengths, padded, rate, seed):
    np.random.seed(seed)
    valid = np.arange(padded)[None, :] < np.asarray(lengths)[:, None]
    return (np.random.uniform(size=valid.shape) > rate) & valid


def arguments(split, rate):
    text = split["text_bert"]
    t_len = text[:, 1].sum(1).astype(int)
    kept = [keep_mask(lengths, padded, rate, seed) for lengths, padded, seed in
            zip((t_len, split["audio_lengths"], split["vision_lengths"]), (TEXT, AUDIO, VISION), SEEDS)]
    kept[0][:, 0] = True
    kept[0][np.arange(N), t_len - 1] = True
    lossy = text.copy()
    lossy[:, 0] = np.where(kept[0], text[:, 0], np.where(text[:, 1] > 0, 100, text[:, 0]))

    def features(name, mask):
        whole = split[name]
        return tuple(map(torch.tensor, (whole, whole * mask[:, :, None], mask.astype(np.float32),
                                        np.array(split[name + "_lengths"]))))
    return (torch.tensor(text), torch.tensor(lossy)), features("audio", kept[1]), features("vision", kept[2])


def main():
    os.chdir(HERE)
    split = data()
    with open("pair.pkl", "wb") as file:
        pickle.dump({"test": split}, file, protocol=4)
    golden = {}
    with torch.no_grad():
        for name, outputs, seed in (("pair", 1, 3), ("pair_class", 3, 4), ("one_level", 1, 9)):
            torch.manual_seed(seed)
            model = Pair(outputs).eval()
            torch.jit.trace(model, arguments(split, 0.3)).save(name + ".pt")
            golden[name] = {f"{rate:g}": model(*arguments(split, rate)).tolist() for rate in [0.0] + RATES}
    with open("predictions.json", "w", encoding="utf-8") as file:
        json.dump(golden, file)
        file.write("\n")


if __name__ == "__main__":
    main()
