#!/usr/bin/env python3
"""Words a second of nlpaug's augmenters and of MultiBench's text noise on the sentences that bench/text_ratio was given,
one thread, processor time, medians of three rounds; no tokenizer behind them.

    text_peers.py SENTENCES NLPAUG MULTIBENCH [text_ratio's output]

NLPAUG is a checkout of makcedward/nlpaug at release 1.1.3 (later ones need packages that Debian lacks), MULTIBENCH one of
pliang279/MultiBench. python3-numpy, python3-pandas, python3-tqdm are needed; what nlpaug imports for augmenters that are
not raced here may be absent. With text_ratio's output the ratio stands beside.
"""
import re
import statistics
import sys
import time
import types

SENTENCES, NLPAUG, MULTIBENCH = sys.argv[1:4]
for name in ("nltk", "nltk.corpus", "requests", "matplotlib", "matplotlib.pyplot"):
    try:
        __import__(name)
    except ImportError:
        sys.modules[name] = types.ModuleType(name)
sys.path[:0] = [NLPAUG, MULTIBENCH + "/robustness"]
import numpy as np  # noqa: E402
import text_robust  # noqa: E402
from nlpaug.augmenter.char import KeyboardAug, OcrAug, RandomCharAug  # noqa: E402
from nlpaug.augmenter.word import RandomWordAug, SpellingAug  # noqa: E402

text_robust.tqdm = lambda iterable: iterable  # a progress bar is no part of the work
np.random.seed(1)
sentences = [line.strip() for line in open(SENTENCES, encoding="utf-8", errors="replace") if line.strip()]
sentences = sentences[:500]  # theirs take long
words = sum(len(re.findall(r"\w+", sentence)) for sentence in sentences)


def each(augmenter):
    return lambda: [augmenter.augment(sentence) for sentence in sentences]


# theirs, the row of text_ratio
KINDS = [("nlpaug KeyboardAug", each(KeyboardAug(aug_word_p=.3)), "text.typo"),
         ("nlpaug OcrAug", each(OcrAug(aug_word_p=.3)), "text.typo"),
         ("nlpaug RandomCharAug(swap)", each(RandomCharAug(action="swap", aug_word_p=.3)), "text.typo"),
         ("nlpaug RandomWordAug(delete)", each(RandomWordAug(action="delete", aug_p=.3)), "text.word_drop"),
         ("nlpaug SpellingAug", each(SpellingAug(aug_p=.3)), "text.homophone"),
         ("MultiBench add_text_noise", lambda: text_robust.add_text_noise(sentences, noise_level=.3), "text.typo")]

ours = {}
if len(sys.argv) > 4:
    for line in open(sys.argv[4]):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if cells[0].startswith("text."):
            ours.setdefault(cells[0].split()[0], float(cells[1]))

print("| peer | words/s | shakedown, with a tokenizer | words/s | ratio |\n| --- | --- | --- | --- | --- |")
for theirs, work, row in KINDS:
    seconds = []
    for _ in range(3):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    rate = words / statistics.median(seconds)
    mine = ours.get(row, float("nan"))
    print(f"| {theirs} | {rate:.0f} | {row} | {mine:.0f} | {mine / rate:.1f} |", flush=True)
