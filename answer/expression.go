package answer

import (
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/parser"
)

// Limits of an expression. The parser recurses without a bound of its own, so the length must be bounded before it.
const (
	maxExpression = 256 // bytes
	maxNodes      = 128
	maxBits       = 2048 // numerator or denominator of a coefficient
)

// errNotExpression is why a text is read as text: it is not arithmetic or algebra that this package understands.
var errNotExpression = errors.New("not an expression")

// normalExpression gives the normal form of arithmetic and algebra: 3*4+1 is 13, 2b**2 is 2*b^2.
//
// The parser is expr's; the evaluation is ours, exact and without anything callable. The parser sees no word of the text
// either: every number, variable and function is handed to it as v0, v1, ... and looked up in names on the walk. So
// keywords and builtins mean nothing, and a number may have any size.
func normalExpression(s string) (string, error) {
	if len(s) > maxExpression {
		return "", fmt.Errorf("%w: longer than %d bytes", errNotExpression, maxExpression)
	}
	source, names, err := tokenize(s)
	if err != nil {
		return "", err
	}
	c := conf.CreateNew()
	c.MaxNodes = maxNodes
	tree, err := parser.ParseWithConfig(source, c)
	if err != nil {
		return "", fmt.Errorf("%w: %v", errNotExpression, err)
	}
	sum, err := names.eval(tree.Node)
	if err != nil {
		return "", err
	}
	return sum.String(), nil
}

// symbols are the operands of an expression: v0, v1, ... in the source given to the parser.
type symbols []string

var token = regexp.MustCompile(`\d+(?:\.\d*)?|\.\d+|[A-Za-z]+|[-+*/^()]| +`)

// functions may be called; constants are the names of more than one letter that stand for a value.
var (
	functions = setOf("sqrt sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh log ln exp abs floor ceil")
	constants = setOf("pi infinity alpha beta gamma delta epsilon theta lambda mu rho sigma tau phi psi omega")
)

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

// tokenize writes s for the parser, with every product made explicit: 2x(y+1) becomes v0*v1*(v2+v3).
func tokenize(s string) (source string, names symbols, err error) {
	var to tokens
	spaced := false
	for rest := s; rest != ""; {
		loc := token.FindStringIndex(rest)
		if loc == nil || loc[0] != 0 {
			return "", nil, fmt.Errorf("%w: unexpected %.8q", errNotExpression, rest)
		}
		t := rest[:loc[1]]
		rest = rest[loc[1]:]
		switch c := t[0]; {
		case c == ' ':
			spaced = true
			continue
		case isDigit(c) || c == '.':
			if to.last == 'n' || to.last == 'v' && !spaced { // "1 2", and x2 or a060, which are names or other bases
				return "", nil, fmt.Errorf("%w: number after %q", errNotExpression, to.names[len(to.names)-1])
			}
			to.add('n', t)
		case functions[t]:
			if !strings.HasPrefix(strings.TrimLeft(rest, " "), "(") {
				return "", nil, fmt.Errorf("%w: %s without brackets", errNotExpression, t)
			}
			to.add('f', t)
		case constants[t]:
			to.add('v', t)
		case isLetter(c):
			if len(t) > 2 || len(t) == len(s) { // a word
				return "", nil, fmt.Errorf("%w: word %q", errNotExpression, t)
			}
			for i := range len(t) {
				to.add('v', t[i:i+1])
			}
		default:
			to.add(c, t)
		}
		spaced = false
	}
	return to.source.String(), to.names, nil
}

// tokens is what tokenize has written.
type tokens struct {
	source strings.Builder
	names  symbols
	last   byte // kind of the newest token: n number, v variable, f function, or the operator itself
}

// add writes a token, after a sign of multiplication where two operands meet.
func (t *tokens) add(kind byte, text string) {
	if strings.IndexByte("nvf(", kind) >= 0 && strings.IndexByte("nv)", t.last) >= 0 {
		t.source.WriteByte('*')
	}
	t.last = kind
	if kind == 'n' || kind == 'v' || kind == 'f' {
		t.source.WriteString("v" + strconv.Itoa(len(t.names)))
		t.names = append(t.names, text)
		return
	}
	t.source.WriteString(text)
}

