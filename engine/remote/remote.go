// Package remote draws samples on servers with OpenAI's interface: vLLM, SGLang, llama.cpp, a router in front of many, or
// caucus serve. To its callers it is an engine like package engine's.
//
//	e, err := remote.New(remote.Options{URLs: urls, Model: "M1-3B", Slots: 256})
//	prompt := e.Open(remote.Prompt{Messages: []remote.Message{{Role: "user", Content: "What is 2+2?"}}})
//	err = e.Start(engine.Request{ID: 1, Prompt: prompt, Seed: 7, Params: engine.Params{Temperature: 0.7}})
//	for event := range e.Events() { ... }
//
// The rules:
//
//   - A sample is one streamed request. Cancelling a sample closes its stream, which is how servers are told.
//   - Landing closes the stream and asks for the continuation of the text so far, with the landing's text behind it; a server
//     that caches prefixes reads only that. It keeps the place that the sample had on its server.
//   - A sample goes to the server with the fewest samples for its speed (pool.go). How many a server runs at once is found
//     out: more while it takes them, half as many when it refuses (endpoint.go).
//   - Where Options.Hedge is set, a stream that does not begin in that time is asked for on a second server, too (hedge.go).
//   - What fails and may not fail again is tried again after a pause that chance has a part in, from the beginning and with
//     the same seed, until it succeeds or is cancelled. A server that fails again and again is left alone for a while.
//   - Every sample that Start took ends in exactly one event, unless Close comes first.
//   - The key is in the Authorization header and nowhere else; not in errors, either.
package remote

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/sourcegraph/conc"

	"caucus/engine"
)

// Options say where samples are drawn, and how. A zero field means its default.
type Options struct {
	URLs       []string // of the servers, as ParseURL returns them; at least one
	Model      string   // its name there
	Key        Key      // none
	Slots      int      // the most requests at once, on all servers together (64)
	MaxTokens  int      // the most tokens of a sample (8192)
	Landing    string   // engine.Options.Landing (what suits the text that is landed)
	LandTokens int      // engine.Options.LandTokens (24)
	SeedBits   int      // of a sample's seed that servers take, from the lowest on (31)

	// Stall is how long a stream that has begun may bring nothing before it is given up (10s). How long it may take to begin
	// is not bounded: a server may have others to serve first.
	Stall time.Duration

	// Hedge is how long a stream may take to begin before another server, if one has room, is asked for the same. The one that
	// begins first is kept (0: nothing is asked for twice).
	Hedge time.Duration
}

func (o Options) withDefaults() (Options, error) {
	if len(o.URLs) == 0 {
		return o, errors.New("remote engine: there are no servers; name one with its URL")
	}
	o.Slots = cmp.Or(o.Slots, 64)
	o.MaxTokens = cmp.Or(o.MaxTokens, 8192)
	o.LandTokens = cmp.Or(o.LandTokens, 24)
	o.SeedBits = cmp.Or(o.SeedBits, 31)
	o.Stall = cmp.Or(o.Stall, 10*time.Second)
	if o.Slots < 1 || o.MaxTokens < 1 || o.LandTokens < 1 || o.SeedBits < 1 || o.SeedBits > 64 {
		return o, fmt.Errorf("remote engine: %d slots, %d and %d tokens, seeds of %d bits, want 1 or more of each",
			o.Slots, o.MaxTokens, o.LandTokens, o.SeedBits)
	}
	if o.Hedge < 0 {
		return o, fmt.Errorf("remote engine: a second server is asked after %v, want 0 or more", o.Hedge)
	}
	return o, nil
}

// newTransport keeps a connection a sample. Proxies and certificates are those of the environment.
func newTransport(connections int) *http.Transport {
	dialer := net.Dialer{Timeout: 5 * time.Second}
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: dialer.DialContext, TLSHandshakeTimeout: 5 * time.Second,
		MaxIdleConnsPerHost: connections, IdleConnTimeout: 30 * time.Second, DisableCompression: true,
		WriteBufferSize: 2 << 10,
	}
}

// A Message of a conversation.
type Message struct {
	Role    string `json:"role"`
	Content string `json:"content"`
}

// A Prompt is a conversation, or, without one, a text to be completed.
type Prompt struct {
	Messages []Message
	Text     string
	// Continues says that the last message is the assistant's own and to be continued.
	Continues bool
}

