#!/usr/bin/env python3
# SPDX-License-Identifier: MIT-0
"""Turns a PyTorch module into one TorchScript file that `shakedown run --model FILE` takes as it is.

    python3 shakedown_export.py RECIPE.py --out model.pt [--repo AUTHORS_CHECKOUT] [--checkpoint state.pt] [--set key=value]

RECIPE.py has a function recipe(repo, **settings) that returns the arguments of export() below as a dict:

    def recipe(repo):
        return {"module": MyModel(), "task": {"kind": "regression", "convention": "mosi"},
                "inputs": [{"from": "text.bert", "steps": 50}, {"from": "audio.features", "columns": 5, "steps": 50}]}

`inputs` are forward()'s arguments in order, a nested list a tuple, with the keys of docs/export.md and three sizes beside them:
`columns` of features, `steps` (the longest time axis to expect) and `vocabulary` of token ids. Needs PyTorch 1.13 or newer, nothing else.
"""
import argparse
import contextlib
import importlib.util
import inspect
import json
import math
import pathlib
import re
import sys
import traceback
import warnings

import torch
from torch import nn
from torch.nn.utils.rnn import PackedSequence

GOLDEN_ROWS = 8
WITHIN = 1e-5      # of the label unit: an export that keeps to it is verified
BATCHES = (1, 2, 7, 32)
TRACED_AT = 4      # rows of the example that a trace runs on; no batch size of the checks


class ExportError(Exception):
    """What stands in the way, and what to change."""


# --- Values by formula: mix() is splitmix64; docs/formats.md states it for readers in other languages. -------------------


def _signed(x):
    return x - (1 << 64) if x >= 1 << 63 else x


_STEP, _FIRST, _SECOND = (_signed(x) for x in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))


def _shift(x, bits):
    """To the right, as an unsigned number."""
    return (x >> bits) & ((1 << (64 - bits)) - 1)


def _mix(x):
    x = x + _STEP
    x = (x ^ _shift(x, 30)) * _FIRST
    x = (x ^ _shift(x, 27)) * _SECOND
    return x ^ _shift(x, 31)


def draw(seed, *keys):
    """A 64-bit number (signed) of the seed and each combination of keys, which are integers or integer tensors."""
    key = _mix(torch.tensor(_signed(seed % (1 << 64))))
    for part in keys:
        key = _mix(key + part)
    return key


_MODALITIES = {"text": 1, "audio": 2, "vision": 3, "video": 3}
_LOST = 8          # added to the modality: the stream that decides which steps the perturbed view lacks
_LENGTHS = 0

# from: default layout, default dtype, what the values are
_SOURCES = {
    "text.bert": ("B3T", "float32", "tokens"), "text.tokens": ("BT", "int64", "tokens"),
    "text.embedding": ("BTC", "float32", "sequence"), "text.string": ("", "", "strings"),
    "audio.waveform": ("BT", "float32", "waveform"), "audio.logmel": ("BTC", "float32", "sequence"),
    "audio.mfcc": ("BTC", "float32", "sequence"), "audio.features": ("BTC", "float32", "sequence"),
    "video.frames": ("BTCHW", "float32", "frames"), "video.faces": ("BTCHW", "float32", "frames"),
    "vision.features": ("BTC", "float32", "sequence"), "constant": ("", "float32", "constant"), "none": ("", "", "none"),
}
_DERIVED = {"lengths": ("B", "int64"), "mask": ("BT", "float32"), "missing_mask": ("BT", "float32")}
_SIZES = ("columns", "steps", "vocabulary", "height", "width")  # ours; the manifest has no such keys


class _Leaf:
    """One tensor (string list, None, number) of forward()'s arguments."""

    def __init__(self, spec):
        self.spec = dict(spec)
        self.base, self.derived, self.complete = self.spec["from"], None, False
        if self.base not in _SOURCES:
            if self.base.endswith(".complete"):
                self.base, self.complete = self.base[:-len(".complete")], True
            for derived in ("missing_mask", "mask", "lengths"):
                if self.base.endswith("." + derived):
                    self.base, self.derived = self.base[:-len(derived) - 1], derived
                    break
        if self.base not in _SOURCES and not (self.derived and self.base in _MODALITIES):
            raise ExportError(f"inputs: from: '{spec['from']}' is no source that can be exported: accepted are {', '.join(_SOURCES)}, "
                              "<source>.complete, and .lengths, .mask, .missing_mask of text, audio, vision or a source")
        self.kind = _SOURCES[self.base][2] if self.base in _SOURCES else None
        layout, dtype = _DERIVED[self.derived] if self.derived else _SOURCES[self.base][:2]
        self.layout, self.dtype = self.spec.get("layout", layout), self.spec.get("dtype", dtype)
        self.modality = _MODALITIES.get(self.base.split(".")[0])

    @property
    def has_values(self):
        return self.derived is None and self.kind not in ("constant", "none")


def _flatten(nested):
    return [leaf for part in nested for leaf in (_flatten(part) if isinstance(part, (list, tuple)) else [part])]


def _nest(like, flat):
    """The items of the iterator `flat` in the nesting of `like`, lists as tuples."""
    return tuple(_nest(part, flat) if isinstance(part, (list, tuple)) else next(flat) for part in like)


