package answer

import (
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	unitMaxBytes   = 64 // of the text of a unit
	unitMaxFactors = 8  // that a unit may have
	unitMaxPower   = 12 // of a factor
	unitMaxDepth   = 4  // of nested brackets
)

// A unit is what a quantity is measured in: a product of powers. The zero value is no unit.
type unit struct {
	factors [unitMaxFactors]unitFactor // in canonical order; those behind the last are zero
	letters unitLetters
}

// unitFactor is one symbol of the table with its prefix and power. The zero value is no factor.
type unitFactor struct {
	symbol uint8 // an index into unitWords.kinds
	ten    int8  // the prefix as a power of ten
	power  int8
}

// unitLetters says how far the text of a unit reads as an expression in variables as well.
type unitLetters uint8

const (
	unitWritten     unitLetters = iota // a sign, a name or a symbol that is no variable stands in it
	unitOnlyLetters                    // only letters that are as well variables: m^2, N m
	unitOneLetter                      // one such letter and nothing else: m
)

// readUnit reads what stands behind a number as a unit. The text is plain: words, ^ for powers, * and spaces for
// products, / and "per" for quotients. All factors behind a stroke stand below the line, J/mol K, but for those with
// a negative power of their own. Words that only count (units, photons) read as no unit, other words do not read.
func readUnit(s string) (unit, bool) { return unitTable().read(s) }

// sure reports whether the text can hardly be anything but a unit. It is not when it was a lone letter that is as well
// a variable (m, s, g).
func (u unit) sure() bool { return u.letters != unitOneLetter }

// onlyLetters reports whether the text may as well be a product of variables, with or without powers: m, m^2, N m, m/s.
func (u unit) onlyLetters() bool { return u.letters != unitWritten }

// isDegree reports whether the unit is the degree of an angle.
func (u unit) isDegree() bool { return u.is("degree") }

// isRadian reports whether the unit is the radian.
func (u unit) isRadian() bool { return u.is("rad") }

func (u unit) is(symbol string) bool {
	f := u.factors[0]
	return f.ten == 0 && f.power == 1 && u.factors[1].power == 0 && unitTable().kinds[f.symbol].symbol == symbol
}

// equal reports whether two units are the same, however they were written. It is false for m and cm.
func (u unit) equal(v unit) bool { return u.factors == v.factors }

// scale returns how many v are one u. It is false when they measure different things.
func (u unit) scale(v unit) (*big.Rat, bool) {
	t := unitTable()
	size, of := u.inBase(t)
	other, otherOf := v.inBase(t)
	if of != otherOf {
		return nil, false
	}
	return size.Quo(size, other), true
}

// inBase returns the unit's size and dimension in base units.
func (u unit) inBase(t *unitWords) (*big.Rat, unitDimension) {
	size := big.NewRat(1, 1)
	var of unitDimension
	for _, f := range u.factors {
		if f.power == 0 {
			break
		}
		kind := &t.kinds[f.symbol]
		for i, p := range kind.of {
			of[i] += p * int16(f.power)
		}
		size.Mul(size, unitPower(kind.size, int(f.power)))
		size.Mul(size, unitPower(big.NewRat(10, 1), int(f.ten)*int(f.power)))
	}
	return size, of
}

// unitPower returns x^n for x != 0.
func unitPower(x *big.Rat, n int) *big.Rat {
	e := big.NewInt(int64(max(n, -n)))
	num, den := new(big.Int).Exp(x.Num(), e, nil), new(big.Int).Exp(x.Denom(), e, nil)
	if n < 0 {
		num, den = den, num
	}
	return new(big.Rat).SetFrac(num, den)
}

// String returns the canonical spelling: cm, m/s^2, J*K^-1*mol^-1. It reads as the same unit, and is "" for no unit.
func (u unit) String() string {
	t := unitTable()
	below := 0
	for _, f := range u.factors {
		if f.power < 0 {
			below++
		}
	}
	var b strings.Builder
	for i, f := range u.factors {
		if f.power == 0 {
			break
		}
		power := f.power
		switch {
		case i > 0 && power < 0 && below == 1:
			power = -power
			b.WriteByte('/')
		case i > 0:
			b.WriteByte('*')
		}
		if at := slices.IndexFunc(unitPrefixes, prefixOf(f.ten)); at >= 0 {
			b.WriteByte(unitPrefixes[at].letter)
		}
		b.WriteString(t.kinds[f.symbol].symbol)
		if power != 1 {
			b.WriteString("^" + strconv.Itoa(int(power)))
		}
	}
	return b.String()
}

