#!/usr/bin/env python3
"""Writes the small .npz, .csd and FacialMMT data sets that the tests of datasets/ read, and what NumPy reads from them.

    python3 make_formats.py        # python3-numpy and python3-h5py of Debian 12; writes into its own folder

splits.npz, deflated.npz   one data set, arrays named split/key, stored and compressed
test_split.npz             its test split by itself
csd/                       words, glove, covarep and labels of three videos, as CMU-MultimodalSDK writes them
facialmmt/                 five utterances of two dialogues
formats.json               what they hold
"""

import json
import pathlib
import pickle

import h5py
import numpy as np

HERE = pathlib.Path(__file__).parent
rng = np.random.RandomState(4)


def spell(array):
    array = np.asarray(array)
    return {"shape": list(array.shape), "values": [repr(float(v)) for v in array.ravel()]}


def npz_split(name, n):
    return {
        "audio": rng.normal(0, 1, (n, 5, 3)).astype("f4"),
        "vision": np.asfortranarray(rng.normal(0, 1, (n, 4, 2))),
        "audio_lengths": rng.randint(1, 6, n),
        "regression_labels": np.linspace(-2, 2, n).astype("f4"),
        "id": np.array([f"{name}{row // 2}$_${row}" for row in range(n)]),
        "raw_text": np.array([f"{name} says {row}" for row in range(n)], dtype=object),
    }


def make_npz():
    splits = {"train": npz_split("tr", 6), "test": npz_split("te", 4)}
    flat = {f"{split}/{key}": value for split, arrays in splits.items() for key, value in arrays.items()}
    np.savez(HERE / "splits.npz", **flat)
    np.savez_compressed(HERE / "deflated.npz", **flat)
    np.savez(HERE / "test_split.npz", **splits["test"])
    return {key: spell(splits["test"][key]) for key in ("audio", "vision", "audio_lengths")}


def write_csd(name, root, videos):
    with h5py.File(HERE / "csd" / name, "w") as file:
        data = file.create_group(f"{root}/data")
        for video, (features, intervals) in videos.items():
            group = data.create_group(video)
            group.create_dataset("features", data=features)
            group.create_dataset("intervals", data=np.asarray(intervals))
        metadata = file.create_group(f"{root}/metadata")
        text = h5py.string_dtype("utf-8")
        for key in ("root name", "computational sequence version"):
            metadata.create_dataset(key, (1,), dtype=text)[0] = json.dumps(root)


def make_csd():
    (HERE / "csd").mkdir(exist_ok=True)
    words, glove, covarep, labels, golden = {}, {}, {}, {}, {}
    for v in range(3):
        video = f"vid{v}"
        count = 12 + v
        edges = np.cumsum(np.concatenate([[0.0], rng.uniform(0.2, 0.5, count)]))
        spans = np.stack([edges[:-1], edges[1:]], axis=1)
        texts = [b"sp" if i % 5 == 4 else b"w%d_%d" % (v, i) for i in range(count)]
        words[video] = (np.array(texts, dtype="S32").reshape(-1, 1), spans)
        glove[video] = (rng.normal(0, 1, (count, 4)).astype("f4"), spans)
        frames = int(edges[-1] * 100)
        times = np.stack([np.arange(frames) / 100, (np.arange(frames) + 1) / 100], axis=1)
        acoustic = rng.normal(0, 1, (frames, 3))
        acoustic[0, 0] = -np.inf
        if v != 2:  # one video without sound
            covarep[video] = (acoustic, times)
        cuts = np.array([[0.0, edges[4] + 0.05], [edges[5], edges[9]]])
        labels[video] = (rng.uniform(-3, 3, (2, 1)).astype("f4"), cuts)
        for i, (begin, end) in enumerate(cuts):
            # MMSDK's rule, by another road: rows with a positive common length.
            common = lambda t: np.minimum(t[:, 1], end) - np.maximum(t[:, 0], begin)
            kept = common(spans) > 1e-6
            sound = acoustic[common(times) > 1e-6] if v != 2 else np.zeros((1, 3))
            golden[f"{video}[{i}]"] = {
                "text": spell(glove[video][0][kept]),
                "audio": spell(np.where(np.isfinite(sound), sound, 0).astype("f4")),
                "words": " ".join(t.decode() for t, k in zip(texts, kept) if k and t != b"sp"),
                "label": repr(float(labels[video][0][i, 0])),
            }
    write_csd("words.csd", "words", words)
    write_csd("glove.csd", "glove_vectors", glove)
    write_csd("covarep.csd", "COVAREP", covarep)
    write_csd("labels.csd", "Opinion Segment Labels", labels)
    (HERE / "csd" / "test.txt").write_text("vid2\nvid0\n")
    (HERE / "csd" / "train.txt").write_text("vid1\n")
    (HERE / "csd" / "data.yaml").write_text(
        "schema: shakedown.data/1\nformat: csd\nname: small\nconvention: mosi\n"
        "sequences: {words: words.csd, text: glove.csd, audio: covarep.csd, labels: labels.csd}\n"
        "videos: {train: train.txt, test: test.txt}\n"
    )
    return golden


def make_facialmmt():
    folder = HERE / "facialmmt"
    folder.mkdir(exist_ok=True)
    n, steps = 5, 6
    lengths = {"audio": [6, 3, 1, 4, 2], "vision": [2, 6, 5, 1, 3]}
    golden = {"lengths": lengths, "labels": [0, 4, 6, 3, 1]}
    for modality, dims in (("audio", 4), ("vision", 3)):
        mask = np.array([[1.0 if t < length else 0.0 for t in range(steps)] for length in lengths[modality]])
        values = rng.normal(0, 1, (n, steps, dims)).astype("f4") * mask[:, :, None].astype("f4")
        split = {modality: values, f"{modality}_utt_mask": mask, "labels": np.array(golden["labels"])}
        (folder / f"meld_test_{modality}_utt.pkl").write_bytes(pickle.dumps({"test": split}, 4))
        golden[modality] = spell(values)
    profile = {str(i): [f"dia{i // 3}_utt{i % 3}", f"dia{i // 3}", i // 3, [3, 2][i // 3], i % 3] for i in range(n)}
    (folder / "test_utt_profile.json").write_text(json.dumps(profile))
    return golden


golden = {"npz": make_npz(), "csd": make_csd(), "facialmmt": make_facialmmt()}
(HERE / "formats.json").write_text(json.dumps(golden, indent=0, sort_keys=True) + "\n")
