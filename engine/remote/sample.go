package remote

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sourcegraph/conc/panics"

	"caucus/engine"
	"caucus/engine/internal/network"
)

// What a text lacks to be landed, if nobody has said: a reasoning is ended first where the text shows that there is one.
const (
	thinkOpening   = "<think>\n"
	thinkClosing   = "\n</think>\n\n"
	answerOpening  = "The final answer is \\boxed{"
	landingPlain   = "\n\n" + answerOpening
	landingThought = thinkClosing + answerOpening
)

// sample is a Request that is drawn by one goroutine. Two contexts stop it: one that Land ends, in which it is drawn, and
// around that one that Cancel ends, in which it is landed.
type sample struct {
	engine.Request
	number uint64 // of the engine's samples, as they were started
	e      *Engine
	prompt Prompt

	life        context.Context
	cancel      context.CancelFunc
	drawing     context.Context
	stopDrawing context.CancelCauseFunc

	at    *place    // nil if it has none
	speed float64   // of its stream there
	began time.Time // with its first token
	drawn
}

// drawn is what a stream has brought.
type drawn struct {
	text      []byte
	tokens    int
	logProbs  []float32
	unknown   bool // some of those were not told
	reasoning bool // the text is in a reasoning that the server has taken out
	finish    string
}

func newSample(e *Engine, r engine.Request, number uint64, p Prompt) *sample {
	s := &sample{Request: r, number: number, e: e, prompt: p}
	s.life, s.cancel = context.WithCancel(e.ctx)
	s.drawing, s.stopDrawing = context.WithCancelCause(s.life)
	return s
}

// run is the sample's whole life.
func (s *sample) run() {
	var event engine.Event
	if r := panics.Try(func() { event = s.draw() }); r != nil {
		event = engine.Event{Status: engine.Failed, Err: fmt.Errorf("remote engine: %w", r.AsError())}
	}
	s.leave()
	s.cancel()
	event.ID = s.ID
	if !s.began.IsZero() {
		event.Seconds = time.Since(s.began).Seconds()
	}
	s.e.end(s, event)
}

// draw draws the sample, and lands it if it is told to.
func (s *sample) draw() engine.Event {
	most := s.Params.MaxTokens
	if most == 0 {
		most = s.e.opt.MaxTokens
	}
	err := s.persist(s.drawing, stream{prompt: s.prompt, most: most, ask: s.parameters(most)})
	if err != nil && s.life.Err() == nil && errors.Is(context.Cause(s.drawing), errLand) {
		return s.land()
	}
	return s.ended(err, engine.Finished)
}

// ended is what a stream has come to; whole is that of one that nothing has cut short.
func (s *sample) ended(err error, whole engine.Status) engine.Event {
	switch {
	case s.life.Err() != nil:
		return s.event(engine.Cancelled, nil)
	case err != nil:
		return s.event(engine.Failed, err)
	case s.finish == "length":
		return s.event(engine.Truncated, nil)
	}
	return s.event(whole, nil)
}

// parameters are the request's own.
func (s *sample) parameters(most int) ask {
	p := s.Params
	return ask{
		Model: s.e.opt.Model, MaxTokens: most, Temperature: p.Temperature, TopP: p.TopP, TopK: p.TopK, MinP: p.MinP, Stop: p.Stop,
		Seed: s.Seed & (1<<s.e.opt.SeedBits - 1),
	}
}

// land makes the sample state its answer: a request that goes on behind its text and what that lacks. It is greedy, as in
// package engine: the reasoning was the draw, the answer is read off it.
func (s *sample) land() engine.Event {
	if s.tokens == 0 {
		return s.event(engine.Cancelled, nil)
	}
	lacks, box := engine.Closing(s.landing(), string(s.text))
	s.text = append(s.text, lacks...)
	if engine.BoxClosed(box) {
		return s.event(engine.Landed, nil)
	}
	before := s.copy()
	err := s.persist(s.life, stream{
		prompt: s.prompt.continued(string(before.text)), most: s.e.opt.LandTokens, box: box, landing: true, before: &before,
		ask: ask{Model: s.e.opt.Model, MaxTokens: s.e.opt.LandTokens, Seed: s.Seed & (1<<s.e.opt.SeedBits - 1)},
	})
	return s.ended(err, engine.Landed)
}

// landing is the text that makes it answer.
func (s *sample) landing() string {
	switch {
	case s.e.opt.Landing != "":
		return s.e.opt.Landing
	case strings.Contains(string(s.text), strings.TrimSpace(thinkOpening)):
		return landingThought
	}
	return landingPlain
}

// continued is a prompt with what has been written as its answer so far.
func (p Prompt) continued(text string) Prompt {
	if p.Messages == nil {
		return Prompt{Text: p.Text + text}
	}
	messages := p.Messages
	if p.Continues {
		last := messages[len(messages)-1]
		text = last.Content + text
		messages = messages[:len(messages)-1]
	}
	return Prompt{Messages: append(messages[:len(messages):len(messages)], Message{"assistant", text}), Continues: true}
}

// persist tries until a stream has come to its end, or fails for good, or ctx ends.
func (s *sample) persist(ctx context.Context, st stream) error {
	for failures := 0; ; failures++ {
		if s.at == nil {
			var err error
			if s.at, err = s.e.pool.place(ctx, s.number); err != nil {
				return err
			}
		}
		err := s.receive(ctx, &st)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err() // it keeps its place, for the landing
		}
		s.e.pool.failed(s.at, err)
		url := s.at.url
		s.leave()
		if isFinal(err) || s.Watch != nil && s.tokens > 0 { // whoever watches has seen its beginning
			return fmt.Errorf("%s: %w", url, err)
		}
		if err := network.Pause(ctx, backoff(failures)); err != nil {
			return err
		}
	}
}

// leave gives the place back, if it has one.
func (s *sample) leave() {
	if s.at != nil {
		s.e.pool.leave(s.at, s.speed)
		s.at, s.speed = nil, 0
	}
}

// event says how the sample ended.
func (s *sample) event(status engine.Status, err error) engine.Event {
	e := engine.Event{Status: status, Text: string(s.text), Tokens: s.tokens, Err: err}
	if n := len(s.logProbs); n > 0 && !s.unknown {
		sum := 0.0
		for _, p := range s.logProbs {
			sum += float64(p)
		}
		e.LogProb, e.TailLogProb = sum/float64(n), engine.TailLogProb(s.logProbs)
	}
	return e
}

// copy is what has been drawn so far, to which more can be added.
func (d *drawn) copy() drawn {
	c := *d
	c.text, c.logProbs, c.finish = slices.Clone(d.text), slices.Clone(d.logProbs), ""
	return c
}
