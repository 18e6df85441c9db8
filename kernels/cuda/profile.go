//go:build cuda

package cuda

import (
	"slices"

	"caucus/kernels"
)

// Mark says to which operation further launches belong: the names in a profile.
func (o *ops) Mark(operation string) { o.list.operation = operation }

// LaunchTimes measures the launches of the last step, which must be like the one before it, by operation and kernel; step is
// the time of all of them in a graph. Those of a kernel are repeated in a graph of their own, one behind the other, and an empty
// kernel's time is subtracted for each launch. So what the step takes beyond their sum are the gaps between launches, and data
// that a cache still has in the one and no more in the other. It all runs for real: afterwards states hold nonsense.
func (o *ops) LaunchTimes() (times []kernels.LaunchTime, step float64) {
	launches := slices.Clone(o.list.ran)
	var groups [][]launch
	for _, l := range launches {
		i := slices.IndexFunc(groups, func(g []launch) bool { return g[0].kernel == l.kernel && g[0].operation == l.operation })
		if i < 0 {
			i, groups = len(groups), append(groups, nil)
		}
		groups[i] = append(groups[i], l)
	}
	none, err := o.device.kernel("peak_empty", 0)
	ok(err)
	empty := o.replayTime(1, func() error { return o.stream.launch(none, dim{}, dim{}, 0) })
	for _, g := range groups {
		together := o.replayTime(len(g), func() error { return o.put(g) })
		times = append(times, kernels.LaunchTime{Operation: g[0].operation, Kernel: g[0].kernel.String(), Launches: len(g),
			Seconds: max(0, together-float64(len(g))*empty)})
	}
	return times, o.replayTime(len(launches), func() error { return o.put(launches) })
}

// replayTime is the median time of n launches that put puts on the stream, in a graph that has them as often as takes a while.
func (o *ops) replayTime(n int, put func() error) float64 {
	const (
		least = 32 // launches of a graph
		tries = 3
	)
	repeats := blocks(least, n)
	g, err := o.stream.capture("a profile", func() error {
		for range repeats {
			if err := put(); err != nil {
				return err
			}
		}
		return nil
	})
	ok(err)
	defer func() { ok(g.close()) }()
	var times []float64
	for range tries {
		times = append(times, o.elapsed(func() error { return o.stream.replay(g) })/float64(repeats))
	}
	slices.Sort(times)
	return times[tries/2]
}
