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

// TestAServerThatLacksAFeatureIsAskedWithout is about those that refuse to tell probabilities, to many samples at once.
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
	for range 2 {
		for i := range uint64(16) {
			if err := e.Start(engine.Request{ID: i, Prompt: id}); err != nil {
				t.Fatal(err)
			}
		}
		for range 16 {
			if got := next(t, e); got.Status != engine.Finished {
				t.Fatalf("got %+v", got)
			}
		}
	}
	if n := refused.Load(); n < 1 || n > 16 || len(e.Troubles()) != 0 {
		t.Errorf("refused %d times, and told %q", n, e.Troubles())
	}
}

// TestALandingDoesWithoutContinuation is about chats of servers that refuse what they do not know.
func TestALandingDoesWithoutContinuation(t *testing.T) {
	f := &fake{least: 1000, token: time.Millisecond}
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := new(strings.Builder)
		if _, err := io.Copy(body, r.Body); err != nil {
			t.Error(err)
		}
		if strings.Contains(body.String(), "continue_final_message") {
			http.Error(w, `{"error":{"message":"Unrecognized request arguments supplied: add_generation_prompt, continue_final_message"}}`, 400)
			return
		}
		r.Body = readCloser{strings.NewReader(body.String())}
		f.ServeHTTP(w, r)
	}))
	e, id := start(t, remote.Options{URLs: []string{url}}, chat)
	if err := e.Start(engine.Request{ID: 1, Prompt: id}); err != nil {
		t.Fatal(err)
	}
	await(t, func() bool { return e.Stats().Drawn > 5 })
	e.Land(1)
	if got := next(t, e); got.Status != engine.Landed || !strings.HasSuffix(got.Text, `\boxed{7}`) {
		t.Errorf("got %+v", got)
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
	for name, answer := range map[string]string{
		"refusal":          "",
		"error":            `{"error":{"message":"bad key %s"}}`,
		"reason to finish": `{"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"bad key %s"}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if answer == "" {
					http.Error(w, `{"error":{"message":"bad key `+r.Header.Get("Authorization")+`"}}`, http.StatusUnauthorized)
					return
				}
				_, _ = fmt.Fprint(w, "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n")
				_, _ = fmt.Fprintf(w, "data: "+answer+"\n\n", r.Header.Get("Authorization"))
			}))
			e, id := start(t, remote.Options{URLs: []string{url}, Key: key}, chat)
			if err := e.Start(engine.Request{Prompt: id, Watch: func(engine.Drawn) {}}); err != nil { // watched, it fails at once
				t.Fatal(err)
			}
			got := next(t, e)
			told := fmt.Sprintf("%v %+v %#v %v %q", got.Err, key, key, remote.Options{Key: key}, e.Troubles())
			if strings.Contains(told, secret) || !strings.Contains(told, "bad key Bearer (a key)") {
				t.Errorf("told %s", told)
			}
		})
	}
}

// streaming is a server that sends events, all at once, and ends the stream when the client has gone.
func streaming(events ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = fmt.Fprintf(w, "data: %s\n\n", strings.Join(events, "\n\ndata: "))
		w.(http.Flusher).Flush()
		if events[len(events)-1] != "[DONE]" {
			<-r.Context().Done()
		}
	})
}

// delta is an event of a chat.
func delta(delta, logProbs, finish string) string {
	return fmt.Sprintf(`{"choices":[{"index":0,"delta":%s,"logprobs":%s,"finish_reason":%s}]}`, delta, logProbs, finish)
}

func TestAReasoningThatIsStreamedApartIsPartOfTheText(t *testing.T) {
	role := `{"role":"assistant","content":""}`
	for want, deltas := range map[string][]string{
		"<think>\n3 and 4\n</think>\n\n\\boxed{7}":        {role, `{"reasoning_content":"3 and"}`, `{"reasoning_content":" 4"}`, `{"content":"\\boxed{7}"}`},
		"<think>\n3 and 4.\n</think>\n\nIt is \\boxed{7}": {`{"reasoning":"3 and 4"}`, `{"reasoning":".","content":"It is "}`, `{"content":"\\boxed{7}"}`},
		"<think>\n3+4\n</think>\n\n\\boxed{7}":            {`{"reasoning_content":"3+4","content":"\\boxed{7}"}`},
	} {
		var events []string
		for _, d := range deltas {
			events = append(events, delta(d, "null", "null"))
		}
		events = append(events, delta("{}", "null", `"stop"`), "[DONE]")
		e, id := start(t, remote.Options{URLs: []string{serve(t, streaming(events...))}}, chat)
		if err := e.Start(engine.Request{Prompt: id}); err != nil {
			t.Fatal(err)
		}
		if got := next(t, e); got.Text != want || got.Status != engine.Finished {
			t.Errorf("got %+v, want %q", got, want)
		}
	}
}

func TestAWatcherIsToldOfEveryToken(t *testing.T) {
	for logProbs, want := range map[string]string{
		`{"content":[{"logprob":-1},{"logprob":-2}]}`: "[{0 ab -1} {0  -2}]", "null": "[{0 ab NaN}]",
	} {
		url := serve(t, streaming(delta(`{"content":"ab"}`, logProbs, "null"), delta("{}", "null", `"stop"`), "[DONE]"))
		e, id := start(t, remote.Options{URLs: []string{url}}, chat)
		var told []engine.Drawn
		if err := e.Start(engine.Request{Prompt: id, Watch: func(d engine.Drawn) { told = append(told, d) }}); err != nil {
			t.Fatal(err)
		}
		if next(t, e); fmt.Sprint(told) != want {
			t.Errorf("told %v, want %s", told, want)
		}
	}
}

// TestAWatcherIsToldNothingTwice has a stream break off for what may sound like a feature that the server lacks.
func TestAWatcherIsToldNothingTwice(t *testing.T) {
	url := serve(t, streaming(delta(`{"content":"a"}`, "null", "null"), `{"error":{"message":"logprobs: out of range"}}`))
	e, id := start(t, remote.Options{URLs: []string{url}}, chat)
	var told []engine.Drawn
	if err := e.Start(engine.Request{Prompt: id, Watch: func(d engine.Drawn) { told = append(told, d) }}); err != nil {
		t.Fatal(err)
	}
	if got := next(t, e); got.Status != engine.Failed || len(told) != 1 {
		t.Errorf("got %+v, told %v", got, told)
	}
}

// TestASampleLandsWhereItIsToldTo: tokens that have come already are not taken in.
func TestASampleLandsWhereItIsToldTo(t *testing.T) {
	var events []string
	long := strings.Repeat("x", 4000) // a landing's own bounds are not for what was written before
	for range 100 {
		events = append(events, delta(`{"content":"so `+long+`"}`, "null", "null"))
	}
	events = append(events, delta("{}", "null", `"stop"`), "[DONE]")
	var landing atomic.Bool
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if landing.Swap(true) {
			streaming(delta(`{"content":"7}"}`, "null", `"stop"`), "[DONE]").ServeHTTP(w, r)
			return
		}
		streaming(events...).ServeHTTP(w, r)
	}))
	e, id := start(t, remote.Options{URLs: []string{url}}, chat)
	if err := e.Start(engine.Request{Prompt: id, LandAfter: 10}); err != nil {
		t.Fatal(err)
	}
	if got := next(t, e); got.Status != engine.Landed || strings.Count(got.Text, "so ") != 10 || !strings.HasSuffix(got.Text, "{7}") {
		t.Errorf("got %+v", got)
	}
}

// TestAStreamThatCannotGoOnFailsAtOnce also where the server keeps it open.
func TestAStreamThatCannotGoOnFailsAtOnce(t *testing.T) {
	e, id := start(t, remote.Options{URLs: []string{serve(t, streaming(delta(`{"content":"a"}`, "null", `"content_filter"`)))}}, chat)
	if err := e.Start(engine.Request{Prompt: id}); err != nil {
		t.Fatal(err)
	}
	if got := next(t, e); got.Status != engine.Failed || !strings.Contains(got.Err.Error(), `"content_filter"`) {
		t.Errorf("got %+v", got)
	}
}

func TestAnErrorWithoutItsBodyIsTriedAgain(t *testing.T) {
	var tries atomic.Int64
	f := &fake{least: 5}
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if tries.Add(1) > 1 {
			f.ServeHTTP(w, r)
			return
		}
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusInternalServerError)
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	e, id := start(t, remote.Options{URLs: []string{url}}, chat)
	if err := e.Start(engine.Request{Prompt: id}); err != nil {
		t.Fatal(err)
	}
	if got := next(t, e); got.Status != engine.Finished {
		t.Errorf("got %+v", got)
	}
}

// TestATextIsBounded has a server whose tokens are half a megabyte each.
func TestATextIsBounded(t *testing.T) {
	var events []string
	for range 40 {
		events = append(events, delta(`{"content":"`+strings.Repeat("x", 500_000)+`"}`, "null", "null"))
	}
	e, id := start(t, remote.Options{URLs: []string{serve(t, streaming(append(events, "[DONE]")...))}}, chat)
	if err := e.Start(engine.Request{Prompt: id, Params: engine.Params{MaxTokens: 1000}}); err != nil {
		t.Fatal(err)
	}
	if got := next(t, e); got.Status != engine.Truncated || len(got.Text) > 2_000_000 {
		t.Errorf("%s with %d bytes", got.Status, len(got.Text))
	}
}

// TestSlotsAreThoseOfAllServers starts more samples than there are slots on three servers.
func TestSlotsAreThoseOfAllServers(t *testing.T) {
	var open, most atomic.Int64
	done := streaming(delta(`{"content":"7"}`, "null", `"stop"`), "[DONE]")
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := open.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		time.Sleep(20 * time.Millisecond)
		open.Add(-1) // before the client knows
		done.ServeHTTP(w, r)
	})
	e, id := start(t, remote.Options{URLs: []string{serve(t, h), serve(t, h), serve(t, h)}, Slots: 4}, chat)
	for i := range uint64(20) {
		if err := e.Start(engine.Request{ID: i, Prompt: id}); err != nil {
			t.Fatal(err)
		}
	}
	for range 20 {
		next(t, e)
	}
	if n := most.Load(); n > 4 {
		t.Errorf("%d requests at once, want 4 at most", n)
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
