package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/sourcegraph/conc/iter"
	"github.com/urfave/cli/v2"

	"caucus/budget"
	"caucus/engine/model"
)

func calibrateCommand() *cli.Command {
	return &cli.Command{
		Name:  "calibrate",
		Usage: "measure how long the engine's steps take, so that a window is planned well from its start",
		Description: "Steps of batches and contexts on a grid are measured, and a model of their time is fitted and kept in the\n" +
			"user's cache, where solve and batch find it. They learn it by themselves, too, but only while they run.\n" +
			"The table shows sizes that lie between those of the grid: how well the model foretells what it has not seen.",
		Flags: append(modelFlags(),
			&cli.IntFlag{Name: "slots", Value: 64, Usage: "measure up to `N` samples at once, on all devices together"},
			&cli.IntFlag{Name: "context", Value: 1024, Usage: "measure up to `N` tokens a sample"},
			&cli.Float64Flag{Name: "seconds", Value: 0.1, Usage: "measure each size for `S` seconds"},
			&cli.StringFlag{Name: "out", Usage: "write the profile to `FILE`, too, for --step-model of other commands"},
			&cli.BoolFlag{Name: "json", Usage: "write JSON instead of a table"},
		),
		Action: runCalibrate,
	}
}

// calibrated is a size that was measured and foretold.
type calibrated struct {
	cell
	Measured  float64 `json:"measured_seconds"`
	Predicted float64 `json:"predicted_seconds"`
	Error     float64 `json:"error"` // of the prediction, as a part of what was measured
}

func runCalibrate(c *cli.Context) error {
	if err := checkCalibrateFlags(c); err != nil {
		return err
	}
	if err := (results{path: c.String("out")}).check(); err != nil {
		return err
	}
	m, err := openModel(c)
	if err != nil {
		return err
	}
	defer m.close()
	batches, contexts := calibrationGrid(m.device.share(c.Int("slots"), 0), c.Int("context"))
	grid, err := measureSteps(c, m, batches, contexts)
	if err != nil {
		return err
	}
	stepTime, err := budget.FitStepTime(grid)
	if err != nil {
		return fmt.Errorf("calibrate: nothing fits into memory; try fewer --slots: %w", err)
	}
	between, err := measureSteps(c, m, betweens(batches), betweens(contexts))
	if err != nil {
		return err
	}
	profile := budget.Profile{StepTime: stepTime}
	if known := knownProfile(c, m); known != nil {
		profile.Lengths = known.Lengths
	}
	for _, path := range calibrationPaths(c, m) {
		if err := writeProfile(path, profile); err != nil {
			return err
		}
	}
	return writeCalibration(c, stepTime, between)
}

func checkCalibrateFlags(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	if c.String("out") == "-" {
		return usagef("--out -: standard output has the table; name a file for the profile")
	}
	if n := c.Int("slots"); n < 1 || n > maxBenchBatch {
		return usagef("--slots %d is not between 1 and %d", n, maxBenchBatch)
	}
	if n := c.Int("context"); n < 64 || n > maxBenchContext {
		return usagef("--context %d is not between 64 and %d", n, maxBenchContext)
	}
	if s := c.Float64("seconds"); !(s > 0 && s <= maxBenchSeconds) {
		return usagef("--seconds %v is not above 0 and at most %d", s, maxBenchSeconds)
	}
	return nil
}

// calibrationGrid is, of a device, the powers of two up to so many slots, at a short, a middling and the longest context.
func calibrationGrid(slots, context int) (batches, contexts []int) {
	for n := 1; n < slots; n *= 2 {
		batches = append(batches, n)
	}
	return append(batches, slots), slices.Compact([]int{64, max(context/4, 64), context})
}

// betweens are the sizes in the middle between neighbours.
func betweens(sizes []int) []int {
	var out []int
	for i := 1; i < len(sizes); i++ {
		if mid := (sizes[i-1] + sizes[i]) / 2; mid > sizes[i-1] {
			out = append(out, mid)
		}
	}
	if len(out) == 0 {
		return sizes
	}
	return out
}

// passes over the sizes are made, and the median of each kept: a machine that others use too is slow for seconds at a time.
const passes = 5

