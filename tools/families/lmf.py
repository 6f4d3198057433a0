# SPDX-License-Identifier: MIT-0
"""thuiar/MMSA, LMF: sentence vectors of BERT, audio and vision averaged over time."""
from family import inputs, mmsa, task


def recipe(repo, dataset="mosi"):
    module, args = mmsa(repo, "lmf", dataset)
    return {"module": module, "name": "lmf", "task": task(dataset), "inputs": inputs(args, text="embedding", pooled=True), "output": {"key": "M"}}
