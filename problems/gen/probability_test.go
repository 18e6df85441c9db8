package gen

import (
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// lettersOf are the letters of the bag in a question.
func lettersOf(t *testing.T, question string) string {
	if _, inside, ok := strings.Cut(question, "{"); ok {
		inside, _, _ = strings.Cut(inside, "}")
		letters := ""
		for _, part := range strings.Split(inside, ", ") {
			letter, count, _ := strings.Cut(part, ": ")
			n, err := strconv.Atoi(count)
			if err != nil {
				t.Fatal(err)
			}
			letters += strings.Repeat(letter, n)
		}
		return letters
	}
	return regexp.MustCompile(`from ([a-z]+)`).FindStringSubmatch(question)[1]
}

// drawChance is the probability that drawing without replacement gives the letters, by going through every draw; in any
// order when sorted is set.
func drawChance(letters, taken string, n int, want string, sorted bool) *big.Rat {
	if n == 0 {
		if sorted {
			runes := []rune(taken)
			slices.Sort(runes)
			taken = string(runes)
		}
		if taken == want {
			return big.NewRat(1, 1)
		}
		return new(big.Rat)
	}
	sum := new(big.Rat)
	for c := 'a'; c <= 'z'; c++ {
		count := strings.Count(letters, string(c))
		if count == 0 {
			continue
		}
		rest := strings.Replace(letters, string(c), "", 1)
		part := drawChance(rest, taken+string(c), n-1, want, sorted)
		sum.Add(sum, part.Mul(part, big.NewRat(int64(count), int64(len(letters)))))
	}
	return sum
}

func TestSequenceChancesAreRight(t *testing.T) {
	sequence := regexp.MustCompile(`sequence ([a-z]+)`)
	itemsOf(t, "probability__swr_p_sequence", func(t *testing.T, item Item) {
		want := sequence.FindStringSubmatch(item.Problem)[1]
		wantAnswer(t, item, drawChance(lettersOf(t, item.Problem), "", len(want), want, false).RatString())
	})
}

func TestLevelSetChancesAreRight(t *testing.T) {
	part := regexp.MustCompile(`(\d) ([a-z])\b`)
	itemsOf(t, "probability__swr_p_level_set", func(t *testing.T, item Item) {
		var want []rune
		for _, m := range part.FindAllStringSubmatch(item.Problem, -1) {
			n, _ := strconv.Atoi(m[1])
			want = append(want, []rune(strings.Repeat(m[2], n))...)
		}
		slices.Sort(want)
		wantAnswer(t, item, drawChance(lettersOf(t, item.Problem), "", len(want), string(want), true).RatString())
	})
}
