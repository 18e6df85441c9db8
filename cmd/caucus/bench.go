package main

import (
	"fmt"
	"time"

	"github.com/urfave/cli/v2"
)

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
		Description: "A step draws one token for every sample of a batch, each of which has keys and values of its own.\n" +
			"The bound is the time of a step's arithmetic at the peak of the processor or GPU, or of its memory traffic at\n" +
			"the bandwidth of the cache or memory that holds so much, whichever is longer; both are measured, too.\n" +
			randomHelp,
		Flags: append(modelFlags(),
			&cli.IntSliceFlag{Name: "batch", Value: cli.NewIntSlice(1, 8, 32, 64, 128, 256),
				Usage: "measure batches of `N,...` samples"},
			&cli.IntSliceFlag{Name: "context", Value: cli.NewIntSlice(128, 512, 2048, 4096),
				Usage: "let every sample have read `N,...` tokens"},
			&cli.Float64Flag{Name: "seconds", Value: 1, Usage: "measure each batch at each context for `S` seconds"},
			&cli.BoolFlag{Name: "profile", Usage: "also tell what share of a step each operation takes, in as many seconds again"},
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
	defer m.close()
	memory, err := m.device.memory()
	if err != nil {
		return err
	}
	plan := planBench(m.Model, c.IntSlice("batch"), c.IntSlice("context"), memory)
	for _, l := range plan.leftOut {
		say(c.App.ErrWriter, "left out %v: it would take %.1f GiB, more than the %.1f that may be taken here", l.cell,
			l.Bytes/(1<<30), memory/(1<<30))
	}
	if len(plan.cells) == 0 {
		return fmt.Errorf("bench: nothing fits into memory; try a smaller --batch or --context, or other --weights")
	}
	here := measureMachine(m.Model.Ops)
	report := newBenchReport(m, here, plan)
	if report.Rows, err = benchRows(c, m, here, plan); err != nil {
		return err
	}
	return report.write(c)
}

func checkBenchFlags(c *cli.Context) error {
	if err := noArguments(c); err != nil {
		return err
	}
	d, err := readDevice(c)
	if err != nil {
		return err
	}
	if d.count() > 1 {
		return usagef("--device %s: bench measures one device at a time", c.String("device"))
	}
	for _, batch := range c.IntSlice("batch") {
		if batch < 1 || batch > maxBenchBatch {
			return usagef("--batch %d is not between 1 and %d", batch, maxBenchBatch)
		}
	}
	for _, context := range c.IntSlice("context") {
		if context < 1 || context > maxBenchContext {
			return usagef("--context %d is not between 1 and %d", context, maxBenchContext)
		}
	}
	if s := c.Float64("seconds"); !(s > 0 && s <= maxBenchSeconds) {
		return usagef("--seconds %v is not above 0 and at most %d", s, maxBenchSeconds)
	}
	return nil
}

// benchRows measures the cells of a plan.
func benchRows(c *cli.Context, m *openedModel, here *machine, plan benchPlan) ([]benchRow, error) {
	d := newDecoder(m.Model, plan.capacity)
	budget := time.Duration(c.Float64("seconds") * float64(time.Second))
	bar, _ := newBar(c, int64(len(plan.cells)))
	defer bar.Clear() //nolint:errcheck // what cannot be drawn need not be cleared
	var rows []benchRow
	for i, cell := range plan.cells {
		bar.Describe(cell.String())
		_ = bar.Set(i)
		row, err := d.measure(c.Context, cell, budget, c.Bool("profile"))
		if err != nil {
			return nil, fmt.Errorf("bench %v: %w", cell, err)
		}
		row.judge(m.Model.StepCost(cell.Batch, cell.positions()), here)
		row.traffic(m.Model.StepCosts(cell.Batch, cell.positions()))
		rows = append(rows, row)
	}
	return rows, nil
}
