package token

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/nikolalohinski/gonja/v2/builtins/control_structures"
	"github.com/nikolalohinski/gonja/v2/exec"
	"github.com/nikolalohinski/gonja/v2/nodes"
	"github.com/nikolalohinski/gonja/v2/tokens"
)

// Bounds on what a chat template does, in all its renderings. Real ones take a few thousand bytes of work for each message.
const (
	maxPasses = 1000     // passes through loops and calls of macros
	maxWork   = 16 << 20 // bytes of all values that its expressions yield, and of the text in loops and macros
	maxDepth  = 200      // expressions within expressions
	maxChain  = 10       // methods of what methods return: the engine evaluates all before a method twice
)

// meter bounds the time and memory of a template, which is a program from outside. The engine has no bounds of its own, so
// they are put into the template once it is parsed: every expression that yields a value is charged the value's size, and
// every pass through a loop or macro is counted. Since what an operation makes of values that have been charged is at most
// as long as these together, and is charged too, no chain of operations gets far. Repetition, filters and methods are the
// exceptions, and are charged before.
//
// What exceeds a bound is a panic with an excess, which parsing and rendering turn into an error: on its way through the
// engine an error would collect the text of everything that it comes through.
type meter struct {
	passes, work int
	depth, chain int // of the expression that the meter is put into
}

// excess tells which bound a template exceeds.
type excess string

// yieldCost is charged for every value, besides its size.
const yieldCost = 512

// charge adds to the work that has been done.
func (m *meter) charge(work int) {
	if work > maxWork-m.work {
		panic(excess(fmt.Sprintf("it makes texts and lists of more than %d bytes in all", maxWork)))
	}
	m.work += work
}

// The functions that the meter puts around expressions, by names that a template cannot give to anything else.
const (
	yieldName  = "yield()"
	repeatName = "repeat()"
)

// yield charges a value.
func (m *meter) yield(v *exec.Value) *exec.Value {
	m.charge(yieldCost + size(v.Val, maxWork))
	return v
}

// repeat is the operator *.
func (m *meter) repeat(left, right *exec.Value) *exec.Value {
	switch {
	case left.IsString() && right.IsInteger():
		count := min(max(right.Integer(), 0), maxWork)
		m.charge(count * (len(left.String()) + 1))
		return exec.AsValue(strings.Repeat(left.String(), count))
	case left.IsInteger() && right.IsInteger():
		return exec.AsValue(left.Integer() * right.Integer())
	}
	return exec.AsValue(left.Float() * right.Float())
}

// call charges a filter or method before it is called. No one that is left makes more of what it gets than the product of
// the sizes.
func (m *meter) call(in *exec.Value, args *exec.VarArgs) {
	factor := 1
	add := func(v *exec.Value) {
		if v.IsInteger() {
			factor += min(max(v.Integer(), -v.Integer(), 0), maxWork)
		} else {
			factor += size(v.Val, maxWork)
		}
	}
	for _, arg := range args.Args {
		add(arg)
	}
	for _, arg := range args.KwArgs {
		add(arg)
	}
	m.charge((1 + size(in.Val, maxWork)) * min(factor, maxWork))
}

// itemSize is what something in a value counts besides its own size. It bounds how deep values are looked into.
const itemSize = 64

// size returns how many bytes a value has, with all that is in it, as long as that is less than a limit.
func size(v reflect.Value, limit int) int {
	total := 0
	add := func(v reflect.Value) bool {
		total += itemSize + size(v, limit-total-itemSize)
		return total < limit
	}
	if limit <= 0 || !v.IsValid() {
		return 0
	}
	switch v.Kind() {
	case reflect.String:
		total = v.Len()
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			add(v.Elem())
		}
	case reflect.Slice, reflect.Array:
		for i := 0; i < v.Len() && add(v.Index(i)); i++ {
			continue
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next() && add(it.Key()) && add(it.Value()); {
			continue
		}
	case reflect.Struct:
		if value, ok := v.Interface().(exec.Value); ok {
			return size(value.Val, limit)
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() && !add(v.Field(i)) {
				break
			}
		}
	}
	return total
}

// nodes puts the meter into statements and text, and returns how much text there is.
func (m *meter) nodes(list []nodes.Node) (text int) {
	for _, node := range list {
		switch n := node.(type) {
		case *nodes.Data:
			text += len(n.Data.Val)
		case *nodes.Output:
			m.expressions(&n.Expression, &n.Condition, &n.Alternative)
		case *nodes.ControlStructureBlock:
			text += m.statement(n.ControlStructure)
		}
	}
	return text
}

