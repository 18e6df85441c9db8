package gen

import (
	"math/big"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// rationals are the numbers in a text, as written and as values.
func rationals(text string) (written []string, values []*big.Rat) {
	for _, s := range rational.FindAllString(text, -1) {
		v, _ := new(big.Rat).SetString(s)
		written, values = append(written, s), append(values, v)
	}
	return written, values
}

func TestPairsAreComparedRightly(t *testing.T) {
	// The first that occurs decides, so longer wordings stand before those within them.
	relations := []struct {
		words string
		holds func(order int) bool
	}{
		{"not equal|unequal|nonequal|non-equal|different|!=", func(o int) bool { return o != 0 }},
		{"or equal to|at most|at least|<=|>=", nil},
		{"equal|same value|=", func(o int) bool { return o == 0 }},
		{"less|smaller|<", func(o int) bool { return o < 0 }},
		{"greater|bigger|>", func(o int) bool { return o > 0 }},
	}
	down := regexp.MustCompile("less|at most|<=")
	itemsOf(t, "comparison__pair", func(t *testing.T, item Item) {
		written, values := rationals(item.Problem)
		order := values[0].Cmp(values[1])
		question := strings.ToLower(item.Problem)
		if regexp.MustCompile("which|min|max|smaller of|larger of").MatchString(question) {
			first := order > 0
			if regexp.MustCompile("smaller|less|min").MatchString(question) {
				first = order < 0
			}
			wantAnswer(t, item, written[map[bool]int{true: 0, false: 1}[first]])
			return
		}
		for _, rel := range relations {
			if !regexp.MustCompile(rel.words).MatchString(question) {
				continue
			}
			holds := rel.holds
			if holds == nil {
				holds = func(o int) bool { return o == 0 || down.MatchString(question) == (o < 0) }
			}
			wantAnswer(t, item, map[bool]string{true: "True", false: "False"}[holds(order)])
			return
		}
		t.Error("no relation in the question")
	})
}

var choiceMark = regexp.MustCompile(`  \(([a-z])\) (\S+)`)

// offered are the numbers that a question offers, the text before them, and the answer among them.
func offered(item Item) (written []string, values []*big.Rat, head, answer string) {
	choices := choiceMark.FindAllStringSubmatch(item.Problem, -1)
	if choices == nil {
		written, values = rationals(item.Problem)
		return written, values, item.Problem, item.Answer
	}
	for _, c := range choices {
		v, _ := new(big.Rat).SetString(c[2])
		written, values = append(written, c[2]), append(values, v)
		if c[1] == item.Answer {
			answer = c[2]
		}
	}
	return written, values, item.Problem[:strings.Index(item.Problem, "  (")], answer
}

func TestListsAreSortedRightly(t *testing.T) {
	falling := regexp.MustCompile("descending|decreasing|biggest to|high to")
	itemsOf(t, "comparison__sort", func(t *testing.T, item Item) {
		asked, _ := rationals(item.Problem)
		written, values := rationals(item.Answer)
		if strings.Join(written, ", ") != item.Answer {
			t.Error("the answer is not a list")
		}
		for i, v := range values[1:] {
			if (values[i].Cmp(v) < 0) == falling.MatchString(item.Problem) {
				t.Errorf("%s before %s", written[i], written[i+1])
			}
		}
		slices.Sort(asked)
		slices.Sort(written)
		if !slices.Equal(asked, written) {
			t.Error("the answer has other numbers than the question")
		}
	})
}

func TestKthBiggestNumbersAreRight(t *testing.T) {
	ranks := strings.Fields("second third fourth fifth sixth seventh")
	itemsOf(t, "comparison__kth_biggest", func(t *testing.T, item Item) {
		written, values, head, answer := offered(item)
		rank := 1 + slices.IndexFunc(ranks, func(s string) bool { return strings.Contains(strings.ToLower(head), s) })
		side := 1
		if strings.Contains(head, "mallest") {
			side = -1
		}
		for i, v := range values {
			before := 0
			for _, w := range values {
				if w.Cmp(v) == side {
					before++
				}
			}
			if before == rank && written[i] != answer {
				t.Errorf("chose %s, want %s", answer, written[i])
			}
		}
	})
}

func TestClosestNumbersAreRight(t *testing.T) {
	to := regexp.MustCompile(`to (\S+?)[?:]?(?:$| )`)
	itemsOf(t, "comparison__closest", func(t *testing.T, item Item) {
		written, values, head, answer := offered(item)
		name := to.FindStringSubmatch(head)[1]
		target, ok := new(big.Rat).SetString(name)
		if !ok {
			t.Fatalf("target %q", name)
		}
		if len(choiceMark.FindAllString(item.Problem, -1)) == 0 { // the target is one of the numbers found
			i := slices.Index(written, name)
			if strings.HasPrefix(strings.ToLower(head), "which of") {
				i = len(written) - 1
			}
			written, values = slices.Delete(written, i, i+1), slices.Delete(values, i, i+1)
		}
		distance := func(v *big.Rat) *big.Rat {
			d := new(big.Rat).Sub(v, target)
			return d.Abs(d)
		}
		chosen, _ := new(big.Rat).SetString(answer)
		if !slices.Contains(written, answer) {
			t.Errorf("%s is not offered", answer)
		}
		for i, v := range values {
			if written[i] != answer && distance(v).Cmp(distance(chosen)) <= 0 {
				t.Errorf("%s is as close as %s", written[i], answer)
			}
		}
	})
}
