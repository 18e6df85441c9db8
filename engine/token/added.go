package token

import (
	"fmt"
	"regexp"
	"strings"
)

// matchers find added tokens: first those that are looked for in the text as it is, then, in what is left of it, those
// that are looked for after normalization.
type matchers struct {
	verbatim, normalized matcher
}

// newMatchers returns matchers of these tokens.
func newMatchers(tokens []addedToken) (m matchers, err error) {
	var verbatim, normalized []string
	for _, a := range tokens {
		if a.Normalized {
			normalized = append(normalized, a.Content)
		} else {
			verbatim = append(verbatim, a.Content)
		}
	}
	if m.verbatim, err = newMatcher(verbatim); err != nil {
		return m, err
	}
	m.normalized, err = newMatcher(normalized)
	return m, err
}

// matcher finds tokens in text, the longest where several begin at the same place. A nil pattern finds none.
type matcher struct {
	pattern *regexp.Regexp
}

// newMatcher returns a matcher of these texts. It fails if they are too long to be matched.
func newMatcher(texts []string) (matcher, error) {
	if len(texts) == 0 {
		return matcher{}, nil
	}
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = regexp.QuoteMeta(text)
	}
	pattern, err := regexp.Compile(strings.Join(quoted, "|"))
	if err != nil {
		return matcher{}, fmt.Errorf("match %d tokens: %w", len(texts), err)
	}
	pattern.Longest()
	return matcher{pattern}, nil
}

// each cuts text into tokens and what lies between them, and hands them over in order.
func (m matcher) each(text string, token, between func(string)) {
	for m.pattern != nil {
		at := m.pattern.FindStringIndex(text)
		if at == nil {
			break
		}
		between(text[:at[0]])
		token(text[at[0]:at[1]])
		text = text[at[1]:]
	}
	between(text)
}
