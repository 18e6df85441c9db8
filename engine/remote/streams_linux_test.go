package remote_test

import (
	"bufio"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"strings"
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

// fakeVariable makes this test's program a fake server, which tells its URL and serves until its input ends: the processor
// time of a server must not count as an engine's.
const fakeVariable = "CAUCUS_FAKE_TOKEN_TIME"

func TestMain(m *testing.M) {
	if d, err := time.ParseDuration(os.Getenv(fakeVariable)); err == nil {
		fmt.Println(httptest.NewServer(&fake{least: 1000, token: d}).URL)
		_, _ = bufio.NewReader(os.Stdin).ReadByte()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestManyStreams measures what an engine costs beside the servers that it draws from.
//
//	go test ./engine/remote -run TestManyStreams -v -remote.streams 2000 -remote.rate 10000 -remote.time 10s
func TestManyStreams(t *testing.T) {
	before := goroutines()
	interval := time.Duration(float64(time.Second) * float64(*streams) / float64(*streamsRate))
	server := exec.Command(os.Args[0])
	server.Env = append(os.Environ(), fakeVariable+"="+interval.String())
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
	defer func() { _ = in.Close(); _ = server.Wait() }() // it ends with its input, and how does not matter
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	e, err := remote.New(remote.Options{URLs: []string{strings.TrimSpace(url) + "/v1"}, Model: "fake", Slots: *streams, MaxTokens: 2000})
	if err != nil {
		t.Fatal(err)
	}
	prompt := e.Open(chat)
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
	from, cpu, begun := e.Stats(), processorTime(t), time.Now()
	time.Sleep(*streamsTime)
	took, used, tokens := time.Since(begun), processorTime(t)-cpu, e.Stats().Drawn-from.Drawn
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	t.Logf("%d streams, %d tokens/s: %.2f µs of processor time a token, %.1f%% of a processor for 10000 tokens/s; %d MB in use, %d MB at most",
		*streams, int(float64(tokens)/took.Seconds()), used.Seconds()*1e6/float64(tokens), 100*used.Seconds()/float64(tokens)*1e4,
		m.Sys>>20, peakMemory(t)>>20)
	if peakMemory(t) > 500e6 {
		t.Errorf("%d bytes of memory, want less than 500 MB", peakMemory(t))
	}
	e.Close()
	noneLeft(t, before)
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
