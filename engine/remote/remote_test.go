package remote_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"caucus/engine"
	"caucus/engine/remote"
)

// start makes an engine that ends with the test, and a prompt.
func start(t testing.TB, o remote.Options, p remote.Prompt) (*remote.Engine, engine.PromptID) {
	t.Helper()
	o.Model = "fake"
	e, err := remote.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e, e.Open(p)
}

var chat = remote.Prompt{Messages: []remote.Message{{Role: "user", Content: "What is 3 + 4?"}}}

// next waits for the end of a sample.
func next(t testing.TB, e *remote.Engine) engine.Event {
	t.Helper()
	select {
	case event := <-e.Events():
		return event
	case <-time.After(10 * time.Second):
		t.Fatal("no sample has ended for 10 s")
		panic("unreachable")
	}
}

func TestASampleIsWhatTheServerStreams(t *testing.T) {
	for name, prompt := range map[string]remote.Prompt{"chat": chat, "completion": {Text: "What is 3 + 4?"}} {
		for _, probs := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, probabilities %v", name, probs), func(t *testing.T) {
				f := &fake{least: 20, probs: probs}
				e, id := start(t, remote.Options{URLs: []string{serve(t, f)}}, prompt)
				var watched strings.Builder
				watch := func(d engine.Drawn) { watched.WriteString(d.Text) }
				if err := e.Start(engine.Request{ID: 3, Prompt: id, Seed: 5, Watch: watch}); err != nil {
					t.Fatal(err)
				}
				want := strings.Join(f.words(5), "")
				got := next(t, e)
				if got.ID != 3 || got.Status != engine.Finished || got.Text != want || watched.String() != want || got.Tokens != 26 || got.Err != nil {
					t.Errorf("got %+v, watched %q", got, watched.String())
				}
				if p := map[bool]float64{true: -0.5}[probs]; got.LogProb != p || got.TailLogProb != p {
					t.Errorf("log-probabilities %v and %v, want %v", got.LogProb, got.TailLogProb, p)
				}
				if s := e.Stats(); s.Drawn < 26 || s.Steps != s.Drawn-1 || s.Rows != s.Steps || s.Running != 0 || s.Waiting != 0 {
					t.Errorf("counted %+v", s)
				}
			})
		}
	}
}

func TestASampleAtItsLimitIsTruncated(t *testing.T) {
	e, id := start(t, remote.Options{URLs: []string{serve(t, &fake{least: 20})}}, chat)
	if err := e.Start(engine.Request{Prompt: id, Params: engine.Params{MaxTokens: 7}}); err != nil {
		t.Fatal(err)
	}
	if got := next(t, e); got.Status != engine.Truncated || got.Tokens != 7 {
		t.Errorf("got %+v", got)
	}
}

func TestLandingContinuesTheTextSoFar(t *testing.T) {
	for name, prompt := range map[string]remote.Prompt{"chat": chat, "completion": {Text: "What is 3 + 4?"}} {
		for _, how := range []string{"called", "at a token"} {
			t.Run(name+", "+how, func(t *testing.T) {
				f := &fake{least: 1000, token: time.Millisecond}
				e, id := start(t, remote.Options{URLs: []string{serve(t, f)}, Landing: "\n</think>\n" + `\boxed{`}, prompt)
				r := engine.Request{ID: 1, Prompt: id, Seed: 5}
				if how == "at a token" {
					r.LandAfter = 10
				}
				if err := e.Start(r); err != nil {
					t.Fatal(err)
				}
				if how == "called" {
					await(t, func() bool { return e.Stats().Drawn >= 10 })
					e.Land(1)
				}
				got := next(t, e)
				if got.Status != engine.Landed || !strings.HasSuffix(got.Text, "so \n</think>\n\\boxed{7}") || got.Tokens < 12 {
					t.Errorf("got %+v", got)
				}
				await(t, func() bool { return f.open.Load() == 0 })
			})
		}
	}
}

// await waits until something is so.
func await(t testing.TB, so func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !so(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("it is not so after 10 s")
		}
	}
}

func TestASampleThatHasWrittenNothingIsCancelledByLanding(t *testing.T) {
	f := &fake{least: 5, token: time.Hour}
	e, id := start(t, remote.Options{URLs: []string{serve(t, f)}}, chat)
	if err := e.Start(engine.Request{ID: 1, Prompt: id}); err != nil {
		t.Fatal(err)
	}
	await(t, func() bool { return f.open.Load() == 1 })
	e.Land(1)
	if got := next(t, e); got.Status != engine.Cancelled {
		t.Errorf("got %+v", got)
	}
}

func TestCancellingClosesTheStream(t *testing.T) {
	f := &fake{least: 1000, token: time.Millisecond}
	e, id := start(t, remote.Options{URLs: []string{serve(t, f)}}, chat)
	for i := range uint64(5) {
		if err := e.Start(engine.Request{ID: i, Prompt: id}); err != nil {
			t.Fatal(err)
		}
	}
	await(t, func() bool { return f.open.Load() == 5 })
	e.Cancel(0, 1, 2, 3, 4, 99)
	for range 5 {
		if got := next(t, e); got.Status != engine.Cancelled {
			t.Errorf("got %+v", got)
		}
	}
	await(t, func() bool { return f.open.Load() == 0 })
}

