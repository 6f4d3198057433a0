# SPDX-License-Identifier: MIT-0
"""Haoyu-ha/LNLN: no complete view, then vision, audio and text as they are. Gradient reversal does nothing forwards."""
import yaml
from family import checkout, inputs, task
from torch import nn


def recipe(repo, dataset="mosi", bert=None):
    args = yaml.safe_load((checkout(repo, bert) / "configs" / f"eval_{dataset}.yaml").read_text(encoding="utf-8"))
    from models.lnln import build_model
    part = args["model"]["feature_extractor"]  # its lists say language, video, audio
    sizes = {key: [part[own][i] for i in (0, 2, 1)] for key, own in (("seq_lens", "input_length"), ("feature_dims", "input_dims"))}
    module, nothing = build_model(args), {"from": "none"}
    module.GRL = nn.Identity()
    return {"module": module, "name": "lnln", "task": task(dataset), "output": {"key": "sentiment_preds"},
            "inputs": [[nothing, nothing, nothing], inputs(sizes)[::-1]]}
