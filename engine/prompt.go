package engine

import (
	"math"
	"slices"

	"caucus/engine/model"
)

// PromptID names an open prompt.
type PromptID uint64

// prompt is a text that samples continue. Its state, once read, is one token short of it: the last token is every fork's
// own first step, so that each draws its first token with its own random numbers like any other.
type prompt struct {
	tokens   []int32
	seq      model.Sequence
	resident bool // has a slot
	next     int  // place in the queue of the first sample that waits for it; set and read by evict
}

// ready tells whether samples can be forked from it. A prompt of one token always is: there is nothing to read.
func (p *prompt) ready() bool { return p.seq.Len == len(p.tokens)-1 }

// readPrompts spends what is left of the step's chunk on the prompts that the queue needs first.
func (e *Engine) readPrompts(budget int) {
	for _, s := range e.waiting {
		p := s.prompt
		if p.ready() {
			continue
		}
		n := min(budget, len(p.tokens)-1-p.seq.Len)
		if n == 0 || !e.settle(p) || !e.readOn(p, n) {
			return
		}
		budget -= n
	}
}

// settle gives p a slot, if need be that of a prompt that is needed later.
func (e *Engine) settle(p *prompt) bool {
	if p.resident {
		return true
	}
	if len(e.freePromptSlots) == 0 && !e.evict(p) {
		return false
	}
	p.seq.Slot = pop(&e.freePromptSlots)
	p.resident = true
	e.residents = append(e.residents, p)
	return true
}

// readOn adds the next n tokens of p to the batch, if pages for them can be had.
func (e *Engine) readOn(p *prompt, n int) bool {
	for !e.extend(&p.seq, p.tokens, n) {
		if !e.evict(p) {
			return false
		}
	}
	e.stats.Prefilled += n
	return true
}

// evict takes the state of the resident prompt that the queue needs last, if that is later than before; nil stands for
// now. The queue is the future, so that this is Belady's rule: no other choice reads fewer prompts again.
func (e *Engine) evict(before *prompt) bool {
	for _, p := range e.residents {
		p.next = math.MaxInt
	}
	for i, s := range slices.Backward(e.waiting) {
		s.prompt.next = i
	}
	latest := -1
	if before != nil {
		latest = before.next
	}
	var victim *prompt
	for _, p := range e.residents {
		if p.next > latest {
			victim, latest = p, p.next
		}
	}
	if victim == nil {
		return false
	}
	e.unsettle(victim)
	return true
}

// unsettle takes p's slot and pages; forks keep theirs.
func (e *Engine) unsettle(p *prompt) {
	if !p.resident {
		return
	}
	e.state.Release(&p.seq)
	e.freePromptSlots = append(e.freePromptSlots, p.seq.Slot)
	e.residents = slices.DeleteFunc(e.residents, func(r *prompt) bool { return r == p })
	p.resident = false
}

func pop(slots *[]int) int {
	last := len(*slots) - 1
	slot := (*slots)[last]
	*slots = (*slots)[:last]
	return slot
}
