package answer

import (
	"math/big"

	"github.com/expr-lang/expr/ast"
)

// exactEvaluation evaluates an expression exactly.
type exactEvaluation struct {
	*expression
	work *work
	paid int // of the work, for this expression
}

// maxExact bounds the exact evaluation of one expression, in numbers of 64 bits.
const maxExact = 1 << 11

// stepsPerNumber is what computing a number costs, beside a step of an evaluation at a point.
const stepsPerNumber = 16

func (ex *exactEvaluation) pay(numbers int) bool {
	ex.paid += numbers
	return ex.paid <= maxExact && ex.work.pay(numbers*stepsPerNumber)
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

// power raises x to a rational exponent. Others have no exact form here.
func (ex *exactEvaluation) power(x, y sum) (sum, bool) {
	exp, ok := y.rational()
	switch {
	case !ok:
		return nil, false
	case len(x) == 0:
		return sum{}, exp.Sign() > 0
	case len(x) == 1:
		return ex.termPower(x[0], exp)
	case !exp.IsInt() || !exp.Num().IsInt64():
		return nil, false
	}
	n := exp.Num().Int64()
	if n < 0 {
		if x, ok = x.inverse(); !ok {
			return nil, false
		}
		n = -n
	}
	if n > maxPower {
		return nil, false
	}
	out := constant(one)
	for range n {
		if !ex.pay(out.size() * x.size()) {
			return nil, false
		}
		if out, ok = out.mul(x); !ok {
			return nil, false
		}
	}
	return out, true
}

func (ex *exactEvaluation) termPower(t term, exp *big.Rat) (sum, bool) {
	cost := sum{t}.size()
	if n := new(big.Int).Quo(exp.Num(), exp.Denom()); n.IsInt64() {
		cost *= int(min(1+max(n.Int64(), -n.Int64()), maxBits/64))
	} else {
		cost *= maxBits / 64
	}
	if !exp.IsInt() {
		cost += 32 // to find the factors
	}
	if !ex.pay(cost) {
		return nil, false
	}
	return t.pow(exp)
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
		if !x.IsInt() || n.Sign() < 0 || n.Cmp(big.NewInt(maxFactorial)) > 0 || !ex.pay(int(n.Int64())/8) {
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
		!ex.pay(int(n.Int64())/8) {
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
