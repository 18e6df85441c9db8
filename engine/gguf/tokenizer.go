package gguf

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"
)

// The types of tokens in tokenizer.ggml.token_type. All others are text, as the vocabulary spells it.
const (
	unknownToken = 2
	controlToken = 3
	userToken    = 4 // found in any text before it is split
	unusedToken  = 5
	byteToken    = 6
)

// What tokens with scores may have, far above what any known file has, since merges are found by cutting them everywhere.
const (
	maxPiece  = 256 // bytes of a token
	maxMerges = 1 << 21
)

// vocabulary is the file's tokens, by id.
type vocabulary struct {
	*metadata
	texts []string
	types []int64
}

// vocabulary reads the tokens.
func (m *metadata) vocabulary() *vocabulary {
	v := &vocabulary{metadata: m, texts: m.list("tokenizer.ggml.tokens")}
	v.types = make([]int64, len(v.texts))
	m.numbers("tokenizer.ggml.token_type", len(v.texts), func(i int, x value) (ok bool) {
		v.types[i], ok = x.integer()
		return ok
	})
	for id, text := range v.texts { // what makes the vocabulary as long as the embedding, in older files as other types
		if text == fmt.Sprintf("[PAD%d]", id) {
			v.types[id] = unusedToken
		}
	}
	return v
}

// tokenizer makes tokenizer.json.
func (v *vocabulary) tokenizer() any {
	if original := v.text("tokenizer.huggingface.json"); original != "" {
		return json.RawMessage(original)
	}
	switch kind := v.text("tokenizer.ggml.model"); kind {
	case "gpt2":
		return v.byteLevel()
	case "llama":
		return v.sentencePiece()
	default:
		v.fail("tokenizer.ggml.model", "%q is not supported, only gpt2 and llama", kind)
		return nil
	}
}

// config makes tokenizer_config.json.
func (v *vocabulary) config() object {
	config := object{"clean_up_tokenization_spaces": false}
	for role, field := range map[string]string{
		"bos": "bos_token", "eos": "eos_token", "unknown": "unk_token", "padding": "pad_token",
	} {
		if text := v.special(role); text != "" {
			config[field] = text
		}
	}
	if template := v.text("tokenizer.chat_template"); template != "" {
		config["chat_template"] = template
	}
	return config
}

// generation makes generation_config.json. The end of a turn, where it is not the end of a text, ends it too.
func (v *vocabulary) generation() object {
	config := object{}
	if id := v.id("bos"); id >= 0 {
		config["bos_token_id"] = id
	}
	ends := []int{}
	for _, role := range []string{"eos", "eot", "eom"} {
		if id := v.id(role); id >= 0 && !slices.Contains(ends, id) {
			ends = append(ends, id)
		}
	}
	config["eos_token_id"] = ends
	for key, field := range map[string]string{"temp": "temperature", "top_p": "top_p", "top_k": "top_k"} {
		if x, ok := v.lookup("general.sampling." + key); ok {
			if k, whole := x.integer(); whole {
				config[field] = k
			} else if p, ok := x.number(); ok && p-p == 0 {
				config[field] = decimal(p)
			} else {
				v.fail("general.sampling."+key, "%v is not a number", x)
			}
		}
	}
	return config
}

// byteLevel is for tokens that spell bytes, with their merges.
func (v *vocabulary) byteLevel() object {
	name := v.text("tokenizer.ggml.pre")
	p, ok := pretokenizers[name]
	if !ok {
		v.fail("tokenizer.ggml.pre", "%q is not supported; make the file anew with a converter that knows the model's tokenizer", name)
	}
	return object{
		"version":        "1.0",
		"added_tokens":   v.added(),
		"normalizer":     p.normalizer,
		"pre_tokenizer":  p.steps,
		"post_processor": v.postProcessor(p.addBOS),
		"decoder":        byteLevel(true),
		"model": object{
			"type":          "BPE",
			"ignore_merges": p.ignoreMerges,
			"vocab":         v.ids(),
			"merges":        v.list("tokenizer.ggml.merges"),
		},
	}
}

// sentencePiece is for tokens that spell text, with a ▁ for a space, and scores. Transformers has merges instead.
func (v *vocabulary) sentencePiece() object {
	replace := object{"type": "Replace", "pattern": object{"String": " "}, "content": "▁"}
	normalizers := []object{replace}
	decoders := []object{
		{"type": "Replace", "pattern": object{"String": "▁"}, "content": " "},
		{"type": "ByteFallback"},
		{"type": "Fuse"},
	}
	if v.flag("tokenizer.ggml.add_space_prefix", true) {
		normalizers = []object{{"type": "Prepend", "prepend": "▁"}, replace}
		decoders = append(decoders, object{"type": "Strip", "content": " ", "start": 1, "stop": 0})
	}
	ids := v.ids()
	merges := v.merges(ids)
	var unknown any
	if text := v.special("unknown"); text != "" {
		unknown, ids[text] = text, v.id("unknown") // a model that names it must have it
	}
	return object{
		"version":        "1.0",
		"added_tokens":   v.added(),
		"normalizer":     object{"type": "Sequence", "normalizers": normalizers},
		"pre_tokenizer":  nil,
		"post_processor": v.postProcessor(true),
		"decoder":        object{"type": "Sequence", "decoders": decoders},
		"model": object{
			"type":          "BPE",
			"unk_token":     unknown,
			"fuse_unk":      true,
			"byte_fallback": true,
			"vocab":         ids,
			"merges":        merges,
		},
	}
}

