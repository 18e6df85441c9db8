package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

func TestWhatIsServedEverywhereIsReachedAtLocalhost(t *testing.T) {
	for listened, want := range map[string]string{
		"[::]:8080": "localhost:8080", "0.0.0.0:8080": "localhost:8080", "127.0.0.1:8080": "127.0.0.1:8080", "[::1]:8080": "[::1]:8080",
	} {
		a, err := net.ResolveTCPAddr("tcp", listened)
		if err != nil {
			t.Fatal(err)
		}
		if got := reachedAt(a); got != want {
			t.Errorf("%s is said to be reached at %s, want %s", listened, got, want)
		}
	}
}

// TestServeLetsAsManyWaitAsItIsTold asks for one answer more than there is room for.
func TestServeLetsAsManyWaitAsItIsTold(t *testing.T) {
	for queue, most := range map[string]int{"": 5, "0": 1, "2": 3} {
		flags := []string{"--slots", "1"}
		if queue != "" {
			flags = append(flags, "--queue", queue)
		}
		url := serveMini(t, flags...)
		for n, want := range map[int]int{most: http.StatusOK, most + 1: http.StatusBadRequest} {
			body := fmt.Sprintf(`{"messages":[{"role":"user","content":"What is 2 + 2?"}],"max_tokens":3,"n":%d}`, n)
			resp, err := http.Post(url+"/chat/completions", "application/json", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			if err != nil || resp.StatusCode != want {
				t.Errorf("--queue %q: %d answers: %d %s, %v", queue, n, resp.StatusCode, text, err)
			}
		}
	}
}

// TestServeTellsWhatItAddsInVotes has a server of a server with texts of its own.
func TestServeTellsWhatItAddsInVotes(t *testing.T) {
	url := serveMini(t, "--model", "openai:", "--base-url", serveMini(t), "--suffix", " Think!", "--landing", "So: ")
	resp, err := http.Get(url + "/models")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil || !strings.Contains(string(text), `"suffix":" Think!","landing":"So: "`) {
		t.Errorf("%s, %v", text, err)
	}
}
