#!/usr/bin/env python3
"""Makes dialogue.pkl (9 dialogues of 1 to 6 utterances), dialogue.pt and what PyTorch predicts: dialogue.json.

    python3 make_dialogue.py        (python3-numpy, python3-torch; writes beside itself)

The model is recurrent over the utterances of a dialogue, in the form that models of conversations share: sequences
first [U,B,D], who speaks [B,U,S], which utterances exist [B,U]; out come logits [U,B,3]. Expected are the clean
predictions, and those without sound: of all utterances, of the one asked for, of those before it.
"""
import json
import pathlib
import pickle

import numpy as np
import torch
from torch import nn

HERE = pathlib.Path(__file__).parent
LENGTHS = [3, 1, 6, 2, 4, 5, 1, 3, 2]
STEPS, SPEAKERS = 4, 3
MANIFEST = """schema: shakedown.model/1
name: dialogue
row: dialogue
task: {kind: classification, label: emotion, labels: [neutral, joy, anger], polarity: {neutral: 0, joy: 1, anger: -1}}
inputs:
  - {from: text.embedding, layout: UBC, argument: text}
  - {from: audio.features, layout: UBTC, length: 4, argument: audio}
  - {from: vision.features, layout: UBC, argument: vision}
  - {from: dialogue.speakers, count: 3, argument: speakers}
  - {from: dialogue.mask, argument: umask}
  - {from: dialogue.lengths, argument: lengths}
output: {index: 0, per: utterance, mask: umask, layout: UB}
"""


class Dialogue(nn.Module):
    def __init__(self):
        super().__init__()
        self.recurrent = nn.GRU(6 + 5 + 3 + SPEAKERS, 8, bidirectional=True)
        self.head = nn.Linear(16, 3)

    def forward(self, text, audio, vision, speakers, umask, lengths):
        x = torch.cat([text, audio.mean(2), vision, speakers.transpose(0, 1)], 2)
        packed = nn.utils.rnn.pack_padded_sequence(x, lengths, enforce_sorted=False)
        hidden, _ = nn.utils.rnn.pad_packed_sequence(self.recurrent(packed)[0])
        return self.head(hidden) * umask.transpose(0, 1).unsqueeze(2), hidden


def data():
    random = np.random.RandomState(3)
    rows = [(d, u) for d, length in enumerate(LENGTHS) for u in range(length)]
    n = len(rows)
    labels = random.randint(0, 3, n)
    mean = (labels - 1)[:, None]
    return {
        "id": [f"dia{d}$_${u}" for d, u in rows],
        "speaker": [f"person {(d + u * u) % SPEAKERS}" for d, u in rows],
        "text": (random.normal(size=(n, 6)) + mean).astype(np.float32),
        "audio": (random.normal(size=(n, STEPS, 5)) + 0.7 * mean[:, :, None]).astype(np.float32),
        "vision": random.normal(size=(n, 3)).astype(np.float32),
        "emotion": np.array(["neutral", "joy", "anger"])[labels],
    }


def predict(model, split, silent):
    """The prediction for each utterance; silent(i, target) says which ones have lost their sound."""
    out, start = [], 0
    for length in LENGTHS:
        for target in range(length):
            text, audio, vision = (torch.tensor(split[key][start:start + length]) for key in ("text", "audio", "vision"))
            for i in range(length):
                if silent(i, target):
                    audio[i] = 0
            order = list(dict.fromkeys(split["speaker"][start:start + length]))
            who = torch.tensor([order.index(s) for s in split["speaker"][start:start + length]])
            speakers = nn.functional.one_hot(who, SPEAKERS).float().unsqueeze(0)
            logits, _ = model(text.unsqueeze(1), audio.unsqueeze(1), vision.unsqueeze(1), speakers,
                              torch.ones(1, length), torch.tensor([length]))
            out.append([float(x) for x in logits[target, 0]])
        start += length
    return out


def main():
    split = data()
    torch.manual_seed(5)
    model = Dialogue().eval()
    with torch.no_grad():
        expected = {
            "clean": predict(model, split, lambda i, target: False),
            "all": predict(model, split, lambda i, target: True),
            "target": predict(model, split, lambda i, target: i == target),
            "history": predict(model, split, lambda i, target: i < target),
        }
    torch.jit.script(model).save(str(HERE / "dialogue.pt"), _extra_files={"shakedown/model.yaml": MANIFEST})
    with open(HERE / "dialogue.pkl", "wb") as file:
        pickle.dump({"test": split}, file, protocol=4)
    (HERE / "dialogue.json").write_text(json.dumps(expected) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
