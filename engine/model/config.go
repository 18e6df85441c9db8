package model

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"caucus/kernels"
)

// Config is a network: its sizes, and what each layer is made of. It says which tensors a checkpoint must have.
type Config struct {
	Family     string  // whose form it has, such as "llama"
	DModel     int     // width of the residual stream
	Vocab      int     // rows of the embedding, and logits
	NormEps    float32 // added to the mean square in every norm of the residual stream
	Embed      string  // tensor [Vocab, DModel]
	EmbedScale float32 // factor of the embedding; 0 stands for 1, as in all factors here
	Norm       string  // tensor [DModel]
	LogitScale float32 // factor of the logits
	Head       string  // tensor [Vocab, DModel]; "" if the head is the embedding
	Layers     []Layer
}

// Layer is one of the blocks that a checkpoint numbers, such as a mixer and an MLP, each behind a norm.
type Layer []Block

// Block is a norm and what follows it, side by side: h += the sum over its parts of part(RMSNorm(h)).
type Block struct {
	Norm      string  // tensor [DModel]
	NormScale float32 // factor of its result
	Parts     []Part
}

// Part moves information along a sequence, as *Mamba, *Mamba2 and *Attention do, or within a token, as *MLP and *Experts do.
// In a Config it says what tensors it has; Load returns one with its weights.
type Part interface {
	// Kind is the part's letter in Config.Strip.
	Kind() byte
	// load returns a copy with its weights.
	load(l *loader) Part
	// allot adds to s what the part's sequences remember.
	allot(s *State, c Capacity)
	// run adds to s.h what the part makes of s.u, for the rows of a batch.
	run(ops kernels.Ops, s *State, b *Batch)
	products() []Product
	cost() partCost
	widths() rowWidths
}

const (
	configFile = "config.json"
	mambaFile  = "mamba_config.json" // only M1 and MambaInLlama checkpoints have it
)

// families turn config.json into a Config, by its model_type.
var families = map[string]func(fields) Config{
	"llama":            llamaConfig,
	"qwen2":            qwen2Config,
	"granite":          granite3Config,
	"granitemoehybrid": graniteConfig,
	"nemotron_h":       nemotronConfig,
	"falcon_h1":        falconConfig,
	"bamba":            bambaConfig,
	"jamba":            jambaConfig,
}

// LoadConfig reads config.json, and mamba_config.json where there is one, of a checkpoint's folder. The files may come
// from anywhere: every size is checked. Errors name the file and the field.
func LoadConfig(fsys fs.FS) (Config, error) {
	config, err := readBounded(fsys, configFile)
	if err != nil {
		return Config{}, fmt.Errorf("model configuration: %w", err)
	}
	hybrid, err := readBounded(fsys, mambaFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Config{}, fmt.Errorf("model configuration: %w", err)
	}
	return ParseConfig(config, hybrid)
}

// ParseConfig is LoadConfig for the contents of the files, of which the second may be empty.
func ParseConfig(config, hybrid []byte) (Config, error) {
	fields, err := parseFields(configFile, config)
	if err != nil {
		return Config{}, err
	}
	if len(hybrid) > 0 {
		ssm, err := parseFields(mambaFile, hybrid)
		if err != nil {
			return Config{}, err
		}
		ssm.err = fields.err
		c := m1Config(fields, ssm)
		return c, *fields.err
	}
	family := fields.text("model_type", "")
	read, ok := families[family]
	if !ok {
		return Config{}, fmt.Errorf("%s: model_type: %q is not supported; supported are %s, and M1 and MambaInLlama, whose "+
			"folders have a %s", configFile, family, strings.Join(slices.Sorted(maps.Keys(families)), ", "), mambaFile)
	}
	c := read(fields)
	c.Family = family
	return c, *fields.err
}

// base is what all families say alike.
func base(c fields) Config {
	return Config{
		DModel: c.size("hidden_size", maxWidth),
		Vocab:  c.size("vocab_size", maxVocab),
		Embed:  "model.embed_tokens.weight",
		Norm:   "model.norm.weight",
		Head:   head(c),
	}
}

// head is the tensor of the head.
func head(c fields) string {
	if c.flag("tie_word_embeddings", false) {
		return ""
	}
	return "lm_head.weight"
}

// Strip shows the layers as letters: the kinds of their parts, that of an MLP left out where others are.
func (c *Config) Strip() string {
	var letters []string
	for _, layer := range c.Layers {
		kinds := ""
		for _, block := range layer {
			for _, part := range block.Parts {
				kinds += string(part.Kind())
			}
		}
		if others := strings.ReplaceAll(kinds, "-", ""); others != "" {
			kinds = others
		}
		letters = append(letters, kinds)
	}
	return strings.Join(letters, " ")
}
