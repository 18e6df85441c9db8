package serve

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"context"

	"caucus/engine"
	"caucus/engine/remote"
	"caucus/engine/sampling"
)

// fake is an engine whose samples say 7 after a while, a letter a token. It is its own model.
type fake struct {
	slots  int
	token  time.Duration
	text   string
	timed  bool // a sample's text ends with the nanoseconds that it took
	events chan engine.Event
	done   chan struct{}
	all    sync.WaitGroup

	mu      sync.Mutex
	running map[uint64]chan struct{} // closed to cancel
}

func newFake(slots int, token time.Duration, text string) *fake {
	return &fake{slots: slots, token: token, text: text, events: make(chan engine.Event), done: make(chan struct{}), running: map[uint64]chan struct{}{}}
}

func (f *fake) Start(r engine.Request) error {
	if r.Prompt != 1 {
		return fmt.Errorf("prompt %d is not open", r.Prompt)
	}
	stop := make(chan struct{})
	f.mu.Lock()
	f.running[r.ID] = stop
	f.mu.Unlock()
	f.all.Go(func() {
		e := f.sample(r, stop)
		f.mu.Lock()
		delete(f.running, r.ID)
		f.mu.Unlock()
		select {
		case f.events <- e:
		case <-f.done:
		}
	})
	return nil
}

func (f *fake) sample(r engine.Request, stop chan struct{}) (e engine.Event) {
	e = engine.Event{ID: r.ID, Status: engine.Finished}
	begun := time.Now()
	defer func() {
		if f.timed {
			e.Text += fmt.Sprintf("|%d|", time.Since(begun))
		}
	}()
	for i, letter := range f.text {
		select {
		case <-stop:
			e.Status = engine.Cancelled
			return e
		case <-f.done:
			return e
		case <-time.After(f.token):
		}
		e.Tokens++
		if r.Watch != nil {
			r.Watch(engine.Drawn{Token: letter, LogProb: -0.25})
		}
		e.Text += string(letter)
		for _, s := range r.Params.Stop {
			if before, _, found := strings.Cut(e.Text, s); found {
				e.Text = before
				return e
			}
		}
		if e.Tokens == r.Params.MaxTokens && i+1 < len(f.text) {
			e.Status = engine.Truncated
			return e
		}
	}
	return e
}

func (f *fake) Cancel(ids ...uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, id := range ids {
		if stop := f.running[id]; stop != nil {
			close(stop)
			f.running[id] = nil
		}
	}
}

func (f *fake) Land(ids ...uint64)          { f.Cancel(ids...) }
func (f *fake) Events() <-chan engine.Event { return f.events }
func (f *fake) Slots() int                  { return f.slots }
func (f *fake) Stats() engine.Stats         { return engine.Stats{} }
func (f *fake) Close() {
	close(f.done)
	f.all.Wait()
	close(f.events)
}

// running is the number of samples.
func (f *fake) live() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.running)
}

func (f *fake) Open(p remote.Prompt) (sampling.Prompt, error) {
	if strings.Contains(p.Text, "bad") {
		return sampling.Prompt{}, fmt.Errorf("the prompt is bad")
	}
	return sampling.Prompt{ID: 1, Tokens: 5}, nil
}
func (f *fake) ClosePrompt(engine.PromptID) {}
func (f *fake) Decoder() func(engine.Drawn) string {
	return func(d engine.Drawn) string { return string(d.Token) }
}

// running is a server that is up.
type running struct {
	*Server
	url  string
	stop func() error // tells it to end, and waits for that
}

// up starts a server of a fake, which ends with the test.
func up(t testing.TB, f *fake, change func(*Options)) *running {
	t.Helper()
	o := Options{Engine: f, Model: f, Name: "m", Queue: 4 * f.slots, About: remote.Extension{MaxTokens: 100, LandTokens: 24, Temperature: 1}}
	if change != nil {
		change(&o)
	}
	return upWith(t, o)
}

func upWith(t testing.TB, o Options) *running {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := New(o)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx, l) }()
	stop := sync.OnceValue(func() error {
		cancel()
		err := <-ended
		s.Close()
		http.DefaultClient.CloseIdleConnections()
		return err
	})
	t.Cleanup(func() { _ = stop() })
	return &running{s, "http://" + l.Addr().String(), stop}
}
