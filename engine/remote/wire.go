package remote

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	jsoniter "github.com/json-iterator/go"
)

// ask is the body of a request.
type ask struct {
	Model         string         `json:"model"`
	Messages      []Message      `json:"messages,omitempty"`
	Prompt        *string        `json:"prompt,omitempty"`
	Stream        bool           `json:"stream"`
	StreamOptions *streamOptions `json:"stream_options,omitempty"`
	MaxTokens     int            `json:"max_tokens"`
	Temperature   float32        `json:"temperature"`
	TopP          float32        `json:"top_p,omitempty"`
	TopK          int            `json:"top_k,omitempty"`
	MinP          float32        `json:"min_p,omitempty"`
	Stop          []string       `json:"stop,omitempty"`
	Seed          uint64         `json:"seed"`
	LogProbs      any            `json:"logprobs,omitempty"` // true in a chat; for completions how many others are told, too

	// What makes a chat go on with its last message, in vLLM, SGLang and caucus serve.
	Continue *bool `json:"continue_final_message,omitempty"`
	Turn     *bool `json:"add_generation_prompt,omitempty"`
}

type streamOptions struct {
	IncludeUsage bool `json:"include_usage"`
}

// A feature is a part of the interface that not every server has, and that can be done without.
type feature uint32

const (
	logProbs feature = 1 << iota
	usage
	continuation
)

// features are those that there are, with the names that a server's refusal calls them by.
var features = []struct {
	feature feature
	names   []string
}{
	{logProbs, []string{"logprob"}}, {usage, []string{"stream_options", "include_usage"}},
	{continuation, []string{"continue_final_message", "add_generation_prompt"}},
}

// forgo notes that the server does not know what it was asked for, if that is why it has failed and it can be left out, beside
// what has been left out already. One that has never served anything and ends streams without a word, as llama-cpp-python does
// then, may mean any of the features.
func (e *endpoint) forgo(err error, lacks feature) bool {
	text, silent := strings.ToLower(err.Error()), errors.Is(err, errEmpty) && !e.proved.Load()
	for _, f := range features {
		named := slices.ContainsFunc(f.names, func(name string) bool { return strings.Contains(text, name) })
		if (named || silent) && lacks&f.feature == 0 {
			e.lacks.Or(uint32(f.feature))
			return true
		}
	}
	return false
}

// asked is the body for a prompt, without what the server has been found to lack.
func asked(p Prompt, base ask, lacks feature) ask {
	a := base
	a.Stream = true
	if lacks&usage == 0 {
		a.StreamOptions = &streamOptions{IncludeUsage: true}
	}
	if p.Messages == nil {
		a.Prompt = &p.Text
		if lacks&logProbs == 0 {
			a.LogProbs = 0
		}
		return a
	}
	a.Messages = p.Messages
	if lacks&logProbs == 0 {
		a.LogProbs = true
	}
	if p.Continues && lacks&continuation == 0 {
		yes, no := true, false
		a.Continue, a.Turn = &yes, &no
	}
	return a
}

// chunk is one event of a stream, of a chat or of a completion.
type chunk struct {
	Choices []choice        `json:"choices"`
	Usage   *used           `json:"usage"`
	Error   json.RawMessage `json:"error"`
}

type choice struct {
	Text  string `json:"text"`
	Delta struct {
		Content   string `json:"content"`
		Reasoning string `json:"reasoning_content"` // where the server takes the reasoning out of the text
		Thoughts  string `json:"reasoning"`         // the same in newer servers
	} `json:"delta"`
	LogProbs *struct {
		Content []struct {
			LogProb float32 `json:"logprob"`
		} `json:"content"`
		Tokens []*float32 `json:"token_logprobs"`
	} `json:"logprobs"`
	Finish string `json:"finish_reason"`
}

type used struct {
	Completion int `json:"completion_tokens"`
}

// logProbs are those of the tokens of a chunk, or none.
func (c *choice) logProbs() []float32 {
	if c.LogProbs == nil {
		return nil
	}
	var all []float32
	for _, t := range c.LogProbs.Content {
		all = append(all, t.LogProb)
	}
	for _, p := range c.LogProbs.Tokens {
		if p == nil {
			return nil // the server does not know
		}
		all = append(all, *p)
	}
	return all
}

// brings reports whether there is a token in it, or the end of a text.
func (c *chunk) brings() bool {
	if len(c.Choices) == 0 {
		return false
	}
	x := &c.Choices[0]
	return x.Text+x.Delta.Content+x.Delta.Reasoning+x.Delta.Thoughts+x.Finish != "" || len(x.logProbs()) > 0
}

// parseChunk reads the data of an event.
func parseChunk(data []byte, key Key) (chunk, error) {
	var c chunk
	if err := jsoniter.ConfigCompatibleWithStandardLibrary.Unmarshal(data, &c); err != nil { // a quarter of the standard library's time
		return c, fmt.Errorf("%w: what it sends is not JSON as expected", errBroken)
	}
	if len(c.Error) > 0 && string(c.Error) != "null" {
		return c, fmt.Errorf("the server breaks off%s", said([]byte(`{"error":`+string(c.Error)+`}`), key))
	}
	return c, nil
}
