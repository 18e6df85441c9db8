package serve

import (
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"caucus/engine"
)

// reply is a whole answer, or, with Delta instead of Message, a part of one.
type reply struct {
	ID      string   `json:"id"`
	Object  string   `json:"object"`
	Created int64    `json:"created"`
	Model   string   `json:"model"`
	Choices []choice `json:"choices"`
	Usage   *usage   `json:"usage,omitempty"`
	Caucus  *tally   `json:"caucus,omitempty"`
}

type choice struct {
	Index    int          `json:"index"`
	Message  *said        `json:"message,omitempty"`
	Delta    *said        `json:"delta,omitempty"`
	Text     *string      `json:"text,omitempty"`
	LogProbs *logProbList `json:"logprobs"`
	Finish   *string      `json:"finish_reason"`
}

// said is a message, or a part of one.
type said struct {
	Role    string `json:"role,omitempty"`
	Content string `json:"content"`
}

type usage struct {
	Prompt     int `json:"prompt_tokens"`
	Completion int `json:"completion_tokens"`
	Total      int `json:"total_tokens"`
}

func usageOf(prompt, completion int) *usage { return &usage{prompt, completion, prompt + completion} }

// logProbList is what is told of tokens: in a chat as Content, in a completion as the others.
type logProbList struct {
	Content []tokenProb      `json:"content,omitempty"`
	Tokens  []string         `json:"tokens,omitempty"`
	Values  []float32        `json:"token_logprobs,omitempty"`
	Top     []map[string]any `json:"top_logprobs,omitempty"`
}

type tokenProb struct {
	Token   string  `json:"token"`
	LogProb float32 `json:"logprob"`
	Bytes   []int   `json:"bytes"`
	Top     []any   `json:"top_logprobs"`
}

// header is what all replies to an order have in common.
func (s *Server) header(o *order) reply {
	r := reply{ID: "cmpl-", Object: "text_completion", Created: time.Now().Unix(), Model: s.opt.Name}
	if o.chat {
		r.ID, r.Object = "chatcmpl-", "chat.completion"
		if o.stream {
			r.Object += ".chunk"
		}
	}
	r.ID += strings.ToLower(rand.Text())
	return r
}

// choiceOf is a text in the order's form. A whole one has its end.
func (o *order) choiceOf(index int, text string, probs []token, finish string) choice {
	c := choice{Index: index}
	if finish != "" {
		c.Finish = &finish
	}
	switch {
	case !o.chat:
		c.Text = &text
	case o.stream:
		c.Delta = &said{Content: text}
	default:
		c.Message = &said{"assistant", text}
	}
	if o.logProbs && len(probs) > 0 && !slices.ContainsFunc(probs, token.unknown) {
		c.LogProbs = o.logProbsOf(probs)
	}
	return c
}

func (o *order) logProbsOf(tokens []token) *logProbList {
	l := &logProbList{}
	for _, t := range tokens {
		if o.chat {
			bytes := make([]int, len(t.text))
			for i := range len(t.text) {
				bytes[i] = int(t.text[i])
			}
			l.Content = append(l.Content, tokenProb{Token: t.text, LogProb: t.logProb, Bytes: bytes, Top: []any{}})
		} else {
			l.Tokens, l.Values = append(l.Tokens, t.text), append(l.Values, t.logProb)
		}
	}
	return l
}

// finishOf is why a sample ended, as the interface has it.
func finishOf(s engine.Status) string {
	if s == engine.Truncated {
		return "length"
	}
	return "stop"
}
