package gen

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// unitSizes gives each unit in the smallest one of its kind.
var unitSizes = map[string]string{
	"kilometer": "1e12", "km": "1e12", "meter": "1e9", "m": "1e9", "centimeter": "1e7", "cm": "1e7",
	"millimeter": "1e6", "mm": "1e6", "micrometer": "1e3", "um": "1e3", "nanometer": "1", "nm": "1",
	"tonne": "1e15", "t": "1e15", "kilogram": "1e12", "kg": "1e12", "gram": "1e9", "g": "1e9", "milligram": "1e6",
	"mg": "1e6", "microgram": "1e3", "ug": "1e3", "nanogram": "1", "ng": "1",
	"litre": "1e3", "l": "1e3", "millilitre": "1", "ml": "1",
	"week": "604800e9", "day": "86400e9", "hour": "3600e9", "minute": "60e9", "second": "1e9", "s": "1e9",
	"millisecond": "1e6", "ms": "1e6", "microsecond": "1e3", "us": "1e3", "nanosecond": "1", "ns": "1",
	"millennium": "12000", "millennia": "12000", "century": "1200", "centuries": "1200", "decade": "120", "year": "12",
	"month": "1",
}

func unitSize(t *testing.T, name string) *big.Rat {
	t.Helper()
	text, ok := unitSizes[name]
	if !ok {
		text, ok = unitSizes[strings.TrimSuffix(name, "s")]
	}
	if !ok {
		t.Fatalf("unit %q", name)
	}
	size, _ := new(big.Rat).SetString(text)
	return size
}

// spoken reads a fraction in words.
func spoken(t *testing.T, text string) *big.Rat {
	t.Helper()
	values := map[string]int64{}
	for i, w := range strings.Fields("one two three four five six seven eight nine ten eleven twelve thirteen fourteen " +
		"fifteen sixteen seventeen eighteen nineteen") {
		values[w] = int64(i + 1)
	}
	for i, stem := range strings.Fields("twen thir four fif six seven eigh nine") {
		values[stem+"ty"] = int64(i+2) * 10
	}
	parts := map[string]int64{"half": 2, "halve": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "seventh": 7,
		"eighth": 8, "ninth": 9, "tenth": 10, "fifteenth": 15, "sixteenth": 16, "twentieth": 20}
	count, part, _ := strings.Cut(text, " ")
	n := int64(0)
	for _, w := range strings.Split(strings.ToLower(count), "-") {
		n += values[w]
	}
	d := parts[strings.TrimSuffix(part, "s")]
	if n == 0 || d == 0 {
		t.Fatalf("fraction %q", text)
	}
	return big.NewRat(n, d)
}

func TestConversionsAreRight(t *testing.T) {
	digitAmount := regexp.MustCompile(`(\d[\d./]*)(?: of a)? ?([a-z]+)`)
	wordAmount := regexp.MustCompile(`(?i)([a-z-]+ [a-z]+) of a ([a-z]+)`)
	target := regexp.MustCompile(`(?i)(?:how many ([a-z]+)|(?:in|to|into) ([a-z]+)(?:[?.]| please)?$)`)
	itemsOf(t, "measurement__conversion", func(t *testing.T, item Item) {
		var amount *big.Rat
		var from string
		if m := digitAmount.FindStringSubmatch(item.Problem); m != nil {
			amount, _ = new(big.Rat).SetString(m[1])
			from = m[2]
		} else {
			m := wordAmount.FindStringSubmatch(item.Problem)
			amount, from = spoken(t, m[1]), m[2]
		}
		to := target.FindStringSubmatch(item.Problem)
		if to == nil {
			t.Fatalf("no target in %q", item.Problem)
		}
		want := amount.Mul(amount, unitSize(t, from))
		want.Quo(want, unitSize(t, to[1]+to[2]))
		got, ok := new(big.Rat).SetString(item.Answer)
		if !ok || got.Cmp(want) != 0 {
			t.Errorf("answer %s, want %s", item.Answer, want.FloatString(20))
		}
		if strings.Contains(item.Answer, ".") && strings.HasSuffix(item.Answer, "0") {
			t.Error("the answer ends with a zero")
		}
	})
}

func TestTimesAreRight(t *testing.T) {
	moment := regexp.MustCompile(`\d+:\d\d [AP]M`)
	parse := func(t *testing.T, s string) time.Time {
		at, err := time.Parse("3:04 PM", s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	itemsOf(t, "measurement__time", func(t *testing.T, item Item) {
		times := moment.FindAllString(item.Problem, -1)
		start := parse(t, times[0])
		if len(times) == 2 {
			end := parse(t, times[1])
			if end.Before(start) {
				end = end.Add(24 * time.Hour)
			}
			wantAnswer(t, item, strconv.Itoa(int(end.Sub(start).Minutes())))
			return
		}
		minutes := time.Duration(wholes(item.Problem)[0]) * time.Minute
		if strings.Contains(item.Problem, "before") {
			minutes = -minutes
		}
		wantAnswer(t, item, start.Add(minutes).Format("3:04 PM"))
	})
}
