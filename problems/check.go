package problems

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Check reports why text cannot be the statement of a problem: it is empty, longer than MaxText, not UTF-8, or holds
// a control byte other than tab, line feed and carriage return. Such a byte would reach the terminal and the model.
func Check(text string) error {
	switch {
	case strings.TrimSpace(text) == "":
		return errors.New("the statement is empty: write the problem to solve")
	case len(text) > MaxText:
		return fmt.Errorf("the statement has %d bytes: shorten it to at most %d", len(text), MaxText)
	case !utf8.ValidString(text):
		return errors.New("the statement is not valid UTF-8: convert it to UTF-8")
	}
	if i := strings.IndexFunc(text, isControl); i >= 0 {
		return fmt.Errorf("the statement has control byte 0x%02x at byte %d: remove it%s", text[i], i, escapeHint(text[i]))
	}
	return nil
}

func isControl(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f
}

// escapeHint names the usual origin of a backspace or form feed: LaTeX such as \binom or \frac pasted into JSON.
func escapeHint(c byte) string {
	if c == '\b' || c == '\f' {
		return `, or write \\ for each backslash of LaTeX in JSON`
	}
	return ""
}
