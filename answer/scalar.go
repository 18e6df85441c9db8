package answer

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/big"
	"math/cmplx"
	"strings"
)

// A scalar is one number, or one expression in variables.
//
// It is exact where its normal form is known, and then compares by that alone. Otherwise it is known by its values at the
// probe points. So two exact numbers are never the same by a tolerance, however close they are.
type scalar struct {
	exact  sum
	known  bool    // exact is the value
	values *probes // nil until they are needed, if exact
	digits printed
	unit   unit
	sign   bool // of percent: 25% is 1/4, and may stand for 25, too
	// measured is another reading of 5 m, which is a product of two variables at first sight.
	measured *scalar
}

// printed is how a number was written, if it was as a decimal: it may stand for what it is the rounding of.
type printed struct {
	significant int // digits
	last        int // the power of ten of the last one
}

// shifted is how the number times a power of ten is written.
func (p printed) shifted(power int) printed {
	p.last += power
	return p
}

// evaluate makes a parsed expression a scalar. It fails where there is neither an exact value nor enough probes.
func (e *expression) evaluate(w *work) (*scalar, error) {
	ex := exactEvaluation{expression: e, work: w}
	if x, ok := ex.at(e.root); ok {
		return &scalar{exact: x, known: true}, nil
	}
	p := e.probe(w)
	if !p.valid() {
		return nil, fmt.Errorf("%w: no value at the probe points", errNotExpression)
	}
	s := &scalar{values: p}
	if r, ok := snap(p); ok {
		s.exact, s.known = constant(r), true
	}
	return s, nil
}

// snap is the fraction with a small denominator that a constant is but for rounding: log_2 8 is 3.
func snap(p *probes) (*big.Rat, bool) {
	x := real(p[0])
	if !p.constant() || math.Abs(x) > 1e6 || cmplx.IsNaN(p[0]) || math.Abs(imag(p[0])) > 1e-12 {
		return nil, false
	}
	for d := 1.0; d <= 360; d++ {
		if n := math.Round(x * d); math.Abs(x-n/d) <= 1e-12*max(1, math.Abs(x)) {
			return big.NewRat(int64(n), int64(d)), true
		}
	}
	return nil, false
}

// probe is the scalar's values.
func (s *scalar) probe() *probes {
	if s.values == nil {
		s.values = s.exact.probe()
	}
	return s.values
}

// maxKey is the length beyond which a normal form is shortened in a key.
const maxKey = 200

func (s *scalar) key() string {
	text := s.bareKey()
	if u := s.unit.String(); u != "" {
		text += " " + u
	}
	return text
}

// bareKey is the key without the unit.
func (s *scalar) bareKey() string {
	if s.sign {
		return shortened(s.exact.scale(big.NewRat(100, 1)).String()) + "%"
	}
	if s.known {
		return shortened(s.exact.String())
	}
	p := s.probe()
	if p.constant() {
		return "≈" + digitsOf(p[0])
	}
	var b strings.Builder
	b.WriteString("≈(")
	for i, v := range p {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(digitsOf(v))
	}
	return b.String() + ")"
}

// shortened writes a long text as its beginning and a hash of all of it.
func shortened(s string) string {
	if len(s) <= maxKey {
		return s
	}
	h := fnv.New128a()
	_, _ = h.Write([]byte(s))
	return fmt.Sprintf("%s…#%x", strings.ToValidUTF8(s[:maxKey/4], ""), h.Sum(nil))
}

// float is the value of a real constant.
func (s *scalar) float() (float64, bool) {
	if s.known {
		if r, ok := s.exact.rational(); ok {
			f, _ := r.Float64()
			return f, true
		}
		switch s.exact.String() {
		case "∞":
			return math.Inf(1), true
		case "-∞":
			return math.Inf(-1), true
		}
	}
	p := s.probe()
	if !p.valid() || !p.constant() || imag(p[0]) != 0 && math.Abs(imag(p[0])) > 1e-12*math.Abs(real(p[0])) {
		return 0, false
	}
	return real(p[0]), true
}

// minus is s - t.
func (s *scalar) minus(t *scalar) *scalar {
	if s.known && t.known {
		if d, ok := s.exact.add(t.exact.neg()); ok {
			return &scalar{exact: d, known: true}
		}
	}
	x, y := s.probe(), t.probe()
	var d probes
	for i := range d {
		if d[i] = x[i] - y[i]; cmplx.Abs(d[i]) < 1e-13*max(cmplx.Abs(x[i]), cmplx.Abs(y[i])) {
			d[i] = 0
		}
	}
	return &scalar{values: &d}
}

// expressionOf reads a text that is a formula and nothing else.
func expressionOf(s string, in scope) (*scalar, bool) {
	e, err := parse(s)
	if err != nil {
		return nil, false
	}
	x, err := e.evaluate(in.work)
	return x, err == nil
}

func isConstant(x *scalar) bool {
	if x.known {
		_, ok := x.exact.rational()
		if ok {
			return true
		}
		for _, t := range x.exact {
			for _, f := range t.factors {
				if !isDigit(f.base[0]) && f.base != "pi" && f.base != "e" && f.base != "i" && f.base != "∞" {
					return false
				}
			}
		}
		return true
	}
	return x.probe().constant()
}
