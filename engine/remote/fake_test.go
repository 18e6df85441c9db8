package remote_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// fake is a server whose samples reason about nothing, a token a word, and answer 7 or, rarely, 8. What it writes is a
// function of the seed.
type fake struct {
	token    time.Duration // between tokens
	steps    bool          // all samples have their tokens at the same times, as where they are one batch
	least    int           // tokens of a sample
	spread   int           // at most so many more
	probs    bool          // it tells the tokens' probabilities
	requests atomic.Int64
	open     atomic.Int64 // streams
}

// asked is what a request says, as far as a fake cares.
type asked struct {
	Prompt   string `json:"prompt"`
	Messages []struct {
		Role    string `json:"role"`
		Content string `json:"content"`
	} `json:"messages"`
	MaxTokens int    `json:"max_tokens"`
	Seed      uint64 `json:"seed"`
}

// words are the tokens of the sample of a seed, and its answer at last.
func (f *fake) words(seed uint64) []string {
	rng := rand.New(rand.NewPCG(seed, 1))
	var words []string
	for range f.least + rng.IntN(f.spread+1) {
		words = append(words, "so ")
	}
	n := 7
	if rng.IntN(10) == 0 {
		n = 8
	}
	return append(words, "it ", "is ", `\boxed`, "{", fmt.Sprint(n), "}")
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.requests.Add(1)
	if r.Method == http.MethodGet {
		_, _ = fmt.Fprint(w, `{"object":"list","data":[{"id":"fake","object":"model"}]}`)
		return
	}
	var q asked
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	f.open.Add(1)
	defer f.open.Add(-1)
	words := f.words(q.Seed)
	if text := q.Prompt + last(q); strings.HasSuffix(text, `\boxed{`) {
		words = words[len(words)-2:]
	}
	finish := "stop"
	if len(words) > q.MaxTokens {
		words, finish = words[:q.MaxTokens], "length"
	}
	chat := q.Messages != nil
	for _, word := range words {
		if !pass(r, f.wait()) {
			return
		}
		f.send(w, chat, word, "")
	}
	f.send(w, chat, "", finish)
	_, _ = fmt.Fprintf(w, "data: {\"choices\":[],\"usage\":{\"completion_tokens\":%d}}\n\ndata: [DONE]\n\n", len(words))
}

// wait is how long the next token takes.
func (f *fake) wait() time.Duration {
	if !f.steps {
		return f.token
	}
	return f.token - time.Duration(time.Now().UnixNano())%f.token
}

func last(q asked) string {
	if len(q.Messages) == 0 {
		return ""
	}
	return q.Messages[len(q.Messages)-1].Content
}

func (f *fake) send(w http.ResponseWriter, chat bool, word, finish string) {
	text, end, probs := fmt.Sprintf(`"text":%q`, word), "null", "null"
	if chat {
		text = fmt.Sprintf(`"delta":{"content":%q}`, word)
	}
	if finish != "" {
		end = fmt.Sprintf("%q", finish)
	} else if f.probs && chat {
		probs = `{"content":[{"token":"x","logprob":-0.5,"bytes":null,"top_logprobs":[]}]}`
	} else if f.probs {
		probs = `{"tokens":["x"],"token_logprobs":[-0.5],"top_logprobs":null,"text_offset":[0]}`
	}
	_, _ = fmt.Fprintf(w, "data: {\"id\":\"cmpl-0123456789\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"fake\","+
		"\"choices\":[{\"index\":0,%s,\"logprobs\":%s,\"finish_reason\":%s}]}\n\n", text, probs, end)
	w.(http.Flusher).Flush()
}

// pass waits, and reports whether the client is still there.
func pass(r *http.Request, d time.Duration) bool {
	select {
	case <-r.Context().Done():
		return false
	case <-time.After(d):
		return true
	}
}

// serve starts a server and returns the URL of its interface.
func serve(t testing.TB, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL + "/v1"
}
