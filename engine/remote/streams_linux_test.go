package remote_test

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"caucus/engine"
	"caucus/engine/remote"
)

var (
	streams     = flag.Int("remote.streams", 200, "streams at once in TestManyStreams")
	streamsRate = flag.Int("remote.rate", 1000, "tokens a second of all of them together")
	streamsTime = flag.Duration("remote.time", time.Second, "how long they are measured")
)

// These variables make this test's program a fake server, which tells its URL and serves until its input ends: the processor
// time of a server must not count as an engine's.
const (
	tokenTime = "CAUCUS_FAKE_TOKEN_TIME"
	inSteps   = "CAUCUS_FAKE_IN_STEPS"
)

func TestMain(m *testing.M) {
	if d, err := time.ParseDuration(os.Getenv(tokenTime)); err == nil {
		fmt.Println(httptest.NewServer(&fake{least: 1000, token: d, steps: os.Getenv(inSteps) == "true"}).URL)
		_, _ = bufio.NewReader(os.Stdin).ReadByte()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestManyStreams measures what an engine costs beside the servers that it draws from, and how much of that is the mere
// reading of the streams by net/http: where samples have their tokens at the same times, as a server that decodes in batches
// sends them, and where each has its own.
//
//	go test ./engine/remote -run TestManyStreams -v -remote.streams 2000 -remote.rate 10000 -remote.time 10s
func TestManyStreams(t *testing.T) {
	for name, steps := range map[string]bool{"in steps": true, "one by one": false} {
		t.Run(name, func(t *testing.T) { testManyStreams(t, steps) })
	}
}

func testManyStreams(t *testing.T, steps bool) {
	before := goroutines()
	url := startFake(t, steps)
	bare := readBare(t, url)
	e, prompt := start(t, remote.Options{URLs: []string{url}, Slots: *streams, MaxTokens: 2000}, chat)
	for i := range *streams {
		if err := e.Start(engine.Request{ID: uint64(i), Prompt: prompt, Seed: uint64(i)}); err != nil {
			t.Fatal(err)
		}
	}
	for end := time.Now().Add(30 * time.Second); e.Stats().Running < *streams; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%+v after 30 s: %v", e.Stats(), e.Troubles())
		}
	}
	cost := measure(t, func() int { return e.Stats().Drawn })
	t.Logf("%d streams, %d tokens/s: %.2f µs of processor time a token, of which net/http takes %.2f; %d MB at most",
		*streams, *streamsRate, 1e6*cost, 1e6*bare, peakMemory(t)>>20)
	if peakMemory(t) > 500e6 {
		t.Errorf("%d bytes of memory, want less than 500 MB", peakMemory(t))
	}
	e.Close()
	noneLeft(t, before)
}

// startFake starts a fake server as a process that ends with the test.
func startFake(t *testing.T, steps bool) (url string) {
	interval := time.Duration(float64(time.Second) * float64(*streams) / float64(*streamsRate))
	server := exec.Command(os.Args[0])
	server.Env = append(os.Environ(), tokenTime+"="+interval.String(), fmt.Sprint(inSteps, "=", steps))
	in, err := server.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close(); _ = server.Wait() }) // it ends with its input, and how does not matter
	url, err = bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(url) + "/v1"
}

// measure is the processor time, in seconds, that this process uses for a token, of which count counts.
func measure(t *testing.T, count func() int) float64 {
	from, used := count(), processorTime(t)
	time.Sleep(*streamsTime)
	return (processorTime(t) - used).Seconds() / float64(max(count()-from, 1))
}

// readBare measures a client that reads as many streams and does nothing with what they bring.
func readBare(t *testing.T, url string) float64 {
	var reads, live atomic.Int64
	ctx, cancel := context.WithCancel(context.Background())
	transport := &http.Transport{}
	var all sync.WaitGroup
	for i := range *streams {
		all.Go(func() {
			body := fmt.Sprintf(`{"messages":[{"role":"user","content":"x"}],"stream":true,"max_tokens":2000,"seed":%d}`, i)
			r, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/chat/completions", strings.NewReader(body))
			if err != nil {
				t.Error(err)
				return
			}
			resp, err := transport.RoundTrip(r)
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _ = resp.Body.Close() }()
			live.Add(1)
			for buffer := make([]byte, 4096); ; reads.Add(1) {
				if _, err := resp.Body.Read(buffer); err != nil {
					return
				}
			}
		})
	}
	await(t, func() bool { return live.Load() == int64(*streams) })
	cost := measure(t, func() int { return int(reads.Load()) })
	cancel()
	all.Wait()
	transport.CloseIdleConnections()
	return cost
}

func usageOf(t *testing.T) syscall.Rusage {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return u
}

// processorTime is what this process has used.
func processorTime(t *testing.T) time.Duration {
	u := usageOf(t)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// peakMemory is the most bytes that this process had in memory.
func peakMemory(t *testing.T) int64 { return usageOf(t).Maxrss << 10 }
