package gen

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var signBetween = regexp.MustCompile(`(-?[\d.]*\d) ?([-+*/x]) ?(-?[\d.]*\d)`)

var numberPattern = regexp.MustCompile(`(?:^|[^\d.])(-?\d+(?:\.\d+)?)`)

// twoNumbers returns the two numbers of a question such as "What is 4 - -0.5?", and the sign that joins them if it
// stands as a sign.
func twoNumbers(t *testing.T, question string) (a, b *big.Rat, sign string) {
	t.Helper()
	joined := signBetween.FindStringSubmatch(question)
	if joined == nil {
		numbers := numberPattern.FindAllStringSubmatch(question, -1)
		if len(numbers) != 2 {
			t.Fatalf("%q does not hold two numbers", question)
		}
		joined = []string{"", numbers[0][1], "", numbers[1][1]}
	}
	return ratOf(t, joined[1]), ratOf(t, joined[3]), joined[2]
}

func ratOf(t *testing.T, text string) *big.Rat {
	t.Helper()
	value, ok := new(big.Rat).SetString(text)
	if !ok {
		t.Fatalf("%q is not a number", text)
	}
	return value
}

// checkAnswer fails unless the item's answer has the wanted value.
func checkAnswer(t *testing.T, item Item, want *big.Rat) {
	t.Helper()
	if ratOf(t, item.Answer).Cmp(want) != 0 {
		t.Errorf("%q has the answer %s, want %s", item.Problem, item.Answer, want.RatString())
	}
}

// holds reports whether the question, without regard to case, holds one of the texts.
func holds(question string, texts ...string) bool {
	for _, text := range texts {
		if strings.Contains(strings.ToLower(question), text) {
			return true
		}
	}
	return false
}

func TestSumsAndDifferencesAreRight(t *testing.T) {
	itemsOf(t, "arithmetic__add_or_sub", func(t *testing.T, item Item) {
		a, b, sign := twoNumbers(t, item.Problem)
		want := new(big.Rat)
		switch {
		case holds(item.Problem, "less than", "from"):
			want.Sub(b, a)
		case holds(item.Problem, "difference", "distance", "apart"):
			want.Abs(want.Sub(a, b))
		case sign == "-" || holds(item.Problem, "minus", "take away"):
			want.Sub(a, b)
		default:
			want.Add(a, b)
		}
		checkAnswer(t, item, want)
	})
}

func TestProductsAreRight(t *testing.T) {
	itemsOf(t, "arithmetic__mul", func(t *testing.T, item Item) {
		a, b, _ := twoNumbers(t, item.Problem)
		checkAnswer(t, item, a.Mul(a, b))
	})
}

func TestQuotientsAreRightAndInLowestTerms(t *testing.T) {
	itemsOf(t, "arithmetic__div", func(t *testing.T, item Item) {
		a, b, _ := twoNumbers(t, item.Problem)
		if want := a.Quo(a, b).RatString(); item.Answer != want {
			t.Errorf("%q has the answer %s, want %s", item.Problem, item.Answer, want)
		}
	})
}

func TestSumsInABaseAreRight(t *testing.T) {
	formula := regexp.MustCompile(`(?:^| )(-?[0-9a-g]+) ?([+-]) ?(-?[0-9a-g]+)(?: |\?|$)`)
	bases := map[string]int{"binary": 2, "octal": 8, "hexadecimal": 16}
	inBase := regexp.MustCompile(`(?i)base (\d+)`)
	itemsOf(t, "arithmetic__add_or_sub_in_base", func(t *testing.T, item Item) {
		base := 0
		for name, b := range bases {
			if holds(item.Problem, name) {
				base = b
			}
		}
		if m := inBase.FindStringSubmatch(item.Problem); m != nil {
			base, _ = strconv.Atoi(m[1])
		}
		parts := formula.FindStringSubmatch(item.Problem)
		if parts == nil {
			t.Fatalf("%q holds no sum", item.Problem)
		}
		a, errA := strconv.ParseInt(parts[1], base, 64)
		b, errB := strconv.ParseInt(parts[3], base, 64)
		if errA != nil || errB != nil {
			t.Fatalf("%q does not hold two numbers in base %d", item.Problem, base)
		}
		if parts[2] == "-" {
			b = -b
		}
		if want := strconv.FormatInt(a+b, base); item.Answer != want {
			t.Errorf("%q has the answer %s, want %s", item.Problem, item.Answer, want)
		}
	})
}

func TestRootsAreTheNearestIntegers(t *testing.T) {
	power := regexp.MustCompile(`1/(\d+)`)
	names := map[string]int{
		"square": 2, "sqrt": 2, "cube": 3, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
		"ninth": 9, "tenth": 10,
	}
	itemsOf(t, "arithmetic__nearest_integer_root", func(t *testing.T, item Item) {
		k := 0
		for name, degree := range names {
			if holds(item.Problem, name) {
				k = degree
			}
		}
		if m := power.FindStringSubmatch(item.Problem); m != nil {
			k, _ = strconv.Atoi(m[1])
		}
		n := ratOf(t, regexp.MustCompile(`\d+`).FindString(item.Problem)).Num()
		// (2x-1)^k < 2^k*n < (2x+1)^k says that x is nearest.
		x, degree := ratOf(t, item.Answer).Num(), big.NewInt(int64(k))
		scaled := new(big.Int).Lsh(n, uint(k))
		odd := new(big.Int).Lsh(x, 1)
		low := new(big.Int).Exp(new(big.Int).Sub(odd, big.NewInt(1)), degree, nil)
		high := new(big.Int).Exp(odd.Add(odd, big.NewInt(1)), degree, nil)
		if low.Cmp(scaled) >= 0 || high.Cmp(scaled) <= 0 {
			t.Errorf("%q has the answer %s", item.Problem, item.Answer)
		}
	})
}
