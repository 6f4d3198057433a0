#!/usr/bin/env python3
"""Writes perturb/data/sentiment_{en,zh}.tsv from the groups of words beside them.

A line of a group file holds two opposed sets of words that can stand for one another in a sentence. The antonym of a
word is the one in the same place of the other set, its synonym the next one of its own set, its neutral substitute the
last field of the line. English words are inflected here, by the rules of spelling and a list of irregular verbs, and
every form gets the partners in the same form; a form that no partner has ("happinesses") has no entry.

    scripts/build_sentiment_lexicon.py [folder, default perturb/data]
"""
import pathlib
import sys

VOWELS = "aeiou"
IRREGULAR = {  # past, participle
    "win": "won won", "lose": "lost lost", "forgive": "forgave forgiven", "steal": "stole stolen", "weep": "wept wept",
    "stink": "stank stunk", "shine": "shone shone", "know": "knew known", "think": "thought thought",
    "meet": "met met", "hear": "heard heard", "see": "saw seen", "speak": "spoke spoken",
}
DOUBLED = {"slap", "rob", "hug", "grin", "sob", "flop", "slam", "drop", "rebel", "excel", "enthral", "dispel", "repel"}
MASS = set("""love adoration hatred loathing bliss cheer sadness optimism confidence hopelessness pessimism insecurity
charm ugliness tackiness repulsiveness awkwardness brilliance stupidity idiocy incompetence ineptitude kindness
generosity compassion tenderness warmth cruelty greed malice brutality hostility honesty sincerity integrity dishonesty
insincerity corruption harmony contempt disrespect scorn disapproval admiration applause approval excitement enthusiasm
boredom apathy indifference tedium disgust satisfaction contentment fulfillment gratification dissatisfaction discontent
pride dignity glory shame humiliation dishonor gratitude appreciation ingratitude resentment courage bravery valor
heroism cowardice timidity relief ease anguish laughter crying wisdom foolishness ignorance liberty slavery oppression
faith loyalty distrust suspicion health vitality improvement progress deterioration decline perfection excellence
greatness imperfection mediocrity awfulness fairness unfairness safety danger luck affection fondness animosity
aversion forgiveness mercy vengeance revenge euphoria ecstasy elation depression grief heartbreak positivity negativity
anger calmness serenity anxiety panic prosperity wealth poverty misery inspiration torture amusement entertainment
annoyance irritation hospitality courtesy rudeness sweetness goodness bitterness evil encouragement support
discouragement abuse innocence guilt jubilation rejoicing mourning lamentation cooperation sabotage enjoyment suffering
torment attractiveness hideousness creativity originality dullness banality happiness gladness sorrow gloom peace
attention look behavior garbage heaven paradise hell purgatory agony friendliness health trust elegance grace genius
talent fame security freedom people quality work""".split())
NEUTRAL_ADVERBS = {"average": "normally", "standard": "normally", "usable": "usably", "other": "", "known": "",
                   "priced": "", "usual": "usually", "middling": "", "ordinary": "normally", "neutral": "neutrally"}
TAKE_ER = {"plain", "quiet"}
# Where a word is no sentiment word: after or before these.
CONTEXT = {
    "fun": "-after:of,have,had,has,having,some,the,more,much,make,makes,made,making,no,any,for,poke",
    "kind": "-before:of", "like": "+verb", "fail": "-before:to",
    "free": "-before:of", "good": "-before:bye,morning,night,evening,afternoon", "best": "-before:of",
    "dear": "-before:god,lord", "cool": "+after:so,very,really,pretty,is,was,are,were,be,a,the",
    "bless": "-before:you", "better": "-after:had,'d,you'd,i'd,we'd,they'd,he'd,she'd",
    "sick": "-before:of", "great": "-before:deal", "sweet": "-before:potato", "hell": "-after:the,what,who,as",
    "好": "-after:大家,各位", "war": "-before:ii,z", "poor": "-after:the", "thank": "-before:you", "help": "-after:can't,cannot,couldn't", "ace": "-after:an,the,of", "super": "-after:the",
}


def spelled(stem, ending):
    """`stem` with an ending that begins with e (ed, er, est, es) or i (ing), or with s."""
    if ending == "s":
        if stem.endswith(("s", "x", "z", "ch", "sh")):
            return stem + "es"
        return stem[:-1] + "ies" if stem.endswith("y") and stem[-2] not in VOWELS else stem + "s"
    if ending == "ing":
        if stem.endswith("ie"):
            return stem[:-2] + "ying"
        if stem.endswith("e") and not stem.endswith(("ee", "oe", "ye")):
            return stem[:-1] + "ing"
    elif stem.endswith("e"):
        return stem + ending[1:]
    elif stem.endswith("y") and stem[-2] not in VOWELS:
        return stem[:-1] + "i" + ending
    short = len(stem) <= 4 and stem[-1] not in VOWELS + "wxy" and stem[-2] in VOWELS and stem[-3] not in VOWELS
    if stem in DOUBLED or (short and ending in ("er", "est")) or (stem in {"grim", "slim"}):
        stem += stem[-1]
    return stem + ending


