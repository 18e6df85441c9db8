package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"caucus/engine/gguf"
	"caucus/engine/model"
	"caucus/engine/token"
	"caucus/engine/weights"
	"caucus/kernels"
)

// Files is a checkpoint that has been opened: its configuration and its tokenizer are read, its weights are not. Close it.
type Files struct {
	Config    model.Config
	Tokenizer *token.Tokenizer

	name    string // for errors
	gguf    string // path of the .gguf file that fsys and tensors are of, if they are of one
	fsys    fs.FS
	tensors tensors
}

// tensors is an open file of weights.
type tensors interface {
	model.Weights
	Close() error
}

// Checkpoint is a model with all that is needed to prompt it and to sample from it.
type Checkpoint struct {
	Model     *model.Model
	Tokenizer *token.Tokenizer
	Params    Params // temperature and cuts that its makers chose
	Landing   string // Options.Landing in the form that it writes itself
}

// Open opens a checkpoint on disk: a folder in Hugging Face's form, with config.json, model.safetensors or its shards,
// tokenizer.json and what else there is, or a .gguf file. Its tensors are mapped and need not fit in memory beside the model.
// The files may come from anywhere: they are checked, and errors name file and field or tensor.
func Open(path string) (*Files, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, fmt.Errorf("open the model %s: %w", path, err)
	case info.IsDir():
	case filepath.Ext(path) == ggufSuffix:
		return openGGUF(path)
	default:
		return nil, fmt.Errorf("open the model %s: it is neither a folder nor a file named *%s", path, ggufSuffix)
	}
	f, err := open(path, regularFolder(path), func() (tensors, error) { return weights.Open(path) })
	if files, _ := filepath.Glob(filepath.Join(path, "*"+ggufSuffix)); errors.Is(err, fs.ErrNotExist) && len(files) > 0 {
		return nil, fmt.Errorf("%w; it has %s, which can be opened by itself", err, filepath.Base(files[0]))
	}
	return f, err
}

const ggufSuffix = ".gguf"

// openGGUF opens a file in llama.cpp's form.
func openGGUF(path string) (*Files, error) {
	f, err := gguf.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open the model %s: %w", path, err)
	}
	fsys, err := f.FS()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the model %s: %w", path, err), f.Close())
	}
	files, err := open(path, fsys, func() (tensors, error) { return f, nil })
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	files.gguf = path
	return files, nil
}

// OpenFS is Open for a folder inside an fs.FS, of which it reads the files into memory.
func OpenFS(fsys fs.FS) (*Files, error) {
	return open("in memory", fsys, func() (tensors, error) { return weights.OpenFS(fsys) })
}

func open(name string, fsys fs.FS, openTensors func() (tensors, error)) (_ *Files, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("open the model %s: %w", name, err)
		}
	}()
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
	t, err := openTensors()
	if err != nil {
		return nil, err
	}
	return &Files{Config: cfg, Tokenizer: tok, name: name, fsys: fsys, tensors: t}, nil
}

// Close gives back what is mapped. Checkpoints that were loaded stay valid.
func (f *Files) Close() error { return f.tensors.Close() }

// Plan checks that every tensor is there and returns a model that tells its sizes and can compute nothing.
func (f *Files) Plan(p kernels.Precision) (*model.Model, error) {
	m, err := model.Plan(f.tensors, f.Config, p)
	if err != nil {
		return nil, fmt.Errorf("read the model %s: %w", f.name, err)
	}
	return m, nil
}

// Params are the temperature and the cuts that the model's makers chose.
func (f *Files) Params() Params {
	g := f.Tokenizer.Generation()
	return Params{Temperature: float32(g.Temperature), TopK: g.TopK, TopP: float32(g.TopP)}
}

// Load reads the weights.
func (f *Files) Load(ops kernels.Ops) (*Checkpoint, error) {
	m, err := model.Load(f.tensors, f.Config, ops)
	if err != nil {
		return nil, fmt.Errorf("read the model %s: %w", f.name, err)
	}
	return &Checkpoint{Model: m, Tokenizer: f.Tokenizer, Params: f.Params(), Landing: f.landingText()}, nil
}

// Load opens and loads a checkpoint inside an fs.FS.
func Load(fsys fs.FS, ops kernels.Ops) (_ *Checkpoint, err error) {
	f, err := OpenFS(fsys)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return f.Load(ops)
}

// landingText is DefaultLanding for models whose end of thinking is a token, and as prose for those that spell it, M1 among
// them though its template does not tell: on a line of its own. Models that do not reason first state the answer.
func (f *Files) landingText() string {
	_, token := f.Tokenizer.ID(endOfThinking)
	switch {
	case token:
		return DefaultLanding
	case f.Tokenizer.Thinks() || f.Config.Family == "m1":
		return "\n" + endOfThinking + "\n\n" + boxOpening
	}
	return "\n\nThe final answer is " + boxOpening
}
