package gen

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
)

// This file has the sequences. Their differences are taken row by row until a row is constant, or has one number: four
// terms settle the polynomials up to the third degree, which the dataset's sequences are.

// tableSum is a+b, or a-b when subtract is true, as an entry of a table of differences: as [Add] and [Sub] have it when
// it is short, else as the sign, the scratch work and the magnitude, without the operands in front.
func tableSum(a, b int64, subtract bool) (int64, string) {
	sum, working := Add(Int(a), Int(b))
	second := b
	if subtract {
		sum, working = Sub(Int(a), Int(b))
		second = -b
	}
	if abs(a) < small && abs(b) < small {
		return sum.V, working
	}
	big, little, op := max(abs(a), abs(b)), min(abs(a), abs(b)), byte('+')
	if (a < 0) != (second < 0) {
		op = '-'
	}
	return sum.V, fmt.Sprintf("%s[%s]%d", minus(sum), columns(Int(big), Int(little), op), abs(sum.V))
}

// differences returns the rows of differences below the first four terms, a line each, with the first number of each
// row. When newestFirst is true the terms stand in reversed order.
func differences(terms []int64, newestFirst bool) (firsts []int64, lines []string) {
	row := terms[:min(len(terms), 4)]
	for len(row) > 1 {
		var next []int64
		var entries []string
		for i := range len(row) - 1 {
			a, b := row[i+1], row[i]
			if newestFirst {
				a, b = b, a
			}
			d, entry := tableSum(a, b, true)
			next, entries = append(next, d), append(entries, entry)
		}
		firsts, lines = append(firsts, next[0]), append(lines, strings.Join(entries, ","))
		row = next
		if constant(row) {
			break
		}
	}
	return firsts, lines
}

func constant(row []int64) bool {
	for _, d := range row {
		if d != row[0] {
			return false
		}
	}
	return true
}

// drawSequence returns a polynomial of degree 1 to 3, its first terms (as many as the dataset gives), and the one after.
func drawSequence(r *rand.Rand, level float64) (p poly, terms []int64, next int64) {
	degree := 1 + r.IntN(3)
	rest := between(level, 0.5, 9.5) * math.Sqrt(r.Float64()) // digits, shared by the coefficients
	p = make(poly, degree+1)
	for _, i := range r.Perm(degree + 1) {
		part := rest * math.Sqrt(r.Float64())
		rest -= part
		p[i] = sized(r, 0.7) * int64(math.Pow(10, part))
	}
	count := degree + 2 + r.IntN(4)
	for n := range count + 1 {
		terms = append(terms, p.at(int64(n+1)))
	}
	return p, terms[:count], terms[count]
}

// at returns p's value at x.
func (p poly) at(x int64) int64 {
	value := int64(0)
	for i := len(p) - 1; i >= 0; i-- {
		value = value*x + p[i]
	}
	return value
}

// joined writes numbers as a list.
func joined(ns []int64) string {
	words := make([]string, len(ns))
	for i, n := range ns {
		words[i] = strconv.FormatInt(n, 10)
	}
	return strings.Join(words, ", ")
}

// makeNextTerm asks for the next term of a sequence. The differences of the last terms, the newest first, are taken down
// to a constant row; from there the next number of each row is the sum of its newest and the one below.
func makeNextTerm(r *rand.Rand, level float64) Item {
	if everyday(r) {
		return everydayNextTerm(r, level)
	}
	_, terms, next := drawSequence(r, level)
	form := pick(r, "What is next in %s?", "What comes next: %s?", "What is the next term in %s?")
	return nextTermItem(fmt.Sprintf(form, joined(terms)), terms, next)
}

func nextTermItem(problem string, terms []int64, next int64) Item {
	newest := make([]int64, len(terms))
	for i, t := range terms {
		newest[len(terms)-1-i] = t
	}
	firsts, lines := differences(newest, true)
	value := firsts[len(firsts)-1]
	for i := len(firsts) - 2; i >= -1; i-- {
		last := newest[0]
		if i >= 0 {
			last = firsts[i]
		}
		var line string
		value, line = tableSum(last, value, false)
		lines = append(lines, line)
	}
	return worked(problem, lines, strconv.FormatInt(next, 10))
}

// everydayNextTerm makes the small sequences that people ask about: by differences, by a ratio, or by adding two terms.
func everydayNextTerm(r *rand.Rand, level float64) Item {
	form := pick(r, "what comes next: %s", "what comes next: %s?", "what is the next number: %s", "next number in %s?",
		"%s, ...", "%s, ?", "What number comes next in %s?", "continue: %s", "What's the next term of %s, ...?",
		"find the next term: %s")
	ask := func(terms []int64) string { return polite(r, fmt.Sprintf(form, joined(terms))) }
	switch r.IntN(5) {
	case 0:
		return ratioItem(r, level, ask)
	case 1:
		return twoBeforeItem(r, ask)
	}
	p := poly{r.Int64N(20) - 4, r.Int64N(12) - 2, 0}
	if r.IntN(3) == 0 {
		p[2] = r.Int64N(3) + 1
	} else if p[1] == 0 {
		p[1] = 7
	}
	var terms []int64
	for n := range int64(4 + r.IntN(3)) {
		terms = append(terms, p.at(n+1))
	}
	return nextTermItem(ask(terms), terms, p.at(int64(len(terms)+1)))
}

