package engine

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/sourcegraph/conc"
	"github.com/sourcegraph/conc/panics"
)

// Fleet is engines on devices of their own that serve as one. Each has a copy of the same model, and steps at its own pace;
// their slots add up. A sample does not depend on where it runs.
//
// A sample is placed when it is started: where most slots are free and, among equals, where its prompt has been read. It
// stays there. So a prompt is read on the devices that have samples of it. To read it once more costs a device as many rows as
// it has tokens, mostly fewer than one sample has; a slot that stays empty costs samples.
//
// Its methods are those of an Engine and keep their rules. All may be called from any goroutine.
type Fleet struct {
	events     chan Event
	done       chan struct{} // closed by Close
	close      sync.Once
	goroutines conc.WaitGroup

	mu      sync.Mutex
	members []*member
	placed  map[uint64]place // by ID, until the sample's event has come
}

// member is an engine as the fleet knows it.
type member struct {
	*Engine
	room   int               // slots without a sample; less than 0 if samples wait
	read   map[PromptID]bool // prompts of samples that were placed here
	broken bool
}

// place is where a sample is.
type place struct {
	*member
	leaving bool // it was cancelled: its room is counted as free already
}

// NewFleet joins engines of the same model and options, but for Slots, which nobody else uses. At least one is needed.
func NewFleet(engines ...*Engine) *Fleet {
	f := &Fleet{events: make(chan Event), done: make(chan struct{}), placed: make(map[uint64]place)}
	for _, e := range engines {
		m := &member{Engine: e, room: e.Slots(), read: make(map[PromptID]bool)}
		f.members = append(f.members, m)
		f.goroutines.Go(func() { f.forward(m) })
	}
	return f
}

// Slots is the number of samples that run at once, on all devices together.
func (f *Fleet) Slots() int {
	n := 0
	for _, m := range f.members {
		n += m.Slots()
	}
	return n
}

// Open is Engine.Open. Every engine knows the prompt, and reads it once it has a sample of it.
func (f *Fleet) Open(tokens []int32) (id PromptID, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range f.members {
		if err := m.checkPrompt(tokens); err != nil {
			return 0, fmt.Errorf("open prompt: %w", err)
		}
	}
	for _, m := range f.members { // all open the same ones in the same order, and so give them the same IDs
		if id, err = m.Open(tokens); err != nil {
			return 0, err
		}
	}
	return id, nil
}

// ClosePrompt is Engine.ClosePrompt.
func (f *Fleet) ClosePrompt(id PromptID) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range f.members {
		m.ClosePrompt(id)
		delete(m.read, id)
	}
}

// Start is Engine.Start, but that an ID of a sample that has not ended yet is an error.
func (f *Fleet) Start(r Request) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, used := f.placed[r.ID]; used {
		return fmt.Errorf("start sample %d: a sample of this ID has not ended yet", r.ID)
	}
	m := f.best(r.Prompt)
	if err := m.Start(r); err != nil {
		return err
	}
	f.placed[r.ID] = place{member: m}
	m.room--
	m.read[r.Prompt] = true
	return nil
}

// best is the engine for a sample of the prompt: the first of the best ones.
func (f *Fleet) best(p PromptID) *member {
	return slices.MinFunc(f.members, func(a, b *member) int {
		return cmp.Or(falseFirst(a.broken, b.broken), cmp.Compare(b.room, a.room), falseFirst(!a.read[p], !b.read[p]))
	})
}

func falseFirst(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// Cancel is Engine.Cancel.
func (f *Fleet) Cancel(ids ...uint64) {
	f.each(ids, func(m *member, ids []uint64) {
		for _, id := range ids {
			if p := f.placed[id]; !p.leaving {
				m.room++
				f.placed[id] = place{m, true}
			}
		}
		m.Cancel(ids...)
	})
}

// Land is Engine.Land.
func (f *Fleet) Land(ids ...uint64) {
	f.each(ids, func(m *member, ids []uint64) { m.Land(ids...) })
}

// each passes to every engine the ids of its samples, in their order.
func (f *Fleet) each(ids []uint64, do func(m *member, ids []uint64)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, m := range f.members {
		own := slices.DeleteFunc(slices.Clone(ids), func(id uint64) bool { return f.placed[id].member != m })
		if len(own) > 0 {
			do(m, own)
		}
	}
}

// Events is where samples report their end. Close closes it.
func (f *Fleet) Events() <-chan Event { return f.events }

// forward passes an engine's events on. While nobody reads them they wait there.
func (f *Fleet) forward(m *member) {
	for event := range m.Events() {
		f.ended(m, event)
		select {
		case f.events <- event:
		case <-f.done:
			return
		}
	}
}

// ended frees the room of a sample. An engine that has broken down gets no more samples while there are others: it fails
// them at once, and would for ever have the most room.
func (f *Fleet) ended(m *member, event Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.placed[event.ID].leaving {
		m.room++
	}
	delete(f.placed, event.ID)
	var panicked *panics.ErrRecovered
	m.broken = m.broken || errors.As(event.Err, &panicked)
}

// Stats are the counters of all engines, summed, but for Step, which each has for itself.
func (f *Fleet) Stats() Stats {
	var all Stats
	for _, m := range f.members {
		all.add(m.Stats())
	}
	return all
}

// Close closes the engines.
func (f *Fleet) Close() {
	f.close.Do(func() {
		close(f.done)
		for _, m := range f.members {
			f.goroutines.Go(m.Close)
		}
		f.goroutines.Wait()
		close(f.events)
	})
}
