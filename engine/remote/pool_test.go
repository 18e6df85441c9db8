package remote

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// takeAll takes places until there are none, and returns where they are.
func takeAll(t *testing.T, p *pool) []*place {
	t.Helper()
	var at []*place
	for {
		ctx, cancel := context.WithCancel(context.Background())
		placed := make(chan *place, 1)
		go func() {
			e, err := p.place(ctx, 0)
			if err != nil {
				e = nil
			}
			placed <- e
		}()
		synctest.Wait()
		cancel()
		e := <-placed
		if e == nil {
			return at
		}
		at = append(at, e)
	}
}

func count(at []*place, e *endpoint) int {
	n := 0
	for _, a := range at {
		if a.endpoint == e {
			n++
		}
	}
	return n
}

func TestPlacesGoWhereSamplesAreFastest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool([]string{"a", "b"}, 30)
		defer p.close()
		a, b := p.endpoints[0], p.endpoints[1]
		a.learn(20)
		b.learn(10)
		var at []*place
		for range 30 {
			e, err := p.place(context.Background(), 0)
			if err != nil {
				t.Fatal(err)
			}
			at = append(at, e)
		}
		if n := count(at, a); n < 19 || n > 21 {
			t.Errorf("%d of 30 samples are on the server that is twice as fast", n)
		}
	})
}

func TestALimitIsHalvedByRefusalsAndGrowsBySuccess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool([]string{"a"}, 16)
		defer p.close()
		a := p.endpoints[0]
		at := takeAll(t, p)
		if len(at) != 16 {
			t.Fatalf("%d places at first, want 16", len(at))
		}
		for _, at := range at[:8] { // that come together
			p.failed(at, &busyError{errors.New("busy"), 0})
			p.leave(at, 0)
		}
		if a.limit != 8 {
			t.Errorf("a limit of %v after refusals, want 8", a.limit)
		}
		time.Sleep(time.Second)
		p.failed(at[8], &busyError{errors.New("busy"), 2 * time.Second})
		p.leave(at[8], 0)
		if n := len(takeAll(t, p)); n != 0 || a.limit != 4 {
			t.Errorf("%d places on a server that wants to be left alone, with a limit of %v", n, a.limit)
		}
		time.Sleep(2 * time.Second)
		for range 16 {
			p.served(at[9])
		}
		if a.limit < 6 || a.limit > 8 {
			t.Errorf("a limit of %v after 16 successes at 4", a.limit)
		}
	})
}

// TestAServerThatRefusesGoesOnWithWhatItHasTaken, whatever pause it asks for.
func TestAServerThatRefusesGoesOnWithWhatItHasTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool([]string{"a"}, 64)
		defer p.close()
		at := takeAll(t, p)
		for _, refused := range at[12:] {
			p.failed(refused, &busyError{errors.New("busy"), time.Second})
			p.leave(refused, 0)
		}
		if n := len(takeAll(t, p)); n != 0 {
			t.Errorf("%d more places beside the 12 that were taken", n)
		}
		p.leave(at[0], 0)
		at = append(at[1:12], takeAll(t, p)...)
		if len(at) != 12 {
			t.Errorf("%d places after one of 12 has ended", len(at))
		}
		for _, refused := range at {
			p.failed(refused, &busyError{errors.New("busy"), time.Second})
			p.leave(refused, 0)
		}
		if n := len(takeAll(t, p)); n != 0 {
			t.Errorf("%d places where nothing runs and a pause is asked for", n)
		}
		time.Sleep(time.Second)
		if n := len(takeAll(t, p)); n != 1 {
			t.Errorf("%d places after the pause, want 1", n)
		}
	})
}

func TestALimitThatIsReachedIsTriedInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool([]string{"a"}, 8)
		defer p.close()
		a := p.endpoints[0]
		a.limit, a.changed = 2, time.Now()
		_ = takeAll(t, p)
		placed := make(chan error)
		go func() {
			_, err := p.place(context.Background(), 0)
			placed <- err
		}()
		begun := time.Now()
		if err := <-placed; err != nil || time.Since(begun) < moreAfter || time.Since(begun) > 2*moreAfter {
			t.Errorf("a third place after %v, %v", time.Since(begun), err)
		}
	})
}

