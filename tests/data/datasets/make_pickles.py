#!/usr/bin/env python3
"""Writes the pickles that the tests of datasets/ read, and what NumPy itself reads from them.

    python3 make_pickles.py        # python3-numpy 1.24 (Debian 12); writes into its own folder

types_p<protocol>.pkl   every element type, byte order and memory order, in pickle protocols 2 to 5
types_numpy2.pkl        types_p4.pkl with NumPy 2's module names
mmsa.pkl                a data set as MMSA writes it, with -inf, NaN and lengths
left_padded.pkl         a data set as CMU-MultimodalSDK's users write it: protocol 2, bytes ids, labels [N,1,1]
ragged.pkl              lists of arrays of different length, object arrays, NumPy scalars
golden.json             shapes and values of all of the above as NumPy gives them; numbers as text (repr)
"""

import json
import pathlib
import pickle

import numpy as np

HERE = pathlib.Path(__file__).parent
rng = np.random.RandomState(1111)


def spell(value):
    """A number or string as text that reads back exactly."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, str):
        return value
    value = float(value)
    return "nan" if np.isnan(value) else repr(value)


def golden(array):
    array = np.asarray(array)
    return {"shape": list(array.shape), "values": [spell(v) for v in array.ravel(order="C").tolist()]}


def dump(name, data, protocol):
    (HERE / name).write_bytes(pickle.dumps(data, protocol))


def typed_arrays():
    arrays = {}
    for code in ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"]:
        values = rng.uniform(-100, 100, (3, 2, 4))
        if code[0] == "u":
            values = np.abs(values)
        if code == "b1":
            values = values > 0
        for mark in "<>":
            for order in "CF":
                arrays[f"{mark}{code}{order}"] = np.array(values, dtype=mark + code, order=order)
    arrays["extremes_i8"] = np.array([[-(2**63), -1, 2**53]], dtype="i8")
    arrays["extremes_u8"] = np.array([[0, 2**53]], dtype="u8")
    # zero, subnormals, the smallest normal, one, the largest, infinities, NaN
    patterns = np.array([0, 0x8000, 1, 0x3FF, 0x8001, 0x400, 0x3C00, 0xC000, 0x7BFF, 0x7C00, 0xFC00, 0x7E00], "u2")
    arrays["half"] = patterns.view("f2").reshape(1, -1)
    words = ["plain", "", "na\u00efve \u201cquotes\u201d", "\u4f60\u597d", "\U0001f600"]
    arrays["text_little"] = np.array(words, dtype="<U12")
    arrays["text_big"] = np.array(words, dtype=">U12")
    arrays["text_objects"] = np.array(words, dtype=object)
    arrays["text_bytes"] = np.array([b"ab", b"", b"c"], dtype="S4")
    arrays["empty"] = np.zeros((0, 5), "f4")
    arrays["long"] = (np.arange(2000) % 251).astype("u1").reshape(4, 500)  # more than one mark of Latin-1 text
    return arrays


def to_numpy2(data):
    """The same pickle with NumPy 2's module names; strings grow by one byte, and their frame with them."""
    count = 0
    for name in (b"numpy.core.multiarray", b"numpy.core.numeric"):
        old = b"\x8c" + bytes([len(name)]) + name
        renamed = name.replace(b"numpy.core", b"numpy._core")
        count += data.count(old)
        data = data.replace(old, b"\x8c" + bytes([len(renamed)]) + renamed)
    assert data[2:3] == b"\x95" and count > 0
    length = int.from_bytes(data[3:11], "little")
    return data[:3] + (length + count).to_bytes(8, "little") + data[11:]


