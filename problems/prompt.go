package problems

import "strings"

// M1Suffix is what M1's evaluation puts behind every problem (arXiv 2504.10449). The model was tuned on prompts that end
// like this; without it answers are boxed less reliably.
const M1Suffix = ` Let's think step by step and output the final answer within \boxed{}.`

// Prompt returns what the user says to the model: the statement without white space around it, then suffix as it is.
func Prompt(text, suffix string) string {
	return strings.TrimSpace(text) + suffix
}
