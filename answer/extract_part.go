package answer

import (
	"strings"
	"unicode/utf8"
)

// Tags around reasoning, in lower case. A model's own are the first; the others are common in training set-ups.
var (
	reasoningEnds = []string{
		"</think>", "</thinking>", "</thought>", "</reasoning>", "</reasoning_end>", "</reason>", "</seed:think>",
		"<|end_of_thought|>", "<|channel|>final<|message|>",
	}
	reasoningStarts = []string{
		"<think>", "<thinking>", "<thought>", "<reasoning>", "<reasoning_start>", "<seed:think>",
		"<|begin_of_thought|>", "<|channel|>analysis<|message|>",
	}
	turnEnds = []string{
		"<|im_end|>", "<|im_start|>", "<|endoftext|>", "<|eot_id|>", "<|end|>", "<|return|>", "</s>", "<end_of_turn>",
		"<｜end▁of▁sentence｜>",
	}
)

// answerPart is the part of a text that holds its answer: behind the last reasoning section, inside the last tags that
// promise an answer if there are any (tagged), and without what a chat template adds. It reports false if the reasoning
// does not end.
func answerPart(text string) (part string, tagged, ok bool) {
	whole := text
	text = tail(text)
	cut, open := lastReasoning(text)
	if open || cut == 0 && len(text) < len(whole) && neverEnds(whole) {
		return "", false, false
	}
	text = oneTurn(text[cut:])
	for _, tags := range [][2]string{
		{"<|begin_of_box|>", "<|end_of_box|>"}, {"<answer>", "</answer>"}, {"<ANSWER>", "</ANSWER>"},
	} {
		if inner := lastTagged(text, tags[0], tags[1]); strings.TrimSpace(inner) != "" {
			return inner, true, true
		}
	}
	return text, false, true
}

// tail is the end of a text, from the beginning of a character on.
func tail(text string) string {
	if len(text) <= maxTail {
		return text
	}
	text = text[len(text)-maxTail:]
	for len(text) > 0 && !utf8.RuneStart(text[0]) {
		text = text[1:]
	}
	return text
}

// lastReasoning finds the end of the last reasoning section; open means that another one begins behind it.
func lastReasoning(text string) (end int, open bool) {
	for i := strings.LastIndexByte(text, '<'); i >= 0; i = strings.LastIndexByte(text[:i], '<') {
		if !startsTag(text[i+1:]) {
			continue
		}
		if n := tagAt(text[i:], reasoningEnds); n > 0 {
			return i + n, false
		}
		if tagAt(text[i:], reasoningStarts) > 0 {
			return 0, true
		}
	}
	for _, tag := range []string{"[/THINK]", "◁/think▷"} {
		if strings.Contains(text, tag) {
			return strings.LastIndex(text, tag) + len(tag), false
		}
	}
	return 0, false
}

// startsTag rules out cheaply most of what follows "<" in mathematics.
func startsTag(s string) bool {
	if s != "" && s[0] == '/' {
		s = s[1:]
	}
	return s != "" && strings.IndexByte("tTrRsS|", s[0]) >= 0
}

// tagAt is the length of that one of tags which s begins with, in any case.
func tagAt(s string, tags []string) int {
	for _, tag := range tags {
		if len(s) >= len(tag) && s[3]|0x20 == tag[3]|0x20 && strings.EqualFold(s[:len(tag)], tag) {
			return len(tag)
		}
	}
	return 0
}

// maxHead is how much of a long text's beginning is searched for the beginning of its reasoning.
const maxHead = 4 << 10

// neverEnds tells of a text whose tail has no reasoning tag whether a reasoning section that began at its beginning is
// open.
func neverEnds(text string) bool {
	for _, tag := range []string{"<think>", "<thinking>", "<reasoning>"} {
		if i := strings.Index(text[:min(len(text), maxHead)], tag); i >= 0 {
			return !strings.Contains(text[i:], "</"+tag[1:])
		}
	}
	return false
}

// oneTurn is the assistant's first turn: a model that goes on after it asks itself further questions.
func oneTurn(text string) string {
	for _, next := range []string{"\nQuestion:", "\nProblem:", "\nQ:"} {
		if i := strings.Index(text, next); i > 0 && answers(text[:i]) {
			text = text[:i]
		}
	}
	if !strings.Contains(text, "<") {
		return text
	}
	const assistant = "<|im_start|>assistant"
	if strings.HasPrefix(strings.TrimSpace(text), "<|im_start|>") {
		if i := strings.LastIndex(text, assistant); i >= 0 {
			text = text[i+len(assistant):]
		}
	}
	for i := strings.IndexByte(text, '<'); i >= 0; {
		if tagAt(text[i:], turnEnds) > 0 && strings.TrimSpace(text[:i]) != "" {
			return text[:i]
		}
		next := strings.IndexByte(text[i+1:], '<')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return text
}

// answers tells whether a text seems to have come to its answer, so that what follows is another problem.
func answers(text string) bool {
	return strings.Contains(text, "nswer") || strings.Contains(text, "boxed") || strings.Contains(text, hashes)
}

// lastTagged is what stands between the last pair of tags; the end of the text may stand for the closing tag.
func lastTagged(text, open, shut string) string {
	if !strings.Contains(text, open) {
		return ""
	}
	inner := text[strings.LastIndex(text, open)+len(open):]
	inner, _, _ = strings.Cut(inner, shut)
	return inner
}
