// Package budget spends a window of wall-clock time on problems: it decides which problem gets the next sample, when a
// problem is decided, when running samples must land, and it is back with the answers at the deadline.
//
//	policy, err := budget.ParsePolicy("voi", 64)
//	report, err := budget.Run(ctx, budget.Open(10*time.Second), ids, sampler, policy, budget.Options{Seed: 1})
//
// Words:
//
//   - The window is the time that a run may use; its end is the deadline T.
//   - Landing: a reserve before T, running samples are told to state their answer at once. No sample begins after that.
//     If the window is too short for the landing of all, some are cancelled: a few votes are better than none.
//   - A slot is room for one running sample. A Policy says which problem gets the next free one.
//   - A problem is decided when its Policy says that its votes need no more samples. Its running samples are cancelled.
//   - A problem is settled when its answer is final: it is decided, or its time is over and its samples have ended.
//   - A Timed policy promises each problem a time of its own, after which its samples are landed.
//
// Rules:
//
//   - Run returns by T, whatever the Sampler does: calls to it are made on a goroutine of their own, an event that never
//     comes is not waited for, and answers are read on a goroutine of their own too.
//   - Decisions count samples in launch order: the longest run of ended samples from the first on. Short samples end
//     first, and deciding on whichever came in would favour the answers that are quick to write. The price is that a
//     straggler holds a decision up, until it ends or lands.
//   - The votes of a decided problem are those that decided it; later ones are in Result.Samples only. So its answer is
//     a function of the samples, not of their speed, unless some were landed. A problem that is undecided when landing
//     begins counts every vote.
//   - Promised time never exceeds the time that is left: what begun problems may yet take, and what is kept for each of
//     the others, is at most the time to the deadline. What a Timed policy asks for beyond that it does not get.
//   - More samples at once make each of them slower. When few could end in the time that is left, fewer slots are used, but
//     for the first samples of problems: a landed answer is better than none.
//   - A sample's seed is a function of the run's seed, the problem's id and the sample's index.
//   - A sample that fails, is cancelled, is truncated or states no answer abstains.
package budget

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Grace is how long a cancelled run waits for its samples to land.
const Grace = 500 * time.Millisecond

// Run spends the window on the problems with these ids and reports by its end, or as soon as nothing is worth another
// sample. When ctx is cancelled, it lands what is running and reports within Grace.
//
// With an error from the Sampler, the report still holds what is known.
func Run(ctx context.Context, w Window, ids []string, s Sampler, p Policy, o Options) (Report, error) {
	r, err := newRun(w, time.Now(), ids, s.Slots(), p, o)
	if err != nil {
		return Report{}, err
	}
	d := newLive(ctx, s, r.options.Observer, ReadAnswer)
	defer d.close()
	return r.spend(d)
}

func newRun(w Window, begin time.Time, ids []string, slots int, p Policy, o Options) (*run, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	if err := check(w, ids, slots); err != nil {
		return nil, err
	}
	r := &run{
		window: w, begin: begin, policy: p, options: o, slots: slots, width: slots, pace: newPace(o, begin),
		ballots:   make([]*ballot, len(ids)),
		standings: make([]Standing, len(ids)), view: View{Total: len(ids)}, clock: fairClock{at: begin},
	}
	r.timed, _ = p.(Timed)
	for i, id := range ids {
		r.ballots[i] = &ballot{id: id, problem: i, standing: &r.standings[i], weigh: o.weight}
	}
	r.show(0)
	return r, nil
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
	timed   Timed // the policy, if it is one
	options Options
	driver  driver

	ballots     []*ballot
	standings   []Standing // of all problems; kept up to date by the ballots
	fresh       Standing   // that of one without a sample
	view        View       // what the policy sees
	slots       int
	width       int           // of the slots are used
	planned     time.Duration // that samples have, as the width was chosen
	live        int           // samples
	begun       int           // problems
	clock       fairClock
	promises    []*ballot // begun and unsettled problems of a Timed policy
	kept        float64   // seconds that are promised to each problem that has not begun
	pace        pace
	use         use
	landing     bool
	interrupted bool
}

// spend runs the loop and reports.
func (r *run) spend(d driver) (Report, error) {
	r.driver = d
	err := r.loop()
	r.stop(err)
	return r.report(), err
}

