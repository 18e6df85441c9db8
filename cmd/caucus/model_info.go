package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/urfave/cli/v2"

	"caucus/engine/model"
	"caucus/kernels"
)

// modelInfo is what a checkpoint is and takes.
type modelInfo struct {
	Model        string  `json:"model"`
	Architecture string  `json:"architecture"`
	Layers       string  `json:"layers"` // a letter each
	Parameters   int     `json:"parameters"`
	Width        int     `json:"width"`
	Vocabulary   int     `json:"vocabulary"`
	Weights      string  `json:"weights"`
	WeightBytes  uint64  `json:"weight_bytes"`
	StateBytes   uint64  `json:"state_bytes"` // of a sample
	KVBytes      float64 `json:"kv_bytes"`    // of a sample's token
	SamplesFit   int     `json:"samples_fit"` // beside the weights, on all devices together
	SampleTokens int     `json:"sample_tokens"`
	Sampling     string  `json:"sampling,omitempty"`
	Stops        string  `json:"stops,omitempty"`
	Prompt       string  `json:"prompt,omitempty"`
	Kernels      string  `json:"kernels"`
}

// infoTokens is how long the samples are that model info counts.
const infoTokens = 4096

func modelInfoCommand() *cli.Command {
	return &cli.Command{
		Name:      "info",
		Usage:     "show what a model is and what it takes to run it, without loading it",
		ArgsUsage: "[PATH]",
		Description: "Layers are letters: M is a Mamba mixer, A attention, MA both side by side, - an MLP alone, and E after a letter\n" +
			"means experts. " + randomHelp,
		Flags:  append(modelFlags(), &cli.BoolFlag{Name: "json", Usage: "write JSON"}),
		Action: runModelInfo,
	}
}

func runModelInfo(c *cli.Context) error {
	name, err := modelArgument(c)
	if err != nil {
		return err
	}
	d, err := readDevice(c)
	if err != nil {
		return err
	}
	o, err := openFiles(name)
	if err != nil {
		return err
	}
	info, err := o.describe(d)
	if err := errors.Join(err, o.close()); err != nil {
		return err
	}
	if c.Bool("json") {
		if err := json.NewEncoder(c.App.Writer).Encode(info); err != nil {
			return fmt.Errorf("write the result: %w", err)
		}
		return nil
	}
	return info.table(c)
}

// modelArgument is the model that the argument or the flag names.
func modelArgument(c *cli.Context) (string, error) {
	switch {
	case c.NArg() > 1:
		return "", usagef("%q is one argument too many; flags go before the model", c.Args().Get(1))
	case c.NArg() == 1 && c.IsSet("model"):
		return "", usagef("--model %s and %s are two models", c.String("model"), c.Args().First())
	case c.NArg() == 1:
		return c.Args().First(), nil
	}
	return c.String("model"), nil
}

func (o *openedFiles) describe(d device) (*modelInfo, error) {
	plan, err := o.plan(d.precision)
	if err != nil {
		return nil, err
	}
	ops, err := d.open()
	if err != nil {
		return nil, err
	}
	defer closeAll(ops)
	memory, err := d.memory()
	if err != nil {
		return nil, err
	}
	cfg := &plan.Config
	info := &modelInfo{
		Model: o.name, Architecture: cfg.Family, Layers: cfg.Strip(), Parameters: plan.Params(),
		Width: cfg.DModel, Vocabulary: cfg.Vocab,
		Weights: plan.Format().String(), WeightBytes: uint64(plan.Memory(model.Capacity{})),
		StateBytes: uint64(plan.SlotBytes()), KVBytes: float64(plan.PageBytes()) / kernels.PageLen,
		SamplesFit: d.count() * samplesThatFit(plan, infoTokens, memory), SampleTokens: infoTokens,
		Kernels: fmt.Sprintf("%s; keys and values in %v", namesOf(ops), plan.Ops.Precision().KV),
	}
	if o.Files != nil {
		o.describeText(info)
	}
	return info, nil
}

// describeText adds what a tokenizer and its makers say. A model that cannot be prompted has no prompt.
func (o *openedFiles) describeText(info *modelInfo) {
	p, tok := o.Params(), o.Tokenizer
	info.Sampling = fmt.Sprintf("temperature %s, top-p %s, top-k %d", formatFloat(p.Temperature), formatFloat(p.TopP), p.TopK)
	var stops []string
	for _, id := range tok.EOS() {
		stops = append(stops, tok.Text(id))
	}
	info.Stops = strings.Join(stops, " ")
	info.Prompt, _ = tok.PromptText("(problem" + o.suffix + ")")
}

func (info *modelInfo) table(c *cli.Context) error {
	rows := [][]string{
		{"architecture", info.Architecture},
		{"layers", info.Layers},
		{"parameters", humanize.Comma(int64(info.Parameters))},
		{"width", strconv.Itoa(info.Width)},
		{"vocabulary", humanize.Comma(int64(info.Vocabulary)) + " tokens"},
		{"weights", fmt.Sprintf("%s in %s", humanize.IBytes(info.WeightBytes), info.Weights)},
		{"a sample", fmt.Sprintf("%s, and %s a token", humanize.IBytes(info.StateBytes), humanize.IBytes(uint64(info.KVBytes)))},
		{"fit in memory", fmt.Sprintf("%d samples of %d tokens", info.SamplesFit, info.SampleTokens)},
		{"kernels", info.Kernels},
	}
	if info.Sampling != "" {
		rows = append(rows, []string{"sampling", info.Sampling}, []string{"ends with", info.Stops})
	}
	if err := table(c.App.Writer, []column{{"model", left}, {info.Model, left}}, rows); err != nil {
		return err
	}
	if info.Prompt == "" {
		return nil
	}
	_, err := fmt.Fprintf(c.App.Writer, "\nprompt:\n%s\n", info.Prompt)
	return err
}
