package answer

import (
	"math/big"

	"github.com/expr-lang/expr/ast"
)

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
