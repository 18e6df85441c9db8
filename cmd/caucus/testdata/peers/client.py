"""Uses a server by OpenAI's own library, as a user's program would. Arguments: the URL and the token."""

import asyncio
import sys

import openai

url, token = sys.argv[1:]
client = openai.OpenAI(base_url=url, api_key=token, max_retries=0)
question = [{"role": "user", "content": "What is 17*3 - 8?"}]
[model] = [m.id for m in client.models.list()]
assert client.models.retrieve(model).id == model

whole = client.chat.completions.create(model=model, messages=question, n=2, seed=5, logprobs=True)
assert [c.index for c in whole.choices] == [0, 1], whole
assert whole.usage.completion_tokens > 0 and all(c.finish_reason == "stop" for c in whole.choices), whole
assert "".join(t.token for t in whole.choices[0].logprobs.content) == whole.choices[0].message.content, whole
assert all(t.logprob <= 0 for t in whole.choices[0].logprobs.content), whole

text, ends, used = ["", ""], 0, None
for part in client.chat.completions.create(
    model=model, messages=question, n=2, seed=5, stream=True, stream_options={"include_usage": True}
):
    used = part.usage or used
    for c in part.choices:
        text[c.index] += c.delta.content or ""
        ends += c.finish_reason is not None
assert text == [c.message.content for c in whole.choices] and ends == 2, (text, whole)
assert used.completion_tokens == whole.usage.completion_tokens, (used, whole)

said = whole.choices[0].message.model_dump()  # with fields of which it has nothing
said["content"] = said["content"][:20]
assert client.chat.completions.create(
    model=model, messages=[*question, said], extra_body={"continue_final_message": True, "add_generation_prompt": False}
).choices[0].message.content

stopped = client.chat.completions.create(model=model, messages=question, seed=5, stop="</think>")
assert stopped.choices[0].message.content == text[0].partition("</think>")[0], stopped
short = client.completions.create(model=model, prompt="What is 2+2?", max_tokens=3, temperature=0, logprobs=0)
assert short.choices[0].finish_reason == "length" and len(short.choices[0].logprobs.tokens) == 3, short
streamed = client.completions.create(model=model, prompt="What is 2+2?", max_tokens=3, temperature=0, stream=True)
assert "".join(p.choices[0].text for p in streamed if p.choices) == short.choices[0].text

vote = client.chat.completions.create(model=model, messages=question, extra_body={"votes": 16, "budget_s": 5})
assert vote.choices[0].message.content == vote.caucus["answer"] and sum(vote.caucus["votes"].values()) > 0, vote

for wrong, error in (
    ({"top_logprobs": 3, "logprobs": True}, openai.BadRequestError),
    ({"extra_body": {"foo": 1}}, openai.BadRequestError),
    ({"max_tokens": 10**6}, openai.BadRequestError),
):
    try:
        client.chat.completions.create(model=model, messages=question, **wrong)
        sys.exit(f"{wrong} is taken")
    except error:
        pass
try:
    openai.OpenAI(base_url=url, api_key="wrong", max_retries=0).models.list()
    sys.exit("a wrong token is taken")
except openai.AuthenticationError:
    pass


async def many():
    async with openai.AsyncOpenAI(base_url=url, api_key=token, max_retries=0) as c:
        asked = (c.chat.completions.create(model=model, messages=question, seed=i) for i in range(32))
        return await asyncio.gather(*asked)


assert len(asyncio.run(many())) == 32
print("the client is content")
