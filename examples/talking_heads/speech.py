"""Speech by espeak-ng whose pitch, range, rate, loudness and brightness carry the sentiment."""
import dataclasses
import os
import pathlib
import re
import subprocess
import wave

import numpy as np

from labels import stream

ACCENTS = ["en-us", "en-gb", "en-gb-x-rp", "en-gb-scotland", "en-gb-x-gbclan", "en-us-nyc", "en-gb-x-gbcwmd"]
MALE = ["m1", "m2", "m3", "m4", "m6", "m7", "m8", "Alex", "Andy", "Lee", "Mike", "Diogo"]
FEMALE = ["f1", "f2", "f3", "f4", "f5", "Alicia", "Andrea", "Annie", "anika", "belinda", "linda", "steph2"]
RATE_HZ = 16000
EDGE_S = 0.08  # silence at either end at the least
CUE_STD = 0.35  # of one cue about the sentiment of the voice


@dataclasses.dataclass
class Voice:
    name: str
    accent: str
    variant: str
    female: bool
    pitch_st: float  # offsets of this speaker
    timbre: float  # factor on the formants
    rate: float
    level_db: float


def voice_of(speaker):
    rng = stream(f"voice {speaker}")
    female = speaker % 2 == 1
    variants = FEMALE if female else MALE
    return Voice(f"spk{speaker:02d}", ACCENTS[speaker % len(ACCENTS)], variants[speaker // 2 % len(variants)], female,
                 rng.uniform(-1.5, 1.5), rng.uniform(0.94, 1.06), rng.uniform(0.94, 1.06), rng.uniform(-1.0, 1.0))


def make_data_folder(target, speakers):
    """A copy of espeak-ng's data, by links, with one variant for each speaker: the installed one, its formants moved."""
    version = subprocess.run(["espeak-ng", "--version"], capture_output=True, text=True, check=True).stdout
    system = pathlib.Path(version.split("Data at:")[1].strip())
    data = pathlib.Path(target) / "espeak-ng-data"
    variants = data / "voices" / "!v"
    variants.mkdir(parents=True)
    for entry in system.iterdir():
        if entry.name != "voices":
            os.symlink(entry, data / entry.name)
    for speaker in range(speakers):
        voice = voice_of(speaker)
        lines = (system / "voices" / "!v" / voice.variant).read_text().splitlines()
        kept = [line for line in lines if not re.match(r"\s*(name|pitch|formant|echo|speed)\b", line)]
        given = {int(line.split()[1]): line.split("//")[0].split()[2:] for line in lines if line.strip().startswith("formant")}
        low = (182 if voice.female else 92) * 2 ** (voice.pitch_st / 12)
        kept += [f"name {voice.name}", f"pitch {low:.0f} {low * 1.45:.0f}"]
        for formant in range(9):
            frequency, *rest = given.get(formant, ["100", "100", "100"])
            kept.append(f"formant {formant} {float(frequency) * (voice.timbre if formant else 1):.0f} {' '.join(rest)}")
        (variants / voice.name).write_text("\n".join(kept) + "\n")
    return target


def cues(clip):
    """What the sentiment of the voice does: each cue follows it with an error of its own."""
    rng = stream(f"cues {clip.name}")
    pitch, span, rate, level, bright = np.clip(clip.voice + CUE_STD * rng.standard_normal(5), -3.4, 3.4)
    return {"pitch": 50 + 8.5 * pitch, "range": np.clip(50 + 17 * span, 2, 110), "rate": 1 + 0.065 * rate,
            "level_db": 2.2 * level, "bright_db": 1.6 * bright}


def words_per_minute(clip):
    return 172 * voice_of(clip.speaker).rate * cues(clip)["rate"]


def letters_per_second(clip):
    return words_per_minute(clip) / 172 * 15.5


def synthesize(clip, text, data_folder, scratch):
    voice, cue = voice_of(clip.speaker), cues(clip)
    path = f"{scratch}/espeak.wav"
    markup = f'<speak><prosody range="{cue["range"]:.0f}">{text}</prosody></speak>'
    # The range moves espeak-ng's median pitch too: by some five semitones from 0 to 99.
    subprocess.run(["espeak-ng", "--path", data_folder, "-v", f"{voice.accent}+{voice.name}", "-m", "-z", "-p",
                    f"{np.clip(cue['pitch'], 5, 99):.0f}", "-s", f"{words_per_minute(clip):.0f}", "-w", path, markup], check=True)
    with wave.open(path) as file:
        pcm = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float64) / 32768
        rate = file.getframerate()
    spoken = np.flatnonzero(np.abs(pcm) > 0.004)
    pcm = pcm[spoken[0]:spoken[-1]]
    spectrum = np.fft.rfft(pcm)
    kept = spectrum[:int(len(pcm) * RATE_HZ / 2 / rate)]
    frequency = np.arange(len(kept)) * rate / len(pcm)
    octaves = np.clip(np.log2(np.maximum(frequency, 1) / 1000), -1, 1)  # brightness turns the spectrum about 1 kHz
    count = int(len(pcm) * RATE_HZ / rate)
    return np.fft.irfft(kept * 10 ** (cue["bright_db"] * octaves / 20), count)


def speak(clip, text, data_folder, scratch):
    """The clip's sound, mono floats at RATE_HZ. Longer than clip.seconds only where the sentence needs it."""
    voice, cue, rng = voice_of(clip.speaker), cues(clip), stream(f"sound {clip.name}")
    pcm = synthesize(clip, text, data_folder, scratch)
    blocks = np.sqrt([np.mean(block**2) for block in np.array_split(pcm, max(1, len(pcm) // 320))])
    active = np.sqrt(np.mean(blocks[blocks > 0.1 * blocks.max()] ** 2))
    pcm *= 10 ** ((-27 + voice.level_db + cue["level_db"]) / 20) / active
    seconds = max(clip.seconds, len(pcm) / RATE_HZ + 2 * EDGE_S)
    sound = 10 ** (-66 / 20) * rng.standard_normal(int(seconds * RATE_HZ))
    free = len(sound) - len(pcm) - int(2 * EDGE_S * RATE_HZ)
    start = int(EDGE_S * RATE_HZ) + int(max(0, free) * rng.uniform(0.2, 0.6))
    sound[start:start + len(pcm)] += pcm[:len(sound) - start]
    return np.clip(sound, -0.99, 0.99)


def envelope(sound, fps, frames):
    """Loudness in each video frame, 0 to 1 of the clip's loudest."""
    edges = (np.arange(frames + 1) * RATE_HZ / fps).astype(int)
    level = np.array([np.sqrt(np.mean(sound[a:b] ** 2)) if len(sound[a:b]) else 0.0 for a, b in zip(edges, edges[1:])])
    return np.clip(level / max(level.max(), 1e-9), 0, 1)
