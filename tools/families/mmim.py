# SPDX-License-Identifier: MIT-0
"""thuiar/MMSA, MMIM: audio and vision with their lengths."""
from family import inputs, mmsa, task


def recipe(repo, dataset="mosi", bert=None):
    module, args = mmsa(repo, "mmim", dataset, bert)
    text, audio, vision = inputs(args)
    return {"module": module, "name": "mmim", "task": task(dataset), "output": {"key": "M"},
            "inputs": [text, [audio, {"from": "audio.lengths"}], [vision, {"from": "vision.lengths"}]]}
