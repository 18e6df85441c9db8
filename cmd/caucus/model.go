package main

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"caucus/engine"
	"caucus/engine/mini"
	"caucus/engine/model"
	"caucus/kernels"
	"caucus/problems"
)

// usage is what this program knows of a model beside its files.
type usage struct {
	name      string // for people
	suffix    string // put behind every problem
	maxTokens int    // a sample's limit unless the user sets one
	landing   int    // most tokens of a landed answer
}

// openedFiles is a checkpoint before its weights are read.
type openedFiles struct {
	*engine.Files // nil of a model that is made up
	usage
	random string // that one's name
}

// openedModel is a checkpoint on the machine's kernels.
type openedModel struct {
	*engine.Checkpoint
	usage
	ops    kernels.Ops
	device device
	print  string // the fingerprint of its files; "" of a model that is made up
}

// modelFlags are the flags of every command that runs a model.
func modelFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "model", Usage: "use the model in `PATH`, a Hugging Face folder or a .gguf file, or that of servers, as " + remotePrefix + "NAME, instead of the embedded one"},
		&cli.StringFlag{Name: "weights", Value: "stored", DefaultText: "stored, as the model has them",
			Usage: "keep weights as `FORMAT`: f32, f16, bf16 or int8"},
		&cli.StringFlag{Name: "kv", Value: "f32", DefaultText: "f32", Usage: "keep keys and values as `FORMAT`: f32 or bf16"},
		&cli.StringFlag{Name: "inputs", Value: "f32", DefaultText: "f32",
			Usage: "round what is multiplied by weights to `FORMAT`: f32 or bf16, which a GPU multiplies fastest"},
		&cli.StringFlag{Name: "device", Value: "cpu", DefaultText: "cpu", Usage: "compute on `DEVICE`: cpu, or cuda:0 for the first GPU"},
		&cli.IntFlag{Name: "threads", DefaultText: "one a processor", Usage: "compute with `N` threads"},
	}
}

// randomPrefix begins the name, in --model, of a model that is made up for measurements.
const randomPrefix = "random:"

// randomHelp is for the commands that take such a model.
const randomHelp = "--model " + randomPrefix + "jamba-10m makes up a model of that shape; a wrong name is told the right ones."

// openModel loads the model that the flags name, unless the user interrupts it. It may be a random one.
func openModel(c *cli.Context) (*openedModel, error) { return openModelWithin(c.Context, c) }

func openModelWithin(ctx context.Context, c *cli.Context) (*openedModel, error) {
	return within(ctx, "loading the model", func() (*openedModel, error) { return loadModel(c) })
}

func loadModel(c *cli.Context) (_ *openedModel, err error) {
	d, err := readDevice(c)
	if err != nil {
		return nil, err
	}
	o, err := openFiles(c.String("model"))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, o.close()) }()
	if err := o.checkMemory(d, c.Int("slots")); err != nil {
		return nil, err
	}
	ops, err := d.open()
	if err != nil {
		return nil, err
	}
	m, err := o.load(ops, d)
	if err != nil {
		ops.Close()
		return nil, err
	}
	return m, nil
}

// openFiles opens the model of a name: a path, a random one, or, without a name, the embedded one.
func openFiles(name string) (*openedFiles, error) {
	o := &openedFiles{usage: usage{name: name, suffix: problems.M1Suffix, maxTokens: 8192, landing: 24}}
	if isRemote(name) {
		return nil, usagef("--model %s: that is on servers, and this command is about models on this machine", name)
	}
	var err error
	switch random, made := strings.CutPrefix(name, randomPrefix); {
	case made:
		o.random = random
	case name != "":
		o.Files, err = engine.Open(name)
	default:
		o.name, o.suffix, o.maxTokens, o.landing = "embedded", "", 768, 48 // its tokens are single bytes
		o.Files, err = engine.OpenFS(mini.FS())
	}
	return o, err
}

func (o *openedFiles) close() error {
	if o.Files == nil {
		return nil
	}
	return o.Close()
}

// plan is the model without its weights.
func (o *openedFiles) plan(p kernels.Precision) (*model.Model, error) {
	if o.Files != nil {
		return o.Plan(p)
	}
	cfg, weights, err := model.Random(o.random)
	if err != nil {
		return nil, usagef("--model %s: %v", o.name, err)
	}
	return model.Plan(weights, cfg, p)
}

func (o *openedFiles) load(ops kernels.Ops, d device) (*openedModel, error) {
	m := &openedModel{usage: o.usage, ops: ops, device: d}
	var err error
	if o.Files == nil {
		m.Checkpoint, err = loadRandom(o.random, ops)
		return m, err
	}
	if m.print, err = o.Fingerprint(); err != nil {
		return nil, err
	}
	m.Checkpoint, err = o.Load(ops)
	return m, err
}

// loadRandom makes up a model. It has no tokenizer, and nobody to say how to sample from it.
func loadRandom(name string, ops kernels.Ops) (*engine.Checkpoint, error) {
	cfg, weights, err := model.Random(name)
	if err != nil {
		return nil, err
	}
	m, err := model.Load(weights, cfg, ops)
	if err != nil {
		return nil, err
	}
	return &engine.Checkpoint{Model: m, Params: engine.Params{Temperature: 1}}, nil
}

// prompt is the tokens of a problem as the model is asked.
func (m *openedModel) prompt(problem string) ([]int32, error) {
	return m.Tokenizer.Prompt(problems.Prompt(problem, m.suffix))
}

func modelCommand() *cli.Command {
	return &cli.Command{
		Name:        "model",
		Usage:       "tell about models, and fetch them",
		Subcommands: []*cli.Command{modelInfoCommand(), pullCommand()},
		Action: func(c *cli.Context) error {
			if c.NArg() > 0 {
				return usagef("unknown command %q; see caucus model --help", c.Args().First())
			}
			return cli.ShowSubcommandHelp(c)
		},
	}
}

func formatFloat(v float32) string { return strconv.FormatFloat(float64(v), 'g', -1, 32) }
