#!/usr/bin/env python3
"""Writes the contact sheet: python3 sheet.py OUT.jpg. A column a speaker; rows are the clips whose faces say
the worst, nothing, and the best, as committed."""
import csv
import pathlib
import sys

import cv2
import numpy as np

HERE = pathlib.Path(__file__).parent
SPEAKERS = [f"spk{number:02d}" for number in (40, 41, 42, 43, 45, 47, 48, 55)]
SIDE, BAR = 172, 20


def later_frame(row):
    """The frame at two thirds of the clip."""
    clip = cv2.VideoCapture(str(HERE / "Raw" / row["video_id"] / f"{row['clip_id']}.mp4"))
    frames = []
    while (read := clip.read())[0]:
        frames.append(read[1])
    return cv2.resize(frames[len(frames) * 2 // 3], (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)


def main():
    with open(HERE / "label.csv", encoding="ascii") as file:
        rows = list(csv.DictReader(file))
    columns = []
    for speaker in SPEAKERS:
        own = [row for row in rows if row["video_id"] == speaker]
        chosen = [min(own, key=lambda row: abs(float(row["label_V"]) - target)) for target in (-3, 0, 3)]
        tiles = []
        for row in chosen:
            bar = np.full((BAR, SIDE, 3), 255, np.uint8)
            cv2.putText(bar, f"{row['video_id']}/{row['clip_id']}   face {float(row['label_V']):+.1f}", (4, 14),
                        cv2.FONT_HERSHEY_SIMPLEX, 0.38, (40, 40, 40), 1, cv2.LINE_AA)
            tiles += [later_frame(row), bar]
        columns.append(np.vstack(tiles))
    cv2.imwrite(sys.argv[1], np.hstack(columns), [cv2.IMWRITE_JPEG_QUALITY, 86])


if __name__ == "__main__":
    main()