def mmsa_split(name, n):
    audio = rng.normal(2, 3, (n, 7, 3)).astype("f4")
    vision = np.asfortranarray(rng.normal(-1, 0.5, (n, 6, 4)))
    audio_lengths = [int(v) for v in rng.randint(1, 8, n)]
    for row, length in enumerate(audio_lengths):
        audio[row, length:] = 0
        vision[row, 1 + row % 6:] = 0
    audio[0, 0, 1] = -np.inf
    audio[n - 1, 0, 0] = np.nan
    bert = np.zeros((n, 3, 8), "f4")
    for row in range(n):
        length = 3 + row % 6
        bert[row, 0, :length] = [101] + [2000 + 10 * row + i for i in range(length - 2)] + [102]
        bert[row, 1, :length] = 1
    return {
        "raw_text": np.array([f"{name} says {row}" for row in range(n)], dtype=object),
        "audio": audio,
        "vision": vision,
        "id": [f"{name}{row // 2}$_${row:02}" for row in range(n)],
        "text": rng.normal(0, 1, (n, 8, 5)).astype("f4"),
        "text_bert": bert,
        "audio_lengths": audio_lengths,
        "annotations": ["Negative" if row % 2 else "Positive" for row in range(n)],
        "classification_labels": np.array([2 * (row % 2) for row in range(n)]),
        "regression_labels": np.linspace(-1.5, 3, n).astype("f4"),
        "regression_labels_T": np.linspace(0, 1, n),
        "regression_labels_A": np.array([np.nan] + [0.5] * (n - 1)),
        "regression_labels_V": np.zeros(n),
    }


def finite_statistics(values, lengths):
    """Mean and standard deviation of each dimension over the finite values of valid rows."""
    rows = np.concatenate([values[i, :length] for i, length in enumerate(lengths)]).astype("f8")
    rows[~np.isfinite(rows)] = np.nan
    return {"mean": golden(np.nanmean(rows, axis=0)), "std": golden(np.nanstd(rows, axis=0))}


def main():
    result = {}
    arrays = typed_arrays()
    result["types"] = {key: golden(array) for key, array in arrays.items()}
    for protocol in (2, 3, 4, 5):
        dump(f"types_p{protocol}.pkl", arrays, protocol)
    (HERE / "types_numpy2.pkl").write_bytes(to_numpy2(pickle.dumps(arrays, 4)))

    data = {"train": mmsa_split("tr", 12), "valid": mmsa_split("va", 6), "test": mmsa_split("te", 10)}
    dump("mmsa.pkl", data, 4)
    test, train = data["test"], data["train"]
    result["mmsa"] = {
        "audio": golden(test["audio"]),
        "vision": golden(test["vision"].astype("f4")),
        "text": golden(test["text"]),
        "text_bert": golden(test["text_bert"]),
        "regression": golden(test["regression_labels"]),
        "audio_lengths": test["audio_lengths"],
        "vision_lengths": [1 + row % 6 for row in range(10)],
        "train_audio": finite_statistics(train["audio"], train["audio_lengths"]),
        "train_vision": finite_statistics(train["vision"].astype("f4"), [1 + row % 6 for row in range(12)]),
    }

    n, steps = 5, 6
    audio = rng.normal(0, 1, (n, steps, 2))
    for row in range(n):
        audio[row, : row % 4] = 0
    left = {
        "vision": rng.normal(0, 1, (n, steps, 3)),
        "text": rng.normal(0, 1, (n, steps, 4)).astype("f4"),
        "audio": audio,
        "labels": np.linspace(-2, 2, n).reshape(n, 1, 1),
        "id": np.array([[b"clip%d" % (row // 2), b"%d.5" % row, b"%d.5" % (row + 1)] for row in range(n)]),
    }
    dump("left_padded.pkl", {"test": left}, 2)
    result["left_padded"] = {"audio": golden(audio.astype("f4"))}

    parts = [rng.normal(0, 1, (length, 3)).astype("f4") for length in (2, 5, 3)]
    objects = np.empty(3, dtype=object)
    for row, part in enumerate(parts):
        objects[row] = part
    ragged = {
        "audio": parts,
        "vision": objects,
        "labels": [np.float32(0.5), 1, np.array([-2.0])],
        "id": [np.str_("a$_$1"), "a$_$2", b"b$_$1"],
    }
    dump("ragged.pkl", ragged, 5)
    result["ragged"] = [golden(part) for part in parts]

    (HERE / "golden.json").write_text(json.dumps(result, indent=0, sort_keys=True) + "\n")


main()
