# SPDX-License-Identifier: MIT-0
"""sunlicai/EMT-DLFR: the branch that sees the incomplete view, which is the one that is scored."""
from types import SimpleNamespace

from family import checkout, inputs, task
from torch import nn


class Emt(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.Model = model

    def forward(self, text, audio, audio_lengths, vision, vision_lengths):
        words = text[:, 1].sum(1).int() - 2  # without [CLS] and [SEP]
        return self.Model.forward_once(text, words, audio, audio_lengths, vision, vision_lengths, missing=True)["pred_m"]


def recipe(repo, dataset="mosi", bert=None):
    checkout(repo, bert)
    from config.config_regression import ConfigRegression
    from models.AMIO import AMIO
    args = ConfigRegression(SimpleNamespace(modelName="emt-dlfr", datasetName=dataset, device="cpu", use_normalized_data=False)).get_config()
    text, audio, vision = inputs({**args, "seq_lens": args["seq_lens"] or (50, 50, 50)})
    return {"module": Emt(AMIO(args).Model), "name": "emt_dlfr", "task": task(dataset),
            "inputs": [text, audio, {"from": "audio.lengths"}, vision, {"from": "vision.lengths"}]}
