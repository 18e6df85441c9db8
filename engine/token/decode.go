package token

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// decoding is what a tokenizer's decoder does: steps on each token, and what is stripped from the text that they make.
type decoding struct {
	steps  []func(token string, first bool) string // first: of a text. The result need not be whole characters
	strip  string                                  // a character, removed up to strips times where the text begins
	strips int
	// Each byte of a broken character becomes U+FFFD, and not each broken character. The reference library does so with all
	// bytes that tokens spell in a row, if there is one; but what is whole has been emitted by then.
	perByte bool
}

// newDecoding reads a decoder.
func newDecoding(c *component, b *bounds) (d decoding, err error) {
	if c == nil {
		return d, errors.New("there is none")
	}
	fused := false // the tokens are one text by now
	for _, part := range c.flat() {
		var step func(string, bool) string
		growth := 1
		switch {
		case part.Type == "Fuse":
			fused = true
		case fused && part.Type == "Strip" && part.Stop == 0 && d.strips == 0:
			d.strip, d.strips = part.Content, part.Start
		case fused:
			return d, fmt.Errorf("%s behind ByteLevel or Fuse is not supported", part.Type)
		case part.Type == "ByteLevel":
			step = func(token string, _ bool) string { return unspell(token) }
			fused = true
		case part.Type == "ByteFallback":
			step = func(token string, _ bool) string { return unspellHex(token) }
			d.perByte = true
		case d.perByte:
			return d, fmt.Errorf("%s behind ByteFallback is not supported", part.Type)
		case part.Type == "Replace":
			var replace func(string) string
			if replace, growth, err = newReplace(&part); err != nil {
				return d, err
			}
			step = func(token string, _ bool) string { return replace(token) }
		case part.Type == "Strip":
			step = stripEnds(part.Content, part.Start, part.Stop)
		case part.Type == "Metaspace":
			mark, scheme, err := metaspace(&part)
			if err != nil {
				return d, err
			}
			step = func(token string, first bool) string {
				if first && scheme != "never" {
					return strings.ReplaceAll(token, mark, "")
				}
				return strings.ReplaceAll(token, mark, " ")
			}
		default:
			return d, fmt.Errorf("type %q is not supported", part.Type)
		}
		if step != nil {
			d.steps = append(d.steps, step)
		}
		if err := b.step(part.Type, growth); err != nil {
			return d, err
		}
	}
	return d, nil
}

// flat returns the parts of a Sequence, and of those within it, or the component itself.
func (c *component) flat() []component {
	if c.Type != "Sequence" {
		return []component{*c}
	}
	var parts []component
	for _, part := range c.Decoders {
		parts = append(parts, part.flat()...)
	}
	return parts
}

// stripEnds removes a character up to so many times from either end of a token.
func stripEnds(content string, start, stop int) func(string, bool) string {
	return func(token string, _ bool) string {
		for i := 0; i < start && content != "" && strings.HasPrefix(token, content); i++ {
			token = token[len(content):]
		}
		for i := 0; i < stop && content != "" && strings.HasSuffix(token, content); i++ {
			token = token[:len(token)-len(content)]
		}
		return token
	}
}

// unspellHex returns the byte that a token of the form <0x0A> stands for, or the token itself.
func unspellHex(token string) string {
	if len(token) == len("<0x0A>") && strings.HasPrefix(token, "<0x") && token[5] == '>' {
		if value, err := strconv.ParseUint(token[3:5], 16, 8); err == nil {
			return string([]byte{byte(value)})
		}
	}
	return token
}
