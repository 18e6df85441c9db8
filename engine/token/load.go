package token

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// maxID bounds the table of tokens, whose size is a number in a file. The largest vocabularies have 300 000.
const maxID = 1<<22 - 1

// Load reads tokenizer.json and, where they are present, tokenizer_config.json, chat_template.jinja,
// generation_config.json and config.json of a checkpoint's folder.
func Load(fsys fs.FS) (*Tokenizer, error) {
	var file tokenizerFile
	found, err := readJSON(fsys, "tokenizer.json", &file)
	if err != nil {
		return nil, fmt.Errorf("load tokenizer: %w", err)
	}
	if !found {
		return nil, fmt.Errorf("load tokenizer: tokenizer.json is missing: %w", fs.ErrNotExist)
	}
	t, err := file.tokenizer()
	if err != nil {
		return nil, fmt.Errorf("load tokenizer: tokenizer.json: %w", err)
	}
	if err := t.loadConfig(fsys); err != nil {
		return nil, fmt.Errorf("load tokenizer: %w", err)
	}
	return t, nil
}

// readJSON reads a file into a value, if the file exists.
func readJSON(fsys fs.FS, name string, into any) (found bool, err error) {
	data, err := fs.ReadFile(fsys, name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read %s: %w", name, err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		return false, fmt.Errorf("read %s: %w", name, err)
	}
	return true, nil
}

// tokenizerFile is tokenizer.json, as far as it matters here.
type tokenizerFile struct {
	AddedTokens   []addedToken `json:"added_tokens"`
	Normalizer    *component   `json:"normalizer"`
	PreTokenizer  *component   `json:"pre_tokenizer"`
	PostProcessor *component   `json:"post_processor"`
	Decoder       *component   `json:"decoder"`
	Model         tokenizerBPE `json:"model"`
}

type addedToken struct {
	ID         int32  `json:"id"`
	Content    string `json:"content"`
	Special    bool   `json:"special"`
	Normalized bool   `json:"normalized"`
	SingleWord bool   `json:"single_word"`
	LStrip     bool   `json:"lstrip"`
	RStrip     bool   `json:"rstrip"`
}

// component is a normalizer, pre-tokenizer, post-processor or decoder: the fields of all the kinds that are supported.
type component struct {
	Type string `json:"type"`

	Normalizers   []component `json:"normalizers"` // of a Sequence
	PreTokenizers []component `json:"pretokenizers"`
	Processors    []component `json:"processors"`

	Pattern        struct{ Regex *string } `json:"pattern"` // of a Split
	Behavior       string                  `json:"behavior"`
	Invert         bool                    `json:"invert"`
	AddPrefixSpace bool                    `json:"add_prefix_space"` // of a ByteLevel
	UseRegex       *bool                   `json:"use_regex"`

	Single []struct { // of a TemplateProcessing
		SpecialToken *struct {
			ID string `json:"id"`
		}
	} `json:"single"`
}

type tokenizerBPE struct {
	Type         string           `json:"type"`
	Vocab        map[string]int32 `json:"vocab"`
	Merges       []pair           `json:"merges"`
	IgnoreMerges bool             `json:"ignore_merges"`
	ByteFallback bool             `json:"byte_fallback"`
	Dropout      float64          `json:"dropout"`
	Prefix       string           `json:"continuing_subword_prefix"`
	Suffix       string           `json:"end_of_word_suffix"`
}

// pair is a merge, written as "a b" or, since tokens may contain spaces, as ["a", "b"].
type pair [2]string

func (p *pair) UnmarshalJSON(data []byte) error {
	if bytes.HasPrefix(data, []byte("[")) {
		var parts []string
		if err := json.Unmarshal(data, &parts); err != nil {
			return err
		}
		if len(parts) != 2 {
			return fmt.Errorf("merge %s has %d parts, want 2", data, len(parts))
		}
		*p = pair(parts)
		return nil
	}
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return err
	}
	left, right, ok := strings.Cut(text, " ")
	if !ok {
		return fmt.Errorf("merge %q has one part, want 2", text)
	}
	*p = pair{left, right}
	return nil
}

