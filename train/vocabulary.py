"""The model's vocabulary: one token a byte, and a few tokens that give a text its shape.

    <|begin_of_text|> question <think> steps </think> \\boxed{ answer } <|eot_id|>

Bytes keep a number's digits apart and leave no word unknown; they are the ids 0..255.
"""

BOS, EOT, THINK, END_THINK, BOXED = 256, 257, 258, 259, 260
SIZE = 272  # rounded up to a multiple of 16, the width of a kernel's column panel

SPECIAL = {"<|begin_of_text|>": BOS, "<|eot_id|>": EOT}
SHAPING = {"<think>": THINK, "</think>": END_THINK, "\\boxed{": BOXED}
CHAT_TEMPLATE = "{{ bos_token }}{{ messages[-1]['content'] }}<think>"


def byte_characters() -> list[str]:
    """The printable character that stands for each byte in a byte-level tokenizer.json (as GPT-2 defined it)."""
    kept = [*range(33, 127), *range(161, 173), *range(174, 256)]
    moved = iter(range(256, 512))
    return [chr(b) if b in kept else chr(next(moved)) for b in range(256)]


def tokenizer_json() -> dict:
    """A Hugging Face tokenizer.json: byte-level BPE without merges, and the added tokens."""
    vocab = {c: b for b, c in enumerate(byte_characters())}
    added = [
        {"id": i, "content": text, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
         "special": text in SPECIAL}
        for text, i in {**SPECIAL, **SHAPING}.items()
    ]
    byte_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
    return {
        "version": "1.0", "truncation": None, "padding": None, "added_tokens": added, "normalizer": None,
        "pre_tokenizer": byte_level, "post_processor": None, "decoder": byte_level,
        "model": {"type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
                  "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False, "ignore_merges": False,
                  "vocab": vocab, "merges": []},
    }
