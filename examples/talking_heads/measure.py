#!/usr/bin/env python3
"""Measures what the clips are: python3 measure.py. Faces found, what each modality tells about its label and about
the label (ridge on simple features, fitted on train, judged on valid; test is counted, never judged), leaks.
Needs python3-opencv, ffmpeg and opencv-data."""
import collections
import concurrent.futures
import csv
import pathlib
import re
import subprocess

import cv2
import numpy as np

HERE = pathlib.Path(__file__).parent
CASCADE = "/usr/share/opencv4/haarcascades/haarcascade_frontalface_alt2.xml"  # as media/src/face_detector.cpp uses it
RATE_HZ = 16000


def decode(path):
    picture = cv2.VideoCapture(str(path))
    frames = []
    while True:
        good, frame = picture.read()
        if not good:
            break
        frames.append(frame)
    pcm = subprocess.run(["ffmpeg", "-v", "error", "-i", str(path), "-f", "s16le", "-ac", "1", "-ar", str(RATE_HZ), "-"],
                         capture_output=True, check=True).stdout
    return frames, np.frombuffer(pcm, "<i2").astype(float) / 32768


def pitch_track(pcm):
    """Semitones over 100 Hz of voiced 40 ms, by the autocorrelation's first high peak."""
    size, window = 640, np.hanning(640)
    shape = np.fft.irfft(np.abs(np.fft.rfft(window, 2 * size)) ** 2)
    low, high, track = RATE_HZ // 420, RATE_HZ // 65, []
    for start in range(0, len(pcm) - size, 160):
        power = np.abs(np.fft.rfft(pcm[start:start + size] * window, 2 * size)) ** 2
        lag = np.fft.irfft(power)
        if lag[0] < 1e-3:
            continue
        lag = (lag / lag[0] / (shape / shape[0] + 1e-3))[low:high]
        if lag.max() < 0.6:
            continue
        at = np.flatnonzero(lag > 0.9 * lag.max())[0]
        while at + 1 < len(lag) and lag[at + 1] > lag[at]:
            at += 1
        track.append(12 * np.log2(RATE_HZ / (low + at) / 100))
    return np.array(track) if len(track) > 4 else np.zeros(5)


