"""What a speaker looks like, and the surroundings of a clip. Colours are blue, green, red, 0 to 255."""
import dataclasses

import cv2
import numpy as np

from labels import stream
from speech import voice_of

SKINS = [(196, 214, 244), (176, 200, 236), (160, 188, 228), (142, 174, 216), (120, 154, 200), (100, 134, 184), (84, 116, 164), (72, 100, 146)]
HAIRS = [(28, 26, 30), (34, 40, 58), (40, 56, 88), (58, 84, 128), (92, 136, 178), (120, 170, 208), (48, 72, 140), (150, 152, 156)]
EYES = [(40, 62, 92), (30, 44, 66), (150, 118, 78), (96, 124, 92), (128, 120, 104), (60, 84, 112)]
SHIRTS = [(120, 70, 40), (60, 60, 70), (150, 140, 90), (70, 80, 170), (90, 120, 70), (190, 190, 196), (110, 60, 110), (60, 130, 170), (170, 120, 70)]


@dataclasses.dataclass
class Look:
    female: bool
    skin: np.ndarray
    hair: np.ndarray
    eyes: np.ndarray
    lips: np.ndarray
    shirt: np.ndarray
    width: float  # half the face, in pixels of the frame
    height: float
    jaw: float  # 0 round to 1 square
    eye_gap: float
    eye_size: float
    nose: float
    brow: float  # thickness
    mouth: float  # half width
    style: int  # of the hair
    beard: float  # 0 none, .4 stubble, 1 full
    moustache: bool
    glasses: bool
    age: float  # 0 to 1: folds
    collar: int


def look_of(speaker):
    rng = stream(f"look {speaker}")
    female = voice_of(speaker).female
    tone = speaker * 5 % len(SKINS)
    skin = np.array(SKINS[tone], float) * rng.uniform(0.95, 1.04)
    dark = [0, 0, 1, 1, 2, 7]
    hair = np.array(HAIRS[dark[rng.integers(6)] if tone > 4 else rng.integers(len(HAIRS))], float)
    eyes = np.array(EYES[rng.integers(2) if tone > 3 else rng.integers(len(EYES))], float)
    lips = skin * ((0.62, 0.58, 0.88) if female else (0.72, 0.70, 0.88))
    return Look(female, skin, hair, eyes, lips, np.array(SHIRTS[rng.integers(len(SHIRTS))], float) * rng.uniform(0.8, 1.15),
                rng.uniform(33, 36) - female, rng.uniform(43.5, 47), rng.uniform(0, 0.35) if female else rng.uniform(0.3, 1),
                rng.uniform(14.8, 16.2), rng.uniform(0.95, 1.12) + 0.06 * female, rng.uniform(0.88, 1.15) - 0.08 * female,
                rng.uniform(1.5, 2.2) if female else rng.uniform(2.2, 3.1), rng.uniform(11.6, 13.4),
                int(rng.integers(4)), 0.0 if female else float(rng.choice([0, 0, 0.4, 1], p=[0.3, 0.25, 0.3, 0.15])),
                bool(not female and rng.random() < 0.15), bool(rng.random() < 0.15), float(rng.random()), int(rng.integers(3)))


def soft(rng, height, width, cells):
    """Smooth noise about 0 with about `cells` blobs across."""
    small = rng.standard_normal((max(2, cells * height // width), max(2, cells)))
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)


def background(clip, height, width):
    """One of six kinds, drawn for the clip, whatever it says."""
    rng = stream(f"background {clip.name}")
    yy, xx = np.mgrid[0:height, 0:width] / [[[height]], [[width]]]
    base = np.array([rng.uniform(90, 190) for _ in range(3)])
    base = 0.55 * base + 0.45 * base.mean()
    image = np.ones((height, width, 1)) * base
    kind = rng.integers(6)
    if kind == 0:  # a wall, lit from one side
        image *= (0.75 + 0.4 * (xx if rng.random() < 0.5 else 1 - xx))[..., None]
    elif kind == 1:  # panelling
        for x in np.arange(rng.uniform(0, 0.2), 1, 0.22):
            image *= (1 - 0.25 * np.exp(-(((xx - x) / 0.012) ** 2)))[..., None]
    elif kind == 2:  # lights out of focus
        image *= 0.55
        for _ in range(9):
            disc = 1 / (1 + np.exp((np.hypot(xx - rng.random(), yy - rng.random() * 0.8) - rng.uniform(0.03, 0.09)) / 0.006))
            image += disc[..., None] * np.array([rng.uniform(20, 110) for _ in range(3)])
    elif kind == 3:  # a shelf of books out of focus
        image *= 0.7
        for row in range(3):
            x = 0.0
            while x < 1:
                w, h = rng.uniform(0.04, 0.09), rng.uniform(0.2, 0.28)
                book = (xx >= x) & (xx < x + w) & (yy > (row + 1) / 3 - h) & (yy < (row + 1) / 3 - 0.02)
                image[book] = np.array([rng.uniform(50, 170) for _ in range(3)])
                x += w
        image = cv2.GaussianBlur(image, (0, 0), width * 0.02)
    elif kind == 4:  # a window
        side = rng.uniform(0, 0.55)
        pane = (xx > side) & (xx < side + 0.4) & (yy > 0.06) & (yy < 0.66)
        image[pane] = np.array([232, 220, 200])
        image[pane & ((np.abs(xx - side - 0.2) < 0.012) | (np.abs(yy - 0.36) < 0.012))] = base * 0.6
        image = cv2.GaussianBlur(image, (0, 0), width * 0.012)
    else:  # a mottled studio cloth
        image *= (1 + 0.16 * soft(rng, height, width, 5) - 0.35 * np.hypot(xx - 0.5, yy - 0.45))[..., None]
    return np.clip(image * rng.uniform(0.8, 1.15), 0, 255)
