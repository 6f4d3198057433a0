#!/usr/bin/env python3
"""Trains the demo's two small checkpoints on clips made by make_data.py and exports them to TorchScript.

    python3 train.py DATA OUT      writes OUT/plain.pt, OUT/robust.pt, OUT/vocab.txt

`robust` is the same network trained with words dropped, white noise added, frames darkened or blurred and whole
modalities removed at random. Needs python3-torch, python3-opencv and ffmpeg. The test split is not read.
"""
import csv
import pathlib
import subprocess
import sys

import cv2
import numpy as np
import torch
from torch import nn

from make_data import FRAMES, THINGS, WORDS

RATE, SECONDS, SIDE, MAX_FRAMES, MAX_TOKENS = 16000, 3.2, 40, 40, 16
SAMPLES = int(RATE * SECONDS)

MANIFEST = """schema: shakedown.model/1
torchscript: {name}.pt
name: {name}
task: {{kind: regression, convention: mosi, label: regression, primary: mae}}
inputs:
  - {{from: text.bert, dtype: float32, length: {tokens}, vocab: vocab.txt}}
  - {{from: audio.waveform, sample_rate: {rate}, length: {samples}}}
  - {{from: video.faces, side: {side}, length: {frames}, layout: BTCHW}}
batch: any
trained_with: [{trained}]
"""


