package main

import (
	"bufio"
	"encoding/json"
	"encoding/pem"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// serveMini starts caucus serve with the embedded model as a process that ends with the test, gently, and returns its URL.
func serveMini(t *testing.T, flags ...string) string {
	t.Helper()
	cmd := exec.Command("caucus", append([]string{"serve", "--listen", "127.0.0.1:0"}, flags...)...)
	cmd.Env = ownCache(t)
	out, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	_, url, found := strings.Cut(strings.TrimSpace(line), " is served at ")
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("caucus serve: %v", err)
		}
	})
	if err != nil || !found {
		t.Fatalf("caucus serve says %q, %v", line, err)
	}
	go func() { _, _ = lines.WriteTo(os.Stderr) }() // until it ends
	return url
}

// caucus runs the program and returns its standard output and standard error.
func caucus(t *testing.T, args ...string) (stdout, stderr string) {
	t.Helper()
	cmd := exec.Command("caucus", args...)
	cmd.Env = append(ownCache(t), "OPENAI_API_KEY=sk-very-secret")
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("caucus %q: %v\n%s", args, err, errs.String())
	}
	return out.String(), errs.String()
}

// TestServedSamplesAreThoseOfTheModelHere draws samples here, from a server, and from a server of that server.
func TestServedSamplesAreThoseOfTheModelHere(t *testing.T) {
	url := serveMini(t, "--slots", "16")
	further := serveMini(t, "--model", "openai:", "--base-url", url, "--slots", "8")
	draw := func(from ...string) []sampleText {
		args := append([]string{"solve", "--json", "--show-samples", "--policy", "uniform", "--samples", "6", "--budget", "20s"}, from...)
		out, _ := caucus(t, append(args, "What is 17*3 - 8?")...)
		var s solved
		if err := json.Unmarshal([]byte(out), &s); err != nil {
			t.Fatal(err)
		}
		return s.Texts
	}
	want := draw()
	for name, got := range map[string][]sampleText{
		"served": draw("--model", "openai:embedded", "--base-url", url), "served twice": draw("--model", "openai:", "--base-url", further),
	} {
		if len(got) != len(want) {
			t.Fatalf("%s: %d samples, %d here", name, len(got), len(want))
		}
		for i := range want {
			if got[i].Text != want[i].Text || got[i].Status != want[i].Status || got[i].Tokens != want[i].Tokens || !(got[i].LogProb < 0) {
				t.Errorf("%s: sample %d is\n%+v, here\n%+v", name, i, got[i], want[i])
			}
		}
	}
}

func TestABatchAndASweepComeFromServers(t *testing.T) {
	if testing.Short() {
		t.Skip("takes time")
	}
	url := serveMini(t, "--slots", "16")
	folder := t.TempDir()
	ledger, remote := filepath.Join(folder, "run.db"), []string{"--model", "openai:", "--base-url", url + ",http://127.0.0.1:1/v1"}
	args := slices.Concat([]string{"batch", "--samples", "4", "--budget", "20s", "--ledger", ledger, "--limit", "4"}, remote,
		[]string{"../../problems/examples.jsonl"})
	_, said := caucus(t, args...)
	if !strings.Contains(said, "4 of 4 problems answered") || !strings.Contains(said, "http://127.0.0.1:1/v1: ") {
		t.Errorf("batch says %s", said)
	}
	_, said = caucus(t, "batch", "--ledger", ledger, "--budget", "10s") // its flags are those that it was begun with
	if !strings.Contains(said, "has 0 samples more") {
		t.Errorf("the same again says %s", said)
	}
	data, err := os.ReadFile(ledger)
	if err != nil || strings.Contains(string(data), "sk-very-secret") {
		t.Errorf("the ledger has the key, or cannot be read: %v", err)
	}
	out, said := caucus(t, append([]string{"sweep", "--samples", "4", "--budgets", "1s,2s", "--runs", "10", "--limit", "4"}, remote...)...)
	if !strings.Contains(out, "uniform") || !strings.Contains(out, "voi") {
		t.Errorf("sweep writes %s and says %s", out, said)
	}
}

