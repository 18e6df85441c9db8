package budget

import (
	"math"
	"time"
)

// What landing takes besides its tokens, and when a sample is too late to begin.
const (
	landMargin    = 8                     // steps: reading the landing's text, and steps that grow slower
	longAnswers   = 8                     // one sample in so many has one
	minReserve    = 50 * time.Millisecond // scheduling and reading answers, when steps are quick
	minTokens     = 16                    // that a sample should have before it is landed
	firstTokens   = 8                     // ... and the first of its problem, for which a hasty answer is better than none
	worthQuantile = 0.1                   // of the lengths: so many samples should be able to end by themselves
	priorTokens   = 64                    // of a sample, while nothing is known
	priorSamples  = 2                     // of the pool, that a problem's own lengths are mixed with
	replan        = 1.1                   // plan again when so much more is known, or the speed has changed so much
	mostEnd       = 0.8                   // of the samples that end at all should do so in their time
	profileWeight = 50                    // samples that an earlier run's lengths count for
)

// A pace is what a run knows about the engine's speed and the samples' lengths.
type pace struct {
	guess      time.Duration // of a step, before any is known
	landTokens int

	stepTime StepTime
	speed    float64 // of late, the time of a step by its prediction
	slowness float64 // the same, but it rises at once and falls slowly, so that a landing is rather early than late
	step     Step    // the newest
	stepAt   time.Time
	delay    time.Duration // before a landing's first step

	lengths     Lengths
	pool        effort // of all problems
	longer      survival
	short, long float64 // lengths that few samples do not reach, and that most do not exceed
	stopped     float64 // samples, of all problems
	planned     bool
	plannedWith struct{ stopped, speed float64 }
}

func newPace(o Options, begin time.Time) pace {
	p := pace{guess: o.Step, landTokens: o.LandTokens, speed: 1, slowness: 1, stepAt: begin}
	if o.Profile != nil {
		p.stepTime, p.lengths = o.Profile.StepTime.clone(), o.Profile.Lengths
		p.lengths.fade(profileWeight)
		p.pool.tokens, p.pool.ended, p.stopped = p.lengths.Tokens, p.lengths.Ended, p.lengths.Ended
	}
	return p
}

// observe learns how fast steps are.
func (p *pace) observe(e Event, now time.Time) {
	if e.Delay > 0 {
		p.delay = e.Delay
	}
	s := e.Step
	if s.Time <= 0 || s.Count <= p.step.Count {
		return
	}
	if s.Rows <= 0 {
		s.Rows = 1 // a sampler that tells nothing but the time
	}
	predicted := p.stepTime.At(s.Rows, s.Context)
	if predicted > 0 {
		ratio := s.Time.Seconds() / predicted.Seconds()
		if p.step.Count == 0 {
			p.speed, p.slowness = ratio, ratio
		}
		p.speed += (ratio - p.speed) / 10
		p.slowness = max(ratio, (9*p.slowness+ratio)/10)
	}
	p.stepTime.Observe(s)
	if learnt := p.stepTime.At(s.Rows, s.Context); predicted > 0 && learnt > 0 {
		f := predicted.Seconds() / learnt.Seconds() // what has been learnt is no matter of the speed any more
		p.speed *= f
		p.slowness *= f
	} else {
		p.speed, p.slowness = 1, 1
	}
	p.step, p.stepAt = s, now
}

// at is the time of a step with so many samples, of the context that they have of late.
func (p *pace) at(samples int) time.Duration {
	if !p.stepTime.Known() {
		return p.guess
	}
	rows := float64(max(samples, 1))
	context := 0.0
	if p.step.Rows > 0 {
		context = p.step.Context / p.step.Rows * rows
	}
	return time.Duration(p.speed * float64(p.stepTime.At(rows, context)))
}

// slow is at, as slow as steps were of late.
func (p *pace) slow(samples int) time.Duration {
	return time.Duration(float64(p.at(samples)) * p.slowness / p.speed)
}

// steps is how many steps the sampler has made.
func (p *pace) steps(now time.Time) float64 {
	if p.step.Count == 0 {
		return 0
	}
	return float64(p.step.Count) + now.Sub(p.stepAt).Seconds()/p.step.Time.Seconds()
}

// age is how many tokens a running sample has drawn that began at a step: one a step.
func (p *pace) age(start float64, now time.Time) float64 { return math.Max(p.steps(now)-start, 0) }

