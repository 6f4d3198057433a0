#!/usr/bin/env python3
"""Makes the demo's clips: drawn talking heads with espeak-ng speech, labelled in [-3, 3].

    python3 make_data.py OUT [--splits train,valid,test]

Needs espeak-ng, ffmpeg, python3-numpy and python3-opencv; shakedown itself needs none of them. Everything is
drawn from the seed in each clip's name, so the same package versions give the same clips again. A speaker is a
group: no speaker is in two splits. In one clip of five the face contradicts the words.
"""
import argparse
import csv
import math
import pathlib
import random
import subprocess
import tempfile
import wave

import cv2
import numpy as np

FPS, WIDTH, HEIGHT, RATE = 12.5, 160, 128, 16000
SPEAKERS = {"train": range(0, 28), "valid": range(28, 34), "test": range(34, 42)}
CLIPS = {"train": 8, "valid": 4, "test": 5}

WORDS = {  # strength -> words
    2: ["wonderful", "brilliant", "superb", "fantastic"],
    1: ["good", "pleasant", "nice", "decent"],
    0: ["long", "recent", "short", "typical"],
    -1: ["dull", "weak", "poor", "boring"],
    -2: ["terrible", "awful", "horrible", "dreadful"],
}
THINGS = ["movie", "story", "ending", "acting", "music", "scene"]
FRAMES = ["the {t} was {w}", "i think the {t} is {w}", "it is a {w} {t}", "a really {w} {t}", "they made a {w} {t}"]


def sentence(rng, strength):
    """A sentence of that strength; now and then by negating the opposite."""
    negate = strength in (-1, 1) and rng.random() < 0.25
    word = rng.choice(WORDS[-strength if negate else strength])
    text = rng.choice(FRAMES).format(t=rng.choice(THINGS), w=("not " if negate else "") + word)
    return text.replace("a not", "not a")


def speak(path, text, speaker, mood, rng):
    """Mood moves pitch, range, rate and loudness as it does in acted speech."""
    voice = ["en-us", "en-gb", "en-gb-scotland", "en-us"][speaker % 4] + f"+{'mf'[speaker % 2]}{1 + speaker // 2 % 4}"
    base = 30 + (speaker * 17) % 40
    pitch = int(np.clip(base + 8 * mood + rng.uniform(-3, 3), 5, 95))
    speed = int(165 + 10 * mood + rng.uniform(-6, 6))
    amplitude = int(np.clip(100 + 22 * mood, 30, 190))
    subprocess.run(["espeak-ng", "-v", voice, "-p", str(pitch), "-s", str(speed), "-a", str(amplitude), "-w", path, text],
                   check=True)


def read_wave(path):
    with wave.open(path) as file:
        pcm = np.frombuffer(file.readframes(file.getnframes()), dtype=np.int16).astype(np.float32) / 32768
        rate = file.getframerate()
    positions = np.arange(int(len(pcm) * RATE / rate)) * rate / RATE
    return np.interp(positions, np.arange(len(pcm)), pcm).astype(np.float32)


