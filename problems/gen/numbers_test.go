package gen

import (
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestNumberItemsFillTheirWordingAndEndInTheAnswer(t *testing.T) {
	for _, f := range numberFamilies {
		t.Run(f.Name, func(t *testing.T) {
			itemsOf(t, f.Name, func(t *testing.T, item Item) {
				if strings.ContainsAny(item.Problem, "{}") && !strings.Contains(item.Problem, ": ") {
					t.Error("a place of the wording is not filled in")
				}
				lines := strings.Split(item.Solution, "\n")
				last := lines[len(lines)-1]
				if item.Answer != "True" && item.Answer != "False" && !strings.Contains(last, item.Answer) {
					t.Errorf("the last line %q does not show the answer", last)
				}
			})
		})
	}
}

var (
	wholeNumber = regexp.MustCompile(`\d+`)
	rational    = regexp.MustCompile(`-?\d+(?:\.\d+)?(?:/\d+)?`)
)

// wholes are the whole numbers in a text.
func wholes(text string) []int64 {
	var ns []int64
	for _, s := range wholeNumber.FindAllString(text, -1) {
		n, _ := strconv.ParseInt(s, 10, 64)
		ns = append(ns, n)
	}
	return ns
}

func wantAnswer(t *testing.T, item Item, want string) {
	t.Helper()
	if item.Answer != want {
		t.Errorf("answer %q, want %q", item.Answer, want)
	}
}

func TestGreatestCommonDivisorsAreRight(t *testing.T) {
	itemsOf(t, "numbers__gcd", func(t *testing.T, item Item) {
		ns := wholes(item.Problem)
		g := new(big.Int).GCD(nil, nil, big.NewInt(ns[0]), big.NewInt(ns[1]))
		wantAnswer(t, item, g.String())
	})
}

func TestLeastCommonMultiplesAreRight(t *testing.T) {
	itemsOf(t, "numbers__lcm", func(t *testing.T, item Item) {
		ns := wholes(item.Problem)
		if len(ns) == 4 {
			ns = []int64{ns[1], ns[3]}
		}
		m := max(ns[0], ns[1])
		step := m
		for m%min(ns[0], ns[1]) != 0 {
			m += step
		}
		wantAnswer(t, item, strconv.FormatInt(m, 10))
	})
}

func TestRemaindersAreRight(t *testing.T) {
	itemsOf(t, "numbers__div_remainder", func(t *testing.T, item Item) {
		ns := wholes(item.Problem)
		wantAnswer(t, item, strconv.FormatInt(ns[0]%ns[1], 10))
	})
}

func TestFactorsAreToldFromOtherNumbers(t *testing.T) {
	itemsOf(t, "numbers__is_factor", func(t *testing.T, item Item) {
		ns := wholes(item.Problem)
		if len(ns) == 1 { // "Is ... even?"
			ns = append(ns, 2)
		}
		multiple := slices.Max(ns)%slices.Min(ns) == 0
		wantAnswer(t, item, map[bool]string{true: "True", false: "False"}[multiple])
	})
}

func TestPlaceValuesAreRight(t *testing.T) {
	place := regexp.MustCompile(`((?:ten |hundred )?(?:thousands|millions)|units|tens|hundreds|billions) (?:digit|place)`)
	values := map[string]int64{
		"units": 1, "tens": 10, "hundreds": 100, "thousands": 1000, "ten thousands": 10000, "hundred thousands": 100000,
		"millions": 1000000, "ten millions": 10000000, "hundred millions": 100000000, "billions": 1000000000,
	}
	itemsOf(t, "numbers__place_value", func(t *testing.T, item Item) {
		value := values[place.FindStringSubmatch(item.Problem)[1]]
		wantAnswer(t, item, strconv.FormatInt(wholes(item.Problem)[0]/value%10, 10))
	})
}

func TestRoundedNumbersAreRight(t *testing.T) {
	words := strings.Fields("zero one two three four five six seven")
	units := map[string]int64{
		"ten": 10, "one hundred": 100, "one thousand": 1000, "ten thousand": 10000, "one hundred thousand": 100000,
		"one million": 1000000, "integer": 1,
	}
	nearest := regexp.MustCompile(`nearest ([a-z ]*[a-z]|\d+)`)
	decimals := regexp.MustCompile(`(\w+) (?:dp|decimal)`)
	itemsOf(t, "numbers__round_number", func(t *testing.T, item Item) {
		number := rational.FindString(item.Problem)
		value, _ := new(big.Rat).SetString(number)
		unit := new(big.Rat)
		if m := decimals.FindStringSubmatch(item.Problem); m != nil {
			places, err := strconv.Atoi(m[1])
			if err != nil {
				places = slices.Index(words, m[1])
			}
			unit.SetFrac64(1, pow10(places))
		} else {
			name := strings.TrimSuffix(nearest.FindStringSubmatch(item.Problem)[1], " please")
			n, err := strconv.ParseInt(name, 10, 64)
			if err != nil {
				n = units[name]
			}
			unit.SetInt64(n)
		}
		got, ok := new(big.Rat).SetString(item.Answer)
		if !ok || strings.Contains(item.Answer, ".") && strings.HasSuffix(item.Answer, "0") || item.Answer == "-0" {
			t.Errorf("answer %q is not in plain form", item.Answer)
		}
		if !new(big.Rat).Quo(got, unit).IsInt() {
			t.Errorf("%s is no multiple of %s", item.Answer, unit)
		}
		distance := new(big.Rat).Sub(value, got)
		if distance.Abs(distance).Cmp(unit.Mul(unit, big.NewRat(1, 2))) >= 0 {
			t.Errorf("%s is not the nearest to %s", item.Answer, number)
		}
	})
}

func TestPrimesAreToldFromCompositeNumbers(t *testing.T) {
	itemsOf(t, "numbers__is_prime", func(t *testing.T, item Item) {
		n := wholes(item.Problem)[0]
		composite := false
		for p := int64(2); p*p <= n && !composite; p++ {
			composite = n%p == 0
		}
		asked := strings.Contains(item.Problem, "composite")
		wantAnswer(t, item, map[bool]string{true: "True", false: "False"}[composite == asked])
	})
}

func TestPrimeFactorsAreRight(t *testing.T) {
	itemsOf(t, "numbers__list_prime_factors", func(t *testing.T, item Item) {
		rest := wholes(item.Problem)[0]
		var factors []string
		for p := int64(2); rest > 1; p++ {
			if p*p > rest {
				p = rest
			}
			if rest%p == 0 {
				factors = append(factors, strconv.FormatInt(p, 10))
			}
			for rest%p == 0 {
				rest /= p
			}
		}
		wantAnswer(t, item, strings.Join(factors, ", "))
	})
}

func TestBaseConversionsAreRight(t *testing.T) {
	base := regexp.MustCompile(`(?i)base (\d+)`)
	itemsOf(t, "numbers__base_conversion", func(t *testing.T, item Item) {
		bases := base.FindAllStringSubmatch(item.Problem, 2)
		from, _ := strconv.Atoi(bases[0][1])
		to, _ := strconv.Atoi(bases[1][1])
		for _, word := range strings.FieldsFunc(base.ReplaceAllString(item.Problem, ""), func(c rune) bool {
			return strings.ContainsRune(" ()?.", c)
		}) {
			if n, err := strconv.ParseInt(word, from, 64); err == nil {
				wantAnswer(t, item, strconv.FormatInt(n, to))
				return
			}
		}
		t.Error("no number in the question")
	})
}
