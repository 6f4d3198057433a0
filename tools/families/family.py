# SPDX-License-Identifier: MIT-0
"""What the recipes in this folder share: the authors' checkout on the path, their settings, their inputs."""
import json
import pathlib
import sys
import types

import stand_ins
import torch


class Settings(dict):
    """A dict whose keys are attributes too; absent ones are False, as the authors' own classes have it."""

    def __getattr__(self, key):
        if key.startswith("__"):
            raise AttributeError(key)
        return self.get(key, False)

    __setattr__ = dict.__setitem__


def checkout(repo, bert=None):
    """The authors' repository, importable."""
    if repo is None or not pathlib.Path(repo).is_dir():
        sys.exit(f"--repo {repo}: a checkout of the authors' repository is needed; docs/families.md says which")
    stand_ins.fill(bert)
    sys.path.insert(0, str(pathlib.Path(repo).resolve()))
    return pathlib.Path(repo).resolve()


def _positions(tensor, padding_idx, left_pad):
    """1, 2, ... where a step is not padding."""
    steps = torch.arange(padding_idx + 1, padding_idx + 1 + tensor.size(1), device=tensor.device)
    return torch.where(tensor.ne(padding_idx), steps.expand_as(tensor), padding_idx)


def mend_positions():
    """fairseq's make_positions(), which several authors use, calls masked_scatter_ on a view; on a CPU PyTorch 1.13 then numbers the steps in
    another order in each row of a batch (2.6 does not). The same positions without it."""
    for module in list(sys.modules.values()):
        if "make_positions" in getattr(module, "__dict__", {}):
            module.make_positions = _positions


def settings(nested):
    return Settings({key: settings(value) if isinstance(value, dict) else value for key, value in nested.items()})


def task(dataset):
    return {"kind": "regression", "convention": dataset, "label": "regression", "primary": "mae"}


def inputs(args, text="bert", pooled=False, most=60):
    """Text, audio and vision of MMSA's settings. Time axes that a model leaves open need no more than `most` steps to be tried out."""
    text_steps, *others = [min(steps, most) for steps in args["seq_lens"]]
    text_columns, *columns = args["feature_dims"]
    first = {"from": "text.bert", "steps": text_steps} if text == "bert" else {"from": "text.embedding", "columns": text_columns, "steps": text_steps}
    return [first] + [{"from": f"{name}.features", "columns": width, "steps": steps, **({"pool_mean": True} if pooled else {})}
                      for name, width, steps in zip(("audio", "vision"), columns, others)]


def mmsa(repo, model, dataset, bert=None):
    """A model of thuiar/MMSA with the settings that come with it for a data set, and those settings."""
    root = checkout(repo, bert) / "src" / "MMSA"
    package = sys.modules["MMSA"] = types.ModuleType("MMSA")  # without what the package itself imports: training, plots
    package.__path__ = [str(root)]
    config = json.loads((root / "config" / "config_regression.json").read_text(encoding="utf-8"))
    common, own, data = config[model]["commonParams"], config[model]["datasetParams"][dataset], config["datasetCommonParams"][dataset]
    data = data["aligned"] if common["need_data_aligned"] and "aligned" in data else data["unaligned"]
    args = Settings({**data, **common, **own, "model_name": model, "dataset_name": dataset, "train_mode": "regression", "device": "cpu"})
    from MMSA.models.AMIO import AMIO
    mend_positions()
    return AMIO(Settings(args)), args
