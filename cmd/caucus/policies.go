package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"caucus/budget"
)

// defaultPolicy is the best of them in docs/policies.md.
const defaultPolicy = "voi"

// policyNames lists the policies.
func policyNames() []string {
	var names []string
	for _, p := range budget.PolicyHelp() {
		names = append(names, p[0])
	}
	return names
}

// policyHelp tells what they do.
func policyHelp() string {
	help := "Policies, of which each says which problem gets the next free slot:"
	for _, p := range budget.PolicyHelp() {
		help += fmt.Sprintf("\n%-12s %s", p[0], p[1])
	}
	return help
}

// policyOf is the policy that the flags name.
func policyOf(c *cli.Context) (budget.Policy, error) {
	policy, err := budget.ParsePolicy(c.String("policy"), c.Int("samples"))
	if err != nil {
		return nil, usagef("--policy: %v", err)
	}
	return policy, nil
}
