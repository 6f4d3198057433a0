"""Files: clips by ffmpeg without a trace of when or where, the table of labels, the digests."""
import csv
import hashlib
import shutil
import subprocess
import wave

import numpy as np

from head import SIZE
from speech import RATE_HZ

FPS = 12.5


def write_wave(path, sound):
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(np.round(sound * 32767).astype("<i2").tobytes())


def write_clip(path, frames, sound, scratch):
    """H.264 and Opus. One thread and bit-exact flags: the same input gives the same bytes."""
    wav, made = f"{scratch}/sound.wav", f"{scratch}/clip.mp4"
    write_wave(wav, sound)
    path.parent.mkdir(parents=True, exist_ok=True)
    command = ["ffmpeg", "-v", "error", "-y", "-threads", "1", "-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{SIZE}x{SIZE}",
               "-r", str(FPS), "-i", "pipe:", "-i", wav, "-map_metadata", "-1", "-threads", "1",
               "-vf", "scale=out_color_matrix=bt709:flags=accurate_rnd+bitexact+area", "-pix_fmt", "yuv420p", "-colorspace", "bt709",
               "-c:v", "libx264", "-preset", "slower", "-crf", "30", "-tune", "animation", "-x264-params", "threads=1:keyint=250",
               "-c:a", "libopus", "-b:a", "16k", "-application", "audio", "-vbr", "on",
               "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", "-movflags", "+faststart", made]
    subprocess.run(command, input=b"".join(frame.tobytes() for frame in frames), check=True)
    shutil.move(made, path)  # an interrupted run leaves no half clip


def write_table(path, rows):
    with open(path, "w", newline="", encoding="ascii") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def digests(folder):
    """SHA-256 of the table and of every clip, as `sha256sum` prints them."""
    files = [folder / "label.csv", *sorted(folder.glob("Raw/*/*.mp4"))]
    return "".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to(folder)}\n" for file in files)