// TestAWindowWithoutAServerIsOver wants what is wrong to be said, and not to wait for the window's end.
func TestAWindowWithoutAServerIsOver(t *testing.T) {
	for want, args := range map[string][]string{
		"connection refused":       {"--model", "openai:x", "--base-url", "http://127.0.0.1:1"},
		"needs a server":           {"--model", "openai:x"},
		"is no URL":                {"--model", "openai:x", "--base-url", "127.0.0.1:1"},
		"have theirs":              {"--model", "openai:x", "--base-url", "http://127.0.0.1:1", "--weights", "int8"},
		"do not tell the entro":    {"--model", "openai:x", "--base-url", "http://127.0.0.1:1", "--weighting", "entropy"},
		"is for models on serve":   {"--template", "{}"},
		"needs a time above 0 and": {"--model", "openai:x", "--base-url", "http://127.0.0.1:1", "--hedge", "1s"},
		"leave the password out":   {"--model", "openai:x", "--base-url", "http://a:b@127.0.0.1:1"},
	} {
		begun := time.Now()
		cmd := exec.Command("caucus", append(append([]string{"solve", "--budget", "2m"}, args...), "What is 1+1?")...)
		cmd.Env = ownCache(t)
		out, err := cmd.CombinedOutput()
		if err == nil || !strings.Contains(string(out), want) || time.Since(begun) > time.Minute {
			t.Errorf("%q: %v after %v, %s", args, err, time.Since(begun), out)
		}
	}
}

// TestServersAreReachedOverTLS has a server behind a certificate that is known, to which the environment's key may go, and
// that is not.
func TestServersAreReachedOverTLS(t *testing.T) {
	behind, err := url.Parse(serveMini(t))
	if err != nil {
		t.Fatal(err)
	}
	behind.Path = ""
	var keys atomic.Int64
	proxy := httputil.NewSingleHostReverseProxy(behind)
	secure := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer sk-very-secret" {
			keys.Add(1)
		}
		proxy.ServeHTTP(w, r)
	}))
	defer secure.Close()
	certificate := filepath.Join(t.TempDir(), "cert.pem")
	block := &pem.Block{Type: "CERTIFICATE", Bytes: secure.Certificate().Raw}
	if err := os.WriteFile(certificate, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	solve := func(env ...string) (string, error) {
		cmd := exec.Command("caucus", "solve", "--model", "openai:", "--base-url", secure.URL, "--budget", "20s", "--samples", "4", "What is 17*3 - 8?")
		cmd.Env = append(append(ownCache(t), "OPENAI_API_KEY=sk-very-secret"), env...)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := solve("SSL_CERT_FILE=" + certificate); err != nil || !strings.Contains(out, "answer: 43") || keys.Load() < 5 {
		t.Errorf("%v, the key came %d times, %s", err, keys.Load(), out)
	}
	if out, err := solve(); err == nil || !strings.Contains(out, "certificate") {
		t.Errorf("with a certificate that nobody vouches for: %v, %s", err, out)
	}
}

var (
	serveConnections = flag.Int("serve.connections", 64, "clients of TestManyClients")
	serveTime        = flag.Duration("serve.time", time.Second, "how long they ask")
)

// TestManyClients has more clients than the embedded model has slots and places to wait. Each is answered or told to come again.
//
//	go test ./cmd/caucus -run TestManyClients -v -serve.connections 256 -serve.time 30s
func TestManyClients(t *testing.T) {
	url := serveMini(t, "--slots", "16", "--queue", "32")
	client := http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: *serveConnections}}
	defer client.CloseIdleConnections()
	var mu sync.Mutex
	statuses := map[int]int{}
	var all sync.WaitGroup
	for i, end := 0, time.Now().Add(*serveTime); i < *serveConnections; i++ {
		all.Go(func() {
			for n := 0; time.Now().Before(end); n++ {
				body := fmt.Sprintf(`{"messages":[{"role":"user","content":"What is %d + %d?"}],"stream":%v}`, i, n, n%2 == 0)
				resp, err := client.Post(url+"/chat/completions", "application/json", strings.NewReader(body))
				if err != nil {
					t.Error(err)
					return
				}
				text, err := io.ReadAll(resp.Body)
				_ = resp.Body.Close()
				whole := strings.Contains(string(text), `"finish_reason":"`)
				if err != nil || whole != (resp.StatusCode == 200) || resp.StatusCode != 200 && resp.StatusCode != http.StatusTooManyRequests {
					t.Errorf("%d, %v: %s", resp.StatusCode, err, text)
				}
				mu.Lock()
				statuses[resp.StatusCode]++
				mu.Unlock()
				if resp.StatusCode != 200 {
					time.Sleep(50 * time.Millisecond)
				}
			}
		})
	}
	all.Wait()
	t.Logf("%d clients for %v: %v", *serveConnections, *serveTime, statuses)
	if statuses[200] == 0 {
		t.Error("nobody is answered")
	}
}
