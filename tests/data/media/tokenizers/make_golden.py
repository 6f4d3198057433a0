#!/usr/bin/env python3
"""Writes golden.jsonl, what other people's tokenizers make of 600 texts: HuggingFace's tokenizers (encode.mjs) for
WordPiece and byte-level BPE, SentencePiece's own Python module for the rest, with the preparation of XLNet's
prepro_utils.py and the id offset of fairseq written here from their definitions.

    apt-get install python3-sentencepiece nodejs && npm install tokenizers     # in a folder of their own
    NODE_PATH=FOLDER/node_modules /usr/bin/python3 make_golden.py              # golden.jsonl from the vocabularies here
    NODE_PATH=FOLDER/node_modules /usr/bin/python3 make_golden.py --train      # the vocabularies, too

The vocabularies are trained on this project's text: its documents, its lexicons and the demo's transcripts."""
import collections
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import unicodedata

import sentencepiece

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[3]
PIECES = 8000
CJK = re.compile("[\u3400-\u9fff]")


def corpus():
    """Sentences, English and Chinese, in the order of the files."""
    lines = []
    for file in sorted([*ROOT.glob("*.md"), *ROOT.glob("*/*.md"), *ROOT.glob("*/*/*.md")]):
        lines += file.read_text(encoding="utf-8").splitlines()
    lines += [line.split(",", 2)[2].rsplit(",", 8)[0].strip('"')
              for line in (ROOT / "examples/talking_heads/label.csv").read_text(encoding="utf-8").splitlines()[1:]]
    for file in ["sentiment_en.tsv", "sentiment_zh.tsv"]:
        rows = [line.split("\t") for line in (ROOT / "perturb/data" / file).read_text(encoding="utf-8").splitlines()]
        lines += [" ".join(x for i, x in enumerate(row) if i not in (1, 2, 3) and x) for row in rows[1:]]
    for file in sorted(ROOT.glob("*/src/**/*.cpp")):
        lines += re.findall(r"// ?(.*)|\"([^\"]{12,})\"", file.read_text(encoding="utf-8")) and [
            a or b for a, b in re.findall(r"// ?(.*)|\"([^\"]{12,})\"", file.read_text(encoding="utf-8"))]
    return [line for line in lines if line.strip()]


def merges_of(words, count):
    """Byte-pair encoding (Sennrich et al. 2016): words maps tuples of symbols to counts. Yields pairs."""
    words = [[list(word), n] for word, n in words.items()]
    pairs, where = collections.Counter(), collections.defaultdict(set)
    for index, (word, n) in enumerate(words):
        for pair in zip(word, word[1:]):
            pairs[pair] += n
            where[pair].add(index)
    for _ in range(count):
        best = max(pairs, key=lambda pair: (pairs[pair], pair), default=None)
        if best is None or pairs[best] < 1:
            return
        yield best
        for index in sorted(where.pop(best)):
            word, n = words[index]
            for pair in zip(word, word[1:]):
                pairs[pair] -= n
                if pairs[pair] <= 0:
                    del pairs[pair]
            merged, i = [], 0
            while i < len(word):
                if tuple(word[i:i + 2]) == best:
                    merged.append(joined(*best))
                    i += 2
                else:
                    merged.append(word[i])
                    i += 1
            words[index][0] = merged
            for pair in zip(merged, merged[1:]):
                pairs[pair] += n
                where[pair].add(index)
        pairs.pop(best, None)


def joined(left, right):
    return left + (right[2:] if right.startswith("##") and len(right) > 2 else right)


def byte_characters():
    """The characters that stand for bytes in GPT-2's vocabulary."""
    own = [*range(33, 127), *range(161, 173), *range(174, 256)]
    table = {byte: chr(byte) for byte in own}
    for byte in range(256):
        if byte not in table:
            table[byte] = chr(256 + len(table) - len(own))
    return table


