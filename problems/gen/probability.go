package gen

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// bag is letters to draw from without replacement, as the question shows them: a word, or counts.
type bag struct {
	text   string
	kinds  []byte
	counts map[byte]int
	size   int
	word   bool
}

// drawBag draws a bag of at most 20 letters of at most 6 kinds.
func drawBag(r *rand.Rand, level float64) bag {
	size := 4 + r.IntN(1+int(16*min(1, level/0.7)))
	b := bag{counts: map[byte]int{}, size: size, word: chance(r, 0.5)}
	kinds := min(size, 2+r.IntN(5))
	if chance(r, 0.03) {
		kinds = 1
	}
	for _, i := range r.Perm(26)[:kinds] {
		b.kinds = append(b.kinds, byte('a'+i))
		b.counts[byte('a'+i)] = 1
	}
	letters := append([]byte(nil), b.kinds...)
	for len(letters) < size {
		c := pick(r, b.kinds...)
		letters = append(letters, c)
		b.counts[c]++
	}
	if b.word {
		r.Shuffle(size, func(i, j int) { letters[i], letters[j] = letters[j], letters[i] })
		b.text = string(letters)
		return b
	}
	parts := make([]string, len(b.kinds))
	for i, c := range b.kinds {
		parts[i] = fmt.Sprintf("%c: %d", c, b.counts[c])
	}
	b.text = "{" + strings.Join(parts, ", ") + "}"
	return b
}

// count is the working that finds how often each letter occurs, and how many there are. In a word, each letter takes
// its number among its kind.
func (b bag) count() []string {
	var lines []string
	kinds := b.kinds
	if b.word {
		var numbered strings.Builder
		nth := map[byte]int{}
		kinds = nil
		for i := range b.text {
			c := b.text[i]
			if nth[c] == 0 {
				kinds = append(kinds, c)
			}
			nth[c]++
			fmt.Fprintf(&numbered, "%c%d", c, nth[c])
		}
		lines = append(lines, numbered.String())
		parts := make([]string, len(kinds))
		for i, c := range kinds {
			parts[i] = fmt.Sprintf("%c:%d", c, b.counts[c])
		}
		lines = append(lines, strings.Join(parts, ","))
	}
	total := b.counts[kinds[0]]
	sum := fmt.Sprint(total)
	for i, c := range kinds[1:] {
		if i > 0 {
			sum += fmt.Sprintf("=%d", total)
		}
		total += b.counts[c]
		sum += fmt.Sprintf("+%d", b.counts[c])
	}
	if len(kinds) > 1 {
		sum += fmt.Sprintf("=%d", total)
	}
	return append(lines, "all:"+sum)
}

// drawSample draws 2 to 4 letters from the bag, in the order in which they leave it.
func (b bag) drawSample(r *rand.Rand) string {
	left := map[byte]int{}
	var pool []byte
	for _, c := range b.kinds {
		left[c] = b.counts[c]
		pool = append(pool, c)
	}
	sample := ""
	for range 2 + r.IntN(min(3, b.size-1)) {
		c := pick(r, pool...)
		for left[c] == 0 {
			c = pick(r, pool...)
		}
		left[c]--
		sample += string(c)
	}
	return sample
}

// chanceLines multiplies out the probability that the sample leaves the bag in this order, times ways. It first lists
// the factors: a letter's count over the number of letters left. Then it cancels within the product, so that the
// result is in lowest terms.
func (b bag) chanceLines(sample string, ways int) (Frac, []string) {
	var over, under []int64
	parts := make([]string, len(sample))
	left := map[byte]int{}
	for _, c := range b.kinds {
		left[c] = b.counts[c]
	}
	for i := range sample {
		c := sample[i]
		n, d := int64(left[c]), int64(b.size-i)
		parts[i] = fmt.Sprintf("%c%d/%d", c, n, d)
		over, under = append(over, n), append(under, d)
		if n == 0 {
			return Whole(0), []string{strings.Join(parts[:i+1], ","), "0"}
		}
		left[c]--
	}
	lines := []string{strings.Join(parts, ",")}
	if ways > 1 {
		over = append([]int64{int64(ways)}, over...)
	}
	lines = append(lines, productText(over)+" / "+productText(under))
	lines = append(lines, cancel(over, under)...)
	n, w1 := productLines(over)
	d, w2 := productLines(under)
	f := Frac{n, d}
	return f, append(append(append(lines, w1...), w2...), f.String())
}