// measureSteps measures what fits into memory, with a batch of each size on every device at once.
func measureSteps(c *cli.Context, m *openedModel, batches, contexts []int) ([]budget.Step, error) {
	memory, err := m.device.memory()
	if err != nil {
		return nil, err
	}
	plan := planBench(m.Model, batches, contexts, memory)
	bar, _ := newBar(c, int64(passes*len(plan.cells)))
	defer bar.Clear() //nolint:errcheck // what cannot be drawn need not be cleared
	times := make([][]float64, len(plan.cells))
	for range passes {
		decoders := newDecoders(m, plan.capacity)
		for i, cell := range plan.cells {
			bar.Describe(cell.String())
			_ = bar.Add(1)
			step, err := measureAtOnce(c.Context, decoders, cell, seconds(c.Float64("seconds")/passes))
			if err != nil {
				return nil, fmt.Errorf("calibrate %v: %w", cell, err)
			}
			times[i] = append(times[i], step)
		}
	}
	var steps []budget.Step
	for i, cell := range plan.cells {
		slices.Sort(times[i])
		steps = append(steps, budget.Step{
			Time: seconds(times[i][passes/2]), Rows: float64(m.device.count() * cell.Batch),
			Context: float64(m.device.count() * cell.positions()),
		})
	}
	return steps, nil
}

// newDecoders makes one for each device.
func newDecoders(m *openedModel, c model.Capacity) []*decoder {
	var all []*decoder
	for _, m := range m.models {
		all = append(all, newDecoder(m, c))
	}
	return all
}

// measureAtOnce is the seconds of a step, on average, when each of the decoders takes such steps.
func measureAtOnce(ctx context.Context, all []*decoder, c cell, budget time.Duration) (float64, error) {
	side := iter.Mapper[*decoder, benchRow]{MaxGoroutines: len(all)}
	rows, err := side.MapErr(all, func(d **decoder) (benchRow, error) { return (*d).measure(ctx, c, budget, false) })
	sum := 0.0
	for _, row := range rows {
		sum += row.StepMilliseconds / 1e3
	}
	return sum / float64(len(all)), err
}

// calibrationPaths are the files to write.
func calibrationPaths(c *cli.Context, m *openedModel) []string {
	var paths []string
	if kept, err := profilePath(c, m); err != nil {
		say(c.App.ErrWriter, "%v; solve and batch will not find it", err)
	} else if err := os.MkdirAll(filepath.Dir(kept), 0o755); err != nil {
		say(c.App.ErrWriter, "%v; solve and batch will not find it", err)
	} else {
		paths = append(paths, kept)
	}
	if path := c.String("out"); path != "" {
		paths = append(paths, path)
	}
	return paths
}

func writeCalibration(c *cli.Context, m budget.StepTime, measured []budget.Step) error {
	var rows []calibrated
	var errors []float64
	for _, s := range measured {
		r := calibrated{Measured: s.Time.Seconds(), Predicted: m.At(s.Rows, s.Context).Seconds()}
		r.Batch, r.Context = int(s.Rows), int(s.Context/s.Rows)
		r.Error = r.Predicted/r.Measured - 1
		rows, errors = append(rows, r), append(errors, math.Abs(r.Error))
	}
	if c.Bool("json") {
		return json.NewEncoder(c.App.Writer).Encode(struct {
			StepTime budget.StepTime `json:"step_time"`
			Between  []calibrated    `json:"between"`
		}{m, rows})
	}
	var cells [][]string
	for _, r := range rows {
		cells = append(cells, []string{
			fmt.Sprint(r.Batch), fmt.Sprint(r.Context), fmt.Sprintf("%.3f", 1e3*r.Measured),
			fmt.Sprintf("%.3f", 1e3*r.Predicted), fmt.Sprintf("%+.1f%%", 100*r.Error),
		})
	}
	columns := []column{{"batch", right}, {"context", right}, {"measured ms", right}, {"predicted ms", right}, {"error", right}}
	if err := table(c.App.Writer, columns, cells); err != nil {
		return err
	}
	slices.Sort(errors)
	say(c.App.ErrWriter, "errors: median %.1f%%, largest %.1f%%", 100*errors[len(errors)/2], 100*errors[len(errors)-1])
	return nil
}
