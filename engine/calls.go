package engine

import (
	"errors"
	"fmt"
	"slices"

	"caucus/engine/model"
)

// ErrClosed is the error of calls after Close.
var ErrClosed = errors.New("the engine is closed")

// Open makes tokens a prompt that samples can continue. It is read when the first of them needs it.
func (e *Engine) Open(tokens []int32) (PromptID, error) {
	if err := e.checkPrompt(tokens); err != nil {
		return 0, fmt.Errorf("open prompt: %w", err)
	}
	id := PromptID(e.lastPrompt.Add(1))
	p := &prompt{tokens: slices.Clone(tokens)}
	return id, e.call(func() { e.prompts[id] = p })
}

func (e *Engine) checkPrompt(tokens []int32) error {
	vocab := e.model.Config.Vocab
	if len(tokens) == 0 {
		return errors.New("it has no tokens")
	}
	for i, t := range tokens {
		if t < 0 || int(t) >= vocab {
			return fmt.Errorf("token %d is %d, but the model has %d", i, t, vocab)
		}
	}
	longest := len(tokens) + e.opt.MaxTokens + len(e.landing.whole) + e.opt.LandTokens
	if have := e.opt.capacity().Pages; model.PagesFor(longest)+1 > have { // one more: a fork's copy of the last page
		return fmt.Errorf("its %d tokens and a sample need %d KV pages, more than all %d; "+
			"have fewer tokens a sample, or more pages",
			len(tokens), model.PagesFor(longest)+1, have)
	}
	return nil
}

// ClosePrompt forgets a prompt. Samples that were started from it still run.
func (e *Engine) ClosePrompt(id PromptID) {
	_ = e.call(func() {
		if p := e.prompts[id]; p != nil {
			e.unsettle(p)
			delete(e.prompts, id)
		}
	})
}

// Start puts a sample in the queue. Its outcome, even an unknown prompt's or a broken engine's, comes as an Event; the
// error is for parameters out of range and a closed engine.
func (e *Engine) Start(r Request) error {
	if err := r.Params.Check(e.opt.MaxTokens); err != nil {
		return fmt.Errorf("start sample %d: %w", r.ID, err)
	}
	if r.LandAfter < 0 {
		return fmt.Errorf("start sample %d: it is to land after %d tokens, want 0 or more", r.ID, r.LandAfter)
	}
	r.Params.Stop = slices.Clone(r.Params.Stop)
	if err := e.call(func() { e.start(r) }); err != nil {
		return fmt.Errorf("start sample %d: %w", r.ID, err)
	}
	return nil
}

func (e *Engine) start(r Request) {
	refuse := func(err error) {
		err = fmt.Errorf("start sample %d: %w", r.ID, err)
		e.ended = append(e.ended, Event{ID: r.ID, Status: Failed, Err: err, Step: e.stats.Step})
	}
	p := e.prompts[r.Prompt]
	switch {
	case e.broken != nil:
		refuse(e.broken)
	case p == nil:
		refuse(fmt.Errorf("prompt %d is not open", r.Prompt))
	case e.samples[r.ID] != nil:
		refuse(errors.New("a sample of this ID has not ended yet"))
	default:
		s := newSample(r, p, e.opt.MaxTokens)
		e.samples[r.ID] = s
		e.waiting = append(e.waiting, s)
	}
}

// Cancel ends samples where they are. IDs of samples that have ended are ignored, here and in Land.
func (e *Engine) Cancel(ids ...uint64) {
	e.each(ids, func(s *sample) { s.end(Cancelled) })
}

// Land makes running samples answer now, within Options.LandTokens: each that still reasons gets the landing's text, each
// that is past its reasoning the part that it lacks. Samples that have not begun are cancelled.
func (e *Engine) Land(ids ...uint64) {
	e.each(ids, func(s *sample) {
		if s.began.IsZero() {
			s.end(Cancelled)
		} else {
			s.land(&e.landing, e.opt.LandTokens, e.tok)
		}
	})
}

// each runs do on the samples of these IDs that have not ended.
func (e *Engine) each(ids []uint64, do func(*sample)) {
	ids = slices.Clone(ids)
	_ = e.call(func() {
		for _, id := range ids {
			if s := e.samples[id]; s != nil && s.status == "" {
				do(s)
			}
		}
	})
}

// Events is where samples report their end. Close closes it.
func (e *Engine) Events() <-chan Event { return e.events }

// Slots is the number of samples that run at once.
func (e *Engine) Slots() int { return e.opt.Slots }

// Stats returns the counters as of the newest step. They include every sample whose event has been received.
func (e *Engine) Stats() Stats {
	e.statsMu.Lock()
	defer e.statsMu.Unlock()
	return e.published
}

// Close ends the loop after the step that it is in and waits for that. Samples that have not ended, and events that have
// not been received, are dropped. The model and its Ops are the caller's again.
func (e *Engine) Close() {
	e.close.Do(func() { close(e.done) })
	e.goroutines.Wait()
}

// call has the loop run f before its next step.
func (e *Engine) call(f func()) error {
	select {
	case <-e.done:
		return ErrClosed
	default:
		e.calls.put(f)
		return nil
	}
}
