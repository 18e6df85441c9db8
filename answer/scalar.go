package answer

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/big"
	"math/cmplx"
	"strings"

	"github.com/expr-lang/expr/ast"
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
func (e *expression) evaluate() (*scalar, error) {
	ex := exactEvaluation{expression: e}
	if x, ok := ex.at(e.root); ok {
		return &scalar{exact: x, known: true}, nil
	}
	p := e.probe()
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

// exactEvaluation evaluates an expression exactly. work counts what has been computed: a number of 64 bits costs one.
type exactEvaluation struct {
	*expression
	work int
}

const maxWork = 1 << 13

func (ex *exactEvaluation) pay(work int) bool {
	ex.work += work
	return ex.work <= maxWork
}

// size is what computing with x costs.
func (x sum) size() int {
	n := 1
	for _, t := range x {
		n += 1 + len(t.factors) + (t.coef.Num().BitLen()+t.coef.Denom().BitLen())/64
	}
	return n
}

func (ex *exactEvaluation) at(n ast.Node) (sum, bool) {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		name, err := ex.lookup(n)
		if err != nil {
			return nil, false
		}
		return exactName(name)
	case *ast.UnaryNode:
		x, ok := ex.at(n.Node)
		if !ok || n.Operator == "+" {
			return x, ok
		}
		return x.neg(), n.Operator == "-"
	case *ast.BinaryNode:
		x, ok := ex.at(n.Left)
		if !ok {
			return nil, false
		}
		y, ok := ex.at(n.Right)
		if !ok {
			return nil, false
		}
		return ex.binary(n.Operator, x, y)
	case *ast.CallNode:
		return ex.call(n)
	}
	return nil, false
}

// exactName is the value of a number, a constant or a variable.
func exactName(name string) (sum, bool) {
	switch {
	case isDigit(name[0]) || name[0] == '.':
		r, ok := numeral(name)
		if !ok {
			return nil, false
		}
		return constant(r), true
	case name == "°":
		return sum{{big.NewRat(1, 180), []factor{{"pi", one}}}}, true
	case name == "I":
		return atom("i"), true
	case name == "infinity" || name == "inf" || name == "oo":
		return atom("∞"), true
	}
	return atom(name), true
}

func (ex *exactEvaluation) binary(operator string, x, y sum) (sum, bool) {
	if !ex.pay(1) {
		return nil, false
	}
	switch operator {
	case "+":
		return x.add(y)
	case "-":
		return x.add(y.neg())
	case "*":
		if !ex.pay(x.size() * y.size()) {
			return nil, false
		}
		return x.mul(y)
	case "/":
		return ex.divide(x, y)
	case "^", "**":
		return ex.power(x, y)
	case "%":
		m, ok := x.integer()
		n, fine := y.integer()
		if !ok || !fine || n.Sign() == 0 {
			return nil, false
		}
		return constant(new(big.Rat).SetInt(new(big.Int).Mod(m, new(big.Int).Abs(n)))), true
	}
	return nil, false
}

func (ex *exactEvaluation) divide(x, y sum) (sum, bool) {
	if len(y) == 0 || !ex.pay(x.size()*y.size()) {
		return nil, false
	}
	if len(y) > 1 {
		inverse, ok := y.inverse()
		if !ok {
			return nil, false
		}
		return x.mul(inverse)
	}
	inverse, ok := y[0].pow(big.NewRat(-1, 1))
	if !ok {
		return nil, false
	}
	return x.mul(inverse)
}

func (ex *exactEvaluation) power(x, y sum) (sum, bool) {
	cost := x.size()
	if e, ok := y.rational(); ok {
		if n := new(big.Int).Quo(e.Num(), e.Denom()); n.IsInt64() && len(x) != 1 {
			grown := int(min(max(n.Int64(), -n.Int64()), maxPower)) * len(x)
			cost += grown * grown
		} else {
			cost *= int(min(1+max(n.Int64(), -n.Int64()), maxBits/64))
		}
		if !e.IsInt() {
			cost += 32 // factors
		}
	}
	if !ex.pay(cost) {
		return nil, false
	}
	return x.pow(y)
}

// call evaluates the functions that have exact values.
func (ex *exactEvaluation) call(n *ast.CallNode) (sum, bool) {
	name, err := ex.lookup(n.Callee)
	if err != nil || len(n.Arguments) == 0 {
		return nil, false
	}
	args := make([]sum, len(n.Arguments))
	rationals := make([]*big.Rat, len(args))
	constants := true
	for i, a := range n.Arguments {
		x, ok := ex.at(a)
		if !ok {
			return nil, false
		}
		args[i] = x
		rationals[i], ok = x.rational()
		constants = constants && ok
	}
	if len(args) == 1 {
		switch name {
		case "sqrt":
			return ex.power(args[0], constant(big.NewRat(1, 2)))
		case "cbrt":
			return ex.power(args[0], constant(big.NewRat(1, 3)))
		case "exp":
			return ex.power(atom("e"), args[0])
		}
	}
	if !constants {
		return nil, false
	}
	return ex.arithmetic(name, rationals)
}

// arithmetic evaluates functions of rational numbers.
func (ex *exactEvaluation) arithmetic(name string, args []*big.Rat) (sum, bool) {
	x := args[0]
	switch {
	case len(args) == 1 && name == "abs":
		return constant(new(big.Rat).Abs(x)), true
	case len(args) == 1 && name == "floor":
		return constant(new(big.Rat).SetInt(floorRat(x))), true
	case len(args) == 1 && name == "ceil":
		return constant(new(big.Rat).SetInt(floorRat(new(big.Rat).Neg(x)))).neg(), true
	case len(args) == 1 && name == "factorial":
		n := x.Num()
		if !x.IsInt() || n.Sign() < 0 || n.Cmp(big.NewInt(maxFactorial)) > 0 || !ex.pay(int(n.Int64())/2) {
			return nil, false
		}
		return constant(new(big.Rat).SetInt(new(big.Int).MulRange(1, n.Int64()))), true
	case len(args) == 2 && name == "binom":
		return ex.binomial(x, args[1])
	case name == "max" || name == "min":
		for _, y := range args[1:] {
			if c := y.Cmp(x); name == "max" && c > 0 || name == "min" && c < 0 {
				x = y
			}
		}
		return constant(x), true
	case (name == "gcd" || name == "lcm") && len(args) > 1:
		return divisors(name, args)
	}
	return nil, false
}

func (ex *exactEvaluation) binomial(x, y *big.Rat) (sum, bool) {
	n, k := x.Num(), y.Num()
	if !x.IsInt() || !y.IsInt() || n.Sign() < 0 || k.Sign() < 0 || n.Cmp(big.NewInt(2*maxFactorial)) > 0 ||
		!ex.pay(int(n.Int64())/2) {
		return nil, false
	}
	if k.Cmp(n) > 0 {
		return sum{}, true
	}
	return constant(new(big.Rat).SetInt(new(big.Int).Binomial(n.Int64(), k.Int64()))), true
}

// divisors is the greatest common divisor or the least common multiple of integers.
func divisors(name string, args []*big.Rat) (sum, bool) {
	out := new(big.Int).Set(args[0].Num())
	for _, a := range args {
		if !a.IsInt() || a.Sign() == 0 {
			return nil, false
		}
		gcd := new(big.Int).GCD(nil, nil, new(big.Int).Abs(out), new(big.Int).Abs(a.Num()))
		if name == "gcd" {
			out = gcd
		} else {
			out.Mul(out, a.Num()).Quo(out, gcd).Abs(out)
		}
	}
	return constant(new(big.Rat).SetInt(out)), true
}
