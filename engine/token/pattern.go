package token

import (
	"errors"
	"fmt"
	"iter"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"
)

// Bounds on expressions, which come with a tokenizer and are programs. Real ones have under 500 bytes.
const (
	maxPattern = 4 << 10 // bytes
	maxWeight  = 1000    // parts, as often as they are repeated
)

// finder returns the first match of a pattern in a text. If there is none, end is 0.
type finder func(text string) (start, end int)

// stretch is a part of a text that matches a pattern, or one between matches.
type stretch struct {
	start, end int
	match      bool
}

// ranges cuts a text into its stretches, in order.
func ranges(text string, find finder) iter.Seq[stretch] {
	return func(yield func(stretch) bool) {
		for at := 0; at < len(text); {
			start, end := find(text[at:])
			if end == 0 {
				yield(stretch{at, len(text), false})
				return
			}
			if start > 0 && !yield(stretch{at, at + start, false}) || !yield(stretch{at + start, at + end, true}) {
				return
			}
			at += end
		}
	}
}

// newFinder reads a pattern: a text, an expression that is written out as a function, or any other.
func newFinder(p pattern) (finder, error) {
	switch {
	case p.String != nil && p.Regex == nil:
		return literal(*p.String), nil
	case p.Regex == nil || p.String != nil:
		return nil, errors.New("it is neither a String nor a Regex")
	}
	if split, ok := splitters[*p.Regex]; ok {
		return fromStart(split), nil
	}
	find, err := expression(*p.Regex)
	if err != nil {
		return nil, fmt.Errorf("the expression %.200q is not supported: %w", *p.Regex, err)
	}
	return find, nil
}

// literal finds a text. The empty one is nowhere.
func literal(text string) finder {
	return func(in string) (start, end int) {
		if start = strings.Index(in, text); start < 0 {
			return 0, 0
		}
		return start, start + len(text)
	}
}

// character finds single characters of a class.
func character(class func(rune) bool) finder {
	return func(in string) (start, end int) {
		start = strings.IndexFunc(in, class)
		if start < 0 {
			return 0, 0
		}
		_, size := utf8.DecodeRuneInString(in[start:])
		return start, start + size
	}
}

// fromStart finds what a splitter takes, which leaves nothing out.
func fromStart(split splitter) finder {
	return func(in string) (start, end int) { return 0, split(in) }
}

// blanks are how most expressions end: with space up to, if a word follows, the last one. Package regexp does not look
// ahead, so that is done by hand.
const blanks = `\s+(?!\S)|\s+`

// expression finds what an expression of Oniguruma matches, of which package regexp does the same if it does anything: both
// take the first alternative that fits.
func expression(source string) (finder, error) {
	if len(source) > maxPattern {
		return nil, fmt.Errorf("it has %d bytes, and at most %d are allowed", len(source), maxPattern)
	}
	source, looksAhead := strings.CutSuffix(source, blanks)
	translated, err := translate(source)
	if err != nil {
		return nil, err
	}
	if looksAhead {
		translated += `([` + space + `]+)`
	}
	parsed, err := syntax.Parse(translated, syntax.Perl)
	if err != nil {
		return nil, err
	}
	if weight(parsed) > maxWeight {
		return nil, fmt.Errorf("with its repetitions it has more than %d parts", maxWeight)
	}
	compiled, err := regexp.Compile(translated)
	if err != nil {
		return nil, err
	}
	if compiled.MatchString("") {
		return nil, errors.New("it matches the empty text")
	}
	if looksAhead {
		return lookingAhead(compiled), nil
	}
	return func(in string) (start, end int) {
		if at := compiled.FindStringIndex(in); at != nil {
			return at[0], at[1]
		}
		return 0, 0
	}, nil
}

// lookingAhead finds an expression that ends in blanks, of which the last group is the space.
func lookingAhead(compiled *regexp.Regexp) finder {
	return func(in string) (start, end int) {
		at := compiled.FindStringSubmatchIndex(in)
		switch {
		case at == nil:
			return 0, 0
		case at[len(at)-2] >= 0:
			return at[0], at[0] + blank(in[at[0]:])
		}
		return at[0], at[1]
	}
}

// space is what \s means in a class, since in package regexp it is that of ASCII.
const space = `\t-\r\x{85}\p{Z}`

// translate rewrites an expression of Oniguruma for package regexp. What the two might understand differently is an error.
func translate(source string) (string, error) {
	var out strings.Builder
	class := false // within brackets
	for i := 0; i < len(source); i++ {
		rest := source[i:]
		switch c := source[i]; {
		case c == '\\':
			if len(rest) < 2 {
				return "", errors.New("it ends with a backslash")
			}
			escaped, err := translateEscape(rest[1], class)
			if err != nil {
				return "", err
			}
			out.WriteString(escaped)
			i++
			continue
		case class && (c == '[' || strings.HasPrefix(rest, "&&")):
			return "", errors.New("it has a class within a class")
		case !class && (c == '^' || c == '$'):
			return "", fmt.Errorf("it has %c, which looks at what is around the text", c)
		case !class && strings.HasPrefix(rest, "(?") && !strings.HasPrefix(rest, "(?:") && !strings.HasPrefix(rest, "(?i:"):
			return "", fmt.Errorf("of groups that begin with (? it may have (?: and (?i:, and look ahead only as in %s at its end", blanks)
		case !class && strings.HasPrefix(rest, "{,"):
			return "", errors.New("it has a repetition without a least number")
		case c == '[':
			class = true
			if strings.HasPrefix(rest, "[]") || strings.HasPrefix(rest, "[^]") {
				return "", errors.New("it has an empty class")
			}
		case c == ']':
			class = false
		}
		out.WriteByte(source[i])
	}
	return out.String(), nil
}

// translateEscape rewrites a backslash and the character behind it.
func translateEscape(c byte, class bool) (string, error) {
	switch {
	case c == 's' && class:
		return space, nil
	case c == 's':
		return "[" + space + "]", nil
	case c == 'S' && !class:
		return "[^" + space + "]", nil
	case c == 'd':
		return `\p{Nd}`, nil
	case c == 'D':
		return `\P{Nd}`, nil
	case strings.IndexByte("pPrntfvx", c) >= 0 || c < utf8.RuneSelf && isPunctuation(rune(c)):
		return `\` + string(c), nil
	}
	return "", fmt.Errorf(`it has \%c, whose meaning differs or is unknown here`, c)
}

// weight counts the parts of an expression, as often as they are repeated.
func weight(re *syntax.Regexp) int {
	sum := 1 + len(re.Rune)/64
	for _, sub := range re.Sub {
		sum += weight(sub)
	}
	if re.Op == syntax.OpRepeat {
		sum *= max(re.Min, re.Max, 1)
	}
	return min(sum, 1<<20) // far beyond what is allowed, and far from an overflow
}
