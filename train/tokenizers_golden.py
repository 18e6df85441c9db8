"""Trains a tiny tokenizer for each family's pipeline and writes what the reference library makes of 20,000 strings.

python tokenizers_golden.py --data DIR --to ../engine/token/testdata   (DIR has math500, gsm8k and svamp; see README.md)

NAME.json.gz is a tokenizer.json. Its merges are learned without the family's pre-tokenizer, so that they cross the borders
of its pieces: a border in the wrong place shows. strings.bz2 are the strings, as one JSON array. NAME.golden has CRC-32s of what the reference library (Hugging Face's tokenizers) makes of each, low bytes first: of every
string, two bytes of its ids, where special tokens are plain text, and one of the text that these decode to; then, of every
eighth, two bytes of its ids with special tokens recognised.
"""

import argparse
import bz2
import gzip
import json
import random
import unicodedata
import zlib
from array import array
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

COUNT = 20_000

ENDINGS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)"
SPACES = r"|\s*[\r\n]+|\s+(?!\S)|\s+"
WORDS = ENDINGS + r"|[^\r\n\p{L}\p{N}]?\p{L}+|%s| ?[^\s\p{L}\p{N}]+[\r\n]*" + SPACES
LLAMA3, QWEN2 = WORDS % r"\p{N}{1,3}", WORDS % r"\p{N}"
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
LEAD = r"[^\r\n\p{L}\p{N}]?"
TEKKEN = rf"{LEAD}{UPPER}*{LOWER}+|{LEAD}{UPPER}+{LOWER}*|\p{{N}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*" + SPACES
O200K = (rf"{LEAD}{UPPER}*{LOWER}+{ENDINGS}?|{LEAD}{UPPER}+{LOWER}*{ENDINGS}?|\p{{N}}{{1,3}}"
         r"| ?[^\s\p{L}\p{N}]+[\r\n/]*" + SPACES)
DEEPSEEK = (r"""[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+"""
            r"| ?[\p{P}\p{S}]+[\r\n]*" + SPACES)


def sequence(*steps):
    return pre_tokenizers.Sequence(list(steps))


def byte_level(prefix=False, regex=False):
    return pre_tokenizers.ByteLevel(add_prefix_space=prefix, use_regex=regex)


def split(pattern, behavior="isolated", invert=False):
    return pre_tokenizers.Split(Regex(pattern), behavior, invert)


def digits(each):
    return pre_tokenizers.Digits(individual_digits=each)


def byte_family(pre_tokenizer, normalizer=None, ignore_merges=False):
    """A byte-level tokenizer."""
    t = Tokenizer(models.BPE(ignore_merges=ignore_merges))
    t.pre_tokenizer = byte_level()
    train(t, initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    t.pre_tokenizer, t.decoder = pre_tokenizer, decoders.ByteLevel()
    return finish(t, normalizer)


def piece_family(normalizer=None, pre_tokenizer=None, decoder=None, byte_fallback=True, fuse_unk=True):
    """One of the SentencePiece kind: spaces are written as U+2581, and characters are those of Unicode."""
    t = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=byte_fallback, fuse_unk=fuse_unk))
    t.normalizer = normalizers.Replace(" ", "\u2581")
    fallback = [f"<0x{b:02X}>" for b in range(256)] if byte_fallback else []
    train(t, special_tokens=["<unk>"] + fallback, limit_alphabet=120)
    model = json.loads(t.to_str())
    model["added_tokens"] = [a for a in model["added_tokens"] if a["content"] == "<unk>"]  # bytes are no added tokens
    t = Tokenizer.from_str(json.dumps(model))
    t.pre_tokenizer, t.decoder = pre_tokenizer, decoder
    return finish(t, normalizer)


def train(t, **options):
    t.train_from_iterator(CORPUS, trainers.BpeTrainer(vocab_size=1400, show_progress=False, max_token_length=16, **options))


def finish(t, normalizer):
    if normalizer is not None:
        t.normalizer = normalizer
    t.add_special_tokens(["<|begin|>", "<|end|>", "<|end_long|>", AddedToken("<|wide|>", lstrip=True, rstrip=True),
                          AddedToken("<|N|>", normalized=True)])
    t.add_tokens(["\\boxed{", "<th\u00e9>", "</think>", AddedToken("<think>", normalized=False),
                  AddedToken("sum", single_word=True, normalized=False), AddedToken("<left>", lstrip=True, normalized=False),
                  AddedToken("<right>", rstrip=True), AddedToken("<|end", normalized=False)])
    t.post_processor = processors.TemplateProcessing(
        single="<|begin|> $A", special_tokens=[("<|begin|>", t.token_to_id("<|begin|>"))])
    return t


def spaces_back(strip):
    steps = [decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse()]
    return decoders.Sequence(steps + [decoders.Strip(" ", 1, 0)] * strip)