def _arrange(x, axes, layout):
    for i, axis in reversed(list(enumerate(axes))):
        if axis not in layout:
            if x.shape[i] != 1:
                raise ExportError(f"layout '{layout}' has no {axis}, and there are {x.shape[i]} of it: add pool_mean, steps: 1 or {axis}")
            x = x.select(i, 0)
    kept = [axis for axis in axes if axis in layout]
    wanted = [axis for axis in layout if axis != "1"]
    if sorted(kept) != sorted(wanted):
        raise ExportError(f"layout '{layout}' does not arrange {axes}")
    x = x.permute([kept.index(axis) for axis in wanted])
    for i, axis in enumerate(layout):
        if axis == "1":
            x = x.unsqueeze(i)
    return x.contiguous()


class Inputs:
    """Makes forward()'s arguments from row numbers: what shakedown binds from golden rows, to the bit."""

    def __init__(self, inputs, seed):
        if not isinstance(inputs, (list, tuple)) or not inputs:
            raise ExportError("inputs: a list of {'from': ...} is needed, forward()'s arguments in order")
        self.nested, self.seed = inputs, seed
        self.leaves = [_Leaf(spec) for spec in _flatten(inputs)]
        self.sizes = {}    # of each source
        for leaf in sorted(self.leaves, key=lambda leaf: leaf.complete):  # the complete view is as large as the other
            if leaf.has_values and not (leaf.complete and leaf.base in self.sizes):
                self.sizes.setdefault(leaf.base, {}).update(self._size(leaf))
        for leaf in self.leaves:
            if leaf.derived:
                leaf.values = self._referred(leaf)

    @staticmethod
    def _size(leaf):
        spec = leaf.spec
        size = {"steps": int(spec.get("length", spec.get("steps", 12 if leaf.kind == "strings" else 50)))}
        if "T" not in leaf.layout and leaf.kind == "sequence" and not spec.get("pool_mean"):
            size["steps"] = 1
        if leaf.kind == "sequence":
            columns = spec.get("columns", spec.get("coefficients", spec.get("mels")))
            if columns is None:
                raise ExportError(f"inputs: {spec['from']}: `columns` is missing: how many features a step has")
            size["columns"] = int(columns)
        if leaf.kind == "tokens":
            size["vocabulary"] = int(spec.get("vocabulary", 30522))
        if leaf.kind == "frames":
            for axis in ("height", "width"):
                if axis not in spec and "side" not in spec:
                    raise ExportError(f"inputs: {spec['from']}: `side` (pixels, square) is missing")
                size[axis] = int(spec.get(axis, spec.get("side", 0)))
        return size

    def _referred(self, leaf):
        for other in self.leaves:
            same = other.base == leaf.base if leaf.kind else other.modality == leaf.modality
            if other.has_values and other.kind != "strings" and same:
                return other
        raise ExportError(f"inputs: {leaf.spec['from']}: no input reads {leaf.base} values")

    @property
    def open_sources(self):
        """Those whose time axis may have other lengths: nothing in the spec fixes them."""
        fixed = {leaf.base for leaf in self.leaves if leaf.has_values and ("length" in leaf.spec or leaf.kind in ("strings", "none"))}
        return [base for base, size in self.sizes.items() if base not in fixed and size["steps"] > 2]

    def valid(self, base, rows, steps):
        """Valid steps of each row of a source within `steps`; the same for all sources of as many steps, as in aligned data."""
        least = min(2, steps)
        share = _shift(draw(self.seed, _LENGTHS, torch.tensor(rows)), 48)
        return torch.where(torch.tensor(rows) == 0, torch.tensor(steps), least + ((steps - least) * share >> 16))

    def values(self, base, rows, complete, within, padded):
        """[B, T, ...] of one source: `within` steps are drawn, `padded` is the extent of T; the perturbed view lacks some steps."""
        size, modality = self.sizes[base], _MODALITIES[base.split(".")[0]]
        kind = _SOURCES[base][2]
        row, step = torch.tensor(rows).view(-1, 1), torch.arange(padded).view(1, -1)
        valid = self.valid(base, rows, within).view(-1, 1)
        inside = step < valid
        lost = (_shift(draw(self.seed, modality + _LOST, row, step), 62) == 0) & (step > 0) & (step < valid - 1)
        lost = lost & (not complete)
        if kind == "tokens":
            vocabulary = size["vocabulary"]
            ids = _shift(draw(self.seed, modality, row, step), 33) % vocabulary
            if vocabulary > 102:  # [CLS], [SEP] and [UNK] of BERT
                ids = torch.where(step == 0, 101, torch.where(step == valid - 1, 102, ids))
            ids = torch.where(lost, 100 if vocabulary > 102 else 0, ids)
            return torch.where(inside, ids, 0)
        if kind == "strings":
            words = _shift(draw(self.seed, modality, row, step), 33) % 1000
            return [" ".join(f"w{word}" for word in line[:int(n)]) for line, n in zip(words.tolist(), valid.view(-1).tolist())]
        if kind == "waveform":
            return self._numbers(draw(self.seed, modality, row, step)) * (inside & ~lost)
        extent = size["columns"] if kind == "sequence" else size["height"] * size["width"] * 3
        drawn = draw(self.seed, modality, row.unsqueeze(2), step.unsqueeze(2), torch.arange(extent).view(1, 1, -1))
        kept = (inside & ~lost).unsqueeze(2)
        if kind == "sequence":
            return self._numbers(drawn) * kept
        pixels = _shift(drawn, 56) * kept  # R G B of each pixel, line by line
        return pixels.view(len(rows), padded, size["height"], size["width"], 3).permute(0, 1, 4, 2, 3)

    @staticmethod
    def _numbers(drawn):
        """Multiples of 1/16384 in [-2, 2): exact in float32."""
        return (_shift(drawn, 48) - 32768).to(torch.float32) / 16384

    def leaf_argument(self, leaf, rows, within, padded, seed_of_complete=None):
        if leaf.kind == "none":
            return None
        if leaf.kind == "constant":
            return leaf.spec["value"]
        values = leaf.values if leaf.derived else leaf
        base = values.base
        inside, extent = within.get(base, self.sizes[base]["steps"]), padded.get(base, self.sizes[base]["steps"])
        dtype = getattr(torch, leaf.dtype) if leaf.dtype else None
        if leaf.derived == "lengths":
            return _arrange(self.valid(base, rows, inside), "B", leaf.layout).to(dtype)
        if leaf.derived:
            on = torch.arange(extent).view(1, -1) < self.valid(base, rows, inside).view(-1, 1)
            if leaf.derived == "missing_mask":
                one, other = (self.values(base, rows, complete, inside, extent) for complete in (False, True))
                on = on & (one == other).reshape(len(rows), extent, -1).all(2)
            return _arrange(on != bool(leaf.spec.get("inverted")), "BT", leaf.layout).to(dtype)
        x = self.values(base, rows, leaf.complete, inside, extent)
        if leaf.kind == "strings":
            return x
        if leaf.complete and seed_of_complete is not None:
            other = Inputs(self.nested, seed_of_complete).values(base, rows, True, inside, extent)
            seen = self.values(base, rows, False, inside, extent) == x
            x = torch.where(seen, x, other)  # differs where the perturbed view lacks a step, and nowhere else
        if leaf.kind == "tokens":
            mask = (torch.arange(extent).view(1, -1) < self.valid(base, rows, inside).view(-1, 1)).long()
            parts = {"ids": x, "mask": mask, "segments": torch.zeros_like(x)}
            if base == "text.bert":
                return _arrange(torch.stack(list(parts.values()), 1), "B3T", leaf.layout).to(dtype)
            made = {name: _arrange(part, "BT", leaf.layout).to(dtype) for name, part in parts.items()}
            return made[leaf.spec["part"]] if "part" in leaf.spec else tuple(made.values())
        return self._normalised(leaf, x, rows, inside, dtype)

    def _normalised(self, leaf, x, rows, inside, dtype):
        base, spec, axes = leaf.base, leaf.spec, {"sequence": "BTC", "waveform": "BT", "frames": "BTCHW"}[leaf.kind]
        if leaf.kind == "frames" and dtype != torch.uint8:
            x = x.double() / 255
        if "mean" in spec or "standard_deviation" in spec:
            shape = {"sequence": (1, 1, -1), "waveform": (1, -1), "frames": (1, 1, -1, 1, 1)}[leaf.kind]
            mean, deviation = (torch.tensor(spec.get(key, neutral), dtype=torch.float64).reshape(-1).view(shape)
                               for key, neutral in (("mean", 0.0), ("standard_deviation", 1.0)))
            on = torch.arange(x.shape[1]).view(1, -1) < self.valid(base, rows, inside).view(-1, 1)
            on = on.reshape(on.shape + (1,) * (x.dim() - 2))
            x = torch.where(on, ((x.double() - mean) / deviation).float(), torch.zeros((), dtype=torch.float32))
        if spec.get("pool_mean"):
            x = x.double().mean(1, keepdim=True)
        return _arrange(x, axes, leaf.layout).to(dtype)

    def arguments(self, rows, within=None, padded=None, seed_of_complete=None):
        """forward()'s arguments for these rows. `within` and `padded`: steps of sources other than the usual ones."""
        within, padded = within or {}, padded if padded is not None else within or {}
        flat = [self.leaf_argument(leaf, list(rows), within, padded, seed_of_complete) for leaf in self.leaves]
        return _nest(self.nested, iter(flat))


