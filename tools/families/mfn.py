# SPDX-License-Identifier: MIT-0
"""thuiar/MMSA, MFN: aligned sequences, averaged over time where the settings say so; a Python loop over time."""
from family import inputs, mmsa, task


def recipe(repo, dataset="mosi"):
    module, args = mmsa(repo, "mfn", dataset)
    return {"module": module, "name": "mfn", "task": task(dataset), "output": {"key": "M"},
            "inputs": inputs(args, text="embedding", pooled=args["need_normalized"], most=999)}