// TestAServerThatLacksAFeatureIsAskedWithout is about those that refuse to tell probabilities.
func TestAServerThatLacksAFeatureIsAskedWithout(t *testing.T) {
	f := &fake{least: 5}
	var refused atomic.Int64
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var q map[string]any
		body := new(strings.Builder)
		if err := json.NewDecoder(readInto(body, r)).Decode(&q); err != nil {
			t.Error(err)
		}
		if q["logprobs"] != nil {
			refused.Add(1)
			http.Error(w, `{"error":{"message":"logprobs is not supported for models created with logits_all=False"}}`, 500)
			return
		}
		r.Body = readCloser{strings.NewReader(body.String())}
		f.ServeHTTP(w, r)
	}))
	e, id := start(t, remote.Options{URLs: []string{url}}, chat)
	for i := range uint64(3) {
		if err := e.Start(engine.Request{ID: i, Prompt: id}); err != nil {
			t.Fatal(err)
		}
		if got := next(t, e); got.Status != engine.Finished {
			t.Fatalf("got %+v", got)
		}
	}
	if refused.Load() != 1 || len(e.Troubles()) != 0 {
		t.Errorf("refused %d times, and told %q", refused.Load(), e.Troubles())
	}
}

func TestARequestThatIsRefusedForGoodFailsOnce(t *testing.T) {
	var requests atomic.Int64
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		http.Error(w, `{"error":{"message":"maximum context length is 512 tokens"}}`, http.StatusBadRequest)
	}))
	e, id := start(t, remote.Options{URLs: []string{url}}, chat)
	if err := e.Start(engine.Request{Prompt: id}); err != nil {
		t.Fatal(err)
	}
	got := next(t, e)
	if got.Status != engine.Failed || requests.Load() != 1 || !strings.Contains(got.Err.Error(), "maximum context length is 512 tokens") {
		t.Errorf("%d requests, got %+v", requests.Load(), got)
	}
}

// TestAKeyIsSentAndNeverShown wants the key in the header alone, also of a server that repeats it.
func TestAKeyIsSentAndNeverShown(t *testing.T) {
	const secret = "sk-very-secret"
	key, err := remote.ReadKey("", func(string) string { return secret })
	if err != nil {
		t.Fatal(err)
	}
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, `{"error":{"message":"bad key `+r.Header.Get("Authorization")+`"}}`, http.StatusUnauthorized)
	}))
	e, id := start(t, remote.Options{URLs: []string{url}, Key: key}, chat)
	if err := e.Start(engine.Request{Prompt: id}); err != nil {
		t.Fatal(err)
	}
	got := next(t, e)
	told := fmt.Sprintf("%v %+v %#v %v %q", got.Err, key, key, remote.Options{Key: key}, e.Troubles())
	if strings.Contains(told, secret) || !strings.Contains(told, "bad key Bearer (a key)") {
		t.Errorf("told %s", told)
	}
}

func TestAReasoningThatIsStreamedApartIsPartOfTheText(t *testing.T) {
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, delta := range []string{`{"role":"assistant","content":""}`, `{"reasoning_content":"3 and"}`, `{"reasoning_content":" 4"}`, `{"content":"\\boxed{7}"}`} {
			_, _ = fmt.Fprintf(w, "data: {\"choices\":[{\"index\":0,\"delta\":%s,\"finish_reason\":null}]}\n\n", delta)
		}
		_, _ = fmt.Fprint(w, ": a comment\n\ndata: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")
	}))
	e, id := start(t, remote.Options{URLs: []string{url}}, chat)
	if err := e.Start(engine.Request{Prompt: id}); err != nil {
		t.Fatal(err)
	}
	if got := next(t, e); got.Text != "<think>\n3 and 4\n</think>\n\n\\boxed{7}" || got.Status != engine.Finished || got.Tokens != 3 {
		t.Errorf("got %+v", got)
	}
}

func TestURLsAreChecked(t *testing.T) {
	for address, want := range map[string]string{
		"http://localhost:8000": "http://localhost:8000/v1", "https://h/v1/": "https://h/v1", " http://h/a/b ": "http://h/a/b",
		"localhost:8000": "", "ftp://h": "", "http://": "", "http://me:secret@h": "", "http://h/v1?x=1": "", "": "", "http://h:x": "",
	} {
		got, err := remote.ParseURL(address)
		if got != want || (err == nil) != (want != "") || err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%q is %q, %v", address, got, err)
		}
	}
}

// TestAServerThatEndsStreamsWithoutAWordIsAskedForLess is about llama-cpp-python, which fails behind its headers.
func TestAServerThatEndsStreamsWithoutAWordIsAskedForLess(t *testing.T) {
	f := &fake{least: 5}
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := new(strings.Builder)
		if _, err := io.Copy(body, r.Body); err != nil {
			t.Error(err)
		}
		r.Body = readCloser{strings.NewReader(body.String())}
		if !strings.Contains(body.String(), "logprobs") {
			f.ServeHTTP(w, r)
		}
	}))
	e, id := start(t, remote.Options{URLs: []string{url}}, remote.Prompt{Text: "What is 3 + 4?"})
	if err := e.Start(engine.Request{Prompt: id}); err != nil {
		t.Fatal(err)
	}
	if got := next(t, e); got.Status != engine.Finished {
		t.Errorf("got %+v", got)
	}
}
