#!/usr/bin/env python3
"""Kills a run with SIGKILL at random instants and goes on with --resume; the dump must be that of a run that was left alone.

    python3 kill_trials.py SHAKEDOWN TRIALS FOLDER --model M --data D --suite S ...

Each trial kills one run up to three times, at instants that are uniform over what a whole run takes, then lets it end.
Prints how many kills hit, at how many units stored, and how many dumps differ; exits with 1 when one does.
"""
import hashlib
import json
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import time

PROGRAM, TRIALS, FOLDER, WORDS = sys.argv[1], int(sys.argv[2]), pathlib.Path(sys.argv[3]), sys.argv[4:]
KILLS = 3


def command(out, resume):
    return [PROGRAM, "run", *WORDS, "--out", str(out)] + (["--resume"] if resume else [])


def dump(out):
    made = subprocess.run([PROGRAM, "dump", str(out)], capture_output=True)
    return made.returncode, hashlib.sha256(made.stdout).hexdigest()


def units(out):
    try:
        return json.loads((out / "progress.json").read_text())["units_done"]
    except (OSError, ValueError):
        return 0


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    subprocess.run(command(FOLDER / "whole", False), check=True, capture_output=True)
    length = time.monotonic() - start
    whole = dump(FOLDER / "whole")
    assert whole[0] == 0
    chance = random.Random(1)
    hits, early, wrong, shown = 0, 0, 0, []
    for trial in range(TRIALS):
        out = FOLDER / f"trial{trial}"
        for _ in range(KILLS):
            run = subprocess.Popen(command(out, (out / "run.db").exists()), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                run.wait(chance.uniform(0, length))
                break
            except subprocess.TimeoutExpired:
                run.send_signal(signal.SIGKILL)
                run.wait()
                hits += 1
                stored = units(out)
                shown.append(stored)
                if (out / "run.db").exists():
                    code, digest = dump(out)
                    early += code == 0 and digest != whole[1]  # an unfinished run passed for a whole one
        last = subprocess.run(command(out, (out / "run.db").exists()), capture_output=True)
        if last.returncode != 0 or dump(out) != whole:
            wrong += 1
            print(f"trial {trial}: exit {last.returncode}, {last.stderr.decode()[-300:]}")
        shutil.rmtree(out)
    print(f"{TRIALS} trials, {hits} kills (a whole run: {length:.1f} s); units stored at the kill: "
          f"{sum(1 for s in shown if s == 0)} times none, else {min((s for s in shown if s), default=0)} to {max(shown, default=0)}")
    print(f"dumps that differ: {wrong}; unfinished runs shown as whole: {early}")
    return 1 if wrong or early else 0


sys.exit(main())
