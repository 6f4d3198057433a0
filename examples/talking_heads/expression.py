"""From the sentiment of a face to the positions of its parts, frame by frame."""
import dataclasses

import numpy as np

from labels import stream

CUE_STD = 0.35  # of one cue about the sentiment of the face


@dataclasses.dataclass
class Pose:
    smile: float  # -3 to 3: corners of the mouth, folds
    raised: float  # brows, pixels up
    inner: float  # inner ends of the brows, pixels up (grief) or down (anger)
    squint: float  # lower lids, 0 to 1
    lid: float  # opening of the upper lids, 0 to 1.3
    gaze: tuple
    open: float  # mouth, 0 to 1
    dx: float
    dy: float
    roll: float  # degrees
    yaw: float  # pixels by which the features run ahead of the head
    nod: float


def smooth(rng, count, fps, period_s):
    """A slow wander about 0 of standard deviation 1 or so."""
    t = np.arange(count) / fps
    phases, rates = rng.uniform(0, 2 * np.pi, 3), rng.uniform(0.7, 1.5, 3) / period_s
    return sum(np.sin(2 * np.pi * r * t + p) for r, p in zip(rates, phases)) / 1.22


def poses(clip, envelope, fps):
    rng = stream(f"expression {clip.name}")
    person = stream(f"habit {clip.speaker}")
    count = len(envelope)
    mouth, brow, eye, gaze, lips, head = np.clip(clip.face + CUE_STD * rng.standard_normal(6), -3.4, 3.4)
    rest_smile, rest_brow = person.normal(0, 0.2), person.normal(0, 0.5)
    anger = rng.random()  # a bad mood shows as grief at 0, as anger at 1
    t = np.arange(count) / fps
    rise = 0.55 + 0.45 * np.clip(t / 0.4, 0, 1)
    life = 1 + 0.10 * smooth(rng, count, fps, 1.3)
    sway, bob, turn = (smooth(rng, count, fps, period) for period in (2.2, 1.6, 2.8))
    blink = np.zeros(count)
    for at in np.arange(rng.uniform(0.3, 2.5), count / fps, rng.uniform(1.8, 3.5)):
        blink = np.maximum(blink, np.exp(-(((t - at) / 0.07) ** 2)))
    opened = envelope**0.8 * (0.75 + 0.14 * lips)
    opened = np.clip(0.75 * opened + 0.25 * np.roll(opened, 1), 0, 1.15)
    bad, good = max(0.0, -brow) / 3, max(0.0, brow) / 3
    beat = np.sin(2 * np.pi * (1.5 + 0.15 * head) * t + rng.uniform(0, 6))  # nods with the speech
    side = rng.choice([-1, 1])
    away = max(0.0, -gaze) / 3
    result = []
    for i in range(count):
        m = rise[i] * life[i]
        inner = bad * (3.6 * (1 - anger) - 4.4 * anger)
        lid = 1.0 + 0.10 * good - (0.32 * (1 - anger) + 0.22 * anger) * max(0.0, -eye) / 3
        result.append(Pose(
            smile=rest_smile + mouth * m, raised=rest_brow + (3.2 * good - 2.2 * bad * anger) * m + 0.5 * envelope[i],
            inner=inner * m, squint=float(np.clip(0.30 * eye, 0, 0.75)) * m, lid=float(lid * (1 - 0.92 * blink[i])),
            gaze=(0.25 * sway[i] + side * 1.6 * away, 0.15 * bob[i] + 2.0 * away * (1 - 0.4 * anger)),
            open=float(opened[i]), dx=2.0 * sway[i], dy=1.2 * bob[i] + 0.9 * max(0.0, -head) - 0.5 * max(0.0, head),
            roll=2.2 * turn[i] + side * 1.1 * max(0.0, -head), yaw=0.9 * turn[i],
            nod=(0.5 + 0.42 * max(0.0, head)) * beat[i] * envelope[i] * 1.6 + 0.55 * max(0.0, -head)))
    return result
