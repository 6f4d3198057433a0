# SPDX-License-Identifier: MIT-0
"""sunlicai/EMT-DLFR: the branch that sees the incomplete view, which is the one that is scored."""
from importlib import import_module
from types import SimpleNamespace as Arguments
import torch
from family import checkout, inputs, task

class Emt(torch.nn.Module):
    def __init__(self, args):
        super().__init__()
        code = import_module("models.missingTask.EMT_DLFR")  # len() of a tensor is a number, which a trace bakes in
        code.length_to_mask = lambda length, max_len: torch.arange(max_len, device=length.device) < length.unsqueeze(1)
        self.Model = code.EMT_DLFR(args)

    def forward(self, text, audio, audio_lengths, vision, vision_lengths):
        words = text[:, 1].sum(1).int() - 2  # without [CLS] and [SEP]
        return self.Model.forward_once(text, words, audio, audio_lengths, vision, vision_lengths, missing=True)["pred_m"]

def recipe(repo, dataset="mosi", bert=None):
    checkout(repo, bert)
    from config.config_regression import ConfigRegression
    args = ConfigRegression(Arguments(modelName="emt-dlfr", datasetName=dataset, use_normalized_data=False)).get_config()
    text, audio, vision = inputs({**args, "seq_lens": (50, 500, 375)})
    made = [text, audio, {"from": "audio.lengths"}, vision, {"from": "vision.lengths"}]
    return {"module": Emt(args), "name": "emt_dlfr", "task": task(dataset), "inputs": made}
