package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"caucus/engine/model"
	"caucus/engine/token"
	"caucus/engine/weights"
	"caucus/kernels"
)

// Checkpoint is a model with all that is needed to prompt it and to sample from it.
type Checkpoint struct {
	Model     *model.Model
	Tokenizer *token.Tokenizer
	Params    Params // temperature and cuts that its makers chose
	Landing   string // Options.Landing in the form that it writes itself
}

// Load reads a checkpoint in Hugging Face's form: config.json, mamba_config.json, model.safetensors, tokenizer.json and
// what else there is. Its files may come from anywhere: they are checked, and errors name file and field or tensor.
func Load(fsys fs.FS, ops kernels.Ops) (*Checkpoint, error) {
	return load(fsys, ops, func() (*weights.File, error) { return weights.OpenFS(fsys) })
}

// LoadFolder is Load for a folder on disk, whose tensors are mapped and need not fit in memory beside the model.
func LoadFolder(path string, ops kernels.Ops) (*Checkpoint, error) {
	c, err := load(os.DirFS(path), ops, func() (*weights.File, error) { return weights.Open(path) })
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", path, err)
	}
	return c, nil
}

func load(fsys fs.FS, ops kernels.Ops, open func() (*weights.File, error)) (_ *Checkpoint, err error) {
	cfg, err := model.LoadConfig(fsys)
	if err != nil {
		return nil, err
	}
	tok, err := token.Load(fsys)
	if err != nil {
		return nil, err
	}
	if tok.VocabSize() > cfg.Vocab {
		return nil, fmt.Errorf("tokenizer.json has %d tokens, but config.json's vocab_size is %d", tok.VocabSize(), cfg.Vocab)
	}
	tensors, err := open()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, tensors.Close()) }()
	m, err := model.Load(tensors, cfg, ops)
	if err != nil {
		return nil, err
	}
	g := tok.Generation()
	return &Checkpoint{
		Model:     m,
		Tokenizer: tok,
		Params:    Params{Temperature: float32(g.Temperature), TopK: g.TopK, TopP: float32(g.TopP)},
		Landing:   landingText(tok),
	}, nil
}

// landingText is DefaultLanding for models whose end of thinking is a token, and as prose for those that spell it, M1
// among them: on a line of its own.
func landingText(tok *token.Tokenizer) string {
	if _, ok := tok.ID(endOfThinking); ok {
		return DefaultLanding
	}
	return "\n" + endOfThinking + "\n\n" + boxOpening
}
