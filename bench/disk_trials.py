#!/usr/bin/env python3
"""Lets a run meet a full disk, or a folder that can only be read, at random points; then goes on with --resume. The dump must be
that of a run that was left alone, and every failure one line with the right exit code.

    python3 disk_trials.py SHAKEDOWN TRIALS FOLDER --model M --data D --suite S ...      # as root: mounts a tmpfs on FOLDER/disk

A full disk: the run has less room than it takes, at random; then it gets more, up to three times, at last enough. Every other
trial: it is killed at a random instant, its folder mounted read-only, and dump, report and --resume are tried there.
"""
import collections
import hashlib
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

PROGRAM, TRIALS, FOLDER, WORDS = sys.argv[1], int(sys.argv[2]), pathlib.Path(sys.argv[3]), sys.argv[4:]
DISK = FOLDER / "disk"
OUT = DISK / "run"
PAGE = 4096
met = collections.Counter()  # failures by the file they name


def shakedown(*words):
    return subprocess.run([PROGRAM, *map(str, words)], capture_output=True, text=True)


def run(resume):
    return ["run", *WORDS, "--out", str(OUT)] + (["--resume"] if resume else [])


def dump():
    made = shakedown("dump", OUT)
    return made.returncode, hashlib.sha256(made.stdout.encode()).hexdigest()


def mount(options, *more):
    subprocess.run(["mount", *more, "-o", options, *([] if "remount" in options else ["-t", "tmpfs", "none"]), str(DISK)], check=True)


def fault(made, code, says):
    """What is wrong with a failure; "" when it is one line that says why, with its exit code."""
    last = [line for line in made.stderr.splitlines() if line.startswith("shakedown: ")]
    met.update(pathlib.Path(line.split(": ")[1]).name for line in last)
    if made.returncode != code:
        return f"exit {made.returncode} and not {code}: {made.stderr[-300:]}"
    if len(last) != 1 or not any(word in last[0] for word in says):
        return f"not one clear line: {made.stderr[-300:]}"
    return ""


def full(chance, need, whole):
    sizes = sorted(chance.uniform(0.02, 1) for _ in range(chance.randint(1, 3)))
    faults = []
    mount(f"size={max(2 * PAGE, int(sizes[0] * need))}")
    for size in sizes + [4]:
        mount(f"remount,size={max(2 * PAGE, int(size * need))}")
        made = shakedown(*run((OUT / "run.db").exists()))
        if made.returncode != 0:
            faults.append(fault(made, 4, ("disk full", "No space left", "cannot be written")))
            if dump()[0] == 0 and dump() != whole:
                faults.append("an unfinished run passed for a whole one")
    return faults + ([] if made.returncode == 0 else ["the last attempt failed"])


def read_only(chance, length, whole):
    mount("size=1G")
    run_ = subprocess.Popen([PROGRAM, *run(False)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        run_.wait(chance.uniform(0, length))
    except subprocess.TimeoutExpired:
        run_.send_signal(signal.SIGKILL)
        run_.wait()
    complete = dump() == whole if chance.random() < 0.5 else None  # a reader takes the journal in
    mount("remount,ro")
    faults = []
    made = shakedown("dump", OUT)
    if made.returncode == 0 and hashlib.sha256(made.stdout.encode()).hexdigest() != whole[1]:
        faults.append("an unfinished run passed for a whole one")
    elif made.returncode != 0:
        if complete:
            faults.append("a complete run cannot be read where nothing can be written")
        faults += [fault(made, made.returncode, ("incomplete", "copy the folder", "no run", "before it began"))]
    made = shakedown("report", OUT, "--partial")
    faults.append(fault(made, made.returncode, ("cannot be written", "copy the folder", "no run", "before it began")))
    resumed = shakedown(*run((OUT / "run.db").exists()))
    code = 2 if not OUT.exists() else 4
    faults.append(fault(resumed, code, ("Read-only", "read-only")))
    mount("remount,rw")
    made = shakedown(*run((OUT / "run.db").exists()))
    if made.returncode != 0:
        faults.append("the last attempt failed: " + made.stderr[-300:])
    return faults


def main():
    DISK.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1M", "none", str(DISK)], capture_output=True).returncode:
        print("skipped: mounting a tmpfs needs root")
        return 0
    subprocess.run(["umount", str(DISK)], check=True)
    mount("size=1G")
    start = time.monotonic()
    made = shakedown(*run(False))
    length = time.monotonic() - start
    assert made.returncode == 0, made.stderr
    whole = dump()
    need = sum(-(-file.stat().st_size // PAGE) * PAGE for file in DISK.rglob("*") if file.is_file())
    subprocess.run(["umount", str(DISK)], check=True)
    chance = random.Random(1)
    wrong = 0
    for trial in range(TRIALS):
        kind = "full" if trial % 2 == 0 else "read-only"
        faults = full(chance, need, whole) if kind == "full" else read_only(chance, length, whole)
        faults = [line for line in faults if line]
        if dump() != whole:
            faults.append("the dump differs")
        for line in faults:
            print(f"trial {trial} ({kind}): {line}")
        wrong += bool(faults)
        subprocess.run(["umount", str(DISK)], check=True)
    print(f"{TRIALS} trials ({(TRIALS + 1) // 2} full, {TRIALS // 2} read-only), a whole run takes {need / 1e6:.1f} MB and {length:.1f} s: "
          f"{wrong} trials with anything wrong")
    print("failures met, by what they name:", ", ".join(f"{name} {count}" for name, count in met.most_common()))
    return 1 if wrong else 0


sys.exit(main())
