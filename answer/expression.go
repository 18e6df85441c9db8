package answer

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/parser"
)

// Limits of an expression. The parser recurses without a bound of its own, so its input is bounded before it.
const (
	maxExpression = 1024 // bytes of plain notation
	maxNodes      = 256
	maxBrackets   = 48 // nested
)

// errNotExpression is why a text is read as text: it is not arithmetic or algebra that this package understands.
var errNotExpression = errors.New("not an expression")

var limits = func() *conf.Config {
	c := conf.CreateNew()
	c.MaxNodes = maxNodes
	return c
}()

// An expression is a parsed formula.
//
// The parser is expr's; the evaluation is ours, and nothing is callable. The parser sees no word of the text either: every
// number, variable and function is handed to it as v0, v1, ... and looked up in names. So keywords and builtins of its
// language mean nothing, and a number may have any size.
type expression struct {
	root  ast.Node
	names []string
}

// parse reads a formula in plain notation.
func parse(s string) (*expression, error) {
	if len(s) > maxExpression {
		return nil, fmt.Errorf("%w: longer than %d bytes", errNotExpression, maxExpression)
	}
	w := writer{in: s}
	if err := w.formula(0); err != nil {
		return nil, err
	}
	tree, err := parser.ParseWithConfig(string(w.out), limits)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", errNotExpression, err)
	}
	return &expression{tree.Node, w.names}, nil
}

// lookup is the number, variable or function that a node of the parser's tree stands for.
func (e *expression) lookup(n ast.Node) (string, error) {
	id, ok := n.(*ast.IdentifierNode)
	if !ok || len(id.Value) < 2 || id.Value[0] != 'v' {
		return "", errNotExpression
	}
	i, err := strconv.Atoi(id.Value[1:])
	if err != nil || i < 0 || i >= len(e.names) {
		return "", errNotExpression
	}
	return e.names[i], nil
}

// functions may be called. Those of one argument may stand before it without brackets.
var functions = setOf(`sqrt cbrt exp log ln lg abs Abs floor ceil ceiling sgn sign max min gcd lcm
	sin cos tan cot sec csc arcsin arccos arctan arccot arcsec arccsc asin acos atan acot asec acsc
	sinh cosh tanh coth sech csch arcsinh arccosh arctanh asinh acosh atanh arsinh arcosh artanh
	binom binomial C factorial gamma Gamma Re Im re im arg deg det tr Var E sum prod int lim`)

// operators of many terms: sum_⟨k=1⟩^n is followed by its body.
var bigOperators = setOf("sum prod int lim max min")

// constants are names of more than one letter.
var constants = setOf(`pi alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi rho sigma tau upsilon phi
	chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega hbar ell nabla partial aleph mho infinity
	inf oo`)

// aliases are other names of functions.
var aliases = map[string]string{
	"asin": "arcsin", "acos": "arccos", "atan": "arctan", "acot": "arccot",
	"asec": "arcsec", "acsc": "arccsc", "ln": "log", "Abs": "abs", "ceiling": "ceil", "binomial": "binom", "C": "binom",
	"asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh", "arsinh": "arcsinh", "arcosh": "arccosh", "artanh": "arctanh",
}

var inverses = map[string]string{
	"sin": "arcsin", "cos": "arccos", "tan": "arctan", "cot": "arccot", "sec": "arcsec", "csc": "arccsc",
	"sinh": "arcsinh", "cosh": "arccosh", "tanh": "arctanh",
}
