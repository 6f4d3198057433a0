#!/usr/bin/env python3
"""Makes the talking heads: python3 make.py [--out FOLDER] [--jobs N]; with --check in a folder that is thrown away,
compared with SHA256SUMS. Everything follows from the names of speakers and clips: the same package versions give
the same bytes again."""
import argparse
import collections
import concurrent.futures
import functools
import math
import os
import pathlib
import sys
import tempfile

import cv2

from expression import poses
from face import Painter
from labels import CLIPS, plan, rate, stream
from sentences import sentence
from speech import EDGE_S, RATE_HZ, envelope, letters_per_second, make_data_folder, speak
from writing import FPS, digests, write_clip, write_table

HERE = pathlib.Path(__file__).parent
LEAST, MOST = 0.50, 0.95  # speech fills this share of a clip, whatever the rate


def script(clips):
    """(clip, sentence, its sentiment) of each; words are used evenly within a split."""
    uses = collections.defaultdict(collections.Counter)
    for clip in clips:
        room = (clip.seconds - 2 * EDGE_S) * letters_per_second(clip)
        yield clip, *sentence(stream(f"words {clip.name}"), clip.words, LEAST * room, MOST * room, uses[clip.split])


def make_clip(out, voices, scene):
    """Writes one clip and returns its row of label.csv."""
    cv2.setNumThreads(1)
    clip, text, words = scene
    with tempfile.TemporaryDirectory() as scratch:
        sound = speak(clip, text, voices, scratch)
        count = math.floor(len(sound) / RATE_HZ * FPS)
        sound = sound[:int(count / FPS * RATE_HZ)]
        painter = Painter(clip)
        frames = [painter.draw(pose) for pose in poses(clip, envelope(sound, FPS, count), FPS)]
        write_clip(out / "Raw" / clip.video_id / f"{clip.clip_id}.mp4", frames, sound, scratch)
    return {"video_id": clip.video_id, "clip_id": clip.clip_id, "text": text, **rate(clip, words)}


def make(out, jobs):
    scenes = list(script(plan()))
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        voices = make_data_folder(folder, sum(speakers for speakers, _ in CLIPS.values()))
        rows = []
        for row in pool.map(functools.partial(make_clip, out, voices), scenes, chunksize=4):
            rows.append(row)
            if len(rows) % 100 == 0 or len(rows) == len(scenes):
                print(f"{len(rows)} of {len(scenes)} clips", file=sys.stderr, flush=True)
    write_table(out / "label.csv", rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=pathlib.Path, default=HERE)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--check", action="store_true", help="make them elsewhere and compare with SHA256SUMS")
    options = parser.parse_args()
    if not options.check:
        make(options.out, options.jobs)
        (options.out / "SHA256SUMS").write_text(digests(options.out))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        make(pathlib.Path(folder), options.jobs)
        made = digests(pathlib.Path(folder)).splitlines()
    known = (HERE / "SHA256SUMS").read_text().splitlines()
    different = sorted(set(made) ^ set(known))
    print("\n".join(different[:10]) if different else f"{len(made)} files, all as in SHA256SUMS")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
