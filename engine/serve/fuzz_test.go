package serve

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"caucus/engine/remote"
)

// FuzzRequest wants whatever is sent to be understood or refused.
func FuzzRequest(f *testing.F) {
	for _, seed := range []string{
		`{` + hello + `,"n":2,"seed":-1,"stop":["a","b"],"logprobs":true,"stream":true}`, `{"prompt":"a","logprobs":0,"max_tokens":3,"temperature":0.5}`,
		`{` + hello + `,"votes":3,"budget_s":0.5}`, `{"messages":[{"role":"assistant","content":"a"}],"continue_final_message":true,"add_generation_prompt":false}`,
		`{"messages":[{"role":"user","content":[{"type":"text","text":"a"}]}],"stream_options":null,"response_format":null}`, `{"messages":[{"role":"user","content":"a",` + nothing + `}]}`, `{"prompt":"a"}}`, `[]`, `null`,
	} {
		f.Add(seed)
	}
	e := newFake(1, 0, "a")
	s := &Server{opt: Options{Engine: e, Model: e, Name: "m", Queue: maxChoices, About: remote.Extension{MaxTokens: 100}, Timeout: time.Minute}.withDefaults()}
	f.Fuzz(func(t *testing.T, body string) {
		for _, chat := range []bool{true, false} {
			r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
			o, fail := s.read(r, chat)
			switch {
			case fail != nil:
				if fail.status < 400 || fail.message == "" {
					t.Errorf("refused with %+v", fail)
				}
			case o.n < 1 || o.n > maxChoices || o.params.MaxTokens < 1 || o.params.MaxTokens > 100 || o.votes > 0 && o.budget <= 0:
				t.Errorf("taken for %+v", o)
			case len(o.seeds()) != o.n:
				t.Errorf("%d seeds for %d choices", len(o.seeds()), o.n)
			}
		}
	})
}
