package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"iter"
	"time"

	"caucus/engine/model"
	"caucus/kernels"
)

// launcher is an Ops whose operations add launches to a list, which a GPU runs later.
type launcher interface {
	// Mark says to which operation further launches belong.
	Mark(operation string)
	// LaunchTimes measures the launches of the last step, by operation and kernel, and all of them together. States hold
	// nonsense afterwards.
	LaunchTimes() (launches []kernels.LaunchTime, together float64)
}

// gaps is the time of a step's launches that none of them takes by itself.
const gaps = "gaps"

// launchTime is what one kernel takes of a step in one operation.
type launchTime struct {
	Operation    string  `json:"operation"`
	Kernel       string  `json:"kernel"`
	Launches     int     `json:"launches"`
	Milliseconds float64 `json:"ms"` // all launches
	Share        float64 `json:"share"`
	// OperationGBPS is how fast the operation, with all its kernels, goes through its weights, states, keys and values.
	OperationGBPS float64 `json:"operation_gb_per_s,omitempty"`
}

// profileLaunches takes marked steps, of which the last one's launches are then measured by themselves. What the step takes
// beyond them is the rest: work of the host, and its way to the GPU and back.
func (d *decoder) profileLaunches(ctx context.Context, budget time.Duration, gpu launcher, row *benchRow) error {
	enter := func(operation string) (leave func()) {
		gpu.Mark(operation)
		return func() { gpu.Mark("") }
	}
	defer d.watch(enter)()
	step, err := medianTime(ctx, budget, d.timeStep)
	if err != nil {
		return err
	}
	launches, together := gpu.LaunchTimes()
	row.share(launches, together, step.Seconds())
	return nil
}

// share enters launches that take so many seconds together, of a step.
func (r *benchRow) share(launches []kernels.LaunchTime, together, step float64) {
	total := max(step, together)
	r.Profile = map[string]float64{gaps: together / total, rest: 1 - together/total}
	for _, l := range launches {
		t := launchTime{Operation: cmp.Or(l.Operation, rest), Kernel: l.Kernel, Launches: l.Launches,
			Milliseconds: 1e3 * l.Seconds, Share: l.Seconds / total}
		r.Launches = append(r.Launches, t)
		r.Profile[t.Operation] += t.Share
		r.Profile[gaps] -= t.Share
	}
}

// traffic enters the rates of operations, of which costs tell the bytes.
func (r *benchRow) traffic(costs iter.Seq2[model.Role, model.Cost]) {
	bytes, milliseconds := map[string]float64{}, map[string]float64{}
	for role, c := range costs {
		bytes[string(role)] += c.Bytes
	}
	for _, l := range r.Launches {
		milliseconds[l.Operation] += l.Milliseconds
	}
	for i := range r.Launches {
		l := &r.Launches[i]
		if ms := milliseconds[l.Operation]; ms > 0 {
			l.OperationGBPS = bytes[l.Operation] / 1e6 / ms
		}
	}
}

// onGPU tells whether there are launches.
func (r *benchReport) onGPU() bool { return len(r.Rows) > 0 && r.Rows[0].Launches != nil }

// launchTable shows them, a kernel of an operation a row.
func (r *benchReport) launchTable(w io.Writer) error {
	columns := []column{{"context", right}, {"batch", right}, {"operation", left}, {"kernel", left}, {"launches", right},
		{"ms", right}, {"of the step", right}, {"GB/s of the operation", right}}
	var rows [][]string
	for _, row := range r.Rows {
		for _, l := range row.Launches {
			rate := "-"
			if l.OperationGBPS > 0 {
				rate = fmt.Sprintf("%.1f", l.OperationGBPS)
			}
			rows = append(rows, []string{fmt.Sprint(row.Context), fmt.Sprint(row.Batch), l.Operation, l.Kernel,
				fmt.Sprint(l.Launches), fmt.Sprintf("%.4f", l.Milliseconds), fmt.Sprintf("%.1f %%", 100*l.Share), rate})
		}
	}
	return table(w, columns, rows)
}