def train_word_piece(lines, file, lower, only_characters):
    words = collections.Counter()
    for line in lines:
        line = unicodedata.normalize("NFD", line.lower()) if lower else line
        line = "".join(c for c in line if not (lower and unicodedata.category(c) == "Mn"))
        for word in re.findall(r"[^\W_]+|[^\w\s]|_", CJK.sub(lambda m: f" {m[0]} ", line)):
            words[(word[0], *("##" + c for c in word[1:]))] += 1
    characters = sorted({symbol for word in words for symbol in word})
    letters = {chr(c) for c in range(33, 127) if not (lower and chr(c).isupper())}
    characters += sorted((letters | {"##" + c for c in letters if c.isalnum()}) - set(characters))
    if only_characters:  # as bert-base-chinese: every ideograph of the common block
        characters += [chr(c) for c in range(0x4E00, 0x9FA6) if chr(c) not in characters][:6000]
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    pieces = special + characters
    seen = set(pieces)
    for pair in merges_of(words, 3 * PIECES):
        if len(pieces) >= PIECES + (3000 if only_characters else 0):
            break
        piece = joined(*pair)
        if piece not in seen:
            seen.add(piece)
            pieces.append(piece)
    assert len(pieces) >= PIECES, len(pieces)
    (HERE / file).write_text("\n".join(pieces) + "\n", encoding="utf-8")


