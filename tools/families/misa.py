# SPDX-License-Identifier: MIT-0
"""thuiar/MMSA, MISA: audio and vision as long as the text, whose length it uses for all three."""
from family import inputs, mmsa, task


def recipe(repo, dataset="mosi", bert=None):
    module, args = mmsa(repo, "misa", dataset, bert)
    return {"module": module, "name": "misa", "task": task(dataset), "inputs": inputs(args), "output": {"key": "M"}}
