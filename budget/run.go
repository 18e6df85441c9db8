// Package budget spends a window of wall-clock time on problems: it decides which problem gets the next sample, when a
// problem is decided, when running samples must land, and it is back with the answers at the deadline.
//
//	policy, err := budget.NewUniform(budget.StopRule{})
//	report, err := budget.Run(ctx, budget.Open(10*time.Second), ids, sampler, policy, budget.Options{Seed: 1})
//
// Words:
//
//   - The window is the time that a run may use; its end is the deadline T.
//   - Landing: a reserve before T, running samples are told to state their answer at once. No sample begins after that.
//     If the window is too short for the landing of all, some are cancelled: a few votes are better than none.
//   - A slot is room for one running sample. A Policy says which problem gets the next free one.
//   - A problem is decided when its Policy says that its votes need no more samples. Its running samples are cancelled.
//
// Rules:
//
//   - Run returns by T, whatever the Sampler does: calls to it are made on a goroutine of their own, an event that never
//     comes is not waited for, and an answer's reading is bounded (package answer).
//   - Decisions count samples in launch order: the longest run of ended samples from the first on. Short samples end
//     first, and deciding on whichever came in would favour the answers that are quick to write. The price is that a
//     straggler holds a decision up, until it ends or lands.
//   - The votes of a decided problem are those that decided it; later ones are in Result.Samples only. So its answer is
//     a function of the samples, not of their speed. A problem that is undecided when landing begins counts every vote.
//   - A sample's seed is a function of the run's seed, the problem's id and the sample's index.
//   - A sample that fails, is cancelled, is truncated or states no answer abstains.
package budget

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"caucus/answer"
)

// Grace is how long a cancelled run waits for its samples to land.
const Grace = 500 * time.Millisecond

// Run spends the window on the problems with these ids and reports by its end, or as soon as nothing is worth another
// sample. When ctx is cancelled, it lands what is running and reports within Grace.
//
// With an error from the Sampler, the report still holds what is known.
func Run(ctx context.Context, w Window, ids []string, s Sampler, p Policy, o Options) (Report, error) {
	o, err := o.withDefaults()
	if err != nil {
		return Report{}, err
	}
	if err := check(w, ids, s.Slots()); err != nil {
		return Report{}, err
	}
	r := &run{window: w, begin: time.Now(), policy: p, options: o, sampler: s, free: s.Slots(), pace: newPace(o)}
	for _, id := range ids {
		r.ballots = append(r.ballots, &ballot{id: id})
	}
	r.courier = newCourier()
	err = r.loop(ctx)
	r.stop(err)
	r.courier.close()
	return r.report(), err
}

func check(w Window, ids []string, slots int) error {
	if !w.End.After(w.Start) {
		return fmt.Errorf("budget: the window is %v long, want more than 0", w.End.Sub(w.Start))
	}
	if len(ids) == 0 {
		return errors.New("budget: there are no problems")
	}
	if slots < 1 {
		return fmt.Errorf("budget: the sampler has %d slots, want at least 1", slots)
	}
	seen := make(map[string]bool, len(ids))
	for _, id := range ids {
		if seen[id] {
			return fmt.Errorf("budget: two problems have the id %q; they would get the same samples", id)
		}
		seen[id] = true
	}
	return nil
}

// run is the state of one Run. Only its loop touches it.
type run struct {
	window  Window
	begin   time.Time // of sampling: what came before, such as loading a model, has spent its part of the window
	policy  Policy
	options Options
	sampler Sampler
	courier *courier

	ballots     []*ballot
	free        int // slots
	live        int // samples
	pace        pace
	landing     bool
	interrupted bool
}

// loop is the run: every turn starts what can be started and then waits for one thing to happen. A turn is short, and
// each begins with the deadline.
func (r *run) loop(ctx context.Context) error {
	events, cancelled := r.sampler.Events(), ctx.Done()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		now := time.Now()
		if ctx.Err() != nil && !r.interrupted {
			r.interrupt(now)
			cancelled = nil
		}
		if !now.Before(r.window.End) {
			return nil
		}
		if !now.Before(r.landingTime()) {
			r.land(now)
		}
		if !r.landing {
			r.fill(now)
		}
		if r.live == 0 {
			return nil
		}
		timer.Reset(r.nextDeadline().Sub(now))
		select {
		case e, open := <-events:
			if !open {
				return fmt.Errorf("budget: the sampler stopped with %d samples running", r.live)
			}
			r.take(e)
		case err := <-r.courier.failed:
			return fmt.Errorf("budget: the sampler failed with %d samples running: %w", r.live, err)
		case <-timer.C:
		case <-cancelled:
		}
	}
}

func (r *run) landingTime() time.Time {
	return r.window.End.Add(-r.pace.reserve(r.window.End.Sub(r.begin)))
}

func (r *run) nextDeadline() time.Time {
	if r.landing {
		return r.window.End
	}
	return r.landingTime()
}

