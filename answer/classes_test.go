package answer

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// votes are votes by their classes, which a bar divides.
var votes = []string{
	`25% ; 25`,
	`25 | 25% ; 0.25 ; \frac14`,
	`0.333 ; 1/3 ; 0.3333 ; 0.333333 | 0.334`,
	`3.14159 ; \pi ; 3.1416 | 22/7`,
	`\pi | 3.142 | 22/7`,
	`0.3333 ; 0.333 ; 0.33333`,
	`5 cm ; 5 ; 0.05 m`,
	`5 cm | 5 | 5 km`,
	`x = 5 ; 5 ; x=5.0`,
	`x = 5 | y = 5 | 5`,
	`x = 1, y = 2 ; (x, y) = (1, 2) ; y = 2, x = 1 | x = 2, y = 1`,
	`(0, 1) ; 0 < x < 1 ; x \in (0,1) | [0, 1] | \{0, 1\} ; 0, 1`,
	`120^\circ ; \frac{2\pi}{3}`,
	`120^\circ ; 120 ; \frac{2\pi}{3}`,
	`120 | \frac{2\pi}{3}`,
	`2.5 ; 2,5`,
	`2.5 | 2, 5 ; 5, 2`,
	`y = x/2 ; x - 2y = 0 ; 2y = x | y = 2x`,
	`\sqrt{3+2\sqrt2} ; 1 + \sqrt2 ; 2.41421 | 2.42`,
	`99999999999 | 100000000000`,
	`A ; (A) ; A. ; \text{A} | B`,
	`4:30 PM ; 4:30 p.m. | 4:30`,
	`We find that $x < 3$ ; x < 3`,
}

func TestVotesAreClassedByTheirPool(t *testing.T) {
	for _, vote := range votes {
		var values []Value
		var want []int
		for class, members := range strings.Split(vote, " | ") {
			for _, text := range strings.Split(members, " ; ") {
				v, ok := Read(Bare(text))
				if !ok {
					t.Fatalf("%q holds no answer", text)
				}
				values, want = append(values, v), append(want, class)
			}
		}
		checkClasses(t, vote, values, want)
	}
}

// checkClasses wants the same classes for every order of the votes, and with any of them twice.
func checkClasses(t *testing.T, vote string, values []Value, want []int) {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	for range 20 {
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		twice := append(slices.Clone(order), order[0])
		shuffled := make([]Value, len(twice))
		for i, at := range twice {
			shuffled[i] = values[at]
		}
		keys := Classes(shuffled)
		for i := range keys {
			for j := range keys {
				if (keys[i] == keys[j]) != (want[twice[i]] == want[twice[j]]) {
					t.Fatalf("%s: %q and %q have the classes %q and %q", vote, shuffled[i].key, shuffled[j].key, keys[i], keys[j])
				}
			}
		}
	}
}

func TestNoAnswerHasNoClass(t *testing.T) {
	five, _ := Read(Bare("5"))
	if keys := Classes([]Value{{}, five, {}}); keys[0] != "" || keys[1] != "5" || keys[2] != "" {
		t.Errorf("the classes are %q", keys)
	}
	if keys := Classes(nil); len(keys) != 0 {
		t.Errorf("no votes have the classes %q", keys)
	}
}

// Two texts of one key need not fit the same others: the pair below is read in the order in which it is written.
func TestClassesOfAnswersOfOneKeyDoNotDependOnTheOrder(t *testing.T) {
	texts := []string{"y = -1, x = 2", "(2, -1)", "x = 2, y = -1", "(-1, 2)"}
	read := func(texts []string) (values []Value) {
		for _, s := range texts {
			v, _ := Read(Bare(s))
			values = append(values, v)
		}
		return values
	}
	want := Classes(read(texts))
	slices.Reverse(texts)
	got := Classes(read(texts))
	slices.Reverse(got)
	if !slices.Equal(got, want) {
		t.Errorf("the classes are %q, and %q in reverse", want, got)
	}
}

// TestDefiniteValuesAreClassesOfTheirOwn: no two of different keys fit each other.
func TestDefiniteValuesAreClassesOfTheirOwn(t *testing.T) {
	var values []Value
	for _, text := range []string{"0", "5", "-5", "1/2", "2/4", "1/3", "sqrt(2)", "sqrt(8)", "2*sqrt(2)", "pi", "2*pi", "x", "y", "x+1", "1+x",
		"x*y", "i", "e", "2^100", "1+i", "x^2-1", "(x-1)*(x+1)", "12", "120", "2024"} {
		v, ok := Read(Bare(text))
		if !ok || !v.Definite() {
			t.Errorf("%s is not definite", text)
		}
		values = append(values, v)
	}
	for i, class := range Classes(values) {
		if class != values[i].Key() {
			t.Errorf("%v is of the class %v", values[i].Key(), class)
		}
	}
	for _, text := range []string{"0.5", "25%", "5 cm", "x = 5", "(1, 2)", "A", "Monday", "30°", "3:45", "{1, 2}", "5 dollars", ""} {
		if v, _ := Read(Bare(text)); v.Definite() {
			t.Errorf("%s is definite", text)
		}
	}
}
