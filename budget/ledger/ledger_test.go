package ledger

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"caucus/budget"
)

// aRun has the largest seed, which SQLite keeps as -1.
var aRun = Run{
	Seed: math.MaxUint64, Model: "mini", Fingerprint: "f00d", Settings: map[string]string{"policy": "voi", "budget": "10s"},
}

var someProblems = []Problem{
	{ID: "sum", Text: "What is 1+1?", Reference: "2", PromptTokens: 12},
	{ID: "root", Text: "What is \\sqrt{2}?"},
	{ID: "none", Text: "Say nothing.\x00\xff"},
}

func aSession() Session {
	return Session{
		Opened: time.Now(), Budget: 10 * time.Second, Begun: 123456789, Policy: "voi", Slots: 64, Machine: "two cores", Version: "dev",
	}
}

// fresh is an open ledger, which the test need not close.
func fresh(t testing.TB) *Ledger {
	t.Helper()
	return opened(t, filepath.Join(t.TempDir(), "100% #1.db"))
}

func opened(t testing.TB, path string) *Ledger {
	t.Helper()
	l, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func begun(t testing.TB, l *Ledger) *Writer {
	t.Helper()
	w, _, err := l.Begin(aRun, aSession(), someProblems)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// session runs samples as a session of its own.
func session(t testing.TB, l *Ledger, samples ...Sample) {
	t.Helper()
	w := begun(t, l)
	for _, s := range samples {
		w.Add(s)
	}
	if err := w.Close("done", budget.Profile{}); err != nil {
		t.Fatal(err)
	}
}

func allSamples(t testing.TB, l *Ledger) []Sample {
	t.Helper()
	var all []Sample
	for s, err := range l.Samples() {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

// must is the value of a call that may not fail.
func must[T any](t testing.TB) func(T, error) T {
	t.Helper()
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func texts(t testing.TB, l *Ledger) int {
	t.Helper()
	return must[int](t)(number(l.db, "SELECT count(*) FROM text"))
}

func TestALedgerHasWhatWasAdded(t *testing.T) {
	l := fresh(t)
	s := aSession()
	w, positions, err := l.Begin(aRun, s, someProblems)
	if err != nil || !reflect.DeepEqual(positions, []int{0, 1, 2}) {
		t.Fatal(positions, err)
	}
	samples := []Sample{
		{Problem: 0, Index: 0, Seed: 1, Started: 0.1, Ended: 2.5, Status: budget.Finished, Tokens: 30, Answer: "2", Key: "2",
			LogProb: -0.25, TailLogProb: -0.5, Entropy: 0.75, Text: "It is 2.\x00\xfe"},
		{Problem: 0, Index: 1, Seed: math.MaxUint64, Status: budget.Truncated, Tokens: 64, LogProb: math.Inf(-1)},
		{Problem: 1, Index: 0, Seed: 1 << 63, Status: budget.Landed, Answer: "1.41", Key: "141/100", Text: "x"},
		{Problem: 2, Index: 7, Status: budget.Cancelled, Started: 3},
		{Problem: 2, Index: 8, Status: budget.Failed, Answer: "unread"},
	}
	for _, s := range slices.Backward(samples) {
		w.Add(s)
	}
	landings := []Landing{{0, 0, 10, 14, "2", "2"}, {0, 0, 20, 24, "", ""}, {1, 0, 5, 9, "1.41", "141/100"}}
	for _, x := range landings {
		w.AddLanding(x)
	}
	decisions := []Decision{{0.5, "width", -1, "32 slots"}, {1.5, "decided", 0, "2 leads"}, {1.5, "land", -1, ""}}
	for _, d := range decisions {
		w.Decide(d)
	}
	results := []Result{{0, "2", "2", 3, 1, 4, true, 1.5, "certified"}, {Problem: 2}}
	for _, r := range append(results, results[0]) {
		w.Settle(r)
	}
	profile := budget.Profile{StepTime: budget.StepTime{Rows: []float64{1, 64}, Seconds: []float64{0.01, 0.02}}}
	if err := w.Close("deadline", profile); err != nil {
		t.Fatal(err)
	}
	for i := range samples {
		samples[i].Text = ""
	}
	if got := allSamples(t, l); !reflect.DeepEqual(got, samples) {
		t.Errorf("samples are\n%+v, want\n%+v", got, samples)
	}
	if got := must[string](t)(l.Text(0, 0)); got != "It is 2.\x00\xfe" {
		t.Errorf("a text is %q", got)
	}
	if got := must[string](t)(l.Text(0, 1)); got != "" {
		t.Errorf("no text is %q", got)
	}
	if _, err := l.Text(0, 2); err == nil {
		t.Error("a sample that is not there has a text")
	}
	if got := must[[]Landing](t)(l.Landings()); !reflect.DeepEqual(got, landings) {
		t.Errorf("landings are %+v", got)
	}
	if got := must[[]Decision](t)(l.Decisions(0)); !reflect.DeepEqual(got, decisions) {
		t.Errorf("decisions are %+v", got)
	}
	if got := must[[]Result](t)(l.Results(0)); !reflect.DeepEqual(got, results) {
		t.Errorf("results are %+v", got)
	}
	if got := must[[]Problem](t)(l.Problems()); !reflect.DeepEqual(got, someProblems) {
		t.Errorf("problems are %+v", got)
	}
	run, ok, err := l.Run()
	if err != nil || !ok || !reflect.DeepEqual(run, aRun) {
		t.Errorf("the run is %+v, %v, %v", run, ok, err)
	}
	got := must[[]Session](t)(l.Sessions())[0]
	if !got.Opened.Equal(s.Opened) || got.Spent <= 0 || got.Spent > time.Since(s.Opened) {
		t.Errorf("it was opened at %v and spent %v; the session was opened at %v", got.Opened, got.Spent, s.Opened)
	}
	got.Opened, got.Spent = s.Opened, 0
	s.Profile, s.Ended = profile, "deadline"
	if !reflect.DeepEqual(got, s) {
		t.Errorf("the session is %+v, want %+v", got, s)
	}
}

func TestNaNsComeBack(t *testing.T) {
	l := fresh(t)
	session(t, l, Sample{Status: budget.Finished, LogProb: math.NaN(), Entropy: 1})
	if s := allSamples(t, l)[0]; !math.IsNaN(s.LogProb) || s.TailLogProb != 0 || s.Entropy != 1 {
		t.Errorf("it is %+v", s)
	}
}

func TestAnEmptyLedgerHasNoRun(t *testing.T) {
	l := fresh(t)
	if run, ok, err := l.Run(); ok || err != nil {
		t.Errorf("it holds %+v, %v", run, err)
	}
	if all := allSamples(t, l); all != nil {
		t.Errorf("it has samples: %v", all)
	}
}

// Batches of every size around that of a statement must come out whole.
func TestBatchesOfAnySizeAreWritten(t *testing.T) {
	l, total := fresh(t), 0
	w := begun(t, l)
	for _, n := range []int{0, 1, together - 1, together, together + 1, 2*together + 1} {
		for i := range n {
			w.Add(Sample{Problem: i % 3, Index: total + i, Status: budget.Finished, Answer: fmt.Sprint(i), Text: fmt.Sprint(total + i)})
		}
		total += n
		if err := w.Flush(); err != nil || w.Recorded() != total {
			t.Fatalf("%d of %d are recorded: %v", w.Recorded(), total, err)
		}
	}
	if got := len(allSamples(t, l)); got != total || texts(t, l) != total {
		t.Errorf("%d samples and %d texts, want %d", got, texts(t, l), total)
	}
	for _, s := range allSamples(t, l) {
		if got := must[string](t)(l.Text(s.Problem, s.Index)); got != fmt.Sprint(s.Index) {
			t.Errorf("sample %d has the text of %s", s.Index, got)
		}
	}
	if err := w.Close("done", budget.Profile{}); err != nil {
		t.Error(err)
	}
}

func TestOnlySamplesThatDidNotEndByThemselvesAreReplaced(t *testing.T) {
	for _, first := range statuses {
		for _, second := range statuses {
			l := fresh(t)
			session(t, l, Sample{Status: first, Tokens: 5, Answer: "1", Key: "1", Text: "first"})
			session(t, l, Sample{Status: second, Tokens: 9, Answer: "2", Key: "2", Text: "second"},
				Sample{Status: second, Tokens: 10, Text: "twice in a session"})
			want, text := Sample{Session: 1, Status: second, Tokens: 9, Answer: "2", Key: "2"}, "second"
			if first == budget.Finished || first == budget.Truncated {
				want, text = Sample{Session: 0, Status: first, Tokens: 5, Answer: "1", Key: "1"}, "first"
			}
			if got := allSamples(t, l); !reflect.DeepEqual(got, []Sample{want}) {
				t.Errorf("%s, then %s: %+v", first, second, got)
			}
			if got := must[string](t)(l.Text(0, 0)); got != text || texts(t, l) != 1 {
				t.Errorf("%s, then %s: the text is %q, of %d", first, second, got, texts(t, l))
			}
			var landings []Landing
			if first == budget.Landed {
				landings = []Landing{{Drawn: 5, Tokens: 5, Answer: "1", Key: "1"}}
			}
			if got := must[[]Landing](t)(l.Landings()); !reflect.DeepEqual(got, landings) {
				t.Errorf("%s, then %s: landings are %v", first, second, got)
			}
		}
	}
}

func TestASampleCanBeLandedAtOnePlaceAgainAndAgain(t *testing.T) {
	l := fresh(t)
	landed := Sample{Status: budget.Landed, Tokens: 5, Answer: "1", Key: "1"}
	for range 4 {
		session(t, l, landed)
	}
	finished := landed
	finished.Status, finished.Tokens = budget.Finished, 9
	session(t, l, finished)
	want := []Landing{{Drawn: 5, Tokens: 5, Answer: "1", Key: "1"}}
	if got := must[[]Landing](t)(l.Landings()); !reflect.DeepEqual(got, want) || len(allSamples(t, l)) != 1 {
		t.Errorf("landings are %v, samples %v", got, allSamples(t, l))
	}
}

func TestASessionGoesOnWithTheRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.db")
	l := opened(t, path)
	session(t, l, Sample{Problem: 2, Status: budget.Finished, Answer: "a"})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l = opened(t, path)
	again := aRun
	again.Settings = map[string]string{"policy": "uniform"}
	w, positions, err := l.Begin(again, aSession(), []Problem{
		{ID: "new", Text: "New?"}, {ID: "root", Text: someProblems[1].Text, Reference: "\\sqrt2"}, {ID: "sum", Text: someProblems[0].Text},
	})
	if err != nil || !reflect.DeepEqual(positions, []int{3, 1, 0}) || w.Session() != 1 {
		t.Fatal(positions, err)
	}
	w.Settle(Result{Problem: 1, Answer: "a", Votes: 2})
	if err := w.Close("done", budget.Profile{}); err != nil {
		t.Fatal(err)
	}
	session(t, l)
	problems := must[[]Problem](t)(l.Problems())
	if len(problems) != 4 || problems[0] != someProblems[0] || problems[1].Reference != "\\sqrt2" || problems[3].ID != "new" {
		t.Errorf("problems are %+v", problems)
	}
	if run, _, _ := l.Run(); !maps.Equal(run.Settings, aRun.Settings) {
		t.Errorf("the settings are %v", run.Settings)
	}
	if n := must[int](t)(number(l.db, "SELECT count(*) FROM answer")); n != 1 {
		t.Errorf("an answer is there %d times", n)
	}
	if last := must[[]Result](t)(l.LastResults()); len(last) != 1 || last[0].Votes != 2 {
		t.Errorf("the last results are %v", last)
	}
}

func TestALedgerHoldsOneRun(t *testing.T) {
	l := fresh(t)
	session(t, l, Sample{Status: budget.Finished})
	other := aRun
	other.Seed, other.Fingerprint = 7, "beef"
	text := []Problem{{ID: "added", Text: "?"}, {ID: "sum", Text: "What is 1+2?"}}
	for _, c := range []struct {
		run      Run
		problems []Problem
		want     []string
	}{
		{other, nil, []string{"seed is 18446744073709551615 there and 7 here", "mini (f00d) there and mini (beef) here", "use another file", l.path}},
		{aRun, text, []string{"problem sum has another text", "use another file", l.path}},
	} {
		_, _, err := l.Begin(c.run, aSession(), c.problems)
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("the error is %v, want %q", err, want)
			}
		}
	}
	if n := len(must[[]Session](t)(l.Sessions())); n != 1 {
		t.Errorf("there are %d sessions", n)
	}
	if n := len(must[[]Problem](t)(l.Problems())); n != len(someProblems) {
		t.Errorf("there are %d problems", n)
	}
}

func TestTwoCannotWriteALedger(t *testing.T) {
	l := fresh(t)
	if _, err := Open(l.path); err == nil || !strings.Contains(err.Error(), "in use by another caucus") {
		t.Errorf("the error is %v", err)
	}
	session(t, l, Sample{Status: budget.Finished})
}

func TestOneFileStays(t *testing.T) {
	l := fresh(t)
	session(t, l, Sample{Status: budget.Finished})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if files := must[[]os.DirEntry](t)(os.ReadDir(filepath.Dir(l.path))); len(files) != 1 {
		t.Errorf("there are %v", files)
	}
}

func TestWhatIsAddedIsDurableWithinASecond(t *testing.T) {
	l := fresh(t)
	w := begun(t, l)
	w.Add(Sample{Status: budget.Finished, Text: "soon"})
	for begin := time.Now(); w.Recorded() == 0; time.Sleep(10 * time.Millisecond) {
		if time.Since(begin) > 20*time.Second {
			t.Fatal("nobody has recorded it")
		}
	}
	spent := must[[]Session](t)(l.Sessions())[0].Spent
	w.Add(Sample{Index: 1, Status: budget.Finished, Text: strings.Repeat("x", flushAt)})
	for w.Recorded() == 1 {
		time.Sleep(time.Millisecond)
	}
	if later := must[[]Session](t)(l.Sessions())[0].Spent; later <= spent {
		t.Errorf("%v are spent, and %v later", spent, later)
	}
	if err := w.Close("done", budget.Profile{}); err != nil {
		t.Error(err)
	}
}

func TestManyCanAddAtOnce(t *testing.T) {
	l := fresh(t)
	w := begun(t, l)
	var all sync.WaitGroup
	for p := range 3 {
		all.Go(func() {
			for i := range 200 {
				w.Add(Sample{Problem: p, Index: i, Status: budget.Finished, Text: "x"})
				w.AddLanding(Landing{Problem: p, Index: i})
				w.Decide(Decision{Problem: p})
				w.Settle(Result{Problem: p})
				if i%50 == 0 {
					if err := w.Flush(); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
	if err := errors.Join(w.Close("done", budget.Profile{}), w.Err()); err != nil || w.Recorded() != 600 {
		t.Errorf("%d are recorded: %v", w.Recorded(), err)
	}
}

func TestAProfileThatIsNoNumberLosesNoSample(t *testing.T) {
	l := fresh(t)
	w := begun(t, l)
	w.Add(page(0))
	wants(t, w.Close("done", budget.Profile{StepTime: budget.StepTime{PerContext: math.Inf(1)}}), l.path, "profile", "Inf")
	if s := must[[]Session](t)(l.Sessions())[0]; len(allSamples(t, l)) != 1 || s.Ended != "done" {
		t.Errorf("it has %d samples, and the session is %+v", len(allSamples(t, l)), s)
	}
}

func TestMisuseIsAPanic(t *testing.T) {
	l := fresh(t)
	w := begun(t, l)
	closed := func() {
		if err := w.Close("done", budget.Profile{}); err != nil {
			t.Error(err)
		}
	}
	for _, misuse := range []func(){
		func() { w.Add(Sample{Status: budget.Running}) },
		func() { _, _, _ = l.Begin(aRun, aSession(), someProblems) },
		func() { closed(); w.Decide(Decision{}) },
		func() { _, _, _ = reader(t, l.path).Begin(aRun, aSession(), someProblems) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Error("it is done")
				}
			}()
			misuse()
		}()
	}
}
