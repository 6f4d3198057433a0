#!/usr/bin/env python3
"""Recomputes the metrics of a run from what `shakedown dump RUN` printed, by NumPy and scikit-learn, and compares them
with results.json to 1e-9: recompute_metrics.py dump.csv results.json. Exits 1 and names the first differences.

The definitions are those of the published evaluation code (MMSA metricsTop), not shakedown's sources.
Debian: python3-numpy, python3-sklearn.
"""
import csv
import json
import sys
import warnings
from collections import defaultdict

import numpy as np
from sklearn import metrics as sk

warnings.filterwarnings("ignore")


def mosi(p, y):
    """p, y float32 as a model gives and the data holds them; rounding is half to even."""
    values = {f"acc{2 * k + 1}": np.mean(np.rint(np.clip(p, -k, k)) == np.rint(np.clip(y, -k, k))) for k in (2, 3)}
    keep = y != 0
    for name, truth, guess in (("has0", y >= 0, p >= 0), ("non0", y[keep] > 0, p[keep] > 0)):
        values["acc2_" + name] = sk.accuracy_score(truth, guess)
        values["f1_" + name] = sk.f1_score(truth, guess, average="weighted")
    values["mae"] = np.mean(np.abs(p.astype(np.float64) - y.astype(np.float64)))
    values["corr"] = np.corrcoef(p.astype(np.float64), y.astype(np.float64))[0, 1]
    return values


def classes(scores, y):
    guess = scores.argmax(1)
    labels = list(range(scores.shape[1]))
    f1 = lambda kind, a, b: sk.f1_score(a, b, labels=labels, average=kind, zero_division=0)
    return {"accuracy": sk.accuracy_score(y, guess), "f1_weighted": f1("weighted", y, guess),
            "f1_weighted_swapped": f1("weighted", guess, y), "f1_macro": f1("macro", y, guess),
            "uar": sk.recall_score(y, guess, labels=labels, average="macro", zero_division=0)}


def main():
    results = json.load(open(sys.argv[2], encoding="utf-8"))
    names = results["model"]["task"]["labels"]
    rows = defaultdict(list)
    with open(sys.argv[1], encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rows[row["cell"]].append(row)
    compared, wrong = 0, []
    for cell in results["cells"]:
        part = rows[cell["id"]]
        outputs = np.array([[float(v) for k, v in row.items() if k.startswith("output")] for row in part])
        if names:
            values = classes(outputs, np.array([names.index(row["label"]) for row in part]))
        else:
            values = mosi(outputs[:, 0].astype(np.float32), np.array([float(row["label"]) for row in part], np.float32))
        for name, value in values.items():
            found = cell["metrics"].get(name, {}).get("value")
            if found is None and not np.isfinite(value):
                continue
            compared += 1
            if found is None or abs(found - value) > 1e-9:
                wrong.append(f"{cell['id']} {name}: {found}, recomputed {value}")
    print(f"{compared} values compared, {len(wrong)} differ")
    print("\n".join(wrong[:10]))
    sys.exit(1 if wrong or not compared else 0)


main()