func productText(ns []int64) string {
	parts := make([]string, len(ns))
	for i, n := range ns {
		parts[i] = fmt.Sprint(n)
	}
	return strings.Join(parts, "*")
}

// cancel divides common divisors out of two products, a factor of the first after the other, and shows the products
// after each that changes.
func cancel(over, under []int64) []string {
	var lines []string
	for i := range over {
		changed := false
		for j := range under {
			if g := gcd(over[i], under[j]); g > 1 {
				over[i] /= g
				under[j] /= g
				changed = true
			}
		}
		if changed {
			lines = append(lines, productText(over)+" / "+productText(under))
		}
	}
	return lines
}

// productLines multiplies the factors from left to right, those of 1 left out.
func productLines(ns []int64) (int64, []string) {
	product := int64(1)
	var lines []string
	for _, n := range ns {
		if product > 1 && n > 1 {
			_, working := Mul(Int(product), Int(n))
			lines = append(lines, working)
		}
		product *= n
	}
	return product, lines
}

var sampleSizes = []string{"", "", "two", "three", "four"}

// drawQuestion asks for the probability of an event when n letters are drawn from the bag.
func (b bag) drawQuestion(r *rand.Rand, n int, event string) string {
	count := sampleSizes[n]
	form := wording(r,
		[]string{
			"What is prob of {1} when {2} letters picked without replacement from {4}?",
			"Calculate prob of {1} when {2} letters picked without replacement from {4}.",
			"{3} letters picked without replacement from {4}. What is prob of {1}?",
			"{3} letters picked without replacement from {4}. Give prob of {1}.",
		},
		[]string{
			"what is the probability of {1} when {2} letters are picked without replacement from {4}?",
			"{2} letters are drawn without replacement from {4}. what is the chance of {1}?",
			"probability of {1} if {2} letters are taken from {4} without replacement?",
		})
	return spell(form, event, count, strings.ToUpper(count[:1])+count[1:], b.text)
}

func makeSequenceChance(r *rand.Rand, level float64) Item {
	b := drawBag(r, level)
	sample := b.drawSample(r)
	f, working := b.chanceLines(sample, 1)
	return Item{
		Problem:  b.drawQuestion(r, len(sample), "sequence "+sample),
		Solution: joinLines(append(b.count(), working...)...),
		Answer:   f.String(),
	}
}

// makeLevelSetChance asks for a sample in any order: the probability of one order times the number of orders.
func makeLevelSetChance(r *rand.Rand, level float64) Item {
	b := drawBag(r, level)
	sample := b.drawSample(r)
	var kinds []byte
	counts := map[byte]int{}
	for i := range sample {
		if counts[sample[i]] == 0 {
			kinds = append(kinds, sample[i])
		}
		counts[sample[i]]++
	}
	if chance(r, 0.03) && len(kinds) > 1 { // more of a letter than there may be
		counts[kinds[0]] += counts[kinds[1]]
		kinds = append(kinds[:1], kinds[2:]...)
	}
	ordered, orders := "", factorial(len(sample))
	shown := fmt.Sprintf("%d!", len(sample))
	wanted := make([]string, len(kinds))
	for i, c := range kinds {
		wanted[i] = fmt.Sprintf("%d %c", counts[c], c)
		ordered += strings.Repeat(string(c), counts[c])
		orders /= factorial(counts[c])
		if counts[c] > 1 {
			shown += fmt.Sprintf("/%d!", counts[c])
		}
	}
	event := "picking " + wanted[0]
	if last := len(wanted) - 1; last > 0 {
		event = "picking " + strings.Join(wanted[:last], ", ") + " and " + wanted[last]
	}
	f, working := b.chanceLines(ordered, orders)
	lines := append([]string{fmt.Sprintf("%s:%s=%d", ordered, shown, orders)}, b.count()...)
	return Item{
		Problem:  b.drawQuestion(r, len(sample), event),
		Solution: joinLines(append(lines, working...)...),
		Answer:   f.String(),
	}
}

func factorial(n int) int {
	f := 1
	for i := 2; i <= n; i++ {
		f *= i
	}
	return f
}
