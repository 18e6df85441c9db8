package remote_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"caucus/engine"
	"caucus/engine/remote"
)

// tardy is a server whose streams do not begin while it is stuck.
type tardy struct {
	fake
	stuck   atomic.Bool
	waiting atomic.Int64 // requests that it has let wait and that have not been withdrawn
	waited  atomic.Int64 // all that it has let wait
}

func (s *tardy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.stuck.Load() {
		s.fake.ServeHTTP(w, r)
		return
	}
	s.waited.Add(1)
	s.waiting.Add(1)
	defer s.waiting.Add(-1)
	_, _ = fmt.Fprint(w, ": one moment\n\n")
	w.(http.Flusher).Flush()
	buffer := make([]byte, 1<<16)
	for _, err := r.Body.Read(buffer); err == nil; _, err = r.Body.Read(buffer) { // or it would not notice who has gone
	}
	<-r.Context().Done()
}

func TestASecondServerIsAskedWhereTheFirstDoesNotBegin(t *testing.T) {
	before := goroutines()
	stuck, quick := &tardy{fake: fake{least: 20}}, &fake{least: 20}
	stuck.stuck.Store(true)
	e, id := start(t, remote.Options{URLs: []string{serve(t, stuck), serve(t, quick)}, Hedge: 20 * time.Millisecond}, chat)
	const samples = 8
	for i := range uint64(samples) {
		if err := e.Start(engine.Request{ID: i, Prompt: id, Seed: i}); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[uint64]bool{}
	for range samples {
		got := next(t, e)
		if want := strings.Join(quick.words(got.ID), ""); seen[got.ID] || got.Status != engine.Finished || got.Text != want {
			t.Errorf("got %+v, want %q, once", got, want)
		}
		seen[got.ID] = true
	}
	await(t, func() bool { return stuck.waiting.Load() == 0 })
	if n := stuck.waited.Load(); n == 0 || quick.requests.Load() != samples {
		t.Errorf("%d requests wait, %d are served", n, quick.requests.Load())
	}
	if told := e.Troubles(); len(told) != 1 || !strings.Contains(told[0], "another server, asked later, began first") {
		t.Errorf("told %q", told)
	}
	e.Close()
	noneLeft(t, before)
}

// TestALandingIsAskedForTwice lands samples whose server has got stuck meanwhile.
func TestALandingIsAskedForTwice(t *testing.T) {
	stuck, quick := &tardy{fake: fake{least: 1000, token: time.Millisecond}}, &tardy{fake: fake{least: 1000, token: time.Millisecond}}
	e, id := start(t, remote.Options{URLs: []string{serve(t, stuck), serve(t, quick)}, Hedge: 20 * time.Millisecond}, chat)
	for i := range uint64(4) {
		if err := e.Start(engine.Request{ID: i, Prompt: id, Seed: 5}); err != nil {
			t.Fatal(err)
		}
	}
	await(t, func() bool { return e.Stats().Running == 4 && e.Stats().Drawn > 100 })
	stuck.stuck.Store(true)
	e.Land(0, 1, 2, 3)
	for range 4 {
		if got := next(t, e); got.Status != engine.Landed || !strings.HasSuffix(got.Text, `\boxed{7}`) {
			t.Errorf("got %+v", got)
		}
	}
	if stuck.waited.Load() == 0 {
		t.Error("no landing was asked of the server that is stuck")
	}
}

// TestAHedgeThatFailsLeavesTheOther has one of two servers refuse while the other has yet to begin.
func TestAHedgeThatFailsLeavesTheOther(t *testing.T) {
	slow := &fake{least: 5, token: 100 * time.Millisecond}
	broken := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		pass(r, 40*time.Millisecond)
		http.Error(w, "it broke", http.StatusInternalServerError)
	})
	e, id := start(t, remote.Options{URLs: []string{serve(t, broken), serve(t, slow)}, Hedge: 10 * time.Millisecond}, chat)
	for i := range uint64(6) {
		if err := e.Start(engine.Request{ID: i, Prompt: id, Seed: i}); err != nil {
			t.Fatal(err)
		}
	}
	for range 6 {
		if got := next(t, e); got.Status != engine.Finished || got.Text != strings.Join(slow.words(got.ID), "") {
			t.Errorf("got %+v", got)
		}
	}
	if told := e.Troubles(); len(told) != 1 || !strings.Contains(told[0], "500") {
		t.Errorf("told %q", told)
	}
}

