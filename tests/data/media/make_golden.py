#!/usr/bin/env python3
"""Writes levels.txt, mel.txt and wordpiece.txt: expected values of media's front ends, by NumPy and SciPy in double
precision, from the definitions and not from the C++ sources. Run in this folder; needs numpy and scipy."""
import unicodedata

import numpy as np
import scipy.fft


def noise(n, seed):
    """A congruential generator that the tests repeat: exact in float32."""
    x, out = seed, np.empty(n)
    for i in range(n):
        x = (1664525 * x + 1013904223) % 2**32
        out[i] = ((x >> 16) - 32768) / 32768
    return out


def p56(x, rate):
    """ITU-T P.56 (03/2011) method B as the recommendation states it: counters per sample and threshold."""
    keep = np.exp(-1 / (rate * 0.03))
    hang_limit = int(np.ceil(0.2 * rate))
    c = [2.0**k for k in range(-15, 0)]
    active, hang = [0] * 15, [hang_limit] * 15
    p = q = 0.0
    for value in np.abs(x):
        p = keep * p + (1 - keep) * value
        q = keep * q + (1 - keep) * p
        for j in range(15):
            if q >= c[j]:
                active[j] += 1
                hang[j] = 0
            elif hang[j] < hang_limit:
                active[j] += 1
                hang[j] += 1
    energy = float(np.sum(x**2))
    before = None
    for j in range(15):
        a = 10 * np.log10(energy / active[j])
        cj = 20 * np.log10(c[j])
        if a - cj <= 15.9:
            d0, d1 = before[0] - before[1], a - cj
            level = before[0] + (d0 - 15.9) / (d0 - d1) * (a - before[0])
            return level, 10 ** ((10 * np.log10(energy / len(x)) - level) / 10)
        before = (a, cj)


def mel_filters(rate, fft, mels, low, high, slaney):
    """librosa.filters.mel: ramps between the mel points; Slaney's scale with area normalisation, or HTK without."""
    if slaney:
        def to_mel(f):
            return np.where(f < 1000, f * 3 / 200, 15 + np.log(np.maximum(f, 1e-9) / 1000) * 27 / np.log(6.4))

        def to_hz(m):
            return np.where(m < 15, m * 200 / 3, 1000 * np.exp((m - 15) * np.log(6.4) / 27))
    else:
        def to_mel(f):
            return 2595 * np.log10(1 + f / 700)

        def to_hz(m):
            return 700 * (10 ** (m / 2595) - 1)
    points = to_hz(np.linspace(to_mel(np.float64(low)), to_mel(np.float64(high)), mels + 2))
    frequencies = np.fft.rfftfreq(fft, 1 / rate)
    ramps = points[:, None] - frequencies[None, :]
    gaps = np.diff(points)
    weights = np.array([np.maximum(0, np.minimum(-ramps[i] / gaps[i], ramps[i + 2] / gaps[i + 1])) for i in range(mels)])
    return weights * (2 / (points[2:] - points[:-2]))[:, None] if slaney else weights