# --- Running a module and reading its answer. -----------------------------------------------------------------------------


def _describe(x):
    if isinstance(x, torch.Tensor):
        return f"{str(x.dtype).replace('torch.', '')} {list(x.shape)}"
    if isinstance(x, dict):
        return "a dict with the keys " + ", ".join(str(key) for key in x)
    if isinstance(x, (list, tuple)):
        return "(" + ", ".join(_describe(part) for part in x) + ")"
    return type(x).__name__


def pick(result, output):
    """The tensor of predictions in what forward() returned."""
    if output and "index" in output:
        result = result[output["index"]]
    if output and "key" in output:
        if not isinstance(result, dict) or output["key"] not in result:
            raise ExportError(f"output: key '{output['key']}': forward() returns {_describe(result)}")
        result = result[output["key"]]
    if not isinstance(result, torch.Tensor):
        raise ExportError(f"forward() returns {_describe(result)}: say where the predictions are, output={{'key': ...}} or {{'index': ...}}")
    return result


def as_rows(tensor, batch):
    """[B, K], as shakedown reads it."""
    shape = list(tensor.shape)
    if batch == 1 and (not shape or (len(shape) == 1 and shape[0] > 1)):
        shape.insert(0, 1)
    if not shape or shape[0] != batch or sum(extent != 1 for extent in shape[1:]) > 1:
        raise ExportError(f"the output is {_describe(tensor)} for a batch of {batch}: one row a sample, [B], [B, 1] or [B, K], is needed")
    return tensor.detach().double().reshape(batch, -1)


