package gen

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// stories are 2,000 items of every family of word problems, over all levels.
var stories = sync.OnceValue(func() (items []Item) {
	for _, family := range wordFamilies {
		r := rand.New(rand.NewPCG(11, 12))
		for i := range 2000 {
			item := family.Make(r, float64(i%21)/20)
			item.Family = family.Name
			items = append(items, item)
		}
	}
	return items
})

func TestNoTemplateShowsInAStory(t *testing.T) {
	for _, item := range stories() {
		switch {
		case strings.ContainsAny(item.Problem, "[]{}|#") || strings.Contains(item.Problem, "  "):
			t.Errorf("a template shows in %q", item.Problem)
		case strings.Contains(strings.SplitN(item.Solution, "\n", 2)[0], "{"):
			t.Errorf("a key shows in %q", item.Solution)
		}
	}
}

var (
	scratchArea = regexp.MustCompile(`\[[^]]*\]|\{[^}]*\}`)
	calculation = regexp.MustCompile(`^([\d.]+)([-+*/])([\d.]+)$`)
)

// valueOf computes "27", "27*3" or "27/4", a quotient as its whole part and remainder "6r3".
func valueOf(t *testing.T, term string) string {
	m := calculation.FindStringSubmatch(term)
	if m == nil {
		if q, isRat := new(big.Rat).SetString(term); isRat {
			return q.RatString()
		}
		return term // a quotient with its remainder
	}
	a, _ := new(big.Rat).SetString(m[1])
	b, _ := new(big.Rat).SetString(m[3])
	switch m[2] {
	case "+":
		return a.Add(a, b).RatString()
	case "-":
		return a.Sub(a, b).RatString()
	case "*":
		return a.Mul(a, b).RatString()
	}
	if b.Sign() == 0 || !a.IsInt() || !b.IsInt() {
		t.Fatalf("cannot compute %q", term)
	}
	q, rest := new(big.Int).QuoRem(a.Num(), b.Num(), new(big.Int))
	return fmt.Sprintf("%dr%d", q, rest)
}

func TestEveryCalculationOfAStoryHoldsAndTheLastGivesTheAnswer(t *testing.T) {
	for _, item := range stories() {
		lines := strings.Split(item.Solution, "\n")
		last := ""
		for _, line := range lines {
			line = scratchArea.ReplaceAllString(line, "")
			if line == "" || line[0] < '0' || line[0] > '9' || !strings.Contains(line, "=") {
				continue // quantities
			}
			for chain := range strings.SplitSeq(line, ";") {
				if strings.HasSuffix(chain, "dp") {
					continue
				}
				chain = chain[strings.Index(chain, ":")+1:]
				terms := strings.Split(chain, "=")
				want := valueOf(t, terms[0])
				for _, term := range terms[1:] {
					got := valueOf(t, term)
					if got != want && got != strings.TrimSuffix(want, "r0") {
						t.Errorf("%q is not right in %+v", chain, item)
					}
				}
				last = terms[len(terms)-1]
			}
		}
		quotient, rest, _ := strings.Cut(last, "r")
		if item.Answer != quotient && item.Answer != rest {
			t.Errorf("the working ends with %s in %+v", last, item)
		}
	}
}

// A reading finds the numbers of a story in its text, and the answer from them, without a look at the working.
type reading struct {
	text   string // a regular expression
	answer func(n []int64) int64
}

