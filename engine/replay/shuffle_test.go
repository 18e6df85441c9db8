package replay

import (
	"reflect"
	"slices"
	"strconv"
	"testing"

	"caucus/budget"
	"caucus/budget/ledger"
)

// numbered is a recording of samples that each have a number of tokens of their own.
func numbered(t *testing.T, problems, samples int) *Recording {
	t.Helper()
	var list []ledger.Problem
	var all []ledger.Sample
	for p := range problems {
		list = append(list, ledger.Problem{ID: strconv.Itoa(p), Reference: strconv.Itoa(p), PromptTokens: p})
		for i := range samples {
			all = append(all, finished(p, i, strconv.Itoa(p), 100*p+i+1))
		}
	}
	rec, err := newRecording(list, nil, ledgerOf(all...), nil)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

func TestShuffleReordersProblemsAndSamplesAndLosesNone(t *testing.T) {
	const problems, samples = 9, 7
	rec := numbered(t, problems, samples)
	s, order := Shuffle(rec, 1, 2)
	all := slices.Sorted(slices.Values(order))
	if len(all) != problems || len(slices.Compact(all)) != problems || slices.IsSorted(order) {
		t.Fatalf("order %v", order)
	}
	ordered := true
	for place, p := range order {
		if s.IDs()[place] != rec.IDs()[p] || !s.Right(place, strconv.Itoa(p)) || s.Right(place, strconv.Itoa(p+1)) {
			t.Errorf("problem %d is not at its place %d", p, place)
		}
		if s.Prompt(place) != p || s.Samples(place) != samples {
			t.Errorf("problem %d has a prompt of %d tokens and %d samples", p, s.Prompt(place), s.Samples(place))
		}
		if again := s.Draw(place, samples+2, 5); again != s.Draw(place, 2, 5) {
			t.Errorf("beyond its samples problem %d has %+v", p, again)
		}
		var tokens []int
		for i := range samples {
			drawn := s.Draw(place, i, 5)
			tokens = append(tokens, drawn.Tokens-100*p-1)
			if s.Land(place, drawn, 3, 1).Status != budget.Landed {
				t.Error("a sample is not landed")
			}
		}
		ordered = ordered && slices.IsSorted(tokens)
		if slices.Sort(tokens); !reflect.DeepEqual(tokens, []int{0, 1, 2, 3, 4, 5, 6}) {
			t.Errorf("problem %d has the samples %v", p, tokens)
		}
	}
	if ordered {
		t.Error("the samples are in their order")
	}
}

func TestEachSeedOfShuffleDecidesItsPart(t *testing.T) {
	rec := numbered(t, 9, 7)
	// of is the samples of each problem, by the problem.
	of := func(problems, samples uint64) (order []int, drawn [9][7]int) {
		s, order := Shuffle(rec, problems, samples)
		for place, p := range order {
			for i := range 7 {
				drawn[p][i] = s.Draw(place, i, 0).Tokens
			}
		}
		return order, drawn
	}
	order, drawn := of(1, 1)
	for _, c := range []struct {
		problems, samples uint64
		sameOrder, same   bool
	}{{1, 1, true, true}, {2, 1, false, true}, {1, 2, true, false}} {
		o, d := of(c.problems, c.samples)
		if slices.Equal(o, order) != c.sameOrder || (d == drawn) != c.same {
			t.Errorf("%+v: the same order %v, the same samples %v", c, slices.Equal(o, order), d == drawn)
		}
	}
}

// TestAShuffledPopulationDrawsWhatItWould: its samples follow from their seeds alone.
func TestAShuffledPopulationDrawsWhatItWould(t *testing.T) {
	population := Mix(20, 1, 1)
	s, order := Shuffle(population, 3, 4)
	for place, p := range order {
		want := population.Draw(p, 0, 77)
		if got := s.Draw(place, 5, 77); !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
		if got := s.Land(place, want, 3, 7); !reflect.DeepEqual(got, population.Land(p, want, 3, 7)) {
			t.Errorf("it lands as %+v", got)
		}
	}
}