// ended takes out a sample that has ended, and learns its length.
func (p *pace) ended(own *effort, start float64, o Outcome) {
	for _, e := range []*effort{own, &p.pool} {
		e.running--
		e.starts -= start
	}
	p.learn(own, o)
}

// learn learns the length of a sample.
func (p *pace) learn(own *effort, o Outcome) {
	tokens, finished := float64(max(o.Tokens, 0)), o.Status == Finished
	for _, e := range []*effort{own, &p.pool} {
		e.tokens += tokens
		if finished {
			e.ended++
		}
	}
	p.lengths.add(tokens, finished)
	p.stopped++
}

// launched counts a sample that begins at a step.
func (p *pace) launched(own *effort, start float64) {
	for _, e := range []*effort{own, &p.pool} {
		e.running++
		e.starts += start
	}
}

// mean is the tokens of all samples for each that ended: the mean length, were it the same however long a sample is
// already. The running ones are in it, or the short samples, which end first, would pass for all.
func (p *pace) mean(step float64) float64 {
	return (p.pool.total(step) + priorTokens) / (p.pool.ended + 1)
}

// reserve is how long before the deadline landing begins. It is at most half of the time for sampling, so that a short
// one is not all landing.
func (p *pace) reserve(live int, sampling time.Duration) time.Duration {
	return min(max(p.delay+landMargin*p.slow(live)+p.landingTime(live), minReserve), sampling/2)
}

// landingTime is how long it takes so many samples to state their answers. Most are short: half of the steps are taken to
// be of all samples, and the other half of the few with long answers.
func (p *pace) landingTime(live int) time.Duration {
	half := time.Duration(p.landTokens) / 2
	return (time.Duration(p.landTokens)-half)*p.slow(live) + half*p.slow(live/longAnswers)
}

// landable is how many of n samples can be landed in time, in half of the most steps: what does not land by the deadline is
// lost, and so is what is given up before, so that one slow moment is no reason to. If not even one can, it is as many as
// are about as quick as one.
func (p *pace) landable(n int, left time.Duration) int {
	if p.step.Count == 0 || n == 0 {
		return n
	}
	limit := 2 * max(left-p.delay, 0) / time.Duration(p.landTokens)
	if one := p.at(1); one > limit {
		limit = one + one/10
	}
	for n > 1 && p.at(n) > limit {
		n--
	}
	return n
}

// planDue reports whether so much has been learnt that a new plan is worth it.
func (p *pace) planDue() bool {
	if !p.stepTime.Known() || p.stopped == 0 {
		return false
	}
	ratio := p.speed / p.plannedWith.speed
	return !p.planned || p.stopped > replan*p.plannedWith.stopped || ratio > replan || ratio < 1/replan
}

// plan estimates the lengths, with those of the running samples.
func (p *pace) plan(running []float64) {
	p.longer = p.lengths.survival(running)
	p.short, p.long = p.longer.quantile(worthQuantile), p.longer.quantile(mostEnd)
	p.planned = true
	p.plannedWith.stopped, p.plannedWith.speed = p.stopped, p.speed
}

// width is how many slots to use when samples have so much time. More samples at once make steps slower, and so shorter
// samples: it is the number that gives the most votes, where further votes count less, since they come from the problems
// with the shortest samples. Once most samples end, fewer slots are not tried.
func (p *pace) width(slots int, sampling time.Duration) int {
	if !p.planned {
		return slots
	}
	tokens := func(n int) float64 { return sampling.Seconds() / p.at(n).Seconds() }
	best, most := slots, 0.0
	for n := slots; n >= 1; n /= 2 {
		if v := math.Sqrt(float64(n)) * p.longer.votes(tokens(n)); v > most {
			best, most = n, v
		}
		if p.longer.finished(tokens(n)) >= mostEnd {
			break
		}
	}
	return best
}

// sample is the time that most samples take, in a batch of so many; 0 if unknown.
func (p *pace) sample(live int) time.Duration {
	if !p.planned {
		return 0
	}
	return time.Duration(p.long * float64(p.at(live)))
}

// worthwhile is the tokens that a new sample must be able to draw to be worth its slot, when it is expected to take so
// many and all together take mean.
func (p *pace) worthwhile(expected, mean float64) float64 {
	if !p.planned {
		return minTokens
	}
	return max(minTokens, p.short*expected/mean)
}

// profile is what a later run may know beforehand.
func (p *pace) profile() Profile { return Profile{p.stepTime.clone(), p.lengths} }
