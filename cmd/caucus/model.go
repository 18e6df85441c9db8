package main

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"caucus/engine"
	"caucus/engine/mini"
	"caucus/engine/model"
	"caucus/kernels"
	"caucus/kernels/cpu"
	"caucus/problems"
)

// openedModel is a checkpoint on the machine's kernels, with what this program knows of it beside its files.
type openedModel struct {
	*engine.Checkpoint
	ops       kernels.Ops
	files     fs.FS // of the checkpoint; nil of a model that is made up
	name      string
	suffix    string // put behind every problem
	maxTokens int    // a sample's limit unless the user sets one
	landing   int    // most tokens of a landed answer
}

// modelFlags are the flags of every command that runs a model.
func modelFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "model", Usage: "use the model in `FOLDER`, a Hugging Face checkpoint, instead of the embedded one"},
		&cli.StringFlag{Name: "weights", Value: "stored", DefaultText: "stored, as the model has them",
			Usage: "keep weights as `FORMAT`: f32, f16, bf16 or int8"},
		&cli.StringFlag{Name: "kv", Value: "f32", DefaultText: "f32", Usage: "keep keys and values as `FORMAT`: f32 or bf16"},
		&cli.IntFlag{Name: "threads", DefaultText: "one a processor", Usage: "compute with `N` threads"},
	}
}

// randomPrefix begins the name, in --model, of a model that is made up for measurements.
const randomPrefix = "random:"

// randomHelp is for the commands that take such a model.
const randomHelp = "--model " + randomPrefix + "jamba-10m makes up a model of that shape; a wrong name is told the right ones."

// openModel loads the model that the flags name, unless the user interrupts it. It may be a random one.
func openModel(c *cli.Context) (*openedModel, error) { return openModelWithin(c.Context, c) }

// openModelBy loads a model that is to answer something, with a deadline.
func openModelBy(c *cli.Context, end time.Time) (*openedModel, error) {
	if name := c.String("model"); strings.HasPrefix(name, randomPrefix) {
		return nil, usagef("--model %s: a random model answers nothing; only bench and model info take one", name)
	}
	ctx, cancel := context.WithDeadline(c.Context, end)
	defer cancel()
	return openModelWithin(ctx, c)
}

func openModelWithin(ctx context.Context, c *cli.Context) (*openedModel, error) {
	return within(ctx, "loading the model", func() (*openedModel, error) { return loadModel(c) })
}

func loadModel(c *cli.Context) (*openedModel, error) {
	options, err := kernelOptions(c)
	if err != nil {
		return nil, err
	}
	ops, err := cpu.New(options)
	if err != nil {
		return nil, err
	}
	m := &openedModel{ops: ops, name: c.String("model"), suffix: problems.M1Suffix, maxTokens: 8192, landing: 24}
	switch random, made := strings.CutPrefix(m.name, randomPrefix); {
	case made:
		m.Checkpoint, err = loadRandom(random, ops)
	case m.name != "":
		m.files = os.DirFS(m.name)
		m.Checkpoint, err = engine.LoadFolder(m.name, ops)
	default:
		m.name, m.suffix, m.maxTokens, m.landing = "embedded", "", 768, 48 // its tokens are single bytes
		m.files = mini.FS()
		m.Checkpoint, err = engine.Load(m.files, ops)
	}
	if err != nil {
		ops.Close()
		return nil, err
	}
	return m, nil
}

// kernelOptions are the flags that say how to compute.
func kernelOptions(c *cli.Context) (cpu.Options, error) {
	options := cpu.Options{Threads: c.Int("threads")}
	if options.Threads < 0 {
		return options, usagef("--threads %d is negative", options.Threads)
	}
	var err error
	if options.Precision.Weights, err = kernels.ParseFormat(c.String("weights")); err != nil {
		return options, usagef("--weights: %v", err)
	}
	if options.Precision.KV, err = kernels.ParseFormat(c.String("kv")); err == nil {
		err = options.Precision.Check()
	}
	if err != nil {
		return options, usagef("--kv: %v", err)
	}
	return options, nil
}

// loadRandom makes up a model. It has no tokenizer, and nobody to say how to sample from it.
func loadRandom(name string, ops kernels.Ops) (*engine.Checkpoint, error) {
	cfg, weights, err := model.Random(name)
	if err != nil {
		return nil, usagef("--model %s%s: %v", randomPrefix, name, err)
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
		Name:  "model",
		Usage: "tell about models",
		Subcommands: []*cli.Command{{
			Name:        "info",
			Usage:       "show the sizes of a model and what it takes to run it",
			Description: randomHelp,
			Flags:       modelFlags(),
			Action:      runModelInfo,
		}},
		Action: func(c *cli.Context) error {
			if c.NArg() > 0 {
				return usagef("unknown command %q; see caucus model --help", c.Args().First())
			}
			return cli.ShowSubcommandHelp(c)
		},
	}
}

func runModelInfo(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	m, err := openModel(c)
	if err != nil {
		return err
	}
	defer m.ops.Close()
	cfg := m.Model.Config
	attention := make([]string, len(cfg.AttnLayers))
	for i, layer := range cfg.AttnLayers {
		attention[i] = strconv.Itoa(layer)
	}
	mamba, heads := cfg.Mamba, cfg.Attention
	return table(c.App.Writer, []column{{"model", left}, {m.name, left}}, [][]string{
		{"parameters", fmt.Sprintf("%d", cfg.Params())},
		{"layers", fmt.Sprintf("%d, attention in %s", cfg.Layers, cmp.Or(strings.Join(attention, ", "), "none"))},
		{"width", fmt.Sprintf("%d, MLP %d", cfg.DModel, cfg.DFF)},
		{"mamba", fmt.Sprintf("%d channels, %d states each, x and B %d wide", mamba.DInner, mamba.DState, mamba.DXB)},
		{"attention", fmt.Sprintf("%d heads of %d, %d for keys and values", heads.Heads, heads.HeadDim, heads.KVHeads)},
		{"vocabulary", fmt.Sprintf("%d tokens", cfg.Vocab)},
		{"state a sample", fmt.Sprintf("%.1f KiB, and %.2f KiB a token", float64(cfg.SlotBytes())/1024,
			float64(cfg.PageBytes(m.ops.Precision().KV))/kernels.PageLen/1024)},
		{"temperature", formatFloat(m.Params.Temperature)},
		{"weights", fmt.Sprintf("%v, %.1f MiB", m.Model.Format(), m.Model.Memory(model.Capacity{})/(1<<20))},
		{"keys and values", m.ops.Precision().KV.String()},
		{"kernels", m.ops.Name()},
	})
}

func formatFloat(v float32) string { return strconv.FormatFloat(float64(v), 'g', -1, 32) }