// Engine draws samples. Make one with New and end it with Close.
type Engine struct {
	opt        Options
	http       http.Client
	pool       *pool
	meter      meter
	ctx        context.Context
	stop       context.CancelFunc
	events     chan engine.Event
	goroutines conc.WaitGroup

	mu         sync.Mutex
	closed     bool
	started    uint64
	lastPrompt engine.PromptID
	prompts    map[engine.PromptID]Prompt
	samples    map[uint64]*sample // that have not ended
}

// New makes an engine. It asks the servers nothing yet.
func New(o Options) (*Engine, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	e := &Engine{
		opt: o, http: newClient(o.Slots), events: make(chan engine.Event),
		pool: newPool(o.URLs, o.Slots), prompts: make(map[engine.PromptID]Prompt), samples: make(map[uint64]*sample),
	}
	e.ctx, e.stop = context.WithCancel(context.Background())
	return e, nil
}

// newClient follows no redirects: they would lead prompts and the key to a server that nobody has named.
func newClient(connections int) http.Client {
	return http.Client{
		Transport:     newTransport(connections),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Open makes a prompt one that samples can continue.
func (e *Engine) Open(p Prompt) engine.PromptID {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.lastPrompt++
	e.prompts[e.lastPrompt] = p
	return e.lastPrompt
}

// ClosePrompt forgets a prompt. Samples that were started from it still run.
func (e *Engine) ClosePrompt(id engine.PromptID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.prompts, id)
}

// Start draws a sample, as soon as a server has room for it. Its outcome comes as an event; the error is for parameters
// out of range, an unknown prompt and a closed engine.
func (e *Engine) Start(r engine.Request) error {
	if err := r.Params.Check(e.opt.MaxTokens); err != nil {
		return fmt.Errorf("start sample %d: %w", r.ID, err)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	prompt, open := e.prompts[r.Prompt]
	switch {
	case e.closed:
		return fmt.Errorf("start sample %d: %w", r.ID, engine.ErrClosed)
	case !open:
		return fmt.Errorf("start sample %d: prompt %d is not open", r.ID, r.Prompt)
	case e.samples[r.ID] != nil:
		return fmt.Errorf("start sample %d: a sample of this ID has not ended yet", r.ID)
	}
	e.started++
	s := newSample(e, r, e.started, prompt)
	e.samples[r.ID] = s
	e.goroutines.Go(s.run)
	return nil
}

// Cancel ends samples where they are. IDs of samples that have ended are ignored, here and in Land.
func (e *Engine) Cancel(ids ...uint64) { e.each(ids, func(s *sample) { s.cancel() }) }

// Land makes samples answer now. Those that have written nothing yet are cancelled.
func (e *Engine) Land(ids ...uint64) { e.each(ids, func(s *sample) { s.stopDrawing(errLand) }) }

func (e *Engine) each(ids []uint64, do func(*sample)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, id := range ids {
		if s := e.samples[id]; s != nil {
			do(s)
		}
	}
}

// end reports what became of a sample.
func (e *Engine) end(s *sample, event engine.Event) {
	e.mu.Lock()
	delete(e.samples, s.ID)
	e.mu.Unlock()
	select {
	case e.events <- event:
	case <-e.ctx.Done():
	}
}

// Events is where samples report their end. Close closes it.
func (e *Engine) Events() <-chan engine.Event { return e.events }

// Slots is the number of samples that are asked for at once, if the servers take so many.
func (e *Engine) Slots() int { return e.opt.Slots }

// Stats returns counters in which a step is the time in which every stream has one more token.
func (e *Engine) Stats() engine.Stats {
	stats := e.meter.stats()
	e.mu.Lock()
	stats.Waiting = max(len(e.samples)-stats.Running, 0)
	e.mu.Unlock()
	return stats
}

// Troubles says, of each server that failed, how often and how the last time.
func (e *Engine) Troubles() []string { return e.pool.troubles() }

// Close closes all streams and waits until nothing is left of them. Samples that have not ended are dropped.
func (e *Engine) Close() {
	e.mu.Lock()
	closed := e.closed
	e.closed = true
	e.mu.Unlock()
	e.stop()
	e.goroutines.Wait()
	e.pool.close()
	e.http.CloseIdleConnections()
	if !closed {
		close(e.events)
	}
}
