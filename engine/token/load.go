package token

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
)

// Bounds on the files. The largest tokenizer.json so far, Gemma's, has 33 MB, of which 1 MB are added tokens.
const (
	maxFile      = 64 << 20  // bytes of tokenizer.json
	maxOther     = 16 << 20  // bytes of another file
	maxAdded     = 4 << 20   // bytes of the list of added tokens
	maxContent   = 1 << 10   // bytes of an added token
	maxContents  = 512 << 10 // bytes of all of them, normalized
	maxComponent = 256 << 10 // bytes of a normalizer, pre-tokenizer, post-processor or decoder
	maxSteps     = 32        // of all those together
	maxGrowth    = 1024      // how many bytes they make of one
	maxID        = 1<<20 - 1 // of a token; the largest vocabularies have 300 000
)

// Load reads tokenizer.json and, where they are present, tokenizer_config.json, chat_template.jinja,
// generation_config.json and config.json of a checkpoint's folder.
func Load(fsys fs.FS) (*Tokenizer, error) {
	var file tokenizerFile
	found, err := readJSON(fsys, "tokenizer.json", maxFile, &file)
	if err != nil {
		return nil, fmt.Errorf("load tokenizer: %w", err)
	}
	if !found {
		if _, err := fs.Stat(fsys, "tokenizer.model"); err == nil {
			return nil, fmt.Errorf("load tokenizer: tokenizer.json is missing, and tokenizer.model alone, the form of "+
				"SentencePiece, is not supported; transformers writes one as the other: %w", fs.ErrNotExist)
		}
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

// readFile reads a file of at most limit bytes, if it exists.
func readFile(fsys fs.FS, name string, limit int) (data []byte, found bool, err error) {
	file, err := fsys.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("read %s: %w", name, err)
	}
	defer func() { _ = file.Close() }()
	if data, err = io.ReadAll(io.LimitReader(file, int64(limit)+1)); err != nil {
		return nil, false, fmt.Errorf("read %s: %w", name, err)
	}
	if len(data) > limit {
		return nil, false, fmt.Errorf("read %s: it has more than %d bytes", name, limit)
	}
	return data, true, nil
}

// readJSON reads a file into a value, if the file exists.
func readJSON(fsys fs.FS, name string, limit int, into any) (found bool, err error) {
	data, found, err := readFile(fsys, name, limit)
	if err != nil || !found {
		return found, err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return false, fmt.Errorf("read %s: %w", name, err)
	}
	return true, nil
}

// tokenizerFile is tokenizer.json, as far as it matters here. Short text can stand for large values, so parts are decoded
// once their size is known.
type tokenizerFile struct {
	AddedTokens   json.RawMessage `json:"added_tokens"`
	Normalizer    json.RawMessage `json:"normalizer"`
	PreTokenizer  json.RawMessage `json:"pre_tokenizer"`
	PostProcessor json.RawMessage `json:"post_processor"`
	Decoder       json.RawMessage `json:"decoder"`
	Model         tokenizerBPE    `json:"model"`
}

type addedToken struct {
	ID         int32  `json:"id"`
	Content    string `json:"content"`
	Special    bool   `json:"special"`
	Normalized bool   `json:"normalized"`  // it is looked for in normalized text
	SingleWord bool   `json:"single_word"` // it does not touch a word
	LStrip     bool   `json:"lstrip"`      // it takes the space on its left
	RStrip     bool   `json:"rstrip"`
}

// component is a normalizer, pre-tokenizer, post-processor or decoder: the fields of all the kinds that are supported.
type component struct {
	Type string `json:"type"`

	Normalizers   []component `json:"normalizers"` // of a Sequence
	PreTokenizers []component `json:"pretokenizers"`
	Processors    []component `json:"processors"`
	Decoders      []component `json:"decoders"`

	Pattern  pattern `json:"pattern"`  // of a Split or Replace
	Behavior string  `json:"behavior"` // of a Split or Punctuation
	Invert   bool    `json:"invert"`
	Content  string  `json:"content"` // of a Replace or Strip

	AddPrefixSpace *bool `json:"add_prefix_space"` // of a ByteLevel or Metaspace
	UseRegex       *bool `json:"use_regex"`        // true by default

	Replacement   string `json:"replacement"` // of a Metaspace
	PrependScheme string `json:"prepend_scheme"`
	Split         *bool  `json:"split"` // true by default

	IndividualDigits bool   `json:"individual_digits"` // of Digits
	Prepend          string `json:"prepend"`           // of a Prepend
	StripLeft        bool   `json:"strip_left"`        // of a normalizer's Strip
	StripRight       bool   `json:"strip_right"`
	Start            int    `json:"start"` // of a decoder's Strip
	Stop             int    `json:"stop"`

	Single []struct { // of a TemplateProcessing
		SpecialToken *struct {
			ID string `json:"id"`
		}
	} `json:"single"`
}

// pattern is a text or an expression.
type pattern struct{ String, Regex *string }

type tokenizerBPE struct {
	Type         string           `json:"type"`
	Vocab        map[string]int32 `json:"vocab"`
	Merges       merges           `json:"merges"`
	IgnoreMerges bool             `json:"ignore_merges"`
	ByteFallback bool             `json:"byte_fallback"`
	Unknown      string           `json:"unk_token"`
	FuseUnknown  bool             `json:"fuse_unk"`
	Dropout      float64          `json:"dropout"`
	Prefix       string           `json:"continuing_subword_prefix"`
	Suffix       string           `json:"end_of_word_suffix"`
}

// merges are pairs of tokens, written as "a b" or, since tokens may contain spaces, as ["a", "b"].
type merges [][2]string

func (m *merges) UnmarshalJSON(data []byte) error {
	if first := bytes.TrimLeft(data, "[ \t\r\n"); bytes.Count(data[:len(data)-len(first)], []byte("[")) > 1 {
		return m.fromPairs(data)
	}
	var lines []string
	if err := json.Unmarshal(data, &lines); err != nil {
		return err
	}
	*m = make(merges, len(lines))
	for i, line := range lines {
		left, right, ok := strings.Cut(line, " ")
		if !ok {
			return fmt.Errorf("merge %q has one part, want 2", line)
		}
		(*m)[i] = [2]string{left, right}
	}
	return nil
}

func (m *merges) fromPairs(data []byte) error {
	var pairs [][]string
	if err := json.Unmarshal(data, &pairs); err != nil {
		return err
	}
	*m = make(merges, len(pairs))
	for i, pair := range pairs {
		if len(pair) != 2 {
			return fmt.Errorf("merge %q has %d parts, want 2", pair, len(pair))
		}
		(*m)[i] = [2]string(pair)
	}
	return nil
}

// bounds add up what the components do, so that no file makes of a short text a huge one.
type bounds struct {
	steps, growth int
	spelled       bool // bytes are spelled as characters
}

// step counts one more step that makes a text at most so many times longer.
func (b *bounds) step(kind string, growth int) error {
	b.steps++
	if b.steps > maxSteps {
		return fmt.Errorf("%s: there are more than %d steps", kind, maxSteps)
	}
	if b.growth *= growth; growth > maxGrowth || b.growth > maxGrowth {
		return fmt.Errorf("%s: it makes, with the steps before it, more than %d bytes of one", kind, maxGrowth)
	}
	return nil
}

// section decodes a part of the file, if it is there.
func section[T any](name string, data json.RawMessage, limit int) (*T, error) {
	if len(data) > limit {
		return nil, fmt.Errorf("%s: it has more than %d bytes", name, limit)
	}
	if len(data) == 0 {
		return nil, nil
	}
	var value *T
	if err := json.Unmarshal(data, &value); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return value, nil
}

// tokenizer builds what the file describes.
func (f *tokenizerFile) tokenizer() (*Tokenizer, error) {
	t := &Tokenizer{}
	if err := f.pipeline(t); err != nil {
		return nil, err
	}
	added, err := section[[]addedToken]("added_tokens", f.AddedTokens, maxAdded)
	if err != nil {
		return nil, err
	}
	if err := f.Model.check(); err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	for spelling, id := range f.Model.Vocab {
		if err := t.define(id, entry{content: spelling, known: true}); err != nil {
			return nil, fmt.Errorf("model: vocab: %w", err)
		}
	}
	if added != nil {
		if err := t.addTokens(*added); err != nil {
			return nil, fmt.Errorf("added_tokens: %w", err)
		}
	}
	if t.bpe, err = newBPE(&f.Model, func(id int32) bool { return t.vocab[id].special }); err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	if err := t.bpe.complete(t.spelled); err != nil {
		return nil, fmt.Errorf("model: vocab: %w", err)
	}
	return t, nil
}

// pipeline reads the steps around the model.
func (f *tokenizerFile) pipeline(t *Tokenizer) error {
	before, after := bounds{growth: 1}, bounds{growth: 1}
	for _, p := range []struct {
		name string
		data json.RawMessage
		read func(*component) error
	}{
		{"normalizer", f.Normalizer, func(c *component) (err error) { t.normalize, err = newNormalizer(c, &before); return }},
		{"pre_tokenizer", f.PreTokenizer, func(c *component) (err error) { t.steps, err = newSteps(c, &before); return }},
		{"decoder", f.Decoder, func(c *component) (err error) { t.decoding, err = newDecoding(c, &after); return }},
		{"post_processor", f.PostProcessor, func(c *component) (err error) { t.bos, err = firstToken(c); return }},
	} {
		c, err := section[component](p.name, p.data, maxComponent)
		if err != nil {
			return err
		}
		if err := p.read(c); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	t.spelled = before.spelled
	return nil
}

// firstToken returns the special token that a post-processor puts before a sequence, or "".
func firstToken(c *component) (string, error) {
	if c == nil {
		return "", nil
	}
	switch c.Type {
	case "ByteLevel": // moves offsets
	case "TemplateProcessing":
		if len(c.Single) > 0 && c.Single[0].SpecialToken != nil {
			return c.Single[0].SpecialToken.ID, nil
		}
	case "Sequence":
		for _, part := range c.Processors {
			if token, err := firstToken(&part); token != "" || err != nil {
				return token, err
			}
		}
	default:
		return "", fmt.Errorf("type %q is not supported", c.Type)
	}
	return "", nil
}

// define enters a token into the table.
func (t *Tokenizer) define(id int32, token entry) error {
	if id < 0 || id > maxID {
		return fmt.Errorf("token %q has id %d, out of 0..%d", token.content, id, maxID)
	}
	if missing := int(id) + 1 - len(t.vocab); missing > 0 {
		t.vocab = append(t.vocab, make([]entry, missing)...)
	}
	if old := t.vocab[id]; old.known && old.content != token.content {
		return fmt.Errorf("tokens %q and %q have the same id %d", old.content, token.content, id)
	}
	t.vocab[id] = token
	return nil
}

// addTokens enters the added tokens and prepares to find them.
func (t *Tokenizer) addTokens(tokens []addedToken) error {
	t.added = make(map[string]int32, len(tokens))
	total := 0
	for i, a := range tokens {
		if a.Content == "" || len(a.Content) > maxContent {
			return fmt.Errorf("token %d has no content or more than %d bytes of it", a.ID, maxContent)
		}
		if id, twice := t.added[a.Content]; twice && id != a.ID {
			return fmt.Errorf("token %q has the ids %d and %d", a.Content, id, a.ID)
		}
		if err := t.define(a.ID, entry{a.Content, true, a.Special}); err != nil {
			return err
		}
		t.added[a.Content] = a.ID
		if a.Normalized {
			text := t.normalize(a.Content, true, true)
			t.normalized.add(text, &tokens[i])
			t.vocab[a.ID].content = text // as which it is decoded too
			total += len(text)
		} else {
			total += len(a.Content)
			t.verbatim.add(a.Content, &tokens[i])
		}
		if total > maxContents {
			return fmt.Errorf("they have more than %d bytes in all, once they are normalized", maxContents)
		}
	}
	return nil
}

// check tells whether the model is of a kind that is supported.
func (f *tokenizerBPE) check() error {
	switch {
	case f.Type != "" && f.Type != "BPE":
		return fmt.Errorf("type %q is not supported, only BPE", f.Type)
	case f.Dropout != 0 || f.Prefix != "" || f.Suffix != "":
		return errors.New("dropout, continuing_subword_prefix and end_of_word_suffix are not supported")
	}
	return nil
}