def difference(a, b):
    if a.shape != b.shape:
        return math.inf
    gap = (a - b).abs().max().item() if a.numel() else 0.0
    return math.inf if math.isnan(gap) else gap


def _user_frame(error):
    """Where in the user's own code it happened: the last frame outside torch and outside this file."""
    own = [frame for frame in traceback.extract_tb(error.__traceback__)
           if "/torch/" not in frame.filename and frame.filename != __file__ and not frame.filename.startswith("<")]
    return f"{own[-1].filename}:{own[-1].lineno} ({own[-1].line})" if own else ""


def _first_line(error):
    lines = [line.strip() for line in str(error).strip().splitlines() if line.strip()]
    # TorchScript's interpreter prints its stack first and the reason last.
    return (lines[-1] if lines and "TorchScript interpreter" in lines[0] else lines[0] if lines else type(error).__name__)[:300]


def explain(error, doing):
    """One or two lines on why `doing` failed, and what to change."""
    text, where = str(error), _user_frame(error)
    at = f" at {where}" if where else ""
    if re.search(r"not compiled with CUDA|NVIDIA driver|No CUDA GPUs|CUDA error", text):
        return (f"{doing}: forward() moves tensors to a GPU{at}: a device written into the code stays in the file. Replace `.cuda()` and "
                "device='cuda' by the device of an input: `torch.zeros(n, device=x.device)`")
    if "requires grad as a constant" in text:
        return (f"{doing}: weights outside the module's own parameters are used{at}: layers in a plain dict or list are in no state_dict, so a "
                "checkpoint does not hold them either; keep them in nn.ModuleDict or nn.ModuleList, and train again")
    python_call = re.search(r"Could not export Python function call '(\w+)'\.[^\n]*\n?([^\n]*)", text)
    if python_call:
        return (f"{doing}: a trace cannot hold the autograd function {python_call[1]} ({python_call[2].strip()}): where it only changes gradients, "
                "put torch.nn.Identity() in its place for the export")
    if isinstance(error, ExportError):
        return f"{doing}: {text}"
    return f"{doing}: {type(error).__name__}: {_first_line(error)}{at}"


class Runner:
    """Calls a module; the answer is [B, K] in float64."""

    def __init__(self, inputs, output):
        self.inputs, self.output = inputs, output

    def __call__(self, call, rows, **steps):
        rows = list(rows)
        # As shakedown runs it; the optimiser would also look at every new shape of a long graph for minutes.
        with torch.no_grad(), torch.jit.optimized_execution(False):
            return as_rows(pick(call(*self.inputs.arguments(rows, **steps)), self.output), len(rows))


# --- What tracing would bake in though it need not. -----------------------------------------------------------------------


def _packed_state(forward):
    """Of a recurrent layer: the zero state of a PackedSequence as a tensor of the graph instead of a Python number."""

    def wrapped(self, x, hx=None):
        if hx is None and isinstance(x, PackedSequence):
            layers = self.num_layers * (2 if self.bidirectional else 1)
            sizes = [getattr(self, "proj_size", 0) or self.hidden_size] + ([self.hidden_size] if isinstance(self, nn.LSTM) else [])
            states = tuple(torch.zeros((layers, x.batch_sizes[0], size), dtype=x.data.dtype, device=x.data.device) for size in sizes)
            hx = states if len(states) == 2 else states[0]
        return forward(self, x, hx)

    return wrapped


def _attention(query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None, **_):
    """scaled_dot_product_attention in operators that LibTorch had before 2.0; dropout is off."""
    scores = query @ key.transpose(-2, -1) * (1 / math.sqrt(query.size(-1)) if scale is None else scale)
    if is_causal:
        attn_mask = torch.ones_like(scores, dtype=torch.bool).tril()
    if attn_mask is not None:
        scores = scores.masked_fill(~attn_mask, -math.inf) if attn_mask.dtype == torch.bool else scores + attn_mask
    return scores.softmax(-1) @ value


@contextlib.contextmanager
def traceable():
    """While it lasts, x.data stays in the trace (sizes read from it too), packed sequences start from a state of the batch's size, and
    attention is written in operators that an older LibTorch has."""
    attention = getattr(nn.functional, "scaled_dot_product_attention", None)
    layers = {layer: layer.forward for layer in (nn.LSTM, nn.GRU, nn.RNN)}
    setter = torch._C._TensorBase.data.__set__
    try:
        torch.Tensor.data = property(lambda self: self.detach(), lambda self, value: setter(self, value))
        for layer, forward in layers.items():
            layer.forward = _packed_state(forward)
        if attention:
            nn.functional.scaled_dot_product_attention = _attention
        yield
    finally:
        if attention:
            nn.functional.scaled_dot_product_attention = attention
        del torch.Tensor.data
        for layer, forward in layers.items():
            layer.forward = forward


