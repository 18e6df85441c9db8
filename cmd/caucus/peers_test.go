package main

import (
	"flag"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The real peers, which .ci/run installs.
var (
	llamaPython   = flag.String("peers.llama", "", "a Python that has llama-cpp-python's server")
	smolLM2       = flag.String("peers.smollm2", "", "path of SmolLM2-135M-Instruct.Q4_1.gguf")
	runningServer = flag.String("peers.url", "", "a server that runs")
	openaiPython  = flag.String("peers.openai", "", "a Python that has OpenAI's library")
)

// TestLlamaServer draws samples from llama-cpp-python's server. It serves one request at a time, and is told not to break off one
// for the next.
func TestLlamaServer(t *testing.T) {
	if *llamaPython == "" || *smolLM2 == "" {
		t.Skip("-peers.llama and -peers.smollm2 name the server and its model")
	}
	url := serveLlama(t)
	const template = "<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n"
	driveServer(t, "--model", "openai:smol", "--base-url", url, "--slots", "1", "--max-tokens", "200", "--template", template)
	// A chat, which this server cannot go on with: it lands in a turn of its own.
	driveServer(t, "--model", "openai:smol", "--base-url", url, "--slots", "1", "--max-tokens", "200")
}

// TestRunningServer draws samples from a server that runs already, such as vLLM or SGLang.
//
//	go test ./cmd/caucus -run TestRunningServer -v -peers.url http://localhost:8000
func TestRunningServer(t *testing.T) {
	if *runningServer == "" {
		t.Skip("-peers.url names a server that has one model")
	}
	driveServer(t, "--model", "openai:", "--base-url", *runningServer, "--slots", "16", "--max-tokens", "200")
}

// driveServer has solve, batch and sweep draw samples from a server.
func driveServer(t *testing.T, remote ...string) {
	t.Helper()
	out, said := caucus(t, append(append([]string{"solve", "--samples", "8", "--budget", "30s", "--json", "--show-samples"}, remote...),
		"What is 3*(17 - 5)/4?")...)
	if !strings.Contains(out, `"status":"finished"`) {
		t.Errorf("solve writes %s and says %s", out, said)
	}
	problems := filepath.Join(t.TempDir(), "problems.jsonl")
	text := `{"id":"a","problem":"What is 2 + 3?","answer":"5"}` + "\n" + `{"id":"b","problem":"What is 10 - 4?","answer":"6"}` + "\n"
	if err := os.WriteFile(problems, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	out, said = caucus(t, append(append([]string{"batch", "--samples", "6", "--budget", "30s"}, remote...), problems)...)
	if strings.Count(out, "\n") != 2 || !strings.Contains(said, "problems answered") {
		t.Errorf("batch writes %s and says %s", out, said)
	}
	out, said = caucus(t, append(append([]string{"sweep", "--samples", "2", "--budgets", "5s,20s", "--runs", "10"}, remote...), problems)...)
	if !strings.Contains(out, "uniform") {
		t.Errorf("sweep writes %s and says %s", out, said)
	}
}

// serveLlama starts the server as a process that ends with the test, and returns its URL.
func serveLlama(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	_ = l.Close() // so that the server can have it
	cmd := exec.Command(*llamaPython, "-m", "llama_cpp.server", "--model", *smolLM2, "--model_alias", "smol", "--port", port, "--n_ctx", "2048",
		"--interrupt_requests", "False", "--logits_all", "False")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	url := "http://127.0.0.1:" + port + "/v1"
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if resp, err := http.Get(url + "/models"); err == nil {
			_ = resp.Body.Close()
			return url
		}
	}
	t.Fatal("llama-cpp-python's server is not up after a minute")
	return ""
}

// TestOfficialClient drives caucus serve by OpenAI's library, and by curl.
func TestOfficialClient(t *testing.T) {
	if *openaiPython == "" {
		t.Skip("-peers.openai names a Python with OpenAI's library")
	}
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	url := serveMini(t, "--slots", "16", "--token-file", token)
	out, err := exec.Command(*openaiPython, "testdata/peers/client.py", url, "secret").CombinedOutput()
	if err != nil || !strings.Contains(string(out), "content") {
		t.Errorf("%v: %s", err, out)
	}
	out, err = exec.Command("curl", "-sSfN", "-H", "Authorization: Bearer secret", url+"/chat/completions", "-d",
		`{"messages":[{"role":"user","content":"What is 2+2?"}],"stream":true}`).CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "data: {") || !strings.HasSuffix(string(out), "data: [DONE]\n\n") {
		t.Errorf("curl: %v: %s", err, out)
	}
}