// fill gives the free slots to the problems that the policy names.
func (r *run) fill(now time.Time) {
	late := r.late(now)
	standings := r.standings(late)
	for r.free > 0 {
		problem, ok := r.policy.Next(standings)
		if !ok {
			return
		}
		r.start(problem)
		standings[problem].Started++
		standings[problem].Running++
		standings[problem].Closed = late
	}
}

// late reports whether a new sample would have to land before it is worth its slot. The first half of the time before
// landing is never late, however short the window.
func (r *run) late(now time.Time) bool {
	landing := r.landingTime()
	return landing.Sub(now) < min(r.pace.worthwhile(), landing.Sub(r.begin)/2)
}

// standings is what the policy may choose from. Late in the window, only problems without any sample are open: for
// them a hasty answer is better than none.
func (r *run) standings(late bool) []Standing {
	standings := make([]Standing, len(r.ballots))
	for i, b := range r.ballots {
		standings[i] = b.standing()
		standings[i].Closed = b.decided || late && len(b.samples) > 0
	}
	return standings
}

func (r *run) start(problem int) {
	b := r.ballots[problem]
	index := len(b.samples)
	sample := Sample{ID: ID{problem, index}, Seed: Seed(r.options.Seed, b.id, index)}
	b.samples = append(b.samples, Outcome{Status: Running})
	b.live++
	r.live++
	r.free--
	r.courier.do(func() { r.sampler.Start(sample) })
}

// take counts an ended sample, and cancels the rest of its problem if that decides it. Events of samples that do not run,
// such as the last word of a cancelled one, are passed over.
func (r *run) take(e Event) {
	r.pace.observe(e)
	b := r.running(e.ID)
	if b == nil || e.Status == Running {
		return
	}
	b.samples[e.Index] = outcome(e)
	b.live--
	r.release(1)
	if r.landing {
		return // every vote counts now, at the end
	}
	if b.count(r.policy); b.decided {
		b.seconds = time.Since(r.window.Start).Seconds()
		r.cancel(b.runningIDs(e.Problem))
	}
}

// running is the ballot of a running sample, or nil.
func (r *run) running(id ID) *ballot {
	if id.Problem < 0 || id.Problem >= len(r.ballots) {
		return nil
	}
	b := r.ballots[id.Problem]
	if id.Index < 0 || id.Index >= len(b.samples) || b.samples[id.Index].Status != Running {
		return nil
	}
	return b
}

func (r *run) release(samples int) {
	r.live -= samples
	r.free += samples
}

func (r *run) cancel(ids []ID) {
	if len(ids) == 0 {
		return
	}
	for _, id := range ids {
		b := r.ballots[id.Problem]
		b.samples[id.Index].Status = Cancelled
		b.live--
	}
	r.release(len(ids))
	r.courier.do(func() { r.sampler.Cancel(ids) })
}

// land makes the running samples state their answers, once. Those that began last give way if the time that is left is
// too short for all.
func (r *run) land(now time.Time) {
	if r.landing {
		return
	}
	r.landing = true
	ids := r.allRunning()
	slices.SortStableFunc(ids, func(a, b ID) int { return a.Index - b.Index }) // the first of every problem first
	room := r.pace.landable(len(ids), r.window.End.Sub(now))
	r.cancel(ids[room:])
	if ids = ids[:room]; room > 0 {
		r.courier.do(func() { r.sampler.Land(ids) })
	}
}

// interrupt ends the window early.
func (r *run) interrupt(now time.Time) {
	r.interrupted = true
	if end := now.Add(Grace); end.Before(r.window.End) {
		r.window.End = end
	}
	r.land(now)
}

// stop ends what still runs and counts the votes of the undecided.
func (r *run) stop(err error) {
	ids := r.allRunning()
	r.cancel(ids)
	if err != nil {
		for _, id := range ids {
			r.ballots[id.Problem].samples[id.Index].Status = Failed
		}
	}
	for _, b := range r.ballots {
		if !b.decided {
			b.countAll()
			b.seconds = time.Since(r.window.Start).Seconds()
		}
	}
}

func (r *run) allRunning() []ID {
	var ids []ID
	for i, b := range r.ballots {
		ids = append(ids, b.runningIDs(i)...)
	}
	return ids
}

// outcome reads the answer that an ended sample states.
func outcome(e Event) Outcome {
	o := Outcome{Status: e.Status, Tokens: e.Tokens, LogProb: e.LogProb, Entropy: e.Entropy, Seconds: e.Seconds}
	switch e.Status {
	case Finished, Landed:
		if a, ok := answer.Extract(e.Text); ok && a.Level > answer.LastNumber {
			if v, ok := answer.Read(a); ok {
				o.Answer, o.Key, o.value = a.Text, v.Key(), v
			}
		}
	case Truncated, Cancelled, Failed:
	default:
		o.Status = Failed
	}
	return o
}
