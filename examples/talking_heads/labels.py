"""Who speaks, in which split, with what sentiment: everything that is decided before a clip is made."""
import dataclasses
import hashlib

import numpy as np

CLIPS = {"train": (32, 18), "valid": (8, 14), "test": (24, 14)}  # speakers, clips of each
WEIGHTS = {"T": 0.36, "A": 0.32, "V": 0.32}  # label = sum of weight x label of the modality + rater noise
RATER_STD = 0.12
AGREE_STD = 0.6  # of one modality about the clip's latent sentiment
NEUTRAL = 0.5  # |label| up to this is annotated Neutral
CONFLICT_SHARE = 0.25
CONFLICTS = {  # kind -> (weight, what words, voice and face say for a latent sentiment s)
    "neutral_words": (0.25, lambda s: (0.0, s, s)),
    "face_against": (0.25, lambda s: (s, s, -s)),
    "voice_against": (0.20, lambda s: (s, -s, s)),
    "words_against": (0.15, lambda s: (-s, s, s)),
    "flat_voice": (0.15, lambda s: (s, -0.2 * abs(s), -0.8 * s)),
}


def stream(name):
    """The random numbers of that name: the same on every machine, whatever else is drawn."""
    return np.random.default_rng(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "little"))


@dataclasses.dataclass
class Clip:
    split: str
    speaker: int
    number: int
    conflict: str
    words: float  # wanted sentiment of the words; the sentence found says what it came to
    voice: float
    face: float
    seconds: float

    @property
    def video_id(self):
        return f"spk{self.speaker:02d}"

    @property
    def clip_id(self):
        return f"{self.number:04d}"

    @property
    def name(self):
        return f"{self.video_id}/{self.clip_id}"


def plan():
    """All clips. Within a speaker the latent sentiments cover [-2.7, 2.7] evenly, so that no speaker leans."""
    clips, speaker = [], 0
    for split, (speakers, count) in CLIPS.items():
        for _ in range(speakers):
            rng = stream(f"plan {speaker}")
            latent = rng.permutation((np.arange(count) + rng.random(count)) / count) * 5.4 - 2.7
            clips += [plan_clip(split, speaker, number, s) for number, s in enumerate(latent)]
            speaker += 1
    return clips


def plan_clip(split, speaker, number, s):
    rng = stream(f"clip {speaker} {number}")
    conflict = "none"
    means = (s, s, s)
    if rng.random() < CONFLICT_SHARE:
        kinds = list(CONFLICTS)
        conflict = str(rng.choice(kinds, p=[CONFLICTS[kind][0] for kind in kinds]))
        strong = np.copysign(max(abs(s), 1.0), s)
        means = CONFLICTS[conflict][1](abs(strong) if conflict == "flat_voice" else strong)
    words, voice, face = np.clip(np.array(means) + AGREE_STD * rng.standard_normal(3), -3, 3)
    if conflict == "neutral_words":
        words = 0.0
    return Clip(split, speaker, number, conflict, float(words), float(voice), float(face), float(rng.uniform(1.8, 3.0)))


def rate(clip, words):
    """The row of label.csv, the words having come to sentiment `words`."""
    sides = {"T": words, "A": clip.voice, "V": clip.face}
    noise = RATER_STD * stream(f"rater {clip.name}").standard_normal()
    label = float(np.clip(sum(WEIGHTS[side] * value for side, value in sides.items()) + noise, -3, 3))
    annotation = "Neutral" if abs(label) <= NEUTRAL else "Positive" if label > 0 else "Negative"
    row = {"label": f"{label:.3f}"}
    row.update({f"label_{side}": f"{value:.3f}" for side, value in sides.items()})
    return {**row, "annotation": annotation, "mode": clip.split, "conflict": clip.conflict}
