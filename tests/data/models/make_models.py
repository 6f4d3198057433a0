#!/usr/bin/env python3
"""Writes three small exported models and what Python predicts with them: golden.json.

    python3 make_models.py        # PyTorch 1.13 (Debian's python3-torch), NumPy

tuple.pt  traced; (audio, audio_lengths) and (vision, vision_lengths) as tuples through a packed LSTM,
          which bakes the batch size into the trace: batch {fixed: 4}
dict.pt   traced; returns a dict of tensors, the prediction under "M"
plain.pt  scripted; tensors in, tensor [B, 1] out, manifest inside
state_dict.pt  no TorchScript: what torch.save writes
"""
import json
import os

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence

N, TEXT, AUDIO, VISION, AUDIO_DIMS, VISION_DIMS, IDS, BATCH = 10, 6, 5, 7, 4, 3, 20, 4

MANIFEST = """schema: shakedown.model/1
name: plain
task: {kind: regression, convention: mosi}
inputs:
  - {from: text.bert}
  - {from: audio.features}
  - {from: vision.features, pool_mean: true}
"""


class Text(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(IDS, 8)

    def forward(self, bert):
        ids, mask = bert[:, 0].long(), bert[:, 1].unsqueeze(-1)
        return (self.embedding(ids) * mask).sum(1) / mask.sum(1)


class Packed(nn.Module):
    def __init__(self, dims):
        super().__init__()
        self.lstm = nn.LSTM(dims, 6, batch_first=True)

    def forward(self, x, lengths):
        _, (hidden, _) = self.lstm(pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False))
        return hidden[-1]


class Tuple(nn.Module):
    def __init__(self):
        super().__init__()
        self.text, self.audio, self.vision = Text(), Packed(AUDIO_DIMS), Packed(VISION_DIMS)
        self.head = nn.Linear(20, 1)

    def forward(self, text, audio, vision):
        return self.head(torch.cat([self.text(text), self.audio(*audio), self.vision(*vision)], 1))


class Dict(nn.Module):
    def __init__(self):
        super().__init__()
        self.text, self.head = Text(), nn.Linear(8 + AUDIO_DIMS + VISION_DIMS, 1)

    def forward(self, text, audio, vision):
        fused = torch.cat([self.text(text), audio.mean(1), vision.amax(1)], 1)
        return {"Feature": fused, "M": self.head(fused)}


class Plain(nn.Module):
    def __init__(self):
        super().__init__()
        self.text, self.head = Text(), nn.Linear(8 + AUDIO_DIMS + VISION_DIMS, 1)

    def forward(self, text, audio, vision):
        fused = torch.cat([self.text(text), torch.tanh(audio).mean(1), vision.squeeze(1)], 1)
        return 3 * torch.tanh(self.head(fused))


def samples():
    random = np.random.RandomState(7)
    rows = []
    for i in range(N):
        t, a, v = random.randint(3, TEXT + 1), random.randint(1, AUDIO + 1), random.randint(1, VISION + 1)
        mask = (np.arange(TEXT) < t).astype(np.int64)
        rows.append({
            "id": f"s{i}", "ids": (random.randint(1, IDS, TEXT) * mask).tolist(), "mask": mask.tolist(),
            "audio": padded(random, AUDIO, AUDIO_DIMS, a), "audio_length": a,
            "vision": padded(random, VISION, VISION_DIMS, v), "vision_length": v})
    return rows


def padded(random, steps, dims, length):
    x = random.normal(size=(steps, dims)).astype(np.float32)
    x[length:] = 0
    return [[float(np.format_float_positional(value, unique=True)) for value in row] for row in x]


def tensors(rows):
    text = torch.tensor([[r["ids"], r["mask"], [0] * TEXT] for r in rows], dtype=torch.float32)
    audio = torch.tensor([r["audio"] for r in rows], dtype=torch.float32)
    vision = torch.tensor([r["vision"] for r in rows], dtype=torch.float32)
    lengths = [torch.tensor([r[key] for r in rows]) for key in ("audio_length", "vision_length")]
    return text, audio, vision, *lengths


def predict(model, rows, arguments):
    """In batches of BATCH, the last one filled with its last row."""
    out = []
    for first in range(0, len(rows), BATCH):
        part = rows[first:first + BATCH]
        result = model(*arguments(part + part[-1:] * (BATCH - len(part))))
        result = result["M"] if isinstance(result, dict) else result
        out += result[:len(part), 0].tolist()
    return out


def tuples(rows):
    text, audio, vision, audio_lengths, vision_lengths = tensors(rows)
    return text, (audio, audio_lengths), (vision, vision_lengths)


def flat(rows):
    return tensors(rows)[:3]


def pooled(rows):
    text, audio, vision, _, _ = tensors(rows)
    return text, audio, vision.mean(1, keepdim=True)


def main():
    os.chdir(os.path.dirname(os.path.abspath(__file__)))
    rows = samples()
    predictions = {}
    with torch.no_grad():
        for name, kind, arguments in (("tuple", Tuple, tuples), ("dict", Dict, flat), ("plain", Plain, pooled)):
            torch.manual_seed(11)
            model = kind().eval()
            predictions[name] = predict(model, rows, arguments)
            if name == "plain":
                torch.jit.script(model).save("plain.pt", _extra_files={"shakedown/model.yaml": MANIFEST})
            else:
                torch.jit.trace(model, arguments(rows[:BATCH]), strict=False).save(f"{name}.pt")
    torch.save(nn.Linear(2, 1).state_dict(), "state_dict.pt")
    with open("golden.json", "w", encoding="utf-8") as file:
        json.dump({"torch": torch.__version__, "samples": rows, "predictions": predictions}, file)
        file.write("\n")


if __name__ == "__main__":
    main()
