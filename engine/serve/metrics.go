package serve

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"caucus/engine"
)

// bounds are the upper bounds, in seconds, of the classes that requests are counted in by the time they took.
var bounds = [...]float64{0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300}

// metrics counts what the server does, for Prometheus. Its zero value has counted nothing.
type metrics struct {
	mu       sync.Mutex
	running  int // requests
	classes  [len(bounds) + 1]int
	seconds  float64
	failures map[int]int    // by status
	samples  map[string]int // by how they ended
	prompt   int            // tokens
	drawn    int
}

// timed counts requests.
func (m *metrics) timed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		m.mu.Lock()
		m.running++
		m.mu.Unlock()
		defer func() {
			took := time.Since(begun).Seconds()
			class, _ := slices.BinarySearch(bounds[:], took)
			m.mu.Lock()
			defer m.mu.Unlock()
			m.running--
			m.classes[class]++
			m.seconds += took
		}()
		next.ServeHTTP(w, r)
	})
}

func (m *metrics) failed(status int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.failures == nil {
		m.failures = make(map[int]int)
	}
	m.failures[status]++
}

func (m *metrics) ended(s engine.Status) { m.endedAs(string(s)) }

func (m *metrics) endedAs(status string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.samples == nil {
		m.samples = make(map[string]int)
	}
	m.samples[status]++
}

func (m *metrics) tokens(prompt, drawn int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.prompt += prompt
	m.drawn += drawn
}

// tellMetrics writes all counters in the text format of Prometheus.
func (s *Server) tellMetrics(w http.ResponseWriter, _ *http.Request) {
	stats := s.opt.Engine.Stats()
	var b strings.Builder
	one := func(name, kind, help string, value any) {
		fmt.Fprintf(&b, "# HELP caucus_%s %s\n# TYPE caucus_%s %s\ncaucus_%s %v\n", name, help, name, kind, name, value)
	}
	m := &s.metrics
	m.mu.Lock()
	one("requests_running", "gauge", "Requests that are being answered.", m.running)
	one("prompt_tokens_total", "counter", "Tokens of prompts of answered requests.", m.prompt)
	one("completion_tokens_total", "counter", "Tokens drawn for answered requests.", m.drawn)
	b.WriteString("# HELP caucus_request_seconds Time that requests took.\n# TYPE caucus_request_seconds histogram\n")
	n := 0
	for i, count := range m.classes {
		n += count
		le := "+Inf"
		if i < len(bounds) {
			le = fmt.Sprint(bounds[i])
		}
		fmt.Fprintf(&b, "caucus_request_seconds_bucket{le=%q} %d\n", le, n)
	}
	fmt.Fprintf(&b, "caucus_request_seconds_sum %v\ncaucus_request_seconds_count %d\n", m.seconds, n)
	labelled(&b, "failures_total", "Requests that failed, by status.", "status", m.failures)
	labelled(&b, "samples_total", "Samples by how they ended.", "status", m.samples)
	m.mu.Unlock()
	one("samples_running", "gauge", "Samples in slots.", stats.Running)
	one("samples_waiting", "gauge", "Samples that wait for a slot.", stats.Waiting)
	one("slots", "gauge", "Samples that can run at once.", s.opt.Engine.Slots())
	one("steps_total", "counter", "Steps of the engine.", stats.Steps)
	one("drawn_total", "counter", "Tokens that the engine has drawn, those of broken off samples too.", stats.Drawn)
	one("busy_seconds_total", "counter", "Time that the engine spent in steps.", stats.Busy.Seconds())
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_, _ = w.Write([]byte(b.String())) // nothing is left to do for a reader that has gone
}

// labelled writes a counter of each label.
func labelled[K int | string](b *strings.Builder, name, help, label string, counts map[K]int) {
	fmt.Fprintf(b, "# HELP caucus_%s %s\n# TYPE caucus_%s counter\n", name, help, name)
	var keys []K
	for k := range counts {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		fmt.Fprintf(b, "caucus_%s{%s=\"%v\"} %d\n", name, label, k, counts[k])
	}
}