// prefixOf finds a prefix by its power of ten.
func prefixOf(ten int8) func(p unitPrefix) bool {
	return func(p unitPrefix) bool { return p.ten == ten }
}

// unitReader is one reading of a text: s[pos:] is still to be read.
type unitReader struct {
	table   *unitWords
	s       string
	pos     int
	factors [unitMaxFactors]unitFactor // as read, with repetitions
	n       int                        // factors read
	words   int                        // words read, silent ones too
	letters int                        // words of one letter that may be a variable
	powers  int                        // powers written
}

func (t *unitWords) read(s string) (unit, bool) {
	if len(s) > unitMaxBytes {
		return unit{}, false
	}
	r := unitReader{table: t, s: s}
	if !r.product(0) || r.words == 0 {
		return unit{}, false
	}
	r.skip(" .")
	if r.pos < len(s) {
		return unit{}, false
	}
	return r.unit()
}

// unit puts what was read in canonical order, each symbol once.
func (r *unitReader) unit() (unit, bool) {
	var u unit
	n := 0
	for _, f := range r.factors[:r.n] {
		at := slices.IndexFunc(u.factors[:n], func(g unitFactor) bool { return f.symbol == g.symbol && f.ten == g.ten })
		if at < 0 {
			u.factors[n] = f
			n++
			continue
		}
		u.factors[at].power += f.power // eight times unitMaxPower fits an int8
	}
	kept := slices.DeleteFunc(u.factors[:n], func(f unitFactor) bool { return f.power == 0 })
	for _, f := range kept {
		if max(f.power, -f.power) > unitMaxPower {
			return unit{}, false
		}
	}
	slices.SortFunc(kept, compareUnitFactors)
	switch {
	case r.letters == 0 || r.letters < r.words:
	case r.words == 1 && r.powers == 0:
		u.letters = unitOneLetter
	default:
		u.letters = unitOnlyLetters
	}
	return u, true
}

// compareUnitFactors puts what stands above the line before what stands below it.
func compareUnitFactors(f, g unitFactor) int {
	switch {
	case (f.power > 0) != (g.power > 0):
		return int(g.power) - int(f.power)
	case f.symbol != g.symbol:
		return int(f.symbol) - int(g.symbol)
	}
	return int(f.ten) - int(g.ten)
}

// product reads factors up to a closing bracket or the end.
func (r *unitReader) product(depth int) bool {
	below, next := false, false // behind a stroke; directly behind one
	if r.stroke() {
		below, next = true, true
	}
	for {
		from := r.n
		if !r.term(depth) {
			return false
		}
		for i := from; i < r.n; i++ {
			if f := &r.factors[i]; next || below && f.power > 0 {
				f.power = -f.power
			}
		}
		switch next = r.stroke(); {
		case next:
			below = true
		case r.done():
			return true
		default:
			r.times()
		}
	}
}

// done reports whether a product ends here.
func (r *unitReader) done() bool {
	r.skip(" ")
	return r.pos == len(r.s) || strings.IndexByte(")]}", r.s[r.pos]) >= 0
}

// stroke reads / or per.
func (r *unitReader) stroke() bool {
	r.skip(" ")
	rest := r.s[r.pos:]
	switch {
	case strings.HasPrefix(rest, "/"):
		r.pos++
		return true
	case len(rest) > 4 && strings.EqualFold(rest[:4], "per ") && !foldedPrefix(strings.TrimLeft(rest[4:], " "), "cent"):
		r.pos += 4
		return true
	}
	return false
}

