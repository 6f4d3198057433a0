#!/usr/bin/env python3
"""Makes bert.pkl, other_ids.pkl and bert.pt: stored token ids beside their transcripts, and a model that reads ids.

    python3 make_bert.py        (python3-numpy, python3-torch; writes beside itself)

The ids are those of vocab.txt. In other_ids.pkl every tenth sample holds other ids than its
transcript gives, as data tokenized with another vocabulary would.
"""
import pathlib
import pickle

import numpy as np
import torch

HERE = pathlib.Path(__file__).parent
VOCAB = (HERE / "vocab.txt").read_text(encoding="utf-8").split()
SENTENCES = ["the movie was wonderful", "i think the story is boring", "it is a poor scene", "a really superb ending",
             "they made a dull movie", "the acting was not good", "a really typical scene", "the music was terrible"]
LENGTH = 12


def bert(text):
    row = np.zeros((3, LENGTH), np.float32)
    ids = [VOCAB.index(t) for t in ["[CLS]"] + text.split() + ["[SEP]"]]
    row[0, :len(ids)] = ids
    row[1, :len(ids)] = 1
    return row


def split(changed):
    n = 40
    texts = [SENTENCES[i % len(SENTENCES)] for i in range(n)]
    ids = np.stack([bert(t) for t in texts])
    if changed:
        ids[::10, 0, 1] = 1
    return {"test": {"raw_text": np.array(texts, dtype=object), "text_bert": ids, "id": [f"v{i // 4}$_${i}" for i in range(n)],
                     "regression_labels": np.array([((i * 7) % 13 - 6) / 2 for i in range(n)], np.float32)}}


class Bag(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = torch.nn.Embedding(128, 4)  # [UNK] of missing.* is 100
        self.head = torch.nn.Linear(4, 1)

    def forward(self, text):
        ids, mask = text[:, 0].long(), text[:, 1].unsqueeze(2)
        return self.head((self.embedding(ids) * mask).sum(dim=1))


def main():
    for name, changed in (("bert.pkl", False), ("other_ids.pkl", True)):
        with open(HERE / name, "wb") as file:
            pickle.dump(split(changed), file, protocol=4)
    torch.manual_seed(1)
    torch.jit.script(Bag().eval()).save(str(HERE / "bert.pt"))


if __name__ == "__main__":
    main()