// statement puts the meter into a statement, and returns how much text it has.
func (m *meter) statement(statement nodes.ControlStructure) (text int) {
	body := func(w *nodes.Wrapper) {
		if w != nil {
			text += m.nodes(w.Nodes)
		}
	}
	switch s := statement.(type) {
	case *controlStructures.IfControlStructure:
		for i := range s.Conditions {
			m.expressions(&s.Conditions[i])
		}
		for _, w := range s.Wrappers {
			body(w)
		}
	case *controlStructures.ForControlStructure:
		m.expressions(&s.ObjectEvaluator, &s.IfCondition)
		body(s.EmptyWrapper)
		body(s.BodyWrapper)
		m.count(s.BodyWrapper, text)
	case *controlStructures.MacroControlStructure:
		for _, argument := range s.Kwargs {
			m.expressions(&argument.Value)
		}
		body(s.Wrapper)
		m.count(s.Wrapper, text)
	case *assignment:
		m.expressions(&s.value)
		body(s.body)
	}
	return text
}

// count puts a statement that counts before what a loop or macro repeats, which has so much text.
func (m *meter) count(body *nodes.Wrapper, text int) {
	count := &nodes.ControlStructureBlock{Location: body.Position(), Name: "pass", ControlStructure: &pass{m, text}}
	body.Nodes = slices.Insert(body.Nodes, 0, nodes.Node(count))
}

// expressions puts the meter into expressions, those that are there.
func (m *meter) expressions(list ...*nodes.Expression) {
	for _, e := range list {
		if *e != nil {
			*e = m.expression(*e)
		}
	}
}

// expression puts the meter around an expression, unless what it yields is small or in the template as it stands.
func (m *meter) expression(e nodes.Expression) nodes.Expression {
	m.within(e)
	switch n := e.(type) {
	case *nodes.String, *nodes.Integer, *nodes.Float, *nodes.Bool, *nodes.None, *nodes.Error, *nodes.Negation,
		*nodes.UnaryExpression, *nodes.TestExpression:
		return e
	case *nodes.BinaryExpression:
		if n.Operator.Token.Type == tokens.Multiply {
			return function(repeatName, e.Position(), n.Left, n.Right)
		}
	}
	return function(yieldName, e.Position(), e)
}

// function is a call of a function of the meter.
func function(name string, position *tokens.Token, arguments ...nodes.Expression) *nodes.Call {
	at := *position
	at.Type, at.Val = tokens.Name, name
	return &nodes.Call{Location: position, Func: &nodes.Name{Name: &at}, Args: arguments}
}

// within puts the meter into the parts of an expression.
func (m *meter) within(e nodes.Node) {
	if m.depth++; m.depth > maxDepth {
		panic(excess(fmt.Sprintf("it has expressions of more than %d parts, each within the next", maxDepth)))
	}
	defer func() { m.depth-- }()
	switch n := e.(type) {
	case *nodes.List:
		m.list(n.Val)
	case *nodes.Tuple:
		m.list(n.Val)
	case *nodes.Dict:
		for _, pair := range n.Pairs {
			m.expressions(&pair.Key, &pair.Value)
		}
	case *nodes.Call:
		if m.chain++; m.chain > maxChain {
			panic(excess(fmt.Sprintf("it has more than %d calls in a row, each of what the one before returns", maxChain)))
		}
		m.within(n.Func)
		m.chain--
		m.list(n.Args)
		m.named(n.Kwargs)
	case *nodes.GetItem:
		n.Node, n.Arg = m.operand(n.Node), m.operand(n.Arg)
	case *nodes.GetSlice:
		n.Node, n.Start, n.End, n.Step = m.operand(n.Node), m.operand(n.Start), m.operand(n.End), m.operand(n.Step)
	case *nodes.GetAttribute:
		m.within(n.Node)
	case *nodes.Negation:
		m.expressions(&n.Term)
	case *nodes.UnaryExpression:
		m.expressions(&n.Term)
	case *nodes.BinaryExpression:
		m.expressions(&n.Left, &n.Right)
	case *nodes.FilteredExpression:
		m.expressions(&n.Expression)
		for _, filter := range n.Filters {
			m.list(filter.Args)
			m.named(filter.Kwargs)
		}
	case *nodes.TestExpression:
		m.expressions(&n.Expression)
		m.list(n.Test.Args)
		m.named(n.Test.Kwargs)
	}
}

// list and named put the meter into the parts of an expression that are many.
func (m *meter) list(list []nodes.Expression) {
	for i := range list {
		m.expressions(&list[i])
	}
}

func (m *meter) named(list map[string]nodes.Expression) {
	for name, e := range list {
		list[name] = m.expression(e)
	}
}

// operand puts the meter around a part that is a node by its type.
func (m *meter) operand(n nodes.Node) nodes.Node {
	if e, ok := n.(nodes.Expression); ok && n != nil {
		return m.expression(e)
	}
	return n
}

// pass is a statement that counts how often it is executed, and charges for the text of what it stands in.
type pass struct {
	meter *meter
	text  int
}

// Execute counts.
func (p *pass) Execute(*exec.Renderer, *nodes.ControlStructureBlock) error {
	p.meter.passes++
	if p.meter.passes > maxPasses {
		panic(excess(fmt.Sprintf("it takes more than %d steps", maxPasses)))
	}
	p.meter.charge(p.text)
	return nil
}

// Position is nowhere: the statement is not in the source.
func (p *pass) Position() *tokens.Token { return &tokens.Token{} }

func (p *pass) String() string { return "pass" }