// ids are the tokens that text is made of, which control tokens are not: no text may become one.
func (v *vocabulary) ids() map[string]int {
	ids := make(map[string]int, len(v.texts))
	for id, text := range v.texts {
		switch v.types[id] {
		case unknownToken, controlToken, userToken, unusedToken:
			continue
		}
		if other, twice := ids[text]; twice {
			v.fail("tokenizer.ggml.tokens", "%d and %d are both %q", other, id, text)
		}
		ids[text] = id
	}
	return ids
}

func (v *vocabulary) added() []object {
	added := []object{}
	for id, text := range v.texts {
		switch kind := v.types[id]; kind {
		case unknownToken, controlToken, userToken:
			added = append(added, object{
				"id": id, "content": text, "special": kind != userToken,
				"normalized": false, "single_word": false, "lstrip": false, "rstrip": false,
			})
		}
	}
	return added
}

// merges are the pairs of tokens that are a token together, as transformers orders them: by its score, with longer parts
// first where scores are equal.
func (v *vocabulary) merges(ids map[string]int) [][2]string {
	scores, same := make([]float32, len(v.texts)), true
	v.numbers("tokenizer.ggml.scores", len(v.texts), func(i int, x value) (ok bool) {
		scores[i], ok = x.number()
		return ok && scores[i] == scores[i]
	})
	type merge struct {
		parts   [2]string
		score   float32
		lengths [2]int // in characters
	}
	var found []merge
	for id, text := range v.texts {
		if known, ok := ids[text]; !ok || known != id || v.types[id] == byteToken {
			continue
		}
		if len(text) > maxPiece {
			v.fail("tokenizer.ggml.tokens", "%d has %d bytes, more than the %d that are supported", id, len(text), maxPiece)
			return nil
		}
		for cut := range text {
			first, second := text[:cut], text[cut:]
			_, ok := ids[first]
			if _, too := ids[second]; cut == 0 || !ok || !too {
				continue
			}
			if len(found) == maxMerges {
				v.fail("tokenizer.ggml.tokens", "they have more than %d merges", maxMerges)
				return nil
			}
			lengths := [2]int{utf8.RuneCountInString(first), utf8.RuneCountInString(second)}
			found = append(found, merge{[2]string{first, second}, scores[id], lengths})
			same = same && scores[id] == found[0].score
		}
	}
	if same && len(found) > 1 {
		v.fail("tokenizer.ggml.scores", "all are the same: the file lacks the merges of its tokenizer; "+
			"make it anew from a folder with tokenizer.model")
	}
	slices.SortStableFunc(found, func(a, b merge) int {
		return cmp.Or(cmp.Compare(b.score, a.score), slices.Compare(b.lengths[:], a.lengths[:]))
	})
	merges := make([][2]string, len(found))
	for i, m := range found {
		merges[i] = m.parts
	}
	return merges
}

// postProcessor puts the first token before a text, where the file says so or, if it does not, by default.
func (v *vocabulary) postProcessor(byDefault bool) any {
	first := v.special("bos")
	if first == "" || !v.flag("tokenizer.ggml.add_bos_token", byDefault) {
		return nil
	}
	bos, text := object{"SpecialToken": object{"id": first, "type_id": 0}}, object{"Sequence": object{"id": "A", "type_id": 0}}
	next := object{"Sequence": object{"id": "B", "type_id": 1}}
	return object{
		"type":   "TemplateProcessing",
		"single": []object{bos, text},
		"pair":   []object{bos, text, next},
		"special_tokens": object{
			first: object{"id": first, "ids": []int{v.id("bos")}, "tokens": []string{first}},
		},
	}
}

// special is the text of the token that has a role, or "".
func (v *vocabulary) special(role string) string {
	id := v.id(role)
	if id < 0 {
		return ""
	}
	if id >= len(v.texts) {
		v.fail("tokenizer.ggml."+role+"_token_id", "%d is not one of %d tokens", id, len(v.texts))
		return ""
	}
	return v.texts[id]
}

// id is the token that has a role, or -1.
func (m *metadata) id(role string) int {
	key := "tokenizer.ggml." + role + "_token_id"
	v, ok := m.lookup(key)
	if !ok {
		return -1
	}
	return m.asSize(key, v)
}

// numbers calls f with a number for each token, if there are such numbers.
func (m *metadata) numbers(key string, count int, f func(i int, v value) bool) {
	v, ok := m.lookup(key)
	if !ok {
		return
	}
	if !v.array || v.count != count || v.kind == kindString {
		m.fail(key, "%v, want a number for each of %d tokens", v, count)
		return
	}
	for i := range count {
		if !f(i, v.at(i)) {
			m.fail(key, "number %d is not valid", i)
			return
		}
	}
}
