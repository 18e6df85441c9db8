package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/urfave/cli/v2"

	"caucus/budget/ledger"
	"caucus/engine/replay"
)

// recordedRun is what a replay needs of a ledger.
type recordedRun struct {
	run     ledger.Run
	session ledger.Session // that says how fast the machine was
	window  time.Duration  // that the run was begun with
	uniform bool           // its samples are a fair draw
	samples *replay.Recording
}

// openRecording reads a ledger, of the problems whose id is wanted, or, with nil, of all. It says what is missing.
func openRecording(c *cli.Context, path string, wanted func(id string) bool) (r recordedRun, err error) {
	l, err := ledger.OpenReader(path)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	var begun bool
	if r.run, begun, err = l.Run(); err != nil {
		return r, err
	}
	if !begun {
		return r, fmt.Errorf("%s holds no run yet; caucus batch --ledger writes one", path)
	}
	sessions, err := l.Sessions()
	if err != nil {
		return r, err
	}
	r.session, r.window, r.uniform = telling(sessions), sessions[0].Budget, uniformly(sessions)
	if r.samples, err = replay.ReadLedger(l, wanted); err != nil {
		return r, fmt.Errorf("replay %s: %w", path, err)
	}
	if len(r.samples.IDs()) < 2 {
		return r, fmt.Errorf("replay %s: it has one problem to judge by, which has no spread; record two or more", path)
	}
	r.sayWhatIsMissing(c)
	return r, nil
}

// telling is the newest session that says how long steps took, or, if none does, the newest.
func telling(sessions []ledger.Session) ledger.Session {
	for _, s := range slices.Backward(sessions) {
		if s.Profile.StepTime.Known() {
			return s
		}
	}
	return sessions[len(sessions)-1]
}

// uniformly reports whether all samples were drawn by the policy uniform. Others stop where votes agree, so that what they
// have drawn is no fair sample of a problem.
func uniformly(sessions []ledger.Session) bool {
	return !slices.ContainsFunc(sessions, func(s ledger.Session) bool { return s.Policy != "uniform" })
}

func (r *recordedRun) sayWhatIsMissing(c *cli.Context) {
	if n := r.samples.LeftOut(); n > 0 {
		say(c.App.ErrWriter, "left out %s without a reference answer or without a finished sample", counted(n, "problem"))
	}
	if !r.uniform {
		say(c.App.ErrWriter, "the recording's policy stopped where votes agreed, which makes a replay too sure; --policy uniform does not")
	}
	if !r.samples.Lands() {
		say(c.App.ErrWriter, "the recording knows no landed samples, so those have no answer here, and short windows look worse "+
			"than they are; a recording that sweep makes of the problems has some")
	}
}

// sizes are the least and the largest number of samples of a problem.
func (r *recordedRun) sizes() (least, most int) {
	for i := range r.samples.IDs() {
		n := r.samples.Samples(i)
		if i == 0 || n < least {
			least = n
		}
		most = max(most, n)
	}
	return least, most
}

// playOf plays the recording on its own machine, or on that of --step-model, with the slots and samples of the flags or, if
// they are not set, its own.
func (r *recordedRun) playOf(c *cli.Context) (*replay.Play, error) {
	least, most := r.sizes()
	p := &replay.Play{
		Source: r.samples, Profile: r.session.Profile, Begun: r.session.Begun, Slots: r.session.Slots, Samples: most,
		LandTokens: landTokens(r.run), Stream: c.Bool("stream"), Seed: c.Uint64("seed"),
	}
	if weight, err := strconv.ParseFloat(r.run.Settings["landed-weight"], 64); err == nil {
		p.LandedDiscount = 1 - weight
	}
	if c.IsSet("slots") {
		p.Slots = c.Int("slots")
	}
	if c.IsSet("samples") {
		p.Samples = c.Int("samples")
	}
	if least < p.Samples {
		say(c.App.ErrWriter, "some problems have only %s recorded; where more are asked for, they are drawn again", counted(least, "sample"))
	}
	profile, err := stepModel(c)
	if err != nil {
		return nil, err
	}
	if profile != nil {
		p.Profile.StepTime = profile.StepTime
	}
	if !p.Profile.StepTime.Known() {
		return nil, errors.New("the ledger does not say how long steps took, since its run was cut off early; --step-model FILE does")
	}
	return p, nil
}
