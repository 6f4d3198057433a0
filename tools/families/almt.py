# SPDX-License-Identifier: MIT-0
"""Haoyu-ha/ALMT: vision, audio, text, in this order."""
import yaml
from family import checkout, inputs, settings, task


def recipe(repo, dataset="mosi", bert=None):
    config = (checkout(repo, bert) / "configs" / f"{dataset}.yaml").read_text(encoding="utf-8")
    args = settings(yaml.safe_load(config))
    from models.almt import build_model
    model = args.model
    sizes = {"seq_lens": [model.l_input_length, model.a_input_length, model.v_input_length],
             "feature_dims": [model.l_input_dim, model.a_input_dim, model.v_input_dim]}
    return {"module": build_model(args), "name": "almt", "task": task(dataset), "inputs": inputs(sizes)[::-1]}
