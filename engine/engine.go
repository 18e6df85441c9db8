// Package engine runs many samples of many prompts as one batch.
//
//	e, err := engine.New(m, tokenizer, engine.Options{})
//	prompt, err := e.Open(tokens)
//	err = e.Start(engine.Request{ID: 1, Prompt: prompt, Seed: 7, Params: engine.Params{Temperature: 0.7}})
//	for event := range e.Events() { ... }
//
// [Open] and [Load] read a model and its tokenizer from a checkpoint. A [Fleet] is engines on several devices as one.
//
// The rules:
//
//   - One goroutine owns the loop, the slots and the model's Ops. Calls come to it by queue and take effect before its
//     next step; they never wait for one. All methods may be called from any goroutine.
//   - Every sample that Start took ends in exactly one [Event], unless Close comes first. Events wait in a queue without
//     bound: a slow reader costs memory, a few hundred bytes and the text a sample, and never a step.
//   - A prompt is read once, in chunks beside the running samples, and forked for each of its samples: recurrent states
//     are copied, keys and values shared.
//   - Samples begin in the order of their Start, save that one whose prompt is still being read does not hold up those
//     behind it. A slot that becomes free is taken before the next step.
//   - A sample's tokens depend on the model, its prompt, seed and parameters alone (see [Request]).
//   - A panic in a step ends every sample with its error, and every later one; the program goes on.
package engine

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sourcegraph/conc"
	"github.com/sourcegraph/conc/panics"

	"caucus/engine/model"
	"caucus/kernels"
)

// Tokenizer is what the engine needs of one; *token.Tokenizer is one. It is used by the loop and by New; engines of a Fleet
// use the same one at once.
type Tokenizer interface {
	// Encode returns text's tokens; special recognises the tokens that no ordinary text contains.
	Encode(text string, special bool) []int32
	// Decode returns the tokens' text, special tokens left out.
	Decode(tokens []int32) string
	// EOS returns the tokens that end a text.
	EOS() []int32
}

// Engine is a running batch. Make one with New and end it with Close.
type Engine struct {
	model   *model.Model
	tok     Tokenizer
	opt     Options
	landing landing
	eos     []int32

	calls      *queue[func()] // run by the loop between steps
	outbox     *queue[Event]
	events     chan Event
	done       chan struct{} // closed by Close
	close      sync.Once
	goroutines conc.WaitGroup
	lastPrompt atomic.Uint64
	statsMu    sync.Mutex
	published  Stats

	// What follows belongs to the loop.
	state           *model.State
	prompts         map[PromptID]*prompt
	samples         map[uint64]*sample // by ID, until they end
	waiting         []*sample          // in the order of their start
	running         []*sample          // in the order in which they began
	residents       []*prompt          // prompts with a slot
	freeSlots       []int
	freePromptSlots []int
	broken          error // why no more steps can run
	stats           Stats
	ended           []Event // not yet in the outbox

	batch   model.Batch // the step's work
	drawing []*sample   // who draws from each row of its logits
	how     []kernels.Sampling
	drawn   []kernels.Sampled
}

// New starts an engine on a model, whose Ops it uses alone until Close.
func New(m *model.Model, tok Tokenizer, opt Options) (*Engine, error) {
	opt, err := opt.withDefaults()
	if err != nil {
		return nil, err
	}
	e := &Engine{
		model: m, tok: tok, opt: opt, landing: newLanding(opt.Landing, tok), eos: tok.EOS(),
		calls: newQueue[func()](), outbox: newQueue[Event](), events: make(chan Event), done: make(chan struct{}),
		state:   m.NewState(opt.capacity()),
		prompts: make(map[PromptID]*prompt), samples: make(map[uint64]*sample),
		how: make([]kernels.Sampling, opt.Slots), drawn: make([]kernels.Sampled, opt.Slots),
	}
	e.stats.Engines = 1
	e.published = e.stats
	for i := range opt.Slots {
		e.freeSlots = append(e.freeSlots, opt.Slots-1-i) // slot 0 is handed out first
	}
	for i := range opt.Prompts {
		e.freePromptSlots = append(e.freePromptSlots, opt.Slots+i)
	}
	e.goroutines.Go(e.loop)
	e.goroutines.Go(e.deliver)
	return e, nil
}

// loop runs calls and steps until Close.
func (e *Engine) loop() {
	for {
		e.turn()
		if e.idle() {
			select {
			case <-e.done:
				return
			case <-e.calls.ready:
			}
		}
		select {
		case <-e.done:
			return
		default:
		}
	}
}