def families():
    """The pipelines, as the families' own tokenizer.json have them."""
    falcon = [pre_tokenizers.Punctuation("contiguous"), byte_level(regex=True), digits(False), split("[0-9][0-9][0-9]")]
    prepend = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    yield "llama3", byte_family(sequence(split(LLAMA3), byte_level()), ignore_merges=True)  # and Bamba
    yield "qwen2", byte_family(sequence(split(QWEN2), byte_level()), normalizers.NFC())  # and the R1 distillates of it
    yield "gpt2", byte_family(byte_level(regex=True))
    yield "smollm2", byte_family(sequence(digits(True), byte_level(regex=True)))  # and Granite 3
    yield "granite4", byte_family(sequence(split(LLAMA3, "removed", invert=True), byte_level()))
    yield "nemotron", byte_family(sequence(split(TEKKEN), byte_level()), ignore_merges=True)  # and Mistral NeMo
    yield "o200k", byte_family(sequence(split(O200K), byte_level()))
    yield "falcon", byte_family(sequence(*falcon))  # Falcon H1
    yield "deepseek", byte_family(sequence(
        split(r"\p{N}{1,3}"), split("[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+"), split(DEEPSEEK), byte_level()))
    yield "jamba", piece_family(prepend, decoder=spaces_back(strip=True))  # and Llama 2
    yield "metaspace", piece_family(pre_tokenizer=pre_tokenizers.Metaspace(prepend_scheme="first"),
                                    normalizer=normalizers.Sequence([]), decoder=spaces_back(strip=True))
    yield "gemma", piece_family(normalizers.Replace(" ", "\u2581"), decoder=spaces_back(strip=False),
                                pre_tokenizer=pre_tokenizers.Split(" ", "merged_with_previous"))
    # No family has the rest, but a tokenizer may.
    yield "odd", byte_family(sequence(
        pre_tokenizers.Split("e", "merged_with_next"), split(r"[aou\d]", "merged_with_previous"),
        split(r"\S+?[.,]", "contiguous", invert=True), split(r"[^\sx]+", "removed", invert=True),
        pre_tokenizers.Punctuation("isolated"), byte_level(prefix=True), digits(True)),
        normalizers.Sequence([normalizers.NFKC(), normalizers.Strip(), normalizers.Replace(Regex("z+|--"), "ZZ")]))
    yield "unknown", piece_family(normalizers.Sequence([normalizers.NFKD(), normalizers.Lowercase()]), byte_fallback=False,
                                  pre_tokenizer=pre_tokenizers.Metaspace(), decoder=decoders.Metaspace(), fuse_unk=False)


def problems(folder):
    """Sentences of MATH-500, GSM8K and SVAMP, all under the MIT licence."""
    for item in json.loads((folder / "math500/test.json").read_text()):
        yield item["problem"]
    for line in (folder / "gsm8k/test.jsonl").read_text().splitlines()[:700]:
        yield json.loads(line)["question"]
    for item in json.loads((folder / "svamp/SVAMP.json").read_text())[:600]:
        yield item["Body"].strip() + " " + item["Question"]


SNIPPETS = [
    "def f(n):\n    if n < 2:\n        return n\n    return f(n - 1) + f(n - 2)\n", "for (int i=0; i<n; ++i) { s += a[i]*b[i]; }\n",
    "x := map[string][]int{\"a\": {1, 2}, \"b\": nil} // two\n", "SELECT COUNT(*) FROM t WHERE x >= 3.5e-7;\r\n",
    "\\frac{\\sqrt{2}}{2} = \\cos\\left(\\frac{\\pi}{4}\\right)", "$$\\sum_{k=1}^{n} k = \\frac{n(n+1)}{2}$$\n\n",
    "<html><body class='x'>&nbsp;</body></html>", "{\"role\": \"user\", \"content\": \"it's 12\"}", "#include <stdio.h>\n\tint\tmain(){}\n",
    "Die Größe des Würfels beträgt 27 cm³; l'équation n'a pas de solution.", "Ответ: сорок два. Ελληνικά: η λύση είναι ΔΎΟ.",
    "答えは四十二です。半径が3の円。", "答案是四十二,半径为3的圆。", "정답은 사십이입니다.", "الجواب هو ٤٢ والسؤال ١٢٣٤", "תשובה: ארבעים ושתיים",
    "उत्तर बयालीस है १२३", "คำตอบคือสี่สิบสอง", "McDonald's iPhone XMLHttpRequest HTTPServer ǅungla ǈubav",
]
EMOJI = ["😀", "👩‍👩‍👧", "👨🏽‍🚀", "🇩🇪🇫🇷", "❤️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣", "𝕏𝟙", "🫠"]
BLANKS = [" ", "  ", "   ", "\t", "\n", "\r\n", "\n\n", "\r", "\u00a0", "\u2003", "\u3000", "\u2028", "\u0085", "\u200b", "\u200d",
          "\u2060", "\ufeff", "\u1680", "\u202f", "\v", "\f", "\x1c", "\u180e"]