class TalkingHeadModel(nn.Module):
    """Three small encoders and a joint head. Frames, windows and tokens that are all zero count as absent."""

    def __init__(self, vocabulary: int):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, 24, padding_idx=0)
        self.words = nn.Conv1d(24, 24, 3, padding=1)
        n = np.arange(512)
        window = np.hanning(512)
        bins = np.arange(1, 129)[:, None]
        basis = np.concatenate([np.cos(2 * np.pi * bins * n / 512), np.sin(2 * np.pi * bins * n / 512)]) * window
        self.register_buffer("basis", torch.tensor(basis[:, None, :], dtype=torch.float32) / 16)
        bands = np.zeros((24, 128))
        edges = np.geomspace(3, 128, 26)
        for i in range(24):
            bands[i] = np.clip(np.minimum((bins[:, 0] - edges[i]) / (edges[i + 1] - edges[i]),
                                          (edges[i + 2] - bins[:, 0]) / (edges[i + 2] - edges[i + 1])), 0, None)
        self.register_buffer("bands", torch.tensor(bands, dtype=torch.float32))
        self.voice = nn.Sequential(nn.Linear(48, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 24))
        self.face = nn.Sequential(nn.Conv2d(1, 8, 5, stride=2, padding=2), nn.ReLU(), nn.Conv2d(8, 16, 3, stride=2, padding=1),
                                  nn.ReLU(), nn.Conv2d(16, 16, 3, stride=2, padding=1), nn.ReLU(), nn.Flatten(),
                                  nn.Linear(16 * (SIDE // 8) ** 2, 24))
        self.head = nn.Sequential(nn.Linear(72, 48), nn.ReLU(), nn.Dropout(0.2), nn.Linear(48, 1))

    def forward(self, text: torch.Tensor, audio: torch.Tensor, faces: torch.Tensor) -> torch.Tensor:
        ids, mask = text[:, 0].long(), text[:, 1]
        e = torch.relu(self.words(self.embedding(ids).transpose(1, 2))) * mask.unsqueeze(1)
        t = e.max(dim=2)[0]

        spectrum = torch.conv1d(audio.unsqueeze(1), self.basis, stride=256)
        power = spectrum[:, :128] ** 2 + spectrum[:, 128:] ** 2
        mel = torch.matmul(self.bands, power)
        level = torch.log10(mel + 1e-5)
        heard = (power.sum(dim=1, keepdim=True) > 1e-6).to(audio.dtype)
        count = heard.sum(dim=2).clamp(min=1.0)
        mean = (level * heard).sum(dim=2) / count
        spread = torch.sqrt((((level - mean.unsqueeze(2)) * heard) ** 2).sum(dim=2) / count + 1e-6)
        a = torch.relu(self.voice(torch.cat([mean, spread], dim=1)))

        batch, time = faces.size(0), faces.size(1)
        grey = faces.mean(dim=2).reshape(batch * time, 1, faces.size(3), faces.size(4))
        seen = (grey.reshape(batch, time, -1).sum(dim=2) > 0).to(faces.dtype)
        centred = grey - grey.mean(dim=[2, 3], keepdim=True)
        per_frame = self.face(centred).reshape(batch, time, -1)
        v = torch.relu((per_frame * seen.unsqueeze(2)).sum(dim=1) / seen.sum(dim=1, keepdim=True).clamp(min=1.0))
        return 3.0 * torch.tanh(self.head(torch.cat([t, a, v], dim=1)) / 2.0)


def vocabulary():
    words = sorted({w for group in WORDS.values() for w in group} | set(THINGS) | {"not"} |
                   {w for frame in FRAMES for w in frame.split() if "{" not in w})
    letters = [chr(c) for c in range(ord("a"), ord("z") + 1)]
    return ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + words + [w for w in letters if w not in words]


def tokenize(text, ids):
    row = np.zeros((3, MAX_TOKENS), np.float32)
    tokens = [ids["[CLS]"]] + [ids.get(w, ids["[UNK]"]) for w in text.split()][:MAX_TOKENS - 2] + [ids["[SEP]"]]
    row[0, :len(tokens)] = tokens
    row[1, :len(tokens)] = 1
    return row


def load_clip(path, cascade):
    raw = subprocess.run(["ffmpeg", "-v", "error", "-i", str(path), "-f", "f32le", "-ac", "1", "-ar", str(RATE), "-"],
                         capture_output=True, check=True).stdout
    audio = np.frombuffer(raw, np.float32)[:SAMPLES]
    audio = np.pad(audio, (0, SAMPLES - len(audio)))
    faces = np.zeros((MAX_FRAMES, 3, SIDE, SIDE), np.float32)
    capture, box, boxes, frames = cv2.VideoCapture(str(path)), None, [], []
    while len(frames) < MAX_FRAMES:
        ok, image = capture.read()
        if not ok:
            break
        found = cascade.detectMultiScale(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), 1.1, 3, minSize=(30, 30))
        box = max(found, key=lambda b: b[2]) if len(found) else box
        boxes.append(box)
        frames.append(image)
    usable = [b for b in boxes if b is not None]
    box = np.median(usable, axis=0) if usable else [40, 24, 80, 80]
    side = max(box[2], box[3]) * 1.4
    cx, cy = box[0] + box[2] / 2, box[1] + box[3] / 2
    for i, image in enumerate(frames):
        matrix = np.array([[SIDE / side, 0, SIDE / 2 - cx * SIDE / side], [0, SIDE / side, SIDE / 2 - cy * SIDE / side]])
        crop = cv2.warpAffine(image, matrix, (SIDE, SIDE), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
        faces[i] = crop[..., ::-1].transpose(2, 0, 1) / 255.0
    return audio, faces


def load_split(data, split, ids):
    cascade = cv2.CascadeClassifier("/usr/share/opencv4/haarcascades/haarcascade_frontalface_default.xml")
    rows = [r for r in csv.DictReader(open(data / "label.csv", encoding="utf-8")) if r["mode"] == split]
    media = [load_clip(data / "Raw" / r["video_id"] / f"{r['clip_id']}.mp4", cascade) for r in rows]
    return (torch.tensor(np.stack([tokenize(r["text"], ids) for r in rows])), torch.tensor(np.stack([m[0] for m in media])),
            torch.tensor(np.stack([m[1] for m in media])), torch.tensor([float(r["label"]) for r in rows]))


def corrupt(text, audio, faces, generator):
    """The corruptions that `robust` sees in training; each sample gets some of them."""
    n = len(text)
    draw = lambda *shape: torch.rand(*shape, generator=generator)
    dropped = (draw(n, MAX_TOKENS) < 0.3 * draw(n, 1)) & (text[:, 0] > 4)
    text = text.clone()
    text[:, 0] = torch.where(dropped, torch.ones(()), text[:, 0])
    snr = 20 * draw(n, 1)
    level = audio.pow(2).mean(dim=1, keepdim=True).sqrt()
    noise = torch.randn(audio.shape, generator=generator) * level * 10 ** (-snr / 20)
    audio = audio + noise * (draw(n, 1) < 0.6)
    stops = 2 ** (-3 * draw(n, 1, 1, 1, 1) / 2.2)
    faces = faces * torch.where(draw(n, 1, 1, 1, 1) < 0.5, stops, torch.ones(()))
    blurred = nn.functional.avg_pool2d(faces.reshape(-1, 3, SIDE, SIDE), (1, 7), 1, (0, 3)).reshape(faces.shape)
    faces = torch.where(draw(n, 1, 1, 1, 1) < 0.3, blurred, faces)
    gone = draw(n, 3) < 0.12
    text[:, 0] = torch.where(gone[:, :1] & (text[:, 0] > 4), torch.ones(()), text[:, 0])
    return text, audio * ~gone[:, 1:2], faces * ~gone[:, 2].reshape(n, 1, 1, 1, 1)


def train(name, splits, words, epochs):
    torch.manual_seed(1111)
    generator = torch.Generator().manual_seed(1111)
    model = TalkingHeadModel(len(words))
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs)
    text, audio, faces, label = splits["train"]
    best, kept = float("inf"), None
    for epoch in range(epochs):
        model.train()
        for index in torch.randperm(len(label), generator=generator).split(32):
            inputs = (text[index], audio[index], faces[index])
            if name == "robust":
                inputs = corrupt(*inputs, generator)
            loss = nn.functional.smooth_l1_loss(model(*inputs)[:, 0], label[index])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        schedule.step()
        model.eval()
        with torch.no_grad():
            error = (model(*splits["valid"][:3])[:, 0] - splits["valid"][3]).abs().mean().item()
        if error <= best:
            best, kept = error, {k: v.clone() for k, v in model.state_dict().items()}
    model.load_state_dict(kept)
    print(f"{name}: valid MAE {best:.3f}, always the median {(splits['valid'][3] - label.median()).abs().mean():.3f}", flush=True)
    return model.eval()


def main():
    data, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    torch.set_num_threads(2)
    words = vocabulary()
    (out / "vocab.txt").write_text("\n".join(words) + "\n", encoding="utf-8")
    ids = {w: i for i, w in enumerate(words)}
    splits = {split: load_split(data, split, ids) for split in ("train", "valid")}
    seen = {"plain": "", "robust": '"text.word_drop*", "audio.background_noise*", "video.low_light*", "video.motion_blur*", "missing.modality*"'}
    for name, trained in seen.items():
        model = train(name, splits, words, epochs=60)
        manifest = MANIFEST.format(name=name, tokens=MAX_TOKENS, rate=RATE, samples=SAMPLES, side=SIDE, frames=MAX_FRAMES, trained=trained)
        torch.jit.script(model).save(str(out / f"{name}.pt"), _extra_files={"shakedown/model.yaml": manifest.encode()})


if __name__ == "__main__":
    main()
