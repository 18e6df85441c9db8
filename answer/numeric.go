package answer

import (
	"math"
	"math/cmplx"
	"strings"

	"github.com/expr-lang/expr/ast"
)

// maxSteps bounds the evaluation of one expression at one point; sums and products of many terms use it up.
const maxSteps = 1 << 12

// evaluation computes an expression at one point.
type evaluation struct {
	*expression
	point   int
	values  map[string]number     // of names, once they have been looked up
	bound   map[string]complex128 // the indices of sums
	work    *work                 // for all of the answer
	steps   int                   // of this evaluation
	complex bool                  // a root or logarithm of a negative number was taken
}

// probe evaluates at all points.
func (e *expression) probe(w *work) *probes {
	var p probes
	reals := true
	for i := range p {
		ev := evaluation{expression: e, point: i, work: w, values: map[string]number{}}
		v := ev.at(e.root)
		if !isFinite(v.v) {
			v.v = undefined
		}
		v.v = v.settled()
		if i < positivePoints {
			reals = reals && !ev.complex
		} else if reals && ev.complex {
			v.v = undefined // the answer speaks of positive numbers
		}
		p[i] = v.v
	}
	return &p
}

// number is a value with a bound on its rounding error.
type number struct {
	v   complex128
	err float64
}

func isFinite(v complex128) bool { return !cmplx.IsNaN(v) && !cmplx.IsInf(v) }

// settled is the value if it is known well enough: zero where it is nothing but a small error, undefined where a large
// error hides it.
func (n number) settled() complex128 {
	size := cmplx.Abs(n.v)
	switch {
	case size < 16*n.err && n.err < tolerance:
		return 0
	case n.err > tolerance/16*size:
		return undefined
	}
	return n.v
}

// plus adds. A term so small beside the other that the comparison would not see it makes the sum unknown.
func (n number) plus(m number) number {
	sum := number{n.v + m.v, n.err + m.err + cmplx.Abs(n.v+m.v)*1e-16}
	if cmplx.Abs(n.v) < cmplx.Abs(m.v) {
		n, m = m, n
	}
	if size := cmplx.Abs(m.v); size < cmplx.Abs(n.v)*1000*tolerance && size > 16*m.err {
		sum.err = cmplx.Abs(n.v)
	}
	return sum
}

func exactly(v complex128) number { return number{v, cmplx.Abs(v) * 1e-16} }

var nowhere = number{undefined, 0}

func (ev *evaluation) at(n ast.Node) number {
	if ev.steps++; ev.steps > maxSteps || !ev.work.pay(1) {
		return nowhere
	}
	switch n := n.(type) {
	case *ast.IdentifierNode:
		name, err := ev.lookup(n)
		if err != nil {
			return nowhere
		}
		return ev.name(name)
	case *ast.CallNode:
		return ev.call(n)
	case *ast.UnaryNode:
		x := ev.at(n.Node)
		if n.Operator == "-" {
			x.v = -x.v
		}
		return x
	case *ast.BinaryNode:
		return ev.binary(n)
	}
	return nowhere
}

func (ev *evaluation) name(name string) number {
	if v, ok := ev.bound[name]; ok {
		return number{v, 0}
	}
	v, known := ev.values[name]
	if !known {
		v = valueAt(name, ev.point)
		ev.values[name] = v
	}
	return v
}

// valueAt is the value of a number, a constant or a variable at a point.
func valueAt(name string, point int) number {
	if isDigit(name[0]) || name[0] == '.' {
		r, ok := numeral(name)
		if !ok {
			return nowhere
		}
		f, _ := r.Float64()
		return exactly(complex(f, 0))
	}
	return exactly(baseAt(name, point))
}

func (ev *evaluation) binary(n *ast.BinaryNode) number {
	x, y := ev.at(n.Left), ev.at(n.Right)
	switch n.Operator {
	case "+":
		return x.plus(y)
	case "-":
		return x.plus(number{-y.v, y.err})
	case "*":
		return number{x.v * y.v, x.err*cmplx.Abs(y.v) + y.err*cmplx.Abs(x.v) + cmplx.Abs(x.v*y.v)*1e-16}
	case "/":
		if cmplx.Abs(y.v) <= 16*y.err {
			return nowhere
		}
		q := x.v / y.v
		return number{q, (x.err+y.err*cmplx.Abs(q))/cmplx.Abs(y.v) + cmplx.Abs(q)*1e-16}
	case "^", "**":
		return ev.power(x, y)
	case "%":
		return ev.real2(x, y, func(a, b float64) float64 { return a - b*math.Floor(a/b) })
	}
	return nowhere
}