func TestAServerThatFailsIsLeftAloneAndTriedByOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool([]string{"a", "b"}, 8)
		defer p.close()
		a, b := p.endpoints[0], p.endpoints[1]
		at := takeAll(t, p)
		if count(at, a) != 4 || count(at, b) != 4 {
			t.Fatalf("%d and %d places, want 8 on both together", count(at, a), count(at, b))
		}
		slow := at[slices.IndexFunc(at, func(p *place) bool { return p.endpoint == a })]
		for range mostFailures {
			p.failed(slow, errBroken)
		}
		for _, at := range at {
			if at != slow {
				p.leave(at, 0)
			}
		}
		at = takeAll(t, p)
		if count(at, a) != 0 || count(at, b) != 7 {
			t.Errorf("%d places where all failed, and %d elsewhere", count(at, a), count(at, b))
		}
		time.Sleep(2 * firstRest)
		for _, at := range at {
			p.leave(at, 0)
		}
		at = takeAll(t, p)
		if count(at, a) != 1 {
			t.Errorf("%d places after a rest, want one to try it", count(at, a))
		}
		p.leave(slow, 0)
		if n := len(takeAll(t, p)); n != 1 || a.inFlight != 1 {
			t.Errorf("when an older sample leaves, %d more places, %d there; want one elsewhere", n, a.inFlight)
		}
		probe := at[slices.IndexFunc(at, func(p *place) bool { return p.endpoint == a })]
		p.failed(probe, errBroken)
		p.leave(probe, 0)
		if rest := time.Until(a.restOver); rest < firstRest || rest > 3*firstRest {
			t.Errorf("a second rest of %v", rest)
		}
		time.Sleep(time.Minute)
		probe = takeAll(t, p)[0]
		p.served(probe)
		if !a.takes(time.Now()) || a.resting() {
			t.Error("it is left alone though the one that tried succeeded")
		}
		if told := p.troubles(); len(told) != 1 || !strings.HasPrefix(told[0], "a: 6 requests failed") {
			t.Errorf("told %q", told)
		}
	})
}

// TestASampleThatIsTriedAgainDoesNotQueueUpBehindLaterOnes has three wait in another order than they were started in.
func TestASampleThatIsTriedAgainDoesNotQueueUpBehindLaterOnes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool([]string{"a"}, 1)
		defer p.close()
		held, err := p.place(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		var order []uint64
		for _, number := range []uint64{2, 3, 1} {
			go func() {
				if at, err := p.place(t.Context(), number); err == nil {
					order = append(order, number)
					p.leave(at, 0)
				}
			}()
			synctest.Wait()
		}
		p.leave(held, 0)
		synctest.Wait()
		if !slices.Equal(order, []uint64{1, 2, 3}) {
			t.Errorf("they had their turns in the order %v", order)
		}
	})
}

// TestAProbeThatIsCancelledGivesItsPlaceBack has a sample end just as it gets the place on a server after its rest.
func TestAProbeThatIsCancelledGivesItsPlaceBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool([]string{"a"}, 4)
		defer p.close()
		a := p.endpoints[0]
		for range mostFailures {
			p.failed(&place{endpoint: a}, errBroken)
		}
		ctx, cancel := context.WithCancel(context.Background())
		go func() {
			if at, err := p.place(ctx, 0); err == nil {
				p.leave(at, 0)
			}
		}()
		synctest.Wait()
		p.mu.Lock()
		cancel()
		a.restOver = time.Now()
		p.serve()
		p.mu.Unlock()
		synctest.Wait()
		if a.probing || a.inFlight != 0 {
			t.Errorf("probing %v, %d in flight after the sample has gone", a.probing, a.inFlight)
		}
	})
}

// TestAWaitThatEndsGivesItsPlaceBack has many give up while places are handed out.
func TestAWaitThatEndsGivesItsPlaceBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPool([]string{"a"}, 1)
		defer p.close()
		for i := range 200 {
			held, err := p.place(context.Background(), 0)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(context.Background())
			go func() {
				if e, err := p.place(ctx, 0); err == nil {
					p.leave(e, 0)
				}
			}()
			synctest.Wait()
			go cancel()
			p.leave(held, 0)
			synctest.Wait()
			if n := p.endpoints[0].inFlight; n != 0 || len(p.waiting) != 0 {
				t.Fatalf("round %d: %d in flight, %d waiting", i, n, len(p.waiting))
			}
		}
	})
}