def adverb(word):
    if word in NEUTRAL_ADVERBS:
        return NEUTRAL_ADVERBS[word]
    if word.endswith("ic"):
        return word + "ally"
    if word.endswith("le") and word[-3] not in VOWELS:
        return word[:-1] + "y"
    if word.endswith("ll"):
        return word + "y"
    if word.endswith("y") and word[-2] not in VOWELS:
        return word[:-1] + "ily"
    return word + "ly"


def forms_of(pos, token):
    """{form: word} of a token of a group file; "more X" is allowed as a partner but is no word of its own."""
    word = token.rstrip("+~")
    if pos == "a":
        forms = {"base": word}
        if "+" in token or word in TAKE_ER:
            forms |= {"comparative": spelled(word, "er"), "superlative": spelled(word, "est")}
        elif word not in {"best", "worst", "better", "worse", "other", "middling", "favorite", "usual", "perfect", "ideal"}:
            forms |= {"comparative": "more " + word, "superlative": "most " + word}
        if "~" not in token and (not word.endswith("ed") or word == "excited") and adverb(word):
            forms["adverb"] = adverb(word)
        return forms
    if pos == "v":
        past, participle = IRREGULAR.get(word, spelled(word, "ed") + " " + spelled(word, "ed")).split()
        forms = {"base": word, "third": spelled(word, "s"), "past": past, "gerund": spelled(word, "ing")}
        if participle != past:
            forms["participle"] = participle
        return forms
    if pos == "n":
        return {"base": word} | ({} if word in MASS else {"plural": spelled(word, "s")})
    return {"base": word}


def partner(side, start, pos, form, word):
    for i in range(len(side)):
        forms = forms_of(pos, side[(start + i) % len(side)])
        found = forms.get(form) or (forms.get("past") if form == "participle" else None)
        if found and found != word:
            return found
    return ""


def rows(path, inflected):
    seen, signs, listed = {}, {}, set()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("#") or not line:
            continue
        head, *sides, neutral = line.split("|")
        pos, strength = head[0], int(head[1])
        sides = [[token for token in side.split() if "-" not in token] for side in sides]
        opposed = all(sides)  # words of a one-sided line have no more than their sign in common
        for which, side in enumerate(sides):
            for i, token in enumerate(side):
                forms = forms_of(pos, token) if inflected else {"base": token}
                for form, word in forms.items():
                    if " " in word:
                        continue
                    polarity = strength if which == 0 else -strength
                    if signs.setdefault(word, polarity > 0) != (polarity > 0):
                        print(f"{path.name}:{number}: {word} is listed with the other sign above", file=sys.stderr)
                        continue
                    if (word, pos) in seen or (pos == "x" and word in listed):
                        continue
                    listed.add(word)
                    if pos == "x":
                        row = (word, polarity, pos, form, word, "", "", "", "")
                    elif inflected:
                        lemma = token.rstrip("+~")
                        row = (word, polarity, pos, form, lemma, partner(sides[1 - which], i, pos, form, word),
                               partner(side, i + 1, pos, form, word) if opposed else "",
                               partner([neutral], 0, pos, form, word) if neutral else "", CONTEXT.get(lemma, ""))
                    else:
                        other = sides[1 - which]
                        synonyms = [w for w in side[i + 1:] + side[:i] if w != word]
                        row = (word, polarity, pos, form, word, other[i % len(other)] if other else "",
                               synonyms[0] if synonyms and opposed else "", neutral, CONTEXT.get(word, ""))
                    seen[word, pos] = row
    return sorted(seen.values())


HEAD = "# word\tpolarity\tpart of speech\tform\tlemma\tantonym\tsynonym\tneutral\tcontext\n"


def main():
    folder = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "perturb/data")
    for language in ("en", "zh"):
        table = rows(folder / f"sentiment_{language}.groups", language == "en")
        text = HEAD + "".join("\t".join(map(str, row)) + "\n" for row in table)
        (folder / f"sentiment_{language}.tsv").write_text(text, encoding="utf-8")
        print(language, len(table), "entries,", sum(row[2] != "x" for row in table), "of sentiment words")


if __name__ == "__main__":
    main()
