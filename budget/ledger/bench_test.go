//go:build unix

package ledger

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"caucus/budget"
)

// processorTime is what all threads of this process have used.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// aProblemSet has n problems, which get the slots by turns in the benchmarks.
func aProblemSet(n int) []Problem {
	all := make([]Problem, n)
	for i := range all {
		all[i] = Problem{ID: fmt.Sprint("problem ", i), Text: "?"}
	}
	return all
}

// aStream is the n-th sample of a run of 50 problems with a text of 300 bytes.
func aStream(n int) Sample {
	x := budget.Seed(1, "", n)
	at := float64(n) / rate
	s := Sample{
		Problem: n % 50, Index: n / 50, Seed: x, Started: at - 1, Ended: at, Status: budget.Finished, Tokens: int(x % 700),
		Answer: fmt.Sprint(x % 19), LogProb: -float64(x%1000) / 999, TailLogProb: -float64(x%100) / 99, Entropy: float64(x%10) / 9,
		Text: strings.Repeat("seven + ", 37) + "is 56",
	}
	return s
}

const rate = 5000 // samples a second

// stream adds samples at the rate, and reports how long it took. It sleeps seldom, or to be woken would cost as much as to
// write.
func stream(w *Writer, samples []Sample) time.Duration {
	begin := time.Now()
	for i, s := range samples {
		if wait := time.Until(begin.Add(time.Duration(i) * time.Second / rate)); wait > 50*time.Millisecond {
			time.Sleep(wait)
		}
		w.Add(s)
	}
	return time.Since(begin)
}

func aLongStream(from, n int) []Sample {
	all := make([]Sample, n)
	for i := range all {
		all[i] = aStream(from + i)
	}
	return all
}

// BenchmarkWriting has the processor time of a sample at 5,000 a second: all that the process does but waiting.
func BenchmarkWriting(b *testing.B) {
	samples := aLongStream(0, 5*rate)
	for b.Loop() {
		l := fresh(b)
		w, _, err := l.Begin(aRun, aSession(), aProblemSet(50))
		if err != nil {
			b.Fatal(err)
		}
		runtime.GC()
		before := processorTime(b)
		took := stream(w, samples)
		if err := w.Close("done", budget.Profile{}); err != nil || w.Recorded() != len(samples) {
			b.Fatal(w.Recorded(), err)
		}
		used := processorTime(b) - before
		b.ReportMetric(float64(used.Microseconds())/float64(len(samples)), "µs/sample(bound_8)")
		b.ReportMetric(float64(len(samples))/took.Seconds(), "samples/s")
	}
}

// BenchmarkComputingBesideTheWriter has the part of two busy goroutines' work that the writer costs at 5,000 samples a
// second: the median of many short pairs, one with and one without it.
func BenchmarkComputingBesideTheWriter(b *testing.B) {
	l := fresh(b)
	w, _, err := l.Begin(aRun, aSession(), aProblemSet(50))
	if err != nil {
		b.Fatal(err)
	}
	const pair = rate * 4 / 5 // samples of 0.8 s: two commits
	var lost []float64
	for b.Loop() {
		samples := aLongStream(pair*len(lost), pair)
		without := work(func() { time.Sleep(800 * time.Millisecond) })
		with := work(func() { stream(w, samples) })
		lost = append(lost, 100*(1-with/without))
	}
	if err := w.Close("done", budget.Profile{}); err != nil {
		b.Fatal(err)
	}
	slices.Sort(lost)
	b.ReportMetric(lost[len(lost)/2], "%lost(bound_2)")
}

// work is how fast two goroutines compute until the call is over, in rounds a second.
func work(until func()) float64 {
	var done atomic.Bool
	var rounds atomic.Int64
	var both sync.WaitGroup
	begin := time.Now()
	for range 2 {
		both.Go(func() {
			for x := uint64(1); !done.Load(); rounds.Add(1) {
				for range 1 << 14 {
					x = x*6364136223846793005 + 1442695040888963407
				}
			}
		})
	}
	until()
	done.Store(true)
	both.Wait()
	return float64(rounds.Load()) / time.Since(begin).Seconds()
}

// BenchmarkReadingAMillionSamples goes through a ledger that was written as the samples came.
func BenchmarkReadingAMillionSamples(b *testing.B) {
	const million = 1_000_000
	l := fresh(b)
	w, _, err := l.Begin(aRun, aSession(), aProblemSet(50))
	if err != nil {
		b.Fatal(err)
	}
	for i := range million {
		w.Add(aStream(i))
		if i%100 == 0 { // few at a time, so that problems are mixed in the file as they are in a long run
			if err := w.Flush(); err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := w.Close("done", budget.Profile{}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		n, tokens := 0, 0
		for s, err := range l.Samples() {
			if err != nil {
				b.Fatal(err)
			}
			n++
			tokens += s.Tokens
		}
		if n != million {
			b.Fatal(n)
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/million(bound_3)")
}

// BenchmarkOpening is what a fresh ledger takes of the window, until samples can be added.
func BenchmarkOpening(b *testing.B) {
	for b.Loop() {
		l := fresh(b)
		w, _, err := l.Begin(aRun, aSession(), aProblemSet(50))
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		if err := w.Close("done", budget.Profile{}); err != nil {
			b.Fatal(err)
		}
		if err := l.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(b.Elapsed().Seconds()*1000/float64(b.N), "ms/ledger(bound_20)")
}