def _flat_module(module, inputs, output):
    """A module whose forward() takes the tensors only, one after the other, and returns the predictions only: tuples, None, numbers
    and the rest of the answer stay inside. Also the inputs of its manifest."""
    specs, names, taken = [], [], []
    for leaf in inputs.leaves:
        tensor = leaf.kind not in ("none", "constant") or leaf.derived
        parts = ["ids", "mask", "segments"] if leaf.base == "text.tokens" and not leaf.derived and "part" not in leaf.spec else [None]
        taken.append(len(parts) if tensor else 0)
        for part in parts if tensor else ():
            spec = {key: value for key, value in leaf.spec.items() if key != "argument"}
            if part:
                spec["part"] = part
            name = re.sub(r"\W", "_", spec["from"] + (f"_{spec['part']}" if "part" in spec else ""))
            while name in names:
                name += "_"
            names.append(name)
            specs.append({**spec, "argument": name})

    class Flat(nn.Module):
        def __init__(self):
            super().__init__()
            self.module = module

        def answer(self, *tensors):
            given, flat = iter(tensors), []
            for leaf, count in zip(inputs.leaves, taken):
                if count == 0:
                    flat.append(leaf.spec.get("value"))
                else:
                    flat.append(next(given) if count == 1 else tuple(next(given) for _ in range(count)))
            return pick(self.module(*_nest(inputs.nested, iter(flat))), output)

    scope = {}
    exec(f"def forward(self, {', '.join(names)}):\n    return self.answer({', '.join(names)})\n", scope)  # so that arguments have names
    Flat.forward = scope["forward"]
    return Flat().eval(), specs


# --- The export. ----------------------------------------------------------------------------------------------------------


class Export:
    """What was found out on the way; str() is the summary that the command prints."""

    def __init__(self):
        self.method, self.batch, self.lengths, self.notes = None, "any", {}, []
        self.open_sources = []
        self.differences, self.golden_difference, self.manifest = {}, None, None

    def note(self, text):
        if text not in self.notes:
            self.notes.append(text)

    def __str__(self):
        lengths = ", ".join(f"{base} {steps}" for base, steps in self.lengths.items())
        lines = [f"exported by {self.method}; batch: {self.batch}; length: {'fixed at ' + lengths if lengths else 'any' if self.open_sources else 'as given'}",
                 f"greatest difference to eager over batches {', '.join(str(b) for b in sorted({b for b, _ in self.differences}))} and "
                 f"{len({case for _, case in self.differences})} lengths: {max(self.differences.values()):.1e}",
                 f"golden rows: {GOLDEN_ROWS}/{GOLDEN_ROWS} within {WITHIN:g}, greatest difference {self.golden_difference:.1e}"]
        return "\n".join(lines + [f"note: {note}" for note in self.notes])


