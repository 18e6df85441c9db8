package problems_test

import (
	"strings"
	"testing"

	"caucus/problems"
)

func TestCheck(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"What is 1+1?", ""},
		{"a\tb\r\nc", ""},
		{"¿Qué es ½ + ⅓?", ""},
		{strings.Repeat("a", problems.MaxText), ""},
		{strings.Repeat("a", problems.MaxText+1), "the statement has 65537 bytes"},
		{"", "the statement is empty"},
		{" \t\n\u00a0", "the statement is empty"},
		{"a\xffb", "the statement is not valid UTF-8"},
		{"a\x00b", "the statement has control byte 0x00 at byte 1"},
		{"é\x1b[2J", "the statement has control byte 0x1b at byte 2"},
		{"\x7f", "the statement has control byte 0x7f at byte 0"},
		{"\binom", "the statement has control byte 0x08 at byte 0: remove it, or write \\\\ for each backslash"},
	} {
		err := problems.Check(tt.text)
		if (err == nil) != (tt.want == "") || err != nil && !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("Check(%.20q) = %v, want %q", tt.text, err, tt.want)
		}
	}
}

func TestPromptPutsTheSuffixRightBehindTheStatement(t *testing.T) {
	got := problems.Prompt("\n What is 1+1?\n", problems.M1Suffix)
	want := `What is 1+1? Let's think step by step and output the final answer within \boxed{}.`
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