// tokenizer builds what the file describes.
func (f *tokenizerFile) tokenizer() (*Tokenizer, error) {
	t := &Tokenizer{added: make(map[string]int32, len(f.AddedTokens))}
	var err error
	if t.normalize, err = normalizesNFC(f.Normalizer); err != nil {
		return nil, err
	}
	if t.split, err = newSplitter(f.PreTokenizer); err != nil {
		return nil, err
	}
	if f.Decoder == nil || f.Decoder.Type != "ByteLevel" {
		return nil, errors.New("decoder is not ByteLevel, the only one that is supported")
	}
	if t.bpe, err = f.Model.bpe(t.define); err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	if err := t.addTokens(f.AddedTokens); err != nil {
		return nil, fmt.Errorf("added_tokens: %w", err)
	}
	t.bos = firstToken(f.PostProcessor)
	return t, nil
}

// define enters a token into the table.
func (t *Tokenizer) define(id int32, token entry) error {
	if id < 0 || id > maxID {
		return fmt.Errorf("token %q has id %d, out of 0..%d", token.text, id, maxID)
	}
	if missing := int(id) + 1 - len(t.vocab); missing > 0 {
		t.vocab = append(t.vocab, make([]entry, missing)...)
	}
	if old := t.vocab[id]; old.known && old.text != token.text {
		return fmt.Errorf("tokens %q and %q have the same id %d", old.text, token.text, id)
	}
	t.vocab[id] = token
	return nil
}

// addTokens enters the added tokens and prepares to find them.
func (t *Tokenizer) addTokens(tokens []addedToken) error {
	for _, a := range tokens {
		switch {
		case a.Content == "":
			return fmt.Errorf("token %d has no content", a.ID)
		case a.SingleWord || a.LStrip || a.RStrip:
			return fmt.Errorf("token %q sets single_word, lstrip or rstrip, which are not supported", a.Content)
		}
		if id, twice := t.added[a.Content]; twice && id != a.ID {
			return fmt.Errorf("token %q has the ids %d and %d", a.Content, id, a.ID)
		}
		if err := t.define(a.ID, entry{a.Content, true, a.Special}); err != nil {
			return err
		}
		t.added[a.Content] = a.ID
	}
	var err error
	if t.trusted, err = newMatchers(tokens); err != nil {
		return err
	}
	t.user, err = newMatchers(slices.DeleteFunc(tokens, func(a addedToken) bool { return a.Special }))
	return err
}

// bpe checks the model and enters its vocabulary by define.
func (f *tokenizerBPE) bpe(define func(int32, entry) error) (bpe, error) {
	b := bpe{tokens: make(map[string]int32, len(f.Vocab)), wholeFirst: f.IgnoreMerges}
	switch {
	case f.Type != "" && f.Type != "BPE":
		return b, fmt.Errorf("type %q is not supported, only BPE", f.Type)
	case f.ByteFallback || f.Dropout != 0 || f.Prefix != "" || f.Suffix != "":
		return b, errors.New("byte_fallback, dropout, continuing_subword_prefix and end_of_word_suffix are not supported")
	}
	for spelling, id := range f.Vocab {
		text, ok := unspell(spelling)
		if ok {
			b.tokens[text] = id
		} else {
			text = spelling // of a special token: merges never lead to it
		}
		if err := define(id, entry{text: text, known: true}); err != nil {
			return b, fmt.Errorf("vocab: %w", err)
		}
	}
	for i := range b.bytes {
		id, ok := b.tokens[string([]byte{byte(i)})]
		if !ok {
			return b, fmt.Errorf("vocab: no token for byte %#02x; the vocabulary is not byte-level", i)
		}
		b.bytes[i] = id
	}
	return b, b.addMerges(f.Merges)
}

// addMerges enters the merges, of which the first has the lowest rank.
func (b *bpe) addMerges(merges []pair) error {
	b.merges = make(map[[2]int32]merge, len(merges))
	for rank, p := range merges {
		left, okLeft := unspell(p[0])
		right, okRight := unspell(p[1])
		first, knownLeft := b.tokens[left]
		second, knownRight := b.tokens[right]
		id, known := b.tokens[left+right]
		if !okLeft || !okRight || !knownLeft || !knownRight || !known {
			return fmt.Errorf("merges: %q and %q, or what they become, are not in the vocabulary", p[0], p[1])
		}
		b.merges[[2]int32{first, second}] = merge{int32(rank), id}
	}
	return nil
}