class _Exporter:
    def __init__(self, module, inputs, output, seed, fixed_batch):
        self.module, self.inputs, self.output, self.fixed_batch = module, inputs, output, fixed_batch
        self.run, self.found = Runner(inputs, output), Export()
        self.usual = {base: size["steps"] for base, size in inputs.sizes.items()}
        self.spread = 1.0
        self.warned = []   # of the tracer: file:line and reason

    # What the module itself is like.

    def eager(self, rows, doing, **steps):
        try:
            return self.run(self.module, rows, **steps)
        except Exception as error:
            raise ExportError(explain(error, doing)) from error

    def check_eager(self):
        left_on = [name or "the module itself" for name, part in self.module.named_modules() if part.training]
        if left_on:
            raise ExportError(f"still in training mode after eval(): {', '.join(left_on[:3])}: train() is overridden there; dropout would stay on")
        self.eager([0, 1], "running it as it is on a batch of 2")  # lazily made parts exist from here on
        first, again = (self.eager([0, 1], "running it again") for _ in range(2))
        if difference(first, again) > 0:
            raise ExportError(f"not deterministic: the same input twice gives outputs that differ by {difference(first, again):.1e}: "
                              f"{self._chance()}")
        self.eager([2, 3], "running it on other rows")
        after = self.eager([0, 1], "running it again")
        if difference(first, after) > 0:
            raise ExportError(f"state is kept between calls: rows A, then B, then A again differ by {difference(first, after):.1e}: make the "
                              "hidden state in forward() instead of keeping it in self")
        several = self.eager(range(GOLDEN_ROWS), f"running it on a batch of {GOLDEN_ROWS}")
        if not torch.isfinite(several).all():
            raise ExportError("the outputs are not finite (NaN or infinite) on golden rows, whose values lie in [-2, 2)")
        self.spread = max(several.std(0).max().item(), 1e-6 * several.abs().max().item(), 1e-12)
        self.check_batches(several)

    def _chance(self):
        before = torch.get_rng_state()
        self.run(self.module, [0, 1])
        drawn = not torch.equal(before, torch.get_rng_state())
        torch.set_rng_state(before)
        return ("random numbers are drawn in forward(): F.dropout without training=self.training, Gumbel noise, torch.rand"
                if drawn else "state is kept between calls: make it in forward()")

    def check_batches(self, several):
        self.batches = []
        for size in BATCHES:
            try:
                answer = self.run(self.module, range(size))
            except Exception as error:
                if size > 1:
                    raise ExportError(explain(error, f"running it as it is on a batch of {size}")) from error
                self.found.note(f"the module itself fails on a batch of 1 ({_first_line(error)}); shakedown runs one under --batch-size 1 only")
                continue
            self.batches.append(size)
            shared = min(size, GOLDEN_ROWS)
            gap = difference(answer[:shared], several[:shared])
            if gap > 1e-4 * self.spread:
                raise ExportError(f"predictions depend on the batch: rows of a batch of {size} and of {GOLDEN_ROWS} differ by {gap:.1e}: "
                                  "something is computed over the batch axis (a normalisation, a softmax over dim 0, a view that mixes rows)")

    def shorter(self, base):
        return max(2, self.usual[base] * 3 // 5)

    def check_lengths(self):
        """Lengths that the module takes: names and steps of sources that differ from the usual."""
        open_sources = self.found.open_sources = self.inputs.open_sources
        self.cases, self.alone = {"usual": {}}, []
        if not open_sources:
            return
        wanted = [("shorter", open_sources)]
        if len(open_sources) > 1:
            wanted += [(f"shorter {base}", [base]) for base in open_sources]
        refused = {}
        for name, sources in wanted:
            steps = {base: self.shorter(base) for base in sources}
            try:
                self.run(self.module, [0, 1], within=steps)
                self.cases[name] = steps
            except Exception as error:
                refused[name] = explain(error, "")
        if "shorter" in refused:
            fixed = [base for base in open_sources if f"shorter {base}" not in self.cases]
            self.found.lengths.update({base: self.usual[base] for base in fixed})
            if fixed:
                self.found.note(f"the module itself takes one length only of {', '.join(fixed)}{refused['shorter']}")

    def check_padding(self):
        if "shorter" not in self.cases:
            return
        steps = self.cases["shorter"]
        short = self.run(self.module, range(4), within=steps)
        padded = self.run(self.module, range(4), within=steps, padded=self.usual)
        gap = difference(short, padded)
        if gap > 1e-4 * self.spread:
            self.found.note(f"reads padding: predictions change by {gap:.1e} (outputs vary by {self.spread:.1e}) when nothing but the padding "
                            "grows; mask it, or fix `length` at what the model was trained with")

    def check_views(self):
        if not any(leaf.complete for leaf in self.inputs.leaves):
            return
        one, other = (self.run(self.module, range(4), seed_of_complete=seed) for seed in (None, self.inputs.seed + 1))
        if difference(one, other) > 0:
            self.found.note(f"sees the complete view: predictions change by {difference(one, other):.1e} when only the uncorrupted input changes; "
                            "export the branch that reads the incomplete one")

    # What becomes of it.

    def compare(self, call, output, batches, cases, inputs=None):
        """{(batch, case): difference to eager}; infinite where the exported module fails. Rows are none of those traced."""
        gaps, failures = {}, {}
        run = Runner(inputs or self.inputs, output)
        for case, steps in cases.items():
            for size in batches:
                rows = range(100, 100 + size)
                wanted = self.run(self.module, rows, within=steps)
                try:
                    gaps[size, case] = difference(run(call, rows, within=steps), wanted) / max(1.0, wanted.abs().max().item())
                except Exception as error:
                    gaps[size, case], failures[size, case] = math.inf, _first_line(error)
        return gaps, failures

    def script(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return torch.jit.script(self.module)

    def trace(self, flat, flat_inputs, rows):
        with warnings.catch_warnings(record=True) as caught, torch.no_grad(), traceable():
            warnings.simplefilter("always")
            traced = torch.jit.trace(flat, flat_inputs.arguments(range(200, 200 + rows)), check_trace=False, strict=False)
        for warning in caught:
            if issubclass(warning.category, torch.jit.TracerWarning) and "/torch/" not in warning.filename:
                place = f"{warning.filename}:{warning.lineno}"
                if place not in self.warned:
                    self.warned.append(place)
        return traced

    def control_flow(self):
        if not self.warned:
            return ""
        return ("; there a Python number or branch was made from a tensor, and what depends on it is fixed: " + ", ".join(self.warned[:5]) +
                ". Replace the branch by torch.where() or a mask, .item() and int() by tensor arithmetic, or make the module scriptable")

    def lengths_of(self, gaps):
        """Sources whose length an exported module bakes in; infinite trouble is left for the caller to see."""
        bad = {case for (size, case), gap in gaps.items() if gap > WITHIN and size > 1}
        if "usual" in bad or not bad:
            return []
        single = [case for case in self.cases if case.startswith("shorter ")]
        sources = [self.cases[case] for case in (single if any(case in bad for case in single) else ["shorter"]) if case in bad]
        return sorted({base for steps in sources for base in steps})

    def settle(self, method, module, specs, output, batches, batch, inputs=None):
        """Accepts what keeps to eager, with `length` at sources whose time axis is baked in. Nothing, and why, otherwise."""
        gaps, failures = self.compare(module, output, batches, self.cases, inputs)
        fixed = self.lengths_of(gaps)
        if fixed:
            cases = {case: steps for case, steps in self.cases.items() if not set(steps) & set(fixed)}
            gaps = {key: gap for key, gap in gaps.items() if key[1] in cases}
            failures = {key: why for key, why in failures.items() if key[1] in cases}
        alone = [key for key, gap in gaps.items() if key[0] == 1 and gap > WITHIN]
        if alone and all(gap <= WITHIN for key, gap in gaps.items() if key[0] > 1):
            self.found.note(f"exported, it fails on a batch of 1 ({failures.get(alone[0], 'another answer')}); shakedown runs one under --batch-size 1 only")
            gaps = {key: gap for key, gap in gaps.items() if key[0] > 1}
        if max(gaps.values()) > WITHIN:
            worst = max(gaps, key=gaps.get)
            why = failures.get(worst, f"differs from eager by {gaps[worst]:.1e}")
            return None, gaps, f"batch {worst[0]}, {worst[1]} length: {why}"
        for base in fixed:
            self.found.lengths[base] = self.usual[base]
        self.found.method, self.found.batch, self.found.differences = method, batch, gaps
        return (module, specs, output, inputs or self.inputs), gaps, ""

    def exported(self, method):
        reasons = []
        if method in ("auto", "script"):
            try:
                settled, _, why = self.settle("script", self.script(), self.inputs.nested, self.output, self.batches, "any")
                if settled:
                    return settled
            except Exception as error:
                why = _first_line(error)
            reasons.append(f"script: {why}")
        if method in ("auto", "trace"):
            if any(leaf.kind == "strings" for leaf in self.inputs.leaves):
                raise ExportError("text.string is List[str], which a trace cannot take, and scripting failed: " + reasons[-1])
            flat, specs = _flat_module(self.module, self.inputs, self.output)
            flat_inputs = Inputs(specs, self.inputs.seed)
            try:
                for rows, batches, batch in ((TRACED_AT, self.batches, "any"), (self.fixed_batch, [self.fixed_batch], {"fixed": self.fixed_batch})):
                    settled, gaps, why = self.settle("trace", self.trace(flat, flat_inputs, rows), specs, None, batches, batch, flat_inputs)
                    if settled:
                        if batch != "any":
                            self.found.note(f"the batch size is baked in ({reasons[-1]}){self.control_flow()}")
                        return settled
                    reasons.append(f"trace: {why}")
            except ExportError:
                raise
            except Exception as error:
                reasons.append(f"trace: {explain(error, 'tracing')}")
        raise ExportError("cannot be exported: " + "; ".join(reasons) + self.control_flow())


def _plain(specs, lengths, drop):
    """Inputs as the manifest has them: without our sizes, with `length` where an axis is baked in."""
    made = []
    for spec in specs:
        if isinstance(spec, (list, tuple)):
            made.append(_plain(spec, lengths, drop))
            continue
        kept = {key: value for key, value in spec.items() if key not in drop}
        leaf = _Leaf(spec)
        if leaf.has_values and leaf.base in lengths:
            kept["length"] = lengths[leaf.base]
        made.append(kept)
    return made


def yaml_flow(value):
    """YAML in one line, of what manifests hold."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{yaml_flow(key)}: {yaml_flow(part)}" for key, part in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(yaml_flow(part) for part in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    plain = re.fullmatch(r"[A-Za-z_][\w./-]*", str(value)) and str(value).lower() not in ("true", "false", "yes", "no", "on", "off", "null", "y", "n")
    return str(value) if plain else json.dumps(str(value), ensure_ascii=False)


def _block(pairs):
    lines = []
    for key, value in pairs:
        if isinstance(value, list) and value and isinstance(value[0], (dict, list)):
            lines += [f"{key}:"] + [f"  - {yaml_flow(part)}" for part in value]
        else:
            lines.append(f"{key}: {yaml_flow(value)}")
    return "\n".join(lines) + "\n"


def _vocabularies(inputs):
    """{name inside the file: text} of the files that `vocab` and `merges` name; the specs then say the name only."""
    files = {}
    for leaf in inputs.leaves:
        for key in ("vocab", "merges"):
            if key in leaf.spec:
                path = pathlib.Path(leaf.spec[key])
                files["shakedown/" + path.name] = path.read_text(encoding="utf-8") if path.suffix != ".model" else path.read_bytes()
    return files


def _names_only(specs):
    return [_names_only(spec) if isinstance(spec, (list, tuple)) else
            {key: pathlib.Path(value).name if key in ("vocab", "merges") else value for key, value in spec.items()} for spec in specs]


def export(module, inputs, out, name=None, task=None, output=None, trained_with=None, seed=1111, fixed_batch=32, method="auto"):
    """Writes `out`, one TorchScript file with its manifest and golden outputs; returns what was found out.

    module: in the state to be tested; inputs: see above; output: {"key": "M"} or {"index": 0} where forward() returns no bare tensor;
    task, trained_with: as in the manifest; fixed_batch: batch size of a trace that takes only one; method: auto, script or trace.
    Raises ExportError, which says what to change."""
    if method not in ("auto", "script", "trace"):
        raise ExportError(f"method: '{method}': auto, script or trace is accepted")
    module = module.cpu().eval()
    for parameter in module.parameters():
        parameter.requires_grad_(False)
    made = Inputs(inputs, seed)
    files = _vocabularies(made)
    exporter = _Exporter(module, made, output, seed, fixed_batch)
    exporter.check_eager()
    exporter.check_lengths()
    exporter.check_padding()
    exporter.check_views()
    exported, specs, output, exported_inputs = exporter.exported(method)
    graph = str(exported.inlined_graph)
    if re.search(r'"cuda|cuda:\d', graph):
        raise ExportError("a GPU is written into the graph: replace `.cuda()` and device='cuda' in forward() by the device of an input")

    found = exporter.found
    pairs = [("schema", "shakedown.model/1"), ("name", name or pathlib.Path(out).stem)]
    pairs += [("task", task)] if task else []
    pairs += [("inputs", _names_only(_plain(specs, found.lengths, _SIZES)))]
    pairs += [("output", output)] if output else []
    pairs += [("batch", found.batch)]
    pairs += [("trained_with", list(trained_with))] if trained_with else []
    found.manifest = _block(pairs)

    golden = golden_outputs(exporter.run, module, found.batch)
    sources = {base: size for base, size in made.sizes.items()}
    files["shakedown/model.yaml"] = found.manifest
    files["shakedown/golden.yaml"] = (f"schema: shakedown.golden/1\nseed: {seed}\nsources:\n" +
                                      "".join(f"  {base}: {yaml_flow(size)}\n" for base, size in sources.items()) +
                                      "outputs:\n" + "".join(f"  - {yaml_flow(row)}\n" for row in golden.tolist()))
    try:
        torch.jit.save(exported, str(out), _extra_files=files)
    except RuntimeError as error:
        pathlib.Path(out).unlink(missing_ok=True)
        raise ExportError(explain(error, "saving it")) from error
    loaded = torch.jit.load(str(out), map_location="cpu").eval()
    found.golden_difference = difference(golden_outputs(Runner(exported_inputs, output), loaded, found.batch), golden)
    if found.golden_difference > WITHIN:
        pathlib.Path(out).unlink()
        raise ExportError(f"the file as loaded again differs from eager by {found.golden_difference:.1e} on golden rows")
    return found


def golden_outputs(run, call, batch):
    """Of the golden rows in batches as shakedown makes them: the last one filled by its last row, sound and frames as long as the longest."""
    size = GOLDEN_ROWS if batch == "any" else batch["fixed"]
    answers = []
    for first in range(0, GOLDEN_ROWS, size):
        count = min(size, GOLDEN_ROWS - first)
        rows = list(range(first, first + count))
        longest = {base: int(run.inputs.valid(base, rows, run.inputs.sizes[base]["steps"]).max())
                   for base in run.inputs.open_sources if _SOURCES[base][2] in ("waveform", "frames")}
        answers.append(run(call, rows + rows[-1:] * (size - count if batch != "any" else 0), within={}, padded=longest)[:count])
    return torch.cat(answers)


# --- The command. ---------------------------------------------------------------------------------------------------------


def load_recipe(path):
    spec = importlib.util.spec_from_file_location("shakedown_recipe", path)
    if spec is None or not pathlib.Path(path).is_file():
        raise ExportError(f"{path}: a Python file with a function recipe(repo, **settings) is needed")
    sys.path.insert(0, str(pathlib.Path(path).resolve().parent))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if not hasattr(module, "recipe"):
        raise ExportError(f"{path}: has no function recipe(repo, **settings)")
    return module.recipe


def load_checkpoint(module, path, trust=False):
    """A state_dict, or a dict that holds one; a prefix that all keys share ("module.", "Model.") is taken off where the module lacks it.
    `trust`: also a whole module, whose unpickling runs whatever the file says."""
    try:
        state = torch.load(path, map_location="cpu", weights_only=not trust)
    except OSError as error:
        raise ExportError(f"--checkpoint {path}: cannot be read: {error.strerror or error}") from error
    except Exception as error:
        more = "" if trust else "; if it holds a whole module and you trust the file: --trust"
        raise ExportError(f"{path}: holds no weights that can be read ({_first_line(error)}){more}") from error
    if isinstance(state, nn.Module):
        state = state.state_dict()
    for key in ("state_dict", "model_state_dict", "model"):
        if isinstance(state, dict) and isinstance(state.get(key), dict):
            state = state[key]
    wanted = set(module.state_dict())
    while state and not set(state) & wanted:
        heads = {key.split(".")[0] for key in state}
        if len(heads) != 1 or not all("." in key for key in state):
            break
        state = {key.split(".", 1)[1]: value for key, value in state.items()}
    missing, strange = sorted(wanted - set(state)), sorted(set(state) - wanted)
    if missing or strange:
        raise ExportError(f"{path}: does not fit the module: it lacks {len(missing)} of {len(wanted)} tensors ({', '.join(missing[:3]) or 'none'}) and "
                          f"has {len(strange)} others ({', '.join(strange[:3]) or 'none'})")
    try:
        module.load_state_dict(state)
    except RuntimeError as error:
        raise ExportError(f"{path}: {str(error).strip().splitlines()[-1].strip()}") from error


def _setting(text):
    key, separator, value = text.partition("=")
    if not separator:
        raise argparse.ArgumentTypeError(f"'{text}': key=value is accepted")
    with contextlib.suppress(ValueError):
        value = json.loads(value)
    return key, value


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recipe", help="Python file with a function recipe(repo, **settings)")
    parser.add_argument("--out", required=True, help="TorchScript file to write")
    parser.add_argument("--repo", help="checkout of the authors' repository, given to the recipe")
    parser.add_argument("--checkpoint", help="state_dict to load into the module")
    parser.add_argument("--trust", action="store_true", help="unpickle a checkpoint that holds more than weights, which runs its code")
    parser.add_argument("--set", dest="settings", action="append", type=_setting, default=[], metavar="KEY=VALUE", help="given to the recipe")
    parser.add_argument("--seed", type=int, default=1111, help="of the golden rows, and of random weights where there is no checkpoint")
    arguments = parser.parse_args()
    try:
        torch.manual_seed(arguments.seed)
        recipe = load_recipe(arguments.recipe)
        options = recipe(arguments.repo, **dict(arguments.settings))
        if arguments.checkpoint:
            load_checkpoint(options["module"], arguments.checkpoint, arguments.trust)
        found = export(out=arguments.out, seed=arguments.seed, **options)
    except ExportError as error:
        sys.exit(f"shakedown_export.py: {error}")
    print(f"wrote {arguments.out}\n{found}\n\n{found.manifest}", end="")


if __name__ == "__main__":
    main()