// loop is the run: every turn starts what can be started and then waits for one thing to happen. A turn is short, and
// each begins with the deadline.
func (r *run) loop() error {
	r.recallAll()
	for {
		now := r.driver.now()
		if !r.interrupted && r.driver.interrupted() {
			r.interrupt(now)
		}
		if !now.Before(r.window.End) {
			return nil
		}
		if !now.Before(r.landingTime()) {
			r.land(now)
		}
		r.clock.advance(now, r.live)
		r.expire(now)
		if !r.landing {
			r.fill(now)
		}
		if r.live == 0 {
			return nil
		}
		r.use.note(now, r)
		e, ok, err := r.driver.wait(r.nextDeadline(now))
		if err != nil {
			return fmt.Errorf("budget: the sampler stopped with %d samples running: %w", r.live, err)
		}
		if ok {
			r.take(e)
		}
	}
}

func (r *run) landingTime() time.Time {
	return r.window.End.Add(-r.pace.reserve(r.live, r.window.End.Sub(r.begin)))
}

// nextDeadline is when the run has to act even if nothing happens.
func (r *run) nextDeadline(now time.Time) time.Time {
	if r.landing {
		return r.window.End
	}
	next := r.landingTime() // which may have passed: samples that have just begun make steps slower
	for _, b := range r.promises {
		due := b.overdue
		if !b.expired {
			due = r.landingOf(now, b)
		}
		if due.Before(next) {
			next = due
		}
	}
	if next.Before(now) {
		return now
	}
	return next
}

// fill gives the free slots to the problems that the policy names. Beyond the width, only those that have no sample yet
// get one: a first vote, if only a landed one, is worth more than a further one elsewhere.
func (r *run) fill(now time.Time) {
	r.setWidth(now)
	if r.live >= r.slots {
		return
	}
	r.look(now)
	for r.live < r.slots {
		problem, ok := r.policy.Next(r.view)
		if !ok || r.live >= r.width && r.view.Problems[problem].Started > 0 {
			return
		}
		r.start(now, problem)
	}
}

// start begins the next sample of a problem, or recalls it.
func (r *run) start(now time.Time, problem int) {
	b := r.ballots[problem]
	r.show(problem + 1)
	if r.recall(b) {
		r.count(b)
		b.standing.Closed = b.standing.Closed || b.decided
		return
	}
	r.beginProblem(now, b)
	id := ID{problem, len(b.samples)}
	l := launch{step: r.pace.steps(now), at: now, seed: Seed(r.options.Seed, b.id, id.Index)}
	r.pace.launched(&b.effort, l.step)
	b.launch(l)
	r.setLive(now, r.live+1)
	b.share.run(&r.clock, b.standing.Running)
	r.driver.start(Sample{id, l.seed})
}

// beginProblem promises a problem its time, if that is still to be done.
func (r *run) beginProblem(now time.Time, b *ballot) {
	if b.begun {
		return
	}
	b.begun = true
	r.begun++
	if r.timed != nil {
		r.promise(now, b.problem)
		r.setWidth(now)
	}
}

// take counts an ended sample, and cancels the rest of its problem if that decides it. Events of samples that do not run,
// such as the last word of a cancelled one, are passed over.
func (r *run) take(e Event) {
	now := r.driver.now()
	r.pace.observe(e, now)
	b := r.ballotOf(e.ID)
	if b == nil || e.Status == Running {
		return
	}
	o := outcome(e)
	if o.Status == Truncated && (r.landing || b.expired) {
		o.Status = Landed // without an answer: it was cut off, and not at the end of what it may draw
	}
	r.pace.ended(&b.effort, b.launches[e.Index].step, o)
	r.setLive(now, r.live-1)
	r.end(b, e.ID, o, e.Text)
	r.count(b)
}

// count adds the votes that have come to a problem.
func (r *run) count(b *ballot) {
	b.count(r.policy)
	r.conclude(b)
}

// conclude cancels the other samples of a problem that is decided, and settles it.
func (r *run) conclude(b *ballot) {
	now := r.driver.now()
	if b.decided && !b.settled {
		running := b.runningIDs()
		r.note(now, Decided, b.problem, len(running))
		r.cancel(running)
	}
	r.settle(b, now)
}

