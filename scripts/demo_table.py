#!/usr/bin/env python3
"""Prints the tables of docs/demo.md: python3 scripts/demo_table.py runs/demo

Reads plain/results.json, robust/results.json and compare.json (shakedown compare RUN/plain RUN/robust --json) below the folder.
"""
import json
import pathlib
import sys


def score(value):
    if value is None or value.get("value") is None:
        return "-"
    low, high = value.get("ci") or (None, None)
    return f"{value['value']:.3f}" + (f" [{low:.3f}, {high:.3f}]" if low is not None else "")


def matches(entry, cell):
    """As metrics/src/aggregates.cpp reads trained_with; globs of whole names only."""
    name, _, conditions = entry.partition("[")
    wanted = dict(c.split("=") for c in conditions.rstrip("]").split(",")) if conditions else {}
    return any(part["perturbation"] == name and all(part["params"].get(k) == v for k, v in wanted.items()) for part in cell["parts"])


def main():
    folder = pathlib.Path(sys.argv[1])
    plain, robust = (json.loads((folder / name / "results.json").read_text()) for name in ("plain", "robust"))
    compared = {rule["name"]: rule for rule in json.loads((folder / "compare.json").read_text())["rules"]}
    trained_with = robust["model"]["trained_with"]
    other = {cell["id"]: cell for cell in robust["cells"]}

    print("| clean input | plain | robust | floor |\n| --- | --- | --- | --- |")
    for metric in ("acc2_non0", "acc2_has0", "f1_non0", "acc7", "mae", "corr"):
        a, b = plain["clean"]["metrics"][metric], robust["clean"]["metrics"][metric]
        print(f"| {metric} | {score(a)} | {score(b)} | {a['floor']:.3f} |")
    print("\n| MAE | seen | plain | robust | robust better by |\n| --- | --- | --- | --- | --- |")

    def row(name, seen, a, b):
        rule = compared.get(name)
        by = f"{rule['difference']:+.3f} [{rule['bounds'][0]:+.3f}, {rule['bounds'][1]:+.3f}]" if rule and rule["difference"] is not None else "-"
        print(f"| {name} | {seen} | {score(a)} | {score(b)} | {by} |")

    better = stressed = 0
    for cell in plain["cells"]:
        seen = any(matches(entry, cell) for entry in trained_with)
        row(cell["id"], "yes" if seen else "", cell["metrics"]["mae"], other[cell["id"]]["metrics"]["mae"])
        if cell["parts"]:
            stressed += 1
            better += other[cell["id"]]["metrics"]["mae"]["value"] < cell["metrics"]["mae"]["value"]
    for name in sorted(set(plain["summary"]) & set(robust["summary"]) | {"stress_mean[seen]", "stress_mean[unseen]"}):
        if name in compared:
            row(name, "", plain["summary"].get(name), robust["summary"].get(name))
    print(f"\nRobust is better by point in {better} of {stressed} stressed cells. Floor of MAE: {plain['clean']['metrics']['mae']['floor']:.3f}.")


if __name__ == "__main__":
    main()
