# SPDX-License-Identifier: MIT-0
"""Stand-ins for what the authors' code imports and a machine without their environment lacks: a small BERT with random weights, the two
functions of einops that they use, and empty modules. Enough to export and to compare; a model that is to be tested needs the real ones."""
import importlib.abc
import importlib.machinery
import importlib.util
import math
import sys
import types

import torch
from torch import nn


class Bert(nn.Module):
    """Ids, mask and segments in, [B, T, 768] out, as BertModel: one masked attention behind narrow embeddings."""

    def __init__(self, vocabulary=30522, width=16, hidden=768):
        super().__init__()
        self.ids, self.segments, self.positions = nn.Embedding(vocabulary, width), nn.Embedding(2, width), nn.Embedding(512, width)
        self.query, self.key, self.value = (nn.Linear(width, width) for _ in range(3))
        self.out, self.norm = nn.Linear(width, hidden), nn.LayerNorm(hidden)
        self.config = types.SimpleNamespace(hidden_size=hidden, vocab_size=vocabulary)

    @classmethod
    def from_pretrained(cls, *_, **__):
        return cls()

    def forward(self, input_ids, attention_mask=None, token_type_ids=None, **_):
        steps = torch.arange(input_ids.size(1), device=input_ids.device)
        x = self.ids(input_ids) + self.segments(token_type_ids) + self.positions(steps).unsqueeze(0)
        scores = self.query(x) @ self.key(x).transpose(1, 2) / math.sqrt(x.size(2))
        scores = scores + (1 - attention_mask.to(x.dtype)).unsqueeze(1) * -1e4
        return self.norm(self.out(torch.tanh(x + scores.softmax(2) @ self.value(x)))), None


def _axes(side):
    """"b n (h d)" as [["b"], ["n"], ["h", "d"]]; 1 is an axis of none."""
    groups, inside = [], False
    for word in side.replace("(", " ( ").replace(")", " ) ").split():
        if word == "(":
            groups.append([])
            inside = True
        elif word == ")":
            inside = False
        elif inside:
            groups[-1].append(word)
        else:
            groups.append([] if word == "1" else [word])
    return groups


def repeat(x, pattern, **sizes):
    """einops.repeat, and rearrange where no axis is new."""
    left, right = (_axes(side) for side in pattern.replace("(...)", "rest").replace("...", "rest").split("->"))
    shape, names = [], []
    for extent, group in zip(x.shape, left):
        for name in group:
            others = math.prod(sizes[other] for other in group if other != name and other in sizes)
            sizes.setdefault(name, extent // others if others != 1 else extent)
            shape.append(sizes[name])
            names.append(name)
    x = x.reshape(shape)
    flat = [name for group in right for name in group]
    for name in flat:
        if name not in names:
            x = x.unsqueeze(-1).expand(*x.shape, sizes[name])
            names.append(name)
    x = x.permute([names.index(name) for name in flat])
    made = []
    for group in right:
        extent = 1
        for name in group:
            extent = sizes[name] if len(group) == 1 else extent * sizes[name]
        made.append(extent)
    return x.reshape(made)


class _Empty(types.ModuleType):
    """A module that has whatever is imported from it."""

    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        if name in ("BertModel", "BertTokenizer", "RobertaModel", "RobertaTokenizer"):
            return Bert if name.endswith("Model") else types.SimpleNamespace(from_pretrained=lambda *_, **__: None)
        if name in ("repeat", "rearrange"):
            return repeat
        return type(name, (nn.Module,), {})


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, packages):
        self.packages = packages

    def find_spec(self, name, path=None, target=None):
        return importlib.machinery.ModuleSpec(name, self, is_package=True) if name.split(".")[0] in self.packages else None

    def create_module(self, spec):
        return _Empty(spec.name)

    def exec_module(self, module):
        pass


def fill(bert=None):
    """Stands in for what is not installed. `bert`: a folder with BERT's weights for the installed transformers, instead of the path that
    the authors wrote down; "stand-in" for the small one."""
    missing = [name for name in ("transformers", "pytorch_transformers", "einops", "pynvml") if importlib.util.find_spec(name) is None]
    if bert == "stand-in" and "transformers" not in missing:
        missing.append("transformers")
    if missing:
        print("stand-ins with random weights for: " + ", ".join(missing), file=sys.stderr)
        sys.meta_path.insert(0, _Finder(missing))
    elif bert:
        import transformers
        for name in ("BertModel", "BertTokenizer"):
            original = getattr(transformers, name).from_pretrained
            setattr(getattr(transformers, name), "from_pretrained", lambda *_, original=original, **__: original(bert))
