package token

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// piece is a part of the text that tokens do not cross, and whether the text begins with it.
type piece struct {
	text  string
	first bool
}

// step is one of the things that are done to a piece before it is encoded. It hands over what becomes of it, in order.
type step func(p piece, next func(piece))

// newSteps reads a pre-tokenizer; nil has no steps.
func newSteps(c *component, b *bounds) ([]step, error) {
	switch {
	case c == nil:
		return nil, nil
	case c.Type != "Sequence":
		b.spelled = b.spelled || c.Type == "ByteLevel"
		one, growth, err := newStep(c)
		return []step{one}, errors.Join(err, b.step(c.Type, growth))
	}
	var steps []step
	for _, part := range c.PreTokenizers {
		more, err := newSteps(&part, b)
		if err != nil {
			return nil, err
		}
		steps = append(steps, more...)
	}
	return steps, nil
}

// newStep reads a pre-tokenizer that is no Sequence, and how many times longer it makes a text at most.
func newStep(c *component) (s step, growth int, err error) {
	growth = 1
	switch c.Type {
	case "ByteLevel":
		return byteLevel(c.AddPrefixSpace != nil && *c.AddPrefixSpace, c.UseRegex == nil || *c.UseRegex), 4, nil
	case "Split":
		find, err := newFinder(c.Pattern)
		if err != nil {
			return nil, 0, fmt.Errorf("pattern of a Split: %w", err)
		}
		s, err = newSplit(find, c.Behavior, c.Invert)
		return s, growth, err
	case "Digits":
		behavior := "Contiguous"
		if c.IndividualDigits {
			behavior = "Isolated"
		}
		s, err = newSplit(character(unicode.IsNumber), behavior, false)
	case "Punctuation":
		s, err = newSplit(character(isPunctuation), cmp.Or(c.Behavior, "Isolated"), false)
	case "WhitespaceSplit":
		s, err = newSplit(character(unicode.IsSpace), "Removed", false)
	case "Metaspace":
		growth = 8
		s, err = newMetaspace(c)
	default:
		err = fmt.Errorf("type %q is not supported", c.Type)
	}
	return s, growth, err
}

// newSplit cuts pieces at the matches of a pattern or, inverted, at what lies between them. Behavior says what is then
// joined to a piece again, or left out.
func newSplit(find finder, behavior string, invert bool) (step, error) {
	joins, ok := behaviors[behavior]
	if !ok {
		return nil, fmt.Errorf("behavior %q is not supported", behavior)
	}
	removed := behavior == "Removed"
	return func(p piece, next func(piece)) {
		begin, last := 0, false // the piece that is being put together, and whether its last part is a match
		cut := func(end int) {
			if begin < end && (!removed || !last) {
				next(piece{p.text[begin:end], p.first && begin == 0})
			}
			begin = end
		}
		for part := range ranges(p.text, find) {
			match := part.match != invert
			if !joins(last, match) {
				cut(part.start)
			}
			last = match
		}
		cut(len(p.text))
	}, nil
}

// behaviors tell whether two neighbouring parts of a text make one piece, by whether they are matches.
var behaviors = map[string]func(left, right bool) bool{
	"Removed":            func(left, right bool) bool { return false },
	"Isolated":           func(left, right bool) bool { return false },
	"Contiguous":         func(left, right bool) bool { return left == right },
	"MergedWithPrevious": func(left, right bool) bool { return !left && right },
	"MergedWithNext":     func(left, right bool) bool { return left && !right },
}

// byteLevel spells each byte as a character, after it has put a space before the piece or has split it as GPT-2 does.
func byteLevel(prefixSpace, split bool) step {
	words, _ := newSplit(fromStart(splitGPT2), "Isolated", false)
	return func(p piece, next func(piece)) {
		if prefixSpace && !strings.HasPrefix(p.text, " ") {
			p.text = " " + p.text
		}
		spelled := func(p piece) { next(piece{spell(p.text), p.first}) }
		if !split {
			spelled(p)
			return
		}
		words(p, spelled)
	}
}

// newMetaspace reads a Metaspace: spaces become a visible character, which is put before the text too and begins a piece.
func newMetaspace(c *component) (step, error) {
	mark, scheme, err := metaspace(c)
	if err != nil {
		return nil, err
	}
	words, err := newSplit(literal(mark), "MergedWithNext", false)
	if err != nil {
		return nil, err
	}
	split := c.Split == nil || *c.Split
	return func(p piece, next func(piece)) {
		p.text = strings.ReplaceAll(p.text, " ", mark)
		if (scheme == "always" || scheme == "first" && p.first) && !strings.HasPrefix(p.text, mark) {
			p.text = mark + p.text
		}
		if !split {
			next(p)
			return
		}
		words(p, next)
	}, nil
}

// metaspace returns the character that a Metaspace, a pre-tokenizer or decoder, puts for a space, and when it puts it
// before a text: always, for the first piece, or never.
func metaspace(c *component) (mark, scheme string, err error) {
	mark, scheme = c.Replacement, c.PrependScheme
	if utf8.RuneCountInString(mark) != 1 {
		return "", "", fmt.Errorf("replacement %q of a Metaspace is not one character", mark)
	}
	switch scheme {
	case "":
		scheme = "always"
		if c.AddPrefixSpace != nil && !*c.AddPrefixSpace { // as it was said before there was prepend_scheme
			scheme = "never"
		}
	case "always", "first", "never":
	default:
		return "", "", fmt.Errorf("prepend_scheme %q of a Metaspace is not supported", scheme)
	}
	return mark, scheme, nil
}
