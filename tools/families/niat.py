# SPDX-License-Identifier: MIT-0
"""Columbine21/NIAT: its forward() is empty; what is tested is the classifier on the fused features."""
from types import SimpleNamespace

from family import checkout, inputs, mend_positions, task
from torch import nn


class Niat(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.Model = model

    def forward(self, text, audio, vision):
        return self.Model.classifier(self.Model.fusion(text, audio, vision))


def recipe(repo, dataset="mosi", bert=None):
    checkout(repo, bert)
    from config.config_regression import ConfigRegression
    from models.AMIO import AMIO
    mend_positions()
    args = ConfigRegression(SimpleNamespace(modelName="niat", datasetName=dataset, device="cpu")).get_config()
    return {"module": Niat(AMIO(args).Model), "name": "niat", "task": task(dataset), "inputs": inputs(args)}
