// Package sampling joins budget and engine, so that neither knows the other: it makes a budget.Sampler of an engine, be that
// here or on servers, and of the prompts of some problems.
//
//	s := sampling.New(e, params, prompts, false)
//	report, err := budget.Run(ctx, window, ids, s, policy, options)
//	err = s.Failure()
//	s.Close()
package sampling

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/sourcegraph/conc"

	"caucus/budget"
	"caucus/engine"
)

// Engine is what a Sampler asks of one; *engine.Fleet is one, *engine.Engine, and *remote.Engine.
type Engine interface {
	Start(engine.Request) error
	Cancel(ids ...uint64)
	Land(ids ...uint64)
	Events() <-chan engine.Event
	Slots() int
	Stats() engine.Stats
	Close()
}

// A Prompt is one that is open on an engine.
type Prompt struct {
	ID     engine.PromptID
	Tokens int // 0 if that is not known
}

// Sampler is an engine as budget.Run wants one: problems by their index, and word of the step time while samples run.
type Sampler struct {
	engine  Engine
	params  engine.Params
	prompts []Prompt // of each problem

	events     chan budget.Event
	done       chan struct{}
	goroutines conc.WaitGroup
	ended      atomic.Int64 // samples

	mu    sync.Mutex
	texts map[budget.ID]string // what the samples wrote; nil if nobody will ask
	err   error                // the first sample's that failed
}

var _ budget.Sampler = (*Sampler)(nil)

// New makes a sampler of an engine that serves nobody else until Close. keepTexts keeps what the samples write, for Text.
func New(e Engine, params engine.Params, prompts []Prompt, keepTexts bool) *Sampler {
	s := &Sampler{engine: e, params: params, prompts: prompts, events: make(chan budget.Event), done: make(chan struct{})}
	if keepTexts {
		s.texts = make(map[budget.ID]string)
	}
	s.goroutines.Go(s.forward)
	return s
}

// forward passes the engine's events on, and between them how long its steps take.
func (s *Sampler) forward() {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	var steps pace
	for {
		var event budget.Event
		select {
		case <-s.done:
			return
		case e, open := <-s.engine.Events():
			if !open {
				return
			}
			event = s.translate(e)
		case <-tick.C:
			stats := s.engine.Stats()
			step, made := steps.observe(stats)
			if !made {
				continue
			}
			event = budget.Event{Status: budget.Running, Step: step, Delay: stats.Delay}
		}
		select {
		case <-s.done:
			return
		case s.events <- event:
		}
	}
}

func (s *Sampler) translate(e engine.Event) budget.Event {
	id := sampleOf(e.ID)
	s.ended.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.texts != nil {
		s.texts[id] = e.Text
	}
	if e.Err != nil && s.err == nil {
		s.err = e.Err
	}
	return budget.Event{
		ID: id, Status: budget.Status(e.Status), Text: e.Text, Tokens: e.Tokens, LogProb: e.LogProb,
		TailLogProb: e.TailLogProb, Entropy: e.Entropy, Seconds: e.Seconds,
	}
}

// Slots is the engine's number of them.
func (s *Sampler) Slots() int { return s.engine.Slots() }

// Start begins a sample.
func (s *Sampler) Start(b budget.Sample) {
	err := s.start(b, 0)
	if err == nil {
		return
	}
	s.mu.Lock()
	if s.err == nil {
		s.err = err
	}
	s.mu.Unlock()
	select {
	case <-s.done:
	case s.events <- budget.Event{ID: b.ID, Status: budget.Failed}:
	}
}

// StartLanded begins a sample that lands once it has drawn so many tokens.
func (s *Sampler) StartLanded(b budget.Sample, after int) error { return s.start(b, after) }

func (s *Sampler) start(b budget.Sample, landAfter int) error {
	return s.engine.Start(engine.Request{
		ID: numberOf(b.ID), Prompt: s.prompts[b.Problem].ID, Seed: b.Seed, Params: s.params, LandAfter: landAfter,
	})
}

// Cancel ends samples without an answer.
func (s *Sampler) Cancel(ids []budget.ID) { s.engine.Cancel(numbersOf(ids)...) }

// Land makes samples state their answers.
func (s *Sampler) Land(ids []budget.ID) { s.engine.Land(numbersOf(ids)...) }

// Events tells what became of the samples.
func (s *Sampler) Events() <-chan budget.Event { return s.events }

// Text is what a sample wrote.
func (s *Sampler) Text(id budget.ID) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.texts[id]
}

// Failure is the first error of a sample.
func (s *Sampler) Failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Ended is how many samples have ended.
func (s *Sampler) Ended() int { return int(s.ended.Load()) }

// Prompts are those of the problems.
func (s *Sampler) Prompts() []Prompt { return s.prompts }

// Stats are the engine's.
func (s *Sampler) Stats() engine.Stats { return s.engine.Stats() }

// MeanStep is the mean of all steps so far, if there was one.
func (s *Sampler) MeanStep() (step budget.Step, ok bool) {
	stats := s.engine.Stats()
	if stats.Steps == 0 {
		return step, false
	}
	return stepOf(engine.Stats{}, stats, stats.Steps), true
}

// Troubles says what went wrong on the way to samples, where they have one.
func (s *Sampler) Troubles() []string {
	if t, ok := s.engine.(interface{ Troubles() []string }); ok {
		return t.Troubles()
	}
	return nil
}

// Close closes the engine, after the step that it is in.
func (s *Sampler) Close() {
	close(s.done)
	s.engine.Close()
	s.goroutines.Wait()
}

// numberOf packs a sample's ID into the number by which the engine knows it.
func numberOf(id budget.ID) uint64 { return uint64(id.Problem)<<32 | uint64(uint32(id.Index)) }

func sampleOf(number uint64) budget.ID {
	return budget.ID{Problem: int(number >> 32), Index: int(uint32(number))}
}

func numbersOf(ids []budget.ID) []uint64 {
	numbers := make([]uint64, len(ids))
	for i, id := range ids {
		numbers[i] = numberOf(id)
	}
	return numbers
}
