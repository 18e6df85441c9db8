package engine

import (
	"slices"
	"time"

	"caucus/engine/model"
	"caucus/kernels"
)

// admit gives the free slots to waiting samples whose prompts have been read.
func (e *Engine) admit() {
	for i := 0; i < len(e.waiting) && len(e.freeSlots) > 0; {
		s := e.waiting[i]
		if !s.prompt.ready() {
			i++
			continue
		}
		if !e.hasRoom(s) {
			return // nobody behind it either, or a long sample might wait for ever
		}
		e.waiting = slices.Delete(e.waiting, i, i+1)
		e.begin(s)
	}
}

// hasRoom tells whether the free pages suffice for s and for one more of every running sample, after taking the pages of
// prompts that are needed later than its own. Without that reserve a sample could push out the one before it.
func (e *Engine) hasRoom(s *sample) bool {
	shared := s.prompt.seq.Len / kernels.PageLen
	need := model.PagesFor(len(s.tokens)+1) - shared + len(e.running)
	for e.state.FreePages() < need {
		if !e.evict(s.prompt) {
			return false
		}
	}
	return true
}

// begin forks s from its prompt.
func (e *Engine) begin(s *sample) {
	s.seq.Slot = pop(&e.freeSlots)
	e.state.Fork(&s.seq, &s.prompt.seq)
	if s.began.IsZero() {
		s.began = time.Now()
	}
	e.running = append(e.running, s)
	e.stats.Forked++
}

// readSample adds the next n tokens of s to the batch, and its draw if they are its last. If pages run out it takes those
// of prompts, then those of the samples that began last; it reports false if s itself had to give way.
func (e *Engine) readSample(s *sample, n int) bool {
	for !e.extend(&s.seq, s.tokens, n) {
		if e.evict(nil) {
			continue
		}
		last := e.running[len(e.running)-1]
		e.preempt(last)
		if last == s {
			return false
		}
	}
	if s.seq.Len == len(s.tokens) {
		e.batch.Logits = append(e.batch.Logits, len(e.batch.Tokens)-1)
		e.drawing = append(e.drawing, s)
	}
	return true
}

// preempt sends the sample that began last back to the head of the queue. It keeps its tokens and its random numbers: it
// will read the former again and go on as if nothing had happened.
func (e *Engine) preempt(s *sample) {
	e.release(s)
	e.running = e.running[:len(e.running)-1]
	e.waiting = slices.Insert(e.waiting, 0, s)
}

// extend adds the next n of tokens, which q continues to read, to the batch. It reports false if pages are lacking.
func (e *Engine) extend(q *model.Sequence, tokens []int32, n int) bool {
	from := q.Len
	span, ok := e.state.Extend(q, len(e.batch.Tokens), n)
	if !ok {
		return false
	}
	e.batch.Spans = append(e.batch.Spans, span)
	e.batch.Tokens = append(e.batch.Tokens, tokens[from:from+n]...)
	return true
}

// release frees the slot and the pages of a running sample.
func (e *Engine) release(s *sample) {
	e.state.Release(&s.seq)
	e.freeSlots = append(e.freeSlots, s.seq.Slot)
}
