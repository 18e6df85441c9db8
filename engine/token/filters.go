package token

import (
	"github.com/nikolalohinski/gonja/v2/builtins"
	"github.com/nikolalohinski/gonja/v2/exec"
)

// filterNames are the filters that a chat template may use. The engine has more: some draw at random, or take a number or a
// format that makes of a short text a huge one.
var filterNames = []string{"abs", "capitalize", "count", "d", "default", "dictsort", "e", "escape", "first", "float", "groupby",
	"indent", "int", "items", "join", "last", "length", "list", "lower", "map", "max", "min", "reject", "rejectattr", "replace",
	"reverse", "round", "safe", "select", "selectattr", "sort", "string", "sum", "title", "trim", "unique", "upper"}

// filters are those, with a tojson of our own and a meter.
func filters(m *meter) *exec.FilterSet {
	charged := map[string]exec.FilterFunction{"tojson": m.filter(toJSON)}
	for _, name := range filterNames {
		builtin, _ := builtins.Filters.Get(name)
		charged[name] = m.filter(builtin)
	}
	return exec.NewFilterSet(charged)
}

// filter puts the meter before a filter.
func (m *meter) filter(filter exec.FilterFunction) exec.FilterFunction {
	return func(e *exec.Evaluator, in *exec.Value, args *exec.VarArgs) *exec.Value {
		m.call(in, args)
		return filter(e, in, args)
	}
}