// power takes the real root of a negative number where the index is odd and small.
func (ev *evaluation) power(x, y number) number {
	if x.v == 0 && !(real(y.v) > 0) || !isFinite(x.v) || !isFinite(y.v) {
		return nowhere // cmplx.Pow panics for some of these
	}
	relative := y.err*math.Abs(math.Log(cmplx.Abs(x.v)+1e-300)) + 4e-16
	if x.v != 0 {
		relative += x.err / cmplx.Abs(x.v) * cmplx.Abs(y.v)
	}
	v := cmplx.Pow(x.v, y.v)
	if imag(x.v) == 0 && imag(y.v) == 0 {
		a, b := real(x.v), real(y.v)
		switch {
		case a >= 0 || b == math.Trunc(b):
			v = complex(math.Pow(a, b), 0)
		default:
			ev.complex = true
			for _, q := range []float64{3, 5, 7, 9} {
				if p := math.Round(b * q); math.Abs(b*q-p) < 1e-12 {
					v = complex(math.Pow(-a, b)*(1-2*math.Abs(math.Mod(p, 2))), 0)
					ev.complex = false
					break
				}
			}
		}
	}
	return number{v, cmplx.Abs(v) * relative}
}

// real applies a function of a real argument.
func (ev *evaluation) real(x number, f func(float64) float64) number {
	if math.Abs(imag(x.v)) > 16*x.err {
		return nowhere
	}
	return exactly(complex(f(real(x.v)), 0))
}

func (ev *evaluation) real2(x, y number, f func(a, b float64) float64) number {
	if math.Abs(imag(x.v)) > 16*x.err || math.Abs(imag(y.v)) > 16*y.err {
		return nowhere
	}
	return exactly(complex(f(real(x.v), real(y.v)), 0))
}

// analytic are the functions of one complex argument.
var analytic = map[string]func(complex128) complex128{
	"sqrt": cmplx.Sqrt, "exp": cmplx.Exp, "log": cmplx.Log, "ln": cmplx.Log, "lg": cmplx.Log10,
	"sin": cmplx.Sin, "cos": cmplx.Cos, "tan": cmplx.Tan, "cot": cmplx.Cot,
	"sec":    func(x complex128) complex128 { return 1 / cmplx.Cos(x) },
	"csc":    func(x complex128) complex128 { return 1 / cmplx.Sin(x) },
	"arcsin": cmplx.Asin, "arccos": cmplx.Acos, "arctan": cmplx.Atan,
	"arccot": func(x complex128) complex128 { return math.Pi/2 - cmplx.Atan(x) },
	"arcsec": func(x complex128) complex128 { return cmplx.Acos(1 / x) },
	"arccsc": func(x complex128) complex128 { return cmplx.Asin(1 / x) },
	"sinh":   cmplx.Sinh, "cosh": cmplx.Cosh, "tanh": cmplx.Tanh,
	"coth":    func(x complex128) complex128 { return 1 / cmplx.Tanh(x) },
	"sech":    func(x complex128) complex128 { return 1 / cmplx.Cosh(x) },
	"csch":    func(x complex128) complex128 { return 1 / cmplx.Sinh(x) },
	"arcsinh": cmplx.Asinh, "arccosh": cmplx.Acosh, "arctanh": cmplx.Atanh,
	"Re": func(x complex128) complex128 { return complex(real(x), 0) },
	"Im": func(x complex128) complex128 { return complex(imag(x), 0) },
}

// stepwise are the functions that round, taken a little above, where a rounding error does not matter.
var stepwise = map[string]func(float64) float64{
	"floor":     func(x float64) float64 { return math.Floor(x + 1e-9) },
	"ceil":      func(x float64) float64 { return math.Ceil(x - 1e-9) },
	"sgn":       func(x float64) float64 { return math.Copysign(1, x) },
	"sign":      func(x float64) float64 { return math.Copysign(1, x) },
	"factorial": func(x float64) float64 { return math.Gamma(x + 1) },
	"Gamma":     math.Gamma,
}

