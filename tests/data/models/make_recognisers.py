#!/usr/bin/env python3
"""Writes two exported acoustic models with random weights and what Python hears with them: recognisers.json. They are
made as docs/export.md says.

    python3 make_recognisers.py        # PyTorch 1.13 and torchaudio 0.13 (Debian's python3-torchaudio)

wav2vec2.pt  torchaudio's Wav2Vec2Model, small, scripted: (scores, lengths or None)
logits.pt    a convolutional model that answers as those of transformers do, with a field `logits`, traced
"""
import json
import os
import typing

import numpy as np
import torch
from torchaudio.models import wav2vec2_model
from torchaudio.pipelines import WAV2VEC2_ASR_BASE_960H

RATE = 16000
CONVOLUTIONS = [(16, 10, 5), (16, 3, 2), (16, 3, 2), (16, 3, 2), (16, 3, 2), (16, 2, 2), (16, 2, 2)]
VOCABULARY = {"<pad>": 0, "<s>": 1, "</s>": 2, "<unk>": 3, "|": 4, "E": 5, "T": 6, "A": 7, "O": 8, "N": 9}


def sound(parts):
    """Tones of .1 s; the test makes the same."""
    k = np.arange(parts * RATE // 10) // (RATE // 10)
    i = np.arange(parts * RATE // 10)
    return (0.1 + 0.08 * (k % 5)) * np.sin(2 * np.pi * (200 + 137 * (k * 7 % 11)) * i / RATE)


class Output(typing.NamedTuple):
    logits: torch.Tensor


class Acoustic(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.Sequential(torch.nn.Conv1d(1, 12, 400, 320), torch.nn.Tanh(),
                                          torch.nn.Conv1d(12, len(VOCABULARY), 3, padding=1))

    def forward(self, waveform):
        return Output(self.layers(waveform.unsqueeze(1)).transpose(1, 2))


class Logits(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, waveform):
        return self.model(waveform).logits


def greedy(scores, labels, blank, drop):
    text, before = "", None
    for label in scores.argmax(1).tolist():
        if label != before and label != blank and labels[label] not in drop:
            text += " " if labels[label] == "|" else labels[label]
        before = label
    return " ".join(text.lower().split())


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    torch.manual_seed(5)
    wav2vec2 = wav2vec2_model(
        extractor_mode="group_norm", extractor_conv_layer_config=CONVOLUTIONS, extractor_conv_bias=False,
        encoder_embed_dim=16, encoder_projection_dropout=0.0, encoder_pos_conv_kernel=8, encoder_pos_conv_groups=4,
        encoder_num_layers=1, encoder_num_heads=2, encoder_attention_dropout=0.0, encoder_ff_interm_features=32,
        encoder_ff_interm_dropout=0.0, encoder_dropout=0.0, encoder_layer_norm_first=False, encoder_layer_drop=0.0,
        aux_num_out=len(WAV2VEC2_ASR_BASE_960H.get_labels())).eval()
    torch.jit.script(wav2vec2).save(os.path.join(here, "wav2vec2.pt"))
    logits = Logits(Acoustic().eval())
    torch.jit.trace(logits, torch.zeros(1, 32000), check_trace=False).save(os.path.join(here, "logits.pt"))

    golden = {"labels": list(WAV2VEC2_ASR_BASE_960H.get_labels()), "vocabulary": VOCABULARY, "heard": []}
    names = {number: label for label, number in VOCABULARY.items()}
    for parts in (7, 20, 33):
        heard = sound(parts).astype(np.float32)
        plain = torch.from_numpy(heard).unsqueeze(0)
        unit = torch.from_numpy(((heard - heard.mean()) / np.sqrt(heard.var() + 1e-7)).astype(np.float32)).unsqueeze(0)
        with torch.no_grad():
            golden["heard"].append({"parts": parts,
                                    "wav2vec2": greedy(wav2vec2(plain)[0][0], golden["labels"], 0, []),
                                    "logits": greedy(logits(unit)[0], names, 0, ["<s>", "</s>", "<unk>"])})
    with open(os.path.join(here, "recognisers.json"), "w", encoding="utf-8") as out:
        json.dump(golden, out, indent=1)
        out.write("\n")


if __name__ == "__main__":
    main()
