#!/usr/bin/env python3
"""Writes masks.json: the masks of the published missing-data protocols, by NumPy's legacy generator.

Written from the description of the protocols (docs/protocols.md), one function a rule. A mask is 1 where a step
is lost; what a protocol protects is already put back. Small shapes are stored whole, as hex of packed bits a
sample; of large ones the SHA-256 of all packed rows. Debian: python3-numpy. Usage: make_masks.py > masks.json
"""
import hashlib
import json

import numpy as np

LINSPACE = np.linspace(0, 1, 11)


def valid(lengths, padded):
    return np.arange(padded)[None, :] < np.asarray(lengths)[:, None]


def bernoulli(lengths, padded, rate):
    """Lost where u <= rate; a number is drawn for padding too."""
    return (np.random.uniform(size=(len(lengths), padded)) <= rate) & valid(lengths, padded)


def spare(lost, lengths, first=True, last=True):
    for row, length in zip(lost, lengths):
        if first:
            row[0] = False
        if last:
            row[length - 1] = False
    return lost


def per_modality(shape, rate, seeds):
    """TFR-Net, EMT-DLFR, LNLN: seeded anew for each modality; CLS and SEP stay."""
    lost = []
    for (lengths, padded), seed in zip(shape, seeds):
        np.random.seed(seed)
        lost.append(bernoulli(lengths, padded, rate))
    spare(lost[0], shape[0][0])
    return lost


def niat_random(shape, rate, seeds):
    """R-MFM on aligned data: seeded once; both ends of all three modalities stay."""
    np.random.seed(seeds[0])
    lengths, padded = shape[0]
    return [spare(bernoulli(lengths, padded, rate), lengths) for _ in range(3)]


def niat_temporal(shape, rate, seeds):
    """T-MFM: one mask for all."""
    np.random.seed(seeds[0])
    lengths, padded = shape[0]
    return [spare(bernoulli(lengths, padded, rate), lengths)] * 3


def niat_blocks(shape, rate, seed_list):
    """ST-MFM: one block of around((L - 2) rate) within [1, L - 2] a sample, for all; blocks of several seeds add up."""
    lengths, padded = shape[0]
    sizes = np.around((np.asarray(lengths) - 2) * rate).astype(int)
    lost = np.zeros((len(lengths), padded), bool)
    for seed in seed_list:
        np.random.seed(seed)
        for row, length, size in zip(lost, lengths, sizes):
            begin = np.random.randint(low=1, high=length - size)
            row[begin:begin + size] = True
    return [lost] * 3


def openvna_random(shape, rate, seeds):
    """Seeded once; CLS and SEP stay."""
    np.random.seed(seeds[0])
    lost = [bernoulli(lengths, padded, rate) for lengths, padded in shape]
    spare(lost[0], shape[0][0])
    return lost


def openvna_structural(shape, rate, seeds):
    """A block of its own in each modality; SEP is out of reach, CLS is not; a whole sequence needs no draw."""
    np.random.seed(seeds[0])
    lost = []
    for m, (lengths, padded) in enumerate(shape):
        rows = np.zeros((len(lengths), padded), bool)
        for row, length in zip(rows, lengths):
            size = int(np.around((length - (2 if m == 0 else 0)) * rate))
            if length > size:
                begin = np.random.randint(low=0, high=length - size)
                row[begin:begin + size] = True
            else:
                row[:length] = True
        lost.append(rows)
    return lost


def shape_of(samples, paddeds, seed):
    """Lengths 3..padded of text, 1..padded of the others; the first sample fills its row."""
    state = np.random.RandomState(seed)
    shape = []
    for m, padded in enumerate(paddeds):
        lengths = state.randint(3 if m == 0 else 1, padded + 1, size=samples)
        lengths[0] = padded
        shape.append(([int(x) for x in lengths], padded))
    return shape


def encode(lost, whole):
    packed = np.packbits(lost, axis=1)
    if whole:
        return [row.tobytes().hex() for row in packed]
    return hashlib.sha256(packed.tobytes()).hexdigest()


def main():
    # Text lengths of 17, 37 and 47 are where 0.3 and 0.7 differ from NumPy's 3 * 0.1 and 7 * 0.1.
    shapes = {"small": shape_of(9, (12, 23, 17), 1), "mosi": shape_of(686, (50, 375, 500), 2),
              "openvna": shape_of(120, (50, 1432, 143), 3)}
    shapes["small_aligned"] = [shapes["small"][0]] * 3
    shapes["mosi_aligned"] = [shapes["mosi"][0]] * 3
    niat = [1, 11, 111, 1111, 11111]
    cases = []

    def add(preset, shape, rate, seeds, replicate, lost):
        cases.append({"preset": preset, "shape": shape, "rate": round(float(rate), 1), "seeds": seeds,
                      "replicate": replicate, "lost": [encode(rows, shape.startswith("small")) for rows in lost]})

    for rate in (0.1, 0.3, 0.5, 0.7, 0.9, 1.0):
        for shape in ("small", "mosi"):
            for preset, seeds in (("tfrnet", [111, 1111, 11111]), ("emt-dlfr", [111, 1111, 11111]),
                                  ("lnln", [1111] * 3)):
                add(preset, shape, rate, "", 0, per_modality(shapes[shape], rate, seeds))
            add("tfrnet", shape, rate, "7/8/9", 0, per_modality(shapes[shape], rate, [7, 8, 9]))
            aligned = shape + "_aligned"
            for replicate, seed in enumerate(niat):
                if shape == "mosi" and replicate not in (0, 2, 4):
                    continue
                add("niat-random", aligned, rate, "", replicate, niat_random(shapes[aligned], rate, [seed]))
                add("niat-temporal", aligned, rate, "", replicate, niat_temporal(shapes[aligned], rate, [seed]))
                add("niat-block", aligned, rate, "", replicate, niat_blocks(shapes[aligned], rate, [seed]))
                add("niat-block-compat", aligned, rate, "", replicate,
                    niat_blocks(shapes[aligned], rate, niat[:replicate + 1]))
            add("niat-block", aligned, rate, "42", 0, niat_blocks(shapes[aligned], rate, [42]))
        for shape in ("small", "mosi", "openvna"):
            exact = LINSPACE[round(rate * 10)]
            for text, seed in (("", 1111), ("5", 5)):
                add("openvna-random", shape, rate, text, 0, openvna_random(shapes[shape], exact, [seed]))
                add("openvna-structural", shape, rate, text, 0, openvna_structural(shapes[shape], exact, [seed]))
    print(json.dumps({"shapes": {name: [{"lengths": lengths, "padded": padded} for lengths, padded in shape]
                                 for name, shape in shapes.items()},
                      "cases": cases}, separators=(",", ":")))


main()
