package problems

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

// A Filter is a condition on the fields of a row.
type Filter struct {
	program *vm.Program
	names   []string // of the fields that it looks at
}

// normalised are the parts of a problem, which a filter can use whatever the fields are called.
var normalised = []string{"statement", "answer", "id"}

// ParseFilter compiles an expression of expr-lang, such as `level >= 4 && subject == "Algebra"`.
func ParseFilter(expression string) (*Filter, error) {
	tree, err := parser.Parse(expression)
	if err != nil {
		return nil, err
	}
	uses := identifiers{used: map[string]bool{}}
	ast.Walk(&tree.Node, &uses)
	options := []expr.Option{expr.AllowUndefinedVariables(), expr.AsBool()}
	for _, function := range builtin.Names { // a field, such as the type of MATH, hides the function of that name
		if uses.used[function] {
			options = append(options, expr.DisableBuiltin(function))
		}
	}
	program, err := expr.Compile(expression, options...)
	if err != nil {
		return nil, err
	}
	return &Filter{program, uses.fields()}, nil
}

// identifiers collects the names in an expression.
type identifiers struct {
	used     map[string]bool
	declared []string // by let
}

func (ids *identifiers) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		ids.used[n.Value] = true
	case *ast.VariableDeclaratorNode:
		ids.declared = append(ids.declared, n.Name)
	}
}

// fields are the names that only a field of a row can have.
func (ids *identifiers) fields() []string {
	for _, name := range slices.Concat(ids.declared, normalised, []string{"$env"}) {
		delete(ids.used, name)
	}
	return slices.Sorted(maps.Keys(ids.used))
}

// takes reports whether a row that has become p is wanted.
func (f *Filter) takes(v values, p Problem) (bool, error) {
	env := make(map[string]any, len(v)+len(normalised))
	for name, value := range v {
		env[name] = compared(name, value)
	}
	env["statement"], env["answer"], env["id"] = p.Text, p.Answer, p.ID
	out, err := expr.Run(f.program, env)
	if err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n") // the expression itself would follow
		return false, fmt.Errorf("the filter: %s", first)
	}
	return out.(bool), nil // as it was compiled to be
}

// compared returns a field as expressions see it. MATH writes its levels as "Level 5".
func compared(name string, value any) any {
	switch v := value.(type) {
	case json.Number:
		return number(v)
	case string:
		rest, found := strings.CutPrefix(v, "Level ")
		if digits, ok := cellValue(rest).(json.Number); ok && found && strings.EqualFold(name, "level") {
			return number(digits)
		}
	case []any:
		list := make([]any, len(v))
		for i := range v {
			list[i] = compared("", v[i])
		}
		return list
	case map[string]any:
		members := make(map[string]any, len(v))
		for name := range v {
			members[name] = compared(name, v[name])
		}
		return members
	}
	return value
}

// number is whole where it can be, since only whole numbers have remainders.
func number(n json.Number) any {
	if whole, err := n.Int64(); err == nil && math.MinInt <= whole && whole <= math.MaxInt {
		return int(whole)
	}
	float, _ := n.Float64() // infinite beyond the range, as it compares
	return float
}