var readings = []reading{
	{`^(?:one|each) [^.]* costs \$ ?(\d+)\. how much do (\d+) [^.]* cost\?$`,
		func(n []int64) int64 { return n[0] * n[1] }},
	{`^\w+ has (\d+) [^.]*\. \w+ has (\d+) [^.,]*\. how many (?:more|fewer) `,
		func(n []int64) int64 { return abs(n[0] - n[1]) }},
	{`^(\d+) years ago [^.]* was (\d+) years old\.`,
		func(n []int64) int64 { return n[0] + n[1] }},
	{`^the perimeter of a square[^.]* is (\d+) \w+\. how long is \w+ side`,
		func(n []int64) int64 { return n[0] / 4 }},
	{`^if (\d+) [^.]* among (\d+) children\W* how many does each`,
		func(n []int64) int64 { return n[0] / n[1] }},
	{`^if (\d+) [^.]* among (\d+) children\W* how many are left`,
		func(n []int64) int64 { return n[0] % n[1] }},
	{`^what(?:'s| is) (\d+)% of (\d+)\?`,
		func(n []int64) int64 { return n[0] * n[1] / 100 }},
	{`^the ratio [^.]* is (\d+):(\d+)\. there are (\d+) \w+ and`,
		func(n []int64) int64 { return n[2] / (n[0] + n[1]) * n[0] }},
	{`^\w+ is (\d+) years old and \w+ is (\d+) years younger\.`,
		func(n []int64) int64 { return n[0] - n[1] }},
	{`^\w+ bought [^.]* for \$(\d+) and [^.]* for \$(\d+)\. how much did \w+ spend`,
		func(n []int64) int64 { return n[0] + n[1] }},
	{`^\w+ spent \$(\d+) [^.]* and has \$(\d+) left\.`,
		func(n []int64) int64 { return n[0] + n[1] }},
	{`^there were some [^.]*\. [^.]* (\d+) \w+ got off and (\d+) got on\. [^.]* (\d+) `,
		func(n []int64) int64 { return n[2] - n[1] + n[0] }},
	{`^there were (\d+) [^.]*\. [^.]* (\d+) \w+ got off and some got on\. [^.]* (\d+) `,
		func(n []int64) int64 { return n[2] - n[0] + n[1] }},
	{`^the average of (\d+) numbers is (\d+)\. what is their sum`,
		func(n []int64) int64 { return n[0] * n[1] }},
	{`^what is the (?:average|mean) of (\d+), (\d+), (\d+)\?`,
		func(n []int64) int64 { return (n[0] + n[1] + n[2]) / 3 }},
}

func TestStoriesMeanWhatTheirAnswerSays(t *testing.T) {
	for _, reading := range readings {
		pattern, read := regexp.MustCompile(reading.text), 0
		for _, item := range stories() {
			m := pattern.FindStringSubmatch(strings.ToLower(item.Problem))
			if m == nil {
				continue
			}
			read++
			var numbers []int64
			for _, digits := range m[1:] {
				n, err := strconv.ParseInt(digits, 10, 64)
				if err != nil {
					t.Fatal(err)
				}
				numbers = append(numbers, n)
			}
			if want := strconv.FormatInt(reading.answer(numbers), 10); item.Answer != want {
				t.Errorf("the text says %s in %+v", want, item)
			}
		}
		if read < 5 {
			t.Errorf("only %d stories were read as %s", read, reading.text)
		}
	}
}

// Of two kinds of things that one of them is asked for must be told from the other.
func TestOfTwoKindsTheOneAskedForCounts(t *testing.T) {
	asked := regexp.MustCompile(`^\w+ ha[ds] (?:\d+) .* how many ([^.]+) (?:are|(?:does|did) \w+ have) left\?$`)
	read := 0
	for _, item := range stories() {
		text := strings.ToLower(item.Problem)
		m := asked.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		counts := regexp.MustCompile(`(\d+) `+regexp.QuoteMeta(m[1])+`\b`).FindAllStringSubmatch(text, -1)
		if len(counts) != 2 || len(regexp.MustCompile(`\d+`).FindAllString(text, -1)) != 4 {
			continue
		}
		read++
		had, _ := strconv.Atoi(counts[0][1])
		gone, _ := strconv.Atoi(counts[1][1])
		if item.Answer != strconv.Itoa(had-gone) {
			t.Errorf("the text says %d in %+v", had-gone, item)
		}
	}
	if read < 20 {
		t.Errorf("only %d stories were read", read)
	}
}

// The quantities that the working starts from stand in the text.
func TestStoriesTakeTheirNumbersFromTheText(t *testing.T) {
	counted := regexp.MustCompile(`; n \d+`) // how many numbers a list has
	words := []string{"twice", "2", "dozen", "12", "half", "1/2", "a third", "1/3", "two thirds", "2/3",
		"a quarter", "1/4",
		"three quarters", "3/4", "a fifth", "1/5", "weeks", "7", "years", "12", "days", "24", "hours", "60"}
	for n := int64(99); n >= 0; n-- {
		words = append(words, spelled(n), strconv.FormatInt(n, 10))
	}
	inFigures := strings.NewReplacer(words...)
	number := regexp.MustCompile(`\d[\d,.]*`)
	for _, item := range stories() {
		text := inFigures.Replace(strings.ToLower(item.Problem))
		first, _, _ := strings.Cut(item.Solution, "\n")
		told := map[string]bool{}
		for _, n := range number.FindAllString(text, -1) {
			told[strings.ReplaceAll(strings.TrimRight(n, ".,"), ",", "")] = true
		}
		for _, n := range number.FindAllString(counted.ReplaceAllString(first, ""), -1) {
			if n = strings.TrimRight(n, ".,"); !told[n] {
				t.Errorf("%s of the working is not in the text of %+v", n, item)
			}
		}
	}
}
