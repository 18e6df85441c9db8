package gen

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// itemsOf runs a check on 1,000 items of a family, over all levels, until it fails.
func itemsOf(t *testing.T, name string, check func(t *testing.T, item Item)) {
	t.Helper()
	families := Families()
	i := slices.IndexFunc(families, func(f Family) bool { return f.Name == name })
	if i < 0 {
		t.Fatalf("no family %s", name)
	}
	r := rand.New(rand.NewPCG(7, 11))
	for n := range 1000 {
		item := families[i].Make(r, float64(n%21)/20)
		check(t, item)
		if t.Failed() {
			t.Fatalf("item %+v", item)
		}
	}
}

func TestItemsAreCompleteShortAndPlainASCII(t *testing.T) {
	for _, f := range Families() {
		t.Run(f.Name, func(t *testing.T) {
			itemsOf(t, f.Name, func(t *testing.T, item Item) {
				text := item.Problem + item.Solution + item.Answer
				switch {
				case item.Problem == "" || item.Solution == "" || item.Answer == "":
					t.Error("an empty field")
				case len(text) > longestItem:
					t.Errorf("%d bytes", len(text))
				case strings.ContainsFunc(text, func(c rune) bool { return c > '~' || c < ' ' && c != '\n' }):
					t.Error("a character that is not printable ASCII")
				}
			})
		})
	}
}

func TestItemsDependOnTheGeneratorAndTheLevelAlone(t *testing.T) {
	for _, f := range Families() {
		a, b := rand.New(rand.NewPCG(3, 4)), rand.New(rand.NewPCG(3, 4))
		for n := range 100 {
			level := float64(n%11) / 10
			if x, y := f.Make(a, level), f.Make(b, level); x != y {
				t.Fatalf("%s: %+v and %+v from one seed", f.Name, x, y)
			}
		}
	}
}

// first returns the beginning of a stream.
func first(n int, families []Family, seed uint64, level float64) (items []Item) {
	for item := range Stream(families, seed, level) {
		if items = append(items, item); len(items) == n {
			break
		}
	}
	return items
}

func TestAStreamDependsOnItsSeed(t *testing.T) {
	once := first(200, Families(), 5, -1)
	if !slices.Equal(once, first(200, Families(), 5, -1)) {
		t.Error("two streams from one seed differ")
	}
	if slices.Equal(once, first(200, Families(), 6, -1)) {
		t.Error("the streams from two seeds are equal")
	}
}

func TestAStreamHasEachFamilyByItsWeight(t *testing.T) {
	const n = 20000
	total, counts := 0.0, map[string]float64{}
	for _, item := range first(n, Families(), 1, 0) {
		counts[item.Family]++
	}
	for _, f := range Families() {
		total += f.Weight
	}
	for _, f := range Families() {
		p := f.Weight / total
		if deviation := counts[f.Name] - n*p; math.Abs(deviation) > 5*math.Sqrt(n*p*(1-p)) {
			t.Errorf("%s: %v of %d items, %.0f expected", f.Name, counts[f.Name], n, n*p)
		}
	}
}