// eval walks the parser's tree.
func (names symbols) eval(n ast.Node) (sum, error) {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		text, err := names.lookup(n)
		if err != nil {
			return nil, err
		}
		if isLetter(text[0]) {
			return atom(text), nil
		}
		value, ok := number(text)
		if !ok {
			return nil, fmt.Errorf("%w: number %q", errNotExpression, text)
		}
		return constant(value), nil
	case *ast.CallNode:
		return names.call(n)
	case *ast.UnaryNode:
		x, err := names.eval(n.Node)
		if err != nil {
			return nil, err
		}
		switch n.Operator {
		case "-":
			return mul(constant(big.NewRat(-1, 1)), x)
		case "+":
			return x, nil
		}
	case *ast.BinaryNode:
		return names.binary(n)
	}
	return nil, fmt.Errorf("%w: %T", errNotExpression, n)
}

func (names symbols) binary(n *ast.BinaryNode) (sum, error) {
	x, err := names.eval(n.Left)
	if err != nil {
		return nil, err
	}
	y, err := names.eval(n.Right)
	if err != nil {
		return nil, err
	}
	switch n.Operator {
	case "+":
		return add(x, y)
	case "-":
		if y, err = mul(constant(big.NewRat(-1, 1)), y); err != nil {
			return nil, err
		}
		return add(x, y)
	case "*":
		return mul(x, y)
	case "/":
		return div(x, y)
	case "^":
		return pow(x, y)
	}
	return nil, fmt.Errorf("%w: operator %q", errNotExpression, n.Operator)
}

func (names symbols) call(n *ast.CallNode) (sum, error) {
	callee, ok := n.Callee.(*ast.IdentifierNode)
	if !ok || len(n.Arguments) != 1 {
		return nil, fmt.Errorf("%w: call", errNotExpression)
	}
	name, err := names.lookup(callee)
	if err != nil {
		return nil, err
	}
	x, err := names.eval(n.Arguments[0])
	if err != nil {
		return nil, err
	}
	if root, ok := exactRoot(name, x); ok {
		return constant(root), nil
	}
	return atom(name + "(" + x.String() + ")"), nil
}

func (names symbols) lookup(n *ast.IdentifierNode) (string, error) {
	i, err := strconv.Atoi(strings.TrimPrefix(n.Value, "v"))
	if err != nil || i >= len(names) {
		return "", fmt.Errorf("%w: name %q", errNotExpression, n.Value)
	}
	return names[i], nil
}

var (
	numeral    = regexp.MustCompile(`^[+-]?(?:\d+\.?\d*|\.\d+)$`)
	ratio      = regexp.MustCompile(`^[+-]? ?\d+ ?/ ?\d+$`)
	mixed      = regexp.MustCompile(`^([+-]?) ?(\d+) (\d+ ?/ ?\d+)$`)
	scientific = regexp.MustCompile(`^[+-]?(?:\d+\.\d*[eE][+-]?|\d+[eE][+-])\d{1,3}$`)
)

// number reads an integer, a decimal, a fraction, a mixed number (2 1/3) or 1.5e3 as an exact rational. It reads 2e3 only
// with a sign or a point: without, it may be a number in base sixteen.
func number(s string) (*big.Rat, bool) {
	if m := mixed.FindStringSubmatch(s); m != nil {
		whole, _ := new(big.Rat).SetString(m[2])
		part, ok := number(m[3])
		if !ok {
			return nil, false
		}
		whole.Add(whole, part)
		if m[1] == "-" {
			whole.Neg(whole)
		}
		return whole, true
	}
	if numeral.MatchString(s) || scientific.MatchString(s) || ratio.MatchString(s) {
		return new(big.Rat).SetString(strings.ReplaceAll(s, " ", ""))
	}
	return nil, false
}
