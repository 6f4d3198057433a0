#!/usr/bin/env python3
"""Makes three files of one small model of use.pkl with golden outputs: as tools/shakedown_export.py writes them, and with one of them changed.

    python3 make_golden.py     (python3-torch; writes beside itself)

golden.pt        as exported
golden_near.pt   row 2 is 0.0001 off
golden_wrong.pt  row 5 is 0.1 off
"""
import pathlib
import sys
import zipfile

import torch

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2] / "tools"))
import shakedown_export  # noqa: E402


class Small(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = torch.nn.Parameter(torch.tensor([2.0, 0.5, -1.0]))

    def forward(self, text, audio, vision):
        return torch.tanh(torch.stack([text[:, :, 0].mean(1), audio[:, :, 0].mean(1), vision[:, :, 0].mean(1)], 1)) @ self.weights


def main():
    inputs = [{"from": source, "columns": 2, "length": 4} for source in ("text.embedding", "audio.features", "vision.features")]
    whole = HERE / "golden.pt"
    shakedown_export.export(Small(), inputs, whole, task={"kind": "regression", "convention": "plain", "label": "regression"})
    with zipfile.ZipFile(whole) as archive:
        files = {name: archive.read(f"golden/extra/shakedown/{name}").decode() for name in ("model.yaml", "golden.yaml")}
    lines = files["golden.yaml"].splitlines()
    first = lines.index("outputs:") + 1
    for name, row, change in (("golden_near", 2, 1e-4), ("golden_wrong", 5, 0.1)):
        changed = list(lines)
        changed[first + row] = f"  - [{float(lines[first + row][5:-1]) + change!r}]"
        torch.jit.save(torch.jit.load(str(whole)), str(HERE / f"{name}.pt"), _extra_files={
            "shakedown/model.yaml": files["model.yaml"], "shakedown/golden.yaml": "\n".join(changed) + "\n"})


if __name__ == "__main__":
    main()
