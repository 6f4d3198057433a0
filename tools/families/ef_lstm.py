# SPDX-License-Identifier: MIT-0
"""thuiar/MMSA, EF-LSTM: aligned sequences; its batch norm runs over time, so the length is that of training."""
from family import inputs, mmsa, task


def recipe(repo, dataset="mosi"):
    module, args = mmsa(repo, "ef_lstm", dataset)
    return {"module": module, "name": "ef_lstm", "task": task(dataset), "inputs": inputs(args, text="embedding", most=999), "output": {"key": "M"}}
