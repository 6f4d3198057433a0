# SPDX-License-Identifier: MIT-0
"""A recipe of an end-to-end model: waveform and face crops in, one class of three out, as Hugging Face models answer.

    python3 tools/shakedown_export.py examples/export/end_to_end.py --out end_to_end.pt
    shakedown run --model end_to_end.pt --data examples/talking_heads --suite smoke --limit 16 --out run
"""
from collections import OrderedDict

import torch
from torch import nn


class EndToEnd(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.sound = nn.Sequential(nn.Conv1d(1, width, 400, stride=160), nn.ReLU())
        self.faces = nn.Sequential(nn.Conv2d(3, width, 7, stride=4), nn.ReLU())
        self.classifier = nn.Linear(2 * width, 3)

    def forward(self, input_values=None, attention_mask=None, pixel_values=None, labels=None):
        heard = self.sound((input_values * attention_mask).unsqueeze(1)).mean(2)
        batch, frames = pixel_values.shape[:2]
        seen = self.faces(pixel_values.flatten(0, 1)).mean((2, 3)).view(batch, frames, -1).mean(1)
        return OrderedDict(loss=labels, logits=self.classifier(torch.cat([heard, seen], 1)), hidden_states=(heard, seen))


def recipe(repo, width=8):
    return {"module": EndToEnd(width), "name": "end_to_end", "output": {"key": "logits"},
            "task": {"kind": "classification", "label": "annotation", "labels": ["Negative", "Neutral", "Positive"],
                     "polarity": {"Negative": -1, "Neutral": 0, "Positive": 1}},
            "inputs": [{"from": "audio.waveform", "sample_rate": 16000, "length": 48000}, {"from": "audio.mask"},
                       {"from": "video.faces", "side": 64, "fps": 4, "length": 8, "mean": 0.5, "standard_deviation": 0.5}]}
