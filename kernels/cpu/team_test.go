package cpu

import (
	"sync/atomic"
	"testing"
	"time"
)

// countTask counts how often each part ran.
type countTask struct{ ran [8]atomic.Int32 }

func (c *countTask) run(part, _ int) { c.ran[part].Add(1) }

func TestTeamRunsEveryPartOnce(t *testing.T) {
	for _, threads := range []int{1, 2, 8} {
		team := newTeam(threads)
		for round := range 300 {
			parts := 1 + round%threads
			var c countTask
			team.run(&c, parts)
			for part := range c.ran {
				want := int32(0)
				if part < parts {
					want = 1
				}
				if n := c.ran[part].Load(); n != want {
					t.Fatalf("%d threads, round %d: part %d of %d ran %d times", threads, round, part, parts, n)
				}
			}
			if round%100 == 99 {
				time.Sleep(3 * parkAfter) // the next round must wake parked workers
			}
		}
		team.close()
	}
}

// meetTask ends only when all of its parts run at the same time.
type meetTask struct{ arrived atomic.Int32 }

func (m *meetTask) run(_, parts int) {
	m.arrived.Add(1)
	for w := (waiter{}); int(m.arrived.Load()) < parts; {
		if w.wait() > 10*time.Second {
			panic("a worker did not take its part")
		}
	}
}

func TestTeamWorkersTakePartsWhileTheCallerIsBusy(t *testing.T) {
	team := newTeam(4)
	defer team.close()
	for range 5 {
		team.run(&meetTask{}, 4)
		time.Sleep(2 * parkAfter)
	}
}

func TestTeamClosesWithWorkersParkedOrNot(t *testing.T) {
	for _, pause := range []time.Duration{0, 3 * parkAfter} {
		team := newTeam(3)
		time.Sleep(pause)
		team.close()
	}
}