def draw_face(look, mood, mouth_open, sway, nod, blink):
    """One frame at twice the size, shrunk at the end so that every edge is anti-aliased."""
    scale = 3
    h, w = HEIGHT * scale, WIDTH * scale
    yy, xx = np.mgrid[0:h, 0:w].astype(np.float32)
    top, bottom = look["background"]
    image = np.zeros((h, w, 3), np.float32)
    blend = (yy / h)[..., None]
    image[:] = np.array(top, np.float32) * (1 - blend) + np.array(bottom, np.float32) * blend
    cx, cy = w / 2 + sway * scale, h * 0.5 + nod * scale
    fw, fh = look["width"] * scale, look["height"] * scale
    image = np.ascontiguousarray(image)

    def ellipse(x, y, a, b, color, start=0, end=360, thickness=-1):
        cv2.ellipse(image, (int(cx + x * scale), int(cy + y * scale)), (max(1, int(a * scale)), max(1, int(b * scale))), 0,
                    start, end, color, thickness, cv2.LINE_AA)

    skin, hair = look["skin"], look["hair"]
    ellipse(0, 58, 46, 26, look["shirt"])
    ellipse(0, 36, 13, 22, tuple(c * 0.8 for c in skin))
    ellipse(0, -8, look["width"] + 5, look["height"] + 3, hair)
    ellipse(0, 0, look["width"], look["height"], skin)
    # Light from above: forehead and nose bright, eye sockets and sides dark.
    inside = (((xx - cx) / fw) ** 2 + ((yy - cy) / fh) ** 2 < 1)[..., None]
    shade = 1.06 - 0.35 * (((xx - cx) / fw) ** 2)[..., None] - 0.08 * ((yy - cy) / fh)[..., None]
    image = np.ascontiguousarray(np.where(inside, image * shade, image).astype(np.float32))
    ellipse(0, -look["height"] * 0.88, look["width"] * 0.92, look["height"] * 0.3, hair)
    for side in (-1, 1):
        ellipse(side * 13, -8, 9.5, 7.5, tuple(c * 0.72 for c in skin))
        ellipse(side * 13, -7, 7, 0.8 if blink else 3.8, (235, 235, 235))
        if not blink:
            ellipse(side * 13 + look["gaze"], -7, 3.2, 3.4, (40, 30, 25))
        inner, outer = -14.5 - 1.4 * mood, -16.5 + 0.5 * mood
        points = np.array([[cx + side * 6 * scale, cy + inner * scale], [cx + side * 20 * scale, cy + outer * scale]], np.int32)
        cv2.line(image, tuple(int(v) for v in points[0]), tuple(int(v) for v in points[1]), tuple(c * 0.6 for c in hair), 3 * scale,
                 cv2.LINE_AA)
    ellipse(0, 4, 3.2, 9, tuple(min(255, c * 1.1) for c in skin))
    ellipse(0, 11, 5.5, 2.6, tuple(c * 0.7 for c in skin))
    curve = np.linspace(-1, 1, 25)
    my = 23 + 2.6 * mood * (0.5 - curve**2)
    upper = np.stack([cx + curve * 12 * scale, cy + (my - 1.6 * (1 - curve**2)) * scale], 1)
    lower = np.stack([cx + curve * 12 * scale, cy + (my + (2 + 6 * mouth_open) * (1 - curve**2)) * scale], 1)
    cv2.fillPoly(image, [np.concatenate([upper, lower[::-1]]).astype(np.int32)], (50, 40, 120), cv2.LINE_AA)
    image = cv2.GaussianBlur(image, (0, 0), 0.8 * scale)
    small = cv2.resize(image, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
    grain = look["grain"].standard_normal(small.shape).astype(np.float32) * 2
    return np.clip(small + grain, 0, 255).astype(np.uint8)


def make_clip(folder, split, speaker, number):
    name = f"{split}-{speaker:02d}-{number:02d}"
    rng = random.Random(name)
    strength = [-2, -1, 0, 1, 2][(number + speaker) % 5] if rng.random() < 0.9 else rng.choice([-2, -1, 0, 1, 2])
    conflict = rng.random() < 0.2
    face_mood = -strength if conflict else strength
    voice_mood = strength + rng.uniform(-0.4, 0.4)
    face_mood += rng.uniform(-0.4, 0.4)
    label = float(np.clip(0.8 * strength + 0.35 * voice_mood + 0.35 * face_mood, -3, 3))
    text = sentence(rng, strength)
    video_id, clip_id = f"spk{speaker:02d}", f"{number:04d}"

    person = random.Random(f"look-{speaker}")
    tone = person.uniform(0.45, 1.0)
    look = {"skin": (150 * tone + 20, 180 * tone + 20, 225 * tone + 20),
            "hair": tuple(person.uniform(15, 70) for _ in range(3)),
            "shirt": tuple(person.uniform(40, 200) for _ in range(3)),
            "background": [tuple(person.uniform(90, 210) for _ in range(3)) for _ in range(2)],
            "width": person.uniform(30, 34), "height": person.uniform(39, 43), "gaze": rng.uniform(-1, 1),
            "grain": np.random.default_rng(abs(hash_name(name)))}
    with tempfile.TemporaryDirectory() as scratch:
        wav, raw = f"{scratch}/a.wav", f"{scratch}/v.raw"
        speak(wav, text, speaker, voice_mood, rng)
        pcm = read_wave(wav)
        pcm = np.concatenate([np.zeros(RATE // 10, np.float32), pcm, np.zeros(RATE // 10, np.float32)])
        frames = max(8, math.ceil(len(pcm) / RATE * FPS))
        pcm = np.pad(pcm, (0, int(frames / FPS * RATE) - len(pcm)))
        envelope = [float(np.sqrt(np.mean(chunk**2))) for chunk in np.array_split(pcm, frames)]
        loudest = max(envelope) or 1.0
        blink_at = rng.randrange(frames)
        with open(raw, "wb") as file:
            for i in range(frames):
                phase = 2 * math.pi * i / FPS
                sway, nod = 2 * math.sin(0.7 * phase + speaker), 1.5 * math.sin(1.1 * phase) * (1 + 0.2 * voice_mood)
                file.write(draw_face(look, face_mood, envelope[i] / loudest, sway, nod, i == blink_at).tobytes())
        with wave.open(wav, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes((np.clip(pcm, -1, 1) * 32767).astype(np.int16).tobytes())
        target = folder / "Raw" / video_id
        target.mkdir(parents=True, exist_ok=True)
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(FPS),
                        "-i", raw, "-i", wav, "-c:v", "libx264", "-crf", "24", "-preset", "slow", "-pix_fmt", "yuv420p", "-c:a", "aac",
                        "-b:a", "40k", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1",
                        "-threads", "1", str(target / f"{clip_id}.mp4")], check=True)
    return {"video_id": video_id, "clip_id": clip_id, "text": text, "label": f"{label:.3f}", "label_T": strength,
            "label_A": f"{voice_mood:.3f}", "label_V": f"{face_mood:.3f}",
            "annotation": "Positive" if label > 0.3 else "Negative" if label < -0.3 else "Neutral", "mode": split}


def hash_name(name):
    value = 2166136261
    for byte in name.encode():
        value = (value ^ byte) * 16777619 % 2**32
    return value


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--splits", default="train,valid,test")
    options = parser.parse_args()
    rows = []
    for split in options.splits.split(","):
        for speaker in SPEAKERS[split]:
            for number in range(CLIPS[split]):
                rows.append(make_clip(options.out, split, speaker, number))
    with open(options.out / "label.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