// TestAServerThatDoesNotBeginIsLeftAlone: it has the fewest samples, so that each would go there first and wait.
func TestAServerThatDoesNotBeginIsLeftAlone(t *testing.T) {
	stuck, quick := &tardy{}, &fake{least: 5}
	stuck.stuck.Store(true)
	e, id := start(t, remote.Options{URLs: []string{serve(t, stuck), serve(t, quick)}, Slots: 1, Hedge: 5 * time.Millisecond}, chat)
	for i := range uint64(20) {
		if err := e.Start(engine.Request{ID: i, Prompt: id}); err != nil {
			t.Fatal(err)
		}
		if got := next(t, e); got.Status != engine.Finished {
			t.Errorf("got %+v", got)
		}
	}
	if n := stuck.waited.Load(); n < 5 || n > 12 {
		t.Errorf("it was asked %d times for 20 samples, want it left alone after 5, and tried now and then", n)
	}
}

// TestASecondServerThatFailsIsNoStorm has the first one stuck and the second refuse.
func TestASecondServerThatFailsIsNoStorm(t *testing.T) {
	for status, final := range map[int]bool{400: true, 401: true, 429: false, 500: false} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			stuck := new(tardy)
			stuck.stuck.Store(true)
			var refused atomic.Int64
			refusing := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				refused.Add(1)
				http.Error(w, "no", status)
			})
			e, id := start(t, remote.Options{URLs: []string{serve(t, stuck), serve(t, refusing)}, Hedge: 5 * time.Millisecond}, chat)
			if err := e.Start(engine.Request{ID: 1, Prompt: id}); err != nil {
				t.Fatal(err)
			}
			await(t, func() bool { return refused.Load() > 0 })
			if !final {
				time.Sleep(300 * time.Millisecond)
				e.Cancel(1)
			}
			want := map[bool]engine.Status{true: engine.Failed, false: engine.Cancelled}[final]
			if got := next(t, e); got.Status != want || final && !strings.Contains(got.Err.Error(), fmt.Sprint(status)) {
				t.Errorf("got %+v", got)
			}
			if n := refused.Load(); final && n > 1 || n > 12 {
				t.Errorf("it was asked %d times", n)
			}
		})
	}
}

// TestCancellingIsNoFailureOfServers cancels samples that wait for two servers each.
func TestCancellingIsNoFailureOfServers(t *testing.T) {
	first, second := new(tardy), new(tardy)
	first.stuck.Store(true)
	second.stuck.Store(true)
	e, id := start(t, remote.Options{URLs: []string{serve(t, first), serve(t, second)}, Hedge: time.Millisecond}, chat)
	const samples = 40
	var ids []uint64
	for i := range uint64(samples) {
		if err := e.Start(engine.Request{ID: i, Prompt: id}); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, i)
	}
	await(t, func() bool { return first.waiting.Load()+second.waiting.Load() == 2*samples })
	e.Cancel(ids...)
	for range ids {
		next(t, e)
	}
	if told := e.Troubles(); len(told) != 0 {
		t.Errorf("told %q", told)
	}
}

// TestNothingIsAskedForTwiceUnlessAskedTo cancels samples of a stuck server that stands beside one with room.
func TestNothingIsAskedForTwiceUnlessAskedTo(t *testing.T) {
	for _, tt := range []struct {
		hedge   time.Duration
		servers int
	}{{0, 2}, {10 * time.Millisecond, 1}} {
		t.Run(fmt.Sprint(tt), func(t *testing.T) {
			var all tardy
			all.stuck.Store(true)
			var urls []string
			for range tt.servers {
				urls = append(urls, serve(t, &all))
			}
			e, id := start(t, remote.Options{URLs: urls, Hedge: tt.hedge}, chat)
			if err := e.Start(engine.Request{ID: 1, Prompt: id}); err != nil {
				t.Fatal(err)
			}
			await(t, func() bool { return all.waiting.Load() == 1 })
			time.Sleep(100 * time.Millisecond)
			e.Cancel(1)
			if got := next(t, e); got.Status != engine.Cancelled || all.waited.Load() != 1 {
				t.Errorf("got %+v after %d requests", got, all.waited.Load())
			}
		})
	}
}
