package main

import (
	"encoding/binary"
	"slices"
	"sync"

	"caucus/engine"
)

// openPrompts are the prompts that a server has open on an engine. Requests with one prompt share it, so that it is read once and
// forked for each of them, and the newest are kept for those that come later: clients that vote ask the same again and again.
type openPrompts struct {
	engine *engine.Fleet
	most   int // that are kept without any request

	mu    sync.Mutex
	byKey map[string]*openPrompt
	byID  map[engine.PromptID]*openPrompt
	idle  []*openPrompt // without any request, the one that has been so for longest first
}

type openPrompt struct {
	id   engine.PromptID
	key  string
	used int // requests
}

func newOpenPrompts(e *engine.Fleet, most int) *openPrompts {
	return &openPrompts{engine: e, most: most, byKey: make(map[string]*openPrompt), byID: make(map[engine.PromptID]*openPrompt)}
}

// open returns the prompt of some tokens. Give it back with close.
func (o *openPrompts) open(tokens []int32) (engine.PromptID, error) {
	key := make([]byte, 0, 4*len(tokens))
	for _, t := range tokens {
		key = binary.LittleEndian.AppendUint32(key, uint32(t))
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if p := o.byKey[string(key)]; p != nil {
		if p.used++; p.used == 1 {
			o.idle = without(o.idle, p)
		}
		return p.id, nil
	}
	id, err := o.engine.Open(tokens)
	if err != nil {
		return 0, err
	}
	p := &openPrompt{id: id, key: string(key), used: 1}
	o.byKey[p.key], o.byID[id] = p, p
	return id, nil
}

// close says that a request needs its prompt no more.
func (o *openPrompts) close(id engine.PromptID) {
	o.mu.Lock()
	defer o.mu.Unlock()
	p := o.byID[id]
	if p.used--; p.used > 0 {
		return
	}
	o.idle = append(o.idle, p)
	if len(o.idle) > o.most {
		oldest := o.idle[0]
		o.idle = o.idle[1:]
		delete(o.byKey, oldest.key)
		delete(o.byID, oldest.id)
		o.engine.ClosePrompt(oldest.id)
	}
}

func without(all []*openPrompt, p *openPrompt) []*openPrompt {
	return slices.DeleteFunc(all, func(q *openPrompt) bool { return q == p })
}
