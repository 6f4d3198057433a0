# SPDX-License-Identifier: MIT-0
"""thuiar/TFR-Net: alignment and fusion on the incomplete view; the generators serve the loss only. Lengths are built in."""
from types import SimpleNamespace
from family import checkout, inputs, mend_positions, task
from torch import nn

class Tfr(nn.Module):
    def __init__(self, args):
        super().__init__()
        from models.missingTask.TFR_NET.model import TFR_NET
        mend_positions()
        self.Model = TFR_NET(args)

    def forward(self, text, audio, audio_mask, vision, vision_mask):
        t, a, v, *_ = self.Model.align_subnet(self.Model.text_model(text), audio, vision)
        return self.Model.fusion_subnet((t, text[:, 1]), (a, audio_mask), (v, vision_mask))

def recipe(repo, dataset="mosi", bert=None, seq_lens=(50, 500, 375)):
    checkout(repo, bert)
    from config.config_regression import ConfigRegression
    args = ConfigRegression(SimpleNamespace(modelName="tfr_net", datasetName=dataset, device="cpu")).get_config()
    args["seq_lens"] = tuple(seq_lens)
    text, audio, vision = inputs(args, most=999)
    return {"module": Tfr(args), "name": "tfr_net", "task": task(dataset), "inputs": [text, audio, {"from": "audio.mask"}, vision, {"from": "vision.mask"}]}