// ratioItem makes a geometric sequence, solved by the ratios of neighbours, the newest first: "16/8=2,8/4=2".
func ratioItem(r *rand.Rand, level float64, ask func([]int64) string) Item {
	k := pick(r, 2, 2, 2, 3, 3, 4, 5, 10, r.Int64N(8)+2)
	terms := []int64{r.Int64N(int64(between(level, 3, 9))) + 1}
	count := pick(r, 4, 5)
	if k == 2 {
		count += r.IntN(2)
	}
	for len(terms) < count {
		terms = append(terms, terms[len(terms)-1]*k)
	}
	var ratios []string
	for i := count - 1; i > count-4; i-- {
		ratios = append(ratios, fmt.Sprintf("%d/%d=%d", terms[i], terms[i-1], k))
	}
	next, working := Mul(Int(terms[count-1]), Int(k))
	return worked(ask(terms), []string{strings.Join(ratios, ","), working}, next.String())
}

// twoBeforeItem makes a sequence in which each term is the sum of the two before, as in Fibonacci's.
func twoBeforeItem(r *rand.Rand, ask func([]int64) string) Item {
	terms := []int64{r.Int64N(4) + 1, r.Int64N(5) + 1}
	if r.IntN(2) == 0 {
		terms = []int64{1, 1}
	}
	for count := 5 + r.IntN(4); len(terms) < count; {
		terms = append(terms, terms[len(terms)-2]+terms[len(terms)-1])
	}
	last := len(terms) - 1
	check, line := Add(Int(terms[last-2]), Int(terms[last-1]))
	next, working := Add(check, Int(terms[last-1]))
	return worked(ask(terms), []string{line, working}, next.String())
}

// makeNthTerm asks for the polynomial of a sequence. With the first numbers t, p, q and s of the rows, its coefficients
// are a = s/6, b = q/2-6a, c = p-7a-3b and d = t-a-b-c, and alike for lower degrees.
func makeNthTerm(r *rand.Rand, level float64) Item {
	v := letters(r, 1)[0]
	form := "What is the %s'th term of %s?"
	if everyday(r) {
		v, level = "n", level/3
		form = pick(r, "find the %sth term of %s", "%sth term of %s?", "what is the %sth term of %s",
			"formula for the %sth term: %s", "What's the %s'th term of %s, ...?", "write the %sth term of %s")
	}
	p, terms, _ := drawSequence(r, level)
	firsts, lines := differences(terms, false)
	lines = append(lines, coefficients(terms[0], firsts)...)
	answer := answerText(p.terms(v))
	return worked(polite(r, fmt.Sprintf(form, v, joined(terms))), append(lines, answer), answer)
}

// coefficients is the working from the first term and the first differences to the polynomial's coefficients, a line
// each: "d:" is the constant's, "c:" that of the variable, "b:" and "a:" those of its square and cube.
func coefficients(first int64, rows []int64) []string {
	var lines []string
	var a, b int64
	if len(rows) > 2 {
		a = rows[2] / 6
		lines = append(lines, "a:"+exactQuotient(rows[2], 6))
	}
	if len(rows) > 1 {
		line := "b:" + exactQuotient(rows[1], 2)
		if b = rows[1] / 2; a != 0 {
			line, b = lessMultiple(line, b, 6, a)
		}
		lines = append(lines, line)
	}
	c, line := rows[0], "c:"+strconv.FormatInt(rows[0], 10)
	if a != 0 {
		line, c = lessMultiple(line, c, 7, a)
	}
	if len(rows) > 1 {
		line, c = lessMultiple(line, c, 3, b)
	}
	lines = append(lines, line)
	line = "d:" + strconv.FormatInt(first, 10)
	for _, n := range append([]int64{a, b}[3-min(len(rows), 3):], c) {
		line, first = lessMultiple(line, first, 1, n)
	}
	return append(lines, line)
}

// lessMultiple appends the working of value-k*n to a line.
func lessMultiple(line string, value, k, n int64) (string, int64) {
	if k > 1 {
		product, working := Mul(Int(k), Int(n))
		line, n = line+";"+working, product.V
	}
	rest, working := tableSum(value, n, true)
	return line + ";" + working, rest
}

// exactQuotient is the working of n/d where d divides n, such as "-258/6=-{25:4,18:3}43".
func exactQuotient(n, d int64) string {
	_, _, working := DivMod(abs(n), d)
	_, steps, _ := strings.Cut(strings.TrimSuffix(working, "r0"), "=")
	sign := ""
	if n < 0 {
		sign = "-"
	}
	return fmt.Sprintf("%d/%d=%s%s", n, d, sign, steps)
}
