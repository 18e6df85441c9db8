package problems_test

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"caucus/problems"
)

// numbered is a file of n problems with the ids 1 to n.
func numbered(n int) string {
	return strings.Repeat("{\"problem\": \"x\"}\n", n)
}

func idsOf(t *testing.T, text string, o problems.Options) []string {
	t.Helper()
	list, err := problems.Read(strings.NewReader(text), "p.jsonl", o)
	if err != nil {
		t.Fatal(err)
	}
	ids := make([]string, len(list))
	for i, p := range list {
		ids[i] = p.ID
	}
	return ids
}

func TestALimitTakesTheFirstProblems(t *testing.T) {
	whole := idsOf(t, numbered(20), problems.Options{})
	for _, limit := range []int{1, 2, 19, 20, 21, 1 << 62} {
		if got := idsOf(t, numbered(20), problems.Options{Limit: limit}); !slices.Equal(got, whole[:min(limit, 20)]) {
			t.Errorf("limit %d: got %v", limit, got)
		}
	}
}

func TestAShuffleIsThatOfItsSeedWhateverTheLimit(t *testing.T) {
	whole := idsOf(t, numbered(1000), problems.Options{Shuffle: true, Seed: 1})
	if slices.IsSortedFunc(whole, func(a, b string) int { return len(a) - len(b) }) {
		t.Errorf("no shuffle: %v", whole)
	}
	for _, limit := range []int{1, 2, 3, 499, 500, 501, 999, 1000, 1001, 1 << 62} {
		got := idsOf(t, numbered(1000), problems.Options{Shuffle: true, Seed: 1, Limit: limit})
		if !slices.Equal(got, whole[:min(limit, 1000)]) {
			t.Errorf("limit %d: got %d problems, which are not the first of all", limit, len(got))
		}
	}
	if other := idsOf(t, numbered(1000), problems.Options{Shuffle: true, Seed: 2}); slices.Equal(other, whole) {
		t.Error("another seed gives the same order")
	}
	slices.Sort(whole)
	if len(slices.Compact(whole)) != 1000 {
		t.Error("a shuffle loses problems")
	}
}

func TestAShuffleFavoursNoPartOfTheFile(t *testing.T) {
	const seeds, n, limit = 400, 40, 10
	counts := make([]int, n)
	for seed := range uint64(seeds) {
		for _, id := range idsOf(t, numbered(n), problems.Options{Shuffle: true, Seed: seed, Limit: limit}) {
			var line int
			if _, err := fmt.Sscan(id, &line); err != nil {
				t.Fatal(err)
			}
			counts[line-1]++
		}
	}
	for i, count := range counts { // binomial(400, 1/4): mean 100, standard deviation 8.7
		if count < 60 || count > 140 {
			t.Errorf("line %d was taken %d times of %d", i+1, count, seeds)
		}
	}
}

func TestAnIDIsTakenOnceAmongTheChosen(t *testing.T) {
	rows := numbered(50) + `{"id": 7, "problem": "again"}` + "\n" + `{"id": 8, "problem": "again"}` + "\n"
	for _, o := range []problems.Options{{}, {Limit: 51}, {Shuffle: true}, {Shuffle: true, Limit: 60}, {Shuffle: true, Limit: 5}} {
		o.Warn = func(error) {}
		ids := idsOf(t, rows, o)
		slices.Sort(ids)
		if distinct := len(slices.Compact(slices.Clone(ids))); distinct != len(ids) {
			t.Errorf("%+v: %v", o, ids)
		}
	}
}

func TestReadingStopsWhereTheLimitIsFull(t *testing.T) {
	broken := io.MultiReader(strings.NewReader(numbered(100_000)), neverRead{t})
	if list, err := problems.Read(broken, "p.jsonl", problems.Options{Limit: 10}); err != nil || len(list) != 10 {
		t.Errorf("%d problems, %v", len(list), err)
	}
}

type neverRead struct{ t *testing.T }

func (r neverRead) Read([]byte) (int, error) {
	r.t.Error("read to the end")
	return 0, io.EOF
}

func TestWarningsAreTenAndACount(t *testing.T) {
	for _, bad := range []int{0, 1, 9, 10, 11, 25} {
		_, told := readWarned(t, "f.jsonl", `{"problem": "a"}`+"\n"+strings.Repeat("{}\n", bad))
		want := min(bad, 10)
		if bad > 10 {
			want++
			if last := told[len(told)-1]; last != fmt.Sprintf("f.jsonl: and %d more bad rows", bad-10) {
				t.Errorf("%d bad rows end with %q", bad, last)
			}
		}
		if len(told) != want {
			t.Errorf("%d bad rows: %q", bad, told)
		}
	}
}

func TestWithoutAGoodRowThereIsAnErrorInAnyCase(t *testing.T) {
	_, err := problems.Read(strings.NewReader("{}\n{}\n"), "f.jsonl", problems.Options{Warn: func(error) {}})
	if err == nil || !strings.HasPrefix(err.Error(), "f.jsonl: no problems: all rows are bad, the first being f.jsonl:1: no statement") {
		t.Errorf("got %v", err)
	}
}
