package main

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"caucus/engine"
	"caucus/engine/mini"
	"caucus/kernels"
	"caucus/kernels/cpu"
	"caucus/problems"
)

// openedModel is a checkpoint on the machine's kernels, with what this program knows of it beside its files.
type openedModel struct {
	*engine.Checkpoint
	ops       kernels.Ops
	name      string
	suffix    string // put behind every problem
	maxTokens int    // a sample's limit unless the user sets one
}

// modelFlags are the flags of every command that runs a model.
func modelFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "model", Usage: "use the model in `FOLDER`, a Hugging Face checkpoint, instead of the embedded one"},
		&cli.IntFlag{Name: "threads", DefaultText: "one a processor", Usage: "compute with `N` threads"},
	}
}

// openModel loads the model that the flags name, unless the user interrupts it.
func openModel(c *cli.Context) (*openedModel, error) { return openModelWithin(c.Context, c) }

// openModelBy is openModel with a deadline.
func openModelBy(c *cli.Context, end time.Time) (*openedModel, error) {
	ctx, cancel := context.WithDeadline(c.Context, end)
	defer cancel()
	return openModelWithin(ctx, c)
}

func openModelWithin(ctx context.Context, c *cli.Context) (*openedModel, error) {
	return within(ctx, "loading the model", func() (*openedModel, error) { return loadModel(c) })
}

func loadModel(c *cli.Context) (*openedModel, error) {
	threads := c.Int("threads")
	if threads < 0 {
		return nil, usagef("--threads %d is negative", threads)
	}
	ops, err := cpu.New(cpu.Options{Threads: threads})
	if err != nil {
		return nil, err
	}
	m := &openedModel{ops: ops, name: "embedded", maxTokens: 768}
	if folder := c.String("model"); folder != "" {
		m.name, m.suffix, m.maxTokens = folder, problems.M1Suffix, 8192
		m.Checkpoint, err = engine.LoadFolder(folder, ops)
	} else {
		m.Checkpoint, err = engine.Load(mini.FS(), ops)
	}
	if err != nil {
		ops.Close()
		return nil, err
	}
	return m, nil
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
			Name:   "info",
			Usage:  "show the sizes of a model and what it takes to run it",
			Flags:  modelFlags(),
			Action: runModelInfo,
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
		{"kernels", m.ops.Name()},
	})
}

func formatFloat(v float32) string { return strconv.FormatFloat(float64(v), 'g', -1, 32) }
