#!/usr/bin/env python3
# SPDX-License-Identifier: MIT-0
"""Exports a family from its authors' repository and compares three runs of it: the module itself, the TorchScript file in Python, shakedown.

    python3 try_out.py tfn --repo MMSA --shakedown build/release/cli/shakedown --work out [--checkpoint state.pt] [--set key=value]

Makes a small feature pickle of random numbers with the sizes that the model wants, runs the suite `smoke` on it, and prints one line of
docs/families.md: how it was exported, batch and length, and the greatest differences. Needs NumPy beside PyTorch.
"""
import argparse
import csv
import json
import pathlib
import pickle
import subprocess
import sys

import numpy as np
import torch

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import shakedown_export as kit  # noqa: E402

SAMPLES = 12


class Stored(kit.Inputs):
    """forward()'s arguments from arrays instead of the formula."""

    def __init__(self, inputs, arrays):
        super().__init__(inputs, 0)
        self.arrays = arrays

    def valid(self, base, rows, steps):
        lengths = self.arrays[base.split(".")[0] + "_lengths"] if base.split(".")[0] != "text" else self.arrays["text_bert"][:, 1].sum(1)
        return torch.tensor(lengths[list(rows)].astype(np.int64)) if steps > 1 else torch.ones(len(rows), dtype=torch.int64)

    def values(self, base, rows, complete, within, padded):
        name = {"text.bert": "text_bert", "text.embedding": "text", "audio.features": "audio", "vision.features": "vision"}[base]
        x = torch.tensor(self.arrays[name][list(rows)])
        return x[:, 0].long() if base == "text.bert" else x


def random_split(sizes, seed):
    """A split as thuiar/MMSA stores one: padded sequences, zeros behind the valid steps."""
    draw = np.random.RandomState(seed)
    text = sizes.get("text.bert") or sizes["text.embedding"]
    split = {"id": np.array([f"v{i // 3}$_${i % 3}" for i in range(SAMPLES)]), "regression_labels": draw.uniform(-3, 3, SAMPLES).astype(np.float32),
             "raw_text": np.array(["so it goes"] * SAMPLES)}
    lengths = {"text": draw.randint(4, text["steps"] + 1, SAMPLES)}
    for name in ("audio", "vision"):
        steps = sizes[f"{name}.features"]["steps"]
        lengths[name] = lengths["text"] if steps == text["steps"] else draw.randint(2, steps + 1, SAMPLES)
        split[f"{name}_lengths"] = lengths[name].astype(np.int64)
    for name, size in (("text", {"columns": 768, **text}), ("audio", sizes["audio.features"]), ("vision", sizes["vision.features"])):
        inside = np.arange(size["steps"])[None, :, None] < lengths[name][:, None, None]
        split[name] = (draw.standard_normal((SAMPLES, size["steps"], size["columns"])) * inside).astype(np.float32)
    mask = (np.arange(text["steps"])[None] < lengths["text"][:, None]).astype(np.float32)
    ids = draw.randint(1000, 21000, mask.shape)
    ids[:, 0] = 101
    ids[np.arange(SAMPLES), lengths["text"] - 1] = 102
    split["text_bert"] = np.stack([ids * mask, mask, 0 * mask], 1).astype(np.float32)
    return split


def shakedown(program, *words):
    done = subprocess.run([program, *map(str, words)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))}: exit code {done.returncode}: {done.stderr.strip()}")
    return done


def compare(options, name, work, program):
    """Exports, makes data, runs: what the exporter found, shakedown's opening line, the probe `export`, the difference on the data, its spread."""
    work.mkdir(parents=True, exist_ok=True)
    model, data, run = (work / f"{name}{end}" for end in (".pt", ".pkl", "_run"))
    found = kit.export(out=model, **options)
    arrays = random_split(kit.Inputs(options["inputs"], 0).sizes, 5)
    with open(data, "wb") as file:
        pickle.dump({"test": arrays}, file)
    with torch.no_grad():
        answer = options["module"](*Stored(options["inputs"], arrays).arguments(range(SAMPLES)))
    eager = kit.as_rows(kit.pick(answer, options.get("output")), SAMPLES)
    done = shakedown(program, "run", "--model", model, "--data", data, "--suite", "smoke", "--out", run)
    rows = csv.DictReader(shakedown(program, "dump", run, "--only", "clean#0").stdout.splitlines())
    answers = {row["sample"]: float(row["prediction"]) for row in rows}
    difference = max(abs(answers[sample] - eager[i, 0].item()) for i, sample in enumerate(arrays["id"]))
    probes = json.loads((run / "results.json").read_text(encoding="utf-8"))["model"]["probes"]
    return found, done.stderr.splitlines()[0], probes["export"], difference, eager.std().item()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("family", help="a recipe of this folder")
    parser.add_argument("--repo", required=True)
    parser.add_argument("--shakedown", required=True)
    parser.add_argument("--work", required=True, type=pathlib.Path)
    parser.add_argument("--checkpoint")
    parser.add_argument("--set", dest="settings", action="append", type=kit._setting, default=[], metavar="KEY=VALUE")
    arguments = parser.parse_args()
    try:
        torch.manual_seed(1111)
        options = kit.load_recipe(HERE / f"{arguments.family}.py")(arguments.repo, **dict(arguments.settings))
        if arguments.checkpoint:
            kit.load_checkpoint(options["module"], arguments.checkpoint)
        found, line, golden, difference, spread = compare(options, arguments.family, arguments.work, arguments.shakedown)
    except kit.ExportError as error:
        sys.exit(f"{arguments.family}: {error}")
    lengths = ", ".join(f"{base.split('.')[0]} {steps}" for base, steps in found.lengths.items())
    print(line, file=sys.stderr)
    print(f"| {arguments.family} | {found.method} | {'any' if found.batch == 'any' else found.batch['fixed']} | {lengths or 'any'} | "
          f"{max(found.differences.values()):.0e} | {golden:.0e} | {difference:.0e} | {spread:.0e} |")


if __name__ == "__main__":
    main()
