package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/urfave/cli/v2"

	"caucus/kernels/cpu"
)

// benchReport is what bench says, as JSON. The bounds are those of this machine as measured, 0 where there is no kernel
// to measure them with.
type benchReport struct {
	Model      string       `json:"model"`
	Parameters int          `json:"parameters"`
	Kernels    string       `json:"kernels"`
	Context    int          `json:"context"`
	PeakGFLOPS float64      `json:"peak_gflops"`
	Decode     []decodeRate `json:"decode"`
}

// decodeRate is the speed of decode steps of one batch size.
type decodeRate struct {
	Batch                int     `json:"batch"`
	TokensPerSecond      float64 `json:"tokens_per_second"`
	StepMilliseconds     float64 `json:"step_ms"`        // median of the whole step, sampling included
	ProductGFLOPS        float64 `json:"product_gflops"` // of the step's matrix products when nothing else runs
	ReadGBPS             float64 `json:"read_gb_per_s"`  // from a block as large as what the step touches
	BoundTokensPerSecond float64 `json:"bound_tokens_per_second"`
}

// limits on flags, beyond which a mistype is likelier than a wish.
const (
	maxBenchBatch   = 1 << 12
	maxBenchContext = 1 << 20
	maxBenchSeconds = 600
)

func benchCommand() *cli.Command {
	return &cli.Command{
		Name:  "bench",
		Usage: "measure how fast the engine decodes here, and how far that is from the machine's limit",
		Description: "A step draws one token for every sample of a batch. The bound is the time of its arithmetic at the\n" +
			"processor's peak, or of its memory traffic at the bandwidth of the cache or memory that holds it,\n" +
			"whichever is longer.",
		Flags: append(modelFlags(),
			&cli.IntSliceFlag{Name: "batch", Value: cli.NewIntSlice(1, 8, 32, 128), Usage: "measure batches of `N,...` samples"},
			&cli.IntFlag{Name: "context", Value: 128, Usage: "let every sample have read `N` tokens"},
			&cli.Float64Flag{Name: "seconds", Value: 2, Usage: "measure each batch for `S` seconds"},
			&cli.BoolFlag{Name: "json", Usage: "write JSON instead of a table"},
		),
		Action: runBench,
	}
}

func runBench(c *cli.Context) error {
	if err := checkBenchFlags(c); err != nil {
		return err
	}
	m, err := openModel(c)
	if err != nil {
		return err
	}
	defer m.ops.Close()
	threads := cmp.Or(c.Int("threads"), runtime.GOMAXPROCS(0))
	report := benchReport{
		Model: m.name, Parameters: m.Model.Config.Params(), Kernels: m.ops.Name(), Context: c.Int("context"),
		PeakGFLOPS: cpu.PeakFMA(threads),
	}
	for _, batch := range c.IntSlice("batch") {
		rate, err := m.decodeRate(c, batch, threads, report.PeakGFLOPS)
		if err != nil {
			return fmt.Errorf("bench a batch of %d: %w", batch, err)
		}
		report.Decode = append(report.Decode, rate)
	}
	if c.Bool("json") {
		if err := json.NewEncoder(c.App.Writer).Encode(report); err != nil {
			return fmt.Errorf("write the measurements: %w", err)
		}
		return nil
	}
	say(c.App.ErrWriter, "model %s, %.1f M parameters, context %d; %s, peak %.0f GFLOP/s", report.Model,
		float64(report.Parameters)/1e6, report.Context, report.Kernels, report.PeakGFLOPS)
	return report.table(c.App.Writer)
}

func checkBenchFlags(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	for _, batch := range c.IntSlice("batch") {
		if batch < 1 || batch > maxBenchBatch {
			return usagef("--batch %d is not between 1 and %d", batch, maxBenchBatch)
		}
	}
	if n := c.Int("context"); n < 1 || n > maxBenchContext {
		return usagef("--context %d is not between 1 and %d", n, maxBenchContext)
	}
	if s := c.Float64("seconds"); !(s > 0 && s <= maxBenchSeconds) {
		return usagef("--seconds %v is not above 0 and at most %d", s, maxBenchSeconds)
	}
	return nil
}

// decodeRate measures one batch size: half of the time its steps, half of it their matrix products.
func (m *openedModel) decodeRate(c *cli.Context, batch, threads int, peak float64) (decodeRate, error) {
	context := c.Int("context")
	d := newDecoder(m.Model, batch, context)
	if err := d.check(); err != nil {
		return decodeRate{}, err
	}
	half := time.Duration(c.Float64("seconds") / 2 * float64(time.Second))
	step, err := d.timeSteps(c.Context, half)
	if err != nil {
		return decodeRate{}, err
	}
	products, flops, err := d.timeProducts(c.Context, half)
	if err != nil {
		return decodeRate{}, err
	}
	r := decodeRate{
		Batch: batch, TokensPerSecond: float64(batch) / step.Seconds(), StepMilliseconds: 1e3 * step.Seconds(),
		ProductGFLOPS: flops / 1e9 / products.Seconds(),
	}
	cost := m.Model.StepCost(batch, batch*context)
	r.ReadGBPS = cpu.PeakRead(int(cost.Bytes), threads)
	if peak > 0 {
		r.BoundTokensPerSecond = float64(batch) * 1e9 / max(cost.Operations()/peak, cost.Bytes/r.ReadGBPS)
	}
	return r, nil
}

func (r *benchReport) table(w io.Writer) error {
	columns := []column{{"batch", right}, {"tokens/s", right}, {"ms/step", right}, {"products GFLOP/s", right},
		{"of peak", right}, {"bound tokens/s", right}, {"of bound", right}}
	rows := make([][]string, len(r.Decode))
	for i, d := range r.Decode {
		rows[i] = []string{
			fmt.Sprint(d.Batch), fmt.Sprintf("%.0f", d.TokensPerSecond), fmt.Sprintf("%.3f", d.StepMilliseconds),
			fmt.Sprintf("%.1f", d.ProductGFLOPS), percent(d.ProductGFLOPS, r.PeakGFLOPS),
			fmt.Sprintf("%.0f", d.BoundTokensPerSecond), percent(d.TokensPerSecond, d.BoundTokensPerSecond),
		}
	}
	return table(w, columns, rows)
}

// percent is part of whole, or a dash if the whole was not measured.
func percent(part, whole float64) string {
	if whole == 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f %%", 100*part/whole)
}
