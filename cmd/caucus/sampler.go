package main

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/sourcegraph/conc"

	"caucus/budget"
	"caucus/engine"
)

// sampler is the engines as budget.Run wants one: problems by their index, and word of the step time while samples run.
type sampler struct {
	engine  *engine.Fleet
	params  engine.Params
	prompts []engine.PromptID // of each problem
	lengths []int             // of those, in tokens

	events     chan budget.Event
	done       chan struct{}
	goroutines conc.WaitGroup
	ended      atomic.Int64 // samples

	mu    sync.Mutex
	texts map[budget.ID]string // what the samples wrote; nil if nobody will ask
	err   error                // the first sample's that failed
}

var _ budget.Sampler = (*sampler)(nil)

// newSampler opens the prompts on fresh engines, which it closes. keepTexts keeps what the samples write, for text.
func newSampler(m *openedModel, e *engine.Fleet, params engine.Params, statements []string, keepTexts bool) (*sampler, error) {
	s := &sampler{
		engine: e, params: params, events: make(chan budget.Event), done: make(chan struct{}),
	}
	if keepTexts {
		s.texts = make(map[budget.ID]string)
	}
	for _, statement := range statements {
		tokens, err := m.prompt(statement)
		if err == nil {
			var id engine.PromptID
			id, err = e.Open(tokens)
			s.prompts, s.lengths = append(s.prompts, id), append(s.lengths, len(tokens))
		}
		if err != nil {
			e.Close()
			return nil, err
		}
	}
	s.goroutines.Go(s.forward)
	return s, nil
}

// forward passes the engines' events on, and between them how long its steps take.
func (s *sampler) forward() {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	steps := pace{devices: s.engine.Size()}
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
			step, made := steps.observe(s.engine.Stats())
			if !made {
				continue
			}
			event = budget.Event{Status: budget.Running, Step: step}
		}
		select {
		case <-s.done:
			return
		case s.events <- event:
		}
	}
}

func (s *sampler) translate(e engine.Event) budget.Event {
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

func (s *sampler) Slots() int { return s.engine.Slots() }

func (s *sampler) Start(b budget.Sample) {
	err := s.engine.Start(engine.Request{ID: numberOf(b.ID), Prompt: s.prompts[b.Problem], Seed: b.Seed, Params: s.params})
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

func (s *sampler) Cancel(ids []budget.ID) { s.engine.Cancel(numbersOf(ids)...) }

func (s *sampler) Land(ids []budget.ID) { s.engine.Land(numbersOf(ids)...) }

func (s *sampler) Events() <-chan budget.Event { return s.events }

// text is what a sample wrote.
func (s *sampler) text(id budget.ID) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.texts[id]
}

// failure is the first error of a sample.
func (s *sampler) failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// close ends the engines after their current steps.
func (s *sampler) close() {
	close(s.done)
	s.engine.Close()
	s.goroutines.Wait()
}

// numberOf packs a sample's ID into the number by which the engines know it.
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
