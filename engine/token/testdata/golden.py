"""Writes a tiny tokenizer for each supported pre-tokenizer, and what the reference library makes of tricky strings.

python3 golden.py (needs tokenizers) writes llama3.json, qwen2.json and gpt2.json, each a tokenizer.json, and golden.json:
for each of them the strings and their ids, with added tokens recognised.
"""

import json

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

CORPUS = """
Three farmers share 120 apples, so that each gets 40 apples; they'll sell them for $3.50, won't they?
If x + y = 10 and x - y = 4, then 2x = 14, x = 7 and y = 3. Therefore the answer is \\boxed{7}.
\tLet f(n) = n^2 + 2n + 1.  We've f(9) = 100, f(99) = 10000, and I'm sure that f(999) = 1000000.

Die Größe des Würfels beträgt 27 cm³; l'équation n'a pas de solution. Ответ: сорок два. 答えは四十二です。
We're told that she's 12 years older than he'd be; 1234567890 minus 987654321 is 246913569.
"""

STRINGS = [
    "", " ", "  ", "   ", "\n", "\n\n", "\r\n", " \n", "\n ", " \n ", "\n  \n", "\t", "\t\t x", "a", " a", "  a", "   a  ",
    "a\n", "a\n\n\nb", "a \n b", "a  \n\n  b", "a\u00a0b", "\u00a0\u00a0b", "\u2003\u3000x", "x\u2028y", "x\u0085y", "a\u200bb",
    "they'll we've I'm he'd she's don't you're", "THEY'LL WE'VE I'M HE'D SHE'S DON'T YOU'RE", "'s't're've'm'll'd",
    "'S 'T 'Re 'vE 'M 'lL 'D", "it\u2019s", "'\u017f '\u017ft", "''s", "'", "' s", "'x", "1's", "rock'n'roll",
    "1", "12", "123", "1234", "12345678901", "3.14159", "1,000,000", "x1y22z333", "\u00b2\u00b3\u00bd", "\u0661\u0662\u0663\u0664",
    "\u2163\u2164", "$3.50!", "a+b=c", "((x))", " ...", "  ...", "...\n\n", "?!\r\n\r\nx", " =\n =", "a/b\\c", "\\frac{1}{2}",
    "Größe", "Gro\u0308\u00dfe", "e\u0301", "\u0301e", "\u1100\u1161\u11a8", "\u0939\u093f\u0928\u094d\u0926\u0940", "答えは四十二です。",
    "Ответ: сорок два", "\U0001f600", "\U0001f469\u200d\U0001f469\u200d\U0001f467", "\U0001f1e9\U0001f1ea x", "a\U0001f600b",
    "\U0001d54f\U0001d7d9", "\ufeffx", "\u0000", "x\u0000\u0001\u007f", "\ufffd", "<think>", "a<think>b", " <think> ",
    "<think></think>", "<think>\n", "x <think", "<|begin|>", "hi<|end|>", "<|end|><|end|> x", "<|end|>\n\nx", "<|end|", "<<|end|>>",
    "<|end_long|>", "\\boxed{7}", "\\boxed{\\boxed{", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "apples apples  apples", "e\u0301<think>e\u0301",
    "Th\u00e9", "The\u0301 <the\u0301>",
]

WORDS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|%s| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"


def split(digits):
    pattern = Regex(WORDS % digits)
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    return pre_tokenizers.Sequence([pre_tokenizers.Split(pattern, "isolated"), byte_level])


def tokenizer(pre_tokenizer, normalizer=None, ignore_merges=False):
    t = Tokenizer(models.BPE(ignore_merges=ignore_merges))
    t.pre_tokenizer = pre_tokenizer
    t.decoder = decoders.ByteLevel()
    if normalizer:
        t.normalizer = normalizer
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    t.train_from_iterator([CORPUS], trainers.BpeTrainer(vocab_size=560, initial_alphabet=alphabet, show_progress=False))
    t.add_special_tokens(["<|begin|>", "<|end|>", "<|end_long|>"])
    t.add_tokens(["\\boxed{", AddedToken("<think>", normalized=False), "</think>", "<th\u00e9>"])
    begin = ("<|begin|>", t.token_to_id("<|begin|>"))
    t.post_processor = processors.TemplateProcessing(single="<|begin|> $A", special_tokens=[begin])
    return t


tokenizers = {
    "llama3": tokenizer(split(r"\p{N}{1,3}"), ignore_merges=True),
    "qwen2": tokenizer(split(r"\p{N}"), normalizer=normalizers.NFC()),
    "gpt2": tokenizer(pre_tokenizers.ByteLevel(add_prefix_space=False)),
}
golden = {}
for name, t in tokenizers.items():
    t.save(f"{name}.json", pretty=False)
    golden[name] = [{"text": s, "ids": t.encode(s, add_special_tokens=False).ids} for s in STRINGS]
with open("golden.json", "w") as out:
    json.dump(golden, out)
