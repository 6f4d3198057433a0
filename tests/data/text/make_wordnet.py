#!/usr/bin/env python3
"""Writes tests/data/text/wordnet: a database in WordNet's format, wndb(5WN), with entries of our own.

    tests/data/text/make_wordnet.py [folder, default beside this script]
"""
import pathlib
import sys

LICENCE = "  1 Written for the tests of shakedown.  \n  2   \n"

# name: (part of speech, words, pointers (symbol, name, word here, word there))
SYNSETS = {
    "sunny": ("a", ["cheery", "sunny"], [("!", "gloomy", 1, 1), ("&", "blithe", 0, 0)]),
    "gloomy": ("a", ["gloomy", "glum"], [("!", "sunny", 1, 1), ("&", "dismal", 0, 0), ("&", "morose", 0, 0)]),
    "blithe": ("s", ["blithe", "gay_hearted"], [("&", "sunny", 0, 0)]),
    "dismal": ("s", ["dismal"], [("&", "gloomy", 0, 0)]),
    "morose": ("s", ["morose(p)", "sullen"], [("&", "gloomy", 0, 0)]),
    "bright-of-light": ("a", ["sunny", "bright"], [("!", "dark", 2, 1)]),
    "dark": ("a", ["dark"], [("!", "bright-of-light", 1, 2)]),
    "rare-sunny": ("a", ["sunny"], [("!", "rare-dark", 1, 1)]),
    "rare-dark": ("a", ["northern"], [("!", "rare-sunny", 1, 1)]),
    "cheerily": ("r", ["cheerily"], [("!", "gloomily", 1, 1)]),
    "gloomily": ("r", ["gloomily"], [("!", "cheerily", 1, 1)]),
    "admire": ("v", ["admire", "esteem"], [("!", "scorn", 1, 1)]),
    "scorn": ("v", ["scorn", "despise"], [("!", "admire", 1, 1)]),
    "forgive": ("v", ["forgive", "pardon"], []),
    "abet": ("v", ["abet"], []),
    "delight": ("n", ["delight", "Joy"], [("!", "grief", 0, 0)]),
    "grief": ("n", ["grief", "sorrow"], [("!", "delight", 0, 0)]),
    "wolf": ("n", ["wolf"], []),
}
# senses of a lemma beyond the order above, and how many of them texts were tagged with
TAGGED = {("a", "sunny"): 2, ("a", "cheery"): 1}
EXCEPTIONS = {
    "adj": "gloomier gloomy\ngloomiest gloomy\n",
    "adv": "",
    "noun": "wolves wolf\n",
    "verb": "abetted abet\nabetting abet\nforgave forgive\nforgiven forgive\n",
}
FILES = {"adj": "as", "adv": "r", "noun": "n", "verb": "v"}


def line(name, offset, offsets):
    kind, words, pointers = SYNSETS[name]
    fields = [f"{offset:08d}", "00", kind, f"{len(words):02x}"]
    for word in words:
        fields += [word, "0"]
    fields.append(f"{len(pointers):03d}")
    for symbol, other, here, there in pointers:
        target = SYNSETS[other][0]
        fields += [symbol, f"{offsets[other]:08d}", "a" if target == "s" else target, f"{here:02x}{there:02x}"]
    if kind == "v":
        fields += ["01", "+", "08", "00"]
    return " ".join(fields) + " | of the tests  \n"


def main():
    here = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent) / "wordnet"
    here.mkdir(parents=True, exist_ok=True)
    offsets = dict.fromkeys(SYNSETS, 0)
    for file, kinds in FILES.items():  # the lengths do not depend on the offsets
        at = len(LICENCE)
        for name in SYNSETS:
            if SYNSETS[name][0] in kinds:
                offsets[name] = at
                at += len(line(name, at, offsets))
    for file, kinds in FILES.items():
        names = [name for name in SYNSETS if SYNSETS[name][0] in kinds]
        (here / f"data.{file}").write_text(LICENCE + "".join(line(n, offsets[n], offsets) for n in names))
        senses = {}
        for name in names:
            for word in SYNSETS[name][1]:
                senses.setdefault(word.split("(")[0].lower(), []).append(name)
        part = kinds[0]
        index = LICENCE
        for lemma in sorted(senses):
            own = senses[lemma]
            symbols = sorted({pointer[0] for name in own for pointer in SYNSETS[name][2]})
            fields = [lemma, part, str(len(own)), str(len(symbols)), *symbols, str(len(own)),
                      str(TAGGED.get((part, lemma), 0)), *(f"{offsets[name]:08d}" for name in own)]
            index += " ".join(fields) + "  \n"
        (here / f"index.{file}").write_text(index)
        (here / f"{file}.exc").write_text(EXCEPTIONS[file])


if __name__ == "__main__":
    main()
