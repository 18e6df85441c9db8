package remote_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"caucus/budget"
	"caucus/engine"
	"caucus/engine/remote"
	"caucus/engine/sampling"
)

var (
	faultRuns = flag.Int("remote.runs", 24, "windows that TestFaults opens")
	// The contract is one step and 50 ms. A test that runs among others must bear with machines that do too much at once.
	faultSlack = flag.Duration("remote.slack", time.Second, "what a run may take beyond its window")
)

// readInto keeps what is read of a request's body.
func readInto(b *strings.Builder, r *http.Request) io.Reader { return io.TeeReader(r.Body, b) }

type readCloser struct{ io.Reader }

func (readCloser) Close() error { return nil }

// proxy stands between an engine and a server, and spoils what passes, by chance.
type proxy struct {
	next http.Handler
	bad  float64 // share of the requests that are spoiled

	mu  sync.Mutex
	rng *rand.Rand
	did map[string]int
}

// faults are what a proxy does to a request.
var faults = map[string]func(w *spoiled, r *http.Request, next http.Handler){
	"refuse": func(w *spoiled, r *http.Request, _ http.Handler) {
		w.Header().Set("Retry-After", "0.05")
		http.Error(w, `{"error":"too many requests"}`, http.StatusTooManyRequests)
	},
	"fail": func(w *spoiled, r *http.Request, _ http.Handler) {
		http.Error(w, "it broke", http.StatusInternalServerError)
	},
	"stall before": func(w *spoiled, r *http.Request, _ http.Handler) {
		<-r.Context().Done()
	},
	"slow first token": func(w *spoiled, r *http.Request, next http.Handler) {
		if pass(r, 150*time.Millisecond) {
			next.ServeHTTP(w, r)
		}
	},
	"stall": func(w *spoiled, r *http.Request, next http.Handler) {
		w.at = func([]byte) []byte { <-r.Context().Done(); panic(http.ErrAbortHandler) }
		next.ServeHTTP(w, r)
	},
	"reset": func(w *spoiled, r *http.Request, next http.Handler) {
		w.at = func([]byte) []byte {
			conn, _, err := http.NewResponseController(w.ResponseWriter).Hijack()
			if err == nil {
				_ = conn.(*net.TCPConn).SetLinger(0)
				_ = conn.Close()
			}
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(w, r)
	},
	"end": func(w *spoiled, r *http.Request, next http.Handler) {
		w.at = func([]byte) []byte { panic(http.ErrAbortHandler) }
		next.ServeHTTP(w, r)
	},
	"half a line": func(w *spoiled, r *http.Request, next http.Handler) {
		w.at = func(p []byte) []byte {
			_, _ = w.ResponseWriter.Write(p[:len(p)/2])
			w.flush()
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(w, r)
	},
	"half a line, as if it were all": func(w *spoiled, r *http.Request, next http.Handler) {
		w.at = func(p []byte) []byte { w.silent = true; return p[:len(p)/2] }
		next.ServeHTTP(w, r)
	},
	"garbage": func(w *spoiled, r *http.Request, next http.Handler) {
		w.at = func([]byte) []byte { return []byte("data: {\"choices\":[{\"del\x00\xff]]\n\n") }
		next.ServeHTTP(w, r)
	},
	"an error in the stream": func(w *spoiled, r *http.Request, next http.Handler) {
		w.at = func([]byte) []byte { return []byte("data: {\"error\":{\"message\":\"out of memory\"}}\n\n") }
		next.ServeHTTP(w, r)
	},
	"done too early": func(w *spoiled, r *http.Request, next http.Handler) {
		w.at = func([]byte) []byte { w.silent = true; return []byte("data: [DONE]\n\n") }
		next.ServeHTTP(w, r)
	},
	"wrong counts": func(w *spoiled, r *http.Request, next http.Handler) {
		w.count = []byte(`"completion_tokens":-5000000000,"x":`)
		next.ServeHTTP(w, r)
	},
	"an endless line": func(w *spoiled, r *http.Request, next http.Handler) {
		w.at = func([]byte) []byte { return bytes.Repeat([]byte("data: x"), 300_000) }
		next.ServeHTTP(w, r)
	},
}

// spoiled is an answer that is spoiled at one of its writes.
type spoiled struct {
	http.ResponseWriter
	left   int                 // writes until then
	at     func([]byte) []byte // what is done then
	silent bool                // nothing more is written
	count  []byte              // stands for the count of tokens
}

func (w *spoiled) flush() { w.ResponseWriter.(http.Flusher).Flush() }

// Flush implements http.Flusher.
func (w *spoiled) Flush() { w.flush() }

func (w *spoiled) Write(p []byte) (int, error) {
	n := len(p)
	if w.silent {
		return n, nil
	}
	if w.count != nil {
		p = bytes.Replace(p, []byte(`"completion_tokens":`), w.count, 1)
	}
	if w.left--; w.left == 0 && w.at != nil {
		p = w.at(p)
	}
	_, err := w.ResponseWriter.Write(p)
	return n, err
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	spoil, nth, left := p.rng.Float64() < p.bad, p.rng.IntN(len(faults)), 1+p.rng.IntN(12)
	var name string
	if spoil {
		for name = range faults { // maps begin anywhere
			if nth--; nth < 0 {
				break
			}
		}
		p.did[name]++
	}
	p.mu.Unlock()
	body, err := io.ReadAll(r.Body) // or nobody would notice that the client has gone
	if err != nil {
		return
	}
	r.Body = readCloser{bytes.NewReader(body)}
	if !spoil {
		p.next.ServeHTTP(w, r)
		return
	}
	faults[name](&spoiled{ResponseWriter: w, left: left}, r, p.next)
}

// TestFaults spends windows with servers that do whatever servers can do wrong, one of which dies at half time, beside one
// whose name nobody knows. Every window must be back in time, with all its samples accounted for, each once.
//
//	go test ./engine/remote -run TestFaults -v -remote.runs 500 -remote.slack 50ms
func TestFaults(t *testing.T) {
	before := goroutines()
	var mu sync.Mutex
	did, statuses, late, votes := map[string]int{}, map[budget.Status]int{}, time.Duration(0), 0
	limit := make(chan struct{}, 4)
	var runs sync.WaitGroup
	for i := range *faultRuns {
		limit <- struct{}{}
		runs.Go(func() {
			defer func() { <-limit }()
			w := spendFaulty(t, uint64(i))
			mu.Lock()
			defer mu.Unlock()
			late = max(late, w.late)
			for name, n := range w.did {
				did[name] += n
			}
			for _, r := range w.Results {
				votes += r.Votes
				for _, s := range r.Samples {
					statuses[s.Status]++
				}
			}
		})
	}
	runs.Wait()
	t.Logf("%d windows, at most %v late, %d votes; samples %v; faults %v", *faultRuns, late, votes, statuses, did)
	if votes == 0 {
		t.Error("nobody has voted")
	}
	noneLeft(t, before)
}

type faultyWindow struct {
	budget.Report
	late time.Duration
	did  map[string]int
}

// once is an observer that wants every sample to end once.
type once struct {
	t    *testing.T
	mu   sync.Mutex
	seen map[budget.ID]bool
}

func (o *once) Ended(r budget.Record) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.seen[r.ID] {
		o.t.Errorf("sample %v has ended twice", r.ID)
	}
	o.seen[r.ID] = true
}
func (o *once) Decided(budget.Decision)    {}
func (o *once) Settled(int, budget.Result) {}
func (o *once) Done(error)                 {}

// spendFaulty spends one window.
func spendFaulty(t *testing.T, seed uint64) faultyWindow {
	rng := rand.New(rand.NewPCG(seed, 3))
	f := &fake{least: 20, spread: 150, token: time.Millisecond, probs: true}
	did := map[string]int{}
	p := &proxy{next: f, bad: []float64{0.1, 0.4, 0.9}[rng.IntN(3)], rng: rng, did: did}
	steady, mortal := httptest.NewServer(p), httptest.NewServer(p)
	defer steady.Close()
	defer mortal.Close()
	d := time.Duration(300+rand.IntN(500)) * time.Millisecond
	defer time.AfterFunc(d/2, func() { _ = mortal.Listener.Close(); mortal.CloseClientConnections() }).Stop()
	e, err := remote.New(remote.Options{
		URLs:  []string{steady.URL, mortal.URL, "http://nobody.invalid/v1"},
		Model: "fake", Slots: 16, Stall: 100 * time.Millisecond, Hedge: time.Duration(seed%2) * 30 * time.Millisecond,
	})
	if err != nil {
		t.Error(err)
		return faultyWindow{}
	}
	prompts := []sampling.Prompt{{ID: e.Open(chat)}, {ID: e.Open(remote.Prompt{Text: "What is 3 + 4?"})}}
	s := sampling.New(e, engine.Params{Temperature: 1}, prompts, false)
	policy, err := budget.ParsePolicy([]string{"uniform", "voi", "first-to-4"}[rng.IntN(3)], 64)
	if err != nil {
		t.Error(err)
	}
	begun := time.Now()
	report, err := budget.Run(context.Background(), budget.Window{Start: begun, End: begun.Add(d)}, []string{"a", "b"}, s, policy,
		budget.Options{Seed: seed, Observer: &once{t: t, seen: map[budget.ID]bool{}}})
	w := faultyWindow{report, time.Since(begun) - d, did}
	if err != nil && !errors.Is(err, s.Failure()) {
		t.Errorf("window %d: %v", seed, err)
	}
	if w.late > *faultSlack {
		t.Errorf("window %d of %v is %v late", seed, d, w.late)
	}
	for _, r := range report.Results {
		counted := 0
		for _, c := range r.Counts {
			counted += c.Votes
		}
		if counted+r.Abstentions != r.Counted || r.Counted > len(r.Samples) {
			t.Errorf("window %d: %d votes and %d abstentions of %d samples", seed, counted, r.Abstentions, r.Counted)
		}
		for i, o := range r.Samples {
			if o.Status == budget.Running || o.Answer != "" && o.Answer != "7" && o.Answer != "8" {
				t.Errorf("window %d: sample %d is %+v", seed, i, o)
			}
		}
	}
	s.Close()
	if n := f.open.Load(); n > 0 {
		await(t, func() bool { return f.open.Load() == 0 })
	}
	return w
}

// goroutines counts those of the engine and of its connections.
func goroutines() int {
	stacks := make([]byte, 1<<24)
	stacks = stacks[:runtime.Stack(stacks, true)]
	n := 0
	for _, stack := range strings.Split(string(stacks), "\n\n") {
		if strings.Contains(stack, "caucus/engine/remote.") || strings.Contains(stack, "caucus/sampling.") ||
			strings.Contains(stack, "net/http.(*persistConn)") {
			n++
		}
	}
	return n
}

// noneLeft fails if there are more than before, a while after everything was closed.
func noneLeft(t *testing.T, before int) {
	t.Helper()
	n := 0
	for range 100 {
		if n = goroutines(); n <= before {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	stacks := make([]byte, 1<<16)
	t.Errorf("%d goroutines are left, %d were there before\n%s", n, before, stacks[:runtime.Stack(stacks, true)])
}