def train_byte_pair(lines):
    table = byte_characters()
    words = collections.Counter()
    for line in lines:
        for word in re.findall(r" ?[^\W\d_]+| ?\d+| ?[^\s\w]+|\s+", " " + line):
            words[tuple(table[byte] for byte in word.encode())] += 1
    pieces = ["<s>", "<pad>", "</s>", "<unk>", "<|endoftext|>"] + [table[byte] for byte in range(256)]
    merges = []
    seen = set(pieces)
    for left, right in merges_of(words, 2 * PIECES):
        if len(pieces) >= PIECES:
            break
        merges.append(f"{left} {right}")
        if left + right not in seen:
            seen.add(left + right)
            pieces.append(left + right)
    assert len(pieces) >= PIECES, len(pieces)
    (HERE / "vocab.json").write_text(json.dumps({piece: i for i, piece in enumerate(pieces)}, ensure_ascii=False),
                                     encoding="utf-8")
    (HERE / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n", encoding="utf-8")


def train_sentence_piece(lines):
    """One model with the special tokens of all families; no text is ever split into them."""
    with tempfile.TemporaryDirectory() as folder:
        text = pathlib.Path(folder, "text.txt")
        text.write_text("\n".join(lines), encoding="utf-8")
        sentencepiece.SentencePieceTrainer.train(
            input=str(text), model_prefix=str(pathlib.Path(folder, "m")), vocab_size=PIECES, model_type="unigram",
            character_coverage=0.9995, num_threads=1, minloglevel=2, max_sentence_length=100000,
            control_symbols="<cls>,<sep>,<pad>,<mask>,<eod>,[CLS],[SEP],[MASK],[PAD],[UNK]")
        (HERE / "pieces.model").write_bytes(pathlib.Path(folder, "m.model").read_bytes())


ODD = ["", " ", "\t\n", "a", "don't we'll I'm they've she'd it's DON'T", "3.14159 1,000 2024, 5, 1993, and ½ ² ٣",
       "``quoted'' and ''two``", "café naïve Ångström résumé ﬁne e\u0301 n\u0303 a\u0323\u0302 \u0130stanbul ß ẞ",
       "我爱这部电影！the电影was好，真的。", "ひらがな カタカナ 한국어 ภาษาไทย हिन्दी العربية עברית Ελληνικα Русский",
       "😀 👍🏽 👨\u200d👩\u200d👧 🇩🇪 ❤\ufe0f ☺", "ctrl\u0000\u0001\u0007\u001b\u007f\u0080\u009f\ufffd\u200b\u200d\u00adsoft\ufeff",
       "nbsp\u00a0em\u2003thin\u2009ideographic\u3000line\u2028para\u2029nel\u0085vt\u000bff\u000cfs\u001cend", "x" * 100,
       "x" * 101, "ab" * 400, "好" * 150, "a" * 2000 + " " + "b" * 3, " " * 50 + "word" + " " * 50, "\n\n\n\n  x  \n ",
       "tail   ", "#hash @user http://a.b/c?d=e&f=%20 <b>bold</b> __init__ snake_case a/b\\c", "!!! ??? ... --- —– “q” ‘s’",
       "’s it’s don’t", "𠀀𪚥 𝔘𝔫𝔦 ﷺ ㎏ Ⅷ ①", "ǅ ǆ Ǆ ŀ ĳ", "\u0301leading mark", "a\u0300\u0301\u0302\u0303b", "▁low line ▁▁x", "##piece ##"]
# Blocks whose characters have been assigned since Unicode 6, so that every library knows them.
BLOCKS = [(0x20, 0x7E), (0xA1, 0x17F), (0x391, 0x3A1), (0x3B1, 0x3C9), (0x410, 0x44F), (0x5D0, 0x5EA), (0x621, 0x63A),
          (0x905, 0x939), (0xE01, 0xE3A), (0x3041, 0x3096), (0x4E00, 0x9FA5), (0xAC00, 0xD7A3), (0x1F600, 0x1F640),
          (0x300, 0x33F), (0x2010, 0x2027), (0x1, 0x1F), (0x20, 0x20), (0x20, 0x20)]


def texts(lines):
    random.seed(6)
    made = list(ODD)
    for line in random.sample(lines, 300):
        made.append(line[:160])
    for line in random.sample(lines, 120):  # marks, emoji, ideographs and blanks strewn in
        odd = list(line[:80])
        for _ in range(4):
            odd.insert(random.randrange(len(odd) + 1), random.choice(["\u0301", "😀", "电", "  ", "\u200d", "\t", "É", "'s", "9,", "``"]))
        made.append("".join(odd))
    while len(made) < 600:
        blocks = random.choices(BLOCKS, k=random.randint(1, 24))
        made.append("".join(chr(random.randint(*block)) for block in blocks))
    # Sigma at the end of a word: BERT's own tokenizer lowers it by its place, HuggingFace's does not.
    return [text for text in made if "Σ" not in text]


def prepared(text, lower):
    """preprocess_text of XLNet's prepro_utils.py."""
    text = " ".join(text.strip().split()).replace("``", '"').replace("''", '"')
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return text.lower() if lower else text


def xlnet_ids(model, text, lower):
    """encode_pieces of the same: numbers and the comma behind them apart."""
    pieces = []
    for piece in model.encode(prepared(text, lower), out_type=str):
        if len(piece) > 1 and piece[-1] == "," and piece[-2].isdigit():
            parts = model.encode(piece[:-1].replace("▁", ""), out_type=str)
            if piece[0] != "▁" and parts[0][0] == "▁":
                parts = parts[1:] if len(parts[0]) == 1 else [parts[0][1:], *parts[1:]]
            pieces += [*parts, ","]
        else:
            pieces.append(piece)
    return [model.piece_to_id(piece) for piece in pieces]


def main():
    lines = corpus()
    if "--train" in sys.argv:
        train_word_piece(lines, "uncased.txt", True, False)
        train_word_piece(lines, "cased.txt", False, False)
        train_word_piece(lines, "chinese.txt", True, True)
        train_byte_pair(lines)
        train_sentence_piece(lines)
    made = texts(lines)
    bpe = {"kind": "bpe", "vocab": str(HERE / "vocab.json"), "merges": str(HERE / "merges.txt")}
    request = {"texts": made, "families": {
        "uncased": {"kind": "wordpiece", "vocab": str(HERE / "uncased.txt"), "lower": True},
        "cased": {"kind": "wordpiece", "vocab": str(HERE / "cased.txt"), "lower": False},
        "chinese": {"kind": "wordpiece", "vocab": str(HERE / "chinese.txt"), "lower": True},
        "roberta": {**bpe, "prefixSpace": False}, "roberta_prefix": {**bpe, "prefixSpace": True}}}
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = pathlib.Path(folder, "request.json"), pathlib.Path(folder, "answer.json")
        asked.write_text(json.dumps(request))
        subprocess.run(["node", str(HERE / "encode.mjs"), str(asked), str(answered)], check=True)
        ids = json.loads(answered.read_text())
    model = sentencepiece.SentencePieceProcessor(model_file=str(HERE / "pieces.model"))
    ids["deberta_v2"] = [model.encode(text) for text in made]
    ids["xlm_roberta"] = [[i + 1 if i else 3 for i in row] for row in ids["deberta_v2"]]
    ids["xlnet"] = [xlnet_ids(model, text, False) for text in made]
    ids["albert"] = [xlnet_ids(model, text, True) for text in made]
    with open(HERE / "golden.jsonl", "w") as out:
        for i, text in enumerate(made):
            row = {"text": text} | {name: rows[i] for name, rows in ids.items() if name != "xlm_roberta"}
            out.write(json.dumps(row, separators=(",", ":")) + "\n")
    print(len(made), "texts")


main()
