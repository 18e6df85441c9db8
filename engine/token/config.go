package token

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
)

// Generation is how a model's makers sample from it: generation_config.json, or plain sampling in its absence. Its
// do_sample is left aside: it is false wherever it was not set, beside a temperature that was.
type Generation struct {
	Temperature float64 `json:"temperature"` // 1 by default
	TopP        float64 `json:"top_p"`       // in (0, 1]; 1, the default, keeps every token
	TopK        int     `json:"top_k"`       // 0, the default, keeps every token
}

// EndOfThinking is what reasoning models write between their reasoning and their answer.
const EndOfThinking = "</think>"

// loadConfig reads the files beside tokenizer.json.
func (t *Tokenizer) loadConfig(fsys fs.FS) error {
	var config struct {
		BOS          name          `json:"bos_token"`
		EOS          name          `json:"eos_token"`
		ChatTemplate namedTemplate `json:"chat_template"`
	}
	if _, err := readJSON(fsys, "tokenizer_config.json", maxOther, &config); err != nil {
		return err
	}
	if config.BOS != "" {
		t.bos = string(config.BOS)
	}
	template, found, err := readFile(fsys, "chat_template.jinja", maxOther)
	if err != nil {
		return err
	}
	if !found {
		template = []byte(config.ChatTemplate)
	}
	t.thinks = strings.Contains(string(template), EndOfThinking)
	eos := string(config.EOS)
	t.chat = sync.OnceValues(func() (chat, error) { return newChat(string(template), t.bos, eos) })
	t.frames = &frames{source: string(template), bos: t.bos, eos: eos}
	return t.loadGeneration(fsys, eos)
}

// loadGeneration reads the sampling defaults and collects the tokens that end a generation: the tokenizer's own, and
// those of generation_config.json or, if it has none, of config.json.
func (t *Tokenizer) loadGeneration(fsys fs.FS, eos string) error {
	generation := struct {
		Generation
		EOS ids `json:"eos_token_id"`
	}{Generation: Generation{Temperature: 1, TopP: 1}}
	if _, err := readJSON(fsys, "generation_config.json", maxOther, &generation); err != nil {
		return err
	}
	if g := generation.Generation; !(g.Temperature >= 0 && g.TopP > 0 && g.TopP <= 1 && g.TopK >= 0) {
		return fmt.Errorf("generation_config.json: temperature %v, top_p %v or top_k %v is out of range",
			g.Temperature, g.TopP, g.TopK)
	}
	t.generation = generation.Generation
	t.eos = generation.EOS
	if len(t.eos) == 0 {
		var config struct {
			EOS ids `json:"eos_token_id"`
		}
		if _, err := readJSON(fsys, "config.json", maxOther, &config); err != nil {
			return err
		}
		t.eos = config.EOS
	}
	if id, ok := t.ID(eos); ok {
		t.eos = append(t.eos, id)
	}
	slices.Sort(t.eos)
	t.eos = slices.Compact(t.eos)
	for _, id := range t.eos {
		if id < 0 || int(id) >= len(t.vocab) || !t.vocab[id].known {
			return fmt.Errorf("eos_token_id %d is not a token of tokenizer.json", id)
		}
	}
	return nil
}

// name is a token in tokenizer_config.json: its text, an object with its text as content, or null.
type name string

func (n *name) UnmarshalJSON(data []byte) error {
	var object struct{ Content string }
	if json.Unmarshal(data, &object) == nil {
		*n = name(object.Content)
		return nil
	}
	return json.Unmarshal(data, (*string)(n))
}

// namedTemplate is a chat template: its text, or a list of named ones of which "default" counts.
type namedTemplate string

func (t *namedTemplate) UnmarshalJSON(data []byte) error {
	var list []struct{ Name, Template string }
	if json.Unmarshal(data, &list) != nil {
		return json.Unmarshal(data, (*string)(t))
	}
	for _, named := range list {
		if named.Name == "default" {
			*t = namedTemplate(named.Template)
		}
	}
	return nil
}

// ids is one token id, a list of them, or null.
type ids []int32

func (i *ids) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, (*[]int32)(i)) == nil {
		return nil
	}
	*i = make(ids, 1)
	return json.Unmarshal(data, &(*i)[0])
}
