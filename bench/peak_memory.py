#!/usr/bin/env python3
"""Runs `shakedown run ARGUMENT... --out OUT` and prints the most anonymous memory (RssAnon of /proc/PID/status) that it had,
in MB: until the last prediction was stored, and over all, the analysis included.

    python3 peak_memory.py SHAKEDOWN OUT ARGUMENT...
"""
import pathlib
import subprocess
import sys
import time

program, out, *arguments = sys.argv[1:]
process = subprocess.Popen([program, "run", *arguments, "--out", out], stdout=subprocess.DEVNULL)
progress = pathlib.Path(out) / "progress.json"
running = overall = 0
stored = False
while process.poll() is None:
    try:
        with open(f"/proc/{process.pid}/status") as status:
            now = sum(int(line.split()[1]) for line in status if line.startswith("RssAnon"))
        stored = stored or '"complete"' in progress.read_text()
    except OSError:
        now = 0
    overall = max(overall, now)
    if not stored:
        running = max(running, now)
    time.sleep(0.01)
if process.wait() != 0:
    raise SystemExit(f"exit code {process.returncode}")
print(f"peak anonymous memory: {running / 1024:.0f} MB until the last prediction was stored, {overall / 1024:.0f} MB over all")
