package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/sourcegraph/conc/iter"
	"github.com/urfave/cli/v2"

	"caucus/engine"
	"caucus/engine/hub"
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

// openedModel is a checkpoint on the machine's kernels. Every device has a copy of its Model.
type openedModel struct {
	*engine.Checkpoint // of the first device
	usage
	models []*model.Model // of all devices
	ops    []kernels.Ops  // of those
	device device
	print  string // the fingerprint of its files; "" of a model that is made up
}

// modelFlags are the flags of the commands that run a model on this machine alone.
func modelFlags() []cli.Flag { return append([]cli.Flag{modelFlag("")}, engineFlags()...) }

// modelFlag names the model: of files, or something else.
func modelFlag(orElse string) cli.Flag {
	return &cli.StringFlag{Name: "model", Usage: "use the model in `PATH`, a Hugging Face folder or a .gguf file" + orElse + " instead of the embedded one"}
}

// engineFlags say how the engine computes.
func engineFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "weights", Value: "stored", DefaultText: "stored, as the model has them; bf16 on a GPU",
			Usage: "keep weights as `FORMAT`: f32, f16, bf16 or int8"},
		&cli.StringFlag{Name: "kv", Value: "f32", DefaultText: "f32; bf16 on a GPU", Usage: "keep keys and values as `FORMAT`: f32 or bf16"},
		&cli.StringFlag{Name: "inputs", Value: "f32", DefaultText: "f32; bf16 on a GPU",
			Usage: "round what is multiplied by weights to `FORMAT`: f32 or bf16, which a GPU multiplies fastest"},
		&cli.StringFlag{Name: "device", Value: "cpu", DefaultText: "cpu",
			Usage: "compute on `DEVICE`: cpu, cuda:0 for the first GPU, or several GPUs as in cuda:0,cuda:1"},
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
		closeAll(ops)
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
		if o.Files, err = engine.Open(name); err != nil {
			err = missing(name, err)
		}
	default:
		o.name, o.suffix, o.maxTokens, o.landing = "embedded", "", 768, 48 // its tokens are single bytes
		o.Files, err = engine.OpenFS(mini.FS())
	}
	return o, err
}

// missing says, of a model that is not on this machine, where else one of this name may be.
func missing(name string, err error) error {
	if _, found := os.Stat(name); !errors.Is(found, fs.ErrNotExist) {
		return err
	}
	switch {
	case strings.Contains(name, ":"):
		return fmt.Errorf("%w; a model of servers is named %sNAME, and a made-up one %sNAME", err, remotePrefix, randomPrefix)
	case hub.CheckRepo(name) == nil:
		return fmt.Errorf("%w; caucus model pull %s fetches the one of this name from the Hugging Face hub", err, name)
	}
	return fmt.Errorf("%w; name a folder or a .gguf file", err)
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
		return nil, usagef("--model %q: %v", o.name, err)
	}
	return model.Plan(weights, cfg, p)
}

// load reads the weights, onto all devices at once.
func (o *openedFiles) load(ops []kernels.Ops, d device) (*openedModel, error) {
	m := &openedModel{usage: o.usage, ops: ops, device: d}
	load := func(ops *kernels.Ops) (*engine.Checkpoint, error) { return loadRandom(o.random, *ops) }
	if o.Files != nil {
		var err error
		if m.print, err = o.Fingerprint(); err != nil {
			return nil, err
		}
		load = func(ops *kernels.Ops) (*engine.Checkpoint, error) { return o.Load(*ops) }
	}
	copies, err := iter.MapErr(ops, load)
	if err != nil {
		return nil, err
	}
	m.Checkpoint = copies[0]
	for _, c := range copies {
		m.models = append(m.models, c.Model)
	}
	return m, nil
}

// start starts an engine on every device, with a share of so many slots.
func (m *openedModel) start(slots int, options func(slots int) engine.Options) (*engine.Fleet, error) {
	var engines []*engine.Engine
	for i, model := range m.models {
		e, err := engine.New(model, m.Tokenizer, options(m.device.share(slots, i)))
		if err != nil {
			for _, e := range engines {
				e.Close()
			}
			return nil, err
		}
		engines = append(engines, e)
	}
	return engine.NewFleet(engines...), nil
}

// close gives back the devices.
func (m *openedModel) close() { closeAll(m.ops) }

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
		Action:      runNoCommand,
	}
}

func formatFloat(v float32) string { return strconv.FormatFloat(float64(v), 'g', -1, 32) }
