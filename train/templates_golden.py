"""Renders the chat templates of a folder as the transformers library would, for the test of engine/token.

python templates_golden.py --templates ../engine/token/testdata/templates

The templates are our own, in the style of the families that they are named for. golden.json has, for each, its text around one
message of the user, which is to be answered.
"""

import argparse
import datetime
import json
from pathlib import Path

import jinja2
import jinja2.ext
from jinja2.sandbox import ImmutableSandboxedEnvironment

TODAY = datetime.date(2024, 7, 26)
MESSAGE = " What is 2+2?\n\nSay 'it' <b>twice</b>. "


class Generation(jinja2.ext.Extension):
    """{% generation %} marks what the model is to learn; here that is nothing but its text."""

    tags = {"generation"}

    def parse(self, parser):
        next(parser.stream)
        return parser.parse_statements(["name:endgeneration"], drop_needle=True)


def raise_exception(message):
    raise jinja2.exceptions.TemplateError(message)


def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def render(source):
    env = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["strftime_now"] = TODAY.strftime
    return env.from_string(source).render(
        messages=[{"role": "user", "content": MESSAGE}], tools=None, documents=None, add_generation_prompt=True,
        bos_token="<|begin|>", eos_token="<|end|>")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--templates", type=Path, required=True)
    args = parser.parse_args()
    texts = {path.stem: render(path.read_text()) for path in sorted(args.templates.glob("*.jinja"))}
    golden = {"message": MESSAGE, "texts": texts}
    (args.templates / "golden.json").write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
