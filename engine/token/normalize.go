package token

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// normalizer rewrites a stretch of text before it is split. The text of a prompt comes in parts, of which the first and
// the last are told, so that what belongs at either end is not put between them.
type normalizer func(text string, first, last bool) string

// newNormalizer reads a normalizer; nil does nothing.
func newNormalizer(c *component, b *bounds) (normalizer, error) {
	if c == nil {
		return func(text string, _, _ bool) string { return text }, nil
	}
	switch c.Type {
	case "Sequence":
		return normalizerSequence(c.Normalizers, b)
	case "NFC", "NFD": // of the three characters of a Greek vowel with its accents, one by one
		return everywhere(normalForm(map[string]norm.Form{"NFC": norm.NFC, "NFD": norm.NFD}[c.Type])), b.step(c.Type, 3)
	case "NFKC", "NFKD": // U+FDFA, 3 bytes, is a sentence of 33
		return everywhere(normalForm(map[string]norm.Form{"NFKC": norm.NFKC, "NFKD": norm.NFKD}[c.Type])), b.step(c.Type, 11)
	case "Lowercase":
		return everywhere(lower), b.step(c.Type, 2)
	case "Prepend":
		prefix := c.Prepend
		return func(text string, first, _ bool) string {
			if !first || text == "" {
				return text
			}
			return prefix + text
		}, b.step(c.Type, 1+len(prefix))
	case "Replace":
		replace, growth, err := newReplace(c)
		if err != nil {
			return nil, err
		}
		return everywhere(replace), b.step(c.Type, growth)
	case "Strip":
		return strip(c.StripLeft, c.StripRight), b.step(c.Type, 1)
	}
	return nil, fmt.Errorf("type %q is not supported", c.Type)
}

// normalizerSequence does one thing after the other.
func normalizerSequence(parts []component, b *bounds) (normalizer, error) {
	var steps []normalizer
	for _, part := range parts {
		step, err := newNormalizer(&part, b)
		if err != nil {
			return nil, err
		}
		steps = append(steps, step)
	}
	return func(text string, first, last bool) string {
		for _, step := range steps {
			text = step(text, first, last)
		}
		return text
	}, nil
}

// everywhere is a rewriting that does the same in every part.
func everywhere(rewrite func(string) string) normalizer {
	return func(text string, _, _ bool) string { return rewrite(text) }
}

// lower returns the lower case of each character by itself; that of İ is two characters.
func lower(text string) string { return strings.ToLower(strings.ReplaceAll(text, "İ", "i\u0307")) }

// strip removes space at the ends of a text.
func strip(left, right bool) normalizer {
	return func(text string, first, last bool) string {
		if left && first {
			text = strings.TrimLeftFunc(text, unicode.IsSpace)
		}
		if right && last {
			text = strings.TrimRightFunc(text, unicode.IsSpace)
		}
		return text
	}
}

// newReplace reads a Replace, a normalizer or decoder, and how many times longer it makes a text at most.
func newReplace(c *component) (replace func(string) string, growth int, err error) {
	if c.Pattern.String != nil {
		old, content := *c.Pattern.String, c.Content
		if old == "" { // it is nowhere
			return func(text string) string { return text }, 1, nil
		}
		return func(text string) string { return strings.ReplaceAll(text, old, content) }, 1 + len(content)/len(old), nil
	}
	find, err := newFinder(c.Pattern)
	if err != nil {
		return nil, 0, fmt.Errorf("pattern of a Replace: %w", err)
	}
	content := c.Content
	return func(text string) string {
		var out strings.Builder
		for at := range ranges(text, find) {
			if at.match {
				out.WriteString(content)
			} else {
				out.WriteString(text[at.start:at.end])
			}
		}
		return out.String()
	}, 1 + len(content), nil
}
