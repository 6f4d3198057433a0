# SPDX-License-Identifier: MIT-0
"""thuiar/MMSA, MulT: unaligned sequences of any length."""
from family import inputs, mmsa, task


def recipe(repo, dataset="mosi", bert=None):
    module, args = mmsa(repo, "mult", dataset, bert)
    return {"module": module, "name": "mult", "task": task(dataset), "output": {"key": "M"},
            "inputs": inputs(args, text="bert" if args["use_bert"] else "embedding")}