func TestWhatAServerSaysIsShownShortAndWithoutTheKey(t *testing.T) {
	for body, want := range map[string]string{
		`{"error":{"message":"no\nway"}}`: `: "no way"`, `{"error":"no"}`: `: "no"`, `{"message":"no"}`: `: "no"`, `{"detail":"no"}`: `: "no"`,
		"": "", "<html>\x00": `: "<html>\x00"`, `{"error":{"code":5}}`: `: "{\"code\":5}"`,
	} {
		if got := said([]byte(body), Key{}); got != want {
			t.Errorf("%q is told as %s, want %s", body, got, want)
		}
	}
	if got := said([]byte(strings.Repeat("é", 1000)), Key{}); len(got) > maxErrorText+20 {
		t.Errorf("%d bytes are shown", len(got))
	}
	k := Key{secret: "sk-1"}
	if got := k.hide(fmt.Sprintf("bad sk-1: %v", k)); strings.Contains(got, "sk-1") {
		t.Errorf("shown %q", got)
	}
	odd := Key{secret: `sk"1\2`}
	for _, body := range []string{
		`{"error":{"message":"bad sk\"1\\2"}}`, `{"error":{"code":"sk\"1\\2"}}`, `bad sk"1\2`, strings.Repeat("x", maxErrorText-4) + `sk"1\2`,
	} {
		if got := said([]byte(body), odd); strings.Contains(got, "sk") {
			t.Errorf("shown %s", got)
		}
	}
}

// FuzzStream reads whatever a server may send.
func FuzzStream(f *testing.F) {
	for _, seed := range []string{
		"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"},\"logprobs\":{\"content\":[{\"logprob\":-1}]},\"finish_reason\":null}]}\n\ndata: [DONE]\n\n",
		"data:{\"choices\":[{\"text\":\"a\",\"logprobs\":{\"token_logprobs\":[null]}}],\"usage\":{\"completion_tokens\":3}}\r\n", ": x\n", "data: {\"error\":7}\n\n",
		"data: {\"choices\":null}\n", "data: [[[[[[[[",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		l := newLines(strings.NewReader(text))
		for range len(text) + 1 {
			data, err := l.next()
			if err != nil {
				return
			}
			c, err := parseChunk(data, Key{})
			if err != nil {
				continue
			}
			for _, choice := range c.Choices {
				_ = choice.logProbs()
			}
		}
		t.Error("it has more events than bytes")
	})
}

func TestTheEnvironmentsKeyIsNotSentWhereOthersCanListen(t *testing.T) {
	for _, tt := range []struct {
		url   string
		given bool
		sent  bool
	}{
		{"https://h/v1", false, true}, {"http://h/v1", false, false}, {"http://h/v1", true, true}, {"http://127.0.0.1:8000/v1", false, true},
		{"http://localhost/v1", false, true}, {"http://[::1]/v1", false, true}, {"http://localhost.evil/v1", false, false},
	} {
		r, err := http.NewRequest(http.MethodGet, tt.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		Key{"sk-1", tt.given}.sign(r)
		if sent := r.Header.Get("Authorization") == "Bearer sk-1"; sent != tt.sent {
			t.Errorf("to %s, given %v: sent %v", tt.url, tt.given, sent)
		}
	}
}

func TestAKeyIsReadFromAFileOrTheEnvironment(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key")
	for text, want := range map[string]string{"sk-1\n": "sk-1", "": "empty", " \n": "empty", "sk 1": "characters"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		k, err := ReadKey(file, func(string) string { return "sk-2" })
		if err == nil && k.secret != want || err != nil && (!strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "sk")) {
			t.Errorf("%q: %q, %v", text, k.secret, err)
		}
	}
	if k, err := ReadKey("", func(string) string { return "" }); err != nil || k != (Key{}) {
		t.Errorf("without any: %v", err)
	}
	if _, err := ReadKey(file+".none", nil); err == nil {
		t.Error("a file that is missing is no error")
	}
}