// turn runs the calls that have come, and a step if there is anything to do.
func (e *Engine) turn() {
	for _, call := range e.calls.take() {
		e.guard(call)
	}
	e.guard(e.retire)
	if !e.idle() {
		e.guard(e.step)
	}
	e.publish()
}

func (e *Engine) idle() bool { return len(e.running)+len(e.waiting) == 0 }

// guard turns a panic in f into the end of every sample.
func (e *Engine) guard(f func()) {
	if r := panics.Try(f); r != nil {
		e.fail(fmt.Errorf("engine: %w", r.AsError()))
	}
}

// step advances the whole batch by one forward pass.
func (e *Engine) step() {
	begin := time.Now()
	e.schedule()
	logits := e.model.Forward(e.state, &e.batch)
	e.draw(logits)
	e.measure(begin)
	e.retire()
}

// schedule fills the batch: the newest token of every running sample, and a chunk of what else there is to read, of
// samples (landings) before prompts.
func (e *Engine) schedule() {
	e.batch.Reset()
	e.drawing = e.drawing[:0]
	e.admit()
	chunk := e.opt.PrefillChunk
	for i := 0; i < len(e.running); i++ { // readSample may shorten the list
		s := e.running[i]
		n := min(chunk+1, len(s.tokens)-s.seq.Len)
		if e.readSample(s, n) {
			chunk -= n - 1
		}
	}
	e.readPrompts(chunk)
	if len(e.batch.Tokens) == 0 {
		panic(fmt.Sprintf("engine: none of %d samples can run", len(e.running)+len(e.waiting)))
	}
}

// draw samples a token for every row that has logits.
func (e *Engine) draw(logits kernels.View) {
	n := len(e.drawing)
	for i, s := range e.drawing {
		e.how[i] = s.how()
	}
	e.model.Ops.Sample(e.drawn[:n], logits, e.model.Config.Vocab, e.how[:n])
	for i, s := range e.drawing {
		s.accept(e.drawn[i], e.tok, e.eos)
		if s.status == "" && s.drawn == s.LandAfter {
			s.land(&e.landing, e.opt.LandTokens, e.tok)
		}
	}
}

// retire frees the slots of the samples that have ended.
func (e *Engine) retire() {
	ended := func(s *sample) bool {
		if s.status == "" {
			return false
		}
		e.ended = append(e.ended, s.event(e.tok, e.stats.Step))
		delete(e.samples, s.ID)
		return true
	}
	e.waiting = slices.DeleteFunc(e.waiting, ended)
	e.running = slices.DeleteFunc(e.running, func(s *sample) bool {
		if !ended(s) {
			return false
		}
		e.release(s)
		return true
	})
}

// fail ends every sample: after a panic no state can be trusted.
func (e *Engine) fail(err error) {
	e.broken = err
	for _, id := range slices.Sorted(maps.Keys(e.samples)) {
		e.ended = append(e.ended, Event{ID: id, Status: Failed, Err: err, Step: e.stats.Step})
	}
	clear(e.samples)
	e.waiting, e.running = nil, nil
}

// measure counts the step that began at begin.
func (e *Engine) measure(begin time.Time) {
	step := Step{Time: time.Since(begin), Samples: len(e.drawing), Rows: len(e.batch.Tokens)}
	for _, span := range e.batch.Spans {
		step.Context += span.Pos + span.Len
	}
	st := &e.stats
	st.Step = step
	st.Steps++
	st.Drawn += step.Samples
	st.Rows += step.Rows
	st.Context += step.Context
	st.Busy += step.Time
	st.PeakSlots = max(st.PeakSlots, len(e.running)+len(e.residents))
	st.PeakPages = max(st.PeakPages, e.opt.capacity().Pages-e.state.FreePages())
	st.StateBytes = st.PeakSlots*e.model.SlotBytes() + st.PeakPages*e.model.PageBytes()
}

// publish shows what a turn has done: first the counters, then the events that they include.
func (e *Engine) publish() {
	e.stats.Running, e.stats.Waiting = len(e.running), len(e.waiting)
	e.stats.Working = min(len(e.running)+len(e.waiting), 1)
	e.statsMu.Lock()
	e.published = e.stats
	e.statsMu.Unlock()
	for _, event := range e.ended {
		e.outbox.put(event)
	}
	clear(e.ended)
	e.ended = e.ended[:0]
}

// deliver hands out events at the reader's pace.
func (e *Engine) deliver() {
	defer close(e.events)
	for {
		for _, event := range e.outbox.take() {
			select {
			case e.events <- event:
			case <-e.done:
				return
			}
		}
		select {
		case <-e.outbox.ready:
		case <-e.done:
			return
		}
	}
}
