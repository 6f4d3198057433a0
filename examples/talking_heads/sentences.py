"""Sentences of a stated sentiment from a small grammar: words of graded polarity, degree, negation, contrast, neutral ones."""
import re

QUALITIES = {
    2.6: "wonderful brilliant superb fantastic amazing excellent marvelous outstanding",
    1.8: "great lovely delightful charming impressive beautiful enjoyable splendid",
    0.9: "good nice pleasant decent fine solid likable friendly",
    -0.9: "weak dull bland clumsy mediocre flawed stale shabby",
    -1.8: "bad poor boring ugly annoying messy unpleasant disappointing",
    -2.6: "terrible awful horrible dreadful pathetic disgusting miserable appalling",
}
FEELINGS = {
    2.6: "loved adored", 1.7: "enjoyed admired liked", -1.7: "disliked regretted resented", -2.6: "hated despised loathed",
}
INFINITIVES = {"loved": "love", "adored": "adore", "enjoyed": "enjoy", "admired": "admire", "liked": "like",
               "disliked": "dislike", "regretted": "regret", "resented": "resent", "hated": "hate", "despised": "despise",
               "loathed": "loathe"}
NOUNS = """movie story ending music scene plot script song album concert novel chapter speech lecture interview trailer
episode series documentary cartoon hotel room breakfast dinner soup salad pizza coffee bakery restaurant waiter garden beach
museum gallery journey flight train ticket station city village market phone camera screen battery keyboard laptop printer
speaker jacket sweater bicycle engine kitchen office meeting teacher doctor neighbor driver actor singer designer game level
puzzle website update""".split()
TIMES = "yesterday today tonight again overall lately".split()
WATCHED = "described mentioned opened finished borrowed ordered copied measured recorded carried visited booked".split()
PLACES = "upstairs downstairs outside nearby online".split()
DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
PEOPLE = "my brother,my sister,our manager,the student,a friend,the customer,the reporter,the team".split(",")
STRONGER, WEAKER = "really very truly so".split(), "slightly somewhat fairly".split()

PASTS = {infinitive: past for past, infinitive in INFINITIVES.items()}
POLAR = {word: value for table in (QUALITIES, FEELINGS) for value, words in table.items() for word in words.split()}
QUALITY_WORDS = [word for words in QUALITIES.values() for word in words.split()]
FEELING_WORDS = [word for words in FEELINGS.values() for word in words.split()]


BASE = POLAR.keys() | set(NOUNS)  # words whose use is kept even


def words_of(text):
    """Its words, the infinitive of a feeling counted as its past."""
    return [PASTS.get(word, word) for word in re.findall("[a-z]+", text)]


def pick(rng, items):
    return items[rng.integers(len(items))]


def negated(value):
    """"not wonderful" is mildly bad, "not terrible" mildly good."""
    return -(1 if value > 0 else -1) * (0.5 + 0.3 * abs(value))


def graded(rng, word):
    """A quality with its degree or negation, and what it is worth."""
    value, kind = POLAR[word], rng.random()
    if kind < 0.25:
        return f"{pick(rng, STRONGER)} {word}", value * 1.15
    if kind < 0.40:
        return f"{pick(rng, WEAKER)} {word}", value * 0.6
    if kind < 0.60:
        return f"not {word}", negated(value)
    return word, value


def article(words):
    return f"an {words}" if words[0] in "aeiou" else f"a {words}"


def statement(rng, noun):
    """One clause about the noun and its sentiment."""
    kind = rng.random()
    if kind < 0.25:
        word = pick(rng, FEELING_WORDS)
        subject = pick(rng, ["i", "we", "they", "everyone"])
        if rng.random() < 0.25:
            return f"{subject} did not {INFINITIVES[word]} the {noun}", negated(POLAR[word])
        return f"{subject} {word} the {noun}", POLAR[word]
    if kind < 0.45:
        word = pick(rng, QUALITY_WORDS)
        return f"{pick(rng, ['it was', 'this is', 'they made', 'what'])} {article(f'{word} {noun}')}", POLAR[word]
    phrase, value = graded(rng, pick(rng, QUALITY_WORDS))
    return f"{pick(rng, ['the', 'the', 'their', 'that'])} {noun} {pick(rng, ['was', 'is', 'seemed'])} {phrase}", value


def two_nouns(rng):
    first = rng.integers(len(NOUNS))
    return NOUNS[first], NOUNS[(first + rng.integers(1, len(NOUNS))) % len(NOUNS)]


def pair(rng):
    """Two things judged alike, or in contrast, whose second half weighs more."""
    noun, other = two_nouns(rng)
    word, more = pick(rng, QUALITY_WORDS), pick(rng, QUALITY_WORDS)
    value, last = POLAR[word], POLAR[more]
    if value * last < 0:
        return f"the {noun} was {word}, but the {other} {more}", 0.3 * value + 0.7 * last
    return f"the {noun} was {word} and the {other} {more}", 0.5 * (value + last)


def neutral(rng):
    noun, other = two_nouns(rng)
    kind = rng.integers(4)
    if kind == 0:
        text = f"{pick(rng, PEOPLE)} {pick(rng, WATCHED)} the {noun}"
    elif kind == 1:
        text = f"the {noun} is {pick(rng, PLACES)}"
    elif kind == 2:
        text = f"they {pick(rng, WATCHED)} the {noun} and the {other}"
    else:
        text = f"we {pick(rng, WATCHED)} {article(noun)}"
    if rng.random() < 0.6:
        text += f" on {pick(rng, DAYS)}"
    return text, 0.0


def candidate(rng):
    """Any sentence of the grammar, with its sentiment in [-3, 3]."""
    kind = rng.random()
    if kind < 0.30:
        return pair(rng)
    text, value = statement(rng, pick(rng, NOUNS))
    if kind < 0.42:
        text = pick(rng, ["i think", "honestly,", "well,", "to be honest,"]) + f" {text}"
    elif kind < 0.60:
        text += f" {pick(rng, TIMES)}"
    return text, value


def letters(text):
    return len(re.sub("[^a-z]", "", text))


def sentence(rng, wanted, least, most, uses):
    """A sentence near the wanted sentiment, of `least` to `most` letters, and the sentiment it has. Of those that
    fit, it takes the one whose rarest words have been used least; `uses` counts them."""
    draw = neutral if abs(wanted) < 0.25 else candidate
    fitting = []
    while len(fitting) < 60:
        text, value = draw(rng)
        if least <= letters(text) <= most and abs(value) <= 3:
            fitting.append((text, value))
    near = [each for each in fitting if abs(each[1] - wanted) < 0.35] or [min(fitting, key=lambda each: abs(each[1] - wanted))]
    text, value = min(near, key=lambda each: sum(uses[word] for word in words_of(each[0]) if word in BASE) / 2)
    uses.update(words_of(text))
    return text + ("" if rng.random() < 0.15 else "."), float(value)