def log_mel(x, rate, fft, hop, mels, low, high, slaney, center, log):
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(fft) / fft)
    if center:
        x = np.pad(x, fft // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(x, fft)[::hop]
    power = np.abs(np.fft.rfft(frames * window)) ** 2
    return log(np.maximum(power @ mel_filters(rate, fft, mels, low, high, slaney).T, 1e-10))


def write(file, matrices):
    with open(file, "w") as out:
        for name, matrix in matrices.items():
            matrix = np.atleast_2d(matrix)
            out.write(f"{name} {matrix.shape[0]} {matrix.shape[1]}\n")
            for row in matrix:
                out.write(" ".join(f"{value:.7g}" for value in row) + "\n")


def basic_tokens(text, lower):
    """google-research/bert tokenization.py, BasicTokenizer (with transformers' wider set of dropped categories)."""
    cjk = [(0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F),
           (0x2B820, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F)]
    clean = ""
    for ch in text:
        if ord(ch) in (0, 0xFFFD) or (ch not in "\t\n\r" and unicodedata.category(ch).startswith("C")):
            continue
        clean += f" {ch} " if any(a <= ord(ch) <= b for a, b in cjk) else " " if ch.isspace() else ch
    tokens = []
    for word in clean.split():
        if lower:
            word = "".join(c for c in unicodedata.normalize("NFD", word.lower()) if unicodedata.category(c) != "Mn")
        pieces, fresh = [], True
        for ch in word:
            o = ord(ch)
            ascii_mark = 33 <= o <= 47 or 58 <= o <= 64 or 91 <= o <= 96 or 123 <= o <= 126
            if ascii_mark or unicodedata.category(ch).startswith("P"):
                pieces.append(ch)
                fresh = True
            elif fresh:
                pieces.append(ch)
                fresh = False
            else:
                pieces[-1] += ch
        tokens += pieces
    return tokens


def word_pieces(text, vocabulary, lower):
    ids = []
    for word in basic_tokens(text, lower):
        pieces, start = [], 0
        while start < len(word) and len(word) <= 100:
            end = len(word)
            while end > start and ("##" if start else "") + word[start:end] not in vocabulary:
                end -= 1
            if end == start:
                break
            pieces.append(vocabulary[("##" if start else "") + word[start:end]])
            start = end
        ids += pieces if start == len(word) else [vocabulary["[UNK]"]]
    return ids


SENTENCES = [
    "The movie was unaffable, wasn't it?",
    "UNAFFABLE café naïve Ångström résumé",
    "unaffabley un un-affable unaff",
    "  tabs\tand\nnew\r\nlines\u00a0and\u2003wide\u2028spaces ",
    "我爱这部电影 the电影was好",
    "ひらがな 한국어",
    "ctrl\u0000\u0001\ufffd\u200dchars\u00adsoft",
    "[SEP] [UNK] typed by a user",
    "$5.00 #movie @you a_b x^y ~z `q` “quoted” … —",
    "İstanbul ΟΔΟΣ STRASSE straße",
    "e\u0301 and \u00e9 and e\u0301\u0301",
    "a" * 100 + " " + "a" * 101,
    "😀 good 😀good",
    "##able able ##",
    "",
    "     ",
]
VOCABULARY = (
    "[PAD] [unused0] [UNK] [CLS] [SEP] [MASK] the movie was it un ##aff ##able ##y able cafe naive café ##s t wasn ' , . ? "
    "- ! [ ] # $ @ _ ^ ~ ` “ ” … — 我 爱 这 部 电 影 好 a ##a b x y z q u ##ser user typed by sep unk and new lines tabs "
    "wide spaces ctrl ##chars chars soft 5 00 you quoted angstrom resume istanbul οδος ο strasse straße e é good 😀 ##good "
    "##😀 한 ##국 ##어 ひ ##ら ##か ##な The UNAFFABLE I İ aff"
).split(" ")


def main():
    rate = 8000
    half = np.concatenate([noise(rate, 1) / 4, np.zeros(rate)] * 2)
    steps = noise(3 * rate, 2) * np.repeat(2.0 ** -np.array([1, 6, 2, 9, 3, 7, 12, 2, 4, 11, 1, 5, 8, 10, 3]), rate // 5)
    loud = noise(rate, 3)
    write("levels.txt", {"half": p56(half, rate), "steps": p56(steps, rate), "loud": p56(loud, rate)})

    x = noise(1600, 4) / 2
    slaney = log_mel(x, 16000, 400, 160, 40, 0, 8000, True, True, np.log10)
    htk = log_mel(x, 16000, 512, 256, 23, 20, 7600, False, False, np.log)
    write("mel.txt", {"slaney": slaney, "htk": htk, "mfcc": scipy.fft.dct(slaney, type=2, norm="ortho")[:, :13]})

    with open("vocab.txt", "w") as out:
        out.write("\n".join(VOCABULARY) + "\n")
    vocabulary = {token: i for i, token in enumerate(VOCABULARY)}
    with open("wordpiece.txt", "w") as out:
        for text in SENTENCES:
            code_points = ",".join(str(ord(c)) for c in text)
            for lower in (1, 0):
                ids = ",".join(map(str, word_pieces(text, vocabulary, lower)))
                out.write(f"{lower};{code_points};{ids}\n")


if __name__ == "__main__":
    main()