NUMBERS = ["0", "7", "12", "123", "1234", "1234567890", "3.14159", "1,000,000", "-5", "2²³½", "٣٤٥", "Ⅳ", "①②", "1e10", "0x1F", "৪২", "𝟏𝟐𝟑"]
WORDS_OF = ["they'll", "WE'VE", "I'M", "don'T", "'s", "'S", "'ſ", "'ll", "'lL", "it’s", "''", "rock'n'roll", "sum", "sums", "the", "The", "THE",
            "apples", "x", "ZZz", "zzz", "--", "...", "?!", "!!!", "//", "/*", "*/", "=>", "e", "ee", "\\", "_x_", "naïve", "ſ", "ß", "İ", "ﬁ",
            "ﷺ", "Å", "\u212b", "가", "\u1100\u1161\u11a8", "e\u0301", "\u0301", "a\u0323\u0307", "a\u0307\u0323", "\u0344", "q\u0327\u0301", "o" + "\u0301\u0323" * 20,
            "▁", "▁▁x", "Ġ", "<0x0A>", "<0x", "\x00", "\x7f", "\ufffd", "\U0010ffff", "~", "^", "`", "€", "⸺", "⸻", "፡"]
ADDED = ["<|begin|>", "<|end|>", "<|end_long|>", "<|wide|>", "<|N|>", "\\boxed{", "<th\u00e9>", "<the\u0301>", "</think>", "<think>", "sum",
         "<left>", "<right>", "<|end", "<|end|", "<think", "<|beg", "<unk>", "<|n|>", "<", "|>"]


def noise(random):
    """Random bytes as UTF-8, or characters of any block that Unicode 15 has, of which the Go library knows."""
    if random.random() < 0.5:
        return random.randbytes(random.randrange(1, 16)).decode("utf-8", "replace")
    base = random.choice([0x80, 0x100, 0x250, 0x300, 0x370, 0x590, 0x900, 0x1e00, 0x2000, 0x2190, 0x2e00, 0x3040, 0x4e00, 0xac00, 0xfb00,
                          0xff00, 0x10300, 0x1d400, 0x1f300, 0x20000])
    return "".join(c for c in (chr(base + random.randrange(160)) for _ in range(random.randrange(1, 9)))
                   if unicodedata.category(c) not in ("Cn", "Cs"))


def strings(texts):
    """COUNT strings: the problems, and mixtures."""
    draw = random.Random(1)
    out = ["", *BLANKS, *EMOJI, *NUMBERS, *WORDS_OF, *ADDED, *SNIPPETS, *texts]
    while len(out) < COUNT:
        parts = []
        for _ in range(draw.choice([1, 2, 2, 3, 3, 4, 5, 6])):
            kind = draw.random()
            if kind < 0.22:
                parts.append("".join(draw.choice(BLANKS[:10] if draw.random() < 0.8 else BLANKS) for _ in range(draw.choice([1, 1, 2, 3]))))
            elif kind < 0.34:
                text = draw.choice(texts)
                at = draw.randrange(len(text))
                parts.append(text[at:at + draw.randrange(1, 30)])
            elif kind < 0.46:
                text = draw.choice(SNIPPETS)
                at = draw.randrange(len(text))
                parts.append(text[at:at + draw.randrange(1, 20)])
            elif kind < 0.50:
                parts.append(noise(draw))
            else:
                parts.append(draw.choice(draw.choice([EMOJI, NUMBERS, WORDS_OF, WORDS_OF, ADDED, ADDED])))
        out.append("".join(parts))
    return out


def ids_of(t, texts, special):
    t.encode_special_tokens = not special
    return [e.ids for e in t.encode_batch(texts, add_special_tokens=False)]


def golden(t, texts):
    plain, special = ids_of(t, texts, False), ids_of(t, texts[::8], True)
    out = bytearray()
    for ids, text in zip(plain, t.decode_batch(plain)):
        out += check(array("i", ids).tobytes(), 2) + check(text.encode(), 1)
    for ids in special:
        out += check(array("i", ids).tobytes(), 2)
    return bytes(out)


def check(data, size):
    return zlib.crc32(data).to_bytes(4, "little")[:size]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--to", type=Path, required=True)
    args = parser.parse_args()
    texts = list(problems(args.data))
    CORPUS.extend(line for text in texts[::2] + 20 * SNIPPETS for line in text.splitlines())
    texts = strings(texts)
    (args.to / "strings.bz2").write_bytes(bz2.compress(json.dumps(texts, ensure_ascii=False).encode()))
    for name, t in families():
        t.encode_special_tokens = False
        (args.to / f"{name}.json.gz").write_bytes(gzip.compress(t.to_str().encode(), mtime=0))
        (args.to / f"{name}.golden").write_bytes(golden(t, texts))


CORPUS = []

if __name__ == "__main__":
    main()