func (ev *evaluation) call(n *ast.CallNode) number {
	name, err := ev.lookup(n.Callee)
	if err != nil {
		return nowhere
	}
	if strings.HasSuffix(name, "_") && len(n.Arguments) > 1 && (name == "sum_" || name == "prod_") {
		if v, ok := ev.series(name, n.Arguments); ok {
			return v
		}
	}
	args := make([]number, len(n.Arguments))
	for i, a := range n.Arguments {
		args[i] = ev.at(a)
	}
	if v, ok := ev.apply(name, args); ok {
		return v
	}
	return ev.unknown(name, args)
}

// apply evaluates the functions that have a value.
func (ev *evaluation) apply(name string, args []number) (number, bool) {
	switch x := args[0]; {
	case len(args) == 1 && analytic[name] != nil:
		if imag(x.v) == 0 && real(x.v) < 0 && (name == "sqrt" || name == "ln" || name == "log" || name == "lg") {
			ev.complex = true
		}
		v := analytic[name](x.v)
		slope := cmplx.Abs(analytic[name](x.v*(1+1e-7))-v) / (cmplx.Abs(x.v)*1e-7 + 1e-300)
		return number{v, slope*(x.err+cmplx.Abs(x.v)*1e-16) + cmplx.Abs(v)*2e-16}, true
	case len(args) == 1 && stepwise[name] != nil:
		return ev.real(x, stepwise[name]), true
	case name == "abs" && len(args) == 1:
		return number{complex(cmplx.Abs(x.v), 0), x.err}, true
	case name == "cbrt" && len(args) == 1:
		return ev.power(x, exactly(1.0/3)), true
	case name == "log_" && len(args) == 2:
		return exactly(cmplx.Log(args[1].v) / cmplx.Log(x.v)), true
	case name == "log" && len(args) == 2: // as programs have it
		return exactly(cmplx.Log(x.v) / cmplx.Log(args[1].v)), true
	case name == "binom" && len(args) == 2:
		return ev.real2(x, args[1], func(n, k float64) float64 {
			return math.Gamma(n+1) / math.Gamma(k+1) / math.Gamma(n-k+1)
		}), true
	case name == "max" || name == "min":
		best := real(x.v)
		for _, a := range args {
			if imag(a.v) != 0 {
				return nowhere, true
			}
			if v := real(a.v); name == "max" && v > best || name == "min" && v < best {
				best = v
			}
		}
		return exactly(complex(best, 0)), true
	}
	return nowhere, false
}

// series adds or multiplies the terms of sum(k, from, to, body), if both ends are integers.
func (ev *evaluation) series(name string, args []ast.Node) (number, bool) {
	if len(args) != 4 {
		return nowhere, false
	}
	index, err := ev.lookup(args[0])
	from, to := ev.at(args[1]), ev.at(args[2])
	lo, hi := real(from.v), real(to.v)
	if err != nil || lo != math.Trunc(lo) || hi != math.Trunc(hi) || !(hi-lo < maxSteps) {
		return nowhere, false
	}
	bound := map[string]complex128{}
	for k, v := range ev.bound {
		bound[k] = v
	}
	outer := ev.bound
	ev.bound = bound
	defer func() { ev.bound = outer }()
	total := number{complex(map[string]float64{"sum_": 0, "prod_": 1}[name], 0), 0}
	for k := lo; k <= hi; k++ {
		bound[index] = complex(k, 0)
		x := ev.at(args[3])
		if name == "sum_" {
			total = number{total.v + x.v, total.err + x.err}
		} else {
			total = number{total.v * x.v, total.err*cmplx.Abs(x.v) + x.err*cmplx.Abs(total.v)}
		}
		if ev.steps > maxSteps {
			return nowhere, true
		}
	}
	return total, true
}

// unknown is the value of a function that nothing is known about, such as f(x) or an integral: the same for the same
// arguments, and any for others.
func (ev *evaluation) unknown(name string, args []number) number {
	var b strings.Builder
	b.WriteString(name)
	for _, a := range args {
		if cmplx.IsNaN(a.v) && name != "lim_" && name != "int_" && name != "sum_" && name != "prod_" {
			return nowhere
		}
		b.WriteString("," + digitsOf(a.v))
	}
	return exactly(variableAt(b.String(), 0))
}
