package answer_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"caucus/answer"
)

// pool returns the values of all distinct answers of the golden tables that hold an answer, in an order of their own.
func pool(t *testing.T) (values []answer.Value, texts []string) {
	t.Helper()
	distinct := map[string]bool{}
	for _, table := range goldenTables(t) {
		for _, p := range table {
			distinct[p.Gold], distinct[p.Pred] = true, true
		}
	}
	for _, text := range slices.Sorted(maps.Keys(distinct)) {
		if v, ok := answer.Read(answer.Bare(text)); ok {
			values, texts = append(values, v), append(texts, text)
		}
	}
	if len(values) < len(distinct)/2 {
		t.Fatalf("only %d of %d answers were read", len(values), len(distinct))
	}
	return values, texts
}

func TestEveryAnswerEqualsItself(t *testing.T) {
	_, texts := pool(t)
	for _, text := range texts {
		a := answer.Bare(text)
		if !answer.Equal(a, a) {
			t.Errorf("%q is not equal to itself", text)
		}
	}
}

func TestOnlyAnswersHaveKeys(t *testing.T) {
	for _, table := range goldenTables(t) {
		for _, p := range table {
			for _, text := range []string{p.Gold, p.Pred} {
				a := answer.Bare(text)
				v, ok := answer.Read(a)
				switch key := answer.KeyOf(a); {
				case ok != (key != ""):
					t.Errorf("%q is an answer: %v, and its key is %q", text, ok, key)
				case ok && v.Key() != key:
					t.Errorf("%q has the keys %q and %q", text, v.Key(), key)
				case !ok && answer.Equal(a, a):
					t.Errorf("%q is no answer and equals itself", text)
				}
			}
		}
	}
}

// sampled is how many pairs of the pool are tried: all of them would take a minute.
const sampled = 50_000

func TestEqualIsSymmetricAndFollowsKeys(t *testing.T) {
	values, texts := pool(t)
	rng := rand.New(rand.NewPCG(1, 2))
	for range sampled {
		i, j := rng.IntN(len(texts)), rng.IntN(len(texts))
		a, b := answer.Bare(texts[i]), answer.Bare(texts[j])
		equal := answer.Equal(a, b)
		if answer.Equal(b, a) != equal {
			t.Errorf("%q equals %q: %v, but the reverse is not so", texts[i], texts[j], equal)
		}
		if values[i].Key() == values[j].Key() && !equal {
			t.Errorf("%q and %q share the key %q and are not equal", texts[i], texts[j], values[i].Key())
		}
	}
}

func TestOneKeyIsOneClassInAnyPool(t *testing.T) {
	values, texts := pool(t)
	classes := answer.Classes(values)
	if len(classes) != len(values) {
		t.Fatalf("%d classes of %d values", len(classes), len(values))
	}
	first := map[answer.Key]int{} // of each key
	for i, v := range values {
		if classes[i] == "" {
			t.Errorf("%q has no class", texts[i])
		}
		j, seen := first[v.Key()]
		if !seen {
			first[v.Key()] = i
		} else if classes[i] != classes[j] {
			t.Errorf("%q and %q share the key %q but are in classes %q and %q", texts[i], texts[j], v.Key(),
				classes[i], classes[j])
		}
	}
}

// The partition of votes must not depend on the order in which they came, nor on a repetition.
func TestClassesDoNotDependOnTheOrder(t *testing.T) {
	values, texts := pool(t)
	rng := rand.New(rand.NewPCG(3, 4))
	for round := range 20 {
		chosen := rng.Perm(len(values)) // a vote has few distinct answers, so small pools count most
		chosen = chosen[:min(len(chosen), []int{2, 3, 8, 40, len(values)}[round%5])]
		want := partition(values, chosen)
		for range 5 {
			shuffled := slices.Clone(chosen)
			rng.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
			if got := partition(values, append(shuffled, shuffled[0])); !maps.Equal(got, want) {
				t.Fatalf("a pool of %d: %s", len(chosen), difference(texts, got, want))
			}
		}
	}
}

// Pools of related answers are where a tolerance could chain.
func TestClassesOfOneTableDoNotDependOnTheOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for kind, table := range goldenTables(t) {
		var values []answer.Value
		var texts []string
		for _, p := range table {
			for _, text := range []string{p.Gold, p.Pred} {
				if v, ok := answer.Read(answer.Bare(text)); ok && !slices.Contains(texts, text) {
					values, texts = append(values, v), append(texts, text)
				}
			}
		}
		order := make([]int, len(values))
		for i := range order {
			order[i] = i
		}
		want := partition(values, order)
		for range 10 {
			rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
			if got := partition(values, order); !maps.Equal(got, want) {
				t.Errorf("%s: %s", kind, difference(texts, got, want))
				break
			}
		}
	}
}

// partition gives, for each chosen value, the smallest index in its class.
func partition(values []answer.Value, chosen []int) map[int]int {
	votes := make([]answer.Value, len(chosen))
	for i, c := range chosen {
		votes[i] = values[c]
	}
	classes := answer.Classes(votes)
	smallest := map[answer.Key]int{}
	for i, c := range chosen {
		if s, seen := smallest[classes[i]]; !seen || c < s {
			smallest[classes[i]] = c
		}
	}
	parts := map[int]int{}
	for i, c := range chosen {
		parts[c] = smallest[classes[i]]
	}
	return parts
}

// difference names an answer that two partitions put into different classes.
func difference(texts []string, a, b map[int]int) string {
	for i, s := range a {
		if b[i] != s {
			return fmt.Sprintf("%q is in the class of %q, and in another order of %q", texts[i], texts[s], texts[b[i]])
		}
	}
	return "the partitions hold other answers"
}
