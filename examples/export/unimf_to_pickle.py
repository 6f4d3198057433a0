#!/usr/bin/env python3
# SPDX-License-Identifier: MIT-0
"""Turns UniMF's MELD tensors into one feature pickle that shakedown reads: an utterance a sample, its dialogue the group.

    python3 unimf_to_pickle.py FOLDER --task sentiment --out meld_sentiment.pkl

FOLDER holds {train,val,test}_{x,y,mask}_<task>.pt: x [dialogues, 33, 600 + audio], text first; y and mask [dialogues, 33].
Splits that are not there are left out. Utterances whose mask is 0 are padding and do not become samples.
"""
import argparse
import pathlib
import pickle

import numpy as np
import torch

NAMES = {"sentiment": ["neutral", "positive", "negative"],
         "emotion": ["neutral", "surprise", "fear", "sadness", "joy", "disgust", "anger"]}
TEXT = 600


def load(folder, split, what, task):
    return torch.load(folder / f"{split}_{what}_{task}.pt", map_location="cpu").numpy()


def convert(folder, split, task):
    x, y, mask = (load(folder, split, what, task) for what in ("x", "y", "mask"))
    if x.ndim != 3 or x.shape[:2] != y.shape[:2] or x.shape[:2] != mask.shape[:2] or x.shape[2] <= TEXT:
        raise SystemExit(f"{split}: x {x.shape}, y {y.shape}, mask {mask.shape} are not UniMF's")
    dialogues, positions = np.nonzero(mask)
    labels = y[dialogues, positions].reshape(len(dialogues), -1)
    classes = labels.argmax(1) if labels.shape[1] > 1 else labels[:, 0].astype(np.int64)
    return {
        "id": [f"dia{d}_utt{u}" for d, u in zip(dialogues, positions)],
        "dialogue": [f"dia{d}" for d in dialogues],
        "text": x[dialogues, positions, :TEXT].astype(np.float32),
        "audio": x[dialogues, positions, TEXT:].astype(np.float32),
        task: [NAMES[task][c] for c in classes],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--task", choices=sorted(NAMES), required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    options = parser.parse_args()
    found = [s for s in ("train", "val", "test") if (options.folder / f"{s}_x_{options.task}.pt").exists()]
    if not found:
        raise SystemExit(f"{options.folder}: no *_x_{options.task}.pt")
    data = {split: convert(options.folder, split, options.task) for split in found}
    options.out.write_bytes(pickle.dumps(data, protocol=4))
    manifest = options.out.with_suffix(".yaml")
    manifest.write_text(f"schema: shakedown.data/1\nformat: mmsa\nfile: {options.out.name}\n"
                        f"labels: {{{options.task}: {options.task}}}\ngroup: dialogue\n")
    for split in found:
        print(f"{split}: {len(data[split]['id'])} utterances of {len(set(data[split]['dialogue']))} dialogues")
    print(f"wrote {options.out} and {manifest}")


if __name__ == "__main__":
    main()
