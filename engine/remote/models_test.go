package remote_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"caucus/engine/remote"
)

// lists is a server that has only a list of models.
func lists(t *testing.T, status int, body string) string {
	return serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(status)
		_, _ = fmt.Fprint(w, body)
	}))
}

func TestAModelIsFoundByItsName(t *testing.T) {
	two := lists(t, 200, `{"data":[{"id":"a","max_model_len":4096},{"id":"b"}]}`)
	one := lists(t, 200, `{"data":[{"id":"a","max_model_len":2048,"caucus":{"suffix":"?","max_tokens":9}}]}`)
	none := lists(t, 404, "")
	dead := "http://127.0.0.1:1/v1"
	for _, tt := range []struct {
		name string
		urls []string
		want string // the model, or what the error says
		told int
	}{
		{"a", []string{two}, "a 4096", 0}, {"b", []string{two}, "b 0", 0}, {"", []string{one}, "a 2048", 0}, {"x", []string{none}, "x 0", 0},
		{"a", []string{dead, two}, "a 4096", 1}, {"a", []string{two, one}, "a 2048", 0}, {"a", []string{none, one}, "a 2048", 0},
		{"", []string{two}, "name one of its 2 models: a, b", 0}, {"c", []string{two}, `no model "c", but a, b`, 0},
		{"a", []string{dead}, "connection refused", 0}, {"", []string{none}, "404", 0}, {"a", []string{lists(t, 200, "<html>")}, "is the URL that of", 0},
		{"a", []string{lists(t, 401, `{"error":"who are you"}`)}, "who are you", 0}, {"a", []string{lists(t, 302, "")}, "leads elsewhere", 0},
	} {
		m, told, err := remote.Find(context.Background(), remote.Options{URLs: tt.urls, Model: tt.name})
		got := fmt.Sprintf("%s %d", m.Name, m.MaxTokens)
		if err != nil {
			got = err.Error()
		}
		if !strings.Contains(got, tt.want) || len(told) != tt.told {
			t.Errorf("%q of %q: %s, told %q; want %s", tt.name, tt.urls, got, told, tt.want)
		}
	}
}

func TestOneServersAnswerIsEnough(t *testing.T) {
	silent := serve(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	begun := time.Now()
	m, told, err := remote.Find(context.Background(), remote.Options{URLs: []string{silent, lists(t, 200, `{"data":[{"id":"a"}]}`), silent}, Model: "a"})
	if err != nil || m.Name != "a" || len(told) != 2 || time.Since(begun) > 20*time.Second {
		t.Errorf("%+v, told %q, %v after %v", m, told, err, time.Since(begun))
	}
}
