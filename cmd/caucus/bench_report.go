package main

import (
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/urfave/cli/v2"

	"caucus/engine/model"
)

// benchReport is what bench says, as JSON. Peaks and bounds are 0 where there is no kernel to measure them with.
type benchReport struct {
	Model        string     `json:"model"`
	Parameters   int        `json:"parameters"`
	Kernels      string     `json:"kernels"`
	Weights      string     `json:"weights"` // the format of most of them
	KV           string     `json:"kv"`
	PeakGFLOPS   float64    `json:"peak_gflops"`
	PeakInt8GOPS float64    `json:"peak_int8_gops"`
	Rows         []benchRow `json:"rows"`
	LeftOut      []leftOut  `json:"left_out,omitempty"`
}

// benchRow is the speed of decode steps of one batch size behind one length of prompt.
type benchRow struct {
	cell
	TokensPerSecond      float64 `json:"tokens_per_s"`
	StepMilliseconds     float64 `json:"step_ms"`  // median of the whole step, sampling included
	GFLOPS               float64 `json:"gflops"`   // all arithmetic of the step, that on bytes too
	GBPS                 float64 `json:"gb_per_s"` // of weights, states, keys and values
	BoundTokensPerSecond float64 `json:"bound_tokens_per_s"`
	BoundRatio           float64 `json:"bound_ratio"`
	PeakGBPS             float64 `json:"peak_gb_per_s"` // of the cache or memory that holds what a step goes through
	// PrefillTokensPerSecond is how fast the prompt was read. Only the first row of a context has it.
	PrefillTokensPerSecond float64 `json:"prefill_tokens_per_s,omitempty"`
	// Profile is the share of a step's time by operation, Launches its parts on a GPU.
	Profile  map[string]float64 `json:"profile,omitempty"`
	Launches []launchTime       `json:"launches,omitempty"`
}

func newBenchReport(m *openedModel, here *machine, plan benchPlan) *benchReport {
	return &benchReport{
		Model: m.name, Parameters: m.Model.Params(), Kernels: namesOf(m.ops),
		Weights: m.Model.Format().String(), KV: m.Model.Ops.Precision().KV.String(),
		PeakGFLOPS: here.gflops, PeakInt8GOPS: here.gops, LeftOut: plan.leftOut,
	}
}

// setStep enters the time of a step.
func (r *benchRow) setStep(step time.Duration) {
	r.TokensPerSecond = float64(r.Batch) / step.Seconds()
	r.StepMilliseconds = 1e3 * step.Seconds()
}

// judge compares the step's time with what it had to do.
func (r *benchRow) judge(cost model.Cost, here *machine) {
	seconds := r.StepMilliseconds / 1e3
	r.GFLOPS = cost.Operations() / 1e9 / seconds
	r.GBPS = cost.Bytes / 1e9 / seconds
	if bound := here.bound(cost); bound > 0 {
		r.BoundTokensPerSecond = float64(r.Batch) / bound
		r.BoundRatio = bound / seconds
		r.PeakGBPS = here.readRate(cost.Bytes)
	}
}

func (r *benchReport) write(c *cli.Context) error {
	if c.Bool("json") {
		if err := json.NewEncoder(c.App.Writer).Encode(r); err != nil {
			return fmt.Errorf("write the measurements: %w", err)
		}
		return nil
	}
	say(c.App.ErrWriter, "model %s, %.1f M parameters in %s, keys and values in %s", r.Model, float64(r.Parameters)/1e6,
		r.Weights, r.KV)
	say(c.App.ErrWriter, "kernels %s, %s", r.Kernels, r.peaks())
	tables := []func(io.Writer) error{r.table}
	if c.Bool("profile") {
		tables = append(tables, r.profileTable)
		if r.onGPU() {
			tables = append(tables, r.launchTable)
		}
	}
	for i, show := range tables {
		if i > 0 {
			if _, err := fmt.Fprintln(c.App.Writer); err != nil {
				return fmt.Errorf("write the measurements: %w", err)
			}
		}
		if err := show(c.App.Writer); err != nil {
			return err
		}
	}
	return nil
}

// peaks names those that are known.
func (r *benchReport) peaks() string {
	text := "of unknown peak"
	if r.PeakGFLOPS > 0 {
		text = fmt.Sprintf("peak %.0f GFLOP/s", r.PeakGFLOPS)
	}
	if r.PeakInt8GOPS > 0 {
		text += fmt.Sprintf(", on bytes %.0f GOP/s", r.PeakInt8GOPS)
	}
	return text
}

func (r *benchReport) table(w io.Writer) error {
	columns := []column{{"context", right}, {"batch", right}, {"tokens/s", right}, {"ms/step", right}, {"GFLOP/s", spare},
		{"GB/s", right}, {"peak GB/s", spare}, {"bound tokens/s", spare}, {"of bound", right}, {"prefill tokens/s", right}}
	rows := make([][]string, len(r.Rows))
	for i, row := range r.Rows {
		prefill := ""
		if row.PrefillTokensPerSecond > 0 {
			prefill = rate(row.PrefillTokensPerSecond)
		}
		peak, bound, ratio := "-", "-", "-"
		if row.BoundRatio > 0 {
			peak, bound = fmt.Sprintf("%.1f", row.PeakGBPS), rate(row.BoundTokensPerSecond)
			ratio = fmt.Sprintf("%.0f %%", 100*row.BoundRatio)
		}
		rows[i] = []string{
			fmt.Sprint(row.Context), fmt.Sprint(row.Batch), rate(row.TokensPerSecond),
			fmt.Sprintf("%.3f", row.StepMilliseconds), fmt.Sprintf("%.1f", row.GFLOPS), fmt.Sprintf("%.1f", row.GBPS),
			peak, bound, ratio, prefill,
		}
	}
	return table(w, columns, rows)
}

// rate is tokens a second, of which large models draw few.
func rate(v float64) string {
	if v < 100 {
		return fmt.Sprintf("%.2f", v)
	}
	return fmt.Sprintf("%.0f", v)
}