def voice_features(pcm):
    track = pitch_track(pcm)
    blocks = np.sqrt([np.mean(block**2) + 1e-9 for block in np.array_split(pcm, len(pcm) // 160)])
    active = blocks > 0.1 * blocks.max()
    power, hertz = np.abs(np.fft.rfft(pcm)) ** 2, np.fft.rfftfreq(len(pcm), 1 / RATE_HZ)
    bands = [10 * np.log10(power[(hertz >= a) & (hertz < b)].sum() + 1e-9) for a, b in ((80, 500), (500, 1500), (1500, 3500), (3500, 7500))]
    slope = np.diff(np.log(blocks))
    return [np.median(track), np.percentile(track, 85) - np.percentile(track, 15), track.std(),
            20 * np.log10(np.sqrt(np.mean(blocks[active] ** 2))), bands[1] - bands[0], bands[2] - bands[0], bands[3] - bands[0],
            active.mean(), np.abs(slope).mean()]


def look_at(row):
    """Frames, frames with a face, seconds, features of face and voice."""
    cv2.setNumThreads(1)
    frames, pcm = decode(HERE / "Raw" / row["video_id"] / f"{row['clip_id']}.mp4")
    cascade, found, crops = cv2.CascadeClassifier(CASCADE), 0, []
    box = None
    for frame in frames:
        grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
        boxes = cascade.detectMultiScale(grey, 1.1, 4, 0, (20, 20))
        if len(boxes):
            found += 1
            box = max(boxes, key=lambda b: b[2])
        if box is not None:
            x, y, w, h = box
            crops.append(cv2.resize(grey[y:y + h, x:x + w], (24, 24), interpolation=cv2.INTER_AREA).astype(float))
    crop = np.mean(crops, 0) if crops else np.zeros((24, 24))
    crop = (crop - crop.mean()) / (crop.std() + 1e-6)
    return len(frames), found, len(pcm) / RATE_HZ, len(frames) / 12.5, crop.ravel(), voice_features(pcm)


def word_features(rows, train):
    """Presence of words and of pairs of neighbours seen twice in train."""
    def grams(row):
        words = re.findall("[a-z]+", row["text"])
        return set(words) | {"not " + b for a, b in zip(words, words[1:]) if a == "not"} | {
            "not " + c for a, b, c in zip(words, words[1:], words[2:]) if (a, b) == ("did", "not")}
    seen = collections.Counter(gram for row, used in zip(rows, train) if used for gram in grams(row))
    index = {gram: i for i, gram in enumerate(sorted(g for g, n in seen.items() if n > 1))}
    table = np.zeros((len(rows), len(index)))
    for i, row in enumerate(rows):
        for gram in grams(row) & index.keys():
            table[i, index[gram]] = 1
    return table


def ridge(x, y, train, strength):
    """Predictions for all rows of a ridge regression on the rows of train."""
    mean, std = x[train].mean(0), x[train].std(0) + 1e-6
    z = (x - mean) / std
    a = z[train]
    weight = np.linalg.solve(a.T @ a + strength * np.eye(a.shape[1]), a.T @ (y[train] - y[train].mean()))
    return z @ weight + y[train].mean()


def mae(y, p):
    return np.abs(y - p).mean()


def judge(rows, features):
    label = {name: np.array([float(row[name]) for row in rows]) for name in ("label", "label_T", "label_A", "label_V")}
    train, valid = (np.array([row["mode"] == mode for row in rows]) for mode in ("train", "valid"))
    strength = {"T": 3.0, "A": 3.0, "V": 300.0}
    # Predictions for train rows come from the other half of the train speakers, so that the mixture is fitted honestly.
    speaker = np.array([int(row["video_id"][3:]) for row in rows])
    parts = {}
    for side, x in features.items():
        y = label[f"label_{side}"]
        p = ridge(x, y, train, strength[side])
        for half in (0, 1):
            chosen = train & (speaker % 4 // 2 == half)
            p[chosen] = ridge(x, y, train & ~chosen, strength[side])[chosen]
        parts[side] = p
        print(f"{side}: corr with label_{side} {np.corrcoef(p[valid], y[valid])[0, 1]:.3f}, with label "
              f"{np.corrcoef(p[valid], label['label'][valid])[0, 1]:.3f}")
    y = label["label"]
    print(f"label: MAE of the median {mae(y[valid], np.median(y[train])):.3f}")
    for sides in ("TAV", "AV", "TV", "TA", "T", "A", "V"):
        p = ridge(np.stack([parts[side] for side in sides], 1), y, train, 1.0)
        true = ridge(np.stack([label[f"label_{side}"] for side in sides], 1), y, train, 1.0)
        polar = valid & (y != 0)
        print(f"label from {sides}: MAE {mae(y[valid], p[valid]):.3f}, corr {np.corrcoef(y[valid], p[valid])[0, 1]:.3f}, "
              f"Acc-2 {np.mean((p > 0)[polar] == (y > 0)[polar]):.3f}; from the true label_{sides}: MAE {mae(y[valid], true[valid]):.3f}")
    return label


def leaks(rows, label, seconds):
    """Squared correlations with the label of what must not tell it."""
    y = label["label"]
    speaker = np.array([int(row["video_id"][3:]) for row in rows])
    means = np.array([y[speaker == s].mean() for s in speaker])
    data = {"duration": seconds, "clip number": [int(row["clip_id"]) for row in rows], "speaker number": speaker,
            "letters": [len(row["text"]) for row in rows], "file size": [
                (HERE / "Raw" / row["video_id"] / f"{row['clip_id']}.mp4").stat().st_size for row in rows],
            "final stop": [row["text"].endswith(".") for row in rows]}
    for name, values in data.items():
        print(f"leak: {name} r2 {np.corrcoef(np.array(values, float), y)[0, 1] ** 2:.4f}")
    print(f"leak: speaker (share of variance between {len(set(speaker))} speakers) {means.var() / y.var():.4f}, "
          f"expected of chance {(len(set(speaker)) - 1) / (len(y) - 1):.4f}")


def main():
    with open(HERE / "label.csv", encoding="ascii") as file:
        rows = list(csv.DictReader(file))
    with concurrent.futures.ProcessPoolExecutor() as pool:
        seen = list(pool.map(look_at, rows, chunksize=8))
    frames, found = (np.array([each[i] for each in seen]) for i in (0, 1))
    print(f"faces found in {found.sum() / frames.sum():.4f} of {frames.sum()} frames")
    speakers = sorted({row["video_id"] for row in rows})
    member = np.array([row["video_id"] for row in rows])
    share = {s: found[member == s].sum() / frames[member == s].sum() for s in speakers}
    print("fewest:", ", ".join(f"{s} {share[s]:.3f}" for s in sorted(share, key=share.get)[:5]))
    seconds = np.array([each[2] for each in seen])
    print(f"sound {seconds.min():.2f} to {seconds.max():.2f} s; sound less picture "
          f"{np.abs(seconds - np.array([each[3] for each in seen])).max():.3f} s at most")
    print("clips:", dict(collections.Counter(row["mode"] for row in rows)), dict(collections.Counter(row["annotation"] for row in rows)),
          dict(collections.Counter(row["conflict"] for row in rows)))
    voice = np.array([each[5] for each in seen])
    train = np.array([row["mode"] == "train" for row in rows])
    label = judge(rows, {"T": word_features(rows, train), "A": np.concatenate([voice, voice**2], 1), "V": np.array([each[4] for each in seen])})
    for i, name in enumerate(("median f0 st", "f0 range st", "f0 std st", "level dB")):
        print("voice:", name, [round(float(voice[(label["label_A"] >= a) & (label["label_A"] < a + 1), i].mean()), 2) for a in range(-3, 3)])
    edges = np.arange(-3, 3.1, 0.5)
    print("labels by halves:", np.histogram(label["label"], edges)[0].tolist())
    leaks(rows, label, seconds)


if __name__ == "__main__":
    main()
