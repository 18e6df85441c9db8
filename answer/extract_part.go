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
	answerTags = [][2]string{
		{"<|begin_of_box|>", "<|end_of_box|>"}, {"<answer>", "</answer>"}, {"<ANSWER>", "</ANSWER>"},
	}
)

// answerPart is the part of a text that holds its answer: behind the last reasoning section, inside the last tags that
// promise an answer if there are any (tagged), and without what a chat template adds. It reports false if the reasoning
// does not end.
func answerPart(whole string) (part string, tagged, ok bool) {
	text := tail(whole)
	end, open := lastReasoning(text)
	if open || end == 0 && len(text) < len(whole) && neverEnds(whole) {
		return "", false, false
	}
	text = oneTurn(text[end:])
	for _, tags := range answerTags { // the end of the text may stand for the closing tag
		if i := lastIndex(text, tags[0]); i >= 0 {
			inner, _, _ := strings.Cut(text[i+len(tags[0]):], tags[1])
			if strings.TrimSpace(inner) != "" {
				return inner, true, true
			}
		}
	}
	return text, false, true
}

// tail is the end of a text, from the beginning of a character on.
func tail(text string) string {
	text = text[max(0, len(text)-maxTail):]
	for text != "" && !utf8.RuneStart(text[0]) {
		text = text[1:]
	}
	return text
}

// lastReasoning finds the end of the last reasoning section; open means that another one begins behind it.
func lastReasoning(text string) (end int, open bool) {
	for i := strings.LastIndexByte(text, '<'); i >= 0; i = strings.LastIndexByte(text[:i], '<') {
		if n := tagAt(text[i:], reasoningEnds); n > 0 {
			return i + n, false
		}
		if tagAt(text[i:], reasoningStarts) > 0 {
			return 0, true
		}
	}
	for _, tag := range []string{"[/THINK]", "◁/think▷"} {
		if i := lastIndex(text, tag); i >= 0 {
			return i + len(tag), false
		}
	}
	return 0, false
}

// tagAt is the length of that one of tags which s begins with, in any case. The third letter rules out most at once.
func tagAt(s string, tags []string) int {
	for _, tag := range tags {
		if len(s) >= len(tag) && s[3]|0x20 == tag[3]|0x20 && strings.EqualFold(s[:len(tag)], tag) {
			return len(tag)
		}
	}
	return 0
}

// neverEnds tells of a long text whose tail has no reasoning tag whether the reasoning at its beginning is open.
func neverEnds(text string) bool {
	const maxHead = 4 << 10
	for _, tag := range []string{"<think>", "<thinking>", "<reasoning>"} {
		if i := strings.Index(text[:min(len(text), maxHead)], tag); i >= 0 {
			return !strings.Contains(text[i:], "</"+tag[1:])
		}
	}
	return false
}

// oneTurn is the assistant's first turn: a model that goes on behind it asks itself further questions.
func oneTurn(text string) string {
	const assistant = "<|im_start|>assistant"
	for _, next := range []string{"\nQuestion:", "\nProblem:", "\nQ:"} {
		if i := strings.Index(text, next); i >= 0 && containsAny(text[:i], "nswer", "boxed", hashes) {
			text = text[:i]
		}
	}
	if !strings.Contains(text, "<") {
		return text
	}
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "<|im_start|>") {
		text = text[lastIndex(text, assistant)+len(assistant):]
	}
	for _, end := range turnEnds {
		if i := strings.Index(text, end); i > 0 {
			text = text[:i]
		}
	}
	return text
}
