package token

import (
	"bytes"
	"fmt"

	"github.com/nikolalohinski/gonja/v2/builtins"
	"github.com/nikolalohinski/gonja/v2/builtins/control_structures"
	"github.com/nikolalohinski/gonja/v2/exec"
	"github.com/nikolalohinski/gonja/v2/nodes"
	"github.com/nikolalohinski/gonja/v2/parser"
	"github.com/nikolalohinski/gonja/v2/tokens"
)

// statements are the {% ... %} that a chat template may use. Those that read other templates are absent.
func statements() *exec.ControlStructureSet {
	parsers := map[string]parser.ControlStructureParser{"set": parseSet, "generation": parseGeneration}
	for _, name := range []string{"if", "for", "macro", "break", "continue", "raw"} {
		parsers[name], _ = builtins.ControlStructures.Get(name)
	}
	return exec.NewControlStructureSet(parsers)
}

// parseGeneration reads {% generation %}, which marks what a model is to learn and is here no more than its text.
func parseGeneration(p, _ *parser.Parser) (nodes.ControlStructure, error) {
	body, _, err := p.WrapUntil("endgeneration")
	if err != nil {
		return nil, err
	}
	return &controlStructures.IfControlStructure{
		Conditions: []nodes.Expression{&nodes.Bool{Location: body.Location, Val: true}},
		Wrappers:   []*nodes.Wrapper{body},
	}, nil
}

// assignment is {% set target = value %} or {% set target %}body{% endset %}. The engine's own cannot be metered.
type assignment struct {
	position      *tokens.Token
	target, value nodes.Expression
	body          *nodes.Wrapper
}

// parseSet reads an assignment.
func parseSet(p, args *parser.Parser) (nodes.ControlStructure, error) {
	a := &assignment{position: p.Current()}
	var err error
	if a.target, err = args.ParseVariableOrLiteral(); err != nil {
		return nil, fmt.Errorf("read what is set: %w", err)
	}
	if args.Match(tokens.Assign) != nil {
		a.value, err = args.ParseExpression()
	} else {
		a.body, _, err = p.WrapUntil("endset")
	}
	if err == nil && !args.End() {
		err = args.Error("a set that goes on", args.Current())
	}
	return a, err
}

// Execute assigns.
func (a *assignment) Execute(r *exec.Renderer, _ *nodes.ControlStructureBlock) error {
	value, err := a.evaluate(r)
	if err != nil {
		return err
	}
	switch target := a.target.(type) {
	case *nodes.Name:
		r.Environment.Context.Set(target.Name.Val, value.Interface())
		return nil
	case *nodes.GetAttribute:
		return r.Eval(target.Node).Set(exec.AsValue(target.Attribute), value.Interface())
	}
	return fmt.Errorf("%s cannot be set", a.target)
}

// evaluate returns what is assigned.
func (a *assignment) evaluate(r *exec.Renderer) (*exec.Value, error) {
	if a.body == nil {
		value := r.Eval(a.value)
		if value.IsError() {
			return nil, value
		}
		return value, nil
	}
	var text bytes.Buffer
	sub := r.Inherit()
	sub.Output = &text
	err := sub.ExecuteWrapper(a.body)
	return exec.AsSafeValue(text.String()), err
}

// Position is where it stands.
func (a *assignment) Position() *tokens.Token { return a.position }

func (a *assignment) String() string { return fmt.Sprintf("set %s", a.target) }