func foldedPrefix(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// times reads a sign of multiplication, if there is one. A hyphen is one between two words: ft-lb.
func (r *unitReader) times() {
	rest := r.s[r.pos:]
	switch {
	case rest[0] == '*', rest[0] == '-' && r.s[r.pos-1] != ' ' && len(rest) > 1 && isLetter(rest[1]):
		r.pos++
	case strings.HasPrefix(rest, "·"), strings.HasPrefix(rest, "⋅"):
		_, size := utf8.DecodeRuneInString(rest)
		r.pos += size
	}
}

// term reads one word or bracket with its power.
func (r *unitReader) term(depth int) bool {
	r.skip(" ")
	if r.pos == len(r.s) {
		return false
	}
	from, ok := r.n, false
	switch c := r.s[r.pos]; {
	case c == '(' || c == '[' || c == '{':
		r.pos++
		if r.done() { // empty: what a degree sign was raised from
			return r.closed() && r.term(depth)
		}
		ok = depth < unitMaxDepth && r.product(depth+1) && r.closed()
	case c == '1' && r.words == 0: // 1/s
		r.pos++
		r.skip(" ")
		return r.pos < len(r.s) && r.s[r.pos] == '/'
	case c == '^': // a degree sign as LaTeX raises it
		r.pos++
		r.skip(" ({")
		if rest := r.s[r.pos:]; !foldedPrefix(rest, "circ") && !foldedPrefix(rest, "deg") {
			return false
		}
		from, ok = r.word()
		r.skip(")}")
	default:
		from, ok = r.word()
	}
	if !ok {
		return false
	}
	p, ok := r.exponent()
	if !ok {
		return true
	}
	r.powers++
	return r.raise(from, p)
}

// closed reads the bracket that ends a group.
func (r *unitReader) closed() bool {
	if !r.done() || r.pos == len(r.s) {
		return false
	}
	r.pos++
	return true
}

// raise applies a power to the factors from one on.
func (r *unitReader) raise(from, p int) bool {
	for i := from; i < r.n; i++ {
		q := int(r.factors[i].power) * p
		if max(q, -q) > unitMaxPower {
			return false
		}
		r.factors[i].power = int8(q)
	}
	return true
}

// exponent reads the power that stands here, if one does: ^2, ^(-1), squared, or the 2 of cm2.
func (r *unitReader) exponent() (int, bool) {
	if d := r.digit(); (d == 2 || d == 3) && strings.IndexByte(" .)]}", r.s[r.pos-1]) < 0 {
		r.pos++
		if r.digit() < 0 {
			return d, true
		}
		r.pos--
	}
	rest := strings.TrimLeft(r.s[r.pos:], " ")
	for i, word := range unitPowerWords {
		if foldedPrefix(rest, word) {
			r.pos = len(r.s) - len(rest) + len(word)
			return i + 2, true
		}
	}
	if group := strings.TrimLeft(rest, "( "); strings.HasPrefix(rest, "(") && strings.HasPrefix(group, ")") {
		rest = strings.TrimLeft(group[1:], " ") // LaTeX raises from an empty group: electron ()^(-1)
	}
	if !strings.HasPrefix(rest, "^") {
		return 0, false
	}
	start := r.pos
	r.pos = len(r.s) - len(rest) + 1
	p, ok := r.raised()
	if !ok {
		r.pos = start
	}
	return p, ok
}

var unitPowerWords = [...]string{"squared", "cubed"}

// raised reads a whole number of at most two digits, in brackets or not.
func (r *unitReader) raised() (int, bool) {
	r.skip(" ")
	open := r.pos < len(r.s) && (r.s[r.pos] == '(' || r.s[r.pos] == '{')
	if open {
		r.pos++
		r.skip(" ")
	}
	sign := 1
	if r.pos < len(r.s) && (r.s[r.pos] == '-' || r.s[r.pos] == '+') {
		if r.s[r.pos] == '-' {
			sign = -1
		}
		r.pos++
		r.skip(" ")
	}
	p, digits := 0, 0
	for ; digits < 2 && r.digit() >= 0; digits++ {
		p = 10*p + r.digit()
		r.pos++
	}
	if p == 0 || r.digit() >= 0 {
		return 0, false
	}
	return sign * p, !open || r.closed()
}

// digit returns the digit that stands here, or -1.
func (r *unitReader) digit() int {
	if r.pos < len(r.s) && '0' <= r.s[r.pos] && r.s[r.pos] <= '9' {
		return int(r.s[r.pos] - '0')
	}
	return -1
}

// skip passes over any of a few ASCII characters.
func (r *unitReader) skip(cut string) {
	for r.pos < len(r.s) && strings.IndexByte(cut, r.s[r.pos]) >= 0 {
		r.pos++
	}
}

// unitText is room for one word.
type unitText [unitMaxBytes + 16]byte

// word reads one unit by its name or symbol. It returns the first of the factors that a power behind it applies to.
func (r *unitReader) word() (from int, ok bool) {
	var text, folded unitText
	micro := r.micro()
	w := r.run(text[:0])
	if len(w) == 0 {
		return 0, false
	}
	low := foldUnit(append(folded[:0], w...))
	if !micro {
		switch string(low) {
		case "square", "sq":
			return r.area(2)
		case "cubic", "cu":
			return r.area(3)
		case "mu":
			r.skip(" *")
			micro = true
			w = r.run(text[:0])
		}
	}
	if micro {
		word, known := r.table.symbols["u"+string(w)]
		return r.add(word, known && len(w) > 0)
	}
	if word, known := r.phrase(low); known {
		return r.add(word, true)
	}
	word, known := r.kiloOhm(w)
	if !known {
		word, known = r.table.symbols[string(w)]
	}
	if !known {
		word, known = r.table.name(low)
	}
	return r.add(word, known)
}

// add appends what a word stands for.
func (r *unitReader) add(w unitWord, known bool) (from int, ok bool) {
	if !known || r.n+len(w.factors) > unitMaxFactors {
		return 0, false
	}
	from = r.n
	r.n += copy(r.factors[r.n:], w.factors)
	r.words++
	if w.letter {
		r.letters++
	}
	if w.glued {
		from = r.n - 1
	}
	return from, true
}

// area reads the unit behind "square" or "cubic".
func (r *unitReader) area(p int) (from int, ok bool) {
	r.skip(" ")
	r.powers++
	from, ok = r.word()
	return from, ok && r.raise(from, p)
}

// micro reads the Greek letter of the prefix, before or apart from its symbol.
func (r *unitReader) micro() bool {
	c, size := utf8.DecodeRuneInString(r.s[r.pos:])
	if c != 'µ' && c != 'μ' {
		return false
	}
	r.pos += size
	r.skip(" *")
	return true
}

// kiloOhm reads an Omega behind its prefix: LaTeX sets the two apart.
func (r *unitReader) kiloOhm(prefix []byte) (unitWord, bool) {
	if len(prefix) != 1 || strings.IndexByte("kMmG", prefix[0]) < 0 {
		return unitWord{}, false
	}
	start := r.pos
	r.skip(" ")
	var text unitText
	w := r.run(append(text[:0], prefix[0]))
	if s := string(w[1:]); s == "Omega" || s == "Ω" || s == "\u2126" {
		return r.table.symbols[string(w)], true
	}
	r.pos = start
	return unitWord{}, false
}

// phrase reads on where a name has a space in it and returns the longest: degrees C, light-year, mm Hg. It leaves the
// position where the first word ended when there is none.
func (r *unitReader) phrase(first []byte) (unitWord, bool) {
	var longest unitWord
	found, end := false, r.pos
	var text unitText
	key := append(text[:0], first...)
	for {
		head, ok := r.table.heads[string(key)]
		if !ok {
			break
		}
		key = append(append(key[:0], head...), ' ')
		n := len(key)
		r.skip(" -")
		key = r.run(key)
		if len(key) == n {
			break
		}
		foldUnit(key[n:])
		if w, ok := r.table.name(key); ok {
			longest, found, end = w, true, r.pos
		}
	}
	r.pos = end
	return longest, found
}

// run appends the letters that stand here, or one sign, without the dots of an abbreviation: a.u. is au, ft. is ft.
func (r *unitReader) run(b []byte) []byte {
	start := r.pos
	if n := dottedUnit(r.s[start:]); n > 0 {
		r.pos += n
		for i := 0; i < n; i += 2 {
			b = append(b, r.s[start+i])
		}
		return b
	}
	for r.pos < len(r.s) {
		c, size := utf8.DecodeRuneInString(r.s[r.pos:])
		sign := unicode.Is(unicode.Sc, c) || c == '°' || c == '℃' || c == '℉'
		if !sign && !unicode.IsLetter(c) || sign && r.pos > start {
			break
		}
		b = append(b, r.s[r.pos:r.pos+size]...)
		r.pos += size
		if sign {
			return b
		}
	}
	if r.pos > start && r.pos < len(r.s) && r.s[r.pos] == '.' {
		r.pos++
		if r.digit() >= 0 {
			r.pos--
		}
	}
	return b
}

// dottedUnit returns the length of an abbreviation of two or more letters with a dot behind each: m.p.h.
func dottedUnit(s string) int {
	n := 0
	for n+1 < len(s) && isLetter(s[n]) && s[n+1] == '.' {
		n += 2
	}
	if n < 4 || n < len(s) && isLetter(s[n]) {
		return 0
	}
	return n
}

// foldUnit turns ASCII letters to lower case in place.
func foldUnit(b []byte) []byte {
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return b
}