// settle makes the answer of a problem final, if it is.
func (r *run) settle(b *ballot, now time.Time) {
	over := (b.expired || r.landing) && b.standing.Running == 0
	if b.settled || !b.decided && !over {
		return
	}
	if !b.decided {
		b.countAll()
	}
	b.settled = true
	if !b.begun { // all that it has was recalled: no time is kept for it
		b.begun = true
		r.begun++
	}
	b.seconds = now.Sub(r.window.Start).Seconds()
	r.driver.settled(b.problem, b.result())
}

// ballotOf is the ballot of a running sample, or nil.
func (r *run) ballotOf(id ID) *ballot {
	if id.Problem < 0 || id.Problem >= len(r.ballots) {
		return nil
	}
	b := r.ballots[id.Problem]
	if id.Index < 0 || id.Index >= len(b.samples) || b.samples[id.Index].Status != Running {
		return nil
	}
	return b
}

func (r *run) cancel(ids []ID) { r.drop(ids, Cancelled) }

// drop ends running samples without an answer.
func (r *run) drop(ids []ID, status Status) {
	if len(ids) == 0 {
		return
	}
	now := r.driver.now()
	for _, id := range ids {
		b := r.ballots[id.Problem]
		o := Outcome{Status: status, Tokens: int(r.pace.age(b.launches[id.Index].step, now))}
		r.pace.ended(&b.effort, b.launches[id.Index].step, o)
		o.Tokens = 0 // nobody has counted them
		r.setLive(now, r.live-1)
		r.end(b, id, o, "")
	}
	r.driver.cancel(ids)
}

// end records what became of a sample.
func (r *run) end(b *ballot, id ID, o Outcome, text string) {
	b.end(id.Index, o)
	b.share.run(&r.clock, b.standing.Running)
	l := b.launches[id.Index]
	r.driver.ended(Record{Sample: Sample{id, l.seed}, Outcome: o, Text: text, Started: l.at, Ended: r.driver.now()})
}

// note tells of a decision.
func (r *run) note(now time.Time, kind DecisionKind, problem, samples int) {
	r.driver.decided(Decision{At: now, Kind: kind, Problem: problem, Samples: samples})
}

// setLive changes the number of running samples.
func (r *run) setLive(now time.Time, live int) {
	r.clock.advance(now, r.live)
	r.live = live
}

// land ends the starting of samples and makes those that run state their answers. Those that began last give way if the
// time that is left is too short for all.
func (r *run) land(now time.Time) {
	if r.landing {
		return
	}
	r.landing = true
	ids := r.allRunning()
	slices.SortStableFunc(ids, func(a, b ID) int { return a.Index - b.Index }) // the first of every problem first
	room := r.pace.landable(len(ids), r.window.End.Sub(now))
	r.note(now, GivenUp, -1, len(ids)-room)
	r.cancel(ids[room:])
	r.note(now, Landing, -1, room)
	r.landAll(ids[:room])
	r.settleAll(now)
}

// landAll lands samples, but for those that have been told when their problem's time was over.
func (r *run) landAll(ids []ID) {
	ids = slices.DeleteFunc(ids, func(id ID) bool { return r.ballots[id.Problem].expired })
	if len(ids) > 0 {
		r.driver.land(ids)
	}
}

// interrupt ends the window early.
func (r *run) interrupt(now time.Time) {
	r.interrupted = true
	r.note(now, Interrupted, -1, r.live)
	if end := now.Add(Grace); end.Before(r.window.End) {
		r.window.End = end
	}
	r.land(now)
}

// stop ends what still runs and settles what is not.
func (r *run) stop(err error) {
	now := r.driver.now()
	r.use.note(now, r)
	r.landing = true
	status := Cancelled
	if err != nil {
		status = Failed
	}
	r.drop(r.allRunning(), status)
	r.settleAll(now)
}

func (r *run) settleAll(now time.Time) {
	for _, b := range r.ballots {
		r.settle(b, now)
	}
}

func (r *run) allRunning() []ID {
	var ids []ID
	for _, b := range r.shown() {
		ids = append(ids, b.runningIDs()...)
	}
	return ids
}
